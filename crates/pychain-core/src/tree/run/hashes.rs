//! Hash-checking mode as pip 26.3 decides it, and where older versions differ.

use super::{Run, is_vcs};
use crate::model::{PathKind, Requirement, Source};
use crate::order::{Map, Set, alone, hash};
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
    /// Whether pip stops for one of those that decide.
    pub refused: bool,
}

/// pip's verdict on one requirement in hash-checking mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashLine {
    /// The file.
    pub file: FileId,
    /// Index into the document's lines.
    pub line: usize,
    /// Whether its marker holds; true where no environment was given.
    pub applies: bool,
    /// Whether pip judges the project by this line, among those that apply.
    pub decides: bool,
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
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(run.entries.len());
    rows.extend(run.entries.iter().filter_map(|entry| {
        let line = entry.line?;
        let found = project.document(entry.file)?.lines.get(line)?;
        let requirement = found.requirement()?;
        let applies = match (&requirement.marker, markers) {
            (Some(marker), Some(environment)) => marker.evaluate(environment).unwrap_or(true),
            _ => true,
        };
        let (file, constraint, number) = (entry.file, entry.constraint, found.number);
        Some(Row { file, line, number, constraint, requirement, applies })
    }));
    let by: Vec<_> =
        rows.iter().filter(|row| !row.requirement.hashes.is_empty()).map(|row| (row.file, row.line)).collect();
    let by_option = run.options.require_hashes.is_some();
    let on = by_option || (!by.is_empty() && run.options.no_require_hashes.is_none());
    let mut mode = HashMode { on, by_option, by, ..HashMode::default() };
    if !on {
        return mode;
    }
    let constrained: Set<&str> = rows
        .iter()
        .filter(|row| row.constraint && row.applies && !row.requirement.hashes.is_empty())
        .filter_map(Row::name)
        .collect::<Set<_>>();
    // Which line decides for a project that several are about, and whether it would yield.
    let mut deciding: Map<Key<'_>, (usize, bool)> = Map::new();
    mode.lines.reserve_exact(rows.len());
    let is_alone = alone(rows.iter().map(|row| hash(row.name().unwrap_or_default().as_bytes(), 0)));
    for (row, is_alone) in rows.iter().zip(is_alone).filter(|(row, _)| !row.constraint) {
        let at = mode.lines.len();
        let verdict = row.verdict(&constrained);
        let by_name = matches!(row.requirement.source, Source::Index);
        mode.lines.push(HashLine {
            file: row.file,
            line: row.line,
            applies: row.applies,
            decides: is_alone && row.applies,
            verdict,
            verdict_before_26_1: match verdict {
                HashVerdict::Ok | HashVerdict::OkByConstraint if by_name && !row.requirement.is_pinned_for_pip() => {
                    HashVerdict::Unpinned
                }
                HashVerdict::OkByConstraint => HashVerdict::Missing,
                other => other,
            },
        });
        if is_alone || !row.applies {
            continue;
        }
        // A line with extras and no version yields to one without.
        let weak = row.requirement.name.is_some()
            && !row.requirement.extras.is_empty()
            && by_name
            && row.requirement.specifiers.is_empty();
        let key = row.name().map_or(Key::Line(row.file, row.number), Key::Project);
        let known = deciding.entry(key).or_insert((at, weak));
        let is_final = mode.lines.get(known.0).is_some_and(|line| line.verdict.is_beyond_hashing());
        if !is_final && (verdict.is_beyond_hashing() || (known.1 && !weak)) {
            *known = (at, weak);
        }
    }
    for (at, _) in deciding.into_values() {
        if let Some(line) = mode.lines.get_mut(at) {
            line.decides = true;
        }
    }
    mode.refused = mode.lines.iter().any(|line| line.decides && !line.verdict.is_ok());
    mode
}

/// What is judged as one: a project, or a line that names none.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Project(&'a str),
    Line(FileId, u32),
}

struct Row<'a> {
    file: FileId,
    line: usize,
    number: u32,
    constraint: bool,
    requirement: &'a Requirement,
    applies: bool,
}

impl Row<'_> {
    fn name(&self) -> Option<&str> {
        self.requirement.name.as_ref().map(crate::name::ProjectName::normalized)
    }

    /// In pip's order (`RequirementPreparer`, `Factory`): what can never be hashed first.
    fn verdict(&self, constrained: &Set<&str>) -> HashVerdict {
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
