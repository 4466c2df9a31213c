//! Walks a directory as git sees it: without what `.gitignore` hides, but with all that is tracked.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ignore::{DirEntry, WalkBuilder};
use pychain_core::format::detect::{is_candidate, is_skipped_directory};

use crate::tree::disk::relative;
use crate::tree::{EntryKind, Listing, git};

/// How to walk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    /// Whether `.gitignore` is respected.
    pub(crate) ignore: bool,
    /// Whether repositories inside the tree (submodules) are searched; a commit does not hold their files.
    pub(crate) nested: bool,
}

/// The candidates below `directory` (empty for the root itself) in the directory `root`.
pub(crate) fn walk(root: &Path, directory: &str, how: Walk) -> Listing {
    let mut listing = Listing::default();
    let in_git = root.join(directory).ancestors().any(|ancestor| ancestor.join(".git").exists());
    if !(how.ignore && visit(root, directory, how, in_git, &mut listing)) {
        visit(root, directory, Walk { ignore: false, ..how }, in_git, &mut listing);
    }
    // A rule in `.gitignore` does not untrack a file: what is tracked can be installed from, so a
    // change must not be able to hide it by adding a line there.
    if how.ignore && in_git {
        match git::tracked(root, directory, is_candidate) {
            Ok(tracked) => {
                let on_disk = |path: &str| fs::symlink_metadata(root.join(path)).is_ok();
                listing.files.extend(tracked.files.into_iter().filter(|(path, _)| on_disk(path)));
                listing.problems.extend(tracked.problems);
                listing.problems.sort();
                listing.problems.dedup();
            }
            Err(error) => listing.problems.push((
                directory.to_owned(),
                format!("git cannot list the tracked files: {error:#}"),
                "files that are tracked although `.gitignore` hides them are not audited; `--no-ignore` finds them"
                    .to_owned(),
            )),
        }
    }
    listing
}

/// Fills the listing; false where an ignore file cannot be trusted, and the walk has to do without.
fn visit(root: &Path, directory: &str, how: Walk, in_git: bool, listing: &mut Listing) -> bool {
    let top = root.join(directory);
    let odd = Arc::new(OnceLock::new());
    if how.ignore && in_git {
        let above = top.ancestors().skip(1).map(|ancestor| ancestor.join(".gitignore"));
        above.filter(|file| !is_ordinary_ignore_file(file)).for_each(|file| drop(odd.set(file)));
    }
    let mut walker = WalkBuilder::new(&top);
    walker
        .follow_links(false)
        .hidden(false)
        .ignore(false)
        .git_ignore(how.ignore)
        .git_global(how.ignore)
        .git_exclude(false)
        .require_git(false)
        .parents(how.ignore && in_git)
        .sort_by_file_name(OsStr::cmp);
    // An ignore file is read as soon as its directory has passed the filter.
    let is_searched = {
        let odd = Arc::clone(&odd);
        move |path: &Path, name: Option<&str>, is_top: bool| {
            let ignore_file = path.join(".gitignore");
            if how.ignore && !is_ordinary_ignore_file(&ignore_file) {
                let _ = odd.set(ignore_file);
            }
            let passed_over = name.is_some_and(is_skipped_directory)
                || path.join("pyvenv.cfg").exists()
                || (!how.nested && path.join(".git").exists());
            odd.get().is_none() && (is_top || !passed_over)
        }
    };
    if is_searched(&top, None, true) {
        walker.filter_entry(move |entry| {
            !entry.file_type().is_some_and(|kind| kind.is_dir())
                || is_searched(entry.path(), entry.file_name().to_str(), entry.depth() == 0)
        });
        for entry in walker.build() {
            match entry {
                Ok(entry) => take(root, &entry, listing),
                Err(error) => listing.problems.push(unwalkable(root, &error)),
            }
        }
    }
    let Some(odd) = odd.get() else { return true };
    *listing = Listing::default();
    listing.problems.push((
        odd.strip_prefix(root).ok().and_then(relative).unwrap_or_default(),
        "this is not an ordinary file of ordinary size; no `.gitignore` was respected".to_owned(),
        "replace it with a regular file".to_owned(),
    ));
    false
}

fn take(root: &Path, entry: &DirEntry, listing: &mut Listing) {
    let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { return };
    // Pipes and devices of such a name pass here; that they are none to read is said when they are read.
    let kind = if kind.is_symlink() { EntryKind::Link } else { EntryKind::File };
    let Ok(inside) = entry.path().strip_prefix(root) else { return };
    match relative(inside) {
        Some(path) if is_candidate(&path) => drop(listing.files.insert(path, kind)),
        Some(_) => {}
        None => {
            let path = inside.to_string_lossy();
            if is_candidate(&path) {
                listing.unnamable(&path);
            }
        }
    }
}

/// What could not be walked, without the name of the machine's directories.
fn unwalkable(root: &Path, mut error: &ignore::Error) -> (String, String, String) {
    let mut path = String::new();
    loop {
        error = match error {
            ignore::Error::WithPath { path: at, err } => {
                path = at.strip_prefix(root).ok().and_then(relative).unwrap_or_default();
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            other => {
                return (
                    path,
                    format!("the directory cannot be searched: {other}"),
                    "check its permissions".to_owned(),
                );
            }
        };
    }
}

/// Largest `.gitignore` that is read.
const MAX_IGNORE_FILE_BYTES: u64 = 1024 * 1024;

/// Whether an ignore file is absent or can be read without waiting for a pipe or filling the memory.
fn is_ordinary_ignore_file(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(metadata) => metadata.is_dir() || (metadata.is_file() && metadata.len() <= MAX_IGNORE_FILE_BYTES),
        Err(_) => true,
    }
}
