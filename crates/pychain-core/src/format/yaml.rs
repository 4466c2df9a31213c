//! YAML as far as dependencies stand in it: a tree of nodes, each with its place.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::logical::{Escapes, LogicalLine, aligned};
use crate::text::{SourceFile, Span};

/// How deep nodes may nest.
const MAX_DEPTH: usize = 64;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Scalar(LogicalLine<'static>),
    Sequence(Vec<Node>),
    /// In the order of the file.
    Mapping(Vec<(Node, Node)>),
    /// What stands somewhere else; it is not followed.
    Alias,
}

impl Node {
    /// The text of a scalar.
    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The entries of a sequence; none for anything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; none for anything else.
    pub(super) fn entries(&self) -> &[(Self, Self)] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.as_text() == Some(key)).map(|(_, value)| value)
    }
}

/// How far a line is moved that stands too far left for the parser: further than anything nests.
const PADDING: usize = 80;
/// How many bytes may be parsed again for lines that are moved.
const MAX_AGAIN: usize = 4_000_000;

/// The first document of a file, if there is one, or where the text is no YAML and why.
pub(super) fn document(file: &SourceFile) -> Result<Option<Node>, (Span, String)> {
    let mut text = Padded { text: file.text().to_owned(), lines: Vec::new() };
    loop {
        let (at, why) = match tree(file, &text) {
            Ok(node) => return Ok(node),
            Err(refused) => refused,
        };
        // The parser wants brackets and quoted text to stand as deep as what they belong to. PyYAML and GitHub do not
        // ask, so a line there means the same wherever it begins.
        if !why.starts_with("invalid indentation") || !text.pad(file.text(), at) {
            let line = file.line_span(file.line_of(Span::new(at, at).start));
            return Err((line, format!("this is no YAML: {why}")));
        }
    }
}

/// A text with some of its lines moved to the right.
struct Padded {
    text: String,
    /// Where these begin in the text as it was, in order.
    lines: Vec<usize>,
}

impl Padded {
    /// The place in the text as it was.
    fn original(&self, at: usize) -> usize {
        self.lines.iter().fold(at, |at, line| if at > *line { at.saturating_sub(PADDING).max(*line) } else { at })
    }

    /// Moves the first line that may be moved and has not been: the one that begins at a place, or the next. False
    /// where there is none, or it has been enough.
    fn pad(&mut self, original: &str, at: usize) -> bool {
        let start = original.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let begins_here = original.get(start..at).is_some_and(|before| before.trim_start().is_empty());
        let nexts = original.get(at..).unwrap_or_default().match_indices('\n').map(|(end, _)| at + end + 1);
        let mut starts = begins_here.then_some(start).into_iter().chain(nexts);
        let Some(line) = starts.find(|start| !self.lines.contains(start)) else { return false };
        let index = self.lines.partition_point(|known| *known < line);
        self.lines.insert(index, line);
        self.text.insert_str(line + index * PADDING, &" ".repeat(PADDING));
        self.lines.len() * self.text.len() < MAX_AGAIN
    }
}

/// The first document of a text, or the place and the reason of what is wrong with it.
fn tree(file: &SourceFile, padded: &Padded) -> Result<Option<Node>, (usize, String)> {
    let text = padded.text.as_str();
    let offsets = Offsets::new(text);
    let at = |index: usize| padded.original(offsets.byte(text, index));
    let mut open: Vec<(usize, Vec<Node>, bool)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|why| (at(why.marker().index()), why.info().to_owned()))?;
        let (start, end) = (at(place.start.index()), at(place.end.index()));
        let node = match event {
            Event::Alias(_) => Node { span: Span::new(start, end), kind: NodeKind::Alias },
            Event::Scalar(value, style, ..) => scalar(file, &value, style, start, end),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= MAX_DEPTH {
                    return Err((start, "it nests too deep".to_owned()));
                }
                open.push((start, Vec::new(), matches!(event, Event::MappingStart(..))));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((from, nodes, is_mapping)) = open.pop() else { continue };
                let last = nodes.last().map_or(end, |node| node.span.end as usize);
                let kind = if is_mapping { NodeKind::Mapping(pairs(nodes)) } else { NodeKind::Sequence(nodes) };
                Node { span: Span::new(from, last), kind }
            }
            Event::DocumentEnd | Event::StreamEnd => return Ok(None),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        match open.last_mut() {
            Some((_, nodes, _)) => nodes.push(node),
            None => return Ok(Some(node)),
        }
    }
    Ok(None)
}

/// Keys and values, which come one after the other.
fn pairs(nodes: Vec<Node>) -> Vec<(Node, Node)> {
    let mut pairs = Vec::with_capacity(nodes.len() / 2);
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        pairs.push((key, value));
    }
    pairs
}

