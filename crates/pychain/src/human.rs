//! A report for people at a terminal: the source line with its span underlined, why it matters, what to do.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use anstyle::AnsiColor;
use pychain_core::finding::{Finding, Location, Safety, Severity};
use pychain_core::report::Report;
use pychain_core::rule::{Need, Rule};
use pychain_core::text::{Problem, SourceFile, Span};

use crate::error::paint;
use crate::escape::visible;
use excerpt::Excerpt;

mod excerpt;
pub(crate) mod manual;

/// Related places that are shown with a finding; of more, only the number is told.
const MAX_RELATED: usize = 3;

/// The findings, one after the other. Styled; empty where there is none.
pub(crate) fn findings(report: &Report) -> String {
    let mut out = String::new();
    let mut explained = BTreeSet::new();
    for finding in &report.findings {
        let why = explained.insert(finding.rule.id).then(|| manual::why(finding.rule)).flatten();
        out.push_str(&self::finding(report, finding, why.as_deref()));
        out.push_str("\n\n");
    }
    out
}

fn finding(report: &Report, finding: &Finding, why: Option<&str>) -> String {
    let title = level(finding.severity).primary_title(visible(&finding.message)).id(finding.rule.id);
    let mut elements = place(report, finding.primary, AnnotationKind::Primary, "");
    for related in finding.related.iter().take(MAX_RELATED) {
        elements.extend(place(report, related.location, AnnotationKind::Context, &related.label));
    }
    let mut say = |name: &'static str, text: String| {
        elements.push(Element::from(Level::NOTE.with_name(Some(name)).message(text)));
    };
    if let Some(more) = finding.related.len().checked_sub(MAX_RELATED).filter(|more| *more > 0) {
        say("note", format!("and {more} more {}", plural(more, "place", "places")));
    }
    for evidence in &finding.evidence {
        say("note", format!("{}: {}", visible(evidence.label), visible(&evidence.value)));
    }
    if let Some(why) = why {
        say("why", visible(why).into_owned());
    }
    if !finding.help.is_empty() {
        say("help", visible(&finding.help).into_owned());
    }
    if let Some(fix) = &finding.fix {
        let flag = match fix.safety {
            Safety::Safe => "`--fix`",
            Safety::Unsafe => "`--fix --unsafe-fixes`, which may change what is installed",
        };
        say("fix", format!("{} ({flag})", visible(&fix.title)));
    }
    render(&[title.elements(elements)])
}

/// An error in a file that is not part of a report: the configuration.
pub(crate) fn diagnostic(file: &SourceFile, span: Span, message: &str, help: &str) -> String {
    let mut elements = place_in(file, span, AnnotationKind::Primary, "");
    if !help.is_empty() {
        elements.push(Element::from(Level::HELP.message(visible(help))));
    }
    render(&[Level::ERROR.primary_title(visible(message)).elements(elements)])
}

fn render(groups: &[Group<'_>]) -> String {
    // Lines are cropped by `Excerpt` already.
    Renderer::styled().term_width(usize::from(u16::MAX)).render(groups)
}

fn place<'a>(report: &Report, location: Location, kind: AnnotationKind, label: &str) -> Vec<Element<'a>> {
    place_in(report.file(location.file), location.span, kind, label)
}

fn place_in<'a>(file: &SourceFile, span: Span, kind: AnnotationKind, label: &str) -> Vec<Element<'a>> {
    let excerpt = Excerpt::new(file, span);
    let origin = Origin::path(visible(file.path()).into_owned()).line(excerpt.line).char_column(excerpt.column);
    let mut annotation = kind.span(excerpt.marked);
    if !label.is_empty() {
        annotation = annotation.label(visible(label).into_owned());
    }
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).annotation(annotation);
    vec![Element::from(origin), Element::from(snippet)]
}

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::INFO,
        Severity::Info => Level::NOTE,
    };
    level.with_name(Some(severity.name()))
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
pub(crate) fn summary(report: &Report) -> String {
    let files = report.files.len();
    let audited = format!("{files} {}", plural(files, "file", "files"));
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
        let places: BTreeSet<_> = report.findings.iter().map(|finding| finding.primary.file).collect();
        let findings = plural(found, "finding", "findings");
        format!("{found} {findings} ({}) in {} of {audited}", by_severity.join(", "), places.len())
    };
    let fixable = report.findings.iter().filter(|finding| finding.fix.is_some()).count();
    if fixable > 0 {
        let _ = write!(out, "; {fixable} fixable (`--fix`)");
    }
    if !report.suppressed.is_empty() {
        let _ = write!(out, "; {} suppressed", report.suppressed.len());
    }
    out.push('\n');
    let not_run = not_run(report);
    if !not_run.is_empty() {
        let _ = writeln!(out, "Not looked for: {not_run}");
    }
    out
}

/// The rules that lacked a fact, by the fact. A full audit has no base by nature; that is not worth a word.
fn not_run(report: &Report) -> String {
    let needs = [Need::ExpectedIndexes, Need::PrivatePrefixes, Need::Date];
    let mut parts = Vec::new();
    for need in needs {
        let rules: Vec<&str> = report
            .not_run
            .iter()
            .filter(|not_run| not_run.missing.contains(&need) && !not_run.missing.contains(&Need::Base))
            .map(|not_run| not_run.rule.id)
            .collect();
        if !rules.is_empty() {
            parts.push(format!("{} (needs {})", rules.join(", "), need.describe()));
        }
    }
    parts.join("; ")
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
