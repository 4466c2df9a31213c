//! The files of one run, and the answers that they give to the loader.

use std::collections::BTreeMap;
use std::sync::Arc;

use pychain_core::model::PathKind;

/// An empty file of this name stands for a directory without a project file.
const DIRECTORY_EXISTS: &str = ".dir-exists";

/// Files by path, seen from a working directory.
#[derive(Debug, Clone)]
pub struct Files {
    all: Arc<BTreeMap<String, Vec<u8>>>,
    /// Empty, or ends in `/`.
    root: String,
}

impl Files {
    /// The files under `root`, a directory in `all`; the empty one is the top.
    pub fn new(all: Arc<BTreeMap<String, Vec<u8>>>, root: &str) -> Self {
        Self { all, root: if root.is_empty() { String::new() } else { format!("{root}/") } }
    }

    /// The bytes of a file; none for what leaves the root.
    pub fn read(&self, path: &str) -> Option<&[u8]> {
        self.all.get(&format!("{}{path}", self.root)).map(Vec::as_slice)
    }

    /// Every file, by its path from the root.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let below = self
            .all
            .range(self.root.clone()..)
            .map_while(|(path, bytes)| Some((path.strip_prefix(&self.root)?, bytes)));
        below.map(|(path, bytes)| (path, bytes.as_slice()))
    }

    /// What a path is.
    pub fn kind(&self, path: &str) -> PathKind {
        let directory = match path {
            "" | "." => self.root.clone(),
            _ => format!("{}{path}/", self.root),
        };
        let has = |name: &str| self.all.contains_key(&format!("{directory}{name}"));
        if self.read(path).is_some() {
            PathKind::File
        } else if has("setup.py") || has("pyproject.toml") {
            PathKind::Project
        } else if has(DIRECTORY_EXISTS) || self.is_directory(&directory) {
            PathKind::Directory
        } else {
            PathKind::Absent
        }
    }

    fn is_directory(&self, prefix: &str) -> bool {
        prefix.is_empty()
            || self.all.range(prefix.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_under_the_root_is_listed() {
        let names = ["other/c.txt", "top/a.txt", "top/sub/b.txt", "topmost/d.txt"];
        let all = Arc::new(names.into_iter().map(|name| (name.to_owned(), Vec::new())).collect());
        let files = Files::new(all, "top");
        assert_eq!(files.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["a.txt", "sub/b.txt"]);
    }

    #[test]
    fn a_path_is_what_the_files_make_it() {
        let names = ["top/a.txt", "top/pkg/setup.py", "top/bare/.dir-exists", "top/sub/b.txt", "other/c.txt"];
        let all = Arc::new(names.into_iter().map(|name| (name.to_owned(), Vec::new())).collect());
        let files = Files::new(all, "top");
        for (path, kind) in [
            ("a.txt", PathKind::File),
            ("pkg", PathKind::Project),
            ("bare", PathKind::Directory),
            ("sub", PathKind::Directory),
            (".", PathKind::Directory),
            ("su", PathKind::Absent),
            ("../other/c.txt", PathKind::Absent),
        ] {
            assert_eq!(files.kind(path), kind, "{path}");
        }
    }
}
