//! Expressions, as far as they are literals. All else is computed, and stays unknown.

use super::string::{self, Known};
use super::{Kind, Token};
use crate::format::logical::{LogicalLine, Pieces};
use crate::format::shell;
use crate::text::{SourceFile, Span};

/// How deep literals may nest.
const MAX_NESTING: usize = 64;

/// What stands for a value.
#[derive(Debug, Clone)]
pub(in crate::format) enum Expression<'t> {
    /// A string; a formatted one has its fields as written.
    Text { text: LogicalLine<'static>, span: Span, is_formatted: bool },
    /// A list or tuple.
    List(Vec<Self>),
    /// A set.
    Set(Vec<Self>, Span),
    /// A dictionary, also as `dict(key=value)`. Without a key what is spread into it.
    Dict(Vec<(Option<Self>, Self)>),
    /// Values joined by `+`.
    Sum(Vec<Self>),
    /// One of two values, as something decides when the program runs.
    Either(Box<[Self; 2]>),
    /// What is spread into a list, or into the arguments of a call.
    Starred(Box<Self>),
    /// What a name stands for.
    Name(&'t str, Span),
    /// What a string is the key of, in what a name stands for.
    Item(&'t str, LogicalLine<'static>, Span),
    /// `None`.
    Nothing,
    /// Anything else.
    Computed(Span),
}

impl Expression<'_> {
    /// Where it stands; none for one of several parts.
    pub(in crate::format) fn span(&self) -> Option<Span> {
        match self {
            Self::Text { span, .. }
            | Self::Set(_, span)
            | Self::Name(_, span)
            | Self::Item(_, _, span)
            | Self::Computed(span) => Some(*span),
            Self::Starred(inner) => inner.span(),
            Self::List(_) | Self::Dict(_) | Self::Sum(_) | Self::Either(_) | Self::Nothing => None,
        }
    }
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub(in crate::format) enum Argument<'t> {
    Positional(Expression<'t>),
    /// With its name, as a text at the place of the name.
    Keyword(LogicalLine<'static>, Expression<'t>),
    /// `**value`.
    Spread(Expression<'t>),
}

/// A place among tokens.
pub(in crate::format) struct Cursor<'a, 't> {
    pub(in crate::format) file: &'a SourceFile,
    pub(in crate::format) tokens: &'a [Token<'t>],
    pub(in crate::format) at: usize,
}

impl<'t> Cursor<'_, 't> {
    /// The token here.
    fn token(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    /// Whether an operator is here.
    fn is(&self, operator: &str) -> bool {
        self.token().is_some_and(|token| token.is(operator))
    }

    /// Goes over an operator, if it is here.
    pub(in crate::format) fn take(&mut self, operator: &str) -> bool {
        let found = self.is(operator);
        self.at += usize::from(found);
        found
    }

    /// The expression that begins here, up to what ends one.
    pub(in crate::format) fn expression(&mut self) -> Expression<'t> {
        self.nested(0)
    }

    /// The arguments of the call whose bracket was just opened, up to behind the one that closes it.
    pub(in crate::format) fn arguments(&mut self) -> Vec<Argument<'t>> {
        self.nested_arguments(0)
    }

    fn nested(&mut self, depth: usize) -> Expression<'t> {
        let from = self.at;
        let mut terms = vec![self.operand(depth)];
        while self.take("+") {
            terms.push(self.operand(depth));
        }
        if self.is_at_end() {
            return sum(terms);
        }
        if depth < MAX_NESTING && self.token().is_some_and(|token| token.name() == Some("if")) {
            // Whatever the condition is.
            while self.token().is_some_and(|token| token.name() != Some("else")) && !self.is_at_end() {
                self.skip();
            }
            if self.token().is_some_and(|token| token.name() == Some("else")) {
                self.at += 1;
                return Expression::Either(Box::new([sum(terms), self.nested(depth + 1)]));
            }
        }
        self.computed(from)
    }

    /// Whether an expression ends here.
    fn is_at_end(&self) -> bool {
        self.token().is_none_or(|token| match token.kind {
            Kind::LineEnd => true,
            Kind::Operator => matches!(token.text, "," | ")" | "]" | "}" | ":" | "=" | ";"),
            Kind::Name | Kind::String { .. } => false,
        })
    }

    /// What reaches from the token `from` to the end of the expression that goes on here.
    fn computed(&mut self, from: usize) -> Expression<'t> {
        // The colon of a `lambda` ends nothing.
        let is_lambda = |token: &Token<'_>| token.name() == Some("lambda");
        let mut lambdas =
            self.tokens.get(from..self.at).unwrap_or_default().iter().filter(|token| is_lambda(token)).count();
        while let Some(token) = self.token() {
            if token.is(":") && lambdas > 0 {
                lambdas -= 1;
            } else if self.is_at_end() {
                break;
            }
            lambdas += usize::from(is_lambda(&token));
            self.skip();
        }
        // There is always progress, so that nobody waits here for ever.
        if self.at == from {
            self.at += 1;
        }
        Expression::Computed(self.span_from(from))
    }

    /// From a token to the last one before this place.
    fn span_from(&self, from: usize) -> Span {
        let first = self.tokens.get(from).map(Token::span).unwrap_or_default();
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last));
        last.map_or(first, |last| first.cover(last.span()))
    }

    /// Goes over a token, and over all that it brackets.
    fn skip(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.token() {
            self.at += 1;
            if token.kind == Kind::Operator {
                match token.text {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn operand(&mut self, depth: usize) -> Expression<'t> {
        let from = self.at;
        let Some(token) = self.token() else { return Expression::Computed(Span::default()) };
        let found = match token.kind {
            Kind::String { .. } => self.strings(),
            Kind::Name => match token.text {
                "None" => {
                    self.at += 1;
                    Expression::Nothing
                }
                "dict" if self.tokens.get(self.at + 1).is_some_and(|next| next.is("(")) && depth < MAX_NESTING => {
                    self.at += 2;
                    self.dict_call(depth + 1)
                }
                _ => {
                    self.at += 1;
                    Expression::Name(token.text, token.span())
                }
            },
            Kind::Operator if depth < MAX_NESTING => match token.text {
                "[" => {
                    self.at += 1;
                    Expression::List(self.items("]", depth + 1).0)
                }
                "(" => {
                    self.at += 1;
                    let (mut items, is_tuple) = self.items(")", depth + 1);
                    match items.pop() {
                        // Brackets around a value are only that.
                        Some(only) if items.is_empty() && !is_tuple => only,
                        last => {
                            items.extend(last);
                            Expression::List(items)
                        }
                    }
                }
                "{" => {
                    self.at += 1;
                    self.braces(from, depth + 1)
                }
                _ => return Expression::Computed(token.span()),
            },
            Kind::Operator => {
                self.skip();
                Expression::Computed(self.span_from(from))
            }
            Kind::LineEnd => return Expression::Computed(Span::new(token.start, token.start)),
        };
        let found = match found {
            Expression::Name(name, _) if depth < MAX_NESTING => self.item_of(name, from, depth).unwrap_or(found),
            found => found,
        };
        // A call, an attribute or an item of it: who knows.
        let is_trailed = |this: &Self| ["(", "[", "."].iter().any(|opening| this.is(opening));
        if !is_trailed(self) {
            return found;
        }
        while is_trailed(self) {
            let is_attribute = self.is(".");
            self.skip();
            if is_attribute && self.token().is_some_and(|token| token.kind == Kind::Name) {
                self.at += 1;
            }
        }
        Expression::Computed(self.span_from(from))
    }

    /// The item of a name that was just passed, if it has a key that is a string.
    fn item_of(&mut self, name: &'t str, from: usize, depth: usize) -> Option<Expression<'t>> {
        let [opening, key, closing] = *self.tokens.get(self.at..)?.first_chunk()?;
        if !opening.is("[") || !matches!(key.kind, Kind::String { .. }) || !closing.is("]") {
            return None;
        }
        let start = self.at;
        self.at += 1;
        if let Expression::Text { text, is_formatted: false, .. } = self.nested(depth + 1) {
            self.at += 1;
            return Some(Expression::Item(name, text, self.span_from(from)));
        }
        self.at = start;
        None
    }

    /// Strings that stand beside each other, which are one.
    fn strings(&mut self) -> Expression<'t> {
        let from = self.at;
        let mut pieces = Pieces::default();
        let (mut is_formatted, mut is_known) = (false, true);
        while let Some(token) = self.token().filter(|token| matches!(token.kind, Kind::String { .. })) {
            let known = string::add(&token, &mut pieces);
            is_formatted |= known == Known::Formatted;
            is_known &= known != Known::Nothing;
            self.at += 1;
        }
        let span = self.span_from(from);
        if !is_known {
            return Expression::Computed(span);
        }
        let start = match self.tokens.get(from) {
            Some(Token { kind: Kind::String { prefix, quote, .. }, start, .. }) => start + prefix + quote,
            _ => span.start as usize,
        };
        Expression::Text { text: pieces.finish(start, self.line_of(span)), span, is_formatted }
    }

    fn line_of(&self, span: Span) -> u32 {
        u32::try_from(self.file.line_of(span.start)).unwrap_or(u32::MAX)
    }

    /// Items up to behind the bracket `closing`, and whether a comma stands among or behind them.
    fn items(&mut self, closing: &str, depth: usize) -> (Vec<Expression<'t>>, bool) {
        let (mut items, mut has_comma) = (Vec::new(), false);
        while let Some(token) = self.token() {
            if self.take(closing) {
                break;
            } else if token.is(",") {
                self.at += 1;
                has_comma = true;
            } else if token.is("*") {
                self.at += 1;
                items.push(Expression::Starred(Box::new(self.nested(depth))));
            } else {
                items.push(self.entry(depth));
            }
        }
        (items, has_comma)
    }

    /// An expression of which nothing but a comma or a bracket is the end.
    fn entry(&mut self, depth: usize) -> Expression<'t> {
        let from = self.at;
        let found = self.nested(depth);
        self.ended(from, found)
    }

    /// What was found from the token `from` on, if a comma or a bracket is the end of it.
    fn ended(&mut self, from: usize, found: Expression<'t>) -> Expression<'t> {
        let is_end =
            |this: &Self| this.token().is_none_or(|token| [",", ")", "]", "}"].iter().any(|end| token.is(end)));
        if is_end(self) && self.at > from {
            return found;
        }
        while !is_end(self) {
            self.skip();
        }
        // There is always progress, so that nobody waits here for ever.
        if self.at == from {
            self.at += 1;
        }
        Expression::Computed(self.span_from(from))
    }

    /// A dictionary or a set whose brace was just opened.
    fn braces(&mut self, from: usize, depth: usize) -> Expression<'t> {
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        while self.token().is_some() {
            if self.take("}") {
                break;
            }
            if self.take(",") {
                continue;
            }
            if self.take("**") {
                entries.push((None, self.entry(depth)));
                continue;
            }
            if self.take("*") {
                items.push(Expression::Starred(Box::new(self.entry(depth))));
                continue;
            }
            let first = self.at;
            let key = self.nested(depth);
            if self.take(":") {
                entries.push((Some(key), self.entry(depth)));
            } else {
                items.push(self.ended(first, key));
            }
        }
        match (entries.is_empty(), items.is_empty()) {
            (_, true) => Expression::Dict(entries),
            (true, false) => Expression::Set(items, self.span_from(from)),
            (false, false) => Expression::Computed(self.span_from(from)),
        }
    }

    /// `dict(…)` whose bracket was just opened.
    fn dict_call(&mut self, depth: usize) -> Expression<'t> {
        let from = self.at;
        let arguments = self.nested_arguments(depth);
        let span = self.span_from(from);
        dict_of(arguments).unwrap_or(Expression::Computed(span))
    }

    fn nested_arguments(&mut self, depth: usize) -> Vec<Argument<'t>> {
        let mut arguments = Vec::new();
        while let Some(token) = self.token() {
            if self.take(")") {
                break;
            } else if self.take(",") {
            } else if self.take("**") {
                arguments.push(Argument::Spread(self.entry(depth)));
            } else if self.take("*") {
                arguments.push(Argument::Positional(Expression::Starred(Box::new(self.entry(depth)))));
            } else if let Some(name) = token.name()
                && self.tokens.get(self.at + 1).is_some_and(|next| next.is("="))
            {
                self.at += 2;
                let mut pieces = Pieces::default();
                pieces.plain(name, token.start);
                let name = pieces.finish(token.start, self.line_of(token.span()));
                arguments.push(Argument::Keyword(name, self.entry(depth)));
            } else {
                arguments.push(Argument::Positional(self.entry(depth)));
            }
        }
        arguments
    }
}

