//! Python source as tokens, each with its place. Nothing is run, and any text has tokens.
//!
//! Mirrors Python's lexical analysis as far as calls, assignments and literals need it: strings with their prefixes,
//! formatted ones with what is nested in them (PEP 701), comments, brackets and both ways to continue a line.

use crate::text::Span;

mod expression;
mod module;
mod string;

pub(super) use expression::{Argument, Cursor, Expression, dict_of};
pub(super) use module::{Binding, How, Module, Place, Scope};

/// A token, without white space and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// As it stands there.
    pub(super) text: &'t str,
    pub(super) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Name,
    /// A string with its prefix and quotes, of which so many bytes are the prefix and one of the quotes.
    String { prefix: usize, quote: usize, is_closed: bool },
    /// An operator, a bracket, or what Python knows nothing of.
    Operator,
    /// The end of a logical line.
    LineEnd,
}

impl<'t> Token<'t> {
    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// Whether it is this operator.
    pub(super) fn is(&self, operator: &str) -> bool {
        self.kind == Kind::Operator && self.text == operator
    }

    /// The name that it is.
    pub(super) fn name(&self) -> Option<&'t str> {
        (self.kind == Kind::Name).then_some(self.text)
    }
}

/// Operators of several characters, of which the longest counts.
const OPERATORS: [&str; 25] = [
    "**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "@=", ":=", "**", "//", "<<", ">>", "<>",
];

/// The tokens of a text, comments to `comments`.
pub(super) fn tokens<'t>(text: &'t str, comments: &mut Vec<Span>) -> Vec<Token<'t>> {
    let mut tokens: Vec<Token<'t>> = Vec::new();
    let mut depth = 0usize;
    // As soon as one formatted string makes no sense with others nested in it, they are read as before PEP 701.
    let mut can_nest = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(c) = rest.chars().next()
    {
        let start = at;
        let mut push = |kind: Kind, len: usize| {
            tokens.push(Token { kind, text: text.get(start..start + len).unwrap_or_default(), start });
            start + len
        };
        at = match c {
            '\n' | '\r' => {
                if depth == 0 {
                    push(Kind::LineEnd, 1)
                } else {
                    start + 1
                }
            }
            '\\' => start + 1 + line_end_len(rest.get(1..).unwrap_or_default()),
            '#' => {
                let end = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
                comments.push(Span::new(start, end));
                end
            }
            _ if c.is_whitespace() || c == '\u{feff}' => start + c.len_utf8(),
            _ => {
                if let Some((kind, len)) = string::token(rest, &mut can_nest) {
                    push(kind, len)
                } else if is_word(c) {
                    push(Kind::Name, rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
                } else {
                    match c {
                        '(' | '[' | '{' => depth += 1,
                        ')' | ']' | '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    let several = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
                    push(Kind::Operator, several.map_or(c.len_utf8(), |operator| operator.len()))
                }
            }
        };
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the line end that a text begins with.
fn line_end_len(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
