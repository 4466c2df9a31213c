//! The rows of a change, version 1: part of the report, and what `pychain diff` prints.

use serde::Serialize;

use super::v1::{Problem, Tool};
use crate::diff::{self, Route, Row};
use crate::order::Map;
use crate::text;

/// Identifies the form of a table of changes; the `$id` of its schema, `docs/diff.schema.json`.
pub const SCHEMA: &str = "urn:pychain:diff:v1";

#[derive(Serialize)]
pub(super) struct Diff<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    counts: Map<&'static str, usize>,
    changes: Vec<Change<'a>>,
    problems: Vec<Problem<'a>>,
}

#[derive(Serialize)]
pub(super) struct Change<'a> {
    project: &'a str,
    kinds: Vec<&'static str>,
    constraint: bool,
    before: Option<State<'a>>,
    after: Option<State<'a>>,
    /// Whether it is asked for; null where that is not known, or the project is not added.
    direct: Option<bool>,
    path: &'a [String],
    age_days: Option<i64>,
    size: Option<Size>,
    hashes: Hashes,
    newly_sdist_only: bool,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct State<'a> {
    versions: &'a [String],
    source: Option<&'a str>,
    markers: &'a [String],
    extras: &'a [String],
    groups: &'a [String],
    uploaded: Option<&'a str>,
    sdist_only: bool,
}

#[derive(Serialize)]
struct Size {
    before: Option<u64>,
    after: u64,
}

#[derive(Serialize)]
struct Hashes {
    added: usize,
    removed: usize,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: usize,
    in_base: bool,
    locked: bool,
}

impl<'a> Diff<'a> {
    pub(super) fn of(rows: &'a [Row], problems: &'a [text::Problem], version: &'a str) -> Self {
        let count = |kind: diff::Kind| rows.iter().filter(|row| row.kinds.contains(&kind)).count();
        Self {
            schema: SCHEMA,
            tool: Tool { name: "pychain", version },
            counts: diff::Kind::ALL.into_iter().map(|kind| (kind.name(), count(kind))).collect(),
            changes: rows.iter().map(Change::of).collect(),
            problems: problems.iter().map(Problem::of).collect(),
        }
    }
}

impl<'a> Change<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        let (direct, path) = match &row.route {
            Route::Unknown => (None, &[][..]),
            Route::Direct => (Some(true), &[][..]),
            Route::Through(path) => (Some(false), path.as_slice()),
        };
        let place = |place: &'a diff::Place| Place {
            path: &place.path,
            line: place.line,
            in_base: place.in_base,
            locked: place.is_locked,
        };
        Self {
            project: &row.name,
            kinds: row.kinds.iter().map(|kind| kind.name()).collect(),
            constraint: row.constraint,
            before: row.before.as_ref().map(State::of),
            after: row.after.as_ref().map(State::of),
            direct,
            path,
            age_days: row.age,
            size: row.size.map(|size| Size { before: size.before, after: size.after }),
            hashes: Hashes { added: row.hashes.added, removed: row.hashes.removed },
            newly_sdist_only: row.is_newly_sdist_only(),
            places: row.places.iter().map(place).collect(),
        }
    }
}

impl<'a> State<'a> {
    fn of(state: &'a diff::State) -> Self {
        Self {
            versions: &state.versions,
            source: Some(state.source.as_str()).filter(|source| !source.is_empty()),
            markers: &state.markers,
            extras: &state.extras,
            groups: &state.groups,
            uploaded: state.uploaded.as_deref(),
            sdist_only: state.is_sdist_only,
        }
    }
}
