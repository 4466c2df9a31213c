//! What one side of a change says of a project, for the table of the change.

use std::borrow::Cow;

use crate::model::time::seconds;
use crate::model::{FileKind, LockFormat, LockedFile, LockedPackage, Requirement, Source, SourceKind, Word};
use crate::order::{Arrange as _, Map, Set};
use crate::requirement::typed;
use crate::tree::Mention;
use crate::url::redact;

/// Characters of a commit that tell it from others.
const COMMIT: usize = 12;

/// A project on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Its versions, lowest first, each once: pinned, locked, or else what is asked for (`>=2`). Empty: any version.
    pub versions: Vec<String>,
    /// Where it comes from, credentials left out; empty for the configured index.
    pub source: String,
    /// Environment markers, sorted.
    pub markers: Vec<String>,
    /// Extras that are asked for, normalized and sorted.
    pub extras: Vec<String>,
    /// Dependency groups that it is in, sorted.
    pub groups: Vec<String>,
    /// When its newest file was uploaded, as written.
    pub uploaded: Option<String>,
    /// Whether files are known and none of them is a wheel.
    pub is_sdist_only: bool,
}

/// Hashes that come and go while the version stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HashChange {
    /// How many are new.
    pub added: usize,
    /// How many are gone.
    pub removed: usize,
}

/// The sizes of one file of a version, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeChange {
    /// Of the like file before.
    pub before: Option<u64>,
    /// Of the file.
    pub after: u64,
}

impl State {
    /// What several mentions of one project say together; none where there is none.
    pub(super) fn of(mentions: &[Mention<'_>]) -> Option<Self> {
        let mut state = Self::default();
        let mut versions: Vec<String> =
            mentions.iter().map(version).filter(|version| !version.is_empty()).map(Cow::into_owned).collect();
        versions.arrange_by_key(|version| (typed::version(version), version.clone()));
        versions.dedup();
        state.versions = versions;
        state.source = mentions.iter().find_map(source).unwrap_or_default();
        let mut youngest = None;
        let mut sdist_only = Set::new();
        for mention in mentions {
            match mention {
                Mention::Requirement(entry) => {
                    let requirement = entry.requirement;
                    state.markers.extend(requirement.marker.as_ref().map(ToString::to_string));
                    state.extras.extend(requirement.extras.iter().map(|extra| extra.normalized().to_owned()));
                }
                Mention::Locked(locked) => {
                    let package = locked.package;
                    state.markers.extend(package.markers.iter().map(|marker| marker.text.clone()));
                    state.groups.extend(package.groups.iter().cloned());
                    sdist_only.insert(package.is_sdist_only());
                    for uploaded in package.files.iter().filter_map(|file| file.uploaded.as_ref()) {
                        if let Some(time) = seconds(&uploaded.value)
                            && youngest.is_none_or(|youngest| youngest < time)
                        {
                            youngest = Some(time);
                            state.uploaded = Some(uploaded.value.clone());
                        }
                    }
                }
            }
        }
        state.is_sdist_only = sdist_only.len() == 1 && sdist_only.contains(&true);
        for list in [&mut state.markers, &mut state.extras, &mut state.groups] {
            list.arrange();
            list.dedup();
        }
        (!mentions.is_empty()).then_some(state)
    }

    /// The versions as one text.
    pub fn version(&self) -> String {
        self.versions.join(", ")
    }
}

impl HashChange {
    /// Of the versions that both sides have.
    pub(super) fn between(old: &[Mention<'_>], new: &[Mention<'_>]) -> Self {
        let versions = |mentions: &[Mention<'_>]| -> Set<String> {
            mentions.iter().map(|mention| version(mention).into_owned()).collect::<Set<_>>()
        };
        let common: Set<String> = versions(old).intersection(&versions(new)).cloned().collect::<Set<_>>();
        let hashes = |mentions: &[Mention<'_>]| -> Set<String> {
            let same = mentions.iter().filter(|mention| common.contains(&*version(mention)));
            same.flat_map(self::hashes).collect::<Set<_>>()
        };
        let (old, new) = (hashes(old), hashes(new));
        Self { added: new.difference(&old).count(), removed: old.difference(&new).count() }
    }
}

impl SizeChange {
    /// Of the files that are alike but for the version, the one that grew most; or the largest where none is alike.
    pub(super) fn between(old: &[Mention<'_>], new: &[Mention<'_>]) -> Option<Self> {
        let (old, new) = (sizes(old), sizes(new));
        let alike = new.iter().filter_map(|(kind, after)| Some((*old.get(kind)?, *after)));
        let grew = |before: u64, after: u64| u128::from(after) * 1000 / u128::from(before.max(1));
        let most = alike.max_by_key(|(before, after)| (grew(*before, *after), *after));
        let largest = || new.values().max().map(|after| Self { before: None, after: *after });
        most.map(|(before, after)| Self { before: Some(before), after }).or_else(largest)
    }

