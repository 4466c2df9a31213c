//! TOML of any kind: a document or its error, and strings with a place for each part of them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::logical::{Escapes, LogicalLine, aligned};
use crate::model::Word;
use crate::text::{SourceFile, Span};

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The document of a text, or where it is no TOML and why.
pub(super) fn document(file: &SourceFile) -> Result<DeTable<'_>, (Span, String)> {
    let (document, errors) = DeTable::parse_recoverable(file.text());
    // What the parser says after the first error is a guess.
    match errors.iter().min_by_key(|error| error.span().map(|range| range.start)) {
        None => Ok(document.into_inner()),
        Some(error) => Err((
            error.span().map_or_else(|| file.full_span(), |range| inside(file.text(), range)),
            format!("this is no TOML: {}", error.message().lines().next().unwrap_or_default()),
        )),
    }
}

/// A place of at least one character where there is one, moved to the nearest boundaries of characters.
fn inside(text: &str, range: std::ops::Range<usize>) -> Span {
    let floor = |at: usize| {
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        at.unwrap_or_default()
    };
    let (start, end) = (floor(range.start), floor(range.end));
    // What is missing at the end of a line is shown at its last character.
    let start = if start == end { floor(start.saturating_sub(1)) } else { start };
    Span::new(start, end)
}

/// A string, with a place for each part of it; none for a value of another type.
pub(super) fn string(file: &SourceFile, value: &Value<'_>) -> Option<LogicalLine<'static>> {
    let DeValue::String(text) = value.get_ref() else { return None };
    let raw = file.text().get(value.span()).unwrap_or_default();
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or_default();
    let inner = raw.get(quote.len()..raw.len().saturating_sub(quote.len())).unwrap_or_default();
    let escapes = if quote.starts_with('"') { Escapes::Backslash } else { Escapes::None };
    let start = value.span().start + quote.len();
    let number = u32::try_from(file.line_of(Span::new(start, start).start)).unwrap_or(u32::MAX);
    Some(aligned(text, inner, start, escapes, number))
}

/// A string and where it stands; none for a value of another type.
pub(super) fn word(file: &SourceFile, value: &Value<'_>) -> Option<Word> {
    let line = string(file, value)?;
    let span = line.span(0..line.text.len());
    Some(Word { value: line.text.into_owned(), span })
}
