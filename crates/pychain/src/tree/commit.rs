//! A commit's files and links, whether a repository on disk or GitHub holds them.

use std::collections::{BTreeMap, BTreeSet};

use pychain_core::format::detect::{TELLING, is_candidate, is_source};
use pychain_core::model::PathKind;
use pychain_core::order::Set;
use pychain_core::text::MAX_FILE_BYTES;

use super::git::CatFile;
use super::remote::{Listed, Remote};
use super::{EntryKind, Link, Listing, Unread, is_below, is_git_internal};

/// As many links are followed as Linux follows.
const MAX_LINKS: usize = 40;
/// Longer than any path that a link may hold.
const MAX_LINK_BYTES: usize = 4096;

/// The files of one commit, below the audited root.
#[derive(Debug)]
pub(crate) struct Commit {
    entries: BTreeMap<String, Entry>,
    /// Paths that are not Unicode, made readable.
    unnamable: Vec<String>,
    /// Directories that are listed when something in them is asked for.
    unlisted: BTreeMap<String, String>,
    /// What stands at a path instead of what is listed there; none where nothing does.
    instead: BTreeMap<String, Option<Entry>>,
    blobs: Blobs,
}

/// A file or link of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    /// The name of its content.
    pub(crate) oid: String,
    /// Bytes, where they are told beforehand; else 0.
    pub(crate) size: u64,
}

/// Where contents come from.
#[derive(Debug)]
pub(crate) enum Blobs {
    /// With the name of the commit's tree.
    Local(CatFile, String),
    Remote(Remote),
}

/// Where a path of the tree leads.
enum Target {
    File(String),
    Directory(String),
    Absent,
    Outside,
}

impl Commit {
    /// A commit of files and links, by path. Of directories in `unlisted` nothing is known yet but the name of what
    /// they hold.
    pub(crate) fn new(
        entries: BTreeMap<String, Entry>,
        unnamable: Vec<String>,
        unlisted: BTreeMap<String, String>,
        blobs: Blobs,
    ) -> Self {
        Self { entries, unnamable, unlisted, instead: BTreeMap::new(), blobs }
    }

    /// The same files but for some paths, at which something else stands, or nothing.
    pub(crate) fn but(&self, remote: &Remote, instead: BTreeMap<String, Option<Entry>>) -> Self {
        Self {
            entries: self.entries.clone(),
            unnamable: Vec::new(),
            unlisted: self.unlisted.clone(),
            instead,
            blobs: Blobs::Remote(remote.clone()),
        }
    }

    /// The files and links that were listed so far, by path.
    pub(crate) fn listed(&self) -> &BTreeMap<String, Entry> {
        &self.entries
    }

    /// Whether every file is listed.
    pub(crate) fn is_complete(&self) -> bool {
        self.unlisted.is_empty()
    }

    /// The paths of all candidates; none where not all are listed.
    pub(crate) fn candidates(&self) -> Option<Set<String>> {
        let stands = |path: &&String| is_candidate(path) && self.known(path).is_some();
        self.is_complete().then(|| self.entries.keys().chain(self.instead.keys()).filter(stands).cloned().collect())
    }

    /// The file or link at a path, no link followed.
    pub(crate) fn entry(&mut self, path: &str) -> Option<Entry> {
        self.list_now("");
        for (end, _) in path.match_indices('/') {
            self.list_now(path.get(..end).unwrap_or_default());
        }
        self.known(path).cloned()
    }

    fn known(&self, path: &str) -> Option<&Entry> {
        self.instead.get(path).map_or_else(|| self.entries.get(path), Option::as_ref)
    }

    /// All files and links below `directory` (empty for the root) that `wanted` takes.
    pub(crate) fn list(&self, directory: &str, wanted: impl Fn(&str) -> bool) -> Listing {
        let mut listing = Listing::default();
        for (path, entry) in &self.entries {
            if is_below(path, directory) && wanted(path) {
                listing.files.insert(path.clone(), entry.kind);
            }
        }
        for path in self.unnamable.iter().filter(|path| is_below(path, directory) && wanted(path)) {
            listing.unnamable(path);
        }
        listing
    }

    /// The files that may be dependency files by their content, and links, where that is cheaper to tell than to read
    /// them all.
    pub(super) fn telling(&self) -> Option<BTreeSet<String>> {
        let Blobs::Local(git, tree) = &self.blobs else { return None };
        let mut found = git.search(tree, &TELLING).ok()?;
        let links = self.entries.iter().filter(|(_, entry)| entry.kind == EntryKind::Link);
        found.extend(links.map(|(path, _)| path.clone()));
        Some(found)
    }

