//! What setuptools does with lists of dependencies, wherever they stand.

use std::iter::Peekable;

use super::logical::{LogicalLine, Pieces};
use super::requirements_txt::physical_lines;
use super::shell;

/// The lines of a string, as Python splits it.
pub(super) fn lines(text: &LogicalLine<'_>) -> Vec<LogicalLine<'static>> {
    physical_lines(&text.text).map(|(_, range)| shell::slice(text, range)).collect()
}

/// The specifiers of a list: comments taken away, lines joined that end in a backslash (`setuptools._reqs.parse_strings`).
pub(super) fn specifiers(lines: impl IntoIterator<Item = LogicalLine<'static>>) -> Vec<LogicalLine<'static>> {
    let bare = |line: LogicalLine<'static>| {
        let text = line.text.as_ref();
        let kept = text.split(" #").next().unwrap_or_default();
        let start = kept.len() - kept.trim_start().len();
        let end = kept.trim_end().len().max(start);
        let is_comment = text.trim_start().starts_with('#');
        (start < end && !is_comment).then(|| shell::slice(&line, start..end))
    };
    let mut lines = lines.into_iter().filter_map(bare).peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        found.extend(joined(line, &mut lines));
    }
    found
}

/// A line with those that continue it; none where the last one is to be continued. The character before the backslash,
/// a space in most files, is lost too.
fn joined(
    line: LogicalLine<'static>,
    lines: &mut Peekable<impl Iterator<Item = LogicalLine<'static>>>,
) -> Option<LogicalLine<'static>> {
    if !line.text.ends_with('\\') {
        return Some(line);
    }
    let (start, number) = (line.span(0..0).start as usize, line.number);
    let mut pieces = Pieces::default();
    let mut next = line;
    while let Some(text) = next.text.strip_suffix('\\') {
        let kept = text.char_indices().next_back().map_or(0, |(at, _)| at);
        let kept = text.get(..kept).unwrap_or_default().trim_end().len();
        shell::copy(&next, 0..kept, &mut pieces);
        next = lines.next()?;
    }
    shell::copy(&next, 0..next.text.len(), &mut pieces);
    Some(pieces.finish(start, number))
}
