//! Sorted lines of text, searched where they lie.

use std::borrow::Cow;

/// Lines `KEY` or `KEY<TAB>VALUE`, sorted by their bytes, each ended by a line feed.
#[derive(Debug, Clone, Default)]
pub struct SortedLines {
    text: Cow<'static, str>,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl SortedLines {
    /// Takes lines that are sorted already.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = std::iter::once(0).chain(ends).filter(|start| *start < text.len()).collect();
        Self { text, starts }
    }

    /// The value of a key; the empty one where it has none.
    pub fn get(&self, key: &str) -> Option<&str> {
        let line = self.from(self.first(key)).next()?;
        let value = line.strip_prefix(key)?;
        if value.is_empty() { Some(value) } else { value.strip_prefix('\t') }
    }

    /// The keys that begin so.
    pub fn starting_with<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = &'a str> {
        self.from(self.first(beginning)).take_while(move |line| line.starts_with(beginning)).map(key)
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.from(0).map(key)
    }

    /// The lines from one on.
    fn from(&self, line: usize) -> impl Iterator<Item = &str> {
        self.starts.get(line).and_then(|start| self.text.get(*start..)).unwrap_or_default().lines()
    }

    /// The first line whose key is not before this one.
    fn first(&self, wanted: &str) -> usize {
        let wanted = wanted.as_bytes();
        self.starts.partition_point(|start| {
            let line = self.text.as_bytes().get(*start..).unwrap_or_default();
            // What ends a key is below all that a key is made of.
            let length = line.iter().zip(wanted).take_while(|(a, b)| a == b).count();
            match (line.get(length), wanted.get(length)) {
                (_, None) => false,
                (None | Some(b'\t' | b'\n'), Some(_)) => true,
                (Some(a), Some(b)) => a < b,
            }
        })
    }
}

fn key(line: &str) -> &str {
    line.split_once('\t').map_or(line, |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let lines = SortedLines::new("bs4\tbeautifulsoup4\ncv2\topencv-python\nos\nyaml\tpyyaml\n");
        assert_eq!(lines.get("bs4"), Some("beautifulsoup4"));
        assert_eq!(lines.get("os"), Some(""));
        assert_eq!(lines.get("yaml"), Some("pyyaml"));
        for absent in ["", "a", "bs", "bs45", "zzz", "o", "os\n"] {
            assert_eq!(lines.get(absent), None, "{absent}");
        }
        assert_eq!(lines.keys().count(), 4);
        for (beginning, expected) in
            [("b", &["bs4"][..]), ("", &["bs4", "cv2", "os", "yaml"]), ("z", &[]), ("o", &["os"])]
        {
            assert_eq!(lines.starting_with(beginning).collect::<Vec<_>>(), expected, "{beginning}");
        }
        assert_eq!(SortedLines::default().get("a"), None);
    }
}
