//! What changed between two trees, as GitHub shows it: files, hunks with three lines of context, patches.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::git::{Entry, Tree};
use crate::limits::DiffLimits;

const CONTEXT: usize = 3;

/// The side of a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Before the change.
    Left,
    /// After the change.
    Right,
}

impl Side {
    /// How the APIs spell it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Left => "LEFT",
            Side::Right => "RIGHT",
        }
    }

    /// The inverse of [`Side::name`].
    pub(crate) fn parse(name: &str) -> Option<Side> {
        match name {
            "LEFT" => Some(Side::Left),
            "RIGHT" => Some(Side::Right),
            _ => None,
        }
    }
}

/// One line of a hunk.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its number before the change; `None` for an added line.
    pub old: Option<usize>,
    /// Its number after the change; `None` for a removed line.
    pub new: Option<usize>,
    /// What the patch shows, with the leading ` `, `+` or `-`.
    pub text: String,
    /// It ends the file without a line feed.
    pub unterminated: bool,
}

/// Neighbouring changes with their context.
#[derive(Clone, Debug)]
pub(crate) struct Hunk {
    /// The `@@` line.
    pub header: String,
    /// What follows it.
    pub lines: Vec<Line>,
}

/// A file that differs.
#[derive(Clone, Debug)]
pub(crate) struct FileChange {
    /// Its path, in head unless it was removed.
    pub path: String,
    /// Its path in base, if it was renamed.
    pub previous: Option<String>,
    /// F1: `added`, `removed`, `modified` or `renamed`.
    pub status: &'static str,
    /// Lines added.
    pub additions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// What GitHub shows; none for a binary file and for what is over a limit.
    pub hunks: Vec<Hunk>,
    /// F2: the patch is kept back.
    pub withheld: bool,
    /// The file's object name.
    pub sha: String,
}

impl FileChange {
    /// The text of the field `patch`.
    pub(crate) fn patch(&self) -> Option<String> {
        if self.withheld {
            return None;
        }
        Some(self.hunks.iter().map(Hunk::text).collect::<Vec<_>>().join("\n"))
    }

    /// Where a line stands: which hunk, and which line of it.
    /// R1: RIGHT takes added and context lines, LEFT removed lines only.
    pub(crate) fn find(&self, side: Side, number: usize) -> Option<(usize, usize)> {
        self.hunks.iter().enumerate().find_map(|(index, hunk)| {
            let at = hunk.lines.iter().position(|line| match side {
                Side::Right => line.new == Some(number),
                Side::Left => line.new.is_none() && line.old == Some(number),
            })?;
            Some((index, at))
        })
    }

    /// The `position` of a line: lines below the first `@@`, where later `@@` lines count.
    pub(crate) fn position(&self, hunk: usize, line: usize) -> usize {
        let before: usize = self.hunks[..hunk].iter().map(|hunk| hunk.lines.len() + 1).sum();
        before + line + 1
    }

    /// The inverse of [`FileChange::position`].
    pub(crate) fn at_position(&self, position: usize) -> Option<(Side, usize)> {
        let mut left = position.checked_sub(1)?;
        for hunk in &self.hunks {
            if let Some(line) = hunk.lines.get(left) {
                return match (line.new, line.old) {
                    (Some(number), _) => Some((Side::Right, number)),
                    (None, Some(number)) => Some((Side::Left, number)),
                    (None, None) => None,
                };
            }
            left = left.checked_sub(hunk.lines.len() + 1)?;
        }
        None
    }
}

impl Hunk {
    fn text(&self) -> String {
        let mut text = self.header.clone();
        for line in &self.lines {
            text.push('\n');
            text.push_str(&line.text);
            if line.unterminated {
                text.push_str("\n\\ No newline at end of file");
            }
        }
        text
    }

    /// The text from the header down to a line: the field `diff_hunk` of a comment.
    pub(crate) fn text_to(&self, line: usize) -> String {
        let lines = self.lines[..=line].to_vec();
        Hunk { header: self.header.clone(), lines }.text()
    }
}

