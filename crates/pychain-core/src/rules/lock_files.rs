//! What the rules about lock files ask of packages, their files and the URLs of these.

use std::borrow::Cow;

use super::foreign_file;
use crate::diff::LockedPair;
use crate::digest::Digest;
use crate::format::content_hash;
pub(super) use crate::model::time::seconds;
use crate::model::{Document, Lock, LockFormat, LockedFile, LockedHash, LockedPackage, SourceKind};
use crate::order::{Map, Set};
use crate::tree::{Locked, Project};

/// Where the public index keeps its files.
pub(super) const PYPI_FILES: &str = "files.pythonhosted.org";

/// The manifest in the folder of a lock file that its tool makes it from.
pub(super) fn manifest_beside<'a>(
    project: &'a Project,
    document: &Document,
    format: LockFormat,
) -> Option<&'a Document> {
    let name = if format == LockFormat::Pipfile { "Pipfile" } else { "pyproject.toml" };
    let path = project.file(document.file).path();
    let path = path.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"));
    project.document(project.find(&path)?)
}

/// Whether a lock file was made for a manifest, by the hash that its tool keeps; none where that cannot be told.
pub(super) fn is_made_for(project: &Project, lock: &Lock, manifest: &Document) -> Option<bool> {
    let hash = lock.content_hash.as_ref()?;
    let accepted = content_hash::accepted(lock.format, project.file(manifest.file))?;
    Some(accepted.contains(&hash.value.to_ascii_lowercase()))
}

/// The host of a URL in lower case, credentials and port left out. None for a path, and for an authority
/// that readers of URLs do not agree on.
pub(super) fn host(url: &str) -> Option<String> {
    let authority = authority(url)?;
    if authority.contains('\\') {
        return None;
    }
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if address.is_empty() || !address.chars().all(is_plain) {
        return None;
    }
    let host = match address.strip_prefix('[') {
        Some(inner) => inner.split(']').next()?,
        None => address.split(':').next()?,
    };
    Some(host.to_lowercase())
}

/// What stands between `//` and the path of a URL over HTTP.
pub(super) fn authority(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    is_http.then(|| rest.get(..end)).flatten()
}

/// Whether a URL is one over HTTP without encryption.
pub(super) fn is_http(url: &str) -> bool {
    url.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
}

/// Whether a package is from the public index, by the index that the lock file names.
pub(super) fn is_from_pypi(package: &LockedPackage) -> bool {
    package.source.kind == SourceKind::Index
        && package.source.url.as_ref().is_some_and(|url| {
            authority(&url.value)
                .is_some_and(|host| ["pypi.org", "pypi.python.org"].contains(&&*host.to_ascii_lowercase()))
        })
}

/// The BLAKE2b-256 of a file, which the public index makes the path of its URL: `/packages/aa/bb/REST/NAME`.
pub(super) fn blake2b(file: &LockedFile) -> Option<[&str; 3]> {
    let url = &file.url.as_ref()?.value;
    if !authority(url)?.eq_ignore_ascii_case(PYPI_FILES) {
        return None;
    }
    let mut parts = url.split_once("://")?.1.split('/').skip(1);
    let hex = |part: &&str, len: usize| {
        part.len() == len && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let (packages, a, b, rest, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let fits = packages == "packages" && hex(&a, 2) && hex(&b, 2) && hex(&rest, 60) && !name.is_empty();
    (fits && parts.next().is_none()).then_some([a, b, rest])
}

/// The files of a package that have a name, by it.
pub(super) fn by_name(package: &LockedPackage) -> Map<Cow<'_, str>, &LockedFile> {
    package.files.iter().filter_map(|file| Some((file.file_name()?, file))).collect::<Map<_, _>>()
}

/// Packages that keep their version, before and after. Where all files were another version's before and none is now,
/// the change mends what somebody broke, and the files that go were never this version's.
pub(super) fn same_version<'a>(pairs: &'a [LockedPair<'a>]) -> impl Iterator<Item = (Locked<'a>, Locked<'a>)> {
    pairs.iter().filter_map(LockedPair::same_version).filter(|(before, after)| {
        let is_foreign = |file: &LockedFile, package| {
            file.file_name().is_some_and(|name| foreign_file::judge(&name, file.kind(), package).is_some())
        };
        let all_were = before.package.files.iter().all(|file| is_foreign(file, before.package));
        before.package.files.is_empty()
            || !all_were
            || after.package.files.iter().any(|file| is_foreign(file, after.package))
    })
}

/// A file of a version on both sides of a change.
pub(super) struct KeptFile<'a> {
    pub(super) after: Locked<'a>,
    pub(super) name: Cow<'a, str>,
    pub(super) old: &'a LockedFile,
    pub(super) new: &'a LockedFile,
}

