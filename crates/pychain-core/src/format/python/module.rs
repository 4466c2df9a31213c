//! A module's names: what is assigned to them, and in which function.

use super::{Argument, Cursor, Expression, Kind, Token, dict_of, tokens};
use crate::format::logical::LogicalLine;
use crate::order::Map;
use crate::text::{SourceFile, Span};

/// How many names one value is assigned to at once.
const MAX_TARGETS: usize = 8;

/// Source that is taken apart.
pub(in crate::format) struct Module<'t> {
    file: &'t SourceFile,
    pub(in crate::format) tokens: Vec<Token<'t>>,
    pub(in crate::format) comments: Vec<Span>,
    /// The scope that each scope but the module's stands in.
    parents: Vec<Option<Scope>>,
    /// The first token of each logical line, and its scope.
    lines: Vec<(usize, Scope)>,
    bindings: Map<&'t str, Vec<Binding<'t>>>,
}

/// The module, or the body of a function or class in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::format) struct Scope(usize);

/// A value that a name gets.
#[derive(Debug)]
pub(in crate::format) struct Binding<'t> {
    scope: Scope,
    pub(in crate::format) how: How,
    pub(in crate::format) value: Expression<'t>,
}

#[derive(Debug, Clone)]
pub(in crate::format) enum How {
    /// `NAME = value`.
    Assigned,
    /// `NAME += value`, or a method that does the same.
    Added,
    /// `NAME['key'] = value`, or what adds to it.
    Item(LogicalLine<'static>),
}

/// An expression and where it stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Place<'m, 't> {
    pub(in crate::format) value: &'m Expression<'t>,
    pub(in crate::format) scope: Scope,
}

impl<'t> Module<'t> {
    /// Takes a file apart.
    pub(in crate::format) fn of(file: &'t SourceFile) -> Self {
        let mut comments = Vec::new();
        let tokens = tokens(file.text(), &mut comments);
        let (parents, lines, bindings) = (vec![None], Vec::new(), Map::new());
        let mut module = Self { file, tokens, comments, parents, lines, bindings };
        // Functions that are open, with their indentations.
        let mut open: Vec<(usize, Scope)> = Vec::new();
        let mut at = 0;
        while let Some(first) = module.tokens.get(at).copied() {
            if first.kind == Kind::LineEnd {
                at += 1;
                continue;
            }
            let rest = module.tokens.get(at..).unwrap_or_default();
            let end = at + rest.iter().position(|token| token.kind == Kind::LineEnd).unwrap_or(rest.len());
            let indent = indentation(file.text(), first.start);
            while open.last().is_some_and(|(of_function, _)| *of_function >= indent) {
                open.pop();
            }
            let scope = open.last().map_or(Scope(0), |(_, scope)| *scope);
            module.lines.push((at, scope));
            module.statements(at, end, scope);
            if matches!(first.name(), Some("def" | "class" | "async")) {
                open.push((indent, Scope(module.parents.len())));
                module.parents.push(Some(scope));
            }
            at = end + 1;
        }
        module
    }

