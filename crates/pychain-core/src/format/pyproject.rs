//! `pyproject.toml`: the standards' tables here, each tool's own in a file of its own.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::cibuildwheel;
use super::commands::joined;
use super::requirements_txt::Paths;
use super::tasks;
use super::toml_value::{self, Keys as _, Value};
use super::tox_toml;
use super::value::{Reader, SectionId};
use crate::model::{Document, Purpose, Section, Tool};
use crate::order::Map;
use crate::text::SourceFile;

mod hatch;
mod pdm;
mod poetry;
mod setuptools;
pub(super) mod uv;

/// Reads a file. Total: what its tools refuse is a line that says why.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let mut reader = Reader::new(file, paths);
    let document = match toml_value::document(file) {
        Ok(document) => document,
        // A template of one: what it will be nobody knows.
        Err(_) if toml_value::is_template(file.text()) => return reader.finish(Vec::new()),
        Err((span, message)) => {
            let section = reader.section(Section::new(Tool::Pip, Purpose::Settings));
            reader.refused(section, span, message, "Correct the file: no tool can read it");
            return reader.finish(Vec::new());
        }
    };
    let tools = document.table("tool");
    let tool = tool_of(&document);
    if let Some(build) = document.table("build-system") {
        list(&mut reader, build, "requires", || Section::new(tool, Purpose::Build).at("build-system.requires"));
        if let Some((key, value)) = build.get_key_value("backend-path") {
            reader.backend_path(toml_value::key_spans(file.text(), key, value).1);
        }
    }
    let poetry = tools.and_then(|tools| tools.table("poetry"));
    let named = [document.table("project"), poetry].into_iter().flatten().find_map(|table| table.text("name"));
    if let Some(name) = named {
        reader.project(name);
    }
    if leaves_to_build(&document) {
        reader.leaves_to_build();
    }
    if is_application(&document) {
        reader.application();
    }
    if let Some(project) = document.table("project") {
        list(&mut reader, project, "dependencies", || {
            Section::new(tool, Purpose::Dependencies).at("project.dependencies")
        });
        for (name, value) in project.table("optional-dependencies").into_iter().flatten() {
            let section = Section::labelled(tool, Purpose::Extra, name.get_ref().as_ref())
                .at(format!("project.optional-dependencies.{}", name.get_ref()));
            specifiers(&mut reader, value, section);
        }
    }
    setuptools::read(&mut reader, &document);
    left_to_build(&mut reader, &document);
    groups(&mut reader, &document, tool);
    if let Some(tools) = tools {
        tools.table("poetry").into_iter().for_each(|table| poetry::read(&mut reader, table));
        tools.table("pdm").into_iter().for_each(|table| pdm::read(&mut reader, table));
        tools.table("hatch").into_iter().for_each(|table| hatch::read(&mut reader, table));
        // Last, because it says of what stands elsewhere where it comes from.
        tools.table("uv").into_iter().for_each(|table| uv::read(&mut reader, table));
    }
    let mut manifest = reader.finish(toml_value::comments(file.text()));
    if let Some(tox) = tools.and_then(|tools| tools.table("tox")) {
        manifest = joined(manifest, tox_toml::of_pyproject(file, tox));
    }
    for tool in ["hatch", "pdm", "poe"] {
        if let Some(table) = tools.and_then(|tools| tools.table(tool)) {
            manifest = joined(manifest, tasks::read(file, table));
        }
    }
    if let Some(table) = tools.and_then(|tools| tools.table("cibuildwheel")) {
        manifest = joined(manifest, cibuildwheel::read(file, table));
    }
    manifest
}

/// Reads `poetry.toml`.
pub(super) fn parse_poetry_toml(file: &SourceFile) -> Document {
    parse_of_tool(file, Paths::new(&Map::new(), None), Tool::Poetry)
}

/// Reads `pdm.toml`.
pub(super) fn parse_pdm_toml(file: &SourceFile) -> Document {
    parse_of_tool(file, Paths::new(&Map::new(), None), Tool::Pdm)
}

