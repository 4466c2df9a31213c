//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod added_hash;
mod arbitrary_equality;
mod changed_hash;
mod changed_policy;
mod disjoint_hashes;
mod downgrade;
mod expired_suppression;
mod hash_sets;
mod implausible_version;
mod loose_lines;
mod mixed_hashes;
mod new_dependency;
mod pre_releases;
mod removed_dependency;
mod removed_hash;
mod support;
mod unhashed_requirement;
mod unpinned_requirement;
mod unused_suppression;
mod wildcard_pin;

/// Every rule.
pub static RULES: &[&Rule] = &[
    // Hashes.
    &mixed_hashes::RULE,
    &unhashed_requirement::RULE,
    &removed_hash::RULE,
    &disjoint_hashes::RULE,
    &changed_hash::RULE,
    &added_hash::RULE,
    // Pins.
    &unpinned_requirement::RULE,
    &wildcard_pin::RULE,
    &arbitrary_equality::RULE,
    &pre_releases::RULE,
    &downgrade::RULE,
    &implausible_version::RULE,
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
