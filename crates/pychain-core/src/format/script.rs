//! PEP 723: what a script says of its dependencies, in a block of comments that is TOML.

use std::ops::Range;

use toml::de::DeTable;

use super::pyproject::{list, uv};
use super::python;
use super::requirements_txt::Paths;
use super::toml_value::{self, Keys as _};
use super::value::Reader;
use crate::model::{Document, LineKind, Purpose, Section, Tool};
use crate::patch::Patch;
use crate::text::{SourceFile, Span};

/// The line that opens the block.
pub(super) const OPENING: &str = "# /// script";

/// Whether the bytes of a file have a line that opens the block of a script.
pub(super) fn is_script(bytes: &[u8]) -> bool {
    // A byte order mark is no part of the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    memchr::memmem::find_iter(bytes, OPENING).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + OPENING.len());
        matches!(before, None | Some(b'\n' | b'\r')) && matches!(after, None | Some(b'\n' | b'\r'))
    })
}

/// Whether a change may concern the block of a script.
pub(super) fn may_change(patch: &Patch) -> bool {
    patch.may_touch_block(OPENING)
}

/// Reads a file. Total: what uv refuses is a line that says why.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let (blocks, unclosed) = blocks(file.text());
    let shown = shown(file, blocks.first());
    let mut reader = Reader::new(&shown, paths);
    let refuse = |reader: &mut Reader<'_>, span: Span, message: String, help: &str| {
        let section = reader.section(Section::new(Tool::Uv, Purpose::Settings));
        reader.refused(section, span, message, help);
    };
    match (blocks.as_slice(), unclosed) {
        ([], Some(opening)) => {
            let message = "the block is not closed: up to a line `# ///` each one is `#`, or begins with `# `";
            refuse(&mut reader, opening, message.to_owned(), "Close the block, without an empty line in it");
        }
        ([_, second, ..], _) => {
            refuse(&mut reader, second.opening, "this is a second block".to_owned(), "Keep one block of dependencies");
        }
        _ => {}
    }
    match toml_value::document(&shown) {
        Ok(document) => block(&mut reader, &document),
        Err((span, message)) => refuse(&mut reader, span, message, "Correct the block: no tool can read it"),
    }
    let comments = toml_value::comments(shown.text());
    let mut document = reader.finish(comments);
    // A tool does not ask whether the block stands in a string. Most often it is what a test or a template writes
    // elsewhere, which is nothing to be refused.
    let mut python = Vec::new();
    python::tokens(file.text(), &mut python);
    let opening = blocks.first().map(|block| block.opening).or(unclosed).unwrap_or_default();
    if python.binary_search_by_key(&opening.start, |comment| comment.start).is_err() {
        document.lines.retain(|line| !matches!(line.kind, LineKind::Refused(_)));
    }
    Document { source: file.clone(), ..document }
}

fn block(reader: &mut Reader<'_>, document: &DeTable<'_>) {
    list(reader, document, "dependencies", || Section::new(Tool::Uv, Purpose::Dependencies).at("dependencies"));
    if let Some(table) = document.table("tool").and_then(|tools| tools.table("uv")) {
        uv::read(reader, table);
    }
}

/// A block that is closed.
struct Block {
    opening: Span,
    /// The lines in it.
    content: Range<usize>,
}

/// The blocks of the type `script`, and the first line that opens one which is never closed. What counts is the
/// specification's regular expression: `(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$`.
fn blocks(text: &str) -> (Vec<Block>, Option<Span>) {
    let mut lines: Vec<(Range<usize>, &str)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        lines.push((at..at + line.len(), bare.strip_suffix('\r').unwrap_or(bare)));
        at += line.len();
    }
    // For each line the last one of those that go on with it which closes a block: the expression is greedy.
    let mut closing: Vec<Option<usize>> = vec![None; lines.len() + 1];
    for (number, (_, line)) in lines.iter().enumerate().rev() {
        let goes_on = *line == "#" || line.starts_with("# ");
        let below = closing.get(number + 1).copied().flatten();
        if let Some(here) = closing.get_mut(number).filter(|_| goes_on) {
            *here = below.or((*line == "# ///").then_some(number));
        }
    }
    let (mut blocks, mut unclosed) = (Vec::new(), None);
    let mut number = 0;
    while let Some((range, line)) = lines.get(number) {
        number += 1;
        let Some(kind) = line.strip_prefix("# /// ").filter(|kind| is_type(kind)) else { continue };
        let opening = Span::new(range.start, range.start + line.len());
        // There is at least one line between the two.
        match closing.get(number).copied().flatten().filter(|closing| *closing > number) {
            Some(closing) => {
                if kind == "script" {
                    let end = lines.get(closing).map_or(text.len(), |(range, _)| range.start);
                    blocks.push(Block { opening, content: range.end..end });
                }
                number = closing + 1;
            }
            None if kind == "script" && closing.get(number).copied().flatten().is_none() => {
                unclosed.get_or_insert(opening);
            }
            None => {}
        }
    }
    (blocks, unclosed)
}

fn is_type(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The file with spaces for all that is no TOML of the block, so that every place in it is one in the file.
fn shown(file: &SourceFile, block: Option<&Block>) -> SourceFile {
    let text = file.text();
    let content = block.map_or(0..0, |block| block.content.clone());
    let mut shown = String::with_capacity(text.len());
    let blank = |text: &str, shown: &mut String| {
        shown.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    };
    blank(text.get(..content.start).unwrap_or_default(), &mut shown);
    for line in text.get(content.clone()).unwrap_or_default().split_inclusive('\n') {
        let prefix = if line.starts_with("# ") { 2 } else { 1 };
        blank(line.get(..prefix).unwrap_or_default(), &mut shown);
        shown.push_str(line.get(prefix..).unwrap_or_default());
    }
    blank(text.get(content.end..).unwrap_or_default(), &mut shown);
    SourceFile::from_text(file.path(), shown)
}

#[cfg(test)]
mod tests;