fn scalar(file: &SourceFile, value: &str, style: ScalarStyle, start: usize, end: usize) -> Node {
    let raw = file.text().get(start..end).unwrap_or_default();
    let quoted = |quote| {
        let inner = raw.strip_prefix(quote).unwrap_or(raw);
        inner.strip_suffix(quote).unwrap_or(inner)
    };
    let (inner, skip, escapes) = match style {
        ScalarStyle::Plain => (raw, 0, Escapes::None),
        ScalarStyle::SingleQuoted => (quoted('\''), 1, Escapes::DoubledQuote),
        ScalarStyle::DoubleQuoted => (quoted('"'), 1, Escapes::Backslash),
        // The content begins below the line of the `|` or `>`.
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let skip = if raw.starts_with(['|', '>']) { raw.find('\n').map_or(raw.len(), |at| at + 1) } else { 0 };
            (raw.get(skip..).unwrap_or_default(), skip, Escapes::None)
        }
    };
    let number = u32::try_from(file.line_of(Span::new(start + skip, end).start)).unwrap_or(u32::MAX);
    let line = aligned(value, inner, start + skip, escapes, number);
    Node { span: Span::new(start, start + raw.trim_end().len()), kind: NodeKind::Scalar(line) }
}

/// From characters, which the parser counts, to bytes.
struct Offsets(Option<Vec<(usize, usize)>>);

/// Characters between two known offsets.
const STEP: usize = 256;

impl Offsets {
    fn new(text: &str) -> Self {
        Self(
            (!text.is_ascii()).then(|| {
                text.char_indices().enumerate().step_by(STEP).map(|(count, (byte, _))| (count, byte)).collect()
            }),
        )
    }

    fn byte(&self, text: &str, index: usize) -> usize {
        let Some(known) = &self.0 else { return index.min(text.len()) };
        let (count, byte) =
            known.get(known.partition_point(|(count, _)| *count <= index).wrapping_sub(1)).copied().unwrap_or_default();
        let rest = text.get(byte..).unwrap_or_default();
        rest.char_indices().nth(index - count).map_or(text.len(), |(inside, _)| byte + inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every scalar: its value, and what stands in the file for it.
    fn scalars(text: &str) -> Vec<(String, String)> {
        fn walk(file: &SourceFile, node: &Node, out: &mut Vec<(String, String)>) {
            if let NodeKind::Scalar(line) = &node.kind {
                out.push((line.text.to_string(), file.slice(line.span(0..line.text.len())).to_owned()));
            }
            node.items().iter().for_each(|item| walk(file, item, out));
            node.entries().iter().for_each(|(key, value)| {
                walk(file, key, out);
                walk(file, value, out);
            });
        }
        let file = SourceFile::from_text("w.yml", text);
        let mut out = Vec::new();
        walk(&file, &document(&file).expect("YAML").expect("a document"), &mut out);
        out
    }

    #[test]
    fn every_scalar_has_its_place() {
        let pair = |value: &str, place: &str| (value.to_owned(), place.to_owned());
        assert_eq!(
            scalars("é: [foo==1, 'it''s', \"a\\u00e9b\"]\nrun: |\n  pip install a\n    b\nlong: foo\n  bar # c\n"),
            [
                pair("é", "é"),
                pair("foo==1", "foo==1"),
                pair("it's", "it''s"),
                pair("aéb", "a\\u00e9b"),
                pair("run", "run"),
                pair("pip install a\n  b\n", "pip install a\n    b\n"),
                pair("long", "long"),
                pair("foo bar", "foo\n  bar"),
            ]
        );
    }

    #[test]
    fn brackets_and_quoted_text_may_begin_anywhere() {
        let all =
            |text: &str| scalars(text).into_iter().map(|(value, place)| format!("{value}={place}")).collect::<Vec<_>>();
        assert_eq!(all("é:\n  a: [\n    x,\n  ]\n  b: [\n'é',\n  z]\n"), ["é=é", "a=a", "x=x", "b=b", "é=é", "z=z"]);
        assert_eq!(
            all("a:\n  - b: \"(\\\n    x|\\\n  )$\"\n    c: d\n"),
            ["a=a", "b=b", "(x|)$=(\\\n    x|\\\n  )$", "c=c", "d=d"]
        );
        assert!(document(&SourceFile::from_text("w.yml", "a:\n  - b: \"(\nx\n")).is_err());
    }

    #[test]
    fn what_is_no_yaml_has_a_place_and_depth_is_limited() {
        let file = SourceFile::from_text("w.yml", "a: b\nc: [d\ne: 'f\n");
        assert!(
            document(&file).is_err_and(|(span, message)| !span.is_empty() && message.starts_with("this is no YAML"))
        );
        for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(100_000)] {
            assert!(document(&SourceFile::from_text("w.yml", text)).is_err());
        }
        let laughs = SourceFile::from_text("w.yml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n");
        assert!(document(&laughs).is_ok_and(|node| node.is_some()));
    }
}
