//! `pylock.toml` and its named siblings (PEP 751), judged as packaging's reader judges them.

use toml::de::{DeTable, DeValue};

use super::table::{self, Reader, table, text};
use super::{filename, pdm_lock};
use crate::model::{
    Condition, Lock, LockFormat, LockedDependency, LockedFile, LockedHash, LockedMarker, LockedPackage, LockedSource,
    SourceKind, Word,
};
use crate::name::{ProjectName, normalize};
use crate::requirement::typed::{self, Version};
use crate::requirement::{parse_marker, parse_requirement};
use crate::text::{SourceFile, Span};

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Lock {
    table::parse(file, LockFormat::Pylock, read)
}

fn read(reader: &mut Reader<'_>, top: &DeTable<'_>) {
    let start = Span::default();
    match reader.word(top, "lock-version") {
        None if !top.contains_key("lock-version") => reader.error(start, "there is no `lock-version`"),
        None => {}
        Some(version) => {
            let first = typed::version(&version.value).and_then(|version| version.release().first().copied());
            if first != Some(1) {
                reader.error(version.span, "this version of the format is not known");
            }
            reader.lock.version = Some(version.value);
        }
    }
    if reader.word(top, "created-by").is_none() && !top.contains_key("created-by") {
        reader.error(start, "there is no `created-by`");
    }
    check_specifier(reader, top);
    for marker in strings(reader, top, "environments") {
        check_marker(reader, &marker);
    }
    for extra in strings(reader, top, "extras") {
        check_normalized(reader, &extra);
    }
    strings(reader, top, "dependency-groups");
    strings(reader, top, "default-groups");
    if !top.contains_key("packages") {
        reader.error(start, "there are no `packages`");
    }
    for (entry, header) in reader.tables(top, "packages") {
        package(reader, entry, header);
    }
}

fn package(reader: &mut Reader<'_>, entry: &DeTable<'_>, header: Span) {
    let Some(name) = reader.name(entry, header) else { return };
    check_normalized(reader, &name);
    check_specifier(reader, entry);
    let dependencies = dependencies(reader, entry);
    for (identity, span) in reader.tables(entry, "attestation-identities") {
        if text(identity, "kind").is_none() {
            reader.error(span, "an attestation identity has no `kind`");
        }
    }
    let version = reader.word(entry, "version");
    let typed = version.as_ref().and_then(|version| typed::version(&version.value));
    if let Some(version) = version.as_ref().filter(|_| typed.is_none()) {
        reader.error(version.span, "this is no version");
    }
    let marker = reader.word(entry, "marker");
    if let Some(marker) = &marker {
        check_marker(reader, marker);
    }
    let mut files = Vec::new();
    if let Some(sdist) = part(reader, entry, "sdist") {
        files.push(file(reader, sdist.0, sdist.1, "sdist"));
    }
    for (wheel, span) in reader.tables(entry, "wheels") {
        files.push(file(reader, wheel, span, "wheel"));
    }
    for (index, file) in files.iter().enumerate() {
        let is_sdist = index == 0 && entry.contains_key("sdist");
        check_name(reader, file, is_sdist, name.value.as_str(), typed.as_ref());
    }
    let direct = ["vcs", "directory", "archive"].into_iter().filter(|key| entry.contains_key(*key)).count();
    if !files.is_empty() && direct > 0 {
        reader.error(name.span, "the package has both files of an index and a source of its own");
    } else if files.is_empty() && direct != 1 {
        reader.error(name.span, "the package needs files or exactly one of `vcs`, `directory`, `archive`");
    }
    let source = source(reader, entry, &mut files);
    reader.lock.packages.push(LockedPackage {
        name: ProjectName::new(&name.value),
        name_span: name.span,
        version,
        source,
        markers: marker.map(|marker| LockedMarker { group: None, text: marker.value }).into_iter().collect(),
        groups: Vec::new(),
        files,
        files_span: None,
        dependencies,
        asked: None,
        offered: Vec::new(),
    });
}

/// `dependencies`: tables that tell as much of another package as it takes to know it. PDM keeps requirements in a
/// table of its own instead.
fn dependencies(reader: &mut Reader<'_>, entry: &DeTable<'_>) -> Vec<LockedDependency> {
    let mut found = Vec::new();
    for (edge, _) in reader.tables(entry, "dependencies") {
        let Some(name) = reader.word(edge, "name") else { continue };
        found.push(LockedDependency {
            name: ProjectName::new(&name.value),
            span: name.span,
            version: text(edge, "version"),
            source: text(edge, "index"),
            specifier: None,
            marker: text(edge, "marker"),
            extras: Vec::new(),
            condition: Condition::Always,
        });
    }
    if let Some(pdm) = table(entry, "tool").and_then(|tool| table(tool, "pdm")) {
        found.extend(pdm_lock::dependencies(pdm));
    }
    found
}

