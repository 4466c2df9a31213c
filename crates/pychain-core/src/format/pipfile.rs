//! `Pipfile`, as Pipenv reads it: categories of packages, and sources.

use toml::de::{DeTable, DeValue};

use super::commands::joined;
use super::notation;
use super::requirements_txt::Paths;
use super::tasks;
use super::toml_value::{self, Keys as _, Value, key_spans};
use super::value::{Reader, SectionId, named, unverified};
use crate::model::{Document, InstallOption, LineKind, Purpose, Section, Tool};
use crate::name::ExtraName;
use crate::order::Arrange as _;
use crate::requirement::{parse_marker, parse_requirement};
use crate::text::{SourceFile, Span};

/// Tables that are no category.
const OTHER_TABLES: [&str; 5] = ["source", "requires", "scripts", "pipenv", "build-system"];

/// Keys that stand for a marker each.
const MARKER_KEYS: [&str; 11] = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
];

/// Reads a file. Total: what Pipenv refuses is a line that says why.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let mut reader = Reader::new(file, paths);
    let document = match toml_value::document(file) {
        Ok(document) => document,
        Err(_) if toml_value::is_template(file.text()) => return reader.finish(Vec::new()),
        Err((span, message)) => {
            let section = reader.section(Section::new(Tool::Pipenv, Purpose::Settings));
            reader.refused(section, span, message, "Correct the file: Pipenv cannot read it");
            return reader.finish(Vec::new());
        }
    };
    // A library may have a Pipfile, too: to work on it, which what lies beside tells.
    reader.application();
    sources(&mut reader, &document);
    if let Some(pipenv) = document.table("pipenv") {
        let section = reader.section(Section::new(Tool::Pipenv, Purpose::Settings).at("pipenv"));
        reader.scalar(section, InstallOption::ExcludeNewer, pipenv, "cool-down-period");
        if pipenv.is_true("allow_prereleases") {
            reader.scalar(section, InstallOption::Pre, pipenv, "allow_prereleases");
        }
    }
    for (name, value) in &document {
        let Some(table) = value.get_ref().as_table().filter(|_| !OTHER_TABLES.contains(&name.get_ref().as_ref()))
        else {
            continue;
        };
        let name = name.get_ref().as_ref();
        let purpose = if name == "packages" { Purpose::Dependencies } else { Purpose::Group };
        let section = reader.section(Section::labelled(Tool::Pipenv, purpose, name).at(name));
        for (key, value) in table {
            let (name, span) = key_spans(file.text(), key, value);
            package(&mut reader, section, (key.get_ref(), name), span, value);
        }
    }
    let manifest = reader.finish(toml_value::comments(file.text()));
    match document.table("scripts") {
        Some(scripts) => joined(manifest, tasks::of_scripts(file, scripts)),
        None => manifest,
    }
}

fn package(reader: &mut Reader<'_>, section: SectionId, name: (&str, Span), span: Span, value: &Value<'_>) {
    // Extras may stand in the key, too.
    let (bare, in_key) = match parse_requirement(name.0) {
        Ok(parsed) if parsed.name.start == 0 && !parsed.extras.is_empty() => (parsed.name.clone(), parsed.extras),
        _ => (0..name.0.len(), Vec::new()),
    };
    let name_span =
        if in_key.is_empty() { name.1 } else { Span::new(name.1.start as usize, name.1.start as usize + bare.end) };
    let mut requirement = named(name.0.get(bare).unwrap_or_default(), name_span, span);
    let version;
    match value.get_ref() {
        DeValue::String(_) => version = toml_value::word(reader.file, value),
        DeValue::Table(table) => {
            let word = |key: &str| table.get(key).and_then(|value| toml_value::word(reader.file, value));
            version = word("version");
            requirement.extras = notation::extras(table).into();
            let first = std::iter::once("markers").chain(MARKER_KEYS).find_map(word);
            let mut markers: Vec<String> = word("markers").into_iter().map(|marker| marker.value).collect();
            markers.extend(MARKER_KEYS.iter().filter_map(|key| Some(format!("{key} {}", table.text(key)?))));
            requirement.marker = parse_marker(&markers.join(" and ")).ok();
            requirement.marker_span = requirement.marker.as_ref().and(first).map(|word| word.span);
            requirement.index = word("index").map(Box::new);
            requirement.editable = table.is_true("editable");
            let system = ["git", "hg", "svn", "bzr"].into_iter().find_map(|system| Some((system, word(system)?)));
            if let Some((system, address)) = system {
                requirement.source = notation::repository(system, &address, word("ref").as_ref());
            } else if let Some(path) = word("path") {
                requirement.source = notation::path(reader.file.path(), &path, &reader.paths);
            } else if let Some(file) = word("file") {
                requirement.source = if file.value.contains("://") {
                    notation::archive(&file)
                } else {
                    notation::path(reader.file.path(), &file, &reader.paths)
                };
            }
        }
        other => {
            let message = format!("this is of type {}, and a package is a string or a table", other.type_str());
            reader.refused(section, toml_value::span(value), message, "Write the version as a string");
            return;
        }
    }
    let mut extras = std::mem::take(&mut requirement.extras).into_vec();
    extras.extend(in_key.into_iter().filter_map(|extra| name.0.get(extra)).map(ExtraName::new));
    extras.arrange();
    extras.dedup();
    requirement.extras = extras.into();
    if let Some(version) = version {
        requirement.specifiers = notation::exact_or_standard(&version).into();
        requirement.specifiers_span = version.span;
    }
    reader.line(section, span, LineKind::Requirement(Box::new(requirement)));
}

/// `[[source]]`: the first is the index; the others are asked only for what names them, unless the file says otherwise.
fn sources(reader: &mut Reader<'_>, document: &DeTable<'_>) {
    let Some(array) = document.get("source").and_then(|value| value.get_ref().as_array()) else { return };
    let section = reader.section(Section::new(Tool::Pipenv, Purpose::Settings).at("source"));
    let all = document.table("pipenv").is_some_and(|pipenv| pipenv.is_true("install_search_all_sources"));
    for (at, value) in array.iter().enumerate() {
        let Some(source) = value.get_ref().as_table() else { continue };
        let Some(url) = source.get("url").and_then(|url| toml_value::word(reader.file, url)) else { continue };
        reader.named_index(source, &url.value);
        if source.get("verify_ssl").is_some_and(|verify| verify.get_ref().as_bool() == Some(false)) {
            unverified(reader, section, source, "verify_ssl", &url.value);
        }
        let option = match at {
            0 => InstallOption::IndexUrl,
            _ if all => InstallOption::ExtraIndexUrl,
            _ => InstallOption::NamedIndex,
        };
        reader.setting(section, option, toml_value::span(value), url);
    }
}

#[cfg(test)]
mod tests;