/// Reads `uv.toml`, which holds what `[tool.uv]` would.
pub(super) fn parse_uv_toml(file: &SourceFile) -> Document {
    parse_of_tool(file, Paths::new(&Map::new(), None), Tool::Uv)
}

/// Reads `hatch.toml`, which holds what `[tool.hatch]` would.
pub(super) fn parse_hatch_toml(file: &SourceFile, paths: Paths<'_>) -> Document {
    parse_of_tool(file, paths, Tool::Hatch)
}

fn parse_of_tool(file: &SourceFile, paths: Paths<'_>, tool: Tool) -> Document {
    let mut reader = Reader::new(file, paths);
    match toml_value::document(file) {
        Ok(document) => match tool {
            Tool::Uv => uv::read(&mut reader, &document),
            Tool::Poetry => poetry::read_settings(&mut reader, &document),
            Tool::Pdm => pdm::read_settings(&mut reader, &document),
            _ => hatch::read(&mut reader, &document),
        },
        Err((span, message)) => {
            let section = reader.section(Section::new(tool, Purpose::Settings));
            reader.refused(section, span, message, "Correct the file: its tool does not start with it");
        }
    }
    reader.finish(toml_value::comments(file.text()))
}

/// The tool that manages the project, as far as the file tells; pip otherwise, which stands for whatever is configured.
fn tool_of(document: &DeTable<'_>) -> Tool {
    let tools = document.table("tool");
    let has = |name: &str| tools.is_some_and(|tools| tools.contains_key(name));
    let backend = document.table("build-system").and_then(|build| build.text("build-backend")).unwrap_or_default();
    if has("uv") || backend.starts_with("uv_build") {
        Tool::Uv
    } else if has("poetry") || backend.starts_with("poetry.") {
        Tool::Poetry
    } else if has("pdm") {
        Tool::Pdm
    } else {
        Tool::Pip
    }
}

/// Whether the standard's table says what the project needs; where it does not, that is for the build to say.
fn leaves_to_build(document: &DeTable<'_>) -> bool {
    let Some(project) = document.table("project") else { return true };
    let dynamic = project.get("dynamic").and_then(|dynamic| dynamic.get_ref().as_array());
    let mut dynamic = dynamic.into_iter().flat_map(|keys| keys.iter()).filter_map(|key| key.get_ref().as_str());
    let poetry = document.table("tool").and_then(|tools| tools.table("poetry"));
    let is_poetrys = poetry.is_some_and(|poetry| poetry.contains_key("dependencies"));
    dynamic.any(|key| matches!(key, "dependencies" | "optional-dependencies"))
        || (is_poetrys && !project.contains_key("dependencies"))
}

/// Notes the lists that only a build of the project's own can tell: setuptools has files that say them, Poetry a table,
/// and a plugin of Hatch takes lists.
fn left_to_build(reader: &mut Reader<'_>, document: &DeTable<'_>) {
    let backend = document.table("build-system").and_then(|build| build.text("build-backend")).unwrap_or_default();
    let hooks = document.table("tool").and_then(|tools| tools.table("hatch")?.table("metadata")?.table("hooks"));
    let is_known = ["setuptools", "poetry", "pbr"].iter().any(|known| backend.starts_with(known))
        || hooks.is_some_and(|hooks| hooks.contains_key("requirements_txt"));
    let (Some(project), false) = (document.table("project"), backend.is_empty() || is_known) else { return };
    for key in words(reader, project, "dynamic") {
        if matches!(key.value.as_str(), "dependencies" | "optional-dependencies") {
            reader.computed(&key.value, key.span);
        }
    }
}

