//! Contents of a repository on GitHub, each fetched once, by name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use pychain_core::order::Arrange as _;
use pychain_core::patch::Patch;
use pychain_core::text::MAX_FILE_BYTES;
use pychain_github::{GitHub, TreeEntry};

use super::commit::{Blobs, Commit, Entry};
use super::git::CatFile;
use super::{EntryKind, Unread};

/// GitHub's contents, shared by all commits that are read from.
#[derive(Clone)]
pub(crate) struct Remote(Rc<Inner>);

struct Inner {
    github: Rc<GitHub>,
    known: RefCell<BTreeMap<String, Result<Vec<u8>, Unread>>>,
    /// Contents before a change, by a name of our own.
    before: RefCell<BTreeMap<String, Before>>,
    /// The two commits whose last common one is what the change started from.
    branches: RefCell<Option<(String, String)>>,
    /// The files of that one, once they were asked for.
    parted: RefCell<Option<Commit>>,
    /// Where a checkout of the repository may be, for what GitHub does not give.
    checkout: Option<PathBuf>,
}

/// A content before a change.
#[derive(Debug, Clone)]
struct Before {
    path: String,
    /// The content after the change; none where the file is gone.
    after: Option<String>,
    patch: Option<Patch>,
}

/// Something in a directory.
pub(super) enum Listed {
    Entry(Entry),
    /// By the name of what it holds.
    Directory(String),
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").finish_non_exhaustive()
    }
}

impl Remote {
    pub(crate) fn new(github: Rc<GitHub>, checkout: Option<PathBuf>) -> Self {
        let (known, before, branches, parted) = Default::default();
        Self(Rc::new(Inner { github, known, before, branches, parted, checkout }))
    }

    /// Says between which two commits the change is.
    pub(crate) fn part_at(&self, base: &str, head: &str) {
        *self.0.branches.borrow_mut() = Some((base.to_owned(), head.to_owned()));
    }

    /// The commit where the branches parted.
    pub(crate) fn parted(&self) -> Result<Commit, pychain_github::Error> {
        self.look_up_parted()?;
        let parted = self.0.parted.borrow();
        Ok(parted.as_ref().map_or_else(|| self.commit_of(BTreeMap::new()), |commit| commit.but(self, BTreeMap::new())))
    }

