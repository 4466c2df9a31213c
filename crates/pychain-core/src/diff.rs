//! The change between two sets of files: which requirements came, went, or were altered.

use std::borrow::Cow;

use crate::order::{Map, Set};
use crate::requirement::typed;
use crate::text::SourceFile;
use crate::tree::{Entry, Locked, Project};

mod gaps;
mod route;
mod state;
mod table;
mod via;

pub use gaps::gaps;
pub use route::Route;
pub use state::{HashChange, SizeChange, State};
pub use table::{Kind, Place, Row, rows};

/// A locked package before and after a change; at least one side is there.
#[derive(Debug, Clone, Copy)]
pub struct LockedPair<'a> {
    /// As it was.
    pub before: Option<Locked<'a>>,
    /// As it is.
    pub after: Option<Locked<'a>>,
}

impl<'a> LockedPair<'a> {
    /// Both sides, where there are two.
    pub fn both(&self) -> Option<(Locked<'a>, Locked<'a>)> {
        self.before.zip(self.after)
    }

    /// Both sides, where they name the same version: what is fetched for it should be the same files.
    pub fn same_version(&self) -> Option<(Locked<'a>, Locked<'a>)> {
        self.both().filter(|(before, after)| {
            let (old, new) = (before.package, after.package);
            // Whether the file names the index of a package is no difference that could hide another.
            old.source.kind.is_remote() == new.source.kind.is_remote()
                && old.version.is_some()
                && (old.version() == new.version()
                    || typed::version(old.version()).is_some_and(|old| typed::version(new.version()) == Some(old)))
        })
    }
}

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

/// So many files on a side are compared with each other for their likeness; beyond, only equal ones are paired.
const MAX_COMPARED: usize = 100;

/// Files of the head that are files of the base under another name.
#[derive(Debug, Clone, Default)]
pub struct Renames(Map<String, String>);

impl Renames {
    /// Pairs files that only one side has: equal ones first, then those that share most of their lines.
    pub fn between(base: &Project, head: &Project) -> Self {
        let only = |one: &'_ Project, other: &Project| -> Vec<SourceFile> {
            one.files.iter().filter(|file| other.find(file.path()).is_none()).cloned().collect()
        };
        let mut gone = only(base, head);
        let mut come = only(head, base);
        let mut renames = Map::new();
        let mut equal: Map<String, Vec<String>> = Map::new();
        for file in gone.iter().rev() {
            equal.entry(file.text().to_owned()).or_default().push(file.path().to_owned());
        }
        come.retain(|file| match equal.get_mut(file.text()).and_then(Vec::pop) {
            Some(old) => {
                renames.insert(file.path().to_owned(), old);
                false
            }
            None => true,
        });
        let paired: Set<&String> = renames.values().collect::<Set<_>>();
        gone.retain(|file| !paired.contains(&file.path().to_owned()));
        if gone.len() <= MAX_COMPARED && come.len() <= MAX_COMPARED {
            let mut olds: Vec<(&SourceFile, Set<&str>)> = gone.iter().map(|file| (file, lines(file))).collect();
            for file in &come {
                let new = lines(file);
                // Twice the shared lines against all lines: more than half is the same file.
                let likeness = |old: &Set<&str>| (2 * new.intersection(old).count(), new.len() + old.len());
                let best = olds
                    .iter()
                    .enumerate()
                    .map(|(at, (_, old))| (at, likeness(old)))
                    .filter(|(_, (shared, all))| shared * 2 > *all)
                    .max_by_key(|(at, (shared, all))| (shared * 1000 / (*all).max(1), std::cmp::Reverse(*at)));
                if let Some((at, _)) = best {
                    renames.insert(file.path().to_owned(), olds.remove(at).0.path().to_owned());
                }
            }
        }
        Self(renames)
    }

    /// The path that a head's file had in the base.
    pub fn base_path<'a>(&'a self, path: &'a str) -> &'a str {
        self.0.get(path).map_or(path, String::as_str)
    }
}

fn lines(file: &SourceFile) -> Set<&str> {
    file.text().lines().collect::<Set<_>>()
}

/// Pairs the requirements of two sets of files: by file and project, then by project across files;
/// several of one project by their markers, then in order. Pairs that say the same are left out.
pub fn changes<'a>(base: &'a Project, head: &'a Project, renames: &'a Renames) -> Vec<Change<'a>> {
    let path = |project: &'a Project, entry: &Entry<'a>| project.file(entry.document.file).path();
    let before: Vec<Side<'a>> = base.requirements().map(|entry| Side { entry, path: path(base, &entry) }).collect();
    let after: Vec<Side<'a>> =
        head.requirements().map(|entry| Side { entry, path: renames.base_path(path(head, &entry)) }).collect();
    let (mut taken, mut partners) = (vec![false; before.len()], vec![None; after.len()]);
    // From the strictest likeness to the loosest, so that a moved line does not take the partner of one that stayed.
    type Key<'k> = [Cow<'k, str>; 3];
    let keys: [for<'k, 's> fn(&'k Side<'s>) -> Key<'k>; 5] = [
        |side| [side.name(), side.path.into(), side.entry.text()],
        |side| [side.name(), side.path.into(), side.marker().into()],
        |side| [side.name(), side.path.into(), "".into()],
        |side| [side.name(), side.entry.text(), "".into()],
        |side| [side.name(), if side.entry.constraint { "constraint" } else { "" }.into(), "".into()],
    ];
    for key in keys {
        let mut free: Map<Key<'_>, Vec<usize>> = Map::new();
        for (at, (old, _)) in before.iter().zip(&taken).enumerate().rev().filter(|(_, (_, taken))| !**taken) {
            free.entry(key(old)).or_default().push(at);
        }
        for (new, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            *partner = free.get_mut(&key(new)).and_then(Vec::pop);
            if let Some(taken) = partner.and_then(|at| taken.get_mut(at)) {
                *taken = true;
            }
        }
    }
    let altered = after.iter().zip(partners).filter_map(|(new, partner)| {
        let old = partner.and_then(|at: usize| before.get(at)).map(|old| old.entry);
        let same = old.is_some_and(|old| old.text() == new.entry.text());
        (!same).then_some(Change { before: old, after: Some(new.entry) })
    });
    let gone = before.iter().zip(&taken).filter(|(_, taken)| !**taken);
    altered.chain(gone.map(|(old, _)| Change { before: Some(old.entry), after: None })).collect()
}

