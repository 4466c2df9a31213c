//! What the rules about changed hashes share: the sets before and after, at the same version.

use std::collections::BTreeSet;

use crate::audit::Context;
use crate::digest::{Algorithm, Digest};
use crate::model::{Requirement, Source};
use crate::tree::Entry;

/// The hashes of a requirement whose version the change keeps.
pub(super) struct HashSets<'a> {
    pub(super) after: &'a Entry<'a>,
    pub(super) version: &'a str,
    pub(super) kept: usize,
    pub(super) removed: Vec<(Algorithm, &'a Digest)>,
    pub(super) added: Vec<(Algorithm, &'a Digest)>,
    /// Whether both sides share an algorithm; otherwise their digests cannot be compared.
    pub(super) comparable: bool,
}

/// Every change that keeps the version and has hashes on both sides that are not the same.
pub(super) fn altered<'a>(context: &Context<'a>) -> impl Iterator<Item = HashSets<'a>> {
    context.changes.iter().filter(|change| change.keeps_version()).filter_map(|change| {
        let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
        let (old, new) = (digests(before.requirement), digests(after.requirement));
        if old.is_empty() || new.is_empty() || old == new || !matches!(after.requirement.source, Source::Index) {
            return None;
        }
        let algorithms =
            |set: &BTreeSet<(Algorithm, &Digest)>| set.iter().map(|(algorithm, _)| *algorithm).collect::<BTreeSet<_>>();
        let comparable = !algorithms(&old).is_disjoint(&algorithms(&new));
        let only = |requirement: &'a Requirement, other: &BTreeSet<(Algorithm, &Digest)>| {
            let hashes = requirement.hashes.iter().map(|hash| (hash.algorithm, &hash.digest));
            hashes.filter(|hash| !other.contains(hash)).collect()
        };
        Some(HashSets {
            after,
            version: after.requirement.pin().map_or("", |pin| &pin.version),
            kept: old.intersection(&new).count(),
            removed: only(before.requirement, &new),
            added: only(after.requirement, &old),
            comparable,
        })
    })
}

fn digests(requirement: &Requirement) -> BTreeSet<(Algorithm, &Digest)> {
    requirement.hashes.iter().map(|hash| (hash.algorithm, &hash.digest)).collect()
}

/// `sha256:…` of each, for evidence.
pub(super) fn list(digests: &[(Algorithm, &Digest)]) -> String {
    let shown: Vec<String> =
        digests.iter().take(5).map(|(algorithm, digest)| format!("{algorithm}:{digest}")).collect();
    let more = digests.len().saturating_sub(5);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
