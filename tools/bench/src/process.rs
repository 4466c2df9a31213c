//! Time and memory of the program as a process of its own.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::timing::{self, Times};

/// From start to end, its output thrown away. Findings are no failure.
pub(crate) fn time(command: impl Fn() -> Command, runs: usize) -> Result<Times> {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let mut command = command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let (elapsed, status) = timing::once(|| command.status());
        let status = status.with_context(|| format!("starting {command:?}"))?;
        ensure!(matches!(status.code(), Some(0 | 1)), "{command:?} failed: {status}");
        times.push(elapsed);
    }
    Ok(Times::of(times))
}

/// The most memory that it holds at any time, in bytes: the kernel's own high-water mark (`VmHWM`),
/// read until the process is gone. The greatest of a few runs, as the last moment may be missed.
pub(crate) fn peak_memory(command: impl Fn() -> Command) -> Result<u64> {
    let mut peak = 0;
    for _ in 0..5 {
        let mut child =
            command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("starting the program")?;
        let status = format!("/proc/{}/status", child.id());
        while child.try_wait()?.is_none() {
            if let Ok(text) = fs::read_to_string(&status) {
                peak = peak.max(high_water_mark(&text).unwrap_or_default());
            }
        }
    }
    ensure!(peak > 0, "peak memory can only be measured on Linux");
    Ok(peak)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read_in_bytes() {
        assert_eq!(high_water_mark("VmPeak:\t 9 kB\nVmHWM:\t    5376 kB\n"), Some(5376 * 1024));
        assert_eq!(high_water_mark("Name:\tx\n"), None);
    }
}
