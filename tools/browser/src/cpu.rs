//! How long the processor worked for the page's worker, which other programs on the machine do not lengthen.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// What the kernel calls the thread of a worker: as much of Chromium's name for it as it keeps.
const THREAD: &str = "DedicatedWorker";

/// Time that the processor has spent on the workers' threads of the processes below one, as the kernel counts it.
///
/// # Errors
///
/// Where there is no such thread, or no Linux.
pub fn of_workers(ancestor: u32) -> Result<Duration> {
    let parents = parents().context("the time of a thread can only be read on Linux")?;
    let mut total = None;
    for process in parents.keys().filter(|process| descends(&parents, **process, ancestor)) {
        // A process or thread that ends meanwhile is none that is measured.
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
        for thread in threads.flatten() {
            let read = |name| fs::read_to_string(thread.path().join(name)).unwrap_or_default();
            if read("comm").trim_end() != THREAD {
                continue;
            }
            let nanoseconds = read("schedstat").split(' ').next().and_then(|time| time.parse().ok());
            *total.get_or_insert(Duration::ZERO) += Duration::from_nanos(nanoseconds.context("no schedstat")?);
        }
    }
    total.context("there is no worker")
}

/// Each process with its parent.
fn parents() -> Result<BTreeMap<u32, u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name before it is in brackets and may hold anything.
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        parents.extend(parent.map(|parent: u32| (process, parent)));
    }
    ensure!(!parents.is_empty(), "there are no processes");
    Ok(parents)
}

fn descends(parents: &BTreeMap<u32, u32>, process: u32, ancestor: u32) -> bool {
    let line = std::iter::successors(Some(process), |process| parents.get(process).copied());
    line.take(parents.len()).any(|process| process == ancestor)
}
