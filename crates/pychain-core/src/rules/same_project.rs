//! Entries of one project in one run: which go together, and which never can.

use std::ops::Bound;

use crate::model::{Line, Requirement, Section, Source};
use crate::name::ProjectName;
use crate::order::{Arrange as _, Set, alone, hash};
use crate::requirement::typed::{self, Version};
use crate::requirement::{Binding, Marker, Specifier};
use crate::text::FileId;
use crate::tree::{Entry, Project, Role};
use crate::url::DirectUrl;

/// So many entries of one project, or specifiers, are compared with each other; more of them is nobody's file.
const MAX_COMPARED: usize = 32;

/// Two entries of one project that one run reads, in its order.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) earlier: Entry<'a>,
    pub(super) later: Entry<'a>,
    /// When both hold.
    pub(super) overlap: Overlap<'a>,
}

/// When the markers of two entries hold together.
#[derive(Clone, Copy)]
pub(super) enum Overlap<'a> {
    /// Whenever one of them does.
    Always,
    /// In some environments; the marker that narrows it down.
    Sometimes(&'a Marker),
}

/// Visits the pairs of entries whose markers can hold together, at least one of the two a requirement;
/// once for each run that reads both. Where nobody can tell whether markers exclude each other there is no pair.
pub(super) fn each_pair<'a>(project: &'a Project, mut visit: impl FnMut(&Pair<'a>)) {
    for run in &project.runs {
        let is_manifest = run.role == Role::Manifest;
        let overridden = if is_manifest { overridden(project, run.root) } else { Set::new() };
        let named = run.entries.iter().filter_map(|at| {
            let document = project.document(at.file)?;
            let line = document.lines.get(at.line?)?;
            let requirement = line.requirement()?;
            let entry = Entry { document, line, requirement, constraint: at.constraint };
            let name = requirement.name.as_ref()?.normalized();
            if !is_manifest {
                return Some(((0, name), entry));
            }
            // What a manifest asks for in two groups is no contradiction before somebody asks for both.
            let is_whole = entry.is_in(Section::is_whole_list) && !overridden.contains(name);
            is_whole.then_some(((line.section, name), entry))
        });
        let hashes = named.clone().map(|((section, name), _)| hash(name.as_bytes(), section.into()));
        let is_alone = alone(hashes.collect::<Vec<_>>().into_iter());
        let named = named.zip(is_alone).filter(|(_, is_alone)| !is_alone);
        let mut named: Vec<((u32, &str), Entry<'_>)> = named.map(|(named, _)| named).collect();
        named.arrange_by_key(|(key, _)| *key);
        for entries in named.chunk_by(|(one, _), (other, _)| one == other).filter(|entries| entries.len() > 1) {
            let mut group: Vec<Entry<'_>> = Vec::new();
            for (_, entry) in entries {
                // A file that is included twice is read twice, and says the same.
                if group.len() < MAX_COMPARED && !group.iter().any(|known| known.location() == entry.location()) {
                    group.push(*entry);
                }
            }
            let markers: Vec<_> = group.iter().map(|entry| entry.requirement.marker.as_ref()).collect();
            let typed: Vec<_> = markers.iter().map(|marker| marker.and_then(typed::marker)).collect();
            for (at, later) in group.iter().enumerate() {
                for (before, earlier) in group.iter().enumerate().take(at) {
                    if earlier.constraint && later.constraint {
                        continue;
                    }
                    let overlap = match (markers.get(before).copied().flatten(), markers.get(at).copied().flatten()) {
                        (None, None) => Overlap::Always,
                        (Some(marker), None) | (None, Some(marker)) => Overlap::Sometimes(marker),
                        (Some(one), Some(other)) if one == other => Overlap::Always,
                        (Some(_), Some(marker)) => match (typed.get(before), typed.get(at)) {
                            (Some(Some(one)), Some(Some(other))) if !one.is_disjoint(other) => {
                                Overlap::Sometimes(marker)
                            }
                            _ => continue,
                        },
                    };
                    visit(&Pair { earlier: *earlier, later: *later, overlap });
                }
            }
        }
    }
}

/// What a manifest asks for otherwise than all its lists do, whatever they say.
fn overridden(project: &Project, manifest: FileId) -> Set<&str> {
    let lines = project.document(manifest).into_iter().flat_map(|document| {
        let is_override = |line: &&Line| {
            document.section(line).is_some_and(|section| section.table == "tool.uv.override-dependencies")
        };
        document.lines.iter().filter(is_override)
    });
    lines.filter_map(|line| line.requirement()?.name.as_ref().map(ProjectName::normalized)).collect::<Set<_>>()
}

/// Whether no one distribution can satisfy both. `false` where it cannot be told.
pub(super) fn contradict(one: &Requirement, other: &Requirement) -> bool {
    match (&one.source, &other.source) {
        (Source::Index, Source::Index) => {
            let both = one.specifiers.iter().chain(&other.specifiers);
            let all: Vec<Specifier> = both.take(MAX_COMPARED + 1).cloned().collect();
            is_unsatisfiable(&all)
        }
        (Source::Url(url), Source::Url(other_url)) => {
            let is_known = !url.text.contains("${") && !other_url.text.contains("${");
            is_known && (one.editable != other.editable || identity(url) != identity(other_url))
        }
        _ => false,
    }
}

/// What pip compares two URLs by (`links_equivalent`): all but credentials and the name in the fragment.
fn identity(url: &DirectUrl) -> String {
    let address = url.authority.rsplit_once('@').map_or(url.authority.as_str(), |(_, address)| address);
    let mut query: Vec<&str> = url.query.split('&').collect();
    query.sort_unstable();
    let (scheme, path) = (&url.scheme, &url.path);
    format!("{scheme} {address} {path} {query:?} {:?} {:?}", url.subdirectory(), url.hash())
}

/// Whether no version satisfies all specifiers. `false` where it cannot be told.
pub(super) fn is_unsatisfiable(specifiers: &[Specifier]) -> bool {
    if specifiers.len() < 2 || specifiers.len() > MAX_COMPARED {
        return false;
    }
    let Some(all) = typed::specifiers(specifiers) else { return false };
    let binding = |wanted| specifiers.iter().filter(move |specifier| specifier.binding() == wanted);
    if binding(Binding::Arbitrary).next().is_some() {
        return false;
    }
    let mut pins = binding(Binding::Exact).filter_map(|pin| typed::version(&pin.version)).peekable();
    if pins.peek().is_some() {
        return pins.all(|pin| !all.contains(&pin));
    }
    let bounds: Vec<_> = specifiers.iter().map(bounds).collect();
    bounds.iter().any(|(lower, _)| bounds.iter().any(|(_, upper)| is_empty(lower, upper)))
}

/// The versions that a specifier leaves, as an interval around them.
fn bounds(specifier: &Specifier) -> (Bound<Version>, Bound<Version>) {
    let Some(version) = typed::version(specifier.version.trim_end_matches(".*")) else {
        return (Bound::Unbounded, Bound::Unbounded);
    };
    let release = version.release().to_vec();
    match specifier.operator {
        ">=" => (Bound::Included(version), Bound::Unbounded),
        ">" => (Bound::Excluded(version), Bound::Unbounded),
        "<=" => (Bound::Unbounded, Bound::Included(version)),
        "<" => (Bound::Unbounded, Bound::Excluded(version)),
        "~=" => (Bound::Included(version), next(release.get(..release.len().saturating_sub(1)).unwrap_or_default())),
        "==" if specifier.binding() == Binding::Wildcard => (Bound::Unbounded, next(&release)),
        _ => (Bound::Unbounded, Bound::Unbounded),
    }
}

/// What comes after every version that begins so: `2` for `1`, `1.3` for `1.2`.
fn next(release: &[u64]) -> Bound<Version> {
    let Some((last, first)) = release.split_last() else { return Bound::Unbounded };
    let numbers = first.iter().copied().chain([last.saturating_add(1)]);
    Bound::Excluded(Version::new(numbers))
}

fn is_empty(lower: &Bound<Version>, upper: &Bound<Version>) -> bool {
    match (lower, upper) {
        (Bound::Included(lower), Bound::Included(upper)) => lower > upper,
        (Bound::Included(lower) | Bound::Excluded(lower), Bound::Included(upper) | Bound::Excluded(upper)) => {
            lower >= upper
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::parse_requirement;

    #[test]
    fn versions_that_satisfy_all_are_looked_for() {
        for (text, expected) in [
            (">=2,<1", true),
            (">=1,<=1", false),
            (">1,<=1", true),
            (">=1.0,<1", true),
            ("==1.0,==1", false),
            ("==1.0,==1.0+cpu", false),
            ("==1,==2", true),
            ("==1.*,==1.5", false),
            ("==1.*,>=2", true),
            ("==1.*,<1", false),
            ("~=1.4,>=2", true),
            ("~=1.4,<1.9", false),
            ("==2.0rc1,>=1", false),
            ("==1,!=1", true),
            ("===1,==2", false),
            ("", false),
        ] {
            let full = format!("a{text}");
            let parsed = parse_requirement(&full).expect("a requirement");
            let specifiers: Vec<Specifier> = parsed
                .specifiers
                .into_iter()
                .map(|(operator, version, _)| Specifier {
                    operator,
                    version: version.into(),
                    span: crate::text::Span::default(),
                })
                .collect();
            assert_eq!(is_unsatisfiable(&specifiers), expected, "{text}");
        }
    }
}
