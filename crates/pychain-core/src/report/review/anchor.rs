//! Where a comment on a finding can stand: lines that one hunk of the diff shows.

use std::ops::RangeInclusive;

use super::suggestion::{self, Suggestion, last_line};
use super::{Input, NewComment, Thread, Wanted};
use crate::finding::Finding;
use crate::order::Map;

/// A finding that spans more lines is commented on at its first.
const MAX_LINES: usize = 20;

/// Lines of one hunk, and what may replace them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    /// The lines, 1-based, after the change.
    pub(super) lines: RangeInclusive<usize>,
    /// The lines with the fix applied.
    pub(super) suggestion: Option<Suggestion>,
}

/// Where a comment on `finding` can stand, if anywhere.
pub(super) fn of(input: &Input<'_>, finding: &Finding) -> Option<Anchor> {
    let file = input.report.file(finding.primary.file);
    let patch = input.patches.get(file.path())?;
    let first = file.line_of(finding.primary.span.start);
    let last = last_line(file, finding.primary.span);
    let whole = if last - first < MAX_LINES { first..=last } else { first..=first };
    let suggestion = suggestion::of(input.report, finding, &whole).filter(|it| patch.shows(&it.lines));
    if let Some(suggestion) = suggestion {
        return Some(Anchor { lines: suggestion.lines.clone(), suggestion: Some(suggestion) });
    }
    let lines = if patch.shows(&whole) {
        whole
    } else {
        let line = whole.into_iter().find(|line| patch.shows(&(*line..=*line)))?;
        line..=line
    };
    Some(Anchor { lines, suggestion: None })
}

impl Anchor {
    /// The comment at this place.
    pub(super) fn comment(&self, item: &Wanted<'_>, body: String, input: &Input<'_>) -> NewComment {
        let (start, line) = (*self.lines.start(), *self.lines.end());
        let path = input.report.file(item.finding.primary.file).path().to_owned();
        NewComment { path, start_line: (start < line).then_some(start), line, body }
    }
}

/// Leaves no line to two suggestions, and none to a comment that stands at other lines than it speaks of.
pub(super) fn settle_suggestions(wanted: &mut [Wanted<'_>]) {
    let mut taken: Map<_, Vec<RangeInclusive<usize>>> = Map::new();
    for item in wanted.iter_mut() {
        let Some(anchor) = &mut item.anchor else { continue };
        if anchor.suggestion.is_none() {
            continue;
        }
        let taken = taken.entry(item.finding.primary.file).or_default();
        let overlaps =
            |other: &RangeInclusive<usize>| other.start() <= anchor.lines.end() && anchor.lines.start() <= other.end();
        let stands_there = item.present.is_none_or(|thread| lines_of(thread).as_ref() == Some(&anchor.lines));
        if !item.inline || !stands_there || taken.iter().any(overlaps) {
            anchor.suggestion = None;
        } else {
            taken.push(anchor.lines.clone());
        }
    }
}

fn lines_of(thread: &Thread) -> Option<RangeInclusive<usize>> {
    let line = thread.line.filter(|_| !thread.outdated)?;
    Some(thread.start_line.unwrap_or(line)..=line)
}