    /// The calls that `found` knows by the tokens up to the name of the function: what it made of them, the arguments,
    /// and the scope. One within the arguments of another is none by itself.
    pub(in crate::format) fn calls<F>(
        &self,
        found: impl Fn(&[Token<'t>]) -> Option<F>,
    ) -> impl Iterator<Item = (F, Vec<Argument<'t>>, Scope)> {
        let mut free_from = 0;
        self.tokens.iter().enumerate().filter_map(move |(at, token)| {
            if !token.is("(") || at < free_from {
                return None;
            }
            let found = found(self.tokens.get(..at)?)?;
            let mut cursor = self.cursor(at + 1);
            let arguments = cursor.arguments();
            free_from = cursor.at;
            let line = self.lines.partition_point(|(first, _)| *first <= at).checked_sub(1);
            let scope = line.and_then(|line| self.lines.get(line)).map_or(Scope(0), |(_, scope)| *scope);
            Some((found, arguments, scope))
        })
    }

    /// What a name stands for in a scope: all that is assigned to it there, or around it.
    pub(in crate::format) fn lookup(&self, name: &str, scope: Scope) -> Option<(Scope, Vec<&Binding<'t>>)> {
        let bindings = self.bindings.get(name)?;
        let mut next = Some(scope);
        while let Some(scope) = next {
            let here: Vec<_> = bindings.iter().filter(|binding| binding.scope == scope).collect();
            if here.iter().any(|binding| matches!(binding.how, How::Assigned)) {
                return Some((scope, here));
            }
            next = self.parents.get(scope.0).copied().flatten();
        }
        None
    }

    fn cursor(&self, at: usize) -> Cursor<'_, 't> {
        Cursor { file: self.file, tokens: &self.tokens, at }
    }

    /// Looks for assignments in a logical line: at its start, behind `;` and behind the colon of `if x: …`.
    fn statements(&mut self, from: usize, end: usize, scope: Scope) {
        self.statement(from, scope);
        let mut depth = 0usize;
        for at in from..end {
            let Some(token) = self.tokens.get(at).filter(|token| token.kind == Kind::Operator) else { continue };
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                ":" | ";" if depth == 0 => self.statement(at + 1, scope),
                _ => {}
            }
        }
    }

    fn statement(&mut self, from: usize, scope: Scope) {
        let Some(name) = self.tokens.get(from).and_then(Token::name) else { return };
        let mut cursor = self.cursor(from + 1);
        let mut targets = Vec::new();
        let (how, value) = if cursor.take("=") {
            let mut value = cursor.expression();
            while targets.len() < MAX_TARGETS
                && let Some(target) = target(&value)
                && cursor.take("=")
            {
                targets.push(target);
                value = cursor.expression();
            }
            (How::Assigned, value)
        } else if cursor.take(":") {
            cursor.expression();
            if !cursor.take("=") {
                return;
            }
            (How::Assigned, cursor.expression())
        } else if cursor.take("[") {
            let key = cursor.expression();
            let Expression::Text { text, is_formatted: false, .. } = key else { return };
            if !cursor.take("]") {
                return;
            }
            let Some(value) = (if cursor.take("=") { Some(cursor.expression()) } else { added(&mut cursor) }) else {
                return;
            };
            (How::Item(text), value)
        } else {
            let Some(value) = added(&mut cursor) else { return };
            (How::Added, value)
        };
        for (name, how) in targets {
            let binding = Binding { scope, how, value: value.clone() };
            self.bindings.entry(name).or_default().push(binding);
        }
        self.bindings.entry(name).or_default().push(Binding { scope, how, value });
    }
}

/// What an expression is as one that something is assigned to.
fn target<'t>(value: &Expression<'t>) -> Option<(&'t str, How)> {
    match value {
        Expression::Name(name, _) => Some((name, How::Assigned)),
        Expression::Item(name, key, _) => Some((name, How::Item(key.clone()))),
        _ => None,
    }
}

/// What is added to the value before the cursor.
fn added<'t>(cursor: &mut Cursor<'_, 't>) -> Option<Expression<'t>> {
    if cursor.take("+=") {
        return Some(cursor.expression());
    }
    if !cursor.take(".") {
        return None;
    }
    let method = cursor.tokens.get(cursor.at).and_then(Token::name)?;
    cursor.at += 1;
    if !cursor.take("(") {
        return None;
    }
    let mut arguments = cursor.arguments();
    if method == "update" && arguments.iter().any(|argument| !matches!(argument, Argument::Positional(_))) {
        return dict_of(arguments);
    }
    match (method, arguments.pop()?, arguments.pop()) {
        ("append", Argument::Positional(value), None) => Some(Expression::List(vec![value])),
        ("extend" | "update", Argument::Positional(value), None) => Some(value),
        _ => None,
    }
}

/// How far the token at `start` stands from the start of its line, as Python counts.
fn indentation(text: &str, start: usize) -> usize {
    let before = text.get(..start).unwrap_or_default();
    let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    before.get(line..).unwrap_or_default().chars().fold(0, |column, c| match c {
        '\t' => (column / 8 + 1) * 8,
        '\u{c}' => 0,
        _ => column + 1,
    })
}
