//! A pull request and the files that it changes.

use pychain_core::patch::Patch;
use serde::Deserialize;

use crate::client::{GitHub, JSON};
use crate::error::Error;

/// A pull request, as far as a review needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Whether it can still be merged.
    pub open: bool,
    /// The last commit of the change.
    pub head: String,
    /// The commit that it is to be merged into: its policy judges.
    pub base: String,
    /// How many files it changes; a list may have fewer.
    pub changed_files: usize,
}

/// A file that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path after the change, or before it where it is removed.
    pub path: String,
    /// Its path before, where that was another one.
    pub previous: Option<String>,
    /// Whether it is new.
    pub added: bool,
    /// Whether it is gone.
    pub removed: bool,
    /// Whether it became another kind of thing.
    pub retyped: bool,
    /// The change of its text; none where GitHub withholds it or there is no text.
    pub patch: Option<Patch>,
}

#[derive(Deserialize)]
struct PullJson {
    number: u64,
    state: String,
    head: CommitJson,
    base: CommitJson,
    #[serde(default)]
    changed_files: usize,
}

#[derive(Deserialize)]
struct CommitJson {
    sha: String,
}

#[derive(Deserialize)]
struct FileJson {
    filename: String,
    previous_filename: Option<String>,
    status: String,
    #[serde(default)]
    additions: usize,
    #[serde(default)]
    deletions: usize,
    patch: Option<String>,
}

#[derive(Deserialize)]
struct CompareJson {
    merge_base_commit: CommitJson,
}

impl ChangedFile {
    /// Whether it may have been a symbolic link before: its kind changed, or it was one line without an end.
    pub fn might_have_been_link(&self) -> bool {
        self.retyped || self.patch.as_ref().is_some_and(Patch::begins_with_one_unended_line)
    }
}

impl GitHub {
    /// The pull request as it is now.
    pub fn pull(&self, number: u64) -> Result<Pull, Error> {
        self.block_on(self.shared.pull(number))
    }

    /// The files that it changes: never more than 3,000.
    pub fn files(&self, number: u64) -> Result<Vec<ChangedFile>, Error> {
        let route = self.shared.route(&format!("/pulls/{number}/files?per_page=100"));
        let files: Vec<FileJson> = self.block_on(self.shared.pages(&route))?;
        Ok(files.into_iter().map(changed_file).collect())
    }

    /// The commit that `head` and `base` have in common last.
    pub fn merge_base(&self, base: &str, head: &str) -> Result<String, Error> {
        let route = self.shared.route(&format!("/compare/{}...{}?per_page=1", commit(base), commit(head)));
        let compared: CompareJson = self.block_on(self.shared.get(&route, JSON))?.json()?;
        Ok(compared.merge_base_commit.sha)
    }
}

impl crate::client::Shared {
    pub(crate) async fn pull(&self, number: u64) -> Result<Pull, Error> {
        let pull: PullJson = self.get(&self.route(&format!("/pulls/{number}")), JSON).await?.json()?;
        Ok(Pull {
            number: pull.number,
            open: pull.state == "open",
            head: pull.head.sha,
            base: pull.base.sha,
            changed_files: pull.changed_files,
        })
    }
}

fn changed_file(file: FileJson) -> ChangedFile {
    // A patch that does not hold what it should is worse than none.
    let whole = |patch: &Patch| patch.counts() == (file.additions, file.deletions);
    let patch = file.patch.as_deref().and_then(Patch::parse).filter(whole);
    // Moved without a change of its text: there is nothing to show.
    let untouched = file.status == "renamed" && file.patch.is_none() && file.additions + file.deletions == 0;
    ChangedFile {
        added: matches!(file.status.as_str(), "added" | "copied"),
        removed: file.status == "removed",
        retyped: file.status == "changed",
        patch: patch.or_else(|| untouched.then(Patch::default)),
        previous: file.previous_filename.filter(|_| file.status == "renamed"),
        path: file.filename,
    }
}

/// A commit's name, without anything that no such name has.
pub(crate) fn commit(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
