//! Markdown: a summary for a job's page or a pull request's comment.

use std::cmp::Reverse;

use crate::finding::{Finding, Origin, Severity};
use crate::manual::{Manuals, capitalized};
use crate::order::{Arrange as _, Map};
use crate::prose::clip;
use crate::report::{NotRun, Report, change, rule_link};
use crate::rule::{Need, Rule};
use crate::text::{FileId, Problem};
use crate::url::redact;

pub(crate) mod escape;

/// What GitHub takes for a step's summary, in bytes; more, and it shows nothing of it.
pub const STEP_SUMMARY_LIMIT: usize = 1024 * 1024;
/// What GitHub takes for a comment, in characters.
pub const COMMENT_LIMIT: usize = 65_536;
/// No summary is cut shorter than this many bytes, whatever limit is asked for.
pub const LEAST_LIMIT: usize = 2048;

/// Characters of a path, a source line or a fact that are shown.
pub(super) const MAX_PIECE: usize = 200;
/// Characters of a message or of help that are shown.
pub(super) const MAX_PROSE: usize = 2000;
/// Source lines that are shown of a place.
const MAX_LINES: usize = 5;
/// Rows of the table of changes that are shown.
pub(super) const MAX_ROWS: usize = 500;
/// Other places and facts that are shown of a finding.
const MAX_DETAILS: usize = 10;

/// How to write the summary.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// What the rules are explained with.
    pub manuals: Manuals<'a>,
    /// Where the rules' pages are, `RULE.md` each: a URL or a relative path. None: rules are not linked.
    pub docs: Option<&'a str>,
    /// Bytes that the text may have; so never more characters than that either.
    pub limit: usize,
}

/// The summary. Ends with a line feed.
///
/// Where not all findings fit, the worst are kept and the rest is counted.
pub fn to_string(report: &Report, options: Options<'_>) -> String {
    let limit = options.limit.max(LEAST_LIMIT);
    if report.findings.is_empty() && report.problems.is_empty() {
        return calm(report) + &change::table(&report.changes, MAX_ROWS, limit / 2, None).0;
    }
    let heading = heading(report);
    let notes = notes(report, options, limit / 4);
    let (changes, _) = change::table(&report.changes, MAX_ROWS, limit / 4, None);
    let room = limit.saturating_sub(heading.len() + changes.len() + notes.len() + MAX_PIECE);
    let (findings, left_out) = findings(report, options, room);
    let left_out = match counted(&left_out) {
        (0, _) => String::new(),
        (1, of) => format!("\n**1 more finding ({of}) does not fit here.** The full report has it.\n"),
        (count, of) => format!("\n**{count} more findings ({of}) do not fit here.** The full report has them.\n"),
    };
    format!("{heading}{findings}{left_out}{changes}{notes}")
}

/// All that is said where nothing is wrong.
fn calm(report: &Report) -> String {
    let mut asides = Vec::new();
    if !report.suppressed.is_empty() {
        asides.push(format!("{} suppressed", report.suppressed.len()));
    }
    if !report.not_run.is_empty() {
        asides.push(format!("{} not run", plural(report.not_run.len(), "rule")));
    }
    let asides = if asides.is_empty() { String::new() } else { format!(" ({})", asides.join(", ")) };
    format!("pychain: no findings in {}{asides}\n", plural(report.files.len(), "file"))
}

pub(super) fn heading(report: &Report) -> String {
    let severities: Vec<_> = report.findings.iter().map(|finding| finding.severity).collect();
    let (count, of) = counted(&severities);
    let of = if count == 0 { String::new() } else { format!(" ({of})") };
    let introduced = count > 0 && report.findings.iter().all(|finding| finding.origin == Origin::Introduced);
    let by = if introduced { " introduced by this change" } else { "" };
    format!("## pychain: {}{by}{of}\n", plural(count, "finding"))
}

