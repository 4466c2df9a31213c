//! Logistic regression by Newton's method, with a penalty on large weights.

/// What one candidate teaches.
pub(crate) struct Row {
    pub(crate) values: Vec<f64>,
    pub(crate) is_attack: bool,
    pub(crate) weight: f64,
}

/// Half of what a weight of 1 costs, against a row's error of at most about 1.
const PENALTY: f64 = 0.5;
const STEPS: usize = 12;

/// The weights of the values, then the constant.
pub(crate) fn fit(rows: &[Row], width: usize) -> Vec<f64> {
    let all = width + 1;
    let mut weights = vec![0.0; all];
    for _ in 0..STEPS {
        let mut gradient = vec![0.0; all];
        let mut curvature = vec![0.0; all * all];
        for (at, weight) in weights.iter().enumerate().take(width) {
            gradient[at] = PENALTY * weight;
            curvature[at * all + at] = PENALTY;
        }
        curvature[width * all + width] = 1e-6;
        for row in rows {
            let chance = 1.0 / (1.0 + (-score(&weights, &row.values)).exp());
            let error = row.weight * (chance - f64::from(u8::from(row.is_attack)));
            let slope = row.weight * chance * (1.0 - chance);
            let used: Vec<(usize, f64)> =
                row.values.iter().copied().chain([1.0]).enumerate().filter(|(_, value)| *value != 0.0).collect();
            for (i, a) in &used {
                gradient[*i] += error * a;
                for (j, b) in used.iter().filter(|(j, _)| j <= i) {
                    curvature[i * all + j] += slope * a * b;
                }
            }
        }
        let step = solve(&mut curvature, &gradient);
        let largest = step.iter().fold(0.0f64, |largest, step| largest.max(step.abs()));
        // Far from the goal the curve is a poor guide: no step is longer than 2.
        let shrink = if largest > 2.0 { 2.0 / largest } else { 1.0 };
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= shrink * step);
        if largest < 1e-6 {
            break;
        }
    }
    weights
}

/// The logarithm of odds.
pub(crate) fn score(weights: &[f64], values: &[f64]) -> f64 {
    let constant = weights.last().copied().unwrap_or_default();
    constant + values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>()
}

/// Solves `matrix · x = right` for a symmetric positive matrix, of which the lower half is given (Cholesky).
fn solve(matrix: &mut [f64], right: &[f64]) -> Vec<f64> {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
            let rest = matrix[i * n + j] - dot;
            matrix[i * n + j] = if i == j { rest.max(1e-12).sqrt() } else { rest / matrix[j * n + j] };
        }
    }
    let mut x = right.to_vec();
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| matrix[i * n + k] * x[k]).sum();
        x[i] = (x[i] - dot) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| matrix[k * n + i] * x[k]).sum();
        x[i] = (x[i] - dot) / matrix[i * n + i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_with_attacks_weighs_more() {
        let row = |values: [f64; 2], is_attack| Row { values: values.to_vec(), is_attack, weight: 1.0 };
        let rows: Vec<Row> = (0..40).map(|at| row([f64::from(at % 2), f64::from(at % 3)], at % 2 == 1)).collect();
        let weights = fit(&rows, 2);
        assert!(weights[0] > 1.0 && weights[1].abs() < 0.2, "{weights:?}");
    }
}
