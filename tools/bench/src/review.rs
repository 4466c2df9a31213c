//! Reviews of pull requests against a stand-in for GitHub that takes its time over every request.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use pychain_github_double::{Double, Entry, File, Journal as _, Scenario, Tree};

use crate::process;
use crate::table::Table;

/// Milliseconds that every request takes, as GitHub's do.
const LATENCY: u64 = 50;
/// Runs of which the shortest counts.
const RUNS: usize = 3;

/// Adds what a review must reach: time, requests, silence the second time, memory.
pub(crate) fn measure(table: &mut Table, pychain: &Path) -> Result<()> {
    let mut least = f64::MAX;
    let mut requests = 0;
    let mut repeated = 0;
    for _ in 0..RUNS {
        let github = Double::start(Scenario { latency_ms: LATENCY, ..ordinary() });
        let start = Instant::now();
        run(pychain, &github)?;
        least = least.min(start.elapsed().as_secs_f64() * 1000.0);
        requests = requests.max(taken(&github).len());
        run(pychain, &github)?;
        repeated = repeated.max(taken(&github).writes().len());
    }
    table.at_most("review of 3 files, 50 ms a request", least, "ms", 2000.0);
    table.at_most("  requests", count(requests), "", 12.0);
    table.at_most("  writes of a second run", count(repeated), "", 0.0);

    let github = Double::start(Scenario { latency_ms: LATENCY, ..large() });
    let start = Instant::now();
    run(pychain, &github)?;
    table.note("review of 300 files, 50 ms a request", start.elapsed().as_secs_f64() * 1000.0, "ms");
    table.at_most("  requests", count(taken(&github).len()), "", 650.0);
    run(pychain, &github)?;
    table.at_most("  writes of a second run", count(taken(&github).writes().len()), "", 0.0);
    let peak = process::peak_memory(|| command(pychain, &github))?;
    table.at_most("  peak memory", count(usize::try_from(peak / 1_000_000)?), "MB", 100.0);
    Ok(())
}

/// A repository such as many have, and a change of three of its dependency files.
fn ordinary() -> Scenario {
    let base = [
        ("constraints.txt", "click==8.1.7\n"),
        ("docs/requirements.txt", "sphinx==8.0.0\n"),
        ("pyproject.toml", "[project]\nname = \"x\"\n"),
        ("requirements-dev.txt", "-r requirements.txt\npytest==8.3.2\n"),
        ("requirements.txt", "click==8.1.7\n"),
        ("src/x.py", "print()\n"),
        ("tools/requirements.txt", "ruff==0.6.1\n"),
    ];
    let base: Tree = base.map(|(path, text)| (path.to_owned(), File::from(text))).into();
    let mut head = base.clone();
    for (path, text) in [
        ("docs/requirements.txt", "sphinx==8.0.0\nfuro\n"),
        ("requirements-dev.txt", "-r requirements.txt\npytest==8.3.2\ncoverage\n"),
        ("requirements.txt", "click==8.1.7\nflask\n"),
    ] {
        head.insert(path.to_owned(), File::from(text));
    }
    Scenario::new(base, head)
}

/// Three hundred changed files of forty lines each.
fn large() -> Scenario {
    let (mut base, mut head) = (Tree::new(), Tree::new());
    for at in 0..300 {
        // No two are alike: what has the same content is fetched once.
        let text: String = (0..40).flat_map(|line| [format!("name-{line}=="), format!("1.{at}\n")]).collect();
        let path = format!("services/s{at:03}/requirements.txt");
        base.insert(path.clone(), File::from(text.as_str()));
        head.insert(path, File::from(text + "flask\n"));
    }
    Scenario::new(base, head)
}

fn run(pychain: &Path, github: &Double) -> Result<()> {
    let output = command(pychain, github).stderr(Stdio::piped()).output().context("starting the review")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(matches!(output.status.code(), Some(0 | 1)), "the review failed: {}\n{said}", output.status);
    let faults = github.faults();
    ensure!(faults.is_empty(), "the stand-in is not sound: {}", faults.join("\n"));
    Ok(())
}

fn command(pychain: &Path, github: &Double) -> Command {
    let mut command = Command::new(pychain);
    command
        .args(["review", "--repo", "octo-org/example", "--pr", "7", "--api-url", github.api_url()])
        .args(["--graphql-url", &github.graphql_url()])
        .env_clear()
        .env("PYCHAIN_TOKEN", "not-a-token");
    command
}

/// The requests since the last look.
fn taken(github: &Double) -> Vec<Entry> {
    let log = github.log();
    github.clear_log();
    log
}

#[expect(clippy::cast_precision_loss, reason = "a small number")]
fn count(number: usize) -> f64 {
    number as f64
}
