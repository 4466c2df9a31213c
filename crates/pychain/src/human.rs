//! A report for people at a terminal: the source line with its span underlined, why it matters, what to do.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use pychain_core::finding::{Finding, Safety, Severity};
use pychain_core::order::{Map, Set};
use pychain_core::report::Report;
use pychain_core::rule::{Need, Rule};
use pychain_core::text::{Problem, SourceFile, Span};

use crate::error::paint;
use block::Block;
use pychain_core::prose::visible;

mod block;
pub(crate) mod change;
mod excerpt;
pub(crate) mod manual;

/// Related places that are shown with a finding; of more, only the number is told.
const MAX_RELATED: usize = 3;

/// So many findings of one rule and severity are shown whole; of more, each has a line.
const MAX_WHOLE: usize = 10;

/// The findings, one after the other, for a terminal of so many columns. Styled; empty where there is none.
pub(crate) fn findings(report: &Report, columns: Option<usize>) -> String {
    let mut out = String::new();
    let mut shown: Map<(&str, Severity), usize> = Map::new();
    let mut explained = Set::new();
    let mut was_in_a_line = false;
    for finding in &report.findings {
        let why = explained.insert(finding.rule.id).then(|| manual::why(finding.rule)).flatten();
        let shown = shown.entry((finding.rule.id, finding.severity)).or_default();
        *shown += 1;
        let is_in_a_line = *shown > MAX_WHOLE;
        let block = self::finding(report, finding, why.as_deref(), columns);
        if was_in_a_line && !is_in_a_line {
            out.push('\n');
        }
        let _ = if is_in_a_line { writeln!(out, "{}", block.in_a_line()) } else { writeln!(out, "{block}") };
        was_in_a_line = is_in_a_line;
    }
    if was_in_a_line {
        out.push('\n');
    }
    out
}

fn finding(report: &Report, finding: &Finding, why: Option<&str>, columns: Option<usize>) -> Block {
    let severity = finding.severity;
    let mut block = Block::new(severity.name(), color(severity), Some(finding.rule.id), &finding.message);
    if let Some(columns) = columns {
        block = block.within(columns);
    }
    let places = finding.related.iter().map(|related| (related.location, related.label.as_str()));
    for (location, label) in std::iter::once((finding.primary, "")).chain(places.take(MAX_RELATED)) {
        block.place(report.file(location.file), location.span, label);
    }
    if let Some(more) = finding.related.len().checked_sub(MAX_RELATED).filter(|more| *more > 0) {
        block.note("note", &format!("and {more} more {}", plural(more, "place", "places")));
    }
    for evidence in &finding.evidence {
        block.note("note", &format!("{}: {}", evidence.label, evidence.value));
    }
    if let Some(why) = why {
        block.note("why", why);
    }
    if !finding.help.is_empty() {
        block.note("help", &finding.help);
    }
    if let Some(fix) = &finding.fix {
        let flags = match fix.safety {
            Safety::Safe => "`--fix`",
            Safety::Unsafe => "`--fix --unsafe-fixes`: may change what is installed",
        };
        block.note("fix", &format!("{} ({flags})", fix.title));
    }
    block
}

/// An error in a file that is not part of a report: the configuration.
pub(crate) fn diagnostic(file: &SourceFile, span: Span, message: &str, help: &str) -> String {
    let mut block = Block::new("error", AnsiColor::Red, None, message);
    block.place(file, span, "");
    if !help.is_empty() {
        block.note("help", help);
    }
    block.to_string()
}

fn color(severity: Severity) -> AnsiColor {
    match severity {
        Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::Green,
    }
}

/// What the audit itself has to say, one problem: for standard error.
pub(crate) fn problem(problem: &Problem) -> String {
    let mut out = format!("{}: ", paint("warning", AnsiColor::Yellow));
    if !problem.path.is_empty() {
        out.push_str(&visible(&problem.path));
        if let Some(line) = problem.line {
            let _ = write!(out, ":{line}");
        }
        out.push_str(": ");
    }
    out.push_str(&visible(&problem.message));
    if !problem.help.is_empty() {
        let _ = write!(out, "\n   {}: {}", paint("help", AnsiColor::Cyan), visible(&problem.help));
    }
    out
}

/// The last lines: what was found where, and what could not be looked for.
pub(crate) fn note(text: &str) -> String {
    format!("note: {}", visible(text))
}

pub(crate) fn summary(report: &Report) -> String {
    let count = report.files.len();
    let audited = format!("{count} {}", plural(count, "file", "files"));
    let found = report.findings.len();
    let mut out = if found == 0 {
        format!("No findings in {audited}")
    } else {
        let counts = report.counts();
        let by_severity: Vec<String> = counts
            .iter()
            .rev()
            .filter(|(_, count)| **count > 0)
            .map(|(severity, count)| format!("{count} {severity}"))
            .collect();
        let places: Set<_> = report.findings.iter().map(|finding| finding.primary.file).collect::<Set<_>>();
        let findings = plural(found, "finding", "findings");
        format!("{found} {findings} ({}) in {} of {audited}", by_severity.join(", "), places.len())
    };
    let fixes: Vec<_> = report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    let safe = fixes.iter().filter(|fix| fix.safety == Safety::Safe).count();
    if safe > 0 {
        let _ = write!(out, "; {safe} fixable (`--fix`)");
    }
    if fixes.len() > safe {
        let _ = write!(out, "; {} fixable unsafely (`--fix --unsafe-fixes`)", fixes.len() - safe);
    }
    if !report.suppressed.is_empty() {
        let _ = write!(out, "; {} suppressed", report.suppressed.len());
    }
    out.push_str(&not_run(report));
    out.push('\n');
    out
}

/// How many rules lacked which facts. A full audit has no base by nature; that is not worth a word.
fn not_run(report: &Report) -> String {
    let without_base = report.not_run.iter().filter(|not_run| !not_run.missing.contains(&Need::Base));
    let missing: Vec<&[Need]> = without_base.map(|not_run| not_run.missing.as_slice()).collect();
    if !missing.iter().any(|missing| missing.contains(&Need::ExpectedIndexes)) {
        return String::new();
    }
    let count = missing.len();
    format!("; {count} {} not run without `expected-indexes`", plural(count, "rule", "rules"))
}

/// The table of all rules.
pub(crate) fn rules(rules: &[&Rule]) -> String {
    let width = |of: fn(&Rule) -> &str| rules.iter().map(|rule| of(rule).len()).max().unwrap_or_default();
    let ids = width(|rule| rule.id).max("rule".len());
    let bold = anstyle::Style::new().bold();
    let mut out = format!("{bold}{:ids$}  {:8}  {:8}  {:9}  what is wrong{bold:#}\n", "rule", "severity", "for", "fix");
    for rule in rules {
        let (severity, persona, fix) = (rule.severity.name(), rule.persona.name(), rule.fix.name());
        let _ = writeln!(out, "{:ids$}  {severity:8}  {persona:8}  {fix:9}  {}", rule.id, rule.summary);
    }
    out
}

pub(crate) fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests;
