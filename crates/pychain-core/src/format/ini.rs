//! Files of Python's `configparser`, values as they stand: no interpolation, comments on lines of their own,
//! values that go on where a line is indented deeper than their key.

use super::logical::LogicalLine;
use super::logical::Segments;
use crate::order::Set;
use crate::text::{SourceFile, Span};

/// The section whose values stand in all others, unless they have their own.
const DEFAULT: &str = "DEFAULT";

/// A file taken apart, up to what the parser refuses.
#[derive(Debug, Default)]
pub(super) struct Ini {
    pub(super) sections: Vec<IniSection>,
    /// What the parser refuses, and where.
    pub(super) error: Option<(Span, String)>,
}

/// What stands below one header.
#[derive(Debug)]
pub(super) struct IniSection {
    pub(super) name: String,
    pub(super) entries: Vec<IniEntry>,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct IniEntry {
    /// As the caller's `key` makes it.
    pub(super) key: String,
    pub(super) key_span: Span,
    /// The lines of the value, without white space at their ends; empty and comment lines are none.
    pub(super) lines: Vec<LogicalLine<'static>>,
}

impl Ini {
    /// The section of a name.
    pub(super) fn section(&self, name: &str) -> Option<&IniSection> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The same with the values of `[DEFAULT]` in each section, behind its own: there they stand for a parser, and only
    /// in sections that are there.
    pub(super) fn with_defaults(mut self) -> Self {
        let (defaults, mut sections): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.sections).into_iter().partition(|section| section.name == DEFAULT);
        for section in &mut sections {
            let own = section.entries.len();
            for entry in defaults.iter().flat_map(|defaults| &defaults.entries) {
                if !section.entries.iter().take(own).any(|known| known.key == entry.key) {
                    section.entries.push(entry.clone());
                }
            }
        }
        Self { sections, ..self }
    }

    /// The same with what several of some sections have of `[DEFAULT]` in the first of them alone, to be told once.
    pub(super) fn once(mut self, is_one: impl Fn(&str) -> bool) -> Self {
        let mut known = Set::new();
        for section in self.sections.iter_mut().filter(|section| is_one(&section.name)) {
            section.entries.retain(|entry| known.insert(entry.key_span));
        }
        self
    }
}

impl IniSection {
    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&IniEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// Reads a file; `key` is the parser's `optionxform`. A section or a key that stands there twice is refused, as is a line
/// that is neither.
pub(super) fn parse(file: &SourceFile, key: fn(&str) -> String) -> Ini {
    let mut ini = Ini::default();
    let mut names = Set::new();
    let mut keys = Set::new();
    let mut indent = usize::MAX;
    for number in 1..=file.line_count() {
        let span = file.line_span(number);
        let line = file.slice(span);
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let start = span.start as usize + (line.len() - line.trim_start().len());
        let level = line.chars().take_while(|c| c.is_whitespace()).count();
        let at = |range: std::ops::Range<usize>| {
            text(trimmed.get(range.clone()).unwrap_or_default(), start + range.start, number)
        };
        let place = Span::new(start, start + trimmed.len());
        let refuse = |message: &str| Some((place, message.to_owned()));
        if level > indent
            && let Some(entry) = ini.sections.last_mut().and_then(|section| section.entries.last_mut())
        {
            entry.lines.push(at(0..trimmed.len()));
            continue;
        }
        indent = level;
        if let Some(name) = header(trimmed) {
            // What is indented below a header belongs to no key.
            indent = usize::MAX;
            if !names.insert(name.to_owned()) && name != DEFAULT {
                ini.error = refuse("the section is there twice");
                return ini;
            }
            ini.sections.push(IniSection { name: name.to_owned(), entries: Vec::new() });
            continue;
        }
        let Some(section) = ini.sections.last_mut() else {
            ini.error = refuse("a section header, such as `[global]`, has to come first");
            return ini;
        };
        let Some(separator) = trimmed.find(['=', ':']) else {
            ini.error = refuse("the line has no `=`");
            return ini;
        };
        let name = trimmed.get(..separator).unwrap_or_default().trim_end();
        let (key, key_span) = (key(name), Span::new(start, start + name.len()));
        if !keys.insert((section.name.clone(), key.clone())) {
            ini.error = refuse("the key is there twice");
            return ini;
        }
        let value = trimmed.get(separator + 1..).unwrap_or_default();
        let from = separator + 1 + (value.len() - value.trim_start().len());
        let lines = if from < trimmed.len() { vec![at(from..trimmed.len())] } else { Vec::new() };
        section.entries.push(IniEntry { key, key_span, lines });
    }
    ini
}

fn header(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    let end = inner.rfind(']').filter(|end| *end > 0)?;
    inner.get(..end)
}

fn text(value: &str, start: usize, number: usize) -> LogicalLine<'static> {
    LogicalLine {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        text: value.to_owned().into(),
        cut_by_comment: None,
        segments: Segments::One(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> (Vec<String>, Option<String>) {
        let file = SourceFile::from_text("pip.conf", text);
        let ini = parse(&file, str::to_lowercase);
        let mut out = Vec::new();
        for section in &ini.sections {
            for entry in &section.entries {
                let lines: Vec<&str> = entry.lines.iter().map(|line| line.text.as_ref()).collect();
                for line in &entry.lines {
                    assert_eq!(file.slice(line.span(0..line.text.len())), line.text);
                }
                out.push(format!("{}.{}={}", section.name, entry.key, lines.join("|")));
            }
        }
        (out, ini.error.map(|(span, message)| format!("{}: {message}", file.slice(span))))
    }

    #[test]
    fn values_are_configparsers() {
        let (entries, error) = shape(
            "# c\n[global]\nIndex-Url = https://a # kept\nextra-index-url:\n    https://b\n    ; c\n\n    https://c\n[a:b]\nx=1\n y\n[é]\nz = é=ü\n",
        );
        let expected =
            ["global.index-url=https://a # kept", "global.extra-index-url=https://b|https://c", "a:b.x=1|y", "é.z=é=ü"];
        assert_eq!((entries.as_slice(), error), (expected.map(str::to_owned).as_slice(), None));
    }

    #[test]
    fn what_the_parser_refuses_has_a_place() {
        for (text, expected) in [
            ("a = 1\n", "a = 1: a section header, such as `[global]`, has to come first"),
            ("[a]\nx\n", "x: the line has no `=`"),
            ("[a]\nx=1\nX: 2\n", "X: 2: the key is there twice"),
            ("[a]\n[b]\n[a]\n", "[a]: the section is there twice"),
            ("[DEFAULT]\nx=1\n[a]\nx=1\n[DEFAULT]\ny=1\nx=2\n", "x=2: the key is there twice"),
        ] {
            assert_eq!(shape(text).1.as_deref(), Some(expected), "{text}");
        }
    }
}
