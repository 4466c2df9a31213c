//! `pdm.lock`, in every generation that is still seen.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{self, Reader, leading_name, table, text, texts};
use super::toml_value::Value;
use crate::model::{
    Condition, Lock, LockFormat, LockedDependency, LockedMarker, LockedPackage, LockedSource, SourceKind,
};
use crate::name::{ProjectName, normalize};
use crate::order::{Arrange as _, Map};
use crate::requirement::parse_requirement;
use crate::text::{SourceFile, Span};

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    table::parse(file, LockFormat::Pdm, read)
}

fn read(reader: &mut Reader<'_>, top: &DeTable<'_>) {
    let metadata = table(top, "metadata");
    reader.lock.metadata = table::key(top, "metadata");
    reader.lock.version = metadata.and_then(|metadata| text(metadata, "lock_version"));
    reader.lock.content_hash = metadata.and_then(|metadata| reader.scalar(metadata, "content_hash"));
    // Until lock version 4.3 the files of all packages stood together.
    let elsewhere = metadata.and_then(|metadata| table(metadata, "files")).map(by_version).unwrap_or_default();
    for (entry, header) in reader.tables(top, "package") {
        let Some(name) = reader.name(entry, header) else { continue };
        let project = ProjectName::new(&name.value);
        let version = reader.word(entry, "version");
        let key = || Some((project.normalized().to_owned(), version.as_ref()?.value.clone()));
        let files = entry.get("files").or_else(|| elsewhere.get(&key()?).copied());
        let package = LockedPackage {
            files: files.map(|value| reader.files(value)).unwrap_or_default(),
            files_span: files.map(Reader::span),
            name: project,
            name_span: name.span,
            version,
            source: source(reader, entry),
            markers: markers(entry),
            groups: groups(entry),
            dependencies: dependencies(entry),
            asked: None,
            offered: Vec::new(),
        };
        reader.lock.packages.push(package);
    }
}

/// Values whose keys are `name[extras] version`; of several the first counts.
fn by_version<'a, 'v>(table: &'a DeTable<'v>) -> Map<(String, String), &'a Value<'v>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.arrange_by_key(|(key, _)| key.span().start);
    let mut found = Map::new();
    for (key, value) in entries {
        let mut words = key.get_ref().split_whitespace();
        let Some(first) = words.next() else { continue };
        let version = words.next_back().unwrap_or(first).to_owned();
        let name = first.split('[').next().unwrap_or(first);
        found.entry((normalize(name), version)).or_insert(value);
    }
    found
}

fn source(reader: &mut Reader<'_>, entry: &DeTable<'_>) -> LockedSource {
    let subdirectory = text(entry, "subdirectory");
    for vcs in ["bzr", "svn", "hg", "git"] {
        if entry.contains_key(vcs) {
            let [revision, asked] =
                ["revision", "ref"].map(|key| reader.word(entry, key).filter(|reference| !reference.value.is_empty()));
            return LockedSource {
                kind: SourceKind::Vcs(vcs.to_owned()),
                url: reader.word(entry, vcs),
                requested: asked.as_ref().map(|asked| asked.value.clone()),
                reference: revision.or(asked),
                subdirectory,
            };
        }
    }
    let (kind, url) = if let Some(path) = reader.word(entry, "path") {
        let is_editable = entry.get("editable").is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(true)));
        let kind = match path.value.as_str() {
            _ if is_editable => SourceKind::Editable,
            path if is_archive(path) => SourceKind::File,
            _ => SourceKind::Directory,
        };
        (kind, Some(path))
    } else if let Some(url) = reader.word(entry, "url") {
        (SourceKind::Url, Some(url))
    } else {
        (SourceKind::Default, None)
    };
    LockedSource { kind, url, subdirectory, ..LockedSource::default() }
}