    /// Whether it is so much more than before that a reader should know.
    pub fn is_jump(&self) -> bool {
        self.before.is_some_and(|before| self.after / 2 >= before && self.after - before >= 100_000)
    }
}

/// The sizes of the files by what is left of their names without project and version.
fn sizes(mentions: &[Mention<'_>]) -> Map<String, u64> {
    let size = |file: &LockedFile| {
        let name = file.file_name()?;
        let kind = match file.kind() {
            FileKind::Wheel => name.splitn(3, '-').nth(2)?.to_owned(),
            _ => "sdist".to_owned(),
        };
        Some((kind, file.size.as_ref()?.value.parse().ok()?))
    };
    let packages = mentions.iter().filter_map(package);
    packages.flat_map(|package| &package.files).filter_map(size).collect::<Map<_, _>>()
}

fn package<'a>(mention: &Mention<'a>) -> Option<&'a LockedPackage> {
    match mention {
        Mention::Locked(locked) => Some(locked.package),
        Mention::Requirement(_) => None,
    }
}

/// Whether nothing differs that a row would tell; quick, because that is so of nearly everything.
pub(super) fn are_the_same(old: &[Mention<'_>], new: &[Mention<'_>]) -> bool {
    let same = |(old, new): (&Mention<'_>, &Mention<'_>)| match (old, new) {
        (Mention::Requirement(old), Mention::Requirement(new)) => old.text() == new.text(),
        (Mention::Locked(old), Mention::Locked(new)) => {
            let (old, new) = (old.package, new.package);
            let hashes = |package: &'_ LockedPackage| package.files.iter().map(|file| file.hashes.len()).sum::<usize>();
            old.version() == new.version()
                && old.source.kind == new.source.kind
                && word(old.source.url.as_ref()) == word(new.source.url.as_ref())
                && word(old.source.reference.as_ref()) == word(new.source.reference.as_ref())
                && old.markers == new.markers
                && old.groups == new.groups
                && hashes(old) == hashes(new)
                && old
                    .files
                    .iter()
                    .flat_map(|file| &file.hashes)
                    .zip(new.files.iter().flat_map(|file| &file.hashes))
                    .all(|(old, new)| old.algorithm == new.algorithm && old.digest == new.digest)
        }
        _ => false,
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

fn word(word: Option<&Word>) -> Option<&str> {
    word.map(|word| word.value.as_str())
}

/// Whether it is a project of one's own: a part of the change itself, not of what it depends on.
pub(super) fn is_local(mention: &Mention<'_>) -> bool {
    match mention {
        Mention::Requirement(entry) => matches!(entry.requirement.source, Source::Path(_)),
        Mention::Locked(locked) => locked.package.is_own(),
    }
}

/// Whether it says which version is meant.
pub(super) fn is_exact(mention: &Mention<'_>) -> bool {
    match mention {
        Mention::Requirement(entry) => entry.requirement.pin().is_some(),
        Mention::Locked(_) => true,
    }
}

/// The version, or what the requirement says of it, or the revision of a repository.
fn version<'a>(mention: &Mention<'a>) -> Cow<'a, str> {
    match mention {
        Mention::Requirement(entry) => {
            let requirement = entry.requirement;
            if let Some(pin) = requirement.pin() {
                return Cow::Borrowed(&pin.version);
            }
            if let Source::Url(url) = &requirement.source {
                return url.revision().map(|revision| commit(revision).into()).unwrap_or_default();
            }
            specifiers(requirement).into()
        }
        Mention::Locked(locked) => {
            let package = locked.package;
            let reference =
                package.source.reference.as_ref().filter(|_| matches!(package.source.kind, SourceKind::Vcs(_)));
            match reference {
                None => package.version().into(),
                Some(reference) => {
                    format!("{} {}", package.version(), commit(&reference.value)).trim().to_owned().into()
                }
            }
        }
    }
}

