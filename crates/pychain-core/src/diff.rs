//! The change between two sets of files: which requirements came, went, or were altered.

use std::collections::{BTreeMap, BTreeSet};

use crate::requirement::typed;
use crate::tree::{Entry, Project};

/// A requirement before and after a change; at least one side is there.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// As it was, in the base's files.
    pub before: Option<Entry<'a>>,
    /// As it is, in the head's files.
    pub after: Option<Entry<'a>>,
}

impl Change<'_> {
    /// Both sides, where the requirement was altered.
    pub fn both(&self) -> Option<(&Entry<'_>, &Entry<'_>)> {
        Some((self.before.as_ref()?, self.after.as_ref()?))
    }

    /// Whether both sides name the same one version, and so should be the same files.
    pub fn keeps_version(&self) -> bool {
        self.both().is_some_and(|(before, after)| {
            let pins = before.requirement.pin().zip(after.requirement.pin());
            pins.is_some_and(|(old, new)| match (typed::version(&old.version), typed::version(&new.version)) {
                (Some(old), Some(new)) => old == new,
                _ => old.version == new.version,
            })
        })
    }
}

/// Files of the head that are files of the base under another name.
#[derive(Debug, Clone, Default)]
pub struct Renames(BTreeMap<String, String>);

impl Renames {
    /// Pairs files that only one side has, where they share most of their lines.
    pub fn between(base: &Project, head: &Project) -> Self {
        let mut gone: Vec<_> = base.files.iter().filter(|file| head.find(file.path()).is_none()).collect();
        let mut renames = BTreeMap::new();
        for file in head.files.iter().filter(|file| base.find(file.path()).is_none()) {
            let lines: BTreeSet<&str> = file.text().lines().collect();
            let shared = |text: &str| {
                let other: BTreeSet<&str> = text.lines().collect();
                (2 * lines.intersection(&other).count(), lines.len() + other.len())
            };
            let best = gone
                .iter()
                .enumerate()
                .map(|(at, old)| (at, shared(old.text())))
                .filter(|(_, (shared, all))| *shared > 0 && shared * 2 > *all)
                .max_by_key(|(at, (shared, all))| (shared * 1000 / (*all).max(1), std::cmp::Reverse(*at)));
            if let Some((at, _)) = best {
                renames.insert(file.path().to_owned(), gone.remove(at).path().to_owned());
            }
        }
        Self(renames)
    }

    /// The path that a head's file had in the base.
    pub fn base_path<'a>(&'a self, path: &'a str) -> &'a str {
        self.0.get(path).map_or(path, String::as_str)
    }
}

/// Pairs the requirements of two sets of files: by file and project, then by project across files;
/// several of one project by their markers, then in order. Pairs that say the same are left out.
pub fn changes<'a>(base: &'a Project, head: &'a Project, renames: &Renames) -> Vec<Change<'a>> {
    let mut before: BTreeMap<String, Vec<Entry<'a>>> = BTreeMap::new();
    for entry in base.requirements() {
        before.entry(key(&entry)).or_default().push(entry);
    }
    let mut after: Vec<(Entry<'a>, Option<Entry<'a>>)> = head.requirements().map(|entry| (entry, None)).collect();
    let path = |project: &'a Project, entry: &Entry<'a>| project.file(entry.document.file).path();
    let marker = |entry: &Entry<'_>| entry.requirement.marker.as_ref().map(ToString::to_string);
    let same_file = |old: &Entry<'a>, new: &Entry<'a>| path(base, old) == renames.base_path(path(head, new));
    // From the strictest likeness to the loosest, so that a moved line does not take the partner of one that stayed.
    let likeness: [&dyn Fn(&Entry<'a>, &Entry<'a>) -> bool; 5] = [
        &|old, new| same_file(old, new) && old.line.text == new.line.text,
        &|old, new| same_file(old, new) && marker(old) == marker(new),
        &|old, new| same_file(old, new),
        &|old, new| old.line.text == new.line.text,
        &|old, new| old.constraint == new.constraint,
    ];
    for alike in likeness {
        for (entry, partner) in after.iter_mut().filter(|(_, partner)| partner.is_none()) {
            let Some(candidates) = before.get_mut(&key(entry)) else { continue };
            if let Some(at) = candidates.iter().position(|old| alike(old, entry)) {
                *partner = Some(candidates.remove(at));
            }
        }
    }
    let mut out: Vec<Change<'a>> = after
        .into_iter()
        .filter(|(entry, partner)| partner.is_none_or(|old| old.line.text != entry.line.text))
        .map(|(entry, partner)| Change { before: partner, after: Some(entry) })
        .collect();
    out.extend(before.into_values().flatten().map(|entry| Change { before: Some(entry), after: None }));
    out
}

fn key(entry: &Entry<'_>) -> String {
    let requirement = entry.requirement;
    requirement.name.as_ref().map_or_else(|| requirement.label(), |name| name.normalized().to_owned())
}
