//! The page in a real browser: its tests.

use std::process::Command;

use anyhow::Result;

use crate::test::Ending;
use crate::{run, tools, wasm, web};

pub(crate) fn check() -> Result<Ending> {
    let Some(compiler) = wasm::choose()? else { return Ok(Ending::Skipped(wasm::NO_COMPILER.to_owned())) };
    if let Some(reason) = no_browser() {
        return Ok(Ending::Skipped(reason));
    }
    web::build(&compiler)?;
    run::status(&mut run::cargo(["build", "--quiet", "--locked", "-p", "pychain"]))?;
    let mut test = run::cargo(["test", "--quiet", "--locked", "-p", "pychain-browser", "--test", "page"]);
    run::status(with_page(&mut test))?;
    Ok(Ending::Passed)
}

/// Tells a program where the built page and the built pychain are.
fn with_page(command: &mut Command) -> &mut Command {
    command.env("PYCHAIN_WEB_DIST", web::folder()).env("PYCHAIN_PROGRAM", run::target().join("debug/pychain"))
}

/// Why no browser can be driven here, if that is so.
fn no_browser() -> Option<String> {
    let missing = ["chromedriver", "chromium"].iter().find(|program| !tools::is_there(program, &["--version"]));
    missing.map(|program| format!("{program} is not installed (Debian: apt-get install chromium chromium-driver)"))
}
