//! Local paths in requirements files: what they resolve to, and what is known of them.

use std::cell::RefCell;

use crate::model::PathKind;
use crate::order::{Map, Set};
use crate::url::percent_encode_path;

/// What is known of the file system below the audited root.
#[derive(Debug)]
pub(crate) struct Paths<'a> {
    /// What each path is, relative to the root, normalized.
    pub(crate) known: &'a Map<String, PathKind>,
    /// The folder of the file that is read, relative to the root; empty for the root itself.
    /// pip knows only the working directory, which nobody can tell from a repository: a path that
    /// is found beside the file is as good.
    pub(crate) beside: Option<&'a str>,
    asked: RefCell<Set<String>>,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(known: &'a Map<String, PathKind>, beside: Option<&'a str>) -> Self {
        Self { known, beside, asked: RefCell::default() }
    }

    /// The paths that somebody asked for and that lie below the root.
    pub(crate) fn into_asked(self) -> Vec<String> {
        self.asked.into_inner().into_iter().collect()
    }

    /// Where a path as written leads, and what is there.
    pub(super) fn resolve(&self, given: &str) -> (String, PathKind) {
        let path = join("", given);
        let kind = self.kind(&path);
        if matches!(kind, PathKind::Absent | PathKind::Unknown)
            && let Some(folder) = self.beside.filter(|folder| !folder.is_empty())
        {
            let beside = join(folder, given);
            // That a folder without a project is there says nothing where there may be one.
            let found = self.kind(&beside);
            let is_known = match found {
                PathKind::Project | PathKind::File => true,
                PathKind::Directory => kind == PathKind::Absent,
                PathKind::Absent | PathKind::Unknown => false,
            };
            if is_known || leaves_root(&path) && !leaves_root(&beside) {
                return (beside, found);
            }
        }
        (path, kind)
    }

    /// What a normalized path is; unknown ones are noted, for the caller to look at.
    pub(in crate::format) fn kind(&self, path: &str) -> PathKind {
        if leaves_root(path) {
            // Nobody looks there. pip would, and to read a file as it did is to find nothing.
            return if self.beside.is_some() { PathKind::Unknown } else { PathKind::Absent };
        }
        self.asked.borrow_mut().insert(path.to_owned());
        self.known.get(path).copied().unwrap_or(PathKind::Unknown)
    }
}

/// Whether a normalized path lies outside the audited root.
pub fn leaves_root(path: &str) -> bool {
    path.starts_with('/') || path == ".." || path.starts_with("../")
}

/// `normpath(join(folder, path))`: relative to the root where it lies below it, with leading `..`
/// where it leaves it, absolute where it was. The root itself is `.`.
pub fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    let segments = if absolute { "" } else { folder }.split('/').chain(path.split('/'));
    for segment in segments {
        match segment {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => {
                    parts.pop();
                }
                None if absolute => {}
                _ => parts.push(".."),
            },
            name => parts.push(name),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The folder of a path relative to the root; empty for the root itself.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// pip's `path_to_url`, the audited root written `$ROOT`.
pub(in crate::format) fn to_url(path: &str) -> String {
    if path.starts_with('/') {
        format!("file://{}", percent_encode_path(path))
    } else if path == "." {
        "file://$ROOT".to_owned()
    } else {
        format!("file://$ROOT/{}", percent_encode_path(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_beside_the_file_is_none_that_was_meant_where_nobody_can_look() {
        let known = [("docs", PathKind::Directory), ("a", PathKind::Absent), ("docs/a", PathKind::Directory)];
        let known: Map<String, PathKind> = known.into_iter().map(|(path, kind)| (path.to_owned(), kind)).collect();
        let paths = Paths::new(&known, Some("docs"));
        assert_eq!(paths.resolve("."), (".".to_owned(), PathKind::Unknown));
        assert_eq!(paths.resolve("a"), ("docs/a".to_owned(), PathKind::Directory));
    }

    #[test]
    fn paths_are_joined_and_normalized() {
        for (folder, path, expected) in [
            ("", "./a//b/../c", "a/c"),
            ("sub", "../x.txt", "x.txt"),
            ("sub", "../../x.txt", "../x.txt"),
            ("", ".", "."),
            ("sub", "/etc/../x", "/x"),
            ("", "../..", "../.."),
        ] {
            assert_eq!(join(folder, path), expected, "{folder} {path}");
        }
        assert!(leaves_root("../x") && leaves_root("/x") && !leaves_root("..x"));
    }
}
