//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod mixed_hashes;
mod unhashed_requirement;

/// Every rule.
pub static RULES: &[&Rule] = &[
    // Hashes.
    &mixed_hashes::RULE,
    &unhashed_requirement::RULE,
];

/// The rule of an id or a former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.answers_to(id))
}
