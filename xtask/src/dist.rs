//! `cargo xtask dist`: what a release ships. docs/releasing.md says when each call is due.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::run;

/// What the action trusts, and the one file in which a release differs from what it was built from.
const MANIFEST: &str = "action/manifest";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => pack(&host()?),
        ["--target", target] => pack(target),
        ["--manifest", base] => manifest(base),
        ["--check", commit] => check(commit),
        _ => bail!("usage: cargo xtask dist [--target TARGET | --manifest URL | --check COMMIT]"),
    }
}

/// Builds the program for a target and packs it. It is run once, for its completions: build where it can run.
fn pack(target: &str) -> Result<()> {
    let mut build = run::cargo(["build", "--release", "--locked", "-p", "pychain", "--target", target]);
    // No path of the machine that built it is in the program. On Windows it is one file, as elsewhere:
    // without the C runtime beside it.
    let others: &[&str] = if target.contains("windows-msvc") { &["-Ctarget-feature=+crt-static"] } else { &[] };
    let flags = run::without_paths(others);
    run::status(build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")))?;

    let suffix = if target.contains("windows") { ".exe" } else { "" };
    let program = run::target().join(target).join("release").join(format!("pychain{suffix}"));
    let mut pack = tool();
    run::status(pack.args(["pack", target]).arg(program).arg(folder()))
}

/// Writes the manifest from everything that lies packed; the archives will lie below `base`.
fn manifest(base: &str) -> Result<()> {
    ensure!(base.starts_with("https://"), "the archives' folder must be an https URL: `{base}`");
    run::status(tool().args(["manifest", base]).arg(folder()).arg(run::root().join(MANIFEST)))
}

/// Holds that the checked-out commit is the given one with another manifest, so that whoever pins it knows its source.
fn check(commit: &str) -> Result<()> {
    let changed = git(&["diff", "--name-only", "--end-of-options", commit, "HEAD"])?;
    ensure!(
        changed.trim_end() == MANIFEST,
        "between `{commit}` and this commit changed, besides {MANIFEST}:\n{changed}"
    );
    let parents = git(&["show", "--no-patch", "--format=%P", "HEAD"])?;
    let built = git(&["rev-parse", "--verify", "--end-of-options", commit])?;
    ensure!(parents.trim_end() == built.trim_end(), "this commit's one parent is not `{commit}`");
    println!("the release differs from {} by {MANIFEST} alone", built.trim_end());
    Ok(())
}

fn tool() -> Command {
    run::cargo(["run", "--quiet", "--locked", "-p", "pychain-dist", "--"])
}

fn folder() -> PathBuf {
    run::target().join("dist")
}

fn host() -> Result<String> {
    let version = run::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say for what it builds")?.to_owned())
}

fn git(arguments: &[&str]) -> Result<String> {
    run::output(Command::new("git").args(arguments).current_dir(run::root()))
}
