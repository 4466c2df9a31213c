//! A tree of files to read from: a directory on disk, a commit in git or on GitHub. Reading never leaves it.

use std::collections::{BTreeMap, BTreeSet};

use pychain_core::format::detect;
use pychain_core::model::PathKind;
use pychain_core::text::MAX_FILE_BYTES;

pub(crate) mod commit;
pub(crate) mod disk;
pub(crate) mod git;
pub(crate) mod remote;

pub(crate) use commit::Commit;
pub(crate) use disk::Disk;
pub(crate) use remote::Remote;

/// Where bytes come from. Paths are relative to the root, normalized, with `/`.
#[derive(Debug)]
pub(crate) enum Tree {
    Disk(Disk),
    Commit(Commit),
}

/// Why there are no bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing is there.
    Absent,
    /// Something is there that is not read: why, and what to do.
    Refused(String, String),
}

/// What a symbolic link among the candidates comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// A regular file in the tree.
    File(String),
    /// Anything else: a directory, nothing, something outside.
    Other(Unread),
}

/// The candidates for an audit that a tree holds.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Regular files and symbolic links, without duplicates.
    pub(crate) files: BTreeMap<String, EntryKind>,
    /// What could not be listed: path, what, help.
    pub(crate) problems: Vec<(String, String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Link,
}

impl Tree {
    /// The bytes of a file.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, Unread> {
        if !is_plain(path) {
            return Err(Unread::Absent);
        }
        match self {
            Self::Disk(disk) => disk.read(path),
            Self::Commit(commit) => commit.read(path),
        }
    }

    /// Says which files will be read next, so that they can be fetched together.
    pub(crate) fn prefetch(&mut self, paths: &[&str]) {
        if let Self::Commit(commit) = self {
            let plain: Vec<&str> = paths.iter().copied().filter(|path| is_plain(path)).collect();
            commit.prefetch(&plain);
        }
    }

    /// Which of some files are dependency files by their content. Nothing of the others is kept.
    pub(crate) fn telling(&mut self, mut unnamed: Vec<&str>) -> BTreeSet<String> {
        // git searches a whole commit in the time in which it hands out a few hundred files.
        if let Self::Commit(commit) = self
            && let Some(found) = commit.telling()
        {
            unnamed.retain(|path| found.contains(*path));
        }
        self.prefetch(&unnamed);
        unnamed.retain(|path| {
            let bytes = match &*self {
                // A folder may hold gigabytes of text.
                Self::Disk(disk) if !detect::is_source(path) && is_plain(path) => disk.start(path, detect::HEADER),
                _ => self.read(path),
            };
            bytes.is_ok_and(|bytes| detect::is_told_by(path, &bytes))
        });
        unnamed.into_iter().map(str::to_owned).collect()
    }

    /// What a path is.
    pub(crate) fn kind(&mut self, path: &str) -> PathKind {
        if !path.is_empty() && !is_plain(path) {
            return PathKind::Unknown;
        }
        match self {
            Self::Disk(disk) => disk.kind(path),
            Self::Commit(commit) => commit.kind(path),
        }
    }

    /// What a symbolic link leads to.
    pub(crate) fn follow(&mut self, path: &str) -> Link {
        match self {
            Self::Disk(disk) => disk.follow(path),
            Self::Commit(commit) => commit.follow(path),
        }
    }
}

impl Unread {
    fn too_large(bytes: u64) -> Self {
        Self::Refused(
            format!("the file has {bytes} bytes, more than the {MAX_FILE_BYTES} that are read"),
            "split the file".to_owned(),
        )
    }

    fn outside() -> Self {
        Self::Refused(
            "the path leaves the audited root through a symbolic link and was not read".to_owned(),
            "audit a directory that holds the file too, or replace the link with the file".to_owned(),
        )
    }

    fn not_regular() -> Self {
        Self::Refused(
            "this is not a regular file and was not opened".to_owned(),
            "name a file, not a directory, pipe or device".to_owned(),
        )
    }

    fn git_internal() -> Self {
        Self::Refused(
            "the path lies in git's own directory, which may hold credentials, and was not read".to_owned(),
            "keep dependency files out of `.git`".to_owned(),
        )
    }
}

/// Whether a path consists of ordinary names only: nothing that climbs, starts anew or hides a separator.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| !matches!(name, "" | "." | ".."))
        && !path.contains('\0')
        && (!cfg!(windows) || !path.contains(['\\', ':']))
}

/// Whether a path goes through git's own directory, on file systems that fold case too.
fn is_git_internal(path: &str) -> bool {
    path.split('/').any(|name| name.eq_ignore_ascii_case(".git"))
}

/// Whether a path lies in a directory; everything lies in the root, whose path is empty.
pub(crate) fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ordinary_paths_are_read() {
        for path in ["requirements.txt", "a/b.txt", "a b/ü.txt", ".github/requirements.txt"] {
            assert!(is_plain(path), "{path}");
        }
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a\0b"] {
            assert!(!is_plain(path), "{path}");
        }
        assert!(is_git_internal("a/.GIT/config"));
        assert!(!is_git_internal(".github/x.git/a"));
    }
}
