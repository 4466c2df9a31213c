//! String literals: where they end, and what they stand for.

use super::{Kind, Token, line_end_len};
use crate::format::logical::Pieces;

/// How deep strings may nest in the fields of formatted ones.
const MAX_NESTING: usize = 8;

/// The string that a text begins with, and its length.
pub(super) fn token(text: &str, can_nest: &mut bool) -> Option<(Kind, usize)> {
    let (prefix, quote) = opening(text)?;
    let body = prefix.len() + quote.len();
    let is_formatted = prefix.contains(['f', 'F', 't', 'T']);
    let end = if is_formatted && *can_nest {
        let end = formatted(text, body, quote, 0);
        *can_nest = end.is_some();
        end.map(|end| (end, true))
    } else {
        None
    };
    let (end, is_closed) = end.unwrap_or_else(|| plain(text, body, quote));
    Some((Kind::String { prefix: prefix.len(), quote: quote.len(), is_closed }, end))
}

/// The prefix and the quote that a text begins with.
fn opening(text: &str) -> Option<(&str, &'static str)> {
    let len = text.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\''))?;
    let prefix = text.get(..len)?;
    let lower = prefix.to_ascii_lowercase();
    if !["", "r", "b", "u", "f", "t", "rb", "br", "rf", "fr", "rt", "tr"].contains(&lower.as_str()) {
        return None;
    }
    let quoted = text.get(len..)?;
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| quoted.starts_with(quote))?;
    Some((prefix, quote))
}

/// Where a string ends whose body begins at `at`, and whether it is closed there.
fn plain(text: &str, mut at: usize, quote: &str) -> (usize, bool) {
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['\\', '"', '\'', '\n', '\r'])) {
        at += found;
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with(quote) {
            return (at + quote.len(), true);
        }
        if rest.starts_with('\\') {
            at += escape_len(rest);
        } else if rest.starts_with(['\n', '\r']) && quote.len() == 1 {
            return (at, false);
        } else {
            at += 1;
        }
    }
    (text.len(), false)
}

/// Where a formatted string ends; none where its fields make no sense.
fn formatted(text: &str, mut at: usize, quote: &str, nesting: usize) -> Option<usize> {
    if nesting > MAX_NESTING {
        return None;
    }
    loop {
        at += text.get(at..)?.find(['\\', '"', '\'', '\n', '\r', '{'])?;
        let rest = text.get(at..)?;
        if rest.starts_with(quote) {
            return Some(at + quote.len());
        }
        at = match rest.as_bytes() {
            [b'\\', ..] => at + escape_len(rest),
            [b'{', b'{', ..] => at + 2,
            [b'{', ..] => field(text, at + 1, quote, nesting)?,
            [b'\n' | b'\r', ..] if quote.len() == 1 => return None,
            _ => at + 1,
        };
    }
}

/// Where the field of a formatted string ends that begins at `at`.
fn field(text: &str, mut at: usize, quote: &str, nesting: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut is_format = false;
    loop {
        let rest = text.get(at..)?;
        let c = rest.chars().next()?;
        let len = c.len_utf8();
        at = match c {
            '}' if depth == 0 => return Some(at + 1),
            // Behind the colon all is text but fields.
            '{' if is_format => {
                field(text, at + 1, quote, nesting.checked_add(1).filter(|deep| *deep <= MAX_NESTING)?)?
            }
            _ if is_format && rest.starts_with(quote) => return None,
            _ if is_format => at + len,
            ':' if depth == 0 => {
                is_format = true;
                at + 1
            }
            '(' | '[' | '{' => {
                depth += 1;
                at + 1
            }
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                at + 1
            }
            _ if c.is_alphanumeric() || matches!(c, '_' | '"' | '\'') => match opening(rest) {
                Some((prefix, inner)) => {
                    let body = at + prefix.len() + inner.len();
                    if prefix.contains(['f', 'F', 't', 'T']) {
                        formatted(text, body, inner, nesting + 1)?
                    } else {
                        let (end, is_closed) = plain(text, body, inner);
                        is_closed.then_some(end)?
                    }
                }
                None => at + rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?.max(1),
            },
            _ => at + len,
        };
    }
}

/// The length of a backslash and what it goes with.
fn escape_len(text: &str) -> usize {
    let rest = text.get(1..).unwrap_or_default();
    1 + line_end_len(rest).max(rest.chars().next().map_or(0, char::len_utf8))
}

/// How much is known of what a string stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// All.
    Whole,
    /// All but its fields, which stand as written.
    Formatted,
    /// Nothing: it is no text.
    Nothing,
}

/// Adds what a string stands for to a value.
pub(super) fn add(token: &Token<'_>, pieces: &mut Pieces) -> Known {
    let Kind::String { prefix, quote, is_closed: true } = token.kind else { return Known::Nothing };
    let letters = token.text.get(..prefix).unwrap_or_default().to_ascii_lowercase();
    let body = token.text.get(prefix + quote..token.text.len() - quote).unwrap_or_default();
    if letters.contains(['b', 't']) {
        return Known::Nothing;
    }
    let offset = token.start + prefix + quote;
    let is_raw = letters.contains('r');
    let (mut at, mut plain) = (0, 0);
    while let Some(found) = body.get(at..).and_then(|rest| rest.find(['\\', '\r'])) {
        at += found;
        let rest = body.get(at..).unwrap_or_default();
        let (value, len) = if rest.starts_with('\r') {
            (Some('\n'), line_end_len(rest))
        } else if is_raw {
            at += 1;
            continue;
        } else {
            match escape(rest) {
                Escape::Character(value, len) => (Some(value), len),
                Escape::Nothing(len) => (None, len),
                Escape::Itself => {
                    at += 1;
                    continue;
                }
                Escape::Unknown => return Known::Nothing,
            }
        };
        pieces.plain(body.get(plain..at).unwrap_or_default(), offset + plain);
        if let Some(value) = value {
            pieces.escaped(value.encode_utf8(&mut [0; 4]), offset + at..offset + at + len);
        }
        at += len;
        plain = at;
    }
    pieces.plain(body.get(plain..).unwrap_or_default(), offset + plain);
    if letters.contains('f') && body.contains(['{', '}']) { Known::Formatted } else { Known::Whole }
}

enum Escape {
    Character(char, usize),
    /// A line that goes on.
    Nothing(usize),
    /// A backslash that escapes nothing is one.
    Itself,
    /// Names of characters, halves of some, and errors.
    Unknown,
}

/// The escape that a text begins with.
fn escape(text: &str) -> Escape {
    let rest = text.get(1..).unwrap_or_default();
    let simple = |value: char| Escape::Character(value, 2);
    let digits = |len: usize, radix: u32, from: usize| {
        let digits = rest.get(from..from + len).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok()).and_then(char::from_u32);
        value.map_or(Escape::Unknown, |value| Escape::Character(value, 1 + from + len))
    };
    match rest.as_bytes().first() {
        Some(b'\n' | b'\r') => Escape::Nothing(1 + line_end_len(rest)),
        Some(b'\\') => simple('\\'),
        Some(b'\'') => simple('\''),
        Some(b'"') => simple('"'),
        Some(b'a') => simple('\u{7}'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'v') => simple('\u{b}'),
        Some(b'0'..=b'7') => digits(rest.bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count(), 8, 0),
        Some(b'x') => digits(2, 16, 1),
        Some(b'u') => digits(4, 16, 1),
        Some(b'U') => digits(8, 16, 1),
        Some(b'N') => Escape::Unknown,
        _ => Escape::Itself,
    }
}
