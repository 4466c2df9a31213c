//! Walks a directory as git sees it: without what `.gitignore` hides, but with all that is tracked.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::rc::Rc;

use anyhow::Error;
use pychain_core::format::detect::{is_candidate, is_skipped_directory};
use pychain_core::order::Arrange as _;

use crate::tree::disk::relative;
use crate::tree::git::CheckIgnore;
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
///
/// As for git, a `.gitignore` outside of a repository says nothing.
pub(crate) fn walk(root: &Path, directory: &str, how: Walk) -> Listing {
    let top = root.join(directory);
    let mut walker = Walker { root, how, listing: Listing::default(), pending: Vec::new() };
    let repository = top.ancestors().find(|above| above.join(".git").exists());
    let git = repository.and_then(|repository| walker.enter(repository, &top));
    walker.pending.push((top.clone(), git));
    while let Some((directory, git)) = walker.pending.pop() {
        walker.search(&directory, git, directory == top);
    }
    walker.listing.problems.arrange();
    walker.listing.problems.dedup();
    walker.listing
}

/// What tells which files of a repository are hidden.
type Git = Rc<RefCell<CheckIgnore>>;

struct Walker<'a> {
    root: &'a Path,
    how: Walk,
    listing: Listing,
    /// Directories to be searched; without git where nothing counts as hidden.
    pending: Vec<(PathBuf, Option<Git>)>,
}

impl Walker<'_> {
    /// Begins with the part of a repository that lies below `top`.
    fn enter(&mut self, repository: &Path, top: &Path) -> Option<Git> {
        if !self.how.ignore {
            return None;
        }
        // A rule in `.gitignore` does not untrack a file: what is tracked can be installed from, so a
        // change must not be able to hide it by adding a line there.
        match git::tracked(self.root, &self.inside(top), is_candidate) {
            Ok(tracked) => {
                let on_disk = |path: &str| fs::symlink_metadata(self.root.join(path)).is_ok();
                self.listing.files.extend(tracked.files.into_iter().filter(|(path, _)| on_disk(path)));
                self.listing.problems.extend(tracked.problems);
            }
            Err(error) => {
                self.unasked(top, &error);
                return None;
            }
        }
        let mut between = top.ancestors().skip(1).take_while(|above| above.starts_with(repository));
        if !between.all(|above| self.is_ordinary(&above.join(".gitignore"))) {
            return None;
        }
        let git = Rc::new(RefCell::new(CheckIgnore::new(repository)));
        // Whoever names a hidden directory means it.
        let is_meant = top == repository || self.hidden(Some(&git), &[top]).is_empty();
        is_meant.then_some(git)
    }

    /// Finds the candidates in one directory, and the directories that are searched next.
    fn search(&mut self, directory: &Path, mut git: Option<Git>, is_top: bool) {
        let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<DirEntry>, _>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                return self.tell(
                    directory,
                    format!("the directory cannot be searched: {error}"),
                    "check its permissions",
                );
            }
        };
        let has = |name: &str| entries.iter().any(|entry| entry.file_name() == name);
        if !is_top && (has("pyvenv.cfg") || (has(".git") && !self.how.nested)) {
            return;
        }
        if !is_top && has(".git") {
            git = self.enter(directory, directory);
        }
        // git would read it as soon as it is asked about something here.
        if has(".gitignore") && git.is_some() && !self.is_ordinary(&directory.join(".gitignore")) {
            git = None;
        }

        let found: Vec<(PathBuf, fs::FileType)> = entries
            .iter()
            .filter_map(|entry| Some((entry.path(), entry.file_type().ok()?)))
            .filter(|(path, kind)| match path.file_name().and_then(OsStr::to_str) {
                Some(name) if kind.is_dir() => !is_skipped_directory(name),
                _ => kind.is_dir() || is_candidate(&self.inside(path)),
            })
            .collect();
        let paths: Vec<&Path> = found.iter().map(|(path, _)| path.as_path()).collect();
        let hidden = self.hidden(git.as_ref(), &paths);
        for (path, kind) in found.into_iter().filter(|(path, _)| !hidden.contains(path)) {
            if kind.is_dir() {
                self.pending.push((path, git.clone()));
                continue;
            }
            // Pipes and devices of such a name pass here; that they are none to read is said when they are read.
            let kind = if kind.is_symlink() { EntryKind::Link } else { EntryKind::File };
            match relative(path.strip_prefix(self.root).unwrap_or(&path)) {
                Some(path) => drop(self.listing.files.insert(path, kind)),
                None => self.listing.unnamable(&self.inside(&path)),
            }
        }
    }

    /// Which of the paths git says are hidden.
    fn hidden(&mut self, git: Option<&Git>, paths: &[&Path]) -> BTreeSet<PathBuf> {
        let answer = git.map_or_else(|| Ok(BTreeSet::new()), |git| git.borrow_mut().hidden(paths));
        answer.unwrap_or_else(|error| {
            self.unasked(self.root, &error);
            BTreeSet::new()
        })
    }

    /// Whether an ignore file is absent or can be read without waiting for a pipe or filling the memory.
    fn is_ordinary(&mut self, ignore_file: &Path) -> bool {
        let is_ordinary = fs::metadata(ignore_file).map_or(true, |metadata| {
            metadata.is_dir() || (metadata.is_file() && metadata.len() <= MAX_IGNORE_FILE_BYTES)
        });
        if !is_ordinary {
            let what = "this is not an ordinary file of ordinary size; nothing beside and below it counts as hidden";
            self.tell(ignore_file, what.to_owned(), "replace it with a regular file");
        }
        is_ordinary
    }

    fn unasked(&mut self, path: &Path, error: &Error) {
        let what = format!("git cannot tell what it tracks and what `.gitignore` hides: {error:#}");
        self.tell(path, what, "nothing counts as hidden; `--no-ignore` asks nobody");
    }

    /// Says what is amiss with a path.
    fn tell(&mut self, path: &Path, what: String, help: &str) {
        let path = self.inside(path);
        self.listing.problems.push((path, what, help.to_owned()));
    }

    /// A path without the name of the machine's directories.
    fn inside(&self, path: &Path) -> String {
        path.strip_prefix(self.root)
            .map(|inside| inside.to_string_lossy().replace(MAIN_SEPARATOR, "/"))
            .unwrap_or_default()
    }
}

/// Largest `.gitignore` that is read.
const MAX_IGNORE_FILE_BYTES: u64 = 1024 * 1024;