/// How many there are, and how many of each severity, worst first.
pub(super) fn counted(severities: &[Severity]) -> (usize, String) {
    let of = |severity| severities.iter().filter(|s| **s == severity).count();
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|severity| of(*severity) > 0)
        .map(|severity| format!("{} {severity}", of(severity)))
        .collect();
    (severities.len(), parts.join(", "))
}

pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The findings that fit, by file, and the severities of those that do not.
fn findings(report: &Report, options: Options<'_>, mut room: usize) -> (String, Vec<Severity>) {
    let mut by_severity: Vec<(usize, &Finding)> = report.findings.iter().enumerate().collect();
    by_severity.arrange_by_key(|(_, finding)| Reverse(finding.severity));
    let mut files: Map<FileId, Map<usize, String>> = Map::new();
    let mut left_out = Vec::new();
    for (order, finding) in by_severity {
        let file = finding.primary.file;
        let item = item(report, finding, options);
        let heading = if files.contains_key(&file) { 0 } else { file_heading(report, file).len() };
        if let Some(rest) = room.checked_sub(item.len() + heading) {
            room = rest;
            files.entry(file).or_default().insert(order, item);
        } else {
            left_out.push(finding.severity);
        }
    }
    let text = files
        .iter()
        .map(|(file, items)| file_heading(report, *file) + &items.values().map(String::as_str).collect::<String>())
        .collect();
    (text, left_out)
}

fn file_heading(report: &Report, file: FileId) -> String {
    format!("\n### {}\n", escape::code(&clip(report.file(file).path(), MAX_PIECE)))
}

/// One finding: a list item, with what not everybody wants to read folded away.
fn item(report: &Report, finding: &Finding, options: Options<'_>) -> String {
    let line = report.file(finding.primary.file).line_of(finding.primary.span.start);
    let mut out = format!(
        "\n- **{}**, line {line}: {} ({})\n",
        capitalized(finding.severity.name()),
        escape::prose(&clip(&finding.message, MAX_PROSE)),
        rule_name(finding.rule, options.docs),
    );
    if !finding.help.is_empty() {
        out.extend(["\n  Help: ", &escape::prose(&clip(&finding.help, MAX_PROSE)), "\n"]);
    }
    out.push_str("\n  <details><summary>Details</summary>\n\n");
    out.push_str(&escape::fenced(&source_lines(report, finding), "  "));
    if let Some(why) = options.manuals.section(finding.rule, "Why it matters") {
        out.push('\n');
        for line in why.lines() {
            out.extend([if line.is_empty() { "" } else { "  " }, line, "\n"]);
        }
    }
    out.push('\n');
    for detail in details(report, finding) {
        out.extend(["  - ", &detail, "\n"]);
    }
    out.push_str("\n  </details>\n");
    out
}

pub(super) fn rule_name(rule: &Rule, docs: Option<&str>) -> String {
    let name = escape::code(rule.id);
    docs.map_or(name.clone(), |docs| format!("[{name}]({})", rule_link(docs, rule)))
}

/// The lines of a finding's place, with their numbers. Passwords in URLs are left out: what is
/// posted is read by more people than the file.
fn source_lines(report: &Report, finding: &Finding) -> Vec<String> {
    let file = report.file(finding.primary.file);
    let span = finding.primary.span;
    let first = file.line_of(span.start);
    let last = file.line_of(span.end.saturating_sub(1).max(span.start));
    let width = last.to_string().len();
    let mut lines: Vec<_> = (first..=last)
        .take(MAX_LINES)
        .map(|line| {
            let source = file.slice(file.line_span(line));
            let redacted: String = source.split_inclusive(char::is_whitespace).map(redact).collect();
            format!("{line:>width$} | {}", clip(&redacted, MAX_PIECE)).trim_end().to_owned()
        })
        .collect();
    if last - first >= MAX_LINES {
        lines.push(format!("{:>width$} | …", ""));
    }
    lines
}

