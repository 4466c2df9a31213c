//! Text that a tool parses as one, and where each byte of it stands in the file: lines joined across
//! continuations, variables, and values whose escapes stand for something else.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::Span;

/// One logical line of a requirements file, or one value of another format.
#[derive(Debug, Clone)]
pub(in crate::format) struct LogicalLine<'a> {
    /// Number of its first physical line, 1-based, as Python counts lines.
    pub(in crate::format) number: u32,
    /// The text: joined, comment removed, stripped, variables expanded, escapes resolved.
    pub(in crate::format) text: Cow<'a, str>,
    /// A comment line inside the continued line, which ended it.
    pub(in crate::format) cut_by_comment: Option<Span>,
    pub(in crate::format) segments: Segments<'a>,
}

/// Where the bytes of a logical line stand in the file.
#[derive(Debug, Clone)]
pub(in crate::format) enum Segments<'a> {
    /// At one offset: the common case of one physical line.
    One(usize),
    /// In pieces, sorted by `logical`.
    Many(Cow<'a, [Segment]>),
}

#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Segment {
    pub(in crate::format) logical: usize,
    pub(in crate::format) source: usize,
    /// Set where the piece is not what stands there: the end of the `${NAME}` or the escape that it is for.
    pub(in crate::format) expanded_to: Option<usize>,
}

impl LogicalLine<'_> {
    /// Whether something else than the text itself stands in the file for a part of it.
    pub(in crate::format) fn is_expanded(&self) -> bool {
        matches!(&self.segments, Segments::Many(segments) if segments.iter().any(|piece| piece.expanded_to.is_some()))
    }

    /// The place in the file of a range of the text.
    pub(in crate::format) fn span(&self, range: Range<usize>) -> Span {
        match &self.segments {
            Segments::One(offset) => Span::new(offset + range.start, offset + range.end),
            Segments::Many(segments) => {
                let end_of = |at: usize| {
                    let last = at.checked_sub(1)?;
                    locate(segments, last)
                        .map(|segment| segment.expanded_to.unwrap_or(segment.source + (at - segment.logical)))
                };
                let start_of = |at: usize| {
                    locate(segments, at).map_or(0, |segment| match segment.expanded_to {
                        Some(_) => segment.source,
                        None => segment.source + (at - segment.logical),
                    })
                };
                if range.end <= range.start {
                    // Right behind what stands before it: the next piece may begin on a line that is not this one's.
                    let at = end_of(range.start).unwrap_or_else(|| start_of(range.start));
                    return Span::new(at, at);
                }
                let start = start_of(range.start);
                Span::new(start, end_of(range.end).unwrap_or(start))
            }
        }
    }
}

pub(in crate::format) fn locate(segments: &[Segment], at: usize) -> Option<Segment> {
    let index = segments.partition_point(|segment| segment.logical <= at);
    segments.get(index.checked_sub(1)?).copied()
}

/// A value on its way to a [`LogicalLine`]: put together of what stands in the file, from left to right.
#[derive(Debug, Default)]
pub(in crate::format) struct Pieces {
    text: String,
    segments: Vec<Segment>,
}

impl Pieces {
    /// Adds what stands at `source` as it is.
    pub(in crate::format) fn plain(&mut self, piece: &str, source: usize) {
        if !piece.is_empty() {
            self.segments.push(Segment { logical: self.text.len(), source, expanded_to: None });
            self.text.push_str(piece);
        }
    }

    /// Adds what an escape at `source` stands for.
    pub(in crate::format) fn escaped(&mut self, value: &str, source: Range<usize>) {
        if !value.is_empty() {
            self.segments.push(Segment {
                logical: self.text.len(),
                source: source.start,
                expanded_to: Some(source.end),
            });
            self.text.push_str(value);
        }
    }

    /// The value; an empty one stands at `start`, which is on the line `number`.
    pub(in crate::format) fn finish(self, start: usize, number: u32) -> LogicalLine<'static> {
        let segments = match self.segments.as_slice() {
            [] => Segments::One(start),
            [Segment { source, expanded_to: None, .. }] => Segments::One(*source),
            _ => Segments::Many(Cow::Owned(self.segments)),
        };
        LogicalLine { number, text: Cow::Owned(self.text), cut_by_comment: None, segments }
    }
}

/// What a notation does to a text beside joining its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Escapes {
    /// Nothing.
    None,
    /// A backslash and what follows it stand for one character, or continue the line.
    Backslash,
    /// Two single quotes stand for one.
    DoubledQuote,
}

