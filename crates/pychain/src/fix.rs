//! Applies fixes: first in memory, until nothing is left to fix, then, if asked, to the files.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use pychain_core::finding::Safety;
use pychain_core::fix::{Applied, Fixed, MAX_ROUNDS, round};
use pychain_core::order::{Map, Set};
use pychain_core::report::Report;
use pychain_core::text::{Problem, SourceFile};
use similar::TextDiff;

use crate::engine::Job;
use crate::tree::Tree;
use pychain_core::prose::visible;

/// What fixing comes to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The report on the files as they would be.
    pub(crate) report: Report,
    /// Changed files, by path.
    pub(crate) files: Map<String, FixedFile>,
    /// What could not be fixed.
    pub(crate) problems: Vec<Problem>,
}

/// A file that fixes change.
#[derive(Debug)]
pub(crate) struct FixedFile {
    pub(crate) before: SourceFile,
    pub(crate) after: String,
    bytes: Vec<u8>,
    /// The fixes, in the order in which they were applied.
    pub(crate) fixes: Vec<Applied>,
}

/// Applies what `report` offers up to `safety`, audits again, and so on until nothing changes.
pub(crate) fn fix(job: &mut Job, report: &Report, safety: Safety) -> Outcome {
    let mut outcome = Outcome { report: report.clone(), files: Map::new(), problems: Vec::new() };
    let mut unwritable = Set::new();
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        for Fixed { before: file, after, applied } in round(&outcome.report, safety) {
            let path = file.path().to_owned();
            if unwritable.contains(&path) {
                continue;
            }
            let Some(bytes) = file.encode(&after) else {
                outcome.problems.push(Problem::of_file(
                    &path,
                    "pychain reads the encoding of this file but does not write it; nothing in it was fixed",
                    "save it as UTF-8",
                ));
                unwritable.insert(path);
                continue;
            };
            if let Tree::Disk(disk) = &mut job.head.tree {
                disk.pretend(&path, bytes.clone());
            }
            let fixed = outcome.files.entry(path).or_insert_with(|| FixedFile {
                before: file,
                after: String::new(),
                bytes: Vec::new(),
                fixes: Vec::new(),
            });
            (fixed.after, fixed.bytes) = (after, bytes);
            fixed.fixes.extend(applied);
            changed = true;
        }
        if !changed {
            break;
        }
        outcome.report = job.run();
    }
    outcome
}

/// What would change or has changed, one line a fix. Plain text.
pub(crate) fn list(files: &Map<String, FixedFile>) -> String {
    let mut out = String::new();
    for (path, file) in files {
        for fix in &file.fixes {
            let _ = writeln!(out, "fix {}:{}: {} [{}]", visible(path), fix.line, visible(&fix.title), fix.rule);
        }
    }
    out
}

/// A unified diff that `git apply` and `patch -p1` read.
pub(crate) fn diff(files: &Map<String, FixedFile>) -> String {
    let mut out = String::new();
    for (path, file) in files {
        let path = visible(path);
        let diff = TextDiff::from_lines(file.before.text(), &file.after);
        let _ = write!(out, "{}", diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")));
    }
    out
}

/// Writes the changed files below `root`; what could not be written is told.
pub(crate) fn write(root: &Path, files: &Map<String, FixedFile>) -> (usize, Vec<Problem>) {
    let mut problems = Vec::new();
    for (path, file) in files {
        if let Err((what, help)) = write_one(root, path, file) {
            problems.push(Problem::of_file(path, what, help));
        }
    }
    (files.len() - problems.len(), problems)
}

fn write_one(root: &Path, path: &str, file: &FixedFile) -> Result<(), (String, &'static str)> {
    let failed = |error: io::Error| {
        (format!("the file could not be written: {error}"), "check the permissions of its directory")
    };
    let target = root.join(path);
    let metadata = fs::symlink_metadata(&target).map_err(failed)?;
    if metadata.is_symlink() {
        return Err(("this is a symbolic link and was not written".to_owned(), "fix the file that it points to"));
    }
    if !metadata.is_file() {
        return Err(("this is no regular file any more and was not written".to_owned(), "run pychain again"));
    }
    if metadata.permissions().readonly() {
        return Err(("the file is read-only and was not written".to_owned(), "make it writable"));
    }
    let (now, _) = SourceFile::decode(path, &fs::read(&target).map_err(failed)?);
    if now != file.before || now.encoding() != file.before.encoding() {
        return Err(("the file was changed meanwhile and was not written".to_owned(), "run pychain again"));
    }
    replace(&target, &metadata, &file.bytes).map_err(failed)
}

/// Puts a complete new file in the place of the old one: nobody ever sees half of it.
fn replace(target: &Path, metadata: &fs::Metadata, bytes: &[u8]) -> io::Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = target.with_file_name(format!(".{name}.{}.pychain", std::process::id()));
    // `create_new` does not follow a link that lies in wait.
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let written = file
        .set_permissions(metadata.permissions())
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests;
