//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod added_hash;
mod changed_hash;
mod changed_index;
mod changed_policy;
mod conflicting_requirements;
mod detached_hashes;
mod disjoint_hashes;
mod dropped_text;
mod duplicate_requirement;
mod expired_suppression;
mod external_include;
mod extra_index_url;
mod hash_sets;
mod indexes;
mod ineffective_option;
mod insecure_index;
mod invalid_constraint;
mod malformed_digest;
mod mixed_hashes;
mod new_dependency;
mod no_require_hashes;
mod private_name_exposed;
mod remote_find_links;
mod removed_dependency;
mod removed_hash;
mod same_project;
mod trusted_host;
mod unexpected_index;
mod unhashed_requirement;
mod unreadable_include;
mod unreadable_line;
mod unused_suppression;
mod url_credentials;

/// Every rule.
pub static RULES: &[&Rule] = &[
    // Hashes.
    &mixed_hashes::RULE,
    &unhashed_requirement::RULE,
    &removed_hash::RULE,
    &disjoint_hashes::RULE,
    &changed_hash::RULE,
    &added_hash::RULE,
    &malformed_digest::RULE,
    &detached_hashes::RULE,
    &no_require_hashes::RULE,
    // Indexes.
    &extra_index_url::RULE,
    &private_name_exposed::RULE,
    &unexpected_index::RULE,
    &insecure_index::RULE,
    &trusted_host::RULE,
    &remote_find_links::RULE,
    &url_credentials::RULE,
    &changed_index::RULE,
    // Structure.
    &unreadable_line::RULE,
    &unreadable_include::RULE,
    &external_include::RULE,
    &dropped_text::RULE,
    &ineffective_option::RULE,
    &conflicting_requirements::RULE,
    &duplicate_requirement::RULE,
    &invalid_constraint::RULE,
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
