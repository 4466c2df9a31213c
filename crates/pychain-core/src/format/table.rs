//! What the readers of TOML lock files share: values by key, each with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::toml_value::{self, Value};
use crate::model::{Lock, LockError, LockFormat, LockedFile, LockedHash, Word};
use crate::order::Arrange as _;
use crate::text::{SourceFile, Span};

/// A lock file while it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub(super) lock: Lock,
}

/// Reads a file with `read`, which is handed its top table. A file that is no TOML has errors and no packages.
pub(super) fn parse(file: &SourceFile, format: LockFormat, read: fn(&mut Reader<'_>, &DeTable<'_>)) -> Lock {
    let mut reader = Reader { text: file.text(), lock: Lock::new(format) };
    match toml_value::document(file) {
        Ok(document) => read(&mut reader, &document),
        Err((span, message)) => reader.lock.errors.push(LockError { span, message }),
    }
    reader.lock
}

impl Reader<'_> {
    /// Notes something that the tool does not accept.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.lock.errors.push(LockError { span, message: message.into() });
    }

    /// The place of a value; of a plain string what stands between its quotes.
    pub(super) fn span(value: &Value<'_>) -> Span {
        let range = value.span();
        match value.get_ref() {
            DeValue::String(text) if range.len() == text.len() + 2 => Span::new(range.start + 1, range.end - 1),
            _ => Span::new(range.start, range.end),
        }
    }

    /// The string of a key. Another type is an error.
    pub(super) fn word(&mut self, table: &DeTable<'_>, key: &str) -> Option<Word> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Word { value: text.as_ref().to_owned(), span: Self::span(value) }),
            other => {
                self.error(Self::span(value), format!("`{key}` is of type {}, not string", other.type_str()));
                None
            }
        }
    }

    /// The string, number or date of a key, as written.
    pub(super) fn scalar(&self, table: &DeTable<'_>, key: &str) -> Option<Word> {
        let value = table.get(key)?;
        let span = Self::span(value);
        match value.get_ref() {
            DeValue::String(text) => Some(Word { value: text.as_ref().to_owned(), span }),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                Some(Word { value: self.text.get(span.range())?.to_owned(), span })
            }
            _ => None,
        }
    }

    /// Every table of an array. What is none is an error.
    pub(super) fn tables<'a, 'v>(&mut self, table: &'a DeTable<'v>, key: &str) -> Vec<(&'a DeTable<'v>, Span)> {
        let mut tables = Vec::new();
        let Some(value) = table.get(key) else { return tables };
        let DeValue::Array(array) = value.get_ref() else {
            self.error(Self::span(value), format!("`{key}` is no array of tables"));
            return tables;
        };
        tables.reserve(array.len());
        for value in array {
            match value.get_ref() {
                DeValue::Table(table) => tables.push((table, Self::span(value))),
                _ => self.error(Self::span(value), format!("an entry of `{key}` is no table")),
            }
        }
        tables
    }

    /// The name that every package has, or an error at its header.
    pub(super) fn name(&mut self, package: &DeTable<'_>, header: Span) -> Option<Word> {
        let name = self.word(package, "name");
        if name.is_none() && !package.contains_key("name") {
            self.error(header, "this package has no `name`");
        }
        name
    }

    /// The hashes of a key: one text `algorithm:digest`, or a table of digests by algorithm.
    pub(super) fn hashes(&mut self, table: &DeTable<'_>, key: &str) -> Vec<LockedHash> {
        let Some(value) = table.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::String(text) if text.is_empty() => Vec::new(),
            DeValue::String(text) => vec![LockedHash::new(text, Self::span(value))],
            DeValue::Table(hashes) => {
                let mut found = Vec::new();
                for (algorithm, digest) in hashes {
                    match digest.get_ref() {
                        DeValue::String(text) => {
                            found.push(LockedHash::of(algorithm.get_ref(), text, Self::span(digest)));
                        }
                        _ => self.error(Self::span(digest), "a digest is no string"),
                    }
                }
                found
            }
            _ => {
                self.error(Self::span(value), format!("`{key}` is no hash"));
                Vec::new()
            }
        }
    }

    /// A package's files as Poetry and PDM write them: tables in an array.
    pub(super) fn files(&mut self, value: &Value<'_>) -> Vec<LockedFile> {
        let DeValue::Array(array) = value.get_ref() else {
            self.error(Self::span(value), "the files are no array");
            return Vec::new();
        };
        let mut files = Vec::with_capacity(array.len());
        for entry in array {
            let span = Self::span(entry);
            let Some(table) = entry.get_ref().as_table() else {
                self.error(span, "a file is no table");
                continue;
            };
            files.push(LockedFile {
                name: self.word(table, "file"),
                url: self.word(table, "url"),
                hashes: self.hashes(table, "hash"),
                size: self.scalar(table, "size"),
                uploaded: self.scalar(table, "upload-time"),
                span,
            });
        }
        files
    }
}

/// The table of a key, if it is one.
pub(super) fn table<'a, 'v>(table: &'a DeTable<'v>, key: &str) -> Option<&'a DeTable<'v>> {
    table.get(key)?.get_ref().as_table()
}

/// Where a key stands.
pub(super) fn key(table: &DeTable<'_>, key: &str) -> Option<Span> {
    let (key, _) = table.get_key_value(key)?;
    Some(Span::new(key.span().start, key.span().end))
}

/// The keys of a table in the order of the file.
pub(super) fn in_order<'a>(table: &'a DeTable<'_>) -> Vec<&'a str> {
    let mut keys: Vec<_> = table.keys().collect();
    keys.arrange_by_key(|key| key.span().start);
    keys.into_iter().map(|key| key.get_ref().as_ref()).collect()
}

/// The texts of an array, or the one text that stands in its place.
pub(super) fn texts(table: &DeTable<'_>, key: &str) -> Vec<String> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Array(array)) => {
            array.iter().filter_map(|value| value.get_ref().as_str()).map(str::to_owned).collect()
        }
        Some(DeValue::String(text)) => vec![text.as_ref().to_owned()],
        _ => Vec::new(),
    }
}

/// The text of a key, if it is one.
pub(super) fn text(table: &DeTable<'_>, key: &str) -> Option<String> {
    table.get(key)?.get_ref().as_str().map(str::to_owned)
}

/// The name that a requirement begins with.
pub(super) fn leading_name(requirement: &str) -> &str {
    let end = requirement.find(|c: char| !crate::requirement::is_word(c) && !matches!(c, '-' | '.'));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}
