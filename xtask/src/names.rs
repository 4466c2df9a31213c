//! `cargo xtask names-eval [DIR]` and `names-train [DIR]`: measures the name check, and learns its weights anew.

use std::path::PathBuf;

use anyhow::Result;

use crate::run;

pub(crate) fn eval(arguments: &[String]) -> Result<()> {
    let Some(set) = labelled(arguments, "names-eval")? else { return Ok(()) };
    tool(["eval".into(), set])
}

pub(crate) fn train(arguments: &[String]) -> Result<()> {
    let Some(set) = labelled(arguments, "names-train")? else { return Ok(()) };
    tool(["train".into(), set, run::root().join("crates/pychain-core/src/confusable/weights.rs")])?;
    run::status(&mut run::cargo(["fmt", "--package", "pychain-core"]))
}

/// Runs `pychain-names`, optimized: it measures time.
pub(crate) fn tool(arguments: impl IntoIterator<Item = PathBuf>) -> Result<()> {
    run::status(run::cargo(["run", "--quiet", "--release", "-p", "pychain-names", "--"]).args(arguments))
}

/// The directory of labelled names: the one that is named, `$PYCHAIN_NAMES`, or the one beside the repository.
fn labelled(arguments: &[String], task: &str) -> Result<Option<PathBuf>> {
    let set = match arguments.first() {
        // The tool starts at the top of the repository, the path was said from here.
        Some(set) => std::path::absolute(set)?,
        None => std::env::var_os("PYCHAIN_NAMES")
            .map_or_else(|| run::root().join("../shared/data/confusables-dev"), PathBuf::from),
    };
    if set.join("positives.tsv").is_file() {
        return Ok(Some(set));
    }
    println!("{task}: SKIPPED, there are no labelled names at `{}`", set.display());
    println!("{task}: name their directory, or set PYCHAIN_NAMES; docs/names.md says what it holds");
    Ok(None)
}
