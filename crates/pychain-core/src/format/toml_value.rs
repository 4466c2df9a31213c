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

/// Whether a text has the marks of Jinja's templates.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A place of at least one character where there is one, moved to the nearest boundaries of characters.
fn inside(text: &str, range: std::ops::Range<usize>) -> Span {
    let floor = |at: usize| {
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        at.unwrap_or_default()
    };
    let (start, end) = (floor(range.start), floor(range.end));
    // A line end is nothing to look at, and has two forms.
    let shown = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
    if !shown.is_empty() {
        return Span::new(start, start + shown.len());
    }
    // What is missing at the end of a line is shown at its last character.
    let before = text.get(..start).unwrap_or_default().trim_end_matches(['\n', '\r']);
    match before.chars().next_back() {
        Some(last) => Span::new(before.len() - last.len_utf8(), before.len()),
        None => Span::new(start, start),
    }
}

/// A string, with a place for each part of it; none for a value of another type.
pub(super) fn string(file: &SourceFile, value: &Value<'_>) -> Option<LogicalLine<'static>> {
    let DeValue::String(text) = value.get_ref() else { return None };
    let raw = file.text().get(value.span()).unwrap_or_default();
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or_default();
    // A line end behind three quotes is none of the text.
    let open = raw
        .get(quote.len()..)
        .filter(|_| quote.len() == 3)
        .map_or(0, |inner| if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) });
    let inner = raw.get(quote.len() + open..raw.len().saturating_sub(quote.len())).unwrap_or_default();
    let escapes = if quote.starts_with('"') { Escapes::Backslash } else { Escapes::None };
    let start = value.span().start + quote.len() + open;
    let number = u32::try_from(file.line_of(Span::new(start, start).start)).unwrap_or(u32::MAX);
    Some(aligned(text, inner, start, escapes, number))
}

/// A string and where it stands; none for a value of another type.
pub(super) fn word(file: &SourceFile, value: &Value<'_>) -> Option<Word> {
    let line = string(file, value)?;
    let span = line.span(0..line.text.len());
    Some(Word { value: line.text.into_owned(), span })
}

/// The place of a value, quotes included.
pub(super) fn span(value: &Value<'_>) -> Span {
    Span::new(value.span().start, value.span().end)
}

/// The place of a key's name, without its quotes, and of the key with its value.
pub(super) fn key_spans(text: &str, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) -> (Span, Span) {
    let (key_range, value_range) = (key.span(), value.span());
    let raw = text.get(key_range.clone()).unwrap_or_default();
    let quotes = usize::from(raw.len() >= 2 && raw.starts_with(['"', '\'']));
    let name = Span::new(key_range.start + quotes, key_range.end.saturating_sub(quotes));
    // A table under a header of its own stands below its name.
    let end = if value_range.start >= key_range.end { value_range.end } else { key_range.end };
    (name, Span::new(key_range.start, end))
}

/// Values by key.
pub(super) trait Keys<'v> {
    /// The table of a key, if it is one.
    fn table(&self, key: &str) -> Option<&DeTable<'v>>;
    /// The text of a key, if it is one.
    fn text(&self, key: &str) -> Option<&str>;
    /// Whether a key is `true`.
    fn is_true(&self, key: &str) -> bool;
}

impl<'v> Keys<'v> for DeTable<'v> {
    fn table(&self, key: &str) -> Option<&DeTable<'v>> {
        self.get(key)?.get_ref().as_table()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.get_ref().as_str()
    }

    fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.get_ref().as_bool() == Some(true))
    }
}

/// The comments of a text that is TOML, `#` included.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['"', '\'', '#'])) {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        if rest.starts_with('#') {
            let end = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
            comments.push(Span::new(start, end));
            at = end;
            continue;
        }
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote)).unwrap_or("\"");
        at = start + string_len(rest, quote);
    }
    comments
}

/// The length of the string that a text begins with, quotes included.
fn string_len(text: &str, quote: &str) -> usize {
    let mut at = quote.len();
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['\\', '"', '\''])) {
        let rest = text.get(at + found..).unwrap_or_default();
        if rest.starts_with(quote) {
            // Up to two more quotes belong to the text of a long string.
            let closing = if quote.len() == 3 { 5 } else { 1 };
            return at + found + rest.chars().take(closing).take_while(|c| quote.starts_with(*c)).count();
        }
        let escaped = rest.starts_with('\\') && quote.starts_with('"');
        at += found + if escaped { 1 + rest.chars().nth(1).map_or(0, char::len_utf8) } else { 1 };
    }
    text.len()
}
