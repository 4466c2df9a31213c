//! What `uv.lock` says that its projects asked for, against what their manifests ask for.

use crate::finding::Location;
use crate::format::requirements_txt::{folder, join};
use crate::model::{Condition, Document, LineKind, Lock, LockedDependency, LockedPackage, Section, Source};
use crate::name::{ProjectName, normalize};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::requirement::typed::{VersionSpecifiers, specifiers};
use crate::requirement::{Specifier, parse_requirement};
use crate::text::FileId;
use crate::tree::{Entry, Project};

/// How much a manifest may ask for. Groups that include each other can make much of little.
const MAX_ASKED: usize = 50_000;

/// The table that the group `dev` stood in before there was a standard.
const OLD_GROUP: &str = "tool.uv.dev-dependencies";

/// Something in which they differ.
pub(super) struct Difference<'a> {
    /// The manifest.
    pub(super) manifest: &'a Document,
    /// Where the lock file shows it.
    pub(super) location: Location,
    /// What it is: said of the manifest that the lock file was made for, and read after "which".
    pub(super) message: String,
    /// What the manifest asks for, where it asks for it.
    pub(super) asked: Option<Location>,
}

/// What something is asked for as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Needed(Condition),
    Constraint,
    Override,
}

/// What is asked for, by where and what.
type Asked<'a, T> = Map<(Place, &'a str), Vec<T>>;

/// All differences. Only what uv writes down as it stands in a manifest is looked at: which project is asked for, when,
/// and in which versions, but not its markers, and no versions of what has a source of its own.
pub(super) fn differences<'a>(project: &'a Project, document: &'a Document, lock: &'a Lock) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    if !lock.errors.is_empty() {
        return found;
    }
    // Before it had revisions the format did not hold all that a manifest asks for.
    let is_whole = lock.version.as_ref().is_some_and(|version| version.contains('.'));
    let root = folder(project.file(document.file).path());
    let whole_file = Location { file: document.file, span: document.source.line_span(1) };
    let of_lock = manifest_in(project, root);
    let of_root = lock.packages.iter().find(|package| package.is_own() && folder_of(package, root) == join(root, ""));
    let mut compared: Map<FileId, &str> = Map::new();
    for package in lock.packages.iter().filter(|package| package.is_own()) {
        let Some(manifest) = manifest_in(project, &folder_of(package, root)) else { continue };
        let fallback = Location { file: document.file, span: package.name_span };
        // A folder holds one project. A file that has more of it was not made by uv, and may have any number.
        let name = package.name.normalized();
        match compared.get(&manifest.file) {
            None => drop(compared.insert(manifest.file, name)),
            Some(known) if *known == name => continue,
            Some(_) => {
                let message = format!("held the project {} as well", code(package.name.as_written()));
                found.push(Difference { manifest, location: fallback, message, asked: None });
                continue;
            }
        }
        let locked = match &package.asked {
            Some(asked) => asked.as_slice(),
            // What asks for nothing has no such table.
            None if is_whole => &[],
            None => continue,
        };
        let is_compared = |place: &Place| match place {
            Place::Needed(Condition::Group(_)) => is_whole,
            Place::Needed(_) => !manifest.leaves_to_build,
            Place::Constraint | Place::Override => false,
        };
        let locked = locked.iter().map(|locked| (Place::Needed(locked.condition.clone()), locked));
        let comparison = Comparison { lock, manifest, root: of_lock, own_name: Some(&package.name), fallback };
        found.extend(comparison.differences(project, is_compared, locked));
    }
    if let Some(manifest) = of_lock.filter(|_| is_whole) {
        let inputs = &lock.inputs;
        let needed = inputs.requirements.iter().map(|locked| (Place::Needed(locked.condition.clone()), locked));
        let constraints = inputs.constraints.iter().map(|locked| (Place::Constraint, locked));
        let overrides = inputs.overrides.iter().map(|locked| (Place::Override, locked));
        let is_compared = |place: &Place| match place {
            Place::Needed(Condition::Group(_)) => of_root.is_none(),
            Place::Needed(_) => false,
            Place::Constraint | Place::Override => true,
        };
        let fallback = of_root.map_or(whole_file, |package| Location { file: document.file, span: package.name_span });
        let comparison = Comparison { lock, manifest, root: of_lock, own_name: None, fallback };
        found.extend(comparison.differences(project, is_compared, needed.chain(constraints).chain(overrides)));
    }
    found
}

/// A manifest, and a project of which a lock file says what it asked for.
struct Comparison<'a> {
    lock: &'a Lock,
    manifest: &'a Document,
    /// The manifest beside the lock file.
    root: Option<&'a Document>,
    own_name: Option<&'a ProjectName>,
    /// Where a lock file shows what is not in it.
    fallback: Location,
}

