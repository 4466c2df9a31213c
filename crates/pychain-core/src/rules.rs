//! The registry: every rule, in the order of the documentation.

use crate::manual::Manuals;
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
pub(crate) mod extra_index_url;
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
pub(crate) mod support;
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
pub(crate) mod unsafe_index_strategy;
mod unused_suppression;
mod unverified_hashes;
mod url_credentials;
mod version_outside_requirement;
mod weak_hash;
mod wheel_reach;
mod wildcard_pin;
mod young_release;

/// Makes the lists of the rules and of their manuals, so that a rule is named once.
macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        /// Every rule.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),+];

        /// The manual of every rule.
        pub static MANUALS: Manuals<'_> = Manuals(&[$($module::MANUAL),+]);
    };
}

registry! {
    // Hashes.
    mixed_hashes,
    unhashed_requirement,
    hash_without_pin,
    removed_hash,
    disjoint_hashes,
    changed_hash,
    added_hash,
    stale_hash,
    malformed_digest,
    detached_hashes,
    no_require_hashes,
    unverified_hashes,
    // Locked files.
    contradictory_digests,
    changed_file_hash,
    unhashed_file,
    unexpected_file_host,
    altered_file_facts,
    impossible_upload_time,
    foreign_file,
    version_outside_requirement,
    unreachable_package,
    stale_lock,
    unlocked_manifest,
    // Pins.
    unpinned_requirement,
    unpinned_command,
    wildcard_pin,
    arbitrary_equality,
    pre_releases,
    downgrade,
    implausible_version,
    young_release,
    // Indexes.
    extra_index_url,
    unsafe_index_strategy,
    private_name_exposed,
    unexpected_index,
    insecure_index,
    trusted_host,
    remote_find_links,
    url_credentials,
    changed_index,
    changed_source,
    // References.
    direct_reference,
    weak_hash,
    insecure_url,
    mutable_vcs_reference,
    insecure_vcs,
    editable_install,
    path_outside_project,
    // Build code.
    forced_source_build,
    allowed_source_build,
    in_tree_backend,
    lost_wheels,
    sdist_only,
    // Names.
    confusable_name,
    nonexistent_name,
    import_name,
    stdlib_name,
    known_malicious,
    // Text.
    hidden_characters,
    non_ascii_text,
    invalid_name,
    // Structure.
    unreadable_line,
    unreadable_lock,
    unreadable_include,
    computed_dependencies,
    external_include,
    dropped_text,
    ineffective_option,
    conflicting_requirements,
    duplicate_requirement,
    invalid_constraint,
    // The change, and what judges it.
    new_dependency,
    removed_dependency,
    dropped_safeguard,
    changed_policy,
    unused_suppression,
    expired_suppression,
}

/// The rule of an id or a former id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.answers_to(id))
}

#[cfg(test)]
pub(crate) mod tests;
