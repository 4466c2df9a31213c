//! `cargo xtask web`: the page, from its sources to the files that a static host serves.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{run, wasm};

/// Where a person looks at the page.
const PORT: &str = "8000";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let port = match words[..] {
        [] => None,
        ["--serve"] => Some(PORT),
        ["--serve", port] => Some(port),
        _ => bail!("usage: cargo xtask web [--serve [PORT]]"),
    };
    let compiler = wasm::choose()?.context(wasm::NO_COMPILER)?;
    println!("web: {}", compiler.about());
    build(&compiler)?;
    if let Some(port) = port {
        run::status(tool().arg("serve").arg(folder()).arg(port))?;
    }
    Ok(())
}

/// Where the built page lies.
pub(crate) fn folder() -> PathBuf {
    run::root().join("web/dist")
}

/// Builds the page into [`folder`], tells its sizes and holds them to their budgets.
pub(crate) fn build(compiler: &wasm::Compiler) -> Result<()> {
    let arguments = ["build", "--quiet", "--locked", "-p", "pychain-web", "--lib", "--profile", "web"];
    let mut command = compiler.cargo(&arguments, &target());
    run::status(command.env("CARGO_ENCODED_RUSTFLAGS", run::without_paths(&[]).join("\u{1f}")))?;
    run::status(tool().arg("build").arg(program()).arg(run::root().join("web/static")).arg(folder()))
}

/// What cargo makes of the page.
pub(crate) fn program() -> PathBuf {
    target().join(wasm::TARGET).join("web/pychain_web.wasm")
}

/// A directory of its own: the page's flags, and perhaps its compiler, would evict what others build.
fn target() -> PathBuf {
    run::target().join("web")
}

fn tool() -> Command {
    run::cargo(["run", "--quiet", "--locked", "-p", "pychain-site", "--"])
}
