//! The change as people read it: one row for each project that it adds, removes or alters, whatever the format.

use std::borrow::Cow;

use super::Renames;
use super::route::{Route, Routes};
use super::state::{self, HashChange, SizeChange, State};
use crate::model::time::seconds;
use crate::order::{Arrange as _, Map, Set};
use crate::requirement::typed;
use crate::text::FileId;
use crate::tree::{Mention, Project};

/// What a change does to one project, in one file or alike in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The project's name as written; of an unnamed direct reference, the reference.
    pub name: String,
    /// What is done to it, at least one thing, the weightiest first.
    pub kinds: Vec<Kind>,
    /// As it was.
    pub before: Option<State>,
    /// As it is.
    pub after: Option<State>,
    /// Whether it is only limited, not asked for.
    pub constraint: bool,
    /// Why an added project is there.
    pub route: Route,
    /// Days between the upload of its newest file and the day of the audit, where the file tells and the version is
    /// another one than before. Negative: it is said to come from the future.
    pub age: Option<i64>,
    /// The file that grew most, or the largest one of an added project.
    pub size: Option<SizeChange>,
    /// Hashes of a version that stays.
    pub hashes: HashChange,
    /// Where it stands, by path.
    pub places: Vec<Place>,
}

/// One thing that a change does to a project, in the order of their weight to a reviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It comes from another place.
    Resourced,
    /// Its version stays and hashes come or go.
    Rehashed,
    /// It was not there.
    Added,
    /// To an older version.
    Downgraded,
    /// To a newer version.
    Upgraded,
    /// To other versions, of which it cannot be said which are newer.
    Changed,
    /// It is no longer there.
    Removed,
    /// Under another environment marker.
    Marker,
    /// With other extras.
    Extras,
    /// In other dependency groups.
    Groups,
}

/// A place of a project in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line, 1-based.
    pub line: usize,
    /// Whether it is a place before the change, because there is none after it.
    pub in_base: bool,
    /// Whether the file is a lock file, whose diff people seldom see.
    pub is_locked: bool,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Resourced,
        Self::Rehashed,
        Self::Added,
        Self::Downgraded,
        Self::Upgraded,
        Self::Changed,
        Self::Removed,
        Self::Marker,
        Self::Extras,
        Self::Groups,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resourced => "re-sourced",
            Self::Rehashed => "re-hashed",
            Self::Added => "added",
            Self::Downgraded => "downgraded",
            Self::Upgraded => "upgraded",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Marker => "marker",
            Self::Extras => "extras",
            Self::Groups => "groups",
        }
    }
}

/// Everything that names one project in one file.
type ByName<'a> = Map<Cow<'a, str>, Vec<Mention<'a>>>;
type Files<'a> = Map<&'a str, ByName<'a>>;

/// The rows of a change, the weightiest first, then by name. `today` is in days since 1970.
///
/// A file is compared with what it was, under another name too. What only one side has is compared as a whole with
/// what only the other side has, so that a project that moves from one lock file to another, of whatever tool, is a row
/// only where something about it changes.
pub fn rows(base: &Project, head: &Project, renames: &Renames, today: Option<i64>) -> Vec<Row> {
    let (mut before, after) = (files(base), files(head));
    let mut rows = Vec::new();
    let mut come = Vec::new();
    let sides = Sides { base, head, today };
    let mut routes = Map::new();
    for file in &head.files {
        let Some(new) = after.get(file.path()) else {
            // It names nothing any more.
            if let Some(old) = before.remove(renames.base_path(file.path())) {
                rows.extend(old.values().filter_map(|old| sides.row(old, &[], true, &mut routes)));
            }
            continue;
        };
        let old_path = renames.base_path(file.path());
        if base.find(old_path).is_none() {
            come.push(new);
            continue;
        }
        let old = before.remove(old_path).unwrap_or_default();
        for name in old.keys().chain(new.keys()).collect::<Set<_>>() {
            rows.extend(sides.row(of(&old, name), of(new, name), true, &mut routes));
        }
    }
    let gone: Vec<ByName<'_>> = before.into_values().collect();
    let names: Set<&Cow<'_, str>> =
        come.iter().flat_map(|file| file.keys()).chain(gone.iter().flat_map(ByName::keys)).collect::<Set<_>>();
    let (known, kept) = (everywhere(base), everywhere(head));
    for name in names {
        let old = told(pool(gone.iter(), name));
        let new = told(pool(come.iter().copied(), name));
        // What is known from a file that stays is not new, and what such a file still has is not gone.
        let old = if old.is_empty() { told(of(&known, name).to_vec()) } else { old };
        if new.is_empty() && kept.contains_key(name) {
            continue;
        }
        rows.extend(sides.row(&old, &new, false, &mut routes));
    }
    merge(rows)
}