/// The text `value` that a reader made of `source`, which stands at `start`, with a place for each part of
/// it: whatever white space the reader folded or left out, and whatever its escapes stand for. Where the
/// two cannot be brought together all the rest of the one stands for all the rest of the other.
pub(in crate::format) fn aligned(
    value: &str,
    source: &str,
    start: usize,
    escapes: Escapes,
    number: u32,
) -> LogicalLine<'static> {
    let mut pieces = Pieces::default();
    let (mut at, mut done, mut plain_from) = (0, 0, (0, 0));
    let flush = |pieces: &mut Pieces, (value_from, source_from): (usize, usize), done: usize| {
        pieces.plain(value.get(value_from..done).unwrap_or_default(), start + source_from);
    };
    'value: while let Some(wanted) = value.get(done..).and_then(|rest| rest.chars().next()) {
        loop {
            let rest = source.get(at..).unwrap_or_default();
            let taken = match rest.chars().next() {
                Some('\\') if escapes == Escapes::Backslash => match escape(rest) {
                    Escape::Nothing(len) => Err(len),
                    Escape::Character(len) => Ok(len),
                },
                Some('\'') if escapes == Escapes::DoubledQuote && wanted == '\'' && rest.starts_with("''") => Ok(2),
                Some(found) if found == wanted => {
                    at += found.len_utf8();
                    done += wanted.len_utf8();
                    continue 'value;
                }
                Some(found) if found.is_whitespace() && wanted.is_whitespace() => {
                    Ok(rest.len() - rest.trim_start().len())
                }
                Some(found) if found.is_whitespace() => Err(found.len_utf8()),
                _ => {
                    flush(&mut pieces, plain_from, done);
                    pieces.escaped(value.get(done..).unwrap_or_default(), start + at..start + source.len());
                    return pieces.finish(start, number);
                }
            };
            flush(&mut pieces, plain_from, done);
            match taken {
                // Left out.
                Err(len) => {
                    at += len;
                    plain_from = (done, at);
                }
                Ok(len) => {
                    let end = done + wanted.len_utf8();
                    pieces.escaped(value.get(done..end).unwrap_or_default(), start + at..start + at + len);
                    at += len;
                    done = end;
                    plain_from = (done, at);
                    continue 'value;
                }
            }
        }
    }
    flush(&mut pieces, plain_from, done);
    pieces.finish(start, number)
}

enum Escape {
    Nothing(usize),
    Character(usize),
}

/// The escape that a text begins with, and its length in bytes.
fn escape(text: &str) -> Escape {
    let mut chars = text.chars();
    chars.next();
    let rest = chars.as_str();
    let line_end = rest.trim_start_matches([' ', '\t', '\r']);
    if line_end.starts_with('\n') {
        return Escape::Nothing(text.len() - line_end.trim_start().len());
    }
    let run = |limit: usize, class: fn(&char) -> bool| rest.chars().take(limit).take_while(class).count();
    Escape::Character(match chars.next() {
        None => 1,
        Some('x') => 4.min(text.len()),
        Some('u') => 6.min(text.len()),
        Some('U') => 10.min(text.len()),
        Some('N') if rest.starts_with("N{") => rest.find('}').map_or(2, |end| end + 2),
        Some('0'..='7') => 1 + run(3, |c| ('0'..='7').contains(c)),
        Some(other) => 1 + other.len_utf8(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_brought_together_with_what_stands_there() {
        let check = |value: &str, source: &str, escapes, part: &str, place: &str| {
            let line = aligned(value, source, 100, escapes, 1);
            assert_eq!(line.text, value);
            let at = value.find(part).expect(part);
            let range = line.span(at..at + part.len()).range();
            assert_eq!(&source[range.start - 100..range.end - 100], place, "{source}");
        };
        check("foo==1", "foo==1", Escapes::None, "==1", "==1");
        check("a\nb", "a\r\n      b", Escapes::None, "b", "b");
        check("pip install\nfoo\n", "pip install\n    foo\n", Escapes::None, "foo", "foo");
        check("a b", "a\n   b", Escapes::None, "b", "b");
        check("é==1", r"\u00e9==1", Escapes::Backslash, "é==", r"\u00e9==");
        check("foo>1", "foo\\\n    >1", Escapes::Backslash, ">1", ">1");
        check("it's==1", "it''s==1", Escapes::DoubledQuote, "'s", "''s");
        check("a\"b", r#"a\"b"#, Escapes::Backslash, "b", "b");
        check("xyz", "xQ", Escapes::None, "yz", "Q");
    }

    #[test]
    fn parts_of_a_value_with_escapes_have_places() {
        // r#"a\u003d=1"# from offset 10.
        let mut pieces = Pieces::default();
        pieces.plain("a", 10);
        pieces.escaped("=", 11..17);
        pieces.plain("=1", 17);
        let value = pieces.finish(10, 1);
        assert_eq!(value.text, "a==1");
        assert_eq!(value.span(0..4), Span::new(10, 19));
        assert_eq!(value.span(1..3), Span::new(11, 18));
        assert_eq!(Pieces::default().finish(7, 1).span(0..0), Span::new(7, 7));
    }
}
