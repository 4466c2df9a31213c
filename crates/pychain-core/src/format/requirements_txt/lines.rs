//! From text to logical lines, as pip's `preprocess`: Python's line ends, continuations, comments, variables.

use std::borrow::Cow;
use std::ops::Range;

use crate::format::logical::{LogicalLine, Segment, Segments, locate};
use crate::model::{Document, Line};
use crate::order::Map;
use crate::requirement::{is_space, strip};
use crate::text::Span;
use crate::text::eight::is_plain;

/// Hands each logical line of a text to `take`, one at a time, and gives the comments.
///
/// One at a time, because what a line needs while it is read then stays in the cache.
pub(super) fn for_each_line(
    text: &str,
    environment: &Map<String, String>,
    mut take: impl FnMut(&LogicalLine<'_>),
) -> Vec<Span> {
    let mut take = |mut line: LogicalLine<'_>| {
        if !environment.is_empty() {
            expand(&mut line, environment);
        }
        take(&line);
    };
    let mut comments = Vec::new();
    // One for all lines, so that its memory is asked for once.
    let mut pending = Pending::default();
    for (number, range) in physical_lines(text) {
        let line = text.get(range.clone()).unwrap_or_default();
        let is_comment = line.trim_start_matches(is_space).starts_with('#');
        if line.ends_with('\\') && !is_comment {
            pending.number.get_or_insert(number);
            let lead = line.len() - line.trim_start_matches('\\').len();
            pending.push(line.trim_matches('\\'), range.start + lead);
            continue;
        }
        if pending.number.is_none() {
            let (kept, comment) = split_comment(line);
            comments.extend(comment.map(|at| Span::new(range.start + at, range.end)));
            let start = range.start + (kept.len() - kept.trim_start_matches(is_space).len());
            let kept = strip(kept);
            if !kept.is_empty() {
                let segments = Segments::One(start);
                take(LogicalLine { number, text: Cow::Borrowed(kept), cut_by_comment: None, segments });
            }
            continue;
        }
        let mut cut = None;
        if is_comment {
            // pip puts a space in front, so that the comment is always seen as one.
            pending.push(" ", range.start);
            let lead = line.len() - line.trim_start_matches(is_space).len();
            cut = Some(Span::new(range.start + lead, range.end));
        }
        pending.push(line, range.start);
        pending.finish(range.end, cut, &mut comments, &mut take);
    }
    pending.finish(text.len(), None, &mut comments, &mut take);
    comments
}

/// The text of a line that pip parses: physical lines joined, variables expanded.
///
/// Made from the file each time, as nearly all of a hashed file is in such lines, and few ask.
pub fn text_of<'a>(document: &'a Document, line: &'a Line) -> Cow<'a, str> {
    if let Some(text) = line.odd.as_ref().and_then(|odd| odd.expanded.as_ref()) {
        return Cow::Borrowed(text);
    }
    // The span begins and ends inside what is kept, so that only the line ends within need a look.
    let source = document.source.slice(line.span);
    let mut pieces = physical_lines(source).map(|(_, range)| source.get(range).unwrap_or_default()).peekable();
    let Some(first) = pieces.next().filter(|_| pieces.peek().is_some()) else { return Cow::Borrowed(source) };
    let mut text = first.trim_end_matches('\\').to_owned();
    while let Some(piece) = pieces.next() {
        text.push_str(match pieces.peek() {
            Some(_) => piece.trim_matches('\\'),
            // The last may continue too, into nothing that is kept.
            None if ends_in_backslash(document, line) => piece.trim_start_matches('\\'),
            None => piece,
        });
    }
    Cow::Owned(text)
}

/// Whether the physical line that a logical one ends on ends in a backslash.
fn ends_in_backslash(document: &Document, line: &Line) -> bool {
    let after = document.source.text().get(line.span.end as usize..).unwrap_or_default();
    after.split(is_line_end).next().is_some_and(|rest| rest.ends_with('\\'))
}

/// Continued physical lines on their way to a logical one.
#[derive(Default)]
struct Pending {
    /// Number of the first; none while there is none.
    number: Option<u32>,
    text: String,
    segments: Vec<Segment>,
}

impl Pending {
    fn push(&mut self, piece: &str, source: usize) {
        self.segments.push(Segment { logical: self.text.len(), source, expanded_to: None });
        self.text.push_str(piece);
    }

