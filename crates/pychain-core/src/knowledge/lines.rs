//! Sorted lines of text, searched where they lie.

use std::borrow::Cow;

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
        let line = self.0.get(self.first(key)..)?.split('\n').next()?;
        let (found, value) = line.split_once('\t').unwrap_or((line, ""));
        (found == key && !line.is_empty()).then_some(value)
    }

    /// The keys that begin so.
    pub fn starting_with<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.0.get(self.first(beginning)..).unwrap_or_default().lines();
        lines.take_while(move |line| line.starts_with(beginning)).map(key)
    }

    /// Where the first line begins whose key is not before this one.
    fn first(&self, wanted: &str) -> usize {
        let text: &str = &self.0;
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = low + (high - low) / 2;
            // From anywhere in a line to its beginning.
            let before = text.as_bytes().get(low..middle).unwrap_or_default();
            let start = before.iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
            let line = text.get(start..).and_then(|text| text.split('\n').next()).unwrap_or_default();
            if key(line).as_bytes() < wanted.as_bytes() {
                low = start + line.len() + 1;
            } else {
                high = start;
            }
        }
        low
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.lines().map(key)
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