impl<'a> Comparison<'a> {
    fn differences(
        &self,
        project: &'a Project,
        is_compared: impl Fn(&Place) -> bool,
        locked: impl Iterator<Item = (Place, &'a LockedDependency)>,
    ) -> Vec<Difference<'a>> {
        let mut found = Vec::new();
        let Some(entries) = asked_by(project, self.manifest) else { return found };
        // An extra that stands in a marker is part of the condition here, and of no condition that can hold there.
        let mut unclear: Set<&str> = self.own_name.map(ProjectName::normalized).into_iter().collect::<Set<_>>();
        let mut asked: Asked<'_, Entry<'a>> = Map::new();
        for (place, name, entry) in entries {
            if entry.requirement.marker.as_ref().is_some_and(|marker| marker.to_string().contains("extra")) {
                unclear.insert(name);
            }
            asked.entry((place, name)).or_default().push(entry);
        }
        let mut written: Asked<'_, &LockedDependency> = Map::new();
        for (place, locked) in locked {
            let name = locked.name.normalized();
            if locked.marker.as_deref() == Some("python_version < '0'") {
                unclear.insert(name);
            }
            written.entry((place, name)).or_default().push(locked);
        }
        let names: Set<&str> = self.lock.packages.iter().map(|package| package.name.normalized()).collect::<Set<_>>();
        let keys: Set<_> = asked.keys().chain(written.keys()).collect::<Set<_>>();
        for key in keys.into_iter().filter(|(place, name)| is_compared(place) && !unclear.contains(name)) {
            let entries = asked.get(key).map(Vec::as_slice).unwrap_or_default();
            let locked = written.get(key).map(Vec::as_slice).unwrap_or_default();
            // What limits nothing, or a project that is not locked, may come and go.
            if matches!(key.0, Place::Constraint | Place::Override) {
                let limits = entries.iter().any(|entry| !entry.requirement.specifiers.is_empty())
                    || locked.iter().any(|locked| locked.specifier.is_some());
                if !limits || !names.contains(key.1) {
                    continue;
                }
            }
            let place = key.0.as_text();
            let message = match (entries, locked) {
                ([entry, ..], []) if self.is_written(entry) => {
                    format!("did not ask for {}{place}", written_in(project, entry))
                }
                ([], [locked, ..]) => format!("asked for {}{place}, as this one does not", locked_as(locked)),
                // Of several requirements uv lets one come and go that another one covers.
                ([entry], [locked]) if is_other(entry, locked) => {
                    format!("asked for {}{place}, not for {}", locked_as(locked), written_in(project, entry))
                }
                _ => continue,
            };
            let span = locked.first().map_or(self.fallback.span, |locked| locked.span);
            let location = Location { span, ..self.fallback };
            found.push(Difference {
                manifest: self.manifest,
                location,
                message,
                asked: entries.first().map(Entry::location),
            });
        }
        found
    }

    /// Whether uv writes a requirement down, whatever its marker is. Of one with a source it leaves out what is in no
    /// environment, and which sources there are the root of a workspace may say, too.
    fn is_written(&self, entry: &Entry<'_>) -> bool {
        let has_sources = |manifest: &Document| manifest.has_section(|section| section.table == "tool.uv.sources");
        entry.requirement.marker.is_none() || ![Some(self.manifest), self.root].into_iter().flatten().any(has_sources)
    }
}

impl Place {
    /// To be read after what is asked for.
    fn as_text(&self) -> String {
        match self {
            Self::Needed(Condition::Always) => String::new(),
            Self::Needed(Condition::Extra(extra)) => format!(" for extra {}", code(extra)),
            Self::Needed(Condition::Group(group)) => format!(" in group {}", code(group)),
            Self::Constraint => " as a constraint".to_owned(),
            Self::Override => " as an override".to_owned(),
        }
    }
}

/// The manifest of a folder, where it was read.
fn manifest_in<'a>(project: &'a Project, folder: &str) -> Option<&'a Document> {
    project.document(project.find(&join(folder, "pyproject.toml"))?)
}

/// The folder of a project of one's own.
fn folder_of(package: &LockedPackage, root: &str) -> String {
    join(root, package.source.url.as_ref().map_or("", |url| &url.value))
}

