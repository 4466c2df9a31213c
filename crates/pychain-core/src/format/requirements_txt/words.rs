//! The words of a line: pip's split into requirement and options, and Python's `shlex.split`.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::eight::end_of_word;

/// A shell word: its value and its place in the logical line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellWord<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) range: Range<usize>,
}

/// Splits a line at the first space-separated word that begins with `-` (pip's `break_args_options`):
/// what stands before it, and where the options begin.
pub(super) fn split_options(line: &str) -> (&str, usize) {
    if line.starts_with('-') {
        return ("", 0);
    }
    let is_dash = |at: &usize| line.as_bytes().get(at + 1) == Some(&b'-');
    match memchr::memchr_iter(b' ', line.as_bytes()).find(is_dash) {
        Some(at) => (line.get(..at).unwrap_or_default(), at + 1),
        None => (line, line.len()),
    }
}

/// Python's `shlex.split` of `line[from..]`: `None` where a quote or an escape is left open.
pub(super) fn shell_words(line: &str, from: usize) -> Option<Vec<ShellWord<'_>>> {
    // A word for each `--hash` is about what a line has; there are few others.
    let mut words = Vec::with_capacity(line.len().saturating_sub(from).div_ceil(64));
    let mut rest = line.get(from..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(is_separator);
        if rest.is_empty() {
            return Some(words);
        }
        let start = line.len() - rest.len();
        let len = end_of_word(rest).unwrap_or(rest.len());
        let Some((plain, tail)) = rest.split_at_checked(len) else { return Some(words) };
        if tail.is_empty() || tail.starts_with(is_separator) {
            words.push(ShellWord { value: Cow::Borrowed(plain), range: start..start + len });
            rest = tail;
            continue;
        }
        let (value, tail) = quoted_word(plain, tail)?;
        words.push(ShellWord { value: Cow::Owned(value), range: start..line.len() - tail.len() });
        rest = tail;
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The value of a word that holds quotes or escapes, begun with `plain`; and what follows it.
fn quoted_word<'a>(plain: &str, tail: &'a str) -> Option<(String, &'a str)> {
    let mut value = plain.to_owned();
    let mut chars = tail.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            '\'' => loop {
                match chars.next()?.1 {
                    '\'' => break,
                    inner => value.push(inner),
                }
            },
            '"' => loop {
                match chars.next()?.1 {
                    '"' => break,
                    '\\' => {
                        let escaped = chars.next()?.1;
                        if !matches!(escaped, '"' | '\\') {
                            value.push('\\');
                        }
                        value.push(escaped);
                    }
                    inner => value.push(inner),
                }
            },
            _ if is_separator(c) => return Some((value, tail.get(at..).unwrap_or_default())),
            _ => value.push(c),
        }
    }
    Some((value, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_begin_at_the_first_word_with_a_dash() {
        assert_eq!(split_options("foo==1  --hash=x"), ("foo==1 ", 8));
        assert_eq!(split_options("-r x"), ("", 0));
        assert_eq!(split_options("foo\t--hash=x"), ("foo\t--hash=x", 12));
        assert_eq!(split_options("foo-bar - x"), ("foo-bar", 8));
    }

    #[test]
    fn words_are_the_shells() {
        let values = |line| {
            shell_words(line, 0).map(|words| words.into_iter().map(|word| word.value.into_owned()).collect::<Vec<_>>())
        };
        assert_eq!(values("-i\thttp://x  --a='b c'd"), Some(vec!["-i".into(), "http://x".into(), "--a=b cd".into()]));
        assert_eq!(values(r#"a\ b "c\"\d" ''"#), Some(vec!["a b".into(), r#"c"\d"#.into(), String::new()]));
        assert_eq!(values("-r 'x"), None);
        assert_eq!(values("x\\"), None);
    }
}
