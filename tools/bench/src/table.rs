//! What was measured, what must be reached, and whether it is.

use std::fmt;

use crate::timing::Times;

struct Row {
    what: String,
    measured: String,
    must: String,
    /// None for what is only told.
    reached: Option<bool>,
}

/// The rows so far; printed with `Display`.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// A time against its limit, in milliseconds: the shortest run counts, the median is shown beside it.
    pub(crate) fn time(&mut self, what: &str, times: &Times, limit: f64) {
        self.0.push(Row {
            what: what.to_owned(),
            measured: format!("{:.2} ms (median {:.2})", times.least, times.median),
            must: format!("at most {limit} ms"),
            reached: Some(times.least <= limit),
        });
    }

    /// A number that must not be more than `limit`.
    pub(crate) fn at_most(&mut self, what: &str, value: f64, unit: &str, limit: f64) {
        let (measured, must) = (format!("{value:.2} {unit}"), format!("at most {limit} {unit}"));
        self.0.push(Row { what: what.to_owned(), measured, must, reached: Some(value <= limit) });
    }

    /// A number that must not be less than `limit`.
    pub(crate) fn at_least(&mut self, what: &str, value: f64, unit: &str, limit: f64) {
        let (measured, must) = (format!("{value:.0} {unit}"), format!("at least {limit} {unit}"));
        self.0.push(Row { what: what.to_owned(), measured, must, reached: Some(value >= limit) });
    }

    /// A number that nothing is asked of.
    pub(crate) fn note(&mut self, what: &str, value: f64, unit: &str) {
        let measured = format!("{value:.0} {unit}");
        self.0.push(Row { what: what.to_owned(), measured, must: String::new(), reached: None });
    }

    /// Whether everything that must be is reached.
    pub(crate) fn passed(&self) -> bool {
        self.0.iter().all(|row| row.reached != Some(false))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&Row) -> &str| self.0.iter().map(|row| of(row).chars().count()).max().unwrap_or_default();
        let (what, measured, must) = (width(|row| &row.what), width(|row| &row.measured), width(|row| &row.must));
        for row in &self.0 {
            let verdict = match row.reached {
                Some(true) => "reached",
                Some(false) => "MISSED",
                None => "",
            };
            let line = format!("{:what$}  {:>measured$}  {:must$}  {verdict}", row.what, row.measured, row.must);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_missed_row_fails_the_run_and_says_so() {
        let mut table = Table::default();
        table.note("told", 1.0, "ms");
        table.at_least("speed", 150.0, "MB/s", 150.0);
        assert!(table.passed());
        table.at_most("ratio", 11.5, "x", 11.0);
        assert!(!table.passed());
        assert!(table.to_string().contains("MISSED"), "{table}");
    }

    #[test]
    fn the_shortest_time_decides() {
        let mut table = Table::default();
        table.time("a", &Times { least: 4.0, median: 9.0 }, 4.0);
        assert!(table.passed());
    }
}
