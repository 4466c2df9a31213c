//! Makes every character visible that a terminal would obey, hide or use to reorder others.
//!
//! All text that stems from an audited file passes through here before it reaches a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` on one line, without anything that a terminal interprets or does not show.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_visible(&mut out, c));
    Cow::Owned(out)
}

/// The same for text of several lines, whose line feeds and tabs stay.
pub(crate) fn visible_lines(text: &str) -> Cow<'_, str> {
    let kept = |c: char| matches!(c, '\n' | '\t');
    if !text.chars().any(|c| is_hidden(c) && !kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| if kept(c) { out.push(c) } else { push_visible(&mut out, c) });
    Cow::Owned(out)
}

/// Appends `c` if it shows as itself, and its escape (`\u{202e}`) if not.
pub(crate) fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_hidden(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// Control characters, line and paragraph separators, bidirectional controls, everything that
/// Unicode calls default-ignorable, and spaces that are not the space.
pub(crate) fn is_hidden(c: char) -> bool {
    !matches!(c, ' '..='~')
        && matches!(c,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
            | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in ["", "requests==2.32.3  # why", "Ünïcode 漢字 \u{1F600}"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_hides_is_shown() {
        for (text, shown) in [
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("a\nb\rc\td", r"a\nb\rc\td"),
            ("\u{7}\u{8}\0\u{7f}", r"\u{7}\u{8}\u{0}\u{7f}"),
            ("re\u{202e}quests\u{2066}", r"re\u{202e}quests\u{2066}"),
            ("a\u{200b}\u{2060}\u{feff}b\u{ad}", r"a\u{200b}\u{2060}\u{feff}b\u{ad}"),
            ("\u{e0041}\u{fe0f}\u{3164}", r"\u{e0041}\u{fe0f}\u{3164}"),
            ("a\u{a0}b\u{2028}", r"a\u{a0}b\u{2028}"),
        ] {
            assert_eq!(visible(text), shown);
            assert!(!visible(text).chars().any(is_hidden));
        }
    }

    #[test]
    fn lines_stay_lines_where_they_are_meant_to() {
        assert_eq!(visible_lines("a\n\tb\u{1b}c\r\n"), "a\n\tb\\u{1b}c\\r\n");
    }
}
