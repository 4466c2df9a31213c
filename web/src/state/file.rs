//! A file of the page: its text as the editor shows it, and its content as the audit reads it.

use std::borrow::Cow;
use std::rc::Rc;

use pychain_core::text::{Edit, SourceFile, Span, apply_edits};

use crate::kind::Kind;
use crate::lines::Lines;
use crate::report::Fix;
use crate::shared::Shared;

/// Lines that a browser's text field edits without making people wait.
pub const MAX_EDITABLE_LINES: usize = 10_000;
/// Bytes that it does.
pub const MAX_EDITABLE_BYTES: usize = 1024 * 1024;

/// A file of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Stays while the file is changed or renamed.
    pub id: u32,
    /// The number of its content; the same number is the same content.
    pub version: u32,
    /// Relative to the root, with `/`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Whether somebody gave it its name: then the content does not choose another.
    pub is_named: bool,
    /// Its text, lines ended by line feeds.
    pub text: Shared<str>,
    /// The lines of the text.
    pub lines: Shared<Lines>,
    /// The number of the last text that did not come from the text field; the field has whatever came since.
    pub given: u32,
    /// Whether it is edited in the text field although it is long.
    pub edits_anyway: bool,
    /// Whether the lines end with carriage return and line feed.
    pub(super) crlf: bool,
    /// What was dropped, where that is not the text in UTF-8; until the first edit.
    pub(super) bytes: Option<Rc<[u8]>>,
}

impl File {
    /// An empty file.
    pub fn new(id: u32, version: u32, path: &str, kind: Kind) -> Self {
        let text: Shared<str> = "".into();
        let lines = Lines::of(&text).into();
        let (crlf, bytes) = (false, None);
        let path = path.to_owned();
        let (is_named, edits_anyway) = (false, false);
        Self { id, version, path, kind, is_named, text, lines, given: version, edits_anyway, crlf, bytes }
    }

    /// The same file with a text as it stands in a file: with whatever ends its lines.
    #[must_use]
    pub fn with_text(&self, version: u32, text: &str) -> Self {
        let line_ends = text.matches('\n').count();
        let crlf = line_ends > 0 && text.matches("\r\n").count() == line_ends;
        // A browser's text field has line feeds only; what it would lose is kept beside it.
        let shown = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
        let exact = if crlf { shown.replace('\n', "\r\n") == text } else { shown == text };
        Self {
            version,
            lines: Lines::of(&shown).into(),
            text: shown.as_str().into(),
            given: version,
            crlf,
            bytes: (!exact).then(|| text.as_bytes().into()),
            ..self.clone()
        }
    }

    /// The same file with bytes as they were dropped.
    #[must_use]
    pub fn with_bytes(&self, version: u32, bytes: &[u8]) -> Self {
        if let Ok(text) = str::from_utf8(bytes)
            && !text.starts_with('\u{feff}')
        {
            return self.with_text(version, text);
        }
        let (file, _) = SourceFile::decode(&self.path, bytes);
        Self { bytes: Some(bytes.into()), ..self.with_text(version, file.text()) }
    }

    /// The same file with the text of the text field.
    #[must_use]
    pub fn typed(&self, version: u32, text: &str) -> Self {
        let lines = Lines::of(text).into();
        Self { version, lines, text: text.into(), bytes: None, ..self.clone() }
    }

    /// What it holds: what the audit reads, and what is saved.
    pub fn content(&self) -> Cow<'_, [u8]> {
        match (&self.bytes, self.written()) {
            (Some(bytes), _) => Cow::Borrowed(bytes),
            (None, Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            (None, Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        }
    }

    /// The text with the file's own line ends.
    fn written(&self) -> Cow<'_, str> {
        if self.crlf { Cow::Owned(self.text.replace('\n', "\r\n")) } else { Cow::Borrowed(&self.text) }
    }

    /// The text as the audit decoded it, with a fix; none where the fix does not fit.
    pub fn fixed(&self, fix: &Fix) -> Option<String> {
        let edits: Vec<Edit> = fix
            .edits
            .iter()
            .map(|edit| {
                let span = Span::new(edit.span.start as usize, edit.span.end as usize);
                Edit::replace(span, edit.replacement.as_str())
            })
            .collect();
        let decoded = self.bytes.as_ref().map(|bytes| SourceFile::decode(&self.path, &**bytes).0);
        let text = decoded.as_ref().map_or_else(|| self.written(), |file| Cow::Borrowed(file.text()));
        apply_edits(&text, &edits).filter(|fixed| *fixed != *text)
    }

    /// Whether the text field can hold it.
    pub fn is_editable(&self) -> bool {
        self.edits_anyway || (self.lines.count() <= MAX_EDITABLE_LINES && self.text.len() <= MAX_EDITABLE_BYTES)
    }

    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.bytes.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File::new(1, 1, "requirements.txt", Kind::Requirements).with_text(2, text)
    }

    #[test]
    fn the_audit_reads_what_the_file_holds() {
        for text in ["a\nb\n", "a\r\nb\r\n", "a\r\nb\n", "a\rb", "", "a"] {
            assert_eq!(&*file(text).content(), text.as_bytes(), "{text:?}");
            assert!(!file(text).text.contains('\r'));
        }
        let bytes = b"\xff\xfea\0\n\0";
        let utf16 = file("").with_bytes(3, bytes);
        assert_eq!((&*utf16.content(), &*utf16.text), (&bytes[..], "a\n"));
    }

    #[test]
    fn typing_keeps_the_line_ends() {
        assert_eq!(&*file("a\r\nb\r\n").typed(3, "a\nc\n").content(), b"a\r\nc\r\n");
        assert_eq!(&*file("a\rb").typed(3, "a\nc").content(), b"a\nc");
    }

    #[test]
    fn a_long_text_is_shown_and_edited_only_on_request() {
        assert!(file(&"a\n".repeat(MAX_EDITABLE_LINES - 1)).is_editable());
        let long = file(&"a\n".repeat(MAX_EDITABLE_LINES));
        assert!(!long.is_editable());
        assert!(File { edits_anyway: true, ..long }.is_editable());
        assert!(!file(&"a".repeat(MAX_EDITABLE_BYTES + 1)).is_editable());
    }
}