/// Pairs the locked packages of two sets of files, unchanged ones too: by file, project and version, then by
/// file and project, then across files of one format.
pub fn locked_pairs<'a>(base: &'a Project, head: &'a Project, renames: &Renames) -> Vec<LockedPair<'a>> {
    type Key<'k> = (&'k str, &'k str, &'k str, Vec<&'k str>);
    let path = |project: &'a Project, locked: &Locked<'a>| project.file(locked.document.file).path();
    let mut before: Vec<(Locked<'a>, &str, bool)> =
        base.locked().map(|locked| (locked, path(base, &locked), false)).collect();
    let mut pairs: Vec<(LockedPair<'a>, &str)> = head
        .locked()
        .map(|locked| {
            let pair = LockedPair { before: None, after: Some(locked) };
            (pair, renames.base_path(path(head, &locked)))
        })
        .collect();
    let keys: [for<'k> fn(&Locked<'k>, &'k str) -> Key<'k>; 4] = [
        |locked, path| {
            let markers = locked.package.markers.iter().map(|marker| marker.text.as_str());
            let groups = locked.package.groups.iter().map(String::as_str);
            (path, locked.package.name.normalized(), locked.package.version(), groups.chain(markers).collect())
        },
        |locked, path| (path, locked.package.name.normalized(), locked.package.version(), Vec::new()),
        |locked, path| (path, locked.package.name.normalized(), "", Vec::new()),
        |locked, _| (locked.lock.format.tool(), locked.package.name.normalized(), "", Vec::new()),
    ];
    for key in keys {
        let mut free: Map<Key<'_>, Vec<usize>> = Map::new();
        for (at, (locked, path, _)) in before.iter().enumerate().rev().filter(|(_, (_, _, taken))| !taken) {
            free.entry(key(locked, path)).or_default().push(at);
        }
        let mut taken = Vec::new();
        for (pair, path) in pairs.iter_mut().filter(|(pair, _)| pair.before.is_none()) {
            let Some(after) = &pair.after else { continue };
            let Some(at) = free.get_mut(&key(after, path)).and_then(Vec::pop) else { continue };
            pair.before = before.get(at).map(|(locked, _, _)| *locked);
            taken.push(at);
        }
        for at in taken {
            if let Some((_, _, taken)) = before.get_mut(at) {
                *taken = true;
            }
        }
    }
    let gone = before.into_iter().filter(|(_, _, taken)| !taken);
    let gone = gone.map(|(locked, _, _)| LockedPair { before: Some(locked), after: None });
    pairs.into_iter().map(|(pair, _)| pair).chain(gone).collect()
}

/// A requirement on one side, with the path that its file has in the base.
struct Side<'a> {
    entry: Entry<'a>,
    path: &'a str,
}

impl<'a> Side<'a> {
    fn name(&self) -> Cow<'a, str> {
        let requirement = self.entry.requirement;
        requirement.name.as_ref().map_or_else(|| requirement.label().into(), |name| name.normalized().into())
    }

    fn marker(&self) -> String {
        self.entry.requirement.marker.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::load;

    /// `before → after` of each change, by the lines' texts.
    #[track_caller]
    fn check(base: &[(&str, &str)], head: &[(&str, &str)], expected: &[(&str, &str)]) {
        let (base, head) = (load(&base.iter().copied().collect()), load(&head.iter().copied().collect()));
        let renames = Renames::between(&base, &head);
        let changes = changes(&base, &head, &renames);
        let text = |entry: &Option<Entry<'_>>| entry.map_or(String::new(), |entry| entry.text().into_owned());
        let got: Vec<_> = changes.iter().map(|change| (text(&change.before), text(&change.after))).collect();
        let expected: Vec<_> = expected.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn requirements_are_paired_by_file_and_name() {
        check(
            &[("r.txt", "a==1\nb==1\nc==1\n")],
            &[("r.txt", "A==2\nd==1\nb==1\n")],
            &[("a==1", "A==2"), ("", "d==1"), ("c==1", "")],
        );
    }

    #[test]
    fn several_of_a_project_are_paired_by_marker() {
        check(
            &[("r.txt", "a==1; python_version<'3'\na==2; python_version>='3'\n")],
            &[("r.txt", "a==3; python_version >= '3'\na==1; python_version<'3'\n")],
            &[("a==2; python_version>='3'", "a==3; python_version >= '3'")],
        );
    }

    #[test]
    fn a_moved_line_and_a_renamed_file_are_no_change() {
        check(&[("r.txt", "a==1\nb==1\n")], &[("r.txt", "b==1\n"), ("s.txt", "a==1\n")], &[]);
        check(&[("r.txt", "a==1\nb==1\n")], &[("new.txt", "a==1\nb==1\n")], &[]);
    }

    #[test]
    fn nothing_changes_between_a_thing_and_itself() {
        let files = [("r.txt", "a\na\na==1\n-e git+https://e.org/x#egg=x\nhttps://e.org/a.zip\n")];
        check(&files, &files, &[]);
    }
}