/// Whether the project is never made into a distribution: its tool is told so, or nothing is said that only a
/// distribution needs. Where that cannot be told it may be a library.
fn is_application(document: &DeTable<'_>) -> bool {
    let tools = document.table("tool");
    let said = [("uv", "package"), ("poetry", "package-mode"), ("pdm", "distribution")];
    let said = said.iter().find_map(|(tool, key)| tools?.table(tool)?.get(*key)?.get_ref().as_bool());
    if let Some(is_package) = said {
        return !is_package;
    }
    // Without a `[build-system]` uv builds nothing, and nobody but setuptools would.
    let backends = ["poetry", "pdm", "hatch", "setuptools", "setuptools_scm", "flit", "maturin", "scikit-build"];
    let is_built = document.contains_key("build-system")
        || tools.is_some_and(|tools| backends.iter().any(|backend| tools.contains_key(*backend)));
    let of_distributions = [
        "classifiers",
        "dynamic",
        "entry-points",
        "gui-scripts",
        "keywords",
        "license",
        "license-files",
        "scripts",
        "urls",
    ];
    let project = document.table("project");
    !is_built && project.is_some_and(|project| of_distributions.iter().all(|key| !project.contains_key(*key)))
}

/// PEP 735.
fn groups(reader: &mut Reader<'_>, document: &DeTable<'_>, tool: Tool) {
    for (name, value) in document.table("dependency-groups").into_iter().flatten() {
        let section = Section::labelled(tool, Purpose::Group, name.get_ref().as_ref())
            .at(format!("dependency-groups.{}", name.get_ref()));
        let section = reader.section(section);
        each(reader, section, value, |reader, entry| {
            let table = entry.get_ref().as_table();
            match table.and_then(|table| toml_value::word(reader.file, table.get("include-group")?)) {
                Some(group) => reader.include(section, group),
                None => specifier(reader, section, entry),
            }
        });
    }
}

/// The list of a key, if it is there: a section of specifiers.
pub(super) fn list(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str, section: impl FnOnce() -> Section) {
    if let Some(value) = table.get(key) {
        specifiers(reader, value, section());
    }
}

/// A list of specifiers.
fn specifiers(reader: &mut Reader<'_>, value: &Value<'_>, section: Section) {
    let section = reader.section(section);
    each(reader, section, value, |reader, entry| specifier(reader, section, entry));
}

fn specifier(reader: &mut Reader<'_>, section: SectionId, value: &Value<'_>) {
    if let Some(text) = toml_value::string(reader.file, value) {
        reader.specifier(section, &text);
        return;
    }
    let message = format!("this is of type {}, and a dependency is a string", value.get_ref().type_str());
    reader.refused(section, toml_value::span(value), message, "Write the dependency as a string");
}

/// Visits the entries of an array; another type is refused.
fn each<'v>(
    reader: &mut Reader<'_>,
    section: SectionId,
    value: &'v Value<'_>,
    mut visit: impl FnMut(&mut Reader<'_>, &'v Value<'v>),
) {
    match value.get_ref() {
        DeValue::Array(array) => array.iter().for_each(|entry| visit(reader, entry)),
        other => {
            let message = format!("this is of type {}, and an array is expected", other.type_str());
            reader.refused(section, toml_value::span(value), message, "Write a list of strings");
        }
    }
}

/// Strings of an array, or the one that stands in its place, each with its place.
fn words(reader: &Reader<'_>, table: &DeTable<'_>, key: &str) -> Vec<crate::model::Word> {
    match table.get(key).map(|value| (value, value.get_ref())) {
        Some((_, DeValue::Array(array))) => {
            array.iter().filter_map(|value| toml_value::word(reader.file, value)).collect()
        }
        Some((value, _)) => toml_value::word(reader.file, value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The tables of an array.
fn tables<'a, 'v>(
    table: &'a DeTable<'v>,
    key: &str,
) -> impl Iterator<Item = (&'a DeTable<'v>, &'a Spanned<DeValue<'v>>)> {
    let array = table.get(key).and_then(|value| value.get_ref().as_array());
    array.into_iter().flat_map(|array| array.iter()).filter_map(|value| Some((value.get_ref().as_table()?, value)))
}

#[cfg(test)]
pub(super) mod tests;