    /// Hands the logical line to `take`, if anything is left of it, and begins anew.
    fn finish(
        &mut self,
        end: usize,
        cut: Option<Span>,
        comments: &mut Vec<Span>,
        take: &mut impl FnMut(LogicalLine<'_>),
    ) {
        let Some(number) = self.number.take() else { return };
        let (kept, comment) = split_comment(&self.text);
        if let Some(at) = comment {
            let start = locate(&self.segments, at).map_or(end, |segment| segment.source + (at - segment.logical));
            comments.push(Span::new(start, end));
        }
        let lead = kept.len() - kept.trim_start_matches(is_space).len();
        let kept = strip(kept);
        if !kept.is_empty() {
            let first = self.segments.partition_point(|segment| segment.logical <= lead).saturating_sub(1);
            let segments = self.segments.get_mut(first..).unwrap_or_default();
            for segment in &mut *segments {
                let skip = lead.saturating_sub(segment.logical);
                segment.source += skip;
                segment.logical = (segment.logical + skip).saturating_sub(lead);
            }
            let segments = Segments::Many(Cow::Borrowed(segments));
            take(LogicalLine { number, text: Cow::Borrowed(kept), cut_by_comment: cut, segments });
        }
        self.text.clear();
        self.segments.clear();
    }
}

/// What stands before a comment, and where its `#` is (pip's `COMMENT_RE`: at the start or after white space).
pub(in crate::format) fn split_comment(line: &str) -> (&str, Option<usize>) {
    for at in memchr::memchr_iter(b'#', line.as_bytes()) {
        let before = line.get(..at).unwrap_or_default();
        if before.chars().next_back().is_none_or(is_space) {
            return (before, Some(at));
        }
    }
    (line, None)
}

/// Python's `str.splitlines`, with line numbers from 1 and without the line ends.
pub(in crate::format) fn physical_lines(text: &str) -> impl Iterator<Item = (u32, Range<usize>)> {
    let bytes = text.as_bytes();
    // Nearly every file has only line feeds: look once whether any other line end may be there.
    let may_end = |byte: &u8| matches!(byte, 0x0b..=0x1e | 0xc2 | 0xe2);
    let plain = is_plain(text) || !bytes.iter().any(may_end);
    let mut at = 0;
    let mut number = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        number += 1;
        let (len, end_len) = if plain {
            memchr::memchr(b'\n', rest.as_bytes()).map_or((rest.len(), 0), |len| (len, 1))
        } else {
            match rest.find(is_line_end) {
                None => (rest.len(), 0),
                Some(len) if rest.get(len..).is_some_and(|tail| tail.starts_with("\r\n")) => (len, 2),
                Some(len) => (len, rest.get(len..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)),
            }
        };
        let range = at..at + len;
        at += len + end_len;
        Some((number, range))
    })
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// pip's `expand_env_variables`: names found first, then each replaced wherever it stands, empty values skipped.
fn expand(line: &mut LogicalLine<'_>, environment: &Map<String, String>) {
    let names: Vec<String> = variables(&line.text).map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if let Some(value) = environment.get(&name).filter(|value| !value.is_empty()) {
            replace(line, &format!("${{{name}}}"), value);
        }
    }
}

/// `${NAME}` in a text: the name, and the range of the whole.
pub(crate) fn variables(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    text.match_indices("${").filter_map(move |(at, _)| {
        let inner = text.get(at + 2..)?;
        let name = inner.get(..inner.find('}')?)?;
        let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        valid.then_some((name, at..at + name.len() + 3))
    })
}