    /// Gets the contents of several files at once, where that is quicker than one after the other.
    pub(super) fn prefetch(&mut self, paths: &[&str]) {
        let Blobs::Remote(remote) = &self.blobs else { return };
        let remote = remote.clone();
        let mut wanted = Vec::new();
        for path in paths {
            if let Target::File(path) = self.resolve(path)
                && let Some(entry) = self.known(&path).filter(|entry| entry.size <= MAX_FILE_BYTES as u64)
            {
                wanted.push(entry.oid.clone());
            }
        }
        remote.prefetch(wanted);
    }

    pub(super) fn read(&mut self, path: &str) -> Result<Vec<u8>, Unread> {
        if is_git_internal(path) {
            return Err(Unread::git_internal());
        }
        match self.resolve(path) {
            Target::File(path) => match self.known(&path) {
                Some(entry) if entry.size > MAX_FILE_BYTES as u64 => Err(Unread::too_large(entry.size)),
                Some(entry) => {
                    let oid = entry.oid.clone();
                    self.blobs.read(&oid, MAX_FILE_BYTES)
                }
                None => Err(Unread::Absent),
            },
            Target::Directory(_) => Err(Unread::not_regular()),
            Target::Absent => Err(Unread::Absent),
            Target::Outside => Err(Unread::outside()),
        }
    }

    pub(super) fn kind(&mut self, path: &str) -> PathKind {
        match self.resolve(path) {
            Target::File(_) => PathKind::File,
            Target::Directory(path) => {
                let mut holds = |name: &str| matches!(self.resolve(&join(&path, name)), Target::File(_));
                if holds("pyproject.toml") || holds("setup.py") { PathKind::Project } else { PathKind::Directory }
            }
            Target::Absent => PathKind::Absent,
            Target::Outside => PathKind::Unknown,
        }
    }

    pub(super) fn follow(&mut self, path: &str) -> Link {
        match self.resolve(path) {
            Target::File(target) => Link::File(target),
            Target::Directory(_) => Link::Other(Unread::not_regular()),
            Target::Absent => Link::Other(Unread::Absent),
            Target::Outside => Link::Other(Unread::outside()),
        }
    }

    /// Follows links as the file system would after a checkout.
    fn resolve(&mut self, path: &str) -> Target {
        let mut pending: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut done = String::new();
        let mut links = 0;
        while let Some(name) = pending.pop() {
            match name.as_str() {
                "" | "." => continue,
                ".." => {
                    if done.is_empty() {
                        return Target::Outside;
                    }
                    done.truncate(done.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            self.list_now(&done);
            let here = join(&done, &name);
            match self.known(&here) {
                Some(Entry { kind: EntryKind::File, .. }) => {
                    return if pending.is_empty() { Target::File(here) } else { Target::Absent };
                }
                Some(Entry { kind: EntryKind::Link, oid, .. }) => {
                    links += 1;
                    let oid = oid.clone();
                    let Ok(target) = self.blobs.read(&oid, MAX_LINK_BYTES) else { return Target::Absent };
                    let Ok(target) = String::from_utf8(target) else { return Target::Absent };
                    if links > MAX_LINKS {
                        return Target::Absent;
                    }
                    if target.starts_with('/') {
                        return Target::Outside;
                    }
                    pending.extend(target.split('/').rev().map(str::to_owned));
                }
                None if self.is_directory(&here) => done = here,
                None => return Target::Absent,
            }
        }
        Target::Directory(done)
    }

    /// Lists a directory that was not listed yet.
    fn list_now(&mut self, directory: &str) {
        let Some(oid) = self.unlisted.remove(directory) else { return };
        let Blobs::Remote(remote) = &self.blobs else { return };
        for (name, found) in remote.list(&oid) {
            let path = join(directory, &name);
            match found {
                Listed::Entry(entry) => drop(self.entries.insert(path, entry)),
                Listed::Directory(oid) => drop(self.unlisted.insert(path, oid)),
            }
        }
    }

    fn is_directory(&self, path: &str) -> bool {
        if self.unlisted.contains_key(path) {
            return true;
        }
        let prefix = format!("{path}/");
        let below = self.entries.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let instead = self.instead.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let mut listed = below.filter(|(path, _)| !self.instead.contains_key(*path));
        listed.next().is_some() || instead.into_iter().any(|(_, entry)| entry.is_some())
    }
}

impl Listing {
    pub(crate) fn unnamable(&mut self, path: &str) {
        // Most source code is no dependency file, whatever its name.
        if is_source(path) {
            return;
        }
        self.problems.push((
            path.to_owned(),
            "the name of the file is not Unicode; it was not audited".to_owned(),
            "rename the file".to_owned(),
        ));
    }
}

impl Blobs {
    /// The bytes of a content of at most `limit` bytes.
    fn read(&mut self, oid: &str, limit: usize) -> Result<Vec<u8>, Unread> {
        match self {
            Self::Local(git, _) => git.read(oid, limit),
            Self::Remote(remote) => remote.read(oid, limit),
        }
    }
}

pub(super) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}
