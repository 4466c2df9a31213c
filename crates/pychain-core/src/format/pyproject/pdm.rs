//! `[tool.pdm]`: dependencies to work on the project, indexes, and what replaces what others ask for.

use toml::de::DeTable;

use super::{specifiers, tables, words};
use crate::format::notation;
use crate::format::requirements_txt::from_editable_value;
use crate::format::toml_value::{self, Keys as _, key_spans};
use crate::format::value::{Reader, named, unverified};
use crate::model::{InstallOption, LineKind, Purpose, Section, Tool};
use crate::url::DEFAULT_INDEX;

pub(super) fn read(reader: &mut Reader<'_>, pdm: &DeTable<'_>) {
    let groups = pdm.table("dev-dependencies").into_iter().flatten().map(|(name, value)| {
        let section = Section::labelled(Tool::Pdm, Purpose::Group, name.get_ref().as_ref())
            .at(format!("tool.pdm.dev-dependencies.{}", name.get_ref()));
        (section, value)
    });
    // Plugins are installed on demand, and are part of PDM from then on.
    let plugins =
        pdm.get("plugins").map(|value| (Section::new(Tool::Pdm, Purpose::Build).at("tool.pdm.plugins"), value));
    for (section, value) in groups.chain(plugins) {
        let Some(array) = value.get_ref().as_array() else {
            specifiers(reader, value, section);
            continue;
        };
        let section = reader.section(section);
        for entry in array {
            match toml_value::string(reader.file, entry) {
                // The one form that is no dependency specifier.
                Some(text) if text.text.starts_with("-e ") => {
                    let kind = match from_editable_value(&text, "-e ".len(), &reader.paths) {
                        Ok(requirement) => LineKind::Requirement(Box::new(requirement)),
                        Err(refusal) => LineKind::Refused(Box::new(refusal)),
                    };
                    reader.value(section, &text, kind);
                }
                _ => super::specifier(reader, section, entry),
            }
        }
    }
    sources(reader, pdm);
    if let Some(resolution) = pdm.table("resolution") {
        resolved(reader, resolution);
    }
    let overrides = pdm.table("resolution").and_then(|resolution| resolution.table("overrides"));
    for table in [overrides, pdm.table("overrides")].into_iter().flatten() {
        let section = Section::new(Tool::Pdm, Purpose::Constraints).at("tool.pdm.resolution.overrides");
        let section = reader.section(section);
        for (key, value) in table {
            let Some(version) = toml_value::word(reader.file, value) else { continue };
            let (name, span) = key_spans(reader.file.text(), key, value);
            let mut requirement = named(key.get_ref(), name, span);
            if version.value.contains("://") {
                requirement.source = notation::archive(&version);
            } else {
                requirement.specifiers = notation::exact_or_standard(&version).into();
                requirement.specifiers_span = version.span;
            }
            reader.line(section, span, LineKind::Requirement(Box::new(requirement)));
        }
    }
}

/// `[tool.pdm.resolution]`: what is taken.
fn resolved(reader: &mut Reader<'_>, resolution: &DeTable<'_>) {
    let section = reader.section(Section::new(Tool::Pdm, Purpose::Settings).at("tool.pdm.resolution"));
    reader.age(section, resolution, "exclude-newer", "exclude-newer-override");
    if resolution.is_true("allow-prereleases") {
        reader.scalar(section, InstallOption::Pre, resolution, "allow-prereleases");
    }
    for (key, option) in [("no-binary", InstallOption::NoBinary), ("only-binary", InstallOption::OnlyBinary)] {
        for word in words(reader, resolution, key) {
            reader.setting(section, option, word.span, word);
        }
    }
}

/// Reads `pdm.toml`, in which `pypi` is the index, and a table below it one more.
pub(super) fn read_settings(reader: &mut Reader<'_>, settings: &DeTable<'_>) {
    let section = reader.section(Section::new(Tool::Pdm, Purpose::Settings));
    if let Some(strategy) = settings.table("strategy") {
        reader.age(section, strategy, "exclude-newer", "exclude-newer-override");
    }
    let Some(pypi) = settings.table("pypi") else { return };
    let others = pypi.iter().filter_map(|(_, value)| Some((value.get_ref().as_table()?, InstallOption::ExtraIndexUrl)));
    for (source, option) in std::iter::once((pypi, InstallOption::IndexUrl)).chain(others) {
        let url = source.get("url").and_then(|url| toml_value::word(reader.file, url));
        if source.get("verify_ssl").is_some_and(|verify| verify.get_ref().as_bool() == Some(false)) {
            unverified(reader, section, source, "verify_ssl", url.as_ref().map_or(DEFAULT_INDEX, |url| &url.value));
        }
        if let Some(url) = url {
            reader.setting(section, option, url.span, url);
        }
    }
}

fn sources(reader: &mut Reader<'_>, pdm: &DeTable<'_>) {
    let mut section = None;
    for (source, value) in tables(pdm, "source") {
        let section = *section
            .get_or_insert_with(|| reader.section(Section::new(Tool::Pdm, Purpose::Settings).at("tool.pdm.source")));
        let Some(url) = source.get("url").and_then(|url| toml_value::word(reader.file, url)) else { continue };
        if source.get("verify_ssl").is_some_and(|verify| verify.get_ref().as_bool() == Some(false)) {
            unverified(reader, section, source, "verify_ssl", &url.value);
        }
        let option = if source.text("type") == Some("find_links") {
            InstallOption::FindLinks
        } else if source.text("name") == Some("pypi") {
            // That name replaces the default index.
            InstallOption::IndexUrl
        } else if source.contains_key("include_packages") {
            InstallOption::NamedIndex
        } else {
            InstallOption::ExtraIndexUrl
        };
        reader.setting(section, option, toml_value::span(value), url);
    }
}
