//! `[tool.poetry]`: dependencies in its own notation, groups, and sources.

use toml::de::{DeTable, DeValue};

use super::{tables, words};
use crate::format::notation;
use crate::format::toml_value::{self, Keys as _, Value, key_spans};
use crate::format::value::{Reader, SectionId, named, unverified};
use crate::model::{InstallOption, LineKind, Purpose, Section, Tool, Word};
use crate::requirement::parse_marker;
use crate::text::Span;
use crate::url::DEFAULT_INDEX;

pub(super) fn read(reader: &mut Reader<'_>, poetry: &DeTable<'_>) {
    let mut read = |table: Option<&DeTable<'_>>, section: Section| {
        if let Some(table) = table {
            let section = reader.section(section);
            dependencies(reader, section, table);
        }
    };
    read(
        poetry.table("dependencies"),
        Section::labelled(Tool::Poetry, Purpose::Dependencies, "main").at("tool.poetry.dependencies"),
    );
    read(
        poetry.table("dev-dependencies"),
        Section::labelled(Tool::Poetry, Purpose::Group, "dev").at("tool.poetry.dev-dependencies"),
    );
    for (name, value) in poetry.table("group").into_iter().flatten() {
        let Some(group) = value.get_ref().as_table() else { continue };
        let section = Section::labelled(Tool::Poetry, Purpose::Group, name.get_ref().as_ref())
            .at(format!("tool.poetry.group.{}.dependencies", name.get_ref()));
        read(group.table("dependencies"), section);
    }
    // Plugins are installed with the project, and are part of Poetry from then on.
    read(
        poetry.table("requires-plugins"),
        Section::new(Tool::Poetry, Purpose::Build).at("tool.poetry.requires-plugins"),
    );
    sources(reader, poetry);
}

/// Reads `poetry.toml`. Its repositories are those that are published to.
pub(super) fn read_settings(reader: &mut Reader<'_>, settings: &DeTable<'_>) {
    let section = reader.section(Section::new(Tool::Poetry, Purpose::Settings));
    if let Some(installer) = settings.table("installer") {
        for (key, option) in [("no-binary", InstallOption::NoBinary), ("only-binary", InstallOption::OnlyBinary)] {
            for word in words(reader, installer, key) {
                reader.setting(section, option, word.span, word);
            }
        }
    }
    if let Some(solver) = settings.table("solver") {
        reader.scalar(section, InstallOption::ExcludeNewer, solver, "min-release-age");
    }
    let certificates = settings.table("certificates");
    for (name, value) in certificates.into_iter().flatten() {
        // It is the certificate of an index, by the name that the manifest gives it.
        let certificate = value.get_ref().as_table().filter(|table| table.contains_key("cert"));
        let is_off = |table: &&DeTable<'_>| {
            let cert = table.get("cert").map(toml::Spanned::get_ref);
            cert.is_some_and(|cert| cert.as_bool() == Some(false) || cert.as_str() == Some("false"))
        };
        if let Some(table) = certificate.filter(is_off) {
            let name = name.get_ref().as_ref();
            let host =
                if name.eq_ignore_ascii_case("pypi") { DEFAULT_INDEX.to_owned() } else { format!("https://{name}/") };
            unverified(reader, section, table, "cert", &host);
        }
    }
}

fn dependencies(reader: &mut Reader<'_>, section: SectionId, table: &DeTable<'_>) {
    for (key, value) in table {
        // Which Python the project runs on.
        if key.get_ref().eq_ignore_ascii_case("python") {
            continue;
        }
        let (name, span) = key_spans(reader.file.text(), key, value);
        match value.get_ref() {
            DeValue::Array(several) => {
                for one in several {
                    dependency(reader, section, (key.get_ref(), name), toml_value::span(one), one);
                }
            }
            _ => dependency(reader, section, (key.get_ref(), name), span, value),
        }
    }
}

fn dependency(reader: &mut Reader<'_>, section: SectionId, name: (&str, Span), span: Span, value: &Value<'_>) {
    let mut requirement = named(name.0, name.1, span);
    let version;
    match value.get_ref() {
        DeValue::String(_) => version = toml_value::word(reader.file, value),
        DeValue::Table(table) => {
            let word = |key: &str| table.get(key).and_then(|value| toml_value::word(reader.file, value));
            version = word("version");
            requirement.extras = notation::extras(table).into();
            if let Some(markers) = word("markers") {
                requirement.marker = parse_marker(&markers.value).ok();
                requirement.marker_span = requirement.marker.as_ref().map(|_| markers.span);
            }
            requirement.index = word("source").map(Box::new);
            requirement.editable = table.is_true("develop");
            if let Some(git) = word("git") {
                requirement.source = notation::repository("git", &git, notation::revision(word).as_ref());
            } else if let Some(url) = word("url") {
                requirement.source = notation::archive(&url);
            } else if let Some(path) = word("path").or_else(|| word("file")) {
                requirement.source = notation::path(reader.file.path(), &path, &reader.paths);
            }
        }
        other => {
            let message = format!("this is of type {}, and a dependency is a string or a table", other.type_str());
            reader.refused(section, toml_value::span(value), message, "Write the version as a string");
            return;
        }
    }
    if let Some(version) = version {
        requirement.specifiers = notation::poetry(&version).into();
        requirement.specifiers_span = version.span;
    }
    reader.line(section, span, LineKind::Requirement(Box::new(requirement)));
}

/// `[[tool.poetry.source]]`. The first primary one replaces the public index, others are pooled with it, supplemental
/// ones are asked for what these do not have, and explicit ones only for what names them.
fn sources(reader: &mut Reader<'_>, poetry: &DeTable<'_>) {
    let all: Vec<_> = tables(poetry, "source").collect();
    if all.is_empty() {
        return;
    }
    let section = reader.section(Section::new(Tool::Poetry, Purpose::Settings).at("tool.poetry.source"));
    // Before priorities there were two flags, and the public index stayed beside a source without one.
    let is_legacy = all.iter().any(|(source, _)| source.contains_key("default") || source.contains_key("secondary"));
    let mut has_main = false;
    for (source, value) in all {
        let is_public = source.text("name").is_some_and(|name| name.eq_ignore_ascii_case("pypi"));
        let priority = source.text("priority").unwrap_or("primary").to_ascii_lowercase();
        let is_named = priority == "explicit";
        let is_last = priority == "supplemental" || priority == "secondary" || source.is_true("secondary");
        let replaces = priority == "default" || source.is_true("default") || (!is_legacy && !is_last);
        let word = |key: &str| source.get(key).and_then(|value| toml_value::word(reader.file, value));
        // The public index needs no URL, and behind another primary one it is in the pool as well.
        let public = || word("name").filter(|_| is_public && !is_named && replaces && has_main);
        let public = || public().map(|name| Word { value: DEFAULT_INDEX.to_owned(), ..name });
        let Some(url) = word("url").or_else(public) else {
            has_main |= is_public && !is_named && replaces;
            continue;
        };
        reader.named_index(source, &url.value);
        let option = if is_named {
            InstallOption::NamedIndex
        } else if replaces && !has_main {
            has_main = true;
            InstallOption::IndexUrl
        } else if priority == "supplemental" {
            InstallOption::SupplementalIndex
        } else {
            InstallOption::ExtraIndexUrl
        };
        reader.setting(section, option, toml_value::span(value), url);
    }
}
