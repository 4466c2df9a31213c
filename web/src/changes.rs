//! What a change does, line by line of a table: requirements by their text, locked packages by version, source and files.

use pychain_core::diff::{self, LockedPair, Renames};
use pychain_core::tree::{Entry, Locked, Project};

use crate::protocol::{Change, Row};

/// All that a change adds, removes or alters, by file and name.
pub(crate) fn rows(base: &Project, head: &Project) -> Vec<Row> {
    let renames = Renames::between(base, head);
    let of_requirements = diff::changes(base, head, &renames).into_iter().map(|change| {
        let text = |entry: Option<Entry<'_>>| entry.map(|entry| entry.text().trim().to_owned()).unwrap_or_default();
        let named = change.after.map(|after| (after, head)).or(change.before.map(|before| (before, base)));
        let (path, name) = named.map_or_else(Default::default, |(entry, project)| {
            let name = entry.requirement.name.as_ref();
            let name = name.map_or_else(|| entry.requirement.label(), |name| name.normalized().to_owned());
            (project.file(entry.document.file).path().to_owned(), name)
        });
        Row {
            path,
            name,
            change: kind(change.before.is_some(), change.after.is_some()),
            before: text(change.before),
            after: text(change.after),
        }
    });
    let of_locks = diff::locked_pairs(base, head, &renames).into_iter().filter_map(|pair| locked(&pair, base, head));
    let mut rows: Vec<Row> = of_requirements.chain(of_locks).collect();
    rows.sort_by(|a, b| (&a.path, &a.name, a.change, &a.after).cmp(&(&b.path, &b.name, b.change, &b.after)));
    rows
}

fn kind(before: bool, after: bool) -> Change {
    match (before, after) {
        (false, _) => Change::Added,
        (true, false) => Change::Removed,
        (true, true) => Change::Changed,
    }
}

fn locked(pair: &LockedPair<'_>, base: &Project, head: &Project) -> Option<Row> {
    let (before, after) = (pair.before.as_ref().map(describe), pair.after.as_ref().map(describe));
    if before == after {
        return None;
    }
    let (side, project) =
        pair.after.as_ref().map(|after| (after, head)).or(pair.before.as_ref().map(|it| (it, base)))?;
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => before.against(&after),
        (before, after) => {
            (before.map(|it| it.text()).unwrap_or_default(), after.map(|it| it.text()).unwrap_or_default())
        }
    };
    Some(Row {
        path: project.file(side.document.file).path().to_owned(),
        name: side.package.name.normalized().to_owned(),
        change: kind(pair.before.is_some(), pair.after.is_some()),
        before,
        after,
    })
}

/// What of a locked package matters.
#[derive(Debug, PartialEq)]
struct Described {
    version: String,
    source: String,
    files: usize,
    hashes: Vec<String>,
}

impl Described {
    /// All of it, for a package that is new or gone.
    fn text(&self) -> String {
        format!("{}{}", self.version, self.source)
    }

    /// Both sides, by what tells them apart.
    fn against(&self, after: &Self) -> (String, String) {
        let (mut old, mut new) = (self.version.clone(), after.version.clone());
        if self.source != after.source {
            old.push_str(&self.source);
            new.push_str(&after.source);
        }
        if self.files != after.files {
            let files = |count: usize| format!(", {}", crate::components::status::count(count, "file", "files"));
            old.push_str(&files(self.files));
            new.push_str(&files(after.files));
        }
        if self.version == after.version && self.hashes != after.hashes {
            // Digests nobody compares by eye; that they differ at the same version is what matters.
            let missing = |from: &Self, of: &Self| from.hashes.iter().filter(|hash| !of.hashes.contains(hash)).count();
            let hashes = |count: usize| crate::components::status::count(count, "hash", "hashes");
            old.extend([", ", &hashes(missing(self, after)), " gone"]);
            new.extend([", ", &hashes(missing(after, self)), " new"]);
        }
        (old, new)
    }
}

fn describe(locked: &Locked<'_>) -> Described {
    let package = locked.package;
    let source = package.source.url.as_ref().map(|url| format!(" from {}", url.value)).unwrap_or_default();
    let reference = package.source.reference.as_ref().map(|word| format!(" at {}", word.value)).unwrap_or_default();
    let mut hashes: Vec<String> =
        package.files.iter().flat_map(|file| file.hashes.iter().map(ToString::to_string)).collect();
    hashes.sort();
    Described { version: package.version().to_owned(), source: source + &reference, files: package.files.len(), hashes }
}
