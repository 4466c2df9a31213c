//! `[tool.pdm]`: dependencies to work on the project, indexes, and what replaces what others ask for.

use toml::de::DeTable;

use super::{specifiers, tables};
use crate::format::notation;
use crate::format::requirements_txt::from_editable_value;
use crate::format::toml_value::{self, Keys as _, key_spans};
use crate::format::value::{Reader, named, unverified};
use crate::model::{InstallOption, LineKind, Purpose, Section, Tool};

pub(super) fn read(reader: &mut Reader<'_>, pdm: &DeTable<'_>) {
    for (name, value) in pdm.table("dev-dependencies").into_iter().flatten() {
        let section = Section::labelled(Tool::Pdm, Purpose::Group, name.get_ref().as_ref())
            .at(format!("tool.pdm.dev-dependencies.{}", name.get_ref()));
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
                requirement.specifiers = notation::exact_or_standard(&version);
                requirement.specifiers_span = version.span;
            }
            reader.line(section, span, LineKind::Requirement(Box::new(requirement)));
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
