//! Times of repeated runs.

use std::time::{Duration, Instant};

/// Times of one thing, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// The shortest: what it takes when nothing else runs. Verdicts compare this one.
    pub(crate) least: f64,
    /// The one in the middle.
    pub(crate) median: f64,
}

impl Times {
    /// Of at least one run.
    pub(crate) fn of(mut runs: Vec<Duration>) -> Self {
        runs.sort_unstable();
        let milliseconds = |run: Option<&Duration>| run.map_or(f64::NAN, |run| run.as_secs_f64() * 1e3);
        Self { least: milliseconds(runs.first()), median: milliseconds(runs.get(runs.len() / 2)) }
    }
}

/// How long `work` takes; what it returns is dropped outside the measured time.
pub(crate) fn once<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let times = Times::of([5, 1, 9].map(Duration::from_millis).to_vec());
        assert!((times.least - 1.0).abs() < 1e-9 && (times.median - 5.0).abs() < 1e-9, "{times:?}");
    }
}
