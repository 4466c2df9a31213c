//! A fix as a suggestion block: whole lines that replace whole lines.

use std::ops::RangeInclusive;

use crate::finding::{Finding, Safety};
use crate::prose::is_hidden;
use crate::report::Report;
use crate::report::markdown::escape;
use crate::text::{Edit, Encoding, SourceFile, Span, Unicode, apply_edits};
use crate::url::secrets;

/// The most lines that one suggestion replaces.
const MAX_LINES: usize = 50;

/// Lines of a file and what is to stand there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// The replaced lines, 1-based.
    pub(super) lines: RangeInclusive<usize>,
    /// The new lines, without line ends; none where the old ones go.
    pub(super) replacement: Vec<String>,
}

/// The suggestion for a finding at `lines`, if its fix is certain and can be shown as it is.
pub(super) fn of(report: &Report, finding: &Finding, lines: &RangeInclusive<usize>) -> Option<Suggestion> {
    let fix = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe)?;
    let file = report.file(finding.primary.file);
    let first = fix.edits.iter().map(|edit| file.line_of(edit.span.start)).min()?;
    let last = fix.edits.iter().map(|edit| last_line(file, edit.span)).max()?;
    let first = first.min(*lines.start());
    let last = last.max(*lines.end());
    // An edit that takes a line's end away joins it with the next one.
    let lines = [last, last + 1].into_iter().filter(|last| *last <= file.line_count()).map(|last| first..=last);
    let (lines, after) = lines
        .filter(|lines| lines.end() - lines.start() < MAX_LINES)
        .find_map(|lines| replaced(file, &fix.edits, &lines).map(|after| (lines, after)))?;
    let replacement: Vec<String> = after.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect();
    let before = lines.clone().map(|line| file.slice(file.line_span(line)).trim_end_matches('\r'));
    let is_change = !before.eq(replacement.iter().map(String::as_str));
    // What is in a suggestion is copied into the file: it must be all that a reader sees, no secret, and, where a
    // dry run prints it, no command to the runner.
    let is_plain = replacement
        .iter()
        .all(|line| !line.contains(|c| is_hidden(c) && c != '\t') && !line.contains("##[") && secrets(line).is_empty());
    let is_utf8 = matches!(file.encoding(), Encoding::Utf8 | Encoding::Bom(Unicode::Utf8)) || after.is_ascii();
    (is_change && is_plain && is_utf8).then_some(Suggestion { lines, replacement })
}

impl Suggestion {
    /// The block, between blank lines; its fence is longer than any run of backticks inside.
    pub(super) fn block(&self) -> String {
        let fence = escape::fence(self.replacement.iter().map(String::as_str));
        let mut out = format!("{fence}suggestion\n");
        for line in &self.replacement {
            out.extend([line, "\n"]);
        }
        out.extend([&fence, "\n"]);
        out
    }
}

/// The last line that a span has a character of.
pub(super) fn last_line(file: &SourceFile, span: Span) -> usize {
    file.line_of(span.end.saturating_sub(1).max(span.start))
}

/// The text of whole lines with the edits applied; `None` where they do not stay within the lines.
fn replaced(file: &SourceFile, edits: &[Edit], lines: &RangeInclusive<usize>) -> Option<String> {
    let start = file.line_span(*lines.start()).start as usize;
    let end = if *lines.end() < file.line_count() {
        file.line_span(lines.end() + 1).start as usize
    } else {
        file.text().len()
    };
    let before = file.text().get(start..end)?;
    let moved: Option<Vec<Edit>> = edits
        .iter()
        .map(|edit| {
            let range = edit.span.range();
            let span = Span::new(range.start.checked_sub(start)?, range.end.checked_sub(start)?);
            Some(Edit::replace(span, edit.replacement.clone()))
        })
        .collect();
    let after = apply_edits(before, &moved?)?;
    let is_whole = after.is_empty() || after.ends_with('\n') || !before.ends_with('\n');
    is_whole.then_some(after)
}
