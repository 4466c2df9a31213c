//! The registry: every rule, in the order of the documentation.

use crate::rule::Rule;

mod added_hash;
mod allowed_source_build;
mod altered_file_facts;
mod arbitrary_equality;
mod changed_file_hash;
mod changed_hash;
mod changed_index;
mod changed_policy;
mod changed_source;
mod characters;
mod computed_dependencies;
mod conflicting_requirements;
mod confusable_name;
mod contradictory_digests;
mod detached_hashes;
mod direct_reference;
mod disjoint_hashes;
mod downgrade;
mod dropped_safeguard;
mod dropped_text;
mod duplicate_requirement;
mod editable_install;
mod expired_suppression;
mod external_include;
mod extra_index_url;
mod forced_source_build;
mod foreign_file;
mod hash_sets;
mod hash_without_pin;
mod hidden_characters;
mod implausible_version;
mod import_name;
mod impossible_upload_time;
mod in_tree_backend;
mod indexes;
mod ineffective_option;
mod insecure_index;
mod insecure_url;
mod insecure_vcs;
mod invalid_constraint;
mod invalid_name;
mod known_malicious;
mod lock_files;
mod lock_tool;
mod loose_lines;
mod lost_wheels;
mod malformed_digest;
mod mixed_hashes;
mod mutable_vcs_reference;
mod names;
mod new_dependency;
mod no_require_hashes;
mod non_ascii_text;
mod nonexistent_name;
mod path_outside_project;
mod pre_releases;
mod private_name_exposed;
mod remote_find_links;
mod removed_dependency;
mod removed_hash;
mod same_project;
mod sdist_only;
mod stale_hash;
mod stale_lock;
mod stdlib_name;
mod support;
mod trusted_host;
mod unexpected_file_host;
mod unexpected_index;
mod unhashed_file;
mod unhashed_requirement;
mod unlocked_manifest;
mod unpinned_command;
mod unpinned_requirement;
mod unreachable_package;
mod unreadable_include;
mod unreadable_line;
mod unreadable_lock;
mod unsafe_index_strategy;
mod unused_suppression;
mod unverified_hashes;
mod url_credentials;
mod version_outside_requirement;
mod weak_hash;
mod wheel_reach;
mod wildcard_pin;
mod young_release;

/// Every rule.
pub static RULES: &[&Rule] = &[
    // Hashes.
    &mixed_hashes::RULE,
    &unhashed_requirement::RULE,
    &hash_without_pin::RULE,
    &removed_hash::RULE,
    &disjoint_hashes::RULE,
    &changed_hash::RULE,
    &added_hash::RULE,
    &stale_hash::RULE,
    &malformed_digest::RULE,
    &detached_hashes::RULE,
    &no_require_hashes::RULE,
    &unverified_hashes::RULE,
    // Locked files.
    &contradictory_digests::RULE,
    &changed_file_hash::RULE,
    &unhashed_file::RULE,
    &unexpected_file_host::RULE,
    &altered_file_facts::RULE,
    &impossible_upload_time::RULE,
    &foreign_file::RULE,
    &version_outside_requirement::RULE,
    &unreachable_package::RULE,
    &stale_lock::RULE,
    &unlocked_manifest::RULE,
    // Pins.
    &unpinned_requirement::RULE,
    &unpinned_command::RULE,
    &wildcard_pin::RULE,
    &arbitrary_equality::RULE,
    &pre_releases::RULE,
    &downgrade::RULE,
    &implausible_version::RULE,
    &young_release::RULE,
    // Indexes.
    &extra_index_url::RULE,
    &unsafe_index_strategy::RULE,
    &private_name_exposed::RULE,
    &unexpected_index::RULE,
    &insecure_index::RULE,
    &trusted_host::RULE,
    &remote_find_links::RULE,
    &url_credentials::RULE,
    &changed_index::RULE,
    &changed_source::RULE,
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
    &in_tree_backend::RULE,
    &lost_wheels::RULE,
    &sdist_only::RULE,
    // Names.
    &confusable_name::RULE,
    &nonexistent_name::RULE,
    &import_name::RULE,
    &stdlib_name::RULE,
    &known_malicious::RULE,
    // Text.
    &hidden_characters::RULE,
    &non_ascii_text::RULE,
    &invalid_name::RULE,
    // Structure.
    &unreadable_line::RULE,
    &unreadable_lock::RULE,
    &unreadable_include::RULE,
    &computed_dependencies::RULE,
    &external_include::RULE,
    &dropped_text::RULE,
    &ineffective_option::RULE,
    &conflicting_requirements::RULE,
    &duplicate_requirement::RULE,
    &invalid_constraint::RULE,
    // The change, and what judges it.
    &new_dependency::RULE,
    &removed_dependency::RULE,
    &dropped_safeguard::RULE,
    &changed_policy::RULE,
    &unused_suppression::RULE,
    &expired_suppression::RULE,
];

/// The rule of an id or a former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.answers_to(id))
}

#[cfg(test)]
pub(crate) mod tests;
