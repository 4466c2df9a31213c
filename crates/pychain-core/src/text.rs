//! Source text: files, spans, line and column conversion, edits, and problems met while reading.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::order::Arrange as _;

mod decode;
pub(crate) mod eight;

pub use decode::{DecodeError, Encoding, Unicode};

/// The largest file that is read, in bytes; a larger one gives a [`Problem`] and no document.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// A half-open range of bytes in the decoded text of one file, at character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end` (bytes). A reversed pair gives an empty span at `start`.
    pub fn new(start: usize, end: usize) -> Self {
        let start = to_u32(start);
        Self { start, end: to_u32(end).max(start) }
    }

    /// The same bytes as an index range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.range().len()
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Moves it so many bytes, backwards where that is negative.
    pub(crate) fn shift(&mut self, bytes: isize) {
        let moved = |at: usize| at.saturating_add_signed(bytes);
        *self = Self::new(moved(self.start as usize), moved(self.end as usize));
    }

    /// Whether the two share a byte, or one is empty and lies inside or at the edge of the other.
    pub fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Which file of a project a span is in: an index into its files, in the order of their paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// One decoded file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SourceFile(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: String,
    text: String,
    encoding: Encoding,
    lines: LineIndex,
}

impl SourceFile {
    /// Decodes `bytes` as pip decodes a requirements file (`_decode_req_file`).
    ///
    /// `path` is relative to the audited root, with `/`. Always gives a file: where pip could not
    /// decode the bytes, they are read as UTF-8 with replacement characters and the error comes along.
    /// Bytes that are handed over are not copied.
    pub fn decode<'b>(path: impl Into<String>, bytes: impl Into<Cow<'b, [u8]>>) -> (Self, Option<DecodeError>) {
        let (text, encoding, error) = decode::decode(bytes.into());
        (Self::from_parts(path.into(), text, encoding), error)
    }

    /// Decodes `bytes` as UTF-8 whatever a comment in them says, which is how lock files are read.
    ///
    /// Otherwise like [`SourceFile::decode`].
    pub fn decode_utf8<'b>(path: impl Into<String>, bytes: impl Into<Cow<'b, [u8]>>) -> (Self, Option<DecodeError>) {
        let (text, encoding, error) = decode::decode_utf8(bytes.into());
        (Self::from_parts(path.into(), text, encoding), error)
    }

    /// A file that is already text (UTF-8 without a byte order mark).
    pub fn from_text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::from_parts(path.into(), text.into(), Encoding::Utf8)
    }

    fn from_parts(path: String, text: String, encoding: Encoding) -> Self {
        let lines = LineIndex::new(&text);
        Self(Arc::new(Inner { path, text, encoding, lines }))
    }

    /// Path relative to the audited root, with `/`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The decoded text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// How the bytes were decoded.
    pub fn encoding(&self) -> &Encoding {
        &self.0.encoding
    }

    /// The text of a span; empty where the span does not lie in this file.
    pub fn slice(&self, span: Span) -> &str {
        self.0.text.get(span.range()).unwrap_or_default()
    }

    /// Number of lines, counted as editors and git do (line feeds).
    pub fn line_count(&self) -> usize {
        self.0.lines.starts.len()
    }

    /// The 1-based line of a byte offset.
    pub fn line_of(&self, offset: u32) -> usize {
        self.0.lines.line_of(offset)
    }

    /// The span of a 1-based line, without its line end.
    pub fn line_span(&self, line: usize) -> Span {
        let start = self.0.lines.start_of(line);
        let end = self.0.lines.starts.get(line).map_or(self.0.text.len(), |next| *next as usize);
        let text = self.0.text.get(start..end).unwrap_or_default();
        Span::new(start, start + text.trim_end_matches(['\n', '\r']).len())
    }

    /// The whole text as one span.
    pub fn full_span(&self) -> Span {
        Span::new(0, self.0.text.len())
    }

    /// Line and column of a byte offset, both 1-based, the column counted in `columns`.
    pub fn position(&self, offset: u32, columns: ColumnEncoding) -> Position {
        let line = self.line_of(offset);
        let start = self.0.lines.start_of(line);
        let count = self.units_before(offset as usize, columns) - self.units_before(start, columns);
        Position { line, column: count + 1 }
    }

    /// Number of units from the start of the file to an offset; from the nearest checkpoint, so that
    /// a file of one enormous line costs no more than any other.
    fn units_before(&self, offset: usize, columns: ColumnEncoding) -> usize {
        let offset = offset.min(self.0.text.len());
        let at = offset / CHECKPOINT;
        let known = match (columns, self.0.lines.checkpoints.get(at)) {
            (ColumnEncoding::Bytes, _) | (_, None) => return offset,
            (_, Some(known)) => known,
        };
        let rest = count(self.0.text.as_bytes().get(at * CHECKPOINT..offset).unwrap_or_default());
        let chars = (known.chars + rest.chars) as usize;
        if columns == ColumnEncoding::Chars { chars } else { chars + (known.pairs + rest.pairs) as usize }
    }

    /// The bytes of `text` in this file's own encoding, byte order mark included, or `None` where
    /// the encoding is one that this crate reads but does not write.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        self.0.encoding.encode(text)
    }
}

impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path() && self.text() == other.text()
    }
}

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnEncoding {
    /// Bytes of UTF-8.
    Bytes,
    /// UTF-16 code units (browsers, SARIF by default, the language server protocol).
    Utf16,
    /// Unicode scalar values.
    Chars,
}

/// A place in a file, 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in the unit that was asked for.
    pub column: usize,
}

#[derive(Debug)]
struct LineIndex {
    starts: Vec<u32>,
    /// What stands before every [`CHECKPOINT`] bytes; none where all is ASCII and all units are bytes.
    checkpoints: Vec<Count>,
}

/// Bytes between checkpoints.
const CHECKPOINT: usize = 1024;

/// Characters, and those among them that take two units in UTF-16. Counted by bytes, so that a
/// stretch may begin inside a character: each counts where its first byte is.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    chars: u32,
    pairs: u32,
}

fn count(bytes: &[u8]) -> Count {
    let is_first = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    Count {
        chars: to_u32(bytes.iter().filter(is_first).count()),
        pairs: to_u32(bytes.iter().filter(|byte| **byte >= 0xf0).count()),
    }
}

impl LineIndex {
    fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            memchr::memchr_iter(b'\n', text.as_bytes())
                .map(|at| to_u32(at + 1))
                .filter(|start| (*start as usize) < text.len()),
        );
        let mut checkpoints = Vec::new();
        if !text.is_ascii() {
            let mut before = Count::default();
            checkpoints.push(before);
            for block in text.as_bytes().chunks(CHECKPOINT) {
                let here = count(block);
                before = Count { chars: before.chars + here.chars, pairs: before.pairs + here.pairs };
                checkpoints.push(before);
            }
        }
        Self { starts, checkpoints }
    }

    fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    fn start_of(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).map_or(0, |start| *start as usize)
    }
}

/// Replaces the text of a span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Edit {
    /// Puts `replacement` in place of `span`.
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// Removes `span`.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Applies edits to a text. `None` where two of them overlap or one lies outside the text.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Option<String> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.arrange();
    sorted.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        let range = edit.span.range();
        out.push_str(text.get(at..range.start)?);
        text.get(range.clone())?;
        out.push_str(&edit.replacement);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Something that could not be read or done, with its place. Not a finding: it speaks of the audit itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the audited root; empty for the whole run.
    pub path: String,
    /// Where in the file, if at one place.
    pub span: Option<Span>,
    /// 1-based line of the span, as editors count.
    pub line: Option<usize>,
    /// What happened: one sentence, no final period.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn of_file(path: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { path: path.into(), span: None, line: None, message: message.into(), help: help.into() }
    }

    /// A problem at a place in a file.
    pub fn at(file: &SourceFile, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            path: file.path().to_owned(),
            span: Some(span),
            line: Some(file.line_of(span.start)),
            message: message.into(),
            help: help.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_in_the_unit_asked_for() {
        let file = SourceFile::from_text("r.txt", "a\r\n\u{1F600}b\n");
        let offset = 3 + 4;
        assert_eq!(file.position(offset, ColumnEncoding::Bytes), Position { line: 2, column: 5 });
        assert_eq!(file.position(offset, ColumnEncoding::Utf16), Position { line: 2, column: 3 });
        assert_eq!(file.position(offset, ColumnEncoding::Chars), Position { line: 2, column: 2 });
        assert_eq!(file.slice(file.line_span(1)), "a");
        assert_eq!(file.line_count(), 2);
    }

    #[test]
    fn columns_are_right_across_checkpoints() {
        let text = "aé\u{1F600}\n".repeat(700) + &"é".repeat(3000) + "\u{1F600}x";
        let file = SourceFile::from_text("r.txt", text.as_str());
        for (offset, _) in text.char_indices() {
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let before = &text[start..offset];
            let column = |columns| file.position(u32::try_from(offset).expect("small"), columns).column;
            assert_eq!(column(ColumnEncoding::Chars), before.chars().count() + 1);
            assert_eq!(column(ColumnEncoding::Utf16), before.encode_utf16().count() + 1);
        }
    }

    #[test]
    fn edits_are_applied_together_or_not_at_all() {
        let edits = [Edit::delete(Span::new(0, 1)), Edit::replace(Span::new(2, 3), "xy")];
        assert_eq!(apply_edits("abc", &edits).as_deref(), Some("bxy"));
        assert_eq!(apply_edits("abc", &[Edit::delete(Span::new(0, 2)), Edit::delete(Span::new(1, 3))]), None);
        assert_eq!(apply_edits("abc", &[Edit::delete(Span::new(2, 9))]), None);
    }
}