fn files(project: &Project) -> Files<'_> {
    let mut files = Files::new();
    for mention in project.mentions() {
        let path = project.file(mention.location().file).path();
        files.entry(path).or_default().entry(name(&mention)).or_default().push(mention);
    }
    files
}

fn name<'a>(mention: &Mention<'a>) -> Cow<'a, str> {
    match mention {
        Mention::Requirement(entry) if entry.requirement.name.is_none() => entry.requirement.label().into(),
        _ => mention.name().map_or("", |name| name.normalized()).into(),
    }
}

fn of<'f, 'a>(file: &'f ByName<'a>, name: &str) -> &'f [Mention<'a>] {
    file.get(name).map_or(&[], Vec::as_slice)
}

/// What several files say of a project.
fn pool<'f, 'a: 'f>(files: impl Iterator<Item = &'f ByName<'a>>, name: &str) -> Vec<Mention<'a>> {
    files.flat_map(|file| of(file, name)).copied().collect()
}

/// What all files of a side say.
fn everywhere(project: &Project) -> ByName<'_> {
    let mut all = ByName::new();
    for mention in project.mentions() {
        all.entry(name(&mention)).or_default().push(mention);
    }
    all
}

/// Those that tell a version, or all where none does: a range beside a pin says less.
fn told(mentions: Vec<Mention<'_>>) -> Vec<Mention<'_>> {
    let exact: Vec<Mention<'_>> = mentions.iter().filter(|mention| state::is_exact(mention)).copied().collect();
    if exact.is_empty() { mentions } else { exact }
}

/// Both sides of a change.
struct Sides<'a> {
    base: &'a Project,
    head: &'a Project,
    today: Option<i64>,
}

