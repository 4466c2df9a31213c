//! What rules write, messages and help: plain text with code in backticks, safe to show.

use std::borrow::Cow;

/// Characters that [`code`] shows before it cuts.
const MAX_CODE: usize = 200;

/// A stretch of prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// What stood between two backticks: a name, an option, a path.
    Code(&'a str),
}

/// Takes prose apart. A backtick without a partner is text.
pub fn prose(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some(inner) = rest.strip_prefix('`') {
            let Some((code, after)) = inner.split_once('`') else {
                return (!rest.is_empty()).then(|| Piece::Text(std::mem::take(&mut rest)));
            };
            rest = after;
            return Some(Piece::Code(code));
        }
        let (words, after) = rest.split_at(rest.find('`').unwrap_or(rest.len()));
        rest = after;
        (!words.is_empty()).then_some(Piece::Text(words))
    })
}

/// Wraps text from an audited file in backticks, for a message: it stays one piece of code, on one
/// line, whatever it holds, with hidden characters written out and its end cut off if it is long.
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('`');
    let mut room = MAX_CODE;
    for c in text.chars() {
        let before = out.len();
        if c == '`' {
            out.extend(c.escape_unicode());
        } else {
            push_visible(&mut out, c);
        }
        let width = out.get(before..).unwrap_or_default().chars().count();
        if width > room {
            out.truncate(before);
            out.push('…');
            break;
        }
        room -= width;
    }
    out.push('`');
    out
}

/// The text with its hidden characters written out (`\u{202e}`, `\n`), for any place that people read.
///
/// Also defuses `##[`, with which the runner of GitHub Actions begins a command anywhere in a line of output.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends a character, written out if it is hidden or would complete a `##[`.
pub fn push_visible(out: &mut String, c: char) {
    if is_hidden(c) {
        out.extend(c.escape_default());
    } else if c == '[' && out.ends_with("##") {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

/// The text, cut to `max` characters with an ellipsis in place of what is left out.
pub fn clip(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => Cow::Borrowed(text),
        Some(_) => text.chars().take(max.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Whether a character moves, hides or reorders text without being seen itself: control characters,
/// line separators, and Unicode's `Default_Ignorable_Code_Point` (bidirectional controls among them).
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn backticks_delimit_code() {
        let pieces: Vec<_> = prose("`flask` has no `--hash`, `odd").collect();
        use Piece::{Code, Text};
        assert_eq!(pieces, [Code("flask"), Text(" has no "), Code("--hash"), Text(", "), Text("`odd")]);
        assert_eq!(prose("").count(), 0);
        assert_eq!(prose("``").collect::<Vec<_>>(), [Code("")]);
    }

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(code("a`b"), r"`a\u{60}b`");
        assert_eq!(code("\u{202e}x\n\t\u{1b}[2J"), r"`\u{202e}x\n\t\u{1b}[2J`");
        assert_eq!(visible("ordinary, ünïcode, 名前"), "ordinary, ünïcode, 名前");
        assert_eq!(visible("##[error]x"), r"##\u{5b}error]x");
        for hidden in ['\u{ad}', '\u{34f}', '\u{115f}', '\u{3164}', '\u{fe0f}', '\u{e0041}'] {
            assert!(!visible(&format!("a{hidden}b")).contains(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(code(&"x".repeat(200)).chars().count(), 202);
        assert_eq!(code(&"x".repeat(201)), format!("`{}…`", "x".repeat(200)));
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abcd", 3), "ab…");
    }

    proptest! {
        #[test]
        fn code_is_one_piece_whatever_it_holds(text in any::<String>()) {
            let wrapped = format!("before {} after", code(&text));
            let pieces: Vec<_> = prose(&wrapped).collect();
            prop_assert!(matches!(pieces.as_slice(), [Piece::Text("before "), Piece::Code(_), Piece::Text(" after")]));
            prop_assert!(!wrapped.contains(is_hidden));
        }

        #[test]
        fn pieces_joined_are_the_prose(text in "[a`é ]{0,20}") {
            let joined: String = prose(&text)
                .map(|piece| match piece {
                    Piece::Text(words) => words.to_owned(),
                    Piece::Code(code) => format!("`{code}`"),
                })
                .collect();
            prop_assert_eq!(joined, text);
        }
    }
}