fn check_normalized(reader: &mut Reader<'_>, name: &Word) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_closed = !name.value.is_empty() && !name.value.starts_with('-') && !name.value.ends_with('-');
    if normalize(&name.value) != name.value || !name.value.chars().all(is_plain) || !is_closed {
        reader.error(name.span, "the name is not normalized");
    }
}

fn check_marker(reader: &mut Reader<'_>, marker: &Word) {
    if parse_marker(&marker.value).is_err() {
        reader.error(marker.span, "this is no environment marker");
    }
}

fn check_specifier(reader: &mut Reader<'_>, table: &DeTable<'_>) {
    let Some(python) = reader.word(table, "requires-python") else { return };
    let mut parts = python.value.split(',').map(str::trim).filter(|part| !part.is_empty());
    let is_one = |part: &str| {
        part.starts_with(['<', '>', '=', '!', '~']) && parse_requirement(&format!("python {part}")).is_ok()
    };
    if !parts.all(is_one) {
        reader.error(python.span, "`requires-python` is no version specifier");
    }
}

/// The strings of an array. Anything else is an error.
fn strings(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str) -> Vec<Word> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let DeValue::Array(array) = value.get_ref() else {
        reader.error(Reader::span(value), format!("`{key}` is no array of strings"));
        return Vec::new();
    };
    let mut words = Vec::new();
    for value in array {
        match value.get_ref() {
            DeValue::String(text) => words.push(Word { value: text.as_ref().to_owned(), span: Reader::span(value) }),
            _ => reader.error(Reader::span(value), format!("an entry of `{key}` is no string")),
        }
    }
    words
}

/// The table of a key. What is none is an error.
fn part<'a, 'v>(reader: &mut Reader<'_>, entry: &'a DeTable<'v>, key: &str) -> Option<(&'a DeTable<'v>, Span)> {
    let value = entry.get(key)?;
    if let DeValue::Table(table) = value.get_ref() {
        return Some((table, Reader::span(value)));
    }
    reader.error(Reader::span(value), format!("`{key}` is no table"));
    None
}

fn source(reader: &mut Reader<'_>, entry: &DeTable<'_>, files: &mut Vec<LockedFile>) -> LockedSource {
    if let Some((vcs, span)) = part(reader, entry, "vcs") {
        if !vcs.contains_key("commit-id") || !vcs.contains_key("type") {
            reader.error(span, "`vcs` needs both `type` and `commit-id`");
        }
        return LockedSource {
            kind: SourceKind::Vcs(text(vcs, "type").unwrap_or_default()),
            url: place(reader, vcs, span),
            reference: reader.word(vcs, "commit-id"),
            requested: text(vcs, "requested-revision"),
            subdirectory: text(vcs, "subdirectory"),
        };
    }
    if let Some((directory, span)) = part(reader, entry, "directory") {
        let is_editable =
            directory.get("editable").is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(true)));
        if !directory.contains_key("path") {
            reader.error(span, "`directory` needs a `path`");
        }
        return LockedSource {
            kind: if is_editable { SourceKind::Editable } else { SourceKind::Directory },
            url: reader.word(directory, "path"),
            reference: None,
            requested: None,
            subdirectory: text(directory, "subdirectory"),
        };
    }
    if let Some((archive, span)) = part(reader, entry, "archive") {
        let url = place(reader, archive, span);
        let is_remote = text(archive, "url").is_some_and(|url| !url.is_empty());
        let mut file = file(reader, archive, span, "archive");
        if is_remote {
            // packaging calls an archive by its URL alone.
            file.name = None;
        }
        files.push(file);
        return LockedSource {
            kind: if is_remote { SourceKind::Url } else { SourceKind::File },
            url,
            reference: None,
            requested: None,
            subdirectory: text(archive, "subdirectory"),
        };
    }
    let index = reader.word(entry, "index");
    let is_named = index.as_ref().is_some_and(|index| !index.value.is_empty());
    let kind = if is_named { SourceKind::Index } else { SourceKind::Default };
    LockedSource { kind, url: index, ..LockedSource::default() }
}

/// Where something is: `url`, or else `path`. One of the two has to be there.
fn place(reader: &mut Reader<'_>, table: &DeTable<'_>, span: Span) -> Option<Word> {
    let url = reader.word(table, "url").filter(|url| !url.value.is_empty());
    let place = url.or_else(|| reader.word(table, "path").filter(|path| !path.value.is_empty()));
    if place.is_none() {
        reader.error(span, "neither `url` nor `path` is there");
    }
    place
}

