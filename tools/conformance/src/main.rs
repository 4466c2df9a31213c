//! Compares what pychain reads in requirements files, lock files and manifests with what their own tools were recorded to read.
//!
//! `pychain-conformance [DIR] [--only PATTERN] [--limit N]`; `cargo xtask conformance` calls it.
//! Exit status 0: everything is identical or a known difference; 1: it is not; 2: the corpus is broken.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use pychain_corpus::Corpus;

mod compare;
mod hash_modes;
mod histories;
mod honest;
mod known;
mod locks;
mod manifests;
mod outcome;
mod progress;
mod reading;

use histories::Histories;
use known::Known;
use outcome::Outcome;
use progress::Progress;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

struct Arguments {
    /// The corpus; without one only the histories are compared, which the program carries.
    directory: Option<PathBuf>,
    /// Compare only what has an id like this.
    only: Option<String>,
    /// How many differences are printed in full.
    limit: usize,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut directory = None;
        let (mut only, mut limit) = (None, 100);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--only" => only = Some(words.next().context("--only needs a pattern")?),
                "--limit" => limit = words.next().context("--limit needs a number")?.parse().context("--limit")?,
                _ if word.starts_with('-') => bail!("unknown option `{word}`"),
                _ => directory = Some(PathBuf::from(word)),
            }
        }
        Ok(Self { directory, only, limit })
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let known = Known::parse(include_str!("../known-differences.toml"))?;
    let corpus = match &arguments.directory {
        Some(directory) => Corpus::open(directory)?,
        None => Corpus::default(),
    };
    let histories = Histories::open()?;
    let wanted = |id: &str| arguments.only.as_ref().is_none_or(|pattern| known::matches(pattern, id));

    let mut outcome = Outcome::new(known);
    let progress = Progress::new("conformance", corpus.len() + histories.changes.len());
    for change in histories.changes.iter().filter(|change| wanted(&change.id())) {
        progress.step();
        outcome.history(&change.id(), change.file_name(), histories.compare(change));
    }
    for item in corpus.files.iter().filter(|item| wanted(&item.id)) {
        progress.step();
        outcome.file(&item.id, compare::item(item));
    }
    for item in corpus.locks.iter().filter(|item| wanted(&item.id)) {
        progress.step();
        outcome.lock(&item.id, locks::item(item));
    }
    for item in corpus.manifests.iter().filter(|item| wanted(&item.id)) {
        progress.step();
        outcome.manifest(&item.id, manifests::item(item));
    }
    for pair in honest::pairs(&corpus.locks).iter().filter(|pair| wanted(&pair.id)) {
        outcome.pair(&pair.id, pair.one.file_name(), honest::compare(pair));
    }
    for item in corpus.cases.iter().filter(|item| wanted(&item.id)) {
        progress.step();
        outcome.case(&item.id, compare::item(item));
    }
    for experiment in corpus.experiments.iter().filter(|experiment| wanted(&experiment.id)) {
        progress.step();
        outcome.experiment(&experiment.id, hash_modes::compare(experiment));
    }
    drop(progress);

    print!("{}", outcome.details(arguments.limit));
    println!("{}", outcome.summary());
    Ok(outcome.passed())
}
