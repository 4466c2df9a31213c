//! `[tool.setuptools.dynamic]`: dependencies that stand in files of their own.

use toml::de::DeTable;

use super::words;
use crate::format::toml_value::Keys as _;
use crate::format::value::Reader;
use crate::model::{Purpose, Section, Tool};

/// Reads the files that setuptools builds `project` with.
pub(super) fn read(reader: &mut Reader<'_>, document: &DeTable<'_>) {
    let table = |name: &str| document.table(name);
    let tool = table("tool").and_then(|tools| tools.table("setuptools"));
    let (Some(project), Some(dynamic)) = (table("project"), tool.and_then(|tool| tool.table("dynamic"))) else {
        return;
    };
    // Another backend does not look here; one of the project's own may be setuptools in disguise.
    let build = table("build-system");
    let backend = build.and_then(|build| build.text("build-backend")).unwrap_or("setuptools");
    if !backend.starts_with("setuptools") && !build.is_some_and(|build| build.contains_key("backend-path")) {
        return;
    }
    let declared = project.get("dynamic").and_then(|value| value.get_ref().as_array());
    let is_declared = |key: &str| {
        declared.into_iter().flat_map(|array| array.iter()).any(|value| value.get_ref().as_str() == Some(key))
    };
    let mut files = |table: &DeTable<'_>, section: Section| {
        let section = reader.section(section);
        for target in words(reader, table, "file") {
            reader.list_file(section, target);
        }
    };
    if let Some(table) = dynamic.table("dependencies").filter(|_| is_declared("dependencies")) {
        let section = Section::new(Tool::Setuptools, Purpose::Dependencies).at("tool.setuptools.dynamic.dependencies");
        files(table, section);
    }
    let extras = dynamic.table("optional-dependencies").filter(|_| is_declared("optional-dependencies"));
    for (name, value) in extras.into_iter().flatten() {
        if let Some(table) = value.get_ref().as_table() {
            let name = name.get_ref().as_ref();
            let at = format!("tool.setuptools.dynamic.optional-dependencies.{name}");
            files(table, Section::labelled(Tool::Setuptools, Purpose::Extra, name).at(at));
        }
    }
}
