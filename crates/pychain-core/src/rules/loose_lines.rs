//! What the rules about pins share: requirements by name that pip may answer with another version tomorrow.

use super::support::{checks_hashes, is_input};
use crate::audit::Context;
use crate::model::{Line, Requirement, Section, Source};
use crate::order::{Map, Set};
use crate::requirement::{Binding, Marker, typed};
use crate::text::FileId;
use crate::tree::{Entry, Project, Run};

/// The requirements of one file that nothing holds to one version.
#[derive(Debug)]
pub(super) struct LooseLines<'a> {
    /// The file.
    pub(super) file: FileId,
    /// In the order of their lines.
    pub(super) entries: Vec<Entry<'a>>,
    /// How many requirements by name the file has.
    pub(super) total: usize,
    /// How many of those something holds.
    pub(super) held: usize,
}

/// Files with loose requirements. A hash holds a line, and so does a pin or a direct reference anywhere
/// in the same run, as in a constraints file; inputs and constraints are no promise to anybody.
pub(super) fn loose_lines<'a>(context: &Context<'a>) -> Vec<LooseLines<'a>> {
    let project = context.project;
    let mut loose: Set<(FileId, usize)> = Set::new();
    for run in project.runs.iter().filter(|run| !checks_hashes(run)) {
        // In most files everything is pinned, and nobody asks what else holds it.
        let mut held = None;
        for entry in run.entries.iter().filter(|entry| !entry.constraint) {
            let Some(line) = entry.line else { continue };
            let Some(requirement) = requirement_at(project, entry.file, line) else { continue };
            if holds(requirement) || !demands_pin(project, entry.file, line) {
                continue;
            }
            let held = held.get_or_insert_with(|| held_by(project, run));
            let is_held = |name| held.get(name).is_some_and(|markers| may_meet(markers, requirement));
            if !requirement.name.as_ref().is_some_and(|name| is_held(name.normalized())) {
                loose.insert((entry.file, line));
            }
        }
    }
    let mut files: Map<FileId, LooseLines<'a>> = Map::new();
    for (file, index) in loose {
        let Some(document) = project.document(file).filter(|_| !is_input(project, file)) else { continue };
        let Some(line) = document.lines.get(index) else { continue };
        let Some(requirement) = line.requirement() else { continue };
        let of_file = files.entry(file).or_insert_with(|| LooseLines {
            file,
            entries: Vec::new(),
            total: document.lines.iter().filter_map(Line::requirement).filter(|other| is_by_name(other)).count(),
            held: 0,
        });
        of_file.entries.push(Entry { document, line, requirement, constraint: false });
    }
    let count = |mut lines: LooseLines<'a>| {
        lines.held = lines.total.saturating_sub(lines.entries.len());
        lines
    };
    files.into_values().map(count).collect()
}

/// By project, under which markers a run holds it.
fn held_by<'a>(project: &'a Project, run: &Run) -> Map<&'a str, Vec<Option<&'a Marker>>> {
    let mut held: Map<&str, Vec<Option<&Marker>>> = Map::new();
    for entry in &run.entries {
        let requirement = entry.line.and_then(|line| requirement_at(project, entry.file, line));
        let Some(requirement) = requirement.filter(|requirement| holds(requirement)) else { continue };
        if let Some(name) = &requirement.name {
            held.entry(name.normalized()).or_default().push(requirement.marker.as_ref());
        }
    }
    held
}

fn requirement_at(project: &Project, file: FileId, line: usize) -> Option<&Requirement> {
    project.document(file)?.lines.get(line)?.requirement()
}

fn demands_pin(project: &Project, file: FileId, line: usize) -> bool {
    let section = project.document(file).and_then(|document| document.section(document.lines.get(line)?));
    section.is_some_and(Section::demands_pins)
}

fn is_by_name(requirement: &Requirement) -> bool {
    matches!(requirement.source, Source::Index)
}

fn holds(requirement: &Requirement) -> bool {
    !is_by_name(requirement)
        || !requirement.hashes.is_empty()
        || Binding::of(&requirement.specifiers) >= Binding::Arbitrary
}

/// How many markers of one project are compared; nobody splits a project into more parts.
const MAX_MARKERS: usize = 32;

/// Whether one of the lines with `markers` can hold `requirement`: not where the two never apply together.
fn may_meet(markers: &[Option<&Marker>], requirement: &Requirement) -> bool {
    let Some(own) = &requirement.marker else { return true };
    markers.len() > MAX_MARKERS
        || markers.iter().any(|marker| marker.is_none_or(|marker| !typed::are_disjoint(marker, own)))
}
