//! One dependency specifier: packaging's grammar with a span for every part, and typed meaning through `pep508_rs`.

use std::ops::Range;

mod grammar;
mod marker;
mod scan;
pub mod typed;

pub use grammar::{Parsed, ParsedUrl, SyntaxError, parse_extras, parse_requirement};
pub use marker::{Comparison, Environment, Marker, MarkerExpression, MarkerValue, parse_marker};
pub(crate) use scan::{is_space, is_word, strip};

use crate::text::Span;

/// One version specifier: an operator and a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Specifier {
    /// `==`, `===`, `~=`, `!=`, `<=`, `>=`, `<` or `>`.
    pub operator: &'static str,
    /// The version as written; for `===` any text, also none.
    pub version: Box<str>,
    /// Operator and version. Empty where the specifier was derived from a file name.
    pub span: Span,
}

/// How tightly a set of specifiers binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// No specifier: whatever is newest.
    None,
    /// A range, exclusion or compatible release.
    Range,
    /// `==1.*`: every release below it, also one that does not exist yet.
    Wildcard,
    /// `===`: one text, compared as text.
    Arbitrary,
    /// `==1.0`: one version.
    Exact,
}

impl Binding {
    /// The tightest binding among the specifiers.
    pub fn of(specifiers: &[Specifier]) -> Self {
        specifiers.iter().map(Specifier::binding).max().unwrap_or(Self::None)
    }
}

impl Specifier {
    /// How tightly this one binds.
    pub fn binding(&self) -> Binding {
        match self.operator {
            "==" if self.version.ends_with(".*") => Binding::Wildcard,
            "==" => Binding::Exact,
            "===" => Binding::Arbitrary,
            _ => Binding::Range,
        }
    }
}

/// A range of bytes in the text that was parsed, not yet in a file.
pub type TextRange = Range<usize>;
