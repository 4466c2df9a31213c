//! The repository itself: trees of files, commits with parents, branches, merge bases.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "EntryForm", into = "EntryForm")]
pub enum Entry {
    /// A regular file.
    File(Vec<u8>),
    /// A symbolic link and where it points to.
    Symlink(String),
    /// A submodule and the commit that it is at.
    Submodule(String),
}

/// Path to entry: every file of a commit, without directories.
pub type Tree = BTreeMap<String, Entry>;

/// Path to what is written there, `None` to remove it.
pub type Changes = BTreeMap<String, Option<Entry>>;

/// How an entry is written in a scenario file: a string is a text file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum EntryForm {
    Text(String),
    Base64 { base64: String },
    Symlink { symlink: String },
    Submodule { submodule: String },
}

impl From<EntryForm> for Entry {
    fn from(form: EntryForm) -> Entry {
        match form {
            EntryForm::Text(text) => Entry::File(text.into_bytes()),
            EntryForm::Base64 { base64 } => Entry::File(STANDARD.decode(base64).expect("`base64` holds base64")),
            EntryForm::Symlink { symlink } => Entry::Symlink(symlink),
            EntryForm::Submodule { submodule } => Entry::Submodule(submodule),
        }
    }
}

impl From<Entry> for EntryForm {
    fn from(entry: Entry) -> EntryForm {
        match entry {
            Entry::File(bytes) => match String::from_utf8(bytes) {
                Ok(text) => EntryForm::Text(text),
                Err(error) => EntryForm::Base64 { base64: STANDARD.encode(error.as_bytes()) },
            },
            Entry::Symlink(symlink) => EntryForm::Symlink { symlink },
            Entry::Submodule(submodule) => EntryForm::Submodule { submodule },
        }
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Entry {
        Entry::File(text.as_bytes().to_vec())
    }
}

impl From<String> for Entry {
    fn from(text: String) -> Entry {
        Entry::File(text.into_bytes())
    }
}

impl From<Vec<u8>> for Entry {
    fn from(bytes: Vec<u8>) -> Entry {
        Entry::File(bytes)
    }
}

impl Entry {
    /// The bytes that git stores as a blob; a submodule has none.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Entry::File(bytes) => bytes,
            Entry::Symlink(target) => target.as_bytes(),
            Entry::Submodule(_) => &[],
        }
    }

    /// git's object name.
    pub fn sha(&self) -> String {
        match self {
            Entry::Submodule(commit) => commit.clone(),
            Entry::File(_) | Entry::Symlink(_) => object("blob", self.bytes()),
        }
    }

    pub(crate) fn mode(&self) -> &'static str {
        match self {
            Entry::File(_) => "100644",
            Entry::Symlink(_) => "120000",
            Entry::Submodule(_) => "160000",
        }
    }
}

/// A commit: a whole tree, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    /// Its name, the SHA-1 that git would give it unless the scenario set one.
    pub sha: String,
    /// The commits it follows; two for a merge.
    pub parents: Vec<String>,
    /// Every file in it.
    pub tree: Tree,
    /// First line of its message.
    pub message: String,
}

/// Commits and branches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Git {
    commits: BTreeMap<String, Commit>,
    /// Branch name, without `refs/heads/`, to commit.
    pub branches: BTreeMap<String, String>,
}

impl Git {
    /// Adds a commit and gives its name.
    pub(crate) fn commit(&mut self, parents: Vec<String>, tree: Tree, message: &str) -> String {
        let mut text = vec![format!("tree {}\n", tree_sha(&tree, ""))];
        for parent in &parents {
            text.push(format!("parent {parent}\n"));
        }
        let who = "Octo Cat <octocat@example.com> 1700000000 +0000";
        text.push(format!("author {who}\ncommitter {who}\n\n{message}\n"));
        let sha = object("commit", text.concat().as_bytes());
        self.insert(sha, parents, tree, message)
    }

    /// Adds a commit under a name that is given, such as that of a checkout made with git.
    pub(crate) fn insert(&mut self, sha: String, parents: Vec<String>, tree: Tree, message: &str) -> String {
        let commit = Commit { sha: sha.clone(), parents, tree, message: message.to_owned() };
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// A commit by its full name.
    pub(crate) fn get(&self, sha: &str) -> Option<&Commit> {
        self.commits.get(sha)
    }

    /// All commits, in no meaningful order.
    pub(crate) fn commits(&self) -> impl Iterator<Item = &Commit> {
        self.commits.values()
    }

    /// The commit and everything it comes from, nearest first.
    pub(crate) fn history(&self, sha: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        let mut queue = VecDeque::from([sha.to_owned()]);
        while let Some(sha) = queue.pop_front() {
            if let Some(commit) = self.commits.get(&sha)
                && seen.insert(sha.clone())
            {
                queue.extend(commit.parents.iter().cloned());
                order.push(sha);
            }
        }
        order
    }

    /// The nearest commit that both come from.
    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        let others: BTreeSet<String> = self.history(other).into_iter().collect();
        self.history(one).into_iter().find(|sha| others.contains(sha))
    }

