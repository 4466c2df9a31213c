//! Reads from a directory: only regular files, only below its root, wherever links point.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use pychain_core::model::PathKind;
use pychain_core::text::MAX_FILE_BYTES;

use super::{Link, Unread, is_git_internal};

/// A directory.
#[derive(Debug)]
pub(crate) struct Disk {
    /// Canonical.
    root: PathBuf,
    /// Files that are read as if they had been changed already.
    overlay: BTreeMap<String, Vec<u8>>,
}

impl Disk {
    /// The tree below `root`, which is canonical.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, overlay: BTreeMap::new() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// From now on `path` holds these bytes, on disk nothing changes.
    pub(crate) fn pretend(&mut self, path: &str, bytes: Vec<u8>) {
        self.overlay.insert(path.to_owned(), bytes);
    }

    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let bytes = self.start(path, MAX_FILE_BYTES + 1)?;
        if bytes.len() > MAX_FILE_BYTES { Err(Unread::too_large(bytes.len() as u64)) } else { Ok(bytes) }
    }

    /// The first bytes of a file, at most `length`.
    pub(super) fn start(&self, path: &str, length: usize) -> Result<Vec<u8>, Unread> {
        if let Some(bytes) = self.overlay.get(path) {
            return Ok(bytes.get(..length).unwrap_or(bytes).to_vec());
        }
        let canonical = self.resolve(path)?;
        // What is asked here is asked of the very file that is then opened, links already followed:
        // opening a pipe would wait for ever.
        let metadata = fs::metadata(&canonical).map_err(|error| unread(&error))?;
        if !metadata.is_file() {
            return Err(Unread::not_regular());
        }
        if metadata.len() > MAX_FILE_BYTES as u64 {
            return Err(Unread::too_large(metadata.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default().min(length));
        File::open(&canonical)
            .and_then(|file| file.take(length as u64).read_to_end(&mut bytes))
            .map_err(|error| unread(&error))?;
        Ok(bytes)
    }

    pub(super) fn kind(&self, path: &str) -> PathKind {
        let canonical = match self.resolve(path) {
            Ok(canonical) => canonical,
            Err(Unread::Absent) => return PathKind::Absent,
            Err(Unread::Refused(..)) => return PathKind::Unknown,
        };
        match fs::metadata(&canonical) {
            Ok(metadata) if metadata.is_file() => PathKind::File,
            Ok(metadata) if metadata.is_dir() => {
                let holds = |name: &str| canonical.join(name).is_file();
                if holds("pyproject.toml") || holds("setup.py") { PathKind::Project } else { PathKind::Directory }
            }
            _ => PathKind::Unknown,
        }
    }

    pub(super) fn follow(&self, path: &str) -> Link {
        let canonical = match self.resolve(path) {
            Ok(canonical) => canonical,
            Err(unread) => return Link::Other(unread),
        };
        let relative = canonical.strip_prefix(&self.root).ok().and_then(relative);
        match relative {
            Some(target) if canonical.is_file() => Link::File(target),
            _ => Link::Other(Unread::not_regular()),
        }
    }

    /// Where a path really is, all links followed.
    fn resolve(&self, path: &str) -> Result<PathBuf, Unread> {
        let canonical = fs::canonicalize(self.root.join(path)).map_err(|error| unread(&error))?;
        let Ok(inside) = canonical.strip_prefix(&self.root) else { return Err(Unread::outside()) };
        if is_git_internal(&inside.to_string_lossy().replace('\\', "/")) {
            return Err(Unread::git_internal());
        }
        Ok(canonical)
    }
}

/// A relative path with `/`, or `None` where it is not Unicode.
pub(crate) fn relative(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|component| component.as_os_str().to_str()).collect();
    Some(names?.join("/"))
}

fn unread(error: &std::io::Error) -> Unread {
    match error.kind() {
        // A name that no file can have is the name of no file.
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput | ErrorKind::InvalidFilename => {
            Unread::Absent
        }
        _ => Unread::Refused(format!("the file cannot be read: {error}"), "check its permissions".to_owned()),
    }
}