    /// What stood at some paths where the branches parted.
    pub(crate) fn parted_entries<'p>(
        &self,
        paths: impl Iterator<Item = &'p str>,
    ) -> Result<Vec<Option<Entry>>, pychain_github::Error> {
        self.look_up_parted()?;
        // Taken out while it is asked: to list a directory comes back to here.
        let mut commit = self.0.parted.borrow_mut().take();
        let entries = paths.map(|path| commit.as_mut()?.entry(path)).collect();
        *self.0.parted.borrow_mut() = commit;
        Ok(entries)
    }

    fn look_up_parted(&self) -> Result<(), pychain_github::Error> {
        if self.0.parted.borrow().is_none() {
            let branches = self.0.branches.borrow().clone();
            let (base, head) = branches.unwrap_or_default();
            let commit = self.commit(&self.0.github.merge_base(&base, &head)?)?;
            *self.0.parted.borrow_mut() = Some(commit);
        }
        Ok(())
    }

    /// A name for the content that `path` had before a change. What it was is found out when it is read.
    pub(crate) fn before(&self, path: &str, after: Option<&str>, change: Option<Patch>) -> String {
        let name = format!("before:{path}");
        let before = Before { path: path.to_owned(), after: after.map(str::to_owned), patch: change };
        self.0.before.borrow_mut().insert(name.clone(), before);
        name
    }

    /// The files of a commit. Where there are more than GitHub lists at once, directories are listed on demand.
    pub(crate) fn commit(&self, name: &str) -> Result<Commit, pychain_github::Error> {
        let listing = self.0.github.tree(name, true)?;
        if listing.truncated {
            return Ok(self.commit_on_demand(name));
        }
        let entries = listing.entries.into_iter();
        let entries = entries.filter_map(|entry| match listed(entry) {
            (path, Some(Listed::Entry(entry))) => Some((path, entry)),
            _ => None,
        });
        Ok(Commit::new(entries.collect(), Vec::new(), BTreeMap::new(), Blobs::Remote(self.clone())))
    }

    /// The files of a commit, of which few will be asked for.
    pub(crate) fn commit_on_demand(&self, name: &str) -> Commit {
        let unlisted = [(String::new(), name.to_owned())].into();
        Commit::new(BTreeMap::new(), Vec::new(), unlisted, Blobs::Remote(self.clone()))
    }

    /// Another commit's files over the same contents.
    pub(crate) fn commit_of(&self, entries: BTreeMap<String, Entry>) -> Commit {
        Commit::new(entries, Vec::new(), BTreeMap::new(), Blobs::Remote(self.clone()))
    }

    /// Gets contents, the ones before the change out of the ones after it where that can be.
    pub(super) fn prefetch(&self, wanted: Vec<String>) {
        let before = self.0.before.borrow();
        let (old, plain): (Vec<String>, Vec<String>) = wanted.into_iter().partition(|oid| before.contains_key(oid));
        let old: Vec<(String, Before)> =
            old.into_iter().filter_map(|oid| Some((oid.clone(), before.get(&oid)?.clone()))).collect();
        drop(before);
        let after =
            old.iter().filter(|(_, before)| before.patch.is_some()).filter_map(|(_, before)| before.after.clone());
        self.fetch(plain.into_iter().chain(after).collect());
        let mut lost = Vec::new();
        for (oid, before) in old {
            if self.0.known.borrow().contains_key(&oid) {
                continue;
            }
            match self.reverted(&before) {
                Some(text) => drop(self.0.known.borrow_mut().insert(oid, Ok(text.into_bytes()))),
                None => lost.push((oid, before.path)),
            }
        }
        if !lost.is_empty() {
            self.fetch_parted(lost);
        }
    }

    /// The text before the change, if the patch tells it.
    fn reverted(&self, before: &Before) -> Option<String> {
        let patch = before.patch.as_ref()?;
        let Some(after) = &before.after else { return patch.revert("") };
        match self.0.known.borrow().get(after) {
            Some(Ok(bytes)) => patch.revert(str::from_utf8(bytes).ok()?),
            _ => None,
        }
    }

    /// Gets contents from the commit where the branches parted.
    fn fetch_parted(&self, lost: Vec<(String, String)>) {
        let entries = match self.parted_entries(lost.iter().map(|(_, path)| path.as_str())) {
            Ok(entries) => entries,
            Err(error) => {
                let unread = lost.into_iter().map(|(name, _)| (name, Err(refused(&error))));
                self.0.known.borrow_mut().extend(unread);
                return;
            }
        };
        self.fetch(entries.iter().flatten().map(|entry| entry.oid.clone()).collect());
        let mut known = self.0.known.borrow_mut();
        for ((name, _), entry) in lost.into_iter().zip(entries) {
            let content = entry.and_then(|entry| known.get(&entry.oid).cloned()).unwrap_or(Err(Unread::Absent));
            known.insert(name, content);
        }
    }

    fn fetch(&self, mut wanted: Vec<String>) {
        wanted.arrange();
        wanted.dedup();
        wanted.retain(|oid| !self.0.known.borrow().contains_key(oid));
        let contents = self.0.github.blobs(wanted.clone());
        for (oid, content) in wanted.into_iter().zip(contents) {
            let content = content.or_else(|error| self.of_checkout(&oid, &error));
            self.0.known.borrow_mut().insert(oid, content);
        }
    }

    pub(super) fn read(&self, oid: &str, limit: usize) -> Result<Vec<u8>, Unread> {
        self.prefetch(vec![oid.to_owned()]);
        match self.0.known.borrow().get(oid) {
            Some(Ok(bytes)) if bytes.len() > limit => Err(Unread::too_large(bytes.len() as u64)),
            Some(content) => content.clone(),
            None => Err(Unread::Absent),
        }
    }

    pub(super) fn list(&self, oid: &str) -> Vec<(String, Listed)> {
        // What cannot be listed is as good as empty: whatever is asked for there is reported as not there.
        let entries = self.0.github.tree(oid, false).map(|listing| listing.entries).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|entry| match listed(entry) {
                (name, Some(found)) => Some((name, found)),
                _ => None,
            })
            .collect()
    }

    /// A checkout has the same content under the same name, if it has it.
    fn of_checkout(&self, oid: &str, error: &pychain_github::Error) -> Result<Vec<u8>, Unread> {
        let checkout = self.0.checkout.as_deref().ok_or_else(|| refused(error))?;
        let mut git = CatFile::start(checkout).map_err(|_| refused(error))?;
        git.read(oid, MAX_FILE_BYTES).map_err(|_| refused(error))
    }
}

fn refused(error: &pychain_github::Error) -> Unread {
    Unread::Refused(
        format!("GitHub does not give the content of the file: {}", error.message),
        "run the review again; a checkout of the repository (`actions/checkout`) helps too".to_owned(),
    )
}

fn listed(entry: TreeEntry) -> (String, Option<Listed>) {
    let kind = match entry.mode.as_str() {
        "100644" | "100755" | "100664" => EntryKind::File,
        "120000" => EntryKind::Link,
        "040000" => return (entry.path, Some(Listed::Directory(entry.sha))),
        // A submodule is another repository.
        _ => return (entry.path, None),
    };
    (entry.path, Some(Listed::Entry(Entry { kind, oid: entry.sha, size: entry.size })))
}