/// `dependencies`, which are requirements as packaging writes them. An entry of a project with extras tells what these
/// need.
pub(super) fn dependencies(entry: &DeTable<'_>) -> Vec<LockedDependency> {
    let extras = texts(entry, "extras").join(",");
    let condition = if extras.is_empty() { Condition::Always } else { Condition::Extra(extras) };
    let Some(DeValue::Array(needed)) = entry.get("dependencies").map(Spanned::get_ref) else { return Vec::new() };
    let mut found = Vec::with_capacity(needed.len());
    for value in needed {
        let Some(written) = value.get_ref().as_str() else { continue };
        let Ok(parsed) = parse_requirement(written) else {
            // Older than the grammar: whom it needs is told nevertheless.
            let name = ProjectName::new(leading_name(written));
            if name.normalized().is_empty() {
                continue;
            }
            found.push(LockedDependency {
                name,
                span: Reader::span(value),
                version: None,
                source: None,
                specifier: None,
                marker: None,
                extras: Vec::new(),
                condition: condition.clone(),
            });
            continue;
        };
        let slice = |range: std::ops::Range<usize>| written.get(range).unwrap_or_default().to_owned();
        let whole = Reader::span(value);
        let is_plain = whole.len() == written.len();
        let start = whole.range().start;
        found.push(LockedDependency {
            name: ProjectName::new(&slice(parsed.name.clone())),
            span: if is_plain { Span::new(start + parsed.name.start, start + parsed.name.end) } else { whole },
            version: None,
            source: parsed.url.map(|url| slice(url.range)),
            specifier: Some(slice(parsed.specifiers_range)).filter(|specifiers| !specifiers.is_empty()),
            marker: parsed.marker.map(|(_, range)| slice(range)),
            extras: parsed.extras.into_iter().map(slice).collect(),
            condition: condition.clone(),
        });
    }
    found
}

/// `.whl`, `.zip`, `.tgz`, or `.tar` and one more extension.
fn is_archive(path: &str) -> bool {
    let Some((stem, extension)) = path.rsplit_once('.') else { return false };
    matches!(extension, "whl" | "zip" | "tgz")
        || (stem.ends_with(".tar") && !extension.is_empty() && extension.chars().all(crate::requirement::is_word))
}

fn markers(entry: &DeTable<'_>) -> Vec<LockedMarker> {
    let marker = text(entry, "marker").filter(|marker| !marker.is_empty()).or_else(|| text(entry, "markers"));
    marker.map(|text| LockedMarker { group: None, text }).into_iter().collect()
}

fn groups(entry: &DeTable<'_>) -> Vec<String> {
    let key = ["groups", "section", "sections"].into_iter().find(|key| entry.contains_key(*key));
    let mut groups = key.map(|key| texts(entry, key)).unwrap_or_default();
    groups.arrange();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_where_their_generation_puts_them() {
        for text in [
            "[[package]]\nname = \"A\"\nversion = \"1\"\nfiles = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n",
            "[[package]]\nname = \"A\"\nversion = \"1\"\n[metadata.files]\n\"a[x] 1\" = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n\
             \"a 1\" = []\n",
        ] {
            let lock = parse(&SourceFile::from_text("pdm.lock", text));
            let files: Vec<_> = lock.packages[0].files.iter().map(|file| file.hashes[0].to_string()).collect();
            assert_eq!(files, ["sha256:aa"], "{text}");
        }
    }

    #[test]
    fn sources_are_told_apart() {
        let lock = parse(&SourceFile::from_text(
            "pdm.lock",
            "[[package]]\nname = \"a\"\npath = \"./a\"\neditable = true\n[[package]]\nname = \"b\"\npath = \"./b-1.tar.gz\"\n\
             [[package]]\nname = \"c\"\ngit = \"https://e.org/c\"\nref = \"main\"\nrevision = \"0123\"\n[[package]]\nname = \"d\"\nversion = \"1\"\n",
        ));
        let kinds: Vec<_> = lock.packages.iter().map(|package| package.source.kind.clone()).collect();
        let git = SourceKind::Vcs("git".into());
        assert_eq!(kinds, [SourceKind::Editable, SourceKind::File, git, SourceKind::Default]);
        assert_eq!(lock.packages[2].source.reference.as_ref().map(|word| &*word.value), Some("0123"));
    }

    #[test]
    fn what_a_package_needs_is_read_and_whose_extra_it_is() {
        let file = SourceFile::from_text(
            "pdm.lock",
            "[[package]]\nname = \"a\"\nversion = \"1\"\nextras = [\"x\"]\ndependencies = [\"a==1\", \"B.c[y]>=2,<3; os_name == 'nt'\", \"!\"]\n",
        );
        let lock = parse(&file);
        let edges = &lock.packages[0].dependencies;
        assert_eq!(edges.iter().map(|edge| file.slice(edge.span)).collect::<Vec<_>>(), ["a", "B.c"]);
        let edge = &edges[1];
        assert_eq!((edge.specifier.as_deref(), edge.marker.as_deref()), (Some(">=2,<3"), Some("os_name == 'nt'")));
        assert_eq!((&*edge.extras, &edge.condition), (&["y".to_owned()][..], &Condition::Extra("x".into())));
    }
}
