//! Times of repeated runs: on the clock, and of the processor.

use std::time::{Duration, Instant};

/// One run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Time that the processor spent on it; none where the system does not tell.
    pub(crate) cpu: Option<Duration>,
}

/// Times of one thing, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// The shortest on the clock.
    pub(crate) least: f64,
    /// The one in the middle, on the clock.
    pub(crate) median: f64,
    /// The least work: the processor's time, which other programs do not lengthen. Where the system does
    /// not tell, the shortest on the clock.
    pub(crate) cpu: f64,
}

impl Times {
    /// Of at least one run.
    pub(crate) fn of(runs: &[Run]) -> Self {
        let mut wall: Vec<Duration> = runs.iter().map(|run| run.wall).collect();
        wall.sort_unstable();
        let cpu = runs.iter().map(|run| run.cpu.unwrap_or(run.wall)).min();
        let milliseconds = |time: Option<Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
        Self {
            least: milliseconds(wall.first().copied()),
            median: milliseconds(wall.get(wall.len() / 2).copied()),
            cpu: milliseconds(cpu),
        }
    }
}

/// Runs `work`, which stays on this thread.
pub(crate) fn on_this_thread<T>(work: impl FnOnce() -> T) -> (Run, T) {
    measure(clock::of_this_thread, work)
}

/// Runs `work`, which starts a program and waits for its end.
pub(crate) fn of_a_child<T>(work: impl FnOnce() -> T) -> (Run, T) {
    measure(clock::of_all_children, work)
}

fn measure<T>(cpu: fn() -> Option<Duration>, work: impl FnOnce() -> T) -> (Run, T) {
    let (before, start) = (cpu(), Instant::now());
    let result = work();
    let (wall, after) = (start.elapsed(), cpu());
    (Run { wall, cpu: after.zip(before).and_then(|(after, before)| after.checked_sub(before)) }, result)
}

#[cfg(unix)]
mod clock {
    use std::time::Duration;

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    use nix::time::{ClockId, clock_gettime};

    pub(super) fn of_this_thread() -> Option<Duration> {
        clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok().map(Duration::from)
    }

    pub(super) fn of_all_children() -> Option<Duration> {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
        let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        u64::try_from(microseconds).ok().map(Duration::from_micros)
    }
}

#[cfg(not(unix))]
mod clock {
    use std::time::Duration;

    pub(super) fn of_this_thread() -> Option<Duration> {
        None
    }

    pub(super) fn of_all_children() -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let run = |wall, cpu| Run { wall: Duration::from_millis(wall), cpu: Some(Duration::from_millis(cpu)) };
        let times = Times::of(&[run(5, 3), run(1, 1), run(9, 2)]);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(times.least, 1.0) && close(times.median, 5.0) && close(times.cpu, 1.0), "{times:?}");
    }

    #[cfg(unix)]
    #[test]
    fn waiting_is_no_work() {
        let (run, ()) = on_this_thread(|| std::thread::sleep(Duration::from_millis(20)));
        assert!(run.wall >= Duration::from_millis(20) && run.cpu.expect("a clock") < run.wall / 2, "{run:?}");
    }
}
