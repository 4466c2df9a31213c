//! Learns the weights: logistic regression over candidates, regularized, measured by cross-validation over target families.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use pychain_core::confusable::{FEATURES, describe};
use pychain_core::knowledge::hash;

use crate::sets::Sets;
use crate::{build, facts};

mod held;
mod regression;

use held::{AFFIX, Held, Levels};
use regression::{Row, fit, score};

/// Parts of the cross-validation. A target family is in one part only.
const FOLDS: u64 = 5;
/// Rounds of learning; in each, a name is represented by the candidate that the last round found strongest.
const ROUNDS: usize = 6;
/// Names of the index that are taken for legitimate, beside the labelled ones.
const SAMPLE: u64 = 24_000;

/// A labelled name with all its candidates.
struct Case {
    class: String,
    /// What is in one part of the cross-validation together.
    group: String,
    is_attack: bool,
    weight: f64,
    candidates: Vec<Candidate>,
}

struct Candidate {
    values: Vec<f64>,
    is_right: bool,
}

pub(crate) fn run(directory: &Path, out: &Path) -> Result<()> {
    let sets = Sets::open(directory)?;
    let cases = cases(&sets)?;
    let mut held: Vec<Held> = vec![Held::default(); cases.len()];
    for fold in 0..FOLDS {
        let part = |case: &Case| hash(case.group.as_bytes(), 7) % FOLDS == fold;
        let weights = learn(&cases, &|case| !part(case));
        for (case, held) in cases.iter().zip(&mut held).filter(|(case, _)| part(case)) {
            *held = Held::of(strongest(case, &weights), &weights);
        }
    }
    let (report, levels) = held::choose(&cases, &mut held);
    print!("{report}");
    let mut weights = learn(&cases, &|_| true);
    weights[AFFIX] += levels.affix;
    fs::write(out, page(&weights, levels, &report)).with_context(|| out.display().to_string())
}

fn cases(sets: &Sets) -> Result<Vec<Case>> {
    let names = facts::names()?;
    let mut families: BTreeMap<&str, f64> = BTreeMap::new();
    for positive in &sets.positives {
        *families.entry(&positive.family).or_default() += 1.0;
    }
    let case = |name: &str, targets: &[String]| -> Vec<Candidate> {
        let describe = describe(name, &names).into_iter();
        describe
            .map(|found| Candidate {
                values: found.values.iter().map(|value| f64::from(*value)).collect(),
                is_right: targets.contains(&found.target),
            })
            .collect()
    };
    let mut cases = Vec::new();
    for positive in sets.positives.iter().filter(|positive| positive.scope == "top15k") {
        // A family of many attacks counts more than one of few, and less than its number.
        let size = families.get(positive.family.as_str()).copied().unwrap_or(1.0);
        cases.push(Case {
            class: positive.category.clone(),
            group: positive.family.clone(),
            is_attack: true,
            weight: size.powf(-0.3),
            candidates: case(&positive.name, &positive.targets),
        });
    }
    for positive in &sets.synthetic {
        cases.push(Case {
            class: "synthetic".to_owned(),
            group: positive.family.clone(),
            is_attack: true,
            weight: 0.2,
            candidates: case(&positive.name, &positive.targets),
        });
    }
    for negative in &sets.negatives {
        let weight = match negative.class.as_str() {
            "midtail" => 1.0,
            "brandcombo" => 1.5,
            "near" => 0.4,
            "top15k" => 0.5,
            _ => 0.3,
        };
        cases.push(Case {
            class: match (negative.class.as_str(), negative.distance.as_str()) {
                ("top15k-hard", "0" | "1") => "hard d<=1".to_owned(),
                ("top15k-hard", _) => "hard d=2".to_owned(),
                (class, _) => class.to_owned(),
            },
            group: negative.name.clone(),
            is_attack: false,
            weight,
            candidates: case(&negative.name, &[]),
        });
    }
    let all = build::all_names(&facts::folder().join("data/names.txt.xz"))?;
    let known: std::collections::BTreeSet<String> = sets
        .positives
        .iter()
        .map(|positive| positive.name.clone())
        .chain(sets.negatives.iter().map(|n| n.name.clone()))
        .collect();
    let total = u64::try_from(all.lines().count())?;
    let sampled = all.lines().filter(|name| {
        hash(name.as_bytes(), 11) % total < SAMPLE && !known.contains(*name) && names.ranked.find(name).is_none()
    });
    for name in sampled {
        cases.push(Case {
            class: "index".to_owned(),
            group: name.to_owned(),
            is_attack: false,
            weight: 0.05,
            candidates: case(name, &[]),
        });
    }
    Ok(cases)
}