fn replace(line: &mut LogicalLine<'_>, what: &str, value: &str) {
    let mut text = String::with_capacity(line.text.len());
    let mut segments = Vec::new();
    let mut at = 0;
    let keep = |from: usize, to: usize, text: &mut String, segments: &mut Vec<Segment>| {
        let pieces: Vec<Segment> = match &line.segments {
            Segments::One(offset) => vec![Segment { logical: 0, source: *offset, expanded_to: None }],
            Segments::Many(pieces) => pieces.to_vec(),
        };
        for (index, piece) in pieces.iter().enumerate() {
            let end = pieces.get(index + 1).map_or(line.text.len(), |next| next.logical);
            let (start, end) = (piece.logical.max(from), end.min(to));
            if start < end {
                let skip = if piece.expanded_to.is_some() { 0 } else { start - piece.logical };
                segments.push(Segment { logical: text.len(), source: piece.source + skip, ..*piece });
                text.push_str(line.text.get(start..end).unwrap_or_default());
            }
        }
    };
    for (start, _) in line.text.match_indices(what) {
        keep(at, start, &mut text, &mut segments);
        at = start + what.len();
        let span = line.span(start..at);
        let expanded_to = Some(span.end as usize);
        segments.push(Segment { logical: text.len(), source: span.start as usize, expanded_to });
        text.push_str(value);
    }
    keep(at, line.text.len(), &mut text, &mut segments);
    line.text = Cow::Owned(text);
    line.segments = Segments::Many(Cow::Owned(segments));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logical_lines(text: &str, environment: &Map<String, String>) -> (Vec<LogicalLine<'static>>, Vec<Span>) {
        let mut lines = Vec::new();
        let comments = for_each_line(text, environment, |line| {
            let LogicalLine { number, cut_by_comment, segments, text } = line.clone();
            let segments = match segments {
                Segments::One(offset) => Segments::One(offset),
                Segments::Many(segments) => Segments::Many(Cow::Owned(segments.into_owned())),
            };
            lines.push(LogicalLine { number, cut_by_comment, segments, text: Cow::Owned(text.into_owned()) });
        });
        (lines, comments)
    }

    #[track_caller]
    fn check(text: &str, expected: &[(u32, &str)]) {
        let (lines, _) = logical_lines(text, &Map::new());
        let got: Vec<(u32, &str)> = lines.iter().map(|line| (line.number, line.text.as_ref())).collect();
        assert_eq!(got, expected, "{text:?}");
        for line in &lines {
            let span = line.span(0..line.text.len());
            assert!(text.get(span.range()).is_some_and(|source| source.starts_with(line.text.chars().next().unwrap())));
        }
    }

    fn texts(text: &str, environment: &Map<String, String>) -> [Vec<String>; 2] {
        let unknown = Map::new();
        let file = crate::text::SourceFile::from_text("r.txt", text);
        let document = super::super::parse(&file, environment, super::super::Paths::new(&unknown, None), None);
        let made = document.lines.iter().map(|line| text_of(&document, line).into_owned()).collect();
        let read = logical_lines(text, environment).0.into_iter().map(|line| line.text.into_owned()).collect();
        [read, made]
    }

    proptest::proptest! {
        #[test]
        fn the_text_made_from_the_file_is_the_text_that_was_read(text in "([ab]|\\\\|\n|\r\n|\u{85}| |\t|#|\\$\\{V\\}|--hash=sha256:a){0,24}") {
            for environment in [Map::new(), Map::from([("V".to_owned(), "c \\ d".to_owned())])] {
                let [read, made] = texts(&text, &environment);
                proptest::prop_assert_eq!(read, made);
            }
        }
    }

    #[test]
    fn the_text_of_a_line_that_continues_into_nothing_is_made_too() {
        for text in ["a\\\n\\#\\", "a\\\n\\b\\\\ # c \\\n", "  \\\n\\a\\\nb\\\\\n\n", "a\\\n\\b\\\n# c\n"] {
            let [read, made] = texts(text, &Map::new());
            assert_eq!(read, made, "{text:?}");
        }
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        check(
            "a\r\nb\rc\x0bd\u{2028}e\x1cf\x1fg\n",
            &[(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e"), (6, "f\x1fg")],
        );
    }

    #[test]
    fn continuations_join_before_comments_go() {
        check("foo \\\n  ==1\n", &[(1, "foo   ==1")]);
        check("\\foo\\\nbar\n", &[(1, "foobar")]);
        check("foo\\\n\nbar", &[(1, "foo"), (3, "bar")]);
        check("foo \\ \nbar", &[(1, "foo \\"), (2, "bar")]);
        check("# c \\\nfoo", &[(2, "foo")]);
        check("foo # c \\\nbar\nbaz", &[(1, "foo"), (3, "baz")]);
        check("foo==1 \\\n # c\n  --hash=x\n", &[(1, "foo==1"), (3, "--hash=x")]);
        check("foo \\", &[(1, "foo")]);
    }

    #[test]
    fn comments_need_white_space_before_them() {
        check("foo#bar\nfoo\u{a0}# x\nfoo==1\t#x\n", &[(1, "foo#bar"), (2, "foo"), (3, "foo==1")]);
    }

    #[test]
    fn spans_point_into_the_file_across_joins() {
        let text = "  foo \\\n  --hash=a \\\n  --hash=b # c\n";
        let (lines, comments) = logical_lines(text, &Map::new());
        let line = &lines[0];
        let at = line.text.find("--hash=b").unwrap();
        assert_eq!(&text[line.span(at..at + 8).range()], "--hash=b");
        assert_eq!(&text[line.span(0..3).range()], "foo");
        assert_eq!(&text[comments[0].range()], "# c");
    }

    #[test]
    fn an_empty_range_stays_within_its_line() {
        let (lines, _) = logical_lines("H\\\n\nee", &Map::new());
        assert_eq!(lines[0].span(1..1), Span::new(1, 1));
    }

    #[test]
    fn variables_expand_once_and_point_at_their_name() {
        let environment = Map::from([("V".to_owned(), "1".to_owned()), ("E".to_owned(), String::new())]);
        let text = "foo \\\n==${V}.${V}${E}x\n";
        let (lines, _) = logical_lines(text, &environment);
        assert_eq!(lines[0].text, "foo ==1.1${E}x");
        assert_eq!(&text[lines[0].span(6..7).range()], "${V}");
        assert_eq!(&text[lines[0].span(13..14).range()], "x");
    }
}