/// Every file that differs, by path, with patches kept back as the limits say.
pub(crate) fn diff(base: &Tree, head: &Tree, limits: &DiffLimits) -> Vec<FileChange> {
    let renames = renames(base, head);
    let sources: BTreeSet<&str> = renames.values().map(String::as_str).collect();
    let paths: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let (mut lines, mut bytes) = (0, 0);
    let mut changes: Vec<FileChange> = Vec::new();
    for path in paths {
        let (old, new) = (base.get(path), head.get(path));
        if old == new || (new.is_none() && sources.contains(path.as_str())) {
            continue;
        }
        let previous = renames.get(path).cloned();
        let old = previous.as_ref().map_or(old, |previous| base.get(previous));
        let mut change = compare(path, previous, old, new);
        // F2: limits of one file, then of the whole diff.
        let size = change.patch().map_or(0, |patch| patch.len());
        let count: usize = change.hunks.iter().map(|hunk| hunk.lines.len() + 1).sum();
        if count > limits.file_lines || size > limits.file_bytes {
            change.withheld = true;
        }
        if !change.withheld {
            lines += count;
            bytes += size;
        }
        if lines > limits.total_lines || bytes > limits.total_bytes || changes.len() >= limits.total_files {
            change.withheld = true;
        }
        if change.withheld {
            change.hunks.clear();
        }
        changes.push(change);
    }
    changes
}

/// F3: the whole diff as one text, or what is too much in it.
pub(crate) fn whole(changes: &[FileChange], limits: &DiffLimits) -> Result<String, String> {
    if changes.len() > limits.total_files {
        return Err(format!(
            "Sorry, the diff exceeded the maximum number of files ({}). Consider using 'List pull requests files' API or locally cloning the repository instead.",
            limits.total_files
        ));
    }
    let lines: usize = changes.iter().map(|change| change.additions + change.deletions).sum();
    if lines > limits.total_lines {
        return Err(format!("Sorry, the diff exceeded the maximum number of lines ({})", limits.total_lines));
    }
    let mut text = Vec::new();
    for change in changes {
        let old = change.previous.as_ref().unwrap_or(&change.path);
        text.push(format!("diff --git a/{old} b/{}\n", change.path));
        match change.patch().filter(|patch| !patch.is_empty()) {
            Some(patch) => {
                let (from, to) = match change.status {
                    "added" => ("/dev/null".to_owned(), format!("b/{}", change.path)),
                    "removed" => (format!("a/{old}"), "/dev/null".to_owned()),
                    _ => (format!("a/{old}"), format!("b/{}", change.path)),
                };
                text.push(format!("--- {from}\n+++ {to}\n{patch}\n"));
            }
            None => text.push("Binary files differ\n".to_owned()),
        }
    }
    Ok(text.concat())
}

/// Lines of a text, each with its line feed; only a line feed ends a line, as in git.
pub(crate) fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Where each old line went: its new number, if it is still there unchanged. Lines count from 1.
pub(crate) fn survivors(old: &[u8], new: &[u8]) -> BTreeMap<usize, usize> {
    let (old, new) = (lines(old), lines(new));
    let mut map = BTreeMap::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            map.extend((0..len).map(|step| (old_index + step + 1, new_index + step + 1)));
        }
    }
    map
}

fn compare(path: &str, previous: Option<String>, old: Option<&Entry>, new: Option<&Entry>) -> FileChange {
    let status = match (old, new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ if previous.is_some() => "renamed",
        _ => "modified",
    };
    let sha = new.or(old).map_or_else(String::new, Entry::sha);
    let bytes = |entry: Option<&Entry>| match entry {
        Some(Entry::Submodule(commit)) => format!("Subproject commit {commit}\n").into_bytes(),
        Some(entry) => entry.bytes().to_vec(),
        None => Vec::new(),
    };
    let (old, new) = (bytes(old), bytes(new));
    let binary = is_binary(&old) || is_binary(&new);
    let hunks = if binary { Vec::new() } else { hunks(&old, &new) };
    let count = |sign: char| {
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        lines.filter(|line| line.text.starts_with(sign)).count()
    };
    FileChange {
        path: path.to_owned(),
        previous,
        status,
        additions: count('+'),
        deletions: count('-'),
        // An empty file, or a mere renaming, has no patch either.
        withheld: binary || hunks.is_empty(),
        hunks,
        sha,
    }
}

/// git's own test: a NUL in the first 8,000 bytes.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8000).any(|byte| *byte == 0)
}

fn hunks(old: &[u8], new: &[u8]) -> Vec<Hunk> {
    let (old, new) = (lines(old), lines(new));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    group_diff_ops(ops, CONTEXT).iter().map(|group| hunk(group, &old, &new)).collect()
}

