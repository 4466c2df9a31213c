//! Hash-checking mode as pip 26.3 decides it, and where older versions differ.

use std::collections::{BTreeMap, BTreeSet};

use super::{Run, is_vcs};
use crate::model::{Line, PathKind, Requirement, Source};
use crate::requirement::Environment;
use crate::text::FileId;
use crate::tree::Project;

/// Hash-checking mode of a run (pip 26.3).
#[derive(Debug, Clone, Default)]
pub struct HashMode {
    /// Whether it is on.
    pub on: bool,
    /// Whether `--require-hashes` switched it on (else a `--hash` did).
    pub by_option: bool,
    /// Requirements and constraints with a hash: file and index of the line.
    pub by: Vec<(FileId, usize)>,
    /// When on, one entry a requirement that does not only constrain.
    pub lines: Vec<HashLine>,
    /// The line that pip judges a project by, among those that apply: verdict, file, index of the line.
    pub projects: BTreeMap<String, (HashVerdict, FileId, usize)>,
    /// Whether pip stops for one of them.
    pub refused: bool,
}

/// pip's verdict on one requirement in hash-checking mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashLine {
    /// The file.
    pub file: FileId,
    /// Index into the document's lines.
    pub line: usize,
    /// Normalized name of the project.
    pub name: Option<String>,
    /// Whether its marker holds; true where no environment was given.
    pub applies: bool,
    /// As of pip 26.1.
    pub verdict: HashVerdict,
    /// Up to pip 26.0, which wanted a pin beside every hash and took none from constraints.
    pub verdict_before_26_1: HashVerdict,
}

/// What hash-checking mode says of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashVerdict {
    /// Its own hash, or one in its URL's fragment.
    Ok,
    /// A hash in a constraint of the same project.
    OkByConstraint,
    /// Editable: can never be checked.
    Editable,
    /// From version control: can never be checked.
    Vcs,
    /// A local directory: can never be checked.
    Directory,
    /// A local path that is not there.
    Unreadable,
    /// Pinned or direct, without a hash.
    Missing,
    /// Neither hash nor pin.
    Unpinned,
}

impl HashVerdict {
    /// Whether pip goes on.
    pub fn is_ok(self) -> bool {
        matches!(self, Self::Ok | Self::OkByConstraint)
    }

    /// Whether no hash could ever help.
    fn is_beyond_hashing(self) -> bool {
        matches!(self, Self::Editable | Self::Vcs | Self::Directory)
    }
}

/// Judges a run that pip does not refuse. Without an environment every marker is taken to hold.
pub(super) fn judge(project: &Project, run: &Run, markers: Option<&Environment>) -> HashMode {
    let rows: Vec<Row<'_>> = run
        .entries
        .iter()
        .filter_map(|entry| {
            let line = entry.line?;
            let requirement = project.document(entry.file)?.lines.get(line).and_then(Line::requirement)?;
            let applies = match (&requirement.marker, markers) {
                (Some(marker), Some(environment)) => marker.evaluate(environment).unwrap_or(true),
                _ => true,
            };
            Some(Row { file: entry.file, line, constraint: entry.constraint, requirement, applies })
        })
        .collect();
    let by: Vec<_> =
        rows.iter().filter(|row| !row.requirement.hashes.is_empty()).map(|row| (row.file, row.line)).collect();
    let by_option = run.options.require_hashes.is_some();
    let on = by_option || (!by.is_empty() && run.options.no_require_hashes.is_none());
    let mut mode = HashMode { on, by_option, by, ..HashMode::default() };
    if !on {
        return mode;
    }
    let constrained: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.constraint && row.applies && !row.requirement.hashes.is_empty())
        .filter_map(Row::name)
        .collect();
    let mut judged: Vec<(String, bool, HashLine)> = Vec::new();
    for row in rows.iter().filter(|row| !row.constraint) {
        let verdict = row.verdict(&constrained);
        let pinned = row.requirement.is_pinned_for_pip();
        let by_name = matches!(row.requirement.source, Source::Index);
        let verdict_before_26_1 = match verdict {
            HashVerdict::Ok | HashVerdict::OkByConstraint if by_name && !pinned => HashVerdict::Unpinned,
            HashVerdict::OkByConstraint => HashVerdict::Missing,
            other => other,
        };
        let place = || {
            let number = project
                .document(row.file)
                .and_then(|document| document.lines.get(row.line))
                .map_or(0, |line| line.number);
            format!("{}:{number}", project.file(row.file).path())
        };
        let key = row.name().map_or_else(place, str::to_owned);
        // A line with extras and no version yields to one without.
        let weak = row.requirement.name.is_some()
            && !row.requirement.extras.is_empty()
            && by_name
            && row.requirement.specifiers.is_empty();
        let line = HashLine {
            file: row.file,
            line: row.line,
            name: row.name().map(str::to_owned),
            applies: row.applies,
            verdict,
            verdict_before_26_1,
        };
        judged.push((key, weak, line));
    }
    let mut deciding: BTreeMap<&str, (&HashLine, bool)> = BTreeMap::new();
    for (key, weak, line) in judged.iter().filter(|(_, _, line)| line.applies) {
        let takes_over = match deciding.get(key.as_str()) {
            None => true,
            Some((known, _)) if known.verdict.is_beyond_hashing() => false,
            Some((_, known_weak)) => line.verdict.is_beyond_hashing() || (*known_weak && !weak),
        };
        if takes_over {
            deciding.insert(key, (line, *weak));
        }
    }
    mode.refused = deciding.values().any(|(line, _)| !line.verdict.is_ok());
    mode.projects =
        deciding.into_iter().map(|(key, (line, _))| (key.to_owned(), (line.verdict, line.file, line.line))).collect();
    mode.lines = judged.into_iter().map(|(_, _, line)| line).collect();
    mode
}

struct Row<'a> {
    file: FileId,
    line: usize,
    constraint: bool,
    requirement: &'a Requirement,
    applies: bool,
}

impl Row<'_> {
    fn name(&self) -> Option<&str> {
        self.requirement.name.as_ref().map(crate::name::ProjectName::normalized)
    }

    /// In pip's order (`RequirementPreparer`, `Factory`): what can never be hashed first.
    fn verdict(&self, constrained: &BTreeSet<&str>) -> HashVerdict {
        let requirement = self.requirement;
        let by_name = matches!(requirement.source, Source::Index);
        let has_hash =
            !requirement.hashes.is_empty() || requirement.direct_url().is_some_and(|url| url.hash().is_some());
        match &requirement.source {
            _ if requirement.editable => HashVerdict::Editable,
            source if is_vcs(source) => HashVerdict::Vcs,
            Source::Path(path) if matches!(path.kind, PathKind::Project | PathKind::Directory) => {
                HashVerdict::Directory
            }
            Source::Path(path) if path.kind == PathKind::Absent => HashVerdict::Unreadable,
            _ if has_hash => HashVerdict::Ok,
            _ if by_name && self.name().is_some_and(|name| constrained.contains(name)) => HashVerdict::OkByConstraint,
            _ if by_name && !requirement.is_pinned_for_pip() => HashVerdict::Unpinned,
            _ => HashVerdict::Missing,
        }
    }
}
