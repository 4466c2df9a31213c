//! `cargo xtask fuzz [SECONDS] [TARGET…]`: fuzzes each target for a while with libFuzzer.
//!
//! Works with a stable compiler: the coverage that libFuzzer steers by is an LLVM pass that stable Rust can
//! run. Needs a C++ compiler, for libFuzzer itself. `cargo fuzz`, where a nightly compiler is at hand, finds
//! the same targets in `fuzz/`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{conformance, run};

/// Each target, and the seeds that it starts from.
const TARGETS: [(&str, &str); 4] = [("reader", "files"), ("audit", "files"), ("diff", "pairs"), ("fix", "files")];
/// How long each target runs when nobody says.
const SECONDS: u32 = 60;

/// What `cargo fuzz run --sanitizer none` compiles with. Rust forbids the memory errors that a sanitizer
/// looks for, and core has no unsafe code.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1 -Cforce-frame-pointers=yes";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut seconds = SECONDS;
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for word in arguments {
        match (word.parse(), TARGETS.iter().find(|(target, _)| target == word)) {
            (Ok(number), _) => seconds = number,
            (_, Some(target)) => wanted.push(*target),
            _ => bail!("usage: cargo xtask fuzz [SECONDS] [reader|audit|diff|fix]…"),
        }
    }
    if wanted.is_empty() {
        wanted = TARGETS.to_vec();
    }

    let folder = run::target().join("fuzz");
    let programs = build(&folder)?;
    let seeded = seeds(&folder)?;
    let mut failed = Vec::new();
    for (target, seeds) in wanted {
        println!("── {target}: {seconds} seconds");
        let seeds = seeded.then(|| folder.join("seeds").join(seeds));
        let outcome = fuzz(&folder, &programs.join(target), target, seeds.as_deref(), seconds)?;
        println!("   {target}: {} executions, {}", outcome.executions, outcome.ending);
        if outcome.ending != CLEAN {
            failed.push(target);
        }
    }
    ensure!(
        failed.is_empty(),
        "not clean: {}\n\nhint: copy the input from {} to tools/properties/regressions, then `cargo test -p pychain-properties`",
        failed.join(", "),
        folder.join("artifacts").display()
    );
    Ok(())
}

/// Builds all targets; says where they are.
fn build(folder: &Path) -> Result<std::path::PathBuf> {
    let version = run::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    // With a target named, the flags are not for build scripts and macros, which could not link with them.
    let mut build = run::cargo(["build", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml"]);
    build.args(["--target", host, "--target-dir"]).arg(folder.join("build")).env("RUSTFLAGS", FLAGS);
    run::status(&mut build)?;
    Ok(folder.join("build").join(host).join("release"))
}

/// Real files and cases to start from, where there is a corpus.
fn seeds(folder: &Path) -> Result<bool> {
    let corpus = conformance::corpus();
    if !corpus.join("manifest.tsv").is_file() {
        println!("fuzz: there is no corpus at `{}`: starting from nothing but a dictionary", corpus.display());
        return Ok(false);
    }
    let mut write = run::cargo(["run", "--quiet", "-p", "pychain-corpus", "--"]);
    run::status(write.arg(corpus).arg(folder.join("seeds")))?;
    Ok(true)
}

struct Outcome {
    executions: String,
    ending: &'static str,
}

const CLEAN: &str = "no crash";

fn fuzz(folder: &Path, program: &Path, target: &str, seeds: Option<&Path>, seconds: u32) -> Result<Outcome> {
    let (found, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", artifacts.display()))
        .arg(format!("-dict={}", run::root().join("fuzz/dictionary.txt").display()))
        // Seconds for one input, and memory: a hang and a blow-up are crashes too.
        .args(["-max_len=16384", "-timeout=25", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .arg(found)
        .args(seeds)
        .stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting {}", program.display()))?;
    let mut executions = String::from("no");
    for line in BufReader::new(child.stderr.take().context("no standard error")?).lines() {
        let line = line?;
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            count.trim().clone_into(&mut executions);
        }
        // One line for each new input is too much, and so is the dictionary that libFuzzer makes up;
        // what remains is the start, a pulse now and then, and crashes.
        let new = line.starts_with('#') && ["\tNEW ", "\tREDUCE"].iter().any(|word| line.contains(word));
        if !new && !["stat::", "\"", "######"].iter().any(|start| line.starts_with(start)) {
            println!("   {line}");
        }
    }
    // The statuses that libFuzzer exits with.
    let ending = match child.wait()?.code() {
        Some(0) => CLEAN,
        Some(70) => "TOO SLOW",
        Some(71) => "OUT OF MEMORY",
        Some(72) => "INTERRUPTED",
        _ => "CRASHED",
    };
    Ok(Outcome { executions, ending })
}
