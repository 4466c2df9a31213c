//! `[tool.hatch]`, also in `hatch.toml`: what its environments need, and the files that a popular hook takes for lists.

use toml::de::{DeTable, DeValue};

use super::{each, specifier, words};
use crate::format::toml_value::{self, Keys as _};
use crate::format::value::Reader;
use crate::model::{Purpose, Section, Tool};

pub(super) fn read(reader: &mut Reader<'_>, hatch: &DeTable<'_>) {
    for (name, value) in hatch.table("envs").into_iter().flatten() {
        let Some(environment) = value.get_ref().as_table() else { continue };
        for key in ["dependencies", "extra-dependencies"] {
            let Some(value) = environment.get(key) else { continue };
            let section = Section::labelled(Tool::Hatch, Purpose::Group, name.get_ref().as_ref())
                .at(format!("tool.hatch.envs.{}.{key}", name.get_ref()));
            let section = reader.section(section);
            each(reader, section, value, |reader, entry| {
                // What fields (`{matrix:django}`) stand for nobody knows; `{root:uri}` is the project itself.
                if !toml_value::word(reader.file, entry).is_some_and(|word| word.value.contains('{')) {
                    specifier(reader, section, entry);
                }
            });
        }
    }
    // The plugin hatch-requirements-txt.
    let hooks = hatch.table("metadata").and_then(|metadata| metadata.table("hooks"));
    let Some(hook) = hooks.and_then(|hooks| hooks.table("requirements_txt")) else { return };
    let mut files = |table: &DeTable<'_>, key: &str, section: Section| {
        let section = reader.section(section.at("tool.hatch.metadata.hooks.requirements_txt"));
        for target in words(reader, table, key) {
            reader.list_file(section, target);
        }
    };
    for key in ["files", "filename"] {
        files(hook, key, Section::new(Tool::Hatch, Purpose::Dependencies));
    }
    let extras = hook.table("optional-dependencies");
    for (name, value) in extras.into_iter().flatten() {
        if let (Some(table), DeValue::Array(_)) = (extras, value.get_ref()) {
            files(table, name.get_ref(), Section::labelled(Tool::Hatch, Purpose::Extra, name.get_ref().as_ref()));
        }
    }
}
