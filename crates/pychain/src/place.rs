//! What the paths on the command line mean: the audited root, and where in it to look.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::error::Hinted;
use crate::tree::disk::relative;
use pychain_core::order::Arrange as _;

/// The audited root and what was asked for in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Canonical. Nothing outside is read, and paths in reports are relative to it.
    pub(crate) root: PathBuf,
    /// Directories to search, relative to the root; the root itself is empty.
    pub(crate) directories: Vec<String>,
    /// Files that were named, relative to the root.
    pub(crate) files: Vec<String>,
}

impl Place {
    /// One directory is the root. For files, or several paths, it is the repository that holds them
    /// all, else the working directory if it does, else the nearest directory that does.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        let mut directories = Vec::new();
        let mut files = Vec::new();
        for path in paths {
            let (canonical, is_directory) = canonicalize(path)?;
            if is_directory { directories.push(canonical) } else { files.push(canonical) }
        }
        let root = match (directories.as_slice(), files.as_slice()) {
            ([only], []) => only.clone(),
            _ => common_root(&directories, &files)?,
        };
        let inside = |paths: Vec<PathBuf>| {
            let mut inside = paths
                .into_iter()
                .map(|path| {
                    path.strip_prefix(&root)
                        .ok()
                        .and_then(relative)
                        .with_context(|| format!("`{}` has a name that is not Unicode", path.display()))
                })
                .collect::<Result<Vec<_>>>()?;
            inside.arrange();
            inside.dedup();
            anyhow::Ok(inside)
        };
        Ok(Self { directories: inside(directories)?, files: inside(files)?, root: root.clone() })
    }

    /// Whether the root is no part of something larger, as far as that can be seen: what is not below it is nowhere.
    pub(crate) fn is_whole(&self) -> bool {
        let signs = [".git", "pyproject.toml", "uv.lock", "Pipfile"];
        let is_part = |above: &Path| signs.iter().any(|sign| above.join(sign).exists());
        self.root.join(".git").exists() || !self.root.ancestors().skip(1).any(is_part)
    }
}

/// An absolute path without links, except that a named file that is a link itself stays one, and
/// whether it is a directory.
fn canonicalize(path: &Path) -> Result<(PathBuf, bool)> {
    let metadata = fs::metadata(path).or_else(|_| fs::symlink_metadata(path)).map_err(|error| {
        Hinted::new(format!("cannot find `{}`", path.display()), "check the path, relative to the working directory")
            .because(error)
    })?;
    if metadata.is_dir() {
        let canonical = fs::canonicalize(path).with_context(|| format!("cannot open `{}`", path.display()))?;
        return Ok((canonical, true));
    }
    let Some(name) = path.file_name() else { bail!("`{}` names no file", path.display()) };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = fs::canonicalize(parent).with_context(|| format!("cannot open `{}`", parent.display()))?;
    Ok((parent.join(name), false))
}

fn common_root(directories: &[PathBuf], files: &[PathBuf]) -> Result<PathBuf> {
    let parents = files.iter().filter_map(|file| file.parent());
    let all: Vec<&Path> = directories.iter().map(PathBuf::as_path).chain(parents).collect();
    let holds_all = |directory: &Path| all.iter().all(|path| path.starts_with(directory));
    let first = all.first().context("there is nothing to audit")?;
    let nearest = first.ancestors().find(|ancestor| holds_all(ancestor));
    let nearest = nearest.context("the paths have no directory in common")?;
    if let Some(repository) = nearest.ancestors().find(|ancestor| ancestor.join(".git").exists()) {
        return Ok(repository.to_owned());
    }
    let working = env::current_dir().and_then(fs::canonicalize).ok();
    Ok(working.filter(|working| holds_all(working)).unwrap_or_else(|| nearest.to_owned()))
}
