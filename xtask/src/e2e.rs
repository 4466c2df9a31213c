//! The action, end to end: act runs it against the stand-in for GitHub.

use anyhow::Result;

use crate::test::Ending;
use crate::{run, tools};

pub(crate) fn check() -> Result<Ending> {
    if let Some(reason) = tools::no_pypi() {
        return Ok(Ending::Skipped(reason));
    }
    let act = match tools::from_pypi() {
        Ok(programs) => programs.join("act"),
        Err(error) => return Ok(Ending::Skipped(format!("act cannot be fetched: {error:#}"))),
    };
    if !tools::is_there(&act, &["--version"]) {
        return Ok(Ending::Skipped(format!("`{}` does not run on this machine", act.display())));
    }
    run::status(&mut run::cargo(["build", "--quiet", "--locked", "-p", "pychain", "-p", "pychain-dist"]))?;
    let mut test = run::cargo(["test", "--quiet", "--locked", "-p", "pychain-e2e", "--test", "act"]);
    run::status(test.env("PYCHAIN_E2E_ACT", act).env("PYCHAIN_E2E_PROGRAMS", run::target().join("debug")))?;
    Ok(Ending::Passed)
}
