//! What `--base` names: a directory, or a git revision.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::error::Hinted;
use crate::tree::{Disk, Tree, git};

/// The tree to compare with.
///
/// A word that is both a directory and a revision is refused: a change could otherwise add a
/// directory `main` and be compared with that.
pub(crate) fn open(root: &Path, base: &str) -> Result<Tree> {
    let path = PathBuf::from(base);
    if is_plainly_a_path(base) {
        return directory(&path);
    }
    if !base.starts_with('-') && path.is_dir() {
        if git::knows(root, base) {
            bail!(Hinted::new(
                format!("`--base {base}` names both a directory and a git revision"),
                format!(
                    "write `./{base}` for the directory, or the full name of the revision, like `refs/heads/{base}`"
                ),
            ));
        }
        return directory(&path);
    }
    Ok(Tree::Commit(git::open(root, base)?))
}

/// Whether a word cannot be meant as a git revision.
pub(crate) fn is_plainly_a_path(word: &str) -> bool {
    Path::new(word).is_absolute() || word.starts_with('.') || word.ends_with(['/', std::path::MAIN_SEPARATOR])
}

fn directory(path: &Path) -> Result<Tree> {
    let canonical = fs::canonicalize(path)
        .map_err(|error| {
            Hinted::new(format!("cannot find `{}`", path.display()), "name a directory or a git revision")
                .because(error)
        })
        .context("cannot open the base")?;
    if !canonical.is_dir() {
        bail!(Hinted::new(
            format!("the base `{}` is not a directory", path.display()),
            "name a directory that holds the files as they were, or a git revision",
        ));
    }
    Ok(Tree::Disk(Disk::new(canonical)))
}
