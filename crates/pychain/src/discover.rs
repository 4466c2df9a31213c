//! Finds the dependency files below a directory, as pip's users name them.

use std::collections::BTreeSet;

use pychain_core::config::glob_matches;
use pychain_core::format::detect;
use pychain_core::model::PathKind;
use pychain_core::order::{Map, Set};
use pychain_core::text::Problem;
use pychain_core::tree::Role;

use crate::tree::{EntryKind, Link, Listing, Tree, Unread};

mod walk;

pub(crate) use pychain_core::format::detect::{Certainty, is_candidate, is_named, named_role};
pub(crate) use walk::{Walk, walk};

/// A file that the audit starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) role: Role,
    pub(crate) certainty: Certainty,
}

/// Files that the audit starts from, by path.
pub(crate) type Roots = Map<String, Root>;

/// The dependency files among a listing, without those that `exclude` names.
pub(crate) fn select(tree: &mut Tree, listing: &Listing, exclude: &[String]) -> (Roots, Vec<Problem>) {
    let mut problems: Vec<Problem> =
        listing.problems.iter().map(|(path, what, help)| Problem::of_file(path, what, help)).collect();
    let mut roots = Roots::new();
    let mut links = Vec::new();
    let is_wanted = |path: &str| !exclude.iter().any(|pattern| glob_matches(pattern, path));
    let silent = listing.files.keys().map(String::as_str).filter(|path| detect::is_unnamed(path) && is_wanted(path));
    let telling = tree.telling(silent.collect());
    for (path, kind) in listing.files.iter().filter(|(path, _)| is_wanted(path)) {
        let by_content = || match telling.contains(path) {
            true if detect::is_source(path) => Some((Role::Manifest, Certainty::Certain)),
            told => (told || is_compiled_from(path, &telling)).then(|| (named_role(path), Certainty::Conventional)),
        };
        let Some((role, certainty)) = detect::role(path).or_else(by_content) else { continue };
        if *kind == EntryKind::Link {
            links.push((path, Root { role, certainty }));
        } else {
            roots.insert(path.clone(), Root { role, certainty });
        }
    }
    let mut targets: Set<String> = roots.keys().cloned().collect::<Set<_>>();
    for (path, root) in links {
        match tree.follow(path) {
            // Two names for one file are one file.
            Link::File(target) if !targets.insert(target.clone()) => {}
            // A script may link to what is made later.
            Link::Other(Unread::Absent) if root.role == Role::Command => {}
            Link::Other(Unread::Absent) => problems.push(Problem::of_file(
                path,
                "this is a symbolic link to nothing",
                "remove the link or restore the file that it points to",
            )),
            // So may it to a tool of the machine, which makes it no dependency file.
            Link::Other(Unread::Refused(what, help)) if root.role == Role::Command => {
                problems.push(Problem::of_file(path, what, help));
            }
            // Who reads one that leads elsewhere is told why it cannot be read, and that nobody can vouch for it.
            Link::File(_) | Link::Other(Unread::Refused(..)) => {
                roots.insert(path.clone(), root);
            }
        }
    }
    (roots, problems)
}

/// What only its content tells on one side of a change is read on both: a header that goes must hide nothing. A script
/// without its block asks for nothing any more.
pub(crate) fn share(one: (&mut Tree, &mut Roots), other: (&mut Tree, &mut Roots)) {
    let ((tree, roots), (other_tree, other_roots)) = (one, other);
    give(other_roots, tree, roots);
    give(roots, other_tree, other_roots);
}

fn give(from: &Roots, tree: &mut Tree, to: &mut Roots) {
    for (path, root) in from.iter().filter(|(path, _)| detect::role(path).is_none() && !detect::is_source(path)) {
        if !to.contains_key(path) && tree.kind(path) == PathKind::File {
            to.insert(path.clone(), *root);
        }
    }
}

/// Whether it is `X.in`, from which a compiler made the `X.txt` or `X.lock` beside it. The name alone says nothing
/// (`words.in`).
fn is_compiled_from(path: &str, compiled: &BTreeSet<String>) -> bool {
    path.strip_suffix(".in").is_some_and(|stem| detect::compiled_from(stem).iter().any(|path| compiled.contains(path)))
}
