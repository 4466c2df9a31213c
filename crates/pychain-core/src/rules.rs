//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod added_hash;
mod changed_hash;
mod changed_policy;
mod disjoint_hashes;
mod expired_suppression;
mod hash_sets;
mod mixed_hashes;
mod new_dependency;
mod removed_dependency;
mod removed_hash;
mod unhashed_requirement;
mod unused_suppression;

/// Every rule.
pub static RULES: &[&Rule] = &[
    // Hashes.
    &mixed_hashes::RULE,
    &unhashed_requirement::RULE,
    &removed_hash::RULE,
    &disjoint_hashes::RULE,
    &changed_hash::RULE,
    &added_hash::RULE,
    // The change, and what judges it.
    &new_dependency::RULE,
    &removed_dependency::RULE,
    &changed_policy::RULE,
    &unused_suppression::RULE,
    &expired_suppression::RULE,
];

/// The rule of an id or a former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.answers_to(id))
}
