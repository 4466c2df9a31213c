//! `uv.lock`, from the `[[distribution]]` of its first releases to today's revisions.

use toml::de::{DeTable, DeValue};

use super::table::{self, Reader, in_order, table, text, texts};
use crate::model::{
    Condition, Inputs, Lock, LockFormat, LockedDependency, LockedFile, LockedMarker, LockedPackage, LockedSource,
    SourceKind, Word,
};
use crate::name::ProjectName;
use crate::text::{SourceFile, Span};

/// The keys that say where a package comes from; the first that is there counts.
const SOURCES: [(&str, SourceKind); 7] = [
    ("registry", SourceKind::Index),
    ("url", SourceKind::Url),
    ("direct", SourceKind::Url),
    ("path", SourceKind::File),
    ("directory", SourceKind::Directory),
    ("editable", SourceKind::Editable),
    ("virtual", SourceKind::Virtual),
];

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    table::parse(file, LockFormat::Uv, read)
}

fn read(reader: &mut Reader<'_>, top: &DeTable<'_>) {
    let revision = reader.scalar(top, "revision").map(|revision| format!(".{}", revision.value)).unwrap_or_default();
    reader.lock.version = reader.scalar(top, "version").map(|version| version.value + &revision);
    if let Some(manifest) = table(top, "manifest") {
        reader.lock.inputs = inputs(reader, manifest);
    }
    let key = if top.contains_key("package") { "package" } else { "distribution" };
    for (entry, header) in reader.tables(top, key) {
        let Some(name) = reader.name(entry, header) else { continue };
        let source = source(reader, entry);
        let package = LockedPackage {
            name_span: name.span,
            name: ProjectName::new(&name.value),
            version: reader.word(entry, "version"),
            files: files(reader, entry, &source),
            files_span: None,
            source,
            markers: markers(entry),
            groups: Vec::new(),
            dependencies: dependencies(reader, entry),
            asked: table(entry, "metadata").map(|metadata| asked(reader, metadata)),
            offered: Vec::new(),
        };
        reader.lock.packages.push(package);
    }
}

/// `dependencies`, and by extra and group `optional-dependencies` and `dev-dependencies`.
fn dependencies(reader: &mut Reader<'_>, entry: &DeTable<'_>) -> Vec<LockedDependency> {
    let mut found = Vec::new();
    edges(reader, entry, "dependencies", &Condition::Always, &mut found);
    for key in ["optional-dependencies", "dev-dependencies"] {
        let Some(by_name) = table(entry, key) else { continue };
        for name in in_order(by_name) {
            let of = if key == "optional-dependencies" { Condition::Extra } else { Condition::Group };
            edges(reader, by_name, name, &of(name.to_owned()), &mut found);
        }
    }
    found
}

/// `[package.metadata]`: what the project's own manifest asked for. As in the metadata of a distribution, an extra is
/// part of the marker.
fn asked(reader: &mut Reader<'_>, metadata: &DeTable<'_>) -> Vec<LockedDependency> {
    let mut found = requirements(reader, metadata, "requires-dist", &Condition::Always);
    for dependency in &mut found {
        let extra = dependency.marker.as_deref().and_then(|marker| marker.split_once("extra == '")?.1.split_once('\''));
        if let Some((extra, _)) = extra {
            dependency.condition = Condition::Extra(extra.to_owned());
        }
    }
    if let Some(groups) = table(metadata, "requires-dev") {
        found.extend(by_group(reader, groups));
    }
    found
}

/// `[manifest]`: what was asked for beside what the projects ask for.
fn inputs(reader: &mut Reader<'_>, manifest: &DeTable<'_>) -> Inputs {
    let mut list = |key: &str| requirements(reader, manifest, key, &Condition::Always);
    let mut inputs =
        Inputs { requirements: list("requirements"), constraints: list("constraints"), overrides: list("overrides") };
    if let Some(groups) = table(manifest, "dependency-groups") {
        inputs.requirements.extend(by_group(reader, groups));
    }
    inputs
}

fn by_group(reader: &mut Reader<'_>, groups: &DeTable<'_>) -> Vec<LockedDependency> {
    let of = |group: &str| requirements(reader, groups, group, &Condition::Group(group.to_owned()));
    in_order(groups).into_iter().flat_map(of).collect()
}

/// Requirements as uv writes them down: not as text, but with a key for each part.
fn requirements(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    key: &str,
    condition: &Condition,
) -> Vec<LockedDependency> {
    const ELSEWHERE: [&str; 7] = ["git", "url", "path", "directory", "editable", "virtual", "index"];
    let mut found = Vec::new();
    for (entry, _) in reader.tables(table, key) {
        let Some(name) = reader.word(entry, "name") else { continue };
        found.push(LockedDependency {
            name: ProjectName::new(&name.value),
            span: name.span,
            version: None,
            source: ELSEWHERE.iter().find_map(|key| text(entry, key)),
            specifier: text(entry, "specifier"),
            marker: text(entry, "marker"),
            extras: texts(entry, "extras"),
            condition: condition.clone(),
        });
    }
    found
}