impl<'a> Sides<'a> {
    /// What becomes of one project; nothing where that is nothing, or concerns only a project of one's own.
    fn row(
        &self,
        old: &[Mention<'a>],
        new: &[Mention<'a>],
        same_file: bool,
        routes: &mut Map<FileId, Routes<'a>>,
    ) -> Option<Row> {
        if state::are_the_same(old, new) || old.iter().chain(new).all(state::is_local) {
            return None;
        }
        let before = State::of(old);
        let after = State::of(new);
        let hashes = if same_file { HashChange::between(old, new) } else { HashChange::default() };
        let kinds = match (&before, &after) {
            (None, _) => vec![Kind::Added],
            (_, None) => vec![Kind::Removed],
            (Some(before), Some(after)) => kinds(before, after, &hashes, old, new, same_file),
        };
        if kinds.is_empty() {
            return None;
        }
        let shown = new.first().or(old.first())?;
        let is_other_version =
            kinds.iter().any(|kind| matches!(kind, Kind::Added | Kind::Upgraded | Kind::Downgraded | Kind::Changed));
        let uploaded =
            after.as_ref().filter(|_| is_other_version).and_then(|after| seconds(after.uploaded.as_deref()?));
        let route = if kinds.contains(&Kind::Added) { self.route(new, routes) } else { Route::Unknown };
        Some(Row {
            name: shown.name().map_or_else(|| name(shown).into_owned(), |name| name.as_written().to_owned()),
            constraint: shown.is_constraint(),
            route,
            age: uploaded.zip(self.today).map(|(uploaded, today)| today - uploaded.div_euclid(86_400)),
            size: SizeChange::between(old, new).filter(|_| is_other_version),
            hashes,
            places: self.places(old, new),
            kinds,
            before,
            after,
        })
    }

    fn route(&self, new: &[Mention<'a>], routes: &mut Map<FileId, Routes<'a>>) -> Route {
        let mut found = Route::Unknown;
        for mention in new {
            let file = mention.location().file;
            let Some(document) = self.head.document(file) else { continue };
            let routes = routes.entry(file).or_insert_with(|| Routes::of(self.head, document));
            found = found.or(routes.to(&name(mention)));
        }
        found
    }

    fn places(&self, old: &[Mention<'a>], new: &[Mention<'a>]) -> Vec<Place> {
        let (project, mentions) = if new.is_empty() { (self.base, old) } else { (self.head, new) };
        let place = |mention: &Mention<'a>| {
            let location = mention.location();
            let file = project.file(location.file);
            Place {
                path: file.path().to_owned(),
                line: file.line_of(location.span.start),
                in_base: new.is_empty(),
                is_locked: matches!(mention, Mention::Locked(_)),
            }
        };
        let mut places: Vec<Place> = mentions.iter().map(place).collect();
        places.arrange();
        places.dedup();
        places
    }
}

fn kinds(
    before: &State,
    after: &State,
    hashes: &HashChange,
    old: &[Mention<'_>],
    new: &[Mention<'_>],
    same_file: bool,
) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if state::is_elsewhere(old, new, before, after) {
        kinds.push(Kind::Resourced);
    }
    if hashes.added + hashes.removed > 0 {
        kinds.push(Kind::Rehashed);
    }
    let moved = compared(&before.versions, &after.versions);
    kinds.extend(moved);
    // What a lock file says of the circumstances follows from the version, and is of interest only by itself.
    let is_locked = new.iter().any(|mention| matches!(mention, Mention::Locked(_)));
    if same_file && !(is_locked && moved.is_some()) {
        let differences = [
            (Kind::Marker, before.markers != after.markers),
            (Kind::Extras, before.extras != after.extras),
            (Kind::Groups, before.groups != after.groups),
        ];
        kinds.extend(differences.into_iter().filter(|(_, differs)| *differs).map(|(kind, _)| kind));
    }
    kinds.arrange();
    kinds
}

/// Whether versions rise or fall: the highest counts, then the lowest.
fn compared(before: &[String], after: &[String]) -> Option<Kind> {
    if before == after {
        return None;
    }
    let typed =
        |versions: &[String]| versions.iter().map(|version| typed::version(version)).collect::<Option<Vec<_>>>();
    // What may be any version is neither newer nor older than one.
    let all = |versions: &[String]| typed(versions).filter(|versions| !versions.is_empty());
    let Some((old, new)) = all(before).zip(all(after)) else { return Some(Kind::Changed) };
    if old == new {
        return None;
    }
    let order = new.iter().max().cmp(&old.iter().max()).then(new.iter().min().cmp(&old.iter().min()));
    Some(match order {
        std::cmp::Ordering::Greater => Kind::Upgraded,
        std::cmp::Ordering::Less => Kind::Downgraded,
        std::cmp::Ordering::Equal => Kind::Changed,
    })
}

/// Rows that say the same of several files become one.
fn merge(mut rows: Vec<Row>) -> Vec<Row> {
    let plain = |name: &str| crate::name::normalize(name);
    rows.arrange_by_key(|row| (row.kinds.clone(), plain(&row.name), row.places.clone()));
    let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let same = merged.iter_mut().rev().take_while(|other| other.kinds == row.kinds).take(8);
        let mut same = same.filter(|other| plain(&other.name) == plain(&row.name) && other.says_the_same_as(&row));
        match same.next() {
            Some(other) => {
                other.places.extend(row.places);
                other.places.arrange();
                other.places.dedup();
                other.route = std::mem::take(&mut other.route).or(row.route);
                other.age = other.age.or(row.age);
                other.size = other.size.or(row.size);
            }
            None => merged.push(row),
        }
    }
    merged
}

impl Row {
    fn says_the_same_as(&self, other: &Self) -> bool {
        let says = |state: &Option<State>| {
            state.as_ref().map(|state| {
                (state.versions.clone(), state.source.clone(), state.markers.clone(), state.extras.clone())
            })
        };
        self.hashes == other.hashes
            && self.constraint == other.constraint
            && says(&self.before) == says(&other.before)
            && says(&self.after) == says(&other.after)
    }

    /// Whether the new files are only source distributions, and were not before.
    pub fn is_newly_sdist_only(&self) -> bool {
        let only = |state: &Option<State>| state.as_ref().is_some_and(|state| state.is_sdist_only);
        only(&self.after) && (self.age.is_some() || self.kinds.contains(&Kind::Added) || !only(&self.before))
    }
}

#[cfg(test)]
mod tests;
