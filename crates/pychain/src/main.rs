//! The `pychain` binary: arguments in, a report and an exit code out.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{CommandFactory as _, Parser as _};
use pychain_core::config::closest;
use pychain_core::rule::Rule;
use pychain_core::rules::{RULES, find};

use args::{Cli, Command, ListFormat};
use error::Hinted;

mod args;
mod audit;
mod base;
mod clock;
mod diff;
mod discover;
mod engine;
mod error;
mod escape;
mod facts;
mod fix;
mod human;
mod load;
mod names;
mod output;
mod place;
mod progress;
mod review;
mod settings;
mod tree;

/// The job could not be done.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::choose_color(cli.color);
    run(&cli.command).unwrap_or_else(|error| {
        output::say(&error::render(&error));
        ExitCode::from(FAILED)
    })
}

fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Audit(args) => return audit::run(args),
        Command::Diff(args) => return diff::run(args),
        Command::Review(args) => return review::run(args),
        Command::Names(command) => return names::run(command),
        Command::Explain { rule } => output::print_styled(&explain(rule)?)?,
        Command::Rules { format: ListFormat::Human } => output::print_styled(&human::rules(RULES))?,
        Command::Rules { format: ListFormat::Json } => output::deliver_exact(&rules_json(RULES)?, None)?,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "pychain", &mut script);
            output::deliver_exact(&String::from_utf8_lossy(&script), None)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(id: &str) -> Result<String> {
    let Some(rule) = find(id) else {
        let ids = RULES.iter().map(|rule| rule.id);
        let hint = closest(id, ids)
            .map_or_else(|| "`pychain rules` lists all rules".to_owned(), |meant| format!("did you mean `{meant}`?"));
        bail!(Hinted::new(format!("there is no rule `{id}`"), hint));
    };
    Ok(human::manual::page(rule))
}

/// A rule as `pychain rules --format json` tells it; the names are kept when the inner ones change.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
struct RuleJson {
    id: &'static str,
    summary: &'static str,
    severity: &'static str,
    confidence: &'static str,
    persona: &'static str,
    fix: &'static str,
    since: &'static str,
    aliases: &'static [&'static str],
}

fn rules_json(rules: &[&Rule]) -> Result<String> {
    let rules: Vec<RuleJson> = rules
        .iter()
        .map(|rule| RuleJson {
            id: rule.id,
            summary: rule.summary,
            severity: rule.severity.name(),
            confidence: rule.confidence.name(),
            persona: rule.persona.name(),
            fix: rule.fix.name(),
            since: rule.since,
            aliases: rule.aliases,
        })
        .collect();
    Ok(serde_json::to_string_pretty(&rules)? + "\n")
}
