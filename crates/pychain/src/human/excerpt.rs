//! The piece of a source line that is shown for a span: cropped, every character visible, spans still in line.

use std::ops::Range;

use pychain_core::text::{ColumnEncoding, SourceFile, Span};

use pychain_core::prose::push_visible;

/// How many characters of a line are shown where nothing is known of the place where it is shown.
pub(crate) const WIDTH: usize = 120;
/// Fewer than this help nobody.
const MIN_WIDTH: usize = 30;

/// One source line, or as much of it as helps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// 1-based line of the span's start.
    pub(crate) line: usize,
    /// 1-based column of the span's start, in characters.
    pub(crate) column: usize,
    /// What is shown.
    pub(crate) text: String,
    /// The part of it to underline. A span of several lines is underlined to the end of the first.
    pub(crate) marked: Range<usize>,
}

impl Excerpt {
    /// At most `width` characters, a third of them before the span.
    pub(crate) fn new(file: &SourceFile, span: Span, width: usize) -> Self {
        let width = width.max(MIN_WIDTH);
        let position = file.position(span.start, ColumnEncoding::Chars);
        let line = file.line_span(position.line).range();
        let start = file.text().floor_char_boundary(span.range().start.clamp(line.start, line.end));
        let end = file.text().floor_char_boundary(span.range().end.clamp(start, line.end));
        let piece = |range: Range<usize>| file.text().get(range).unwrap_or_default();

        let before = piece(line.start..start);
        let crop = before.char_indices().rev().take(width / 3).last().map_or(before.len(), |(at, _)| at);
        let mut shown = Shown { room: width, ..Shown::default() };
        if crop > 0 {
            shown.text.push('…');
        }
        shown.push(piece(line.start + crop..start));
        let marked_start = shown.text.len();
        shown.push(piece(start..end));
        let marked = marked_start..shown.text.len();
        shown.push(piece(end..line.end));
        Self { line: position.line, column: position.column, text: shown.text, marked }
    }
}

#[derive(Default)]
struct Shown {
    text: String,
    width: usize,
    room: usize,
    full: bool,
}

impl Shown {
    fn push(&mut self, piece: &str) {
        for c in piece.chars() {
            if self.full {
                return;
            }
            if self.width >= self.room {
                self.text.push('…');
                self.full = true;
                return;
            }
            let from = self.text.len();
            match c {
                '\t' => self.text.push_str("    "),

                _ => push_visible(&mut self.text, c),
            }
            // An escape is many characters; what counts is what is seen.
            self.width += self.text.get(from..).unwrap_or_default().chars().count();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows `text` with its marked part in brackets, for the span of `needle` in it.
    #[track_caller]
    fn check(text: &str, needle: &str, shown: &str) {
        let file = SourceFile::from_text("r.txt", text);
        let at = text.find(needle).unwrap();
        let excerpt = Excerpt::new(&file, Span::new(at, at + needle.len()), WIDTH);
        let (before, rest) = excerpt.text.split_at(excerpt.marked.start);
        let (marked, after) = rest.split_at(excerpt.marked.len());
        assert_eq!(format!("{before}[{marked}]{after}"), shown);
    }

    #[test]
    fn a_span_is_marked_in_its_line() {
        check("a\nrequests==1  # x\r\nb\n", "requests", "[requests]==1  # x");
        check("a\nb", "b", "[b]");
    }

    #[test]
    fn a_span_of_several_lines_is_marked_to_the_end_of_the_first() {
        check("a==1 \\\n  --hash=x\n", "==1 \\\n  --hash=x", "a[==1 \\]");
    }

    #[test]
    fn hidden_characters_are_shown_and_the_mark_stays_in_line() {
        check("\u{202e}x\tre\u{200b}q==1\u{1b}[0m\n", "re\u{200b}q", "\\u{202e}x    [re\\u{200b}q]==1\\u{1b}[0m");
        check("a\rb==1\n", "b", "a\\r[b]==1");
    }

    #[test]
    fn a_long_line_is_cropped_around_the_span() {
        let text = format!("{}needle{}", "a".repeat(10_000), "b".repeat(10_000));
        check(&text, "needle", &format!("…{}[needle]{}…", "a".repeat(40), "b".repeat(WIDTH - 46)));
        let long = "n".repeat(10_000);
        check(&long, &long, &format!("[{}…]", "n".repeat(WIDTH)));
    }

    #[test]
    fn a_narrow_terminal_gets_a_narrow_excerpt() {
        let text = format!("{}needle{}", "a".repeat(100), "b".repeat(100));
        let file = SourceFile::from_text("r.txt", text);
        let excerpt = Excerpt::new(&file, Span::new(100, 106), 60);
        assert_eq!(excerpt.text, format!("…{}needle{}…", "a".repeat(20), "b".repeat(34)));
    }

    #[test]
    fn any_span_gives_an_excerpt() {
        let file = SourceFile::from_text("r.txt", "é\nb");
        for start in 0..6 {
            for end in start..6 {
                let excerpt = Excerpt::new(&file, Span::new(start, end), WIDTH);
                assert!(excerpt.text.get(excerpt.marked.clone()).is_some(), "{start}..{end} {excerpt:?}");
            }
        }
        assert_eq!(Excerpt::new(&SourceFile::from_text("r.txt", ""), Span::new(0, 0), 0).marked, 0..0);
    }
}
