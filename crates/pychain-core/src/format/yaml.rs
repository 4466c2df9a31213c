//! YAML as far as dependencies stand in it: a tree of nodes, each with its place.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::logical::{Escapes, LogicalLine, aligned};
use crate::order::Map;
use crate::text::{SourceFile, Span};

/// How deep nodes may nest.
const MAX_DEPTH: usize = 64;

/// How much of a file may at least stand in several places.
const MAX_REPEATED: usize = 64 * 1024;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(super) enum NodeKind {
    Scalar(LogicalLine<'static>),
    Sequence(Vec<Node>),
    /// In the order of the file.
    Mapping(Vec<(Node, Node)>),
    /// What stands somewhere else, where too much of the file would stand here as well.
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
    let mut open: Vec<Open> = Vec::new();
    let mut anchors = Anchors { nodes: Map::new(), left: MAX_REPEATED.max(text.len()) };
    let mut header = None;
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|why| (at(why.marker().index()), why.info().to_owned()))?;
        let (start, end) = (at(place.start.index()), at(place.end.index()));
        let is_alias = matches!(event, Event::Alias(_));
        let (node, anchor) = match event {
            Event::Alias(anchor) => (anchors.get(anchor, Span::new(start, end), open.len()), 0),
            Event::Scalar(value, style, anchor, tag) => {
                let start =
                    if anchor > 0 || tag.is_some() { behind_properties(file.text(), start, end) } else { start };
                (scalar(file, &value, style, start, end), anchor)
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                if open.len() >= MAX_DEPTH {
                    return Err((start, "it nests too deep".to_owned()));
                }
                let is_mapping = matches!(event, Event::MappingStart(..));
                open.push(Open { start, end, anchor, is_mapping, nodes: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { start, end: until, anchor, is_mapping, nodes }) = open.pop() else { continue };
                let end = if nodes.is_empty() { end } else { until };
                let kind = if is_mapping { NodeKind::Mapping(pairs(nodes)) } else { NodeKind::Sequence(nodes) };
                (Node { span: Span::new(start, end), kind }, anchor)
            }
            Event::DocumentEnd if header.is_some() => continue,
            Event::DocumentEnd | Event::StreamEnd => return Ok(header),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        anchors.set(anchor, &node);
        match open.last_mut() {
            Some(parent) => {
                // An alias stands here, whatever place its text has.
                parent.end = if is_alias { end } else { node.span.end as usize };
                parent.nodes.push(node);
            }
            // What GitLab reads of a pipeline with inputs stands behind them.
            None if header.is_none() && node.entries().len() == 1 && node.get("spec").is_some() => header = Some(node),
            None => return Ok(Some(node)),
        }
    }
    Ok(header)
}

/// A list or mapping of which more may come.
struct Open {
    start: usize,
    /// Where its last node ends.
    end: usize,
    anchor: usize,
    is_mapping: bool,
    nodes: Vec<Node>,
}

/// Nodes that stand elsewhere as well.
struct Anchors {
    nodes: Map<usize, Node>,
    /// How many bytes may still stand in two places, so that a few lines do not become millions.
    left: usize,
}

impl Anchors {
    fn set(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 && self.may_repeat(node, 0) {
            self.nodes.insert(anchor, node.clone());
        }
    }

    fn get(&mut self, anchor: usize, place: Span, depth: usize) -> Node {
        let node = if self.left > 0 { self.nodes.get(&anchor).cloned() } else { None };
        node.filter(|node| self.may_repeat(node, depth)).unwrap_or(Node { span: place, kind: NodeKind::Alias })
    }

    fn may_repeat(&mut self, node: &Node, depth: usize) -> bool {
        let (mut len, mut deepest) = (0, depth);
        if self.left > 0 {
            measure(node, depth, &mut len, &mut deepest);
        }
        self.left = if deepest > MAX_DEPTH { 0 } else { self.left.saturating_sub(len) };
        self.left > 0
    }
}

/// How many bytes a node stands for, with all that aliases repeat in it, and how deep it nests.
fn measure(node: &Node, depth: usize, len: &mut usize, deepest: &mut usize) {
    *len += if node.as_text().is_some() { node.span.len() + 1 } else { 1 };
    *deepest = depth.max(*deepest);
    for item in node.items() {
        measure(item, depth + 1, len, deepest);
    }
    for (key, value) in node.entries() {
        measure(key, depth + 1, len, deepest);
        measure(value, depth + 1, len, deepest);
    }
}

/// Where a value begins behind its anchor and its tag.
fn behind_properties(text: &str, start: usize, end: usize) -> usize {
    let mut rest = text.get(start..end).unwrap_or_default();
    while rest.starts_with(['&', '!']) {
        rest = rest.trim_start_matches(|c: char| !c.is_whitespace()).trim_start();
    }
    end - rest.len()
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
    }

    #[test]
    fn a_few_aliases_become_neither_millions_nor_a_depth_without_end() {
        use std::fmt::Write as _;
        let laughs = |start: &str, next: &dyn Fn(usize) -> String| {
            let text = (1..2000).fold(format!("a0: &a0 {start}\n"), |mut text, at| {
                let _ = writeln!(text, "a{at}: &a{at} {}", next(at - 1));
                text
            });
            document(&SourceFile::from_text("w.yml", text)).expect("YAML").expect("a document")
        };
        let measured = |node: &Node| {
            let (mut len, mut depth) = (0, 0);
            measure(node, 0, &mut len, &mut depth);
            (len, depth)
        };
        let (len, _) = measured(&laughs("[x, x]", &|before| format!("[*a{before}, *a{before}, *a{before}]")));
        assert!(len < 4 * MAX_REPEATED, "{len}");
        let (_, depth) = measured(&laughs("[x]", &|before| format!("[*a{before}]")));
        assert!(depth <= MAX_DEPTH + 1, "{depth}");
    }
}