/// Files that are fetched from elsewhere and whose package keeps its version.
pub(super) fn kept_files<'a>(pairs: &'a [LockedPair<'a>]) -> impl Iterator<Item = KeptFile<'a>> {
    same_version(pairs).flat_map(|(before, after)| {
        let mut old = by_name(before.package);
        let is_remote = after.package.is_fetched();
        by_name(after.package)
            .into_iter()
            .filter(move |_| is_remote)
            .filter_map(move |(name, new)| old.remove(&name).map(|old| KeptFile { after, name, old, new }))
    })
}

/// Files of a version that are the same by their hash and have another name than before: the old name, the new one.
pub(super) fn renamed<'a>(
    before: &'a LockedPackage,
    after: &'a LockedPackage,
) -> Vec<(Cow<'a, str>, Cow<'a, str>, &'a LockedFile)> {
    let (mut old, mut new) = (by_name(before), by_name(after));
    if !after.is_fetched() {
        return Vec::new();
    }
    new.retain(|name, _| old.remove(name).is_none());
    let by_hash: Map<_, _> =
        old.iter().rev().flat_map(|(name, file)| file.hashes.iter().map(move |hash| (digest_of(hash), name))).collect();
    let rename = |(name, file): (Cow<'a, str>, &'a LockedFile)| {
        let was = file.hashes.iter().find_map(|hash| by_hash.get(&digest_of(hash)))?;
        Some(((*was).clone(), name, file))
    };
    new.into_iter().filter_map(rename).collect()
}

/// What makes two hashes the same.
pub(super) fn digest_of(hash: &LockedHash) -> (&str, &Digest) {
    (&hash.algorithm, &hash.digest)
}

/// Whether two files have the same digest of one algorithm.
pub(super) fn share_a_hash(old: &LockedFile, new: &LockedFile) -> bool {
    let new: Set<_> = new.hashes.iter().map(digest_of).collect();
    old.hashes.iter().any(|old| new.contains(&digest_of(old)))
}

/// Whether two files share an algorithm whose digests differ.
pub(super) fn contradict(old: &LockedFile, new: &LockedFile) -> bool {
    let by_algorithm: Set<&str> = new.hashes.iter().map(|hash| &*hash.algorithm).collect();
    let new: Set<_> = new.hashes.iter().map(digest_of).collect();
    old.hashes.iter().any(|old| by_algorithm.contains(&*old.algorithm) && !new.contains(&digest_of(old)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Word;
    use crate::text::Span;

    #[test]
    fn the_host_is_found_where_all_readers_agree() {
        for (url, expected) in [
            ("https://Files.PythonHosted.org/packages/a", Some("files.pythonhosted.org")),
            ("https://u:p@e.org:8080/a", Some("e.org")),
            ("http://[::1]:80/a", Some("::1")),
            ("https://files.pythonhosted.org\\@e.org/a", None),
            ("../a.whl", None),
            ("file:///a", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn the_path_of_the_public_index_holds_a_digest() {
        let rest = "0".repeat(60);
        let of = |url: String| {
            let file = LockedFile { url: Some(Word { value: url, span: Span::default() }), ..LockedFile::default() };
            blake2b(&file).map(|parts| parts.concat())
        };
        assert_eq!(
            of(format!("https://files.pythonhosted.org/packages/ab/cd/{rest}/a.whl")),
            Some(format!("abcd{rest}"))
        );
        assert_eq!(of(format!("https://files.pythonhosted.org/packages/source/a/{rest}/a.whl")), None);
        assert_eq!(of(format!("https://e.org/packages/ab/cd/{rest}/a.whl")), None);
    }
}
