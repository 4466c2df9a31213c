//! Finds the dependency files below a directory, as pip's users name them.

use pychain_core::config::glob_matches;
use pychain_core::format::detect;
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
    let sources = listing.files.keys().map(String::as_str).filter(|path| detect::is_source(path) && is_wanted(path));
    let scripts = tree.scripts(sources.collect());
    for (path, kind) in listing.files.iter().filter(|(path, _)| is_wanted(path)) {
        let by_content = |tree: &mut Tree| {
            if scripts.contains(path) {
                return Some((Role::Manifest, Certainty::Certain));
            }
            compiled(tree, listing, path)
        };
        let Some((role, certainty)) = detect::role(path).or_else(|| by_content(tree)) else { continue };
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
            Link::File(target) if targets.insert(target.clone()) => {
                roots.insert(path.clone(), root);
            }
            Link::File(_) => {}
            // A script may link to what is made later.
            Link::Other(Unread::Absent) if root.role == Role::Command => {}
            Link::Other(Unread::Absent) => problems.push(Problem::of_file(
                path,
                "this is a symbolic link to nothing",
                "remove the link or restore the file that it points to",
            )),
            Link::Other(Unread::Refused(what, help)) => problems.push(Problem::of_file(path, what, help)),
        }
    }
    (roots, problems)
}

/// How much of a file is looked at for the compiler's header.
const HEADER: usize = 2048;

/// `X.in` beside an `X.txt` that a compiler wrote, and that `X.txt` itself.
///
/// The names alone say nothing (`words.in`, `words.txt`); the header that pip-compile and uv leave does.
fn compiled(tree: &mut Tree, listing: &Listing, path: &str) -> Option<(Role, Certainty)> {
    let stem = path.strip_suffix(".in").or_else(|| path.strip_suffix(".txt"))?;
    let (input, output) = (format!("{stem}.in"), format!("{stem}.txt"));
    if !listing.files.contains_key(&input) || !listing.files.contains_key(&output) {
        return None;
    }
    let bytes = tree.read(&output).ok()?;
    let header = String::from_utf8_lossy(bytes.get(..HEADER).unwrap_or(&bytes)).into_owned();
    let is_header = |line: &str| {
        line.starts_with('#')
            && ["pip-compile", "uv pip compile", "uv export"].iter().any(|command| line.contains(command))
    };
    header.lines().any(is_header).then_some((Role::Requirements, Certainty::Conventional))
}