/// What decided a finding, where else to look, how to mend it.
pub(super) fn details(report: &Report, finding: &Finding) -> Vec<String> {
    let confidence = format!("Confidence: {}", finding.confidence.name());
    let evidence = finding.evidence.iter().map(|evidence| {
        format!("{}: {}", escape::text(&capitalized(evidence.label)), escape::code(&clip(&evidence.value, MAX_PIECE)))
    });
    let related = finding.related.iter().map(|related| {
        let file = report.file(related.location.file);
        format!(
            "{} line {}: {}",
            escape::code(&clip(file.path(), MAX_PIECE)),
            file.line_of(related.location.span.start),
            escape::prose(&clip(&related.label, MAX_PIECE)),
        )
    });
    let fix = finding
        .fix
        .as_ref()
        .map(|fix| format!("Fix ({}): {}", fix.safety.name(), escape::prose(&clip(&fix.title, MAX_PIECE))));
    let mut details: Vec<_> = [confidence].into_iter().chain(evidence).chain(related).collect();
    let more = details.len().saturating_sub(MAX_DETAILS);
    if more > 0 {
        details.truncate(MAX_DETAILS);
        details.push(format!("and {more} more"));
    }
    details.extend(fix);
    details
}

/// What stands below the findings: problems, rules not run, suppressed findings, who audited what.
fn notes(report: &Report, options: Options<'_>, room: usize) -> String {
    let problems = list("Not fully audited", report.problems.iter().map(problem), room / 2);
    let not_run = list("Rules not run", not_run(report, options).into_iter(), room / 4);
    let suppressed = match report.suppressed.len() {
        0 => String::new(),
        count => format!(", {} suppressed", plural(count, "finding")),
    };
    let files = plural(report.files.len(), "file");
    let version = escape::text(&clip(&report.version, 50));
    format!("{problems}{not_run}\npychain {version}, {files}{suppressed}\n")
}

/// A heading and as many entries as fit; the rest is counted.
pub(super) fn list(heading: &str, entries: impl Iterator<Item = String>, mut room: usize) -> String {
    let mut items = String::new();
    let mut more = 0;
    for entry in entries {
        let item = format!("- {entry}\n");
        match room.checked_sub(item.len()) {
            Some(rest) if more == 0 => {
                room = rest;
                items.push_str(&item);
            }
            _ => more += 1,
        }
    }
    if more > 0 {
        items.extend(["- and ", &more.to_string(), " more\n"]);
    }
    if items.is_empty() { items } else { format!("\n### {heading}\n\n{items}") }
}

pub(super) fn problem(problem: &Problem) -> String {
    let mut out = String::from("The audit");
    if !problem.path.is_empty() {
        out = escape::code(&clip(&problem.path, MAX_PIECE));
        out.extend(problem.line.map(|line| format!(" line {line}")));
    }
    out.push_str(": ");
    out.push_str(&escape::prose(&clip(&problem.message, MAX_PROSE)));
    if !problem.help.is_empty() {
        out.extend([". Help: ", &escape::prose(&clip(&problem.help, MAX_PROSE))]);
    }
    out
}

/// The rules that lack the same facts in one sentence, in the order of the first of them.
fn not_run(report: &Report, options: Options<'_>) -> Vec<String> {
    let mut by_missing: Vec<(&[Need], Vec<String>)> = Vec::new();
    for NotRun { rule, missing } in &report.not_run {
        let name = rule_name(rule, options.docs);
        match by_missing.iter_mut().find(|(other, _)| *other == missing.as_slice()) {
            Some((_, names)) => names.push(name),
            None => by_missing.push((missing, vec![name])),
        }
    }
    let sentence = |(missing, names): (&[Need], Vec<String>)| {
        let facts: Vec<_> = missing.iter().map(|need| escape::prose(need.describe())).collect();
        let verb = if names.len() == 1 { "needs" } else { "need" };
        format!("{} {verb} {}", names.join(", "), facts.join(" and "))
    };
    by_missing.into_iter().map(sentence).collect()
}