fn edges(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    key: &str,
    condition: &Condition,
    found: &mut Vec<LockedDependency>,
) {
    for (edge, _) in reader.tables(table, key) {
        let Some(name) = reader.word(edge, "name") else { continue };
        found.push(LockedDependency {
            name: ProjectName::new(&name.value),
            span: name.span,
            version: text(edge, "version"),
            source: edge.contains_key("source").then(|| source(reader, edge).url).flatten().map(|url| url.value),
            specifier: None,
            marker: text(edge, "marker"),
            extras: texts(edge, "extra"),
            condition: condition.clone(),
        });
    }
}

fn source(reader: &mut Reader<'_>, entry: &DeTable<'_>) -> LockedSource {
    let unknown = LockedSource { kind: SourceKind::Other(None), ..LockedSource::default() };
    let Some(value) = entry.get("source") else { return unknown };
    match value.get_ref() {
        // The first releases wrote `KIND+URL`.
        DeValue::String(written) => {
            let (kind, url) = written.split_once('+').unwrap_or((written, ""));
            let span = Reader::span(value);
            let span = if span.len() == written.len() {
                Span::new(span.range().end - url.len(), span.range().end)
            } else {
                span
            };
            located(kind, Word { value: url.to_owned(), span }).unwrap_or(unknown)
        }
        DeValue::Table(table) => {
            let keys = SOURCES.iter().map(|(key, _)| *key);
            // In uv's own order `git` comes second; no source has two of them.
            let found = keys.chain(["git"]).find(|key| table.contains_key(*key));
            let url = found.and_then(|key| Some((key, reader.word(table, key)?)));
            let source = url.and_then(|(key, url)| located(key, url)).unwrap_or(unknown);
            LockedSource { subdirectory: text(table, "subdirectory"), ..source }
        }
        _ => {
            reader.error(Reader::span(value), "`source` is neither a table nor a string");
            unknown
        }
    }
}

fn located(key: &str, url: Word) -> Option<LockedSource> {
    if key == "git" {
        // `URL?rev=REVISION#COMMIT`.
        let (repository, commit) = url.value.split_once('#').unwrap_or((&url.value, ""));
        let part = |value: &str, start: usize| Word {
            value: value.to_owned(),
            span: if url.span.len() == url.value.len() {
                let start = url.span.range().start + start;
                Span::new(start, start + value.len())
            } else {
                url.span
            },
        };
        return Some(LockedSource {
            kind: SourceKind::Vcs("git".to_owned()),
            reference: (!commit.is_empty()).then(|| part(commit, repository.len() + 1)),
            requested: repository
                .split(['?', '&'])
                .find_map(|part| part.strip_prefix("tag=").or_else(|| part.strip_prefix("rev=")))
                .map(str::to_owned),
            url: Some(part(repository, 0)),
            subdirectory: None,
        });
    }
    let (_, kind) = SOURCES.iter().find(|(known, _)| *known == key)?;
    Some(LockedSource { kind: kind.clone(), url: Some(url), ..LockedSource::default() })
}

fn files(reader: &mut Reader<'_>, entry: &DeTable<'_>, source: &LockedSource) -> Vec<LockedFile> {
    let mut files = Vec::new();
    if let Some(value) = entry.get("sdist") {
        match value.get_ref() {
            DeValue::Table(sdist) => files.push(file(reader, sdist, Reader::span(value), source, true)),
            _ => reader.error(Reader::span(value), "`sdist` is no table"),
        }
    }
    let key = if entry.contains_key("wheels") { "wheels" } else { "wheel" };
    for (wheel, span) in reader.tables(entry, key) {
        files.push(file(reader, wheel, span, source, false));
    }
    files
}

fn file(reader: &mut Reader<'_>, table: &DeTable<'_>, span: Span, source: &LockedSource, is_sdist: bool) -> LockedFile {
    let name = reader.word(table, "filename").or_else(|| {
        let path = reader.word(table, "path")?;
        let value = path.value.rsplit('/').next().unwrap_or_default().to_owned();
        Some(Word { value, span: path.span }).filter(|name| !name.value.is_empty())
    });
    let url = reader.word(table, "url").or_else(|| {
        // The one file of a direct URL is not always told again where it is.
        let is_it = source.kind == SourceKind::Url && (is_sdist || !table.contains_key("filename"));
        source.url.clone().filter(|_| is_it)
    });
    LockedFile {
        name,
        url,
        hashes: reader.hashes(table, "hash"),
        size: reader.scalar(table, "size"),
        uploaded: reader.scalar(table, "upload-time"),
        span,
    }
}