fn commit(reference: &str) -> String {
    let is_hash = reference.len() >= 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    reference.chars().take(if is_hash { COMMIT } else { usize::MAX }).collect()
}

fn specifiers(requirement: &Requirement) -> String {
    let specifiers =
        requirement.specifiers.iter().map(|specifier| format!("{}{}", specifier.operator, specifier.version));
    specifiers.collect::<Vec<_>>().join(",")
}

/// Where it comes from, as far as it says: the version is no part of it.
fn source(mention: &Mention<'_>) -> Option<String> {
    match mention {
        Mention::Requirement(entry) => match &entry.requirement.source {
            Source::Index => None,
            Source::Path(path) => Some(path.given.clone()),
            Source::Url(url) => {
                let text = url.redacted();
                Some(if url.is_vcs() { repository(&text) } else { folder(&text) })
            }
        },
        Mention::Locked(locked) => {
            let source = &locked.package.source;
            let url = redact(source.url.as_ref()?.value.trim_end_matches('/'));
            Some(match &source.kind {
                SourceKind::Vcs(system) => format!("{system}+{}", repository(&url)),
                SourceKind::Url => folder(&url),
                SourceKind::Default => return None,
                _ => url,
            })
        }
    }
}

/// A repository without what is asked for of it.
fn repository(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let (start, path) = url.split_at(url.find("://").map_or(0, |at| at + 3));
    // Behind the host an `@` begins the revision.
    let host = path.find('/').unwrap_or(path.len());
    let (host, path) = path.split_at(host);
    let path = path.split('@').next().unwrap_or(path).trim_end_matches(".git");
    format!("{start}{host}{path}")
}

/// Where an archive lies.
fn folder(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    url.rsplit_once('/').map_or(url, |(folder, _)| folder).to_owned()
}

/// Whether it comes from another place than before. That the file does not name an index says nothing, except in
/// `poetry.lock`, which names all but the public one.
pub(super) fn is_elsewhere(old: &[Mention<'_>], new: &[Mention<'_>], before: &State, after: &State) -> bool {
    let place = |mentions: &[Mention<'_>], state: &State| {
        let is_poetry = mentions
            .iter()
            .any(|mention| matches!(mention, Mention::Locked(locked) if locked.lock.format == LockFormat::Poetry));
        let is_direct = mentions.iter().any(|mention| matches!(mention, Mention::Requirement(_)));
        match state.source.trim_end_matches('/') {
            "" if is_poetry || is_direct => Some(PUBLIC.to_owned()),
            "" => None,
            source => Some(source.to_owned()),
        }
    };
    place(old, before).zip(place(new, after)).is_some_and(|(old, new)| old != new)
}

const PUBLIC: &str = "https://pypi.org/simple";

/// All hashes, with their algorithms and the version that they are of.
fn hashes(mention: &Mention<'_>) -> Vec<String> {
    let of = version(mention);
    match mention {
        Mention::Requirement(entry) => {
            let hashes = entry.requirement.hashes.iter();
            hashes.map(|hash| format!("{of} {}:{}", hash.algorithm.name(), hash.digest)).collect()
        }
        Mention::Locked(locked) => {
            let hashes = locked.package.files.iter().flat_map(|file| &file.hashes);
            hashes.map(|hash| format!("{of} {hash}")).collect()
        }
    }
}
