//! `poetry.lock`, in every generation that is still seen.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{self, Reader, leading_name, table, text, texts};
use super::toml_value::Value;
use crate::digest::Algorithm;
use crate::model::{
    Condition, Lock, LockFormat, LockedDependency, LockedFile, LockedHash, LockedMarker, LockedPackage, LockedSource,
    SourceKind,
};
use crate::name::{ProjectName, normalize};
use crate::order::{Arrange as _, Map};
use crate::text::{SourceFile, Span};

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    table::parse(file, LockFormat::Poetry, read)
}

fn read(reader: &mut Reader<'_>, top: &DeTable<'_>) {
    let metadata = table(top, "metadata");
    reader.lock.metadata = table::key(top, "metadata");
    reader.lock.version = metadata.and_then(|metadata| text(metadata, "lock-version"));
    reader.lock.content_hash = metadata.and_then(|metadata| reader.scalar(metadata, "content-hash"));
    // Until lock version 2.0 the files of all packages stood together; before 1.0 only their digests did.
    let elsewhere = |key: &str| metadata.and_then(|metadata| table(metadata, key)).map(by_project).unwrap_or_default();
    let (all_files, all_hashes) = (elsewhere("files"), elsewhere("hashes"));
    for (entry, header) in reader.tables(top, "package") {
        let Some(name) = reader.name(entry, header) else { continue };
        let project = ProjectName::new(&name.value);
        let list = entry.get("files").or_else(|| all_files.get(project.normalized()).copied());
        let files = match list {
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
            files_span: list.map(Reader::span),
            dependencies: dependencies(entry),
            asked: None,
            offered: offered(entry),
        };
        reader.lock.packages.push(package);
    }
}

/// The values of a table by project; of several spellings the last counts.
fn by_project<'a, 'v>(table: &'a DeTable<'v>) -> Map<String, &'a Value<'v>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.arrange_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (normalize(key.get_ref()), value)).collect::<Map<_, _>>()
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
    LockedSource {
        kind,
        url: reader.word(source, "url"),
        reference,
        requested: text(source, "reference"),
        subdirectory: text(source, "subdirectory"),
    }
}

/// `[package.dependencies]`: by name the accepted versions, a table that holds them, or several such tables.
fn dependencies(entry: &DeTable<'_>) -> Vec<LockedDependency> {
    let mut needed: Vec<_> = table(entry, "dependencies").into_iter().flatten().collect();
    needed.arrange_by_key(|(name, _)| name.span().start);
    let mut found = Vec::new();
    for (name, value) in needed {
        let values = match value.get_ref() {
            DeValue::Array(several) => several.iter().map(Spanned::get_ref).collect(),
            one => vec![one],
        };
        for value in values {
            let (specifier, marker, extras) = match value {
                DeValue::String(specifier) => (Some(specifier.as_ref().to_owned()), None, Vec::new()),
                DeValue::Table(table) => (text(table, "version"), text(table, "markers"), texts(table, "extras")),
                _ => continue,
            };
            found.push(LockedDependency {
                name: ProjectName::new(name.get_ref()),
                span: Span::new(name.span().start, name.span().end),
                version: None,
                source: None,
                specifier,
                condition: marker.as_deref().and_then(extra_of).map(Condition::Extra).unwrap_or_default(),
                marker,
                extras,
            });
        }
    }
    found
}

/// `[package.extras]`: by extra the requirements that it brings.
fn offered(entry: &DeTable<'_>) -> Vec<ProjectName> {
    let extras = table(entry, "extras").into_iter().flatten();
    let texts = extras.filter_map(|(_, value)| value.get_ref().as_array()).flat_map(|array| array.iter());
    let mut offered: Vec<ProjectName> =
        texts.filter_map(|value| Some(ProjectName::new(leading_name(value.get_ref().as_str()?)))).collect();
    offered.arrange();
    offered.dedup();
    offered
}

/// The extra that a marker asks for, written `extra == "NAME"`.
fn extra_of(marker: &str) -> Option<String> {
    let (_, rest) = marker.split_once("extra == ")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, _) = rest.get(1..)?.split_once(quote)?;
    Some(name.to_owned())
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
    groups.arrange();
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

    #[test]
    fn what_a_package_needs_is_read_in_all_its_forms() {
        let file = SourceFile::from_text(
            "poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.dependencies]\nzipp = \">=0.5\"\n\
             b = {version = \"*\", optional = true, markers = \"extra == \\\"x\\\"\", extras = [\"y\"]}\n\
             c = [{version = \"<2\", markers = \"os_name == 'nt'\"}, {version = \">=2\"}]\n",
        );
        let lock = parse(&file);
        let say = |edge: &LockedDependency| {
            let specifier = edge.specifier.as_deref().unwrap_or_default();
            format!("{} {specifier} {:?} {:?}", file.slice(edge.span), edge.condition, edge.extras)
        };
        assert_eq!(
            lock.packages[0].dependencies.iter().map(say).collect::<Vec<_>>(),
            ["zipp >=0.5 Always []", "b * Extra(\"x\") [\"y\"]", "c <2 Always []", "c >=2 Always []"]
        );
    }
}