/// The dictionary that arguments of `dict` make, and of `update`.
pub(in crate::format) fn dict_of(arguments: Vec<Argument<'_>>) -> Option<Expression<'_>> {
    let entry = |argument| match argument {
        Argument::Keyword(text, value) => {
            let span = text.span(0..text.text.len());
            Some((Some(Expression::Text { text, span, is_formatted: false }), value))
        }
        // A dictionary that is copied.
        Argument::Spread(value) | Argument::Positional(value @ (Expression::Name(..) | Expression::Dict(_))) => {
            Some((None, value))
        }
        Argument::Positional(_) => None,
    };
    arguments.into_iter().map(entry).collect::<Option<_>>().map(Expression::Dict)
}

/// Terms as one value: strings as a string, if all are.
fn sum(mut terms: Vec<Expression<'_>>) -> Expression<'_> {
    if let [_] = terms.as_slice()
        && let Some(only) = terms.pop()
    {
        return only;
    }
    let mut joined = Pieces::default();
    let mut whole: Option<(Span, usize, u32)> = None;
    let mut formatted = false;
    for term in &terms {
        let Expression::Text { text, span, is_formatted } = term else { return Expression::Sum(terms) };
        shell::copy(text, 0..text.text.len(), &mut joined);
        formatted |= is_formatted;
        let start = text.span(0..0).start as usize;
        whole =
            Some(whole.map_or((*span, start, text.number), |(all, start, number)| (all.cover(*span), start, number)));
    }
    let (span, start, number) = whole.unwrap_or_default();
    Expression::Text { text: joined.finish(start, number), span, is_formatted: formatted }
}
