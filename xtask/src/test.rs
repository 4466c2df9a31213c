//! `cargo xtask test`: everything that decides whether a change may be merged, in order, up to the first failure.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::{browser, conformance, e2e, generate, run, tools, wasm, workflows};

const DENY: (&str, &str) = ("cargo-deny", "0.20.2");
const MACHETE: (&str, &str) = ("cargo-machete", "0.9.2");

/// What core must never come to depend on: each would bring the world in, or keep it out of a browser.
const NOT_IN_CORE: [&str; 7] = ["getrandom", "js-sys", "mio", "reqwest", "tokio", "wasm-bindgen", "web-sys"];

/// How a step that did not fail ended.
pub(crate) enum Ending {
    Passed,
    /// It could not run here, and why.
    Skipped(String),
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Ending>,
}

/// Cheap ones first; what needs the network last.
const STEPS: &[Step] = &[
    Step { name: "format", about: "rustfmt", run: format },
    Step { name: "clippy", about: "no warning on any target", run: clippy },
    Step { name: "tests", about: "unit, integration and documentation tests", run: tests },
    Step { name: "docs", about: "rustdoc without a warning", run: docs },
    Step { name: "purity", about: "nothing of the world in core's dependencies", run: purity },
    Step { name: "generated", about: "generated files are what would be generated", run: generated },
    Step { name: "dogfood", about: "pychain on this repository's own requirements", run: dogfood },
    Step { name: "conformance", about: "we read what pip reads", run: conforms },
    Step { name: "wasm", about: "core builds for a browser", run: wasm::check },
    Step { name: "unused", about: "no dependency without a use", run: unused },
    Step { name: "licenses", about: "licenses, sources and bans of the crates we use", run: licenses },
    Step { name: "advisories", about: "known flaws of the crates we use", run: advisories },
    Step { name: "e2e", about: "the action in act, against a stand-in for GitHub", run: e2e::check },
    Step { name: "web", about: "the page, built and used in Chromium", run: browser::check },
    Step { name: "workflows", about: "linters on the action, the workflows and the scripts", run: workflows::check },
];

/// Runs the steps named, or all of them. A step named by `--require STEP` may not be skipped.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut wanted, mut required) = (Vec::new(), Vec::new());
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (list, name) = match word.as_str() {
            "--require" => (&mut required, words.next().context("--require needs the name of a step")?),
            _ => (&mut wanted, word),
        };
        ensure!(STEPS.iter().any(|step| step.name == name), "there is no step `{name}`; there are: {}", names());
        list.push(name.as_str());
    }

    let steps: Vec<&Step> = STEPS.iter().filter(|step| wanted.is_empty() || wanted.contains(&step.name)).collect();
    let mut skipped = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        println!("── {} ({} of {}): {}", step.name, at + 1, steps.len(), step.about);
        let start = Instant::now();
        match (step.run)().with_context(|| format!("step `{}`", step.name))? {
            Ending::Passed => println!("   passed in {:.0?}", start.elapsed()),
            Ending::Skipped(reason) if required.contains(&step.name) => {
                bail!("step `{}` is required and cannot run: {reason}", step.name)
            }
            Ending::Skipped(reason) => {
                println!("   SKIPPED: {reason}");
                skipped.push(step.name);
            }
        }
    }
    if skipped.is_empty() {
        println!("── all {} steps passed", steps.len());
    } else {
        println!("── {} steps passed; SKIPPED: {}", steps.len() - skipped.len(), skipped.join(", "));
    }
    Ok(())
}

fn names() -> String {
    STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", ")
}

fn passes(command: &mut Command) -> Result<Ending> {
    run::status(command)?;
    Ok(Ending::Passed)
}

fn format() -> Result<Ending> {
    passes(&mut run::cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Ending> {
    passes(&mut run::cargo(["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn tests() -> Result<Ending> {
    passes(&mut run::cargo(["test", "--quiet", "--locked", "--workspace"]))
}

fn docs() -> Result<Ending> {
    let mut command = run::cargo(["doc", "--quiet", "--locked", "--workspace", "--no-deps"]);
    passes(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn purity() -> Result<Ending> {
    // Of every platform: what only the browser pulls in counts too.
    let arguments = ["tree", "--locked", "-p", "pychain-core", "-e", "normal", "--target", "all", "--prefix", "none"];
    let tree = run::output(&mut run::cargo(arguments))?;
    ensure!(tree.contains("pychain-core"), "cargo tree does not speak of core");
    let banned: Vec<&str> =
        tree.lines().filter(|line| line.split(' ').next().is_some_and(|name| NOT_IN_CORE.contains(&name))).collect();
    ensure!(banned.is_empty(), "core must not depend on: {}", banned.join(", "));
    Ok(Ending::Passed)
}

fn generated() -> Result<Ending> {
    generate::run(&["--check".to_owned()])?;
    Ok(Ending::Passed)
}

fn dogfood() -> Result<Ending> {
    let audit =
        ["run", "--quiet", "--locked", "-p", "pychain", "--", "audit", "--fail-on", "low", ".github/requirements.txt"];
    passes(&mut run::cargo(audit))
}

fn conforms() -> Result<Ending> {
    if !conformance::corpus().join("manifest.tsv").is_file() {
        return Ok(Ending::Skipped(format!("there is no corpus at `{}`", conformance::corpus().display())));
    }
    conformance::run(&[])?;
    Ok(Ending::Passed)
}

fn unused() -> Result<Ending> {
    let program = tools::from_crates_io(MACHETE.0, MACHETE.1)?;
    passes(Command::new(program).arg("--with-metadata").current_dir(run::root()))
}

fn licenses() -> Result<Ending> {
    passes(deny()?.args(["--hide-inclusion-graph", "bans", "licenses", "sources"]))
}

/// The advisories lie in a repository on GitHub, which not every machine may reach.
fn advisories() -> Result<Ending> {
    let program = tools::from_crates_io(DENY.0, DENY.1)?;
    let fetch =
        Command::new(program).args(["--log-level", "error", "fetch", "db"]).current_dir(run::root()).output()?;
    if !fetch.status.success() {
        return Ok(Ending::Skipped("the advisory database cannot be fetched".to_owned()));
    }
    passes(deny()?.args(["--disable-fetch", "advisories"]))
}

fn deny() -> Result<Command> {
    let mut command = Command::new(tools::from_crates_io(DENY.0, DENY.1)?);
    command.args(["--log-level", "error", "check"]).current_dir(run::root());
    Ok(command)
}
