//! `poetry.lock`, in every generation that is still seen.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{self, Reader, Value, table, text, texts};
use crate::digest::Algorithm;
use crate::model::{Lock, LockFormat, LockedFile, LockedHash, LockedMarker, LockedPackage, LockedSource, SourceKind};
use crate::name::{ProjectName, normalize};
use crate::text::SourceFile;

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    table::parse(file, LockFormat::Poetry, read)
}

fn read(reader: &mut Reader<'_>, top: &DeTable<'_>) {
    let metadata = table(top, "metadata");
    reader.lock.version = metadata.and_then(|metadata| text(metadata, "lock-version"));
    // Until lock version 2.0 the files of all packages stood together; before 1.0 only their digests did.
    let elsewhere = |key: &str| metadata.and_then(|metadata| table(metadata, key)).map(by_project).unwrap_or_default();
    let (all_files, all_hashes) = (elsewhere("files"), elsewhere("hashes"));
    for (entry, header) in reader.tables(top, "package") {
        let Some(name) = reader.name(entry, header) else { continue };
        let project = ProjectName::new(&name.value);
        let files = match entry.get("files").or_else(|| all_files.get(project.normalized()).copied()) {
            Some(value) => reader.files(value),
            None => all_hashes.get(project.normalized()).map(|value| digests(reader, value)).unwrap_or_default(),
        };
        let package = LockedPackage {
            name: project,
            name_span: name.span,
            version: reader.word(entry, "version"),
            source: source(reader, entry),
            markers: markers(entry),
            groups: groups(entry),
            files,
        };
        reader.lock.packages.push(package);
    }
}

/// The values of a table by project; of several spellings the last counts.
fn by_project<'a, 'v>(table: &'a DeTable<'v>) -> BTreeMap<String, &'a Value<'v>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (normalize(key.get_ref()), value)).collect()
}

fn source(reader: &mut Reader<'_>, entry: &DeTable<'_>) -> LockedSource {
    let Some(source) = table(entry, "source") else { return LockedSource::default() };
    let kind = match text(source, "type").as_deref() {
        None | Some("" | "legacy") => SourceKind::Index,
        Some("pypi") => SourceKind::Default,
        Some("url") => SourceKind::Url,
        Some("file") => SourceKind::File,
        Some("directory") => SourceKind::Directory,
        Some(vcs @ ("git" | "hg")) => SourceKind::Vcs(vcs.to_owned()),
        Some(other) => SourceKind::Other(Some(other.to_owned())),
    };
    let mut reference = reader.word(source, "resolved_reference").filter(|reference| !reference.value.is_empty());
    if reference.is_none() && matches!(kind, SourceKind::Vcs(_)) {
        reference = reader.word(source, "reference");
    }
    LockedSource { kind, url: reader.word(source, "url"), reference, subdirectory: text(source, "subdirectory") }
}

/// Digests alone, SHA-256 unless they say otherwise.
fn digests(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<LockedFile> {
    let DeValue::Array(array) = value.get_ref() else {
        reader.error(Reader::span(value), "the hashes are no array");
        return Vec::new();
    };
    let texts = array.iter().filter_map(|value| Some((value.get_ref().as_str()?, Reader::span(value))));
    let hash = |written: &str, span| {
        if written.contains(':') {
            LockedHash::new(written, span)
        } else {
            LockedHash::of(Algorithm::Sha256.name(), written, span)
        }
    };
    texts.map(|(text, span)| LockedFile { hashes: vec![hash(text, span)], span, ..LockedFile::default() }).collect()
}

fn markers(entry: &DeTable<'_>) -> Vec<LockedMarker> {
    let value = entry.get("markers").or_else(|| entry.get("marker"));
    match value.map(Spanned::get_ref) {
        Some(DeValue::String(text)) => vec![LockedMarker { group: None, text: text.as_ref().to_owned() }],
        Some(DeValue::Table(by_group)) => by_group
            .iter()
            .filter_map(|(group, marker)| {
                let text = marker.get_ref().as_str()?.to_owned();
                Some(LockedMarker { group: Some(group.get_ref().as_ref().to_owned()), text })
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn groups(entry: &DeTable<'_>) -> Vec<String> {
    let mut groups = texts(entry, if entry.contains_key("groups") { "groups" } else { "category" });
    groups.sort();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> Vec<String> {
        let lock = parse(&SourceFile::from_text("poetry.lock", text));
        assert_eq!(lock.errors, []);
        let of = |package: &LockedPackage| {
            let files: Vec<String> = package
                .files
                .iter()
                .map(|file| format!("{} {}", file.file_name().unwrap_or_default(), file.hashes[0]))
                .collect();
            format!("{} {} {:?} {}", package.name, package.version(), package.groups, files.join(", "))
        };
        lock.packages.iter().map(of).collect()
    }

    #[test]
    fn files_stand_where_their_generation_puts_them() {
        assert_eq!(
            say(
                "[[package]]\nname = \"A.b\"\nversion = \"1\"\ngroups = [\"main\", \"dev\"]\nfiles = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n"
            ),
            ["A.b 1 [\"dev\", \"main\"] a-1.zip sha256:aa"]
        );
        assert_eq!(
            say(
                "[[package]]\nname = \"A.b\"\nversion = \"1\"\ncategory = \"dev\"\n[metadata.files]\na-b = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n"
            ),
            ["A.b 1 [\"dev\"] a-1.zip sha256:aa"]
        );
        assert_eq!(
            say("[[package]]\nname = \"A.b\"\nversion = \"1\"\n[metadata.hashes]\na-b = [\"aa\", \"md5:bb\"]\n"),
            ["A.b 1 []  sha256:aa,  md5:bb"]
        );
    }

    #[test]
    fn sources_and_markers_are_told_apart() {
        let file = SourceFile::from_text(
            "poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1\"\nmarkers = {main = \"x\", dev = \"y\"}\n[package.source]\ntype = \"git\"\n\
             url = \"https://e.org/a\"\nreference = \"main\"\nresolved_reference = \"0123\"\n",
        );
        let lock = parse(&file);
        let package = &lock.packages[0];
        assert_eq!(package.source.kind, SourceKind::Vcs("git".into()));
        assert_eq!(package.source.reference.as_ref().map(|word| file.slice(word.span)), Some("0123"));
        let markers: Vec<_> = package.markers.iter().map(|marker| (marker.group.as_deref(), &*marker.text)).collect();
        assert_eq!(markers, [(Some("dev"), "y"), (Some("main"), "x")]);
    }
}
