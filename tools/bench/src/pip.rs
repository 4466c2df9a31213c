//! pip's own parser on the same file, as the measure of what the job costs elsewhere.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::table::Table;
use crate::timing::Times;

/// Names a Python that has pip.
const PYTHON: &str = "PYCHAIN_BENCH_PIP";
/// pip 26.3 on such a file, as it was once measured on a 2-core machine: the shortest of five runs.
const RECORDED: f64 = 687.0;

/// Parses as `pip install -r` does, up to the requirements that it hands to its resolver.
const SCRIPT: &str = "
import logging, sys, time
logging.disable(logging.CRITICAL)
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
for _ in range(5):
    start = time.perf_counter()
    for parsed in parse_requirements(sys.argv[1], session=PipSession()):
        install_req_from_parsed_requirement(parsed, user_supplied=True)
    print((time.perf_counter() - start) * 1e3)
";

/// Adds what pip takes, and how many times as long that is.
pub(crate) fn compare(table: &mut Table, path: &Path, ours: &Times) -> Result<()> {
    let Some(python) = std::env::var_os(PYTHON) else {
        table.note("pip's parser (recorded elsewhere; set PYCHAIN_BENCH_PIP=python to measure)", RECORDED, "ms");
        return Ok(());
    };
    let output = Command::new(&python)
        .args(["-I", "-c", SCRIPT])
        .arg(path)
        .output()
        .with_context(|| format!("starting {}", python.to_string_lossy()))?;
    ensure!(output.status.success(), "pip failed:\n{}", String::from_utf8_lossy(&output.stderr));
    let mut times = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        times.push(line.parse::<f64>().context("pip's time")?);
    }
    let least = times.into_iter().reduce(f64::min).context("pip measured nothing")?;
    table.note("pip's parser on the same file", least, "ms");
    table.note("pip takes as many times as long", least / ours.least, "x");
    Ok(())
}