/// What a manifest asks for, groups with all that they include; none where uv would not accept it.
fn asked_by<'a>(project: &'a Project, manifest: &'a Document) -> Option<Vec<(Place, &'a str, Entry<'a>)>> {
    if manifest.lines.iter().any(|line| matches!(line.kind, LineKind::Refused(_))) {
        return None;
    }
    let mut sections: Map<Place, Vec<u32>> = Map::new();
    for (section, at) in manifest.sections.iter().zip(0..) {
        if let Some(place) = place_of(section) {
            sections.entry(place).or_default().push(at);
        }
    }
    let mut entries: Map<u32, Vec<Entry<'a>>> = Map::new();
    for entry in project.requirements_of(manifest) {
        entries.entry(entry.line.section).or_default().push(entry);
    }
    let mut found = Vec::new();
    for place in sections.keys() {
        let mut places = vec![place.clone()];
        let mut seen: Set<Place> = places.iter().cloned().collect::<Set<_>>();
        let mut at = 0;
        while let Some(of_place) = places.get(at).map(|place| sections.get(place)) {
            for id in of_place? {
                let Some(section) = manifest.sections.get(*id as usize) else { continue };
                // What includes a group does not have what the older table adds to it.
                if at > 0 && section.table == OLD_GROUP {
                    continue;
                }
                for entry in entries.get(id).into_iter().flatten() {
                    found.push((place.clone(), entry.requirement.name.as_ref()?.normalized(), *entry));
                }
                for group in &section.includes {
                    let group = Place::Needed(Condition::Group(normalize(&group.value)));
                    if seen.insert(group.clone()) {
                        places.push(group);
                    }
                }
            }
            if found.len() + places.len() > MAX_ASKED {
                return None;
            }
            at += 1;
        }
    }
    Some(found)
}

/// What uv takes a section for; none for a section that it does not read, or does not write down.
fn place_of(section: &Section) -> Option<Place> {
    let label = || normalize(section.label.as_deref().unwrap_or_default());
    Some(match section.table.as_str() {
        "project.dependencies" => Place::Needed(Condition::Always),
        "tool.uv.constraint-dependencies" => Place::Constraint,
        "tool.uv.override-dependencies" => Place::Override,
        OLD_GROUP => Place::Needed(Condition::Group(label())),
        table if table.starts_with("project.optional-dependencies.") => Place::Needed(Condition::Extra(label())),
        table if table.starts_with("dependency-groups.") => Place::Needed(Condition::Group(label())),
        _ => return None,
    })
}

/// The versions that a manifest asks for; none where they are not understood, or something else decides on them.
fn versions_of_entry(entry: &Entry<'_>) -> Option<VersionSpecifiers> {
    let requirement = entry.requirement;
    let is_plain = matches!(requirement.source, Source::Index) && requirement.index.is_none();
    is_plain.then(|| specifiers(&requirement.specifiers)).flatten()
}

/// The versions that were asked for; none where they are not understood, or something else decided on them.
fn versions_of_locked(locked: &LockedDependency) -> Option<VersionSpecifiers> {
    let text = locked.specifier.as_deref().unwrap_or_default();
    let parsed = parse_requirement(&format!("x{text}")).ok().filter(|_| locked.source.is_none())?;
    let placed =
        |(operator, version, _): (_, String, _)| Specifier { operator, version: version.into(), span: locked.span };
    specifiers(&parsed.specifiers.into_iter().map(placed).collect::<Vec<_>>())
}

/// Whether other versions or extras are asked for, in whichever order they stand.
fn is_other(entry: &Entry<'_>, locked: &LockedDependency) -> bool {
    let (Some(new), Some(old)) = (versions_of_entry(entry), versions_of_locked(locked)) else { return false };
    let parts = |versions: &VersionSpecifiers| versions.iter().cloned().collect::<Set<_>>();
    let new_extras: Set<String> =
        entry.requirement.extras.iter().map(|extra| normalize(extra.as_written())).collect::<Set<_>>();
    let old_extras: Set<String> = locked.extras.iter().map(|extra| normalize(extra)).collect::<Set<_>>();
    parts(&new) != parts(&old) || new_extras != old_extras
}

/// What was asked for, as a manifest would say it.
fn locked_as(locked: &LockedDependency) -> impl std::fmt::Display {
    let extras = if locked.extras.is_empty() { String::new() } else { format!("[{}]", locked.extras.join(",")) };
    code(&format!("{}{extras}{}", locked.name.as_written(), locked.specifier.as_deref().unwrap_or_default()))
}

/// What a manifest asks for, without its marker.
fn written_in(project: &Project, entry: &Entry<'_>) -> impl std::fmt::Display {
    let name = entry.requirement.name_span.unwrap_or(entry.requirement.span);
    code(project.text(entry.at(name.cover(entry.requirement.specifiers_span))))
}

#[cfg(test)]
mod tests;
