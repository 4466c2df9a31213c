//! Lines of a text as the editor shows them, and places in it as browsers count (UTF-16).

use pychain_core::order::Set;

use crate::report::Position;

/// Where the lines of a text begin, and how wide the widest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The first byte of each line; there is always one.
    starts: Vec<u32>,
    /// Columns of the widest line, generously: whatever is not ASCII may take two.
    pub widest: usize,
}

/// Columns to the next stop of a tab.
pub const TAB: usize = 8;

impl Lines {
    /// Looks through a text whose lines end with line feeds.
    pub fn of(text: &str) -> Self {
        let mut starts = Vec::new();
        let (mut start, mut widest) = (0, 0);
        for line in text.split('\n') {
            starts.push(u32::try_from(start).unwrap_or(u32::MAX));
            start += line.len() + 1;
            // Only a tab takes more columns than bytes. To look at each letter of a long text takes two milliseconds.
            if line.len() > widest || line.contains('\t') {
                widest = widest.max(width(line));
            }
        }
        Self { starts, widest }
    }

    /// How many there are; a text that ends with a line feed has an empty last one, as in any editor.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// A line by its number from 1, without its end.
    pub fn get<'t>(&self, text: &'t str, number: usize) -> &'t str {
        let Some(start) = number.checked_sub(1).and_then(|at| self.starts.get(at)) else { return "" };
        let end = self.starts.get(number).map_or(text.len(), |next| *next as usize - 1);
        text.get(*start as usize..end).unwrap_or_default()
    }

    /// The byte where a place is; the end of its line where it is beyond that.
    pub fn offset(&self, text: &str, place: Position) -> usize {
        let line = self.get(text, place.line);
        let within = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        let start = place.line.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or_default();
        start as usize + within
    }

    /// The place of a byte.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default() as usize;
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}

/// For each line of a text, whether another text lacks it. Told where the two differ, so that of two lines alike the
/// one that came is told.
pub fn lacking(text: &str, other: &str) -> Vec<bool> {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (text.split('\n').collect(), other.split('\n').collect());
    let shorter = ours.len().min(theirs.len());
    let before = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let behind = ours.iter().rev().zip(theirs.iter().rev()).take(shorter - before).take_while(|(a, b)| a == b).count();
    let known = theirs.iter().take(theirs.len() - behind).skip(before).copied().collect::<Set<_>>();
    let is_between = |at: usize| (before..ours.len() - behind).contains(&at);
    ours.iter().enumerate().map(|(at, line)| is_between(at) && !known.contains(line)).collect()
}

/// The columns of a line, or more.
fn width(line: &str) -> usize {
    let of = |byte: u8| match byte {
        b'\t' => TAB,
        0x20..=0x7e => 1,
        // The first byte of what is not ASCII; the others come with it.
        0xc0.. => 2,
        _ => 0,
    };
    line.bytes().map(of).sum()
}

/// Counts a byte offset in UTF-16 units, as a selection in a browser does.
pub fn to_utf16(text: &str, offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    let units = if before.is_ascii() { before.len() } else { before.chars().map(char::len_utf16).sum() };
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The byte offset of a number of UTF-16 units.
pub fn from_utf16(text: &str, units: u32) -> usize {
    let units = units as usize;
    if text.is_ascii() {
        return units.min(text.len());
    }
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "ab\n\nc\u{1F600}d\n";
        let lines = Lines::of(text);
        assert_eq!((1..=4).map(|number| lines.get(text, number)).collect::<Vec<_>>(), ["ab", "", "c\u{1F600}d", ""]);
        assert_eq!((lines.count(), lines.widest), (4, 4));
        assert_eq!((lines.get(text, 0), lines.get(text, 9)), ("", ""));
        assert_eq!(Lines::of("").count(), 1);
    }

    #[test]
    fn a_line_that_the_other_text_lacks_is_told() {
        let told = |text: &str, other: &str| -> String {
            lacking(text, other).into_iter().map(|lacks| if lacks { '!' } else { '.' }).collect()
        };
        assert_eq!(told("a\nb\nc", "a\nx\nc"), ".!.");
        assert_eq!(told("a\nb\nc", "a\nc"), ".!.");
        assert_eq!(told("a\nc", "a\nb\nc"), "..");
        // The same line twice, lines that only moved, the same text, nothing.
        assert_eq!(told("a\na\n", "a\n"), ".!.");
        assert_eq!(told("b\na\nx\n", "a\nb\ny\n"), "..!.");
        assert_eq!(told("a\nb\n", "a\nb\n"), "...");
        assert_eq!(told("", ""), ".");
        assert_eq!(told("a\nb", ""), "!!");
        assert_eq!(told("", "a\nb"), "!");
    }

    #[test]
    fn places_and_offsets_agree() {
        let text = "é\n\u{1F600}x\ny";
        let lines = Lines::of(text);
        for (offset, _) in text.char_indices() {
            let place = lines.position(text, offset);
            assert_eq!(lines.offset(text, place), offset);
            assert_eq!(from_utf16(text, to_utf16(text, offset)), offset);
        }
        assert_eq!(lines.position(text, 7), Position { line: 2, column: 2 });
        assert_eq!(to_utf16(text, 7), 4);
        assert_eq!(lines.offset(text, Position { line: 2, column: 99 }), 8);
    }
}
