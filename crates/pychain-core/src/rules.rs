//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

/// Every rule.
pub static RULES: &[&Rule] = &[];

/// The rule of an id or a former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.answers_to(id))
}