fn markers(entry: &DeTable<'_>) -> Vec<LockedMarker> {
    let forks = texts(entry, "resolution-markers");
    // The first releases wrote `environment-markers`.
    let texts = if forks.is_empty() { texts(entry, "environment-markers") } else { vec![forks.join(" or ")] };
    texts.into_iter().map(|text| LockedMarker { group: None, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(text: &str) -> Vec<LockedPackage> {
        let lock = parse(&SourceFile::from_text("uv.lock", text));
        assert_eq!(lock.errors, []);
        lock.packages
    }

    #[test]
    fn every_generation_says_the_same() {
        let old = packages(
            "version = 1\n[[distribution]]\nname = \"a\"\nversion = \"1\"\nsource = \"registry+https://e.org/simple\"\n\
             [distribution.sdist]\nurl = \"https://e.org/a-1.tar.gz\"\nhash = \"sha256:aa\"\nsize = 3\n\
             [[distribution.wheel]]\nurl = \"https://e.org/a-1-py3-none-any.whl\"\nhash = \"sha256:bb\"\n",
        );
        let new = packages(
            "version = 1\nrevision = 3\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"https://e.org/simple\" }\n\
             sdist = { url = \"https://e.org/a-1.tar.gz\", hash = \"sha256:aa\", size = 3 }\n\
             wheels = [\n    { url = \"https://e.org/a-1-py3-none-any.whl\", hash = \"sha256:bb\" },\n]\n",
        );
        let say = |packages: &[LockedPackage]| {
            let package = &packages[0];
            let files = package.files.iter().map(|file| {
                (
                    file.file_name().map(std::borrow::Cow::into_owned),
                    file.hashes[0].to_string(),
                    file.size.clone().map(|size| size.value),
                )
            });
            (package.source.url.clone().map(|url| url.value), package.source.kind.clone(), files.collect::<Vec<_>>())
        };
        assert_eq!(say(&old), say(&new));
    }

    #[test]
    fn every_value_has_its_place() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { git = \"https://e.org/a?rev=main#0123\" }\n\
                    sdist = { url = \"https://e.org/a-1.zip\", hash = \"sha256:aa\", size = 12, upload-time = \"2026-01-02T03:04:05Z\" }\n";
        let file = SourceFile::from_text("uv.lock", text);
        let lock = parse(&file);
        let package = &lock.packages[0];
        let slice = |span: Span| file.slice(span);
        let of = |word: &Option<Word>| word.as_ref().map(|word| slice(word.span).to_owned());
        assert_eq!(slice(package.name_span), "a");
        assert_eq!(slice(package.place()), "1");
        assert_eq!(of(&package.source.url).as_deref(), Some("https://e.org/a?rev=main"));
        assert_eq!(of(&package.source.reference).as_deref(), Some("0123"));
        let sdist = &package.files[0];
        assert_eq!(of(&sdist.url).as_deref(), Some("https://e.org/a-1.zip"));
        assert_eq!(slice(sdist.hashes[0].span), "sha256:aa");
        assert_eq!(of(&sdist.size).as_deref(), Some("12"));
        assert_eq!(of(&sdist.uploaded).as_deref(), Some("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn what_a_package_needs_is_read_with_what_it_takes() {
        let text = "[[package]]\nname = \"a\"\nsource = { virtual = \".\" }\ndependencies = [\n\
                    { name = \"b\", version = \"1\", source = { registry = \"https://e.org/simple\" }, extra = [\"x\"], marker = \"os_name == 'nt'\" },\n]\n\
                    [package.optional-dependencies]\ntwo = [{ name = \"c\" }]\none = [{ name = \"d\" }]\n\
                    [package.dev-dependencies]\ndev = [{ name = \"e\" }]\n";
        let file = SourceFile::from_text("uv.lock", text);
        let lock = parse(&file);
        let edges = &lock.packages[0].dependencies;
        let say = |edge: &LockedDependency| (file.slice(edge.span).to_owned(), edge.condition.clone());
        assert_eq!(
            edges.iter().map(say).collect::<Vec<_>>(),
            [
                ("b".into(), Condition::Always),
                ("c".into(), Condition::Extra("two".into())),
                ("d".into(), Condition::Extra("one".into())),
                ("e".into(), Condition::Group("dev".into())),
            ]
        );
        assert_eq!(edges[0].version.as_deref(), Some("1"));
        assert_eq!(edges[0].source.as_deref(), Some("https://e.org/simple"));
        assert_eq!((edges[0].marker.as_deref(), &*edges[0].extras), (Some("os_name == 'nt'"), &["x".to_owned()][..]));
    }

    #[test]
    fn a_broken_file_says_where() {
        let file = SourceFile::from_text("uv.lock", "version = 1\n<<<<<<< HEAD\n[[package]]\nname = \"a\"\n");
        let lock = parse(&file);
        assert!(lock.packages.is_empty());
        assert_eq!(lock.errors.iter().map(|error| file.line_of(error.span.start)).collect::<Vec<_>>(), [2]);
        let file = SourceFile::from_text("uv.lock", "[[package]]\nversion = \"1\"\n[[package]]\nname = \"b\"\n");
        let lock = parse(&file);
        assert_eq!((lock.errors.len(), lock.packages.len()), (1, 1), "what is well is kept");
    }
}
