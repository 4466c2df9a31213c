//! What the rules about changed hashes share: the sets before and after, at the same version.

use crate::audit::Context;
use crate::digest::{Algorithm, Digest};
use crate::model::{LockedHash, LockedPackage, Requirement, Source};
use crate::order::Set;
use crate::rules::lock_files::{digest_of, same_version};
use crate::tree::{Entry, Locked};

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
            |set: &Set<(Algorithm, &Digest)>| set.iter().map(|(algorithm, _)| *algorithm).collect::<Set<_>>();
        let comparable = !algorithms(&old).is_disjoint(&algorithms(&new));
        let only = |requirement: &'a Requirement, other: &Set<(Algorithm, &Digest)>| {
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

/// The hashes of a locked version whose hashes do not tell their files (`Pipfile.lock`), before and after.
pub(super) struct NamelessSets<'a> {
    pub(super) after: Locked<'a>,
    pub(super) kept: usize,
    pub(super) removed: Vec<&'a LockedHash>,
    pub(super) added: Vec<&'a LockedHash>,
}

/// Every locked version that keeps itself and has other hashes without names than before.
pub(super) fn altered_nameless<'a>(context: &Context<'a>) -> impl Iterator<Item = NamelessSets<'a>> {
    same_version(context.locked).filter_map(|(before, after)| {
        if !after.package.is_fetched() {
            return None;
        }
        let (old, new) = (nameless(before.package), nameless(after.package));
        let known = |hashes: &[&'a LockedHash]| hashes.iter().map(|hash| digest_of(hash)).collect::<Set<_>>();
        let not_in = |one: &[&'a LockedHash], other: Set<(&str, &Digest)>| -> Vec<&'a LockedHash> {
            one.iter().copied().filter(|hash| !other.contains(&digest_of(hash))).collect()
        };
        let (removed, added) = (not_in(&old, known(&new)), not_in(&new, known(&old)));
        let kept = old.len() - removed.len();
        let algorithms: Set<&str> = old.iter().map(|hash| &*hash.algorithm).collect::<Set<_>>();
        let comparable = new.iter().any(|new| algorithms.contains(&*new.algorithm));
        (comparable && !(removed.is_empty() && added.is_empty())).then_some(NamelessSets {
            after,
            kept,
            removed,
            added,
        })
    })
}

fn nameless(package: &LockedPackage) -> Vec<&LockedHash> {
    package.files.iter().filter(|file| file.file_name().is_none()).flat_map(|file| &file.hashes).collect()
}

/// `sha256:…` of each, for evidence.
pub(super) fn list_locked(hashes: &[&LockedHash]) -> String {
    super::support::list(hashes.iter().map(ToString::to_string).collect::<Vec<_>>().iter().map(String::as_str))
}

fn digests(requirement: &Requirement) -> Set<(Algorithm, &Digest)> {
    requirement.hashes.iter().map(|hash| (hash.algorithm, &hash.digest)).collect::<Set<_>>()
}

/// `sha256:…` of each, for evidence.
pub(super) fn list(digests: &[(Algorithm, &Digest)]) -> String {
    let shown: Vec<String> =
        digests.iter().take(5).map(|(algorithm, digest)| format!("{algorithm}:{digest}")).collect();
    let more = digests.len().saturating_sub(5);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