    /// What `head` has and `base` has not, oldest first.
    pub(crate) fn between(&self, base: &str, head: &str) -> Vec<String> {
        let known: BTreeSet<String> = self.history(base).into_iter().collect();
        let mut new = self.history(head);
        new.retain(|sha| !known.contains(sha));
        new.reverse();
        new
    }
}

/// The tree after the changes.
pub(crate) fn apply(tree: &Tree, changes: &Changes) -> Tree {
    let mut tree = tree.clone();
    for (path, entry) in changes {
        match entry {
            Some(entry) => tree.insert(path.clone(), entry.clone()),
            None => tree.remove(path),
        };
    }
    tree
}

/// What `head` changed since `base`, done to `onto` too; `None` if both changed a path differently.
pub(crate) fn merge(base: &Tree, onto: &Tree, head: &Tree) -> Option<Tree> {
    let mut merged = onto.clone();
    let paths: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    for path in paths {
        let (old, ours, theirs) = (base.get(path), onto.get(path), head.get(path));
        if old == theirs || ours == theirs {
            continue;
        }
        if ours != old {
            return None;
        }
        match theirs {
            Some(entry) => merged.insert(path.clone(), entry.clone()),
            None => merged.remove(path),
        };
    }
    Some(merged)
}

/// The direct children of a directory (`""` is the root): name to the entry, `None` for a directory.
pub(crate) fn children<'a>(tree: &'a Tree, directory: &str) -> BTreeMap<&'a str, Option<&'a Entry>> {
    let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    tree.iter()
        .filter_map(|(path, entry)| {
            let rest = path.strip_prefix(&prefix)?;
            Some(match rest.split_once('/') {
                Some((name, _)) => (name, None),
                None => (rest, Some(entry)),
            })
        })
        .collect()
}

/// git's name of the tree object of a directory.
pub(crate) fn tree_sha(tree: &Tree, directory: &str) -> String {
    let mut rows: Vec<(String, Vec<u8>)> = children(tree, directory)
        .into_iter()
        .map(|(name, entry)| {
            let (mode, sha, key) = match entry {
                Some(entry) => (entry.mode(), entry.sha(), name.to_owned()),
                // git sorts a directory as if its name ended in a slash.
                None => ("40000", tree_sha(tree, &join(directory, name)), format!("{name}/")),
            };
            let mut row = format!("{mode} {name}\0").into_bytes();
            row.extend(bytes_of(&sha));
            (key, row)
        })
        .collect();
    rows.sort();
    let all: Vec<u8> = rows.into_iter().flat_map(|(_, row)| row).collect();
    object("tree", &all)
}

/// A path below a directory, where `""` is the root.
pub(crate) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// SHA-1 in hexadecimal.
pub(crate) fn sha1_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    Sha1::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn object(kind: &str, content: &[u8]) -> String {
    let mut bytes = format!("{kind} {}\0", content.len()).into_bytes();
    bytes.extend(content);
    sha1_hex(&bytes)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), Entry::from(*text))).collect()
    }

    #[test]
    fn names_are_those_of_git() {
        // `printf 'hello\n' | git hash-object --stdin`, and `git write-tree` of two files.
        assert_eq!(Entry::from("hello\n").sha(), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(tree_sha(&Tree::new(), ""), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }

    #[test]
    fn merge_base_is_the_nearest_common_commit() {
        let mut git = Git::default();
        let root = git.commit(vec![], tree(&[("a", "1")]), "root");
        let base = git.commit(vec![root.clone()], tree(&[("a", "2")]), "base");
        let head = git.commit(vec![root.clone()], tree(&[("a", "1"), ("b", "1")]), "head");
        assert_eq!(git.merge_base(&base, &head), Some(root));
        assert_eq!(git.between(&base, &head), [head]);
    }

    #[test]
    fn a_path_changed_on_both_sides_is_a_conflict() {
        let (old, ours) = (tree(&[("a", "1")]), tree(&[("a", "2")]));
        assert_eq!(merge(&old, &ours, &tree(&[("a", "3")])), None);
        assert_eq!(merge(&old, &ours, &tree(&[])), None);
        assert_eq!(merge(&old, &ours, &tree(&[("a", "1"), ("b", "1")])), Some(tree(&[("a", "2"), ("b", "1")])));
    }
}