fn learn(cases: &[Case], is_taken: &dyn Fn(&Case) -> bool) -> Vec<f64> {
    let mut weights = vec![0.0; FEATURES.len() + 1];
    for round in 0..ROUNDS {
        let mut rows = Vec::new();
        for case in cases.iter().filter(|case| is_taken(case)) {
            let mut push = |candidate: &'_ Candidate, is_attack: bool, weight: f64| {
                rows.push(Row { values: candidate.values.clone(), is_attack, weight });
            };
            if case.is_attack {
                let right: Vec<&Candidate> = case.candidates.iter().filter(|candidate| candidate.is_right).collect();
                let best = if round == 0 { right.first().copied() } else { best_of(&right, &weights) };
                if let Some(best) = best {
                    push(best, true, case.weight);
                }
                let wrong: Vec<&Candidate> = case.candidates.iter().filter(|candidate| !candidate.is_right).collect();
                if let Some(best) = best_of(&wrong, &weights) {
                    push(best, false, case.weight * 0.1);
                }
            } else if round == 0 {
                let share = 1.0 / f64::from(u32::try_from(case.candidates.len().max(1)).unwrap_or(u32::MAX));
                case.candidates.iter().for_each(|candidate| push(candidate, false, case.weight * share));
            } else if let Some(best) = strongest(case, &weights) {
                push(best, false, case.weight);
            }
        }
        weights = fit(&rows, FEATURES.len());
    }
    weights
}

fn strongest<'a>(case: &'a Case, weights: &[f64]) -> Option<&'a Candidate> {
    best_of(&case.candidates.iter().collect::<Vec<_>>(), weights)
}

fn best_of<'a>(candidates: &[&'a Candidate], weights: &[f64]) -> Option<&'a Candidate> {
    candidates.iter().copied().max_by(|a, b| score(weights, &a.values).total_cmp(&score(weights, &b.values)))
}

/// The file that core is compiled with.
fn page(weights: &[f64], Levels { warn, strict, .. }: Levels, report: &str) -> String {
    let mut out =
        String::from("//! What each feature weighs. @generated by `cargo xtask names-train`; do not edit.\n//!\n");
    out.push_str("//! Cross-validation over target families, five parts:\n//!\n//! ```text\n");
    report.lines().for_each(|line| {
        let _ = writeln!(out, "//! {}", line.trim_end());
    });
    out.push_str("//! ```\n\n");
    let _ = writeln!(
        out,
        "/// From here on a resemblance is told where the name is new or absent.\npub(super) const WARN: f32 = {warn:.3};\n"
    );
    let _ = writeln!(out, "/// From here on it is told in any case.\npub(super) const STRICT: f32 = {strict:.3};\n");
    let (bias, weights) = weights.split_last().unwrap_or((&0.0, &[]));
    let _ = writeln!(out, "/// What every candidate begins with.\npub(super) const BIAS: f32 = {bias:.4};\n");
    let _ = writeln!(out, "/// In the order of `FEATURES`.\npub(super) const WEIGHTS: &[f32] = &[");
    for (weight, name) in weights.iter().zip(FEATURES) {
        let _ = writeln!(out, "    {weight:.4}, // {name}");
    }
    out.push_str("];\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn value(name: &str, target: &str, feature: &str) -> f32 {
        let found = describe(name, &facts::names().expect("the built data"));
        let of_target = found.iter().find(|found| found.target == target).expect("a candidate");
        let at = FEATURES.iter().position(|name| *name == feature).expect("a feature");
        of_target.values[at]
    }

    #[test]
    fn a_language_before_a_name_heads_no_family() {
        const FAMILY: &str = "steps.shared first word heads a family";
        assert!(value("python-multipert", "python-multipart", FAMILY) <= 0.0);
        assert!(value("pytest-timeoutt", "pytest-timeout", FAMILY) > 1.0);
    }

    #[test]
    fn what_happens_to_the_first_letter_is_told_apart() {
        const OMITTED: &str = "steps.nothing but the first letter missing";
        const REPLACED: &str = "steps.nothing but the first letter differs";
        let of = |name: &str| (value(name, "werkzeug", OMITTED) > 0.0, value(name, "werkzeug", REPLACED) > 0.0);
        assert_eq!((of("erkzeug"), of("qerkzeug"), of("wwerkzeug")), ((true, false), (false, true), (false, false)));
    }
}
