//! Where a file that somebody has is listed: by its digest, and by the project that its name tells.

use pychain_core::digest::{Algorithm, Digest};
use pychain_core::format::filename;
use pychain_core::order::Arrange as _;
use pychain_core::text::Span;
use pychain_core::tree::Project;

use crate::protocol::{Matched, MatchedEntry, Verdict};

/// Entries that are told; a list of more is no answer.
const MAX_ENTRIES: usize = 200;

/// The entries of a project's files that list a digest or are about the project that a file name tells.
pub(crate) fn find(project: &Project, name: &str, sha256: &str) -> Matched {
    let claims = if name.ends_with(".whl") { filename::wheel(name) } else { filename::sdist(name) };
    let claims = claims.map(|(project, version)| (project, version.to_string())).map_err(str::to_owned);
    let claimed = claims.as_ref().ok().map(|(project, _)| project.as_str());
    let digest = Digest::new(sha256);
    let mut entries = Vec::new();
    let mut tell = |file, span: Span, verdict| {
        let file = project.file(file);
        let text = file.slice(span).lines().next().unwrap_or_default();
        entries.push(MatchedEntry {
            path: file.path().to_owned(),
            line: file.line_of(span.start),
            text: text.chars().take(200).collect(),
            verdict,
        });
    };
    for entry in project.requirements() {
        let requirement = entry.requirement;
        let is_named = requirement.name.as_ref().is_some_and(|name| Some(name.normalized()) == claimed);
        let of_sha256 = requirement.hashes.iter().filter(|hash| hash.algorithm == Algorithm::Sha256);
        if let Some(hash) = of_sha256.clone().find(|hash| hash.digest == digest) {
            tell(entry.document.file, hash.span, Verdict::Matches);
        } else if is_named {
            let verdict = if of_sha256.count() == 0 { Verdict::NoHash } else { Verdict::NotListed };
            tell(entry.document.file, requirement.span, verdict);
        }
    }
    for locked in project.locked() {
        let package = locked.package;
        let is_named = Some(package.name.normalized()) == claimed;
        let sha256_of = |file: &pychain_core::model::LockedFile| file.sha256().map(|hash| hash.digest == digest);
        let listed = package.files.iter().find(|file| sha256_of(file) == Some(true));
        let same_name = package.files.iter().find(|file| file.file_name().as_deref() == Some(name));
        if let Some(file) = listed {
            let span = file.sha256().map_or(file.place(), |hash| hash.span);
            tell(locked.document.file, span, Verdict::Matches);
        } else if let Some(file) = same_name {
            let verdict = if sha256_of(file).is_some() { Verdict::Differs } else { Verdict::NoHash };
            tell(locked.document.file, file.place(), verdict);
        } else if is_named {
            let none = package.files.iter().all(|file| sha256_of(file).is_none());
            let verdict = if none { Verdict::NoHash } else { Verdict::NotListed };
            tell(locked.document.file, package.place(), verdict);
        }
    }
    entries.arrange_by_key(|entry| entry.verdict);
    entries.truncate(MAX_ENTRIES);
    Matched { name: name.to_owned(), sha256: sha256.to_owned(), claims, entries }
}