fn file(reader: &mut Reader<'_>, table: &DeTable<'_>, span: Span, what: &str) -> LockedFile {
    if what != "archive" {
        place(reader, table, span);
    }
    let hashes = hashes(reader, table, span);
    if let Some(value) = table.get("upload-time").filter(|value| !matches!(value.get_ref(), DeValue::Datetime(_))) {
        reader.error(Reader::span(value), "`upload-time` is no date and time");
    }
    if let Some(value) = table.get("size").filter(|value| !matches!(value.get_ref(), DeValue::Integer(_))) {
        reader.error(Reader::span(value), "`size` is no number");
    }
    let name = reader.word(table, "name").filter(|name| !name.value.is_empty());
    let name = name.or_else(|| {
        let path = reader.word(table, "path")?;
        let value = path.value.rsplit(if path.value.contains('/') { '/' } else { '\\' }).next()?.to_owned();
        Some(Word { value, span: path.span }).filter(|name| !name.value.is_empty())
    });
    LockedFile {
        name,
        url: reader.word(table, "url"),
        hashes,
        size: reader.scalar(table, "size"),
        uploaded: reader.scalar(table, "upload-time"),
        span,
    }
}

/// Unlike other locks, this one knows no file without a hash.
fn hashes(reader: &mut Reader<'_>, file: &DeTable<'_>, span: Span) -> Vec<LockedHash> {
    if table(file, "hashes").is_none_or(DeTable::is_empty) {
        let place = file.get("hashes").map_or(span, Reader::span);
        reader.error(place, "there is no hash, and the format demands one");
        return Vec::new();
    }
    reader.hashes(file, "hashes")
}

fn check_name(reader: &mut Reader<'_>, file: &LockedFile, is_sdist: bool, project: &str, version: Option<&Version>) {
    let Some(name) = file.file_name() else { return reader.error(file.place(), "the file has no name") };
    let parsed = if is_sdist { filename::sdist(&name) } else { filename::wheel(&name) };
    match parsed {
        Err(why) => reader.error(file.place(), format!("`{name}` is no file name of its kind: {why}")),
        Ok((of, _)) if of != project => reader.error(file.place(), format!("`{name}` belongs to another project")),
        Ok((_, of)) if version.is_some_and(|version| of != *version) => {
            reader.error(file.place(), format!("`{name}` belongs to another version"));
        }
        Ok(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str = "lock-version = \"1.0\"\ncreated-by = \"x\"\n";

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lock = parse(&SourceFile::from_text("pylock.toml", TOP.to_owned() + text));
        let messages: Vec<_> = lock.errors.iter().map(|error| error.message.as_str()).collect();
        assert!(
            messages.len() == expected.len() && messages.iter().zip(expected).all(|(got, wanted)| got.contains(wanted)),
            "{messages:?}"
        );
    }

    #[test]
    fn what_the_specification_allows_is_read() {
        check(
            "[[packages]]\nname = \"a\"\nversion = \"1\"\nindex = \"https://e.org/simple\"\n[[packages.wheels]]\n\
             url = \"https://e.org/a-1-py3-none-any.whl\"\nupload-time = 2026-01-02T03:04:05Z\nsize = 3\nhashes = {sha256 = \"aa\"}\n\
             [[packages]]\nname = \"b\"\nvcs = {type = \"git\", url = \"https://e.org/b\", commit-id = \"01\"}\n\
             [[packages]]\nname = \"c\"\narchive = {path = \"c.zip\", hashes = {sha256 = \"cc\"}}\n",
            &[],
        );
    }

    #[test]
    fn what_it_forbids_is_an_error_and_the_rest_is_read() {
        check("[[packages]]\nname = \"a\"\n", &["needs files"]);
        check("[[packages]]\nname = \"A\"\ndirectory = {path = \".\"}\n", &["not normalized"]);
        check("requires-python = \"3.8\"\npackages = []\n", &["no version specifier"]);
        check(
            "environments = [\"x\"]\nextras = [\"A\"]\ndefault-groups = 1\npackages = []\n",
            &["no environment", "not normalized", "no array"],
        );
        check("[[packages]]\nname = \"a\"\nversion = \"x\"\ndirectory = {path = \".\"}\n", &["no version"]);
        let wheel = |rest: &str| format!("[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{{{rest}}}]\n");
        check(&wheel("url = \"https://e.org/b-1-py3-none-any.whl\", hashes = {sha256 = \"a\"}"), &["another project"]);
        check(&wheel("url = \"https://e.org/a-2-py3-none-any.whl\", hashes = {sha256 = \"a\"}"), &["another version"]);
        check(&wheel("url = \"https://e.org/a-1-py3-none-any.whl\", hashes = {}"), &["no hash"]);
        check(&wheel("name = \"a-1-py3-none-any.whl\", hashes = {sha256 = \"a\"}"), &["neither `url` nor `path`"]);
    }
}
