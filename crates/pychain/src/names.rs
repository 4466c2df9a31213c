//! `pychain names`: one name explained, and the names that resemble one's own.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use pychain_core::confusable::{Absence, Assessment, Confusable, absence, assess, assess_unranked};
use pychain_core::knowledge::Names;
use pychain_core::prose::code;

use crate::args::{CheckArgs, NamesCommand, NamesFormat};
use crate::error::Hinted;
use crate::{facts, output};

mod watch;

/// A resemblance of a lower score is of interest to nobody.
const WORTH_TELLING: f32 = 0.05;

/// Some name resembles another one, or is known for something malicious.
const FOUND: u8 = 1;

pub(crate) fn run(command: &NamesCommand) -> Result<ExitCode> {
    let names = facts::names().context("the program's name data is not whole")?;
    match command {
        NamesCommand::Check(args) => check(args, &names),
        NamesCommand::Watch(args) => watch::run(args, names),
    }
}

fn check(args: &CheckArgs, names: &Names) -> Result<ExitCode> {
    let asked = asked(&args.names)?;
    if asked.is_empty() {
        bail!(Hinted::new("no name is given", "name projects, or write `-` to read a name a line from standard input"));
    }
    let mut out = String::new();
    let mut found = false;
    for name in &asked {
        let assessment = if args.leave_one_out { assess_unranked(name, names) } else { assess(name, names) };
        found |= assessment.verdict().is_some() || is_malicious(&assessment, names);
        match args.format {
            NamesFormat::Human => out.push_str(&explain(name, &assessment, names)),
            NamesFormat::Jsonl => {
                out.push_str(&serde_json::to_string(&Line::of(name, &assessment))?);
                out.push('\n');
            }
        }
    }
    match args.format {
        NamesFormat::Human => output::print_styled(&out)?,
        NamesFormat::Jsonl => output::deliver_exact(&out, None)?,
    }
    Ok(if found && args.format == NamesFormat::Human { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// The names given; `-` stands for those on standard input, a line each.
fn asked(given: &[String]) -> Result<Vec<String>> {
    let mut asked = Vec::new();
    for name in given {
        if name != "-" {
            asked.push(name.clone());
            continue;
        }
        let stdin = io::stdin();
        if stdin.is_terminal() {
            output::say("reading names from standard input, a line each");
        }
        for line in stdin.lock().lines() {
            let line = line.context("cannot read standard input as UTF-8")?;
            // White space inside is kept: it is part of what is judged.
            if !line.trim_end_matches('\r').is_empty() {
                asked.push(line.trim_end_matches('\r').to_owned());
            }
        }
    }
    Ok(asked)
}

/// One name as `--format jsonl` tells it. Keys are kept when the inner names change.
#[derive(Debug, serde::Serialize)]
struct Line<'a> {
    /// As it was given.
    name: &'a str,
    flagged: bool,
    level: Option<&'static str>,
    target: Option<&'a str>,
    score: f32,
    mechanism: Option<&'static str>,
    exists: Option<bool>,
    rank: Option<u16>,
    /// All that it resembles, the strongest first.
    targets: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn of(name: &'a str, assessment: &'a Assessment) -> Self {
        let first = assessment.resembles.first();
        Self {
            name,
            flagged: assessment.verdict().is_some(),
            level: assessment.verdict().and_then(|verdict| verdict.level).map(pychain_core::confusable::Level::name),
            target: first.map(|first| first.target.as_str()),
            score: first.map_or(0.0, |first| first.score),
            mechanism: first.map(|first| first.mechanism.name()),
            exists: assessment.exists,
            rank: assessment.rank,
            targets: assessment.resembles.iter().map(|found| found.target.as_str()).collect(),
        }
    }
}

/// One name for people.
fn explain(given: &str, assessment: &Assessment, names: &Names) -> String {
    let is_absent = assessment.exists == Some(false);
    let headline = match assessment.verdict() {
        _ if is_malicious(assessment, names) => "is on the list of malicious packages".to_owned(),
        Some(found) => format!("resembles {}", code(&found.target)),
        None if is_absent => "is not on the public index".to_owned(),
        None => "resembles no better known name".to_owned(),
    };
    let mut lines = vec![format!("{} {headline}", code(given))];
    let mut fact = |label: &str, value: String| lines.push(format!("  {label:<10} {value}"));
    let ranks = format!("among {} names of {}", names.ranked.count(), names.ranked.date());
    match assessment.rank {
        Some(rank) => fact("popularity", format!("number {rank} by downloads, {ranks}")),
        None => fact("popularity", format!("not {ranks}")),
    }
    if let (Some(exists), Some(index)) = (assessment.exists, &names.index) {
        let there = if exists { "is there" } else { "is not there" };
        fact("index", format!("{there}, as of {} ({} names)", index.date(), index.count()));
        if is_absent && given.is_ascii() && assessment.verdict().is_none() {
            match absence(&assessment.name, names) {
                Absence::Beside(other) => fact("likely", format!("{} is meant, which is there", code(&other))),
                Absence::Composed => fact("likely", "an invention: it is made of common words".to_owned()),
                Absence::Unknown => {}
            }
        }
    }
    if let Some(project) = names.imports.get(&assessment.name) {
        fact("import", format!("`{project}` is imported under this name"));
    }
    if names.standard_library.get(&assessment.name).is_some() {
        fact("module", "the standard library has a module of this name".to_owned());
    }
    let told = assessment.resembles.iter().filter(|found| found.level.is_some() || found.score >= WORTH_TELLING);
    for (at, found) in told.take(3).enumerate() {
        fact(if at == 0 { "resembles" } else { "" }, resemblance(found));
    }
    lines.join("\n") + "\n"
}

/// Whether something malicious was published under the name, in whatever version.
fn is_malicious(assessment: &Assessment, names: &Names) -> bool {
    names.malicious.get(&assessment.name).is_some()
}

fn resemblance(found: &Confusable) -> String {
    let rank = found.rank.map(|rank| format!(", number {rank}")).unwrap_or_default();
    let level = found.level.map(|level| format!(", level {}", level.name())).unwrap_or_default();
    format!(
        "{}{rank}: {} ({}, score {:.2}{level})",
        code(&found.target),
        found.difference,
        found.mechanism.name(),
        found.score
    )
}
