//! Sorted lines of text, searched where they lie.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Lines `KEY` or `KEY<TAB>VALUE`, sorted by their bytes, each ended by a line feed.
#[derive(Debug, Clone, Default)]
pub struct SortedLines(Cow<'static, str>);

impl SortedLines {
    /// Takes lines that are sorted already.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    /// The value of a key; the empty one where it has none.
    pub fn get(&self, key: &str) -> Option<&str> {
        let text: &str = &self.0;
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            // From anywhere in a line to its beginning.
            let start = text
                .as_bytes()
                .get(low..middle)?
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(low, |at| low + at + 1);
            let line = text.get(start..)?.split('\n').next()?;
            let (found, value) = line.split_once('\t').unwrap_or((line, ""));
            match found.as_bytes().cmp(key.as_bytes()) {
                Ordering::Equal => return Some(value),
                Ordering::Less => low = start + line.len() + 1,
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.lines().map(|line| line.split_once('\t').map_or(line, |(key, _)| key))
    }
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
        assert_eq!(SortedLines::default().get("a"), None);
    }
}
