//! A cursor over text, with the character classes of Python's `re`.

use std::ops::Range;

/// A position in a text. Every advance is by whole characters, so every offset is a boundary.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes `literal` if it is next.
    pub(crate) fn eat(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Takes the longest run of characters of a class; says how many bytes.
    pub(crate) fn eat_while(&mut self, mut class: impl FnMut(char) -> bool) -> usize {
        let rest = self.rest();
        let len = rest.find(|c| !class(c)).unwrap_or(rest.len());
        self.at += len;
        len
    }

    /// `[ \t]+`: packaging's only white space between tokens.
    pub(crate) fn eat_blanks(&mut self) -> bool {
        self.eat_while(|c| c == ' ' || c == '\t') > 0
    }

    pub(crate) fn advance_to(&mut self, at: usize) {
        self.at = at;
    }

    /// `\b` at a byte offset.
    pub(crate) fn is_word_boundary(&self, at: usize) -> bool {
        let before = self.text.get(..at).and_then(|text| text.chars().next_back()).is_some_and(is_word);
        let after = self.text.get(at..).and_then(|text| text.chars().next()).is_some_and(is_word);
        before != after
    }

    /// Takes `word` if it stands here between word boundaries.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let end = self.at + word.len();
        let found = self.rest().starts_with(word) && self.is_word_boundary(self.at) && self.is_word_boundary(end);
        if found {
            self.at = end;
        }
        found
    }
}

/// `\w` of Python's `re` on text.
pub(crate) fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// `\s` of Python's `re` on text, and what `str.strip` removes: Unicode white space and the four
/// information separators.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Python's `str.strip()`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}
