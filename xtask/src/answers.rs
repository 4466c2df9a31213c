//! `cargo xtask answers [FILE…]`: asks the tools anew what they do with tampered lock files, and compares with the records.

use anyhow::{Result, bail};

use crate::{run, tools};

const MEASURE: &str = "tools/conformance/tampering/measure.py";

/// Takes minutes and the index, so that it is no step of the tests.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(reason) = tools::no_pypi() {
        bail!("the tools cannot be had: {reason}");
    }
    let python = tools::that_lock()?.join("python");
    let mut measure = std::process::Command::new(python);
    measure.current_dir(run::root()).arg(MEASURE).arg(run::target().join("answers"));
    let mut is_recorded = false;
    for word in arguments {
        match word.as_str() {
            "--record" => is_recorded = true,
            option if option.starts_with('-') => bail!("usage: cargo xtask answers [FILE…] [--record]"),
            file => drop(measure.args(["--file", file])),
        }
    }
    if !is_recorded {
        measure.arg("--check");
    }
    run::status(&mut measure)
}
