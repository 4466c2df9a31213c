//! The one comment below the diff: how much there is, and what no line of the diff could carry.

use super::{Input, Wanted, marker};
use crate::finding::{Finding, Severity};
use crate::manual::capitalized;
use crate::name::normalize;
use crate::order::Set;
use crate::prose::clip;
use crate::report::change;
use crate::report::markdown::{COMMENT_LIMIT, MAX_PIECE, MAX_PROSE, escape, heading, list, plural, problem, rule_name};
use crate::url::percent_encode_path;

/// Bytes of problems that are shown.
const PROBLEMS: usize = COMMENT_LIMIT / 8;
/// Rows of the table of changes that are shown, and its bytes.
const CHANGES: (usize, usize) = (60, COMMENT_LIMIT / 4);
/// Rules that say of a project what its row in the table says.
const TOLD_BY_TABLE: [&str; 2] = ["new-dependency", "removed-dependency"];

/// Whether the change touches a lock file, whose diff is folded away: its table is then worth a comment.
pub(super) fn has_hidden_changes(input: &Input<'_>) -> bool {
    input.report.changes.iter().flat_map(|row| &row.places).any(|place| place.is_locked)
}

/// The summary; shorter than what GitHub takes. Ends with the marker.
pub(super) fn text(input: &Input<'_>, wanted: &[Wanted<'_>]) -> String {
    let report = input.report;
    let suppressed = match report.suppressed.len() {
        0 => String::new(),
        count => format!(", {} suppressed", plural(count, "finding")),
    };
    let is_calm = wanted.is_empty() && report.problems.is_empty();
    let (changes, shown) = change::table(&report.changes, CHANGES.0, CHANGES.1, input.options.blob);
    let told: Set<String> = report.changes.iter().take(shown).map(|row| normalize(&row.name)).collect::<Set<_>>();
    let is_told = |finding: &Finding| {
        TOLD_BY_TABLE.contains(&finding.rule.id)
            && finding.severity == Severity::Info
            && told.contains(finding.subject.name())
    };
    let mut out = if is_calm { format!("pychain: no findings in this change{suppressed}\n") } else { heading(report) };
    let mut end = list("Not fully audited", report.problems.iter().map(problem), PROBLEMS);
    if !is_calm {
        let version = escape::text(&clip(&report.version, 50));
        let files = plural(report.files.len(), "file");
        end.extend(["\npychain ", &version, ", ", &files, &suppressed, "\n"]);
    }
    end.extend(["\n", &marker::of_summary(), "\n"]);

    let (inline, elsewhere): (Vec<_>, Vec<_>) = wanted.iter().partition(|item| item.inline);
    // One section must not push the other out: the one that has no other place goes first.
    let mut room = COMMENT_LIMIT.saturating_sub(out.len() + changes.len() + end.len() + 2 * MAX_PIECE);
    let elsewhere = elsewhere.iter().filter(|item| !is_told(item.finding));
    let elsewhere: Vec<String> = elsewhere.map(|item| row(input, item.finding, true)).collect();
    let inline: Vec<String> = inline.iter().map(|item| row(input, item.finding, false)).collect();
    let lead = if inline.is_empty() { "" } else { "\n### Only here\n\n" };
    let elsewhere = rows(if lead.is_empty() { "\n" } else { lead }, &elsewhere, &mut room);
    let inline = rows("\n### Commented at their lines\n\n", &inline, &mut room);
    out.extend([inline, elsewhere, changes, end]);
    out
}

/// As many rows as fit, in their order, and how many do not.
fn rows(heading: &str, rows: &[String], room: &mut usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = heading.to_owned();
    let mut shown = 0;
    for row in rows {
        let Some(rest) = room.checked_sub(row.len()) else { break };
        *room = rest;
        out.push_str(row);
        shown += 1;
    }
    if shown < rows.len() {
        *room = 0;
        let more = (rows.len() - shown).to_string();
        out.extend(["- and ", &more, " more, in the full report of the run\n"]);
    }
    out
}

/// One finding on one line.
fn row(input: &Input<'_>, finding: &Finding, with_help: bool) -> String {
    let file = input.report.file(finding.primary.file);
    let line = file.line_of(finding.primary.span.start);
    let path = escape::code(&clip(file.path(), MAX_PIECE));
    let place = match input.options.blob.filter(|_| with_help) {
        Some(blob) => {
            format!("[{path} line {line}]({}/{}#L{line})", blob.trim_end_matches('/'), percent_encode_path(file.path()))
        }
        None => format!("{path} line {line}"),
    };
    let help = match finding.help.as_str() {
        help if with_help && !help.is_empty() => format!(". Help: {}", escape::prose(&clip(help, MAX_PROSE))),
        _ => String::new(),
    };
    format!(
        "- **{}**, {place}: {}{help} ({})\n",
        capitalized(finding.severity.name()),
        escape::prose(&clip(&finding.message, MAX_PROSE)),
        rule_name(finding.rule, input.options.docs),
    )
}
