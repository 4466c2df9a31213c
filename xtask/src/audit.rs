//! `cargo xtask audit [PATH…]`: runs the program itself, built as users get it.

use anyhow::{Context as _, Result};

use crate::run;

/// What is audited when nothing is named: a project that is bad on purpose.
pub(crate) const EXAMPLE: &str = "examples/webshop";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut audit = run::cargo(["run", "--quiet", "--release", "-p", "pychain", "--manifest-path"]);
    audit.arg(run::root().join("Cargo.toml")).args(["--", "audit"]).args(arguments);
    if arguments.iter().all(|argument| argument.starts_with('-')) {
        println!("auditing the example in {EXAMPLE}; name a path to audit your own files\n");
        audit.arg(EXAMPLE);
    } else {
        // Paths are said from where the user stands, not from the top of the repository.
        audit.current_dir(std::env::current_dir()?);
    }
    // What it found it has said; its exit status is ours, and no failure of this task.
    match audit.status().context("starting cargo")?.code() {
        Some(0) => Ok(()),
        code => std::process::exit(code.unwrap_or(2)),
    }
}