fn hunk(group: &[DiffOp], old: &[&[u8]], new: &[&[u8]]) -> Hunk {
    let mut out = Vec::new();
    let line = |sign: char, bytes: &[u8], old: Option<usize>, new: Option<usize>| {
        let body = bytes.strip_suffix(b"\n");
        Line {
            old: old.map(|index| index + 1),
            new: new.map(|index| index + 1),
            text: format!("{sign}{}", String::from_utf8_lossy(body.unwrap_or(bytes))),
            unterminated: body.is_none(),
        }
    };
    for op in group {
        let (before, after) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            let pairs = before.zip(after);
            out.extend(pairs.map(|(from, to)| line(' ', old[from], Some(from), Some(to))));
        } else {
            out.extend(before.map(|from| line('-', old[from], Some(from), None)));
            out.extend(after.map(|to| line('+', new[to], None, Some(to))));
        }
    }
    let start = group.first().map_or(0, |op| op.old_range().start);
    let old_len = out.iter().filter(|line| line.old.is_some()).count();
    let new_len = out.iter().filter(|line| line.new.is_some()).count();
    let new_start = group.first().map_or(0, |op| op.new_range().start);
    // git heads a hunk with the last line above it that looks like the start of a function;
    // in a requirements file that is any line that begins with a letter.
    let heading = old[..start.min(old.len())]
        .iter()
        .rev()
        .find(|line| line.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_$".contains(byte)))
        .map(|line| {
            let text = String::from_utf8_lossy(line);
            format!(" {}", text.trim_end().chars().take(80).collect::<String>())
        })
        .unwrap_or_default();
    Hunk { header: format!("@@ -{} +{} @@{heading}", range(start, old_len), range(new_start, new_len)), lines: out }
}

/// `start,length` as in a unified diff: the length 1 is left out, an empty range names the line before.
fn range(start: usize, len: usize) -> String {
    match len {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{len}", start + 1),
    }
}

/// New path to old path: first the same bytes, then at least half of the lines in common.
fn renames(base: &Tree, head: &Tree) -> BTreeMap<String, String> {
    let mut gone: Vec<&String> = base.keys().filter(|path| !head.contains_key(*path)).collect();
    let mut found = BTreeMap::new();
    if gone.is_empty() {
        return found;
    }
    let added: Vec<&String> = head.keys().filter(|path| !base.contains_key(*path)).collect();
    // Like git, give up looking for likeness where it would take too long.
    let passes = if gone.len() * added.len() > 10_000 { &[true][..] } else { &[true, false] };
    for exact in passes.iter().copied() {
        for path in &added {
            if found.contains_key(*path) {
                continue;
            }
            let (Some(new), false) = (head.get(*path), gone.is_empty()) else { continue };
            if new.bytes().is_empty() {
                continue;
            }
            let alike = gone.iter().position(|old| {
                base.get(*old)
                    .is_some_and(|old| if exact { old == new } else { similarity(old.bytes(), new.bytes()) >= 0.5 })
            });
            if let Some(index) = alike {
                found.insert((*path).clone(), gone.remove(index).clone());
            }
        }
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "a share of two counts of lines")]
fn similarity(old: &[u8], new: &[u8]) -> f64 {
    let most = lines(old).len().max(lines(new).len());
    if most == 0 { 0.0 } else { survivors(old, new).len() as f64 / most as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(old: &str, new: &str) -> FileChange {
        compare("f", None, Some(&Entry::from(old)), Some(&Entry::from(new)))
    }

    #[test]
    fn patch_is_that_of_git() {
        let change = one("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng");
        assert_eq!(
            change.patch().as_deref(),
            Some("@@ -2,6 +2,6 @@ a\n b\n c\n d\n-e\n+E\n f\n-g\n+g\n\\ No newline at end of file")
        );
        assert_eq!(change.find(Side::Right, 5), Some((0, 4)));
        assert_eq!(change.find(Side::Left, 5), Some((0, 3)));
        assert_eq!(change.find(Side::Right, 1), None);
        assert_eq!(change.position(0, 4), 5);
        assert_eq!(change.at_position(5), Some((Side::Right, 5)));
        assert_eq!(change.at_position(4), Some((Side::Left, 5)));
    }

    #[test]
    fn an_added_file_starts_at_nothing() {
        let change = compare("f", None, None, Some(&Entry::from("a\nb\n")));
        assert_eq!(change.patch().as_deref(), Some("@@ -0,0 +1,2 @@\n+a\n+b"));
    }

    #[test]
    fn renamed_files_are_found_by_their_lines() {
        let tree = |path: &str, text: &str| Tree::from([(path.to_owned(), Entry::from(text))]);
        let changes = diff(&tree("old.txt", "a\nb\nc\n"), &tree("new.txt", "a\nb\nd\n"), &DiffLimits::default());
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].status, changes[0].previous.as_deref()), ("renamed", Some("old.txt")));
    }
}
