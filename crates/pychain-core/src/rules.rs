//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod added_hash;
mod allowed_source_build;
mod arbitrary_equality;
mod changed_hash;
mod changed_policy;
mod characters;
mod direct_reference;
mod disjoint_hashes;
mod downgrade;
mod editable_install;
mod expired_suppression;
mod forced_source_build;
mod hash_sets;
mod hidden_characters;
mod implausible_version;
mod insecure_url;
mod insecure_vcs;
mod invalid_name;
mod loose_lines;
mod mixed_hashes;
mod mutable_vcs_reference;
mod new_dependency;
mod non_ascii_text;
mod path_outside_project;
mod pre_releases;
mod removed_dependency;
mod removed_hash;
mod support;
mod unhashed_requirement;
mod unpinned_requirement;
mod unused_suppression;
mod weak_hash;
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
    // References.
    &direct_reference::RULE,
    &weak_hash::RULE,
    &insecure_url::RULE,
    &mutable_vcs_reference::RULE,
    &insecure_vcs::RULE,
    &editable_install::RULE,
    &path_outside_project::RULE,
    // Build code.
    &forced_source_build::RULE,
    &allowed_source_build::RULE,
    // Text.
    &hidden_characters::RULE,
    &non_ascii_text::RULE,
    &invalid_name::RULE,
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
