//! The page in a real browser: its tests, its figures, its pictures.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::test::Ending;
use crate::{conformance, run, tools, wasm, web};

pub(crate) fn check() -> Result<Ending> {
    let Some(compiler) = wasm::choose()? else { return Ok(Ending::Skipped(wasm::NO_COMPILER.to_owned())) };
    if let Some(reason) = no_browser() {
        return Ok(Ending::Skipped(reason));
    }
    web::build(&compiler)?;
    run::status(&mut run::cargo(["build", "--quiet", "--locked", "-p", "pychain"]))?;
    let mut test = run::cargo(["test", "--quiet", "--locked", "-p", "pychain-browser", "--test", "page"]);
    test.env("PYCHAIN_WEB_DIST", web::folder()).env("PYCHAIN_PROGRAM", run::target().join("debug/pychain"));
    test.env("PYCHAIN_WEB_PROGRAM", web::program()).env("PYCHAIN_CORPUS", conformance::corpus());
    match tools::axe() {
        Ok(axe) => _ = test.env("PYCHAIN_AXE", axe),
        Err(error) => println!("   SKIPPED: axe-core cannot be fetched: {error:#}"),
    }
    // Two browsers at a time: more are slower than they are patient.
    run::status(test.args(["--", "--test-threads=2"]))?;
    Ok(Ending::Passed)
}

/// Why no browser can be driven here, if that is so.
fn no_browser() -> Option<String> {
    let missing = ["chromedriver", "chromium"].iter().find(|program| !tools::is_there(program, &["--version"]));
    missing.map(|program| format!("{program} is not installed (Debian: apt-get install chromium chromium-driver)"))
}

/// `cargo xtask screenshots`: pictures of the page's main states, into `docs/`.
pub(crate) fn screenshots(arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "usage: cargo xtask screenshots");
    let site = built()?;
    let docs = run::root().join("docs/images");
    run::status(tool().arg("pictures").arg(site).arg(docs).arg("webp"))
}

/// `cargo xtask bench-web`: the page's sizes and speed against what must be reached.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "usage: cargo xtask bench-web");
    let site = built()?;
    let mut bench = tool();
    bench.arg("bench").arg(site);
    match tools::lighthouse() {
        Ok(lighthouse) => _ = bench.arg(lighthouse),
        Err(error) => println!("SKIPPED: Lighthouse cannot be fetched: {error:#}"),
    }
    run::status(&mut bench)
}

/// The page, built now.
fn built() -> Result<PathBuf> {
    if let Some(reason) = no_browser() {
        bail!(reason);
    }
    web::build(&wasm::choose()?.context(wasm::NO_COMPILER)?)?;
    Ok(web::folder())
}

fn tool() -> Command {
    run::cargo(["run", "--quiet", "--locked", "-p", "pychain-browser", "--"])
}
