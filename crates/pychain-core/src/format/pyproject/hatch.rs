//! `[tool.hatch]`: what its environments need.

use toml::de::DeTable;

use super::list;
use crate::format::toml_value::Keys as _;
use crate::format::value::Reader;
use crate::model::{Purpose, Section, Tool};

pub(super) fn read(reader: &mut Reader<'_>, hatch: &DeTable<'_>) {
    for (name, value) in hatch.table("envs").into_iter().flatten() {
        let Some(environment) = value.get_ref().as_table() else { continue };
        for key in ["dependencies", "extra-dependencies"] {
            list(reader, environment, key, || {
                Section::labelled(Tool::Hatch, Purpose::Group, name.get_ref().as_ref())
                    .at(format!("tool.hatch.envs.{}.{key}", name.get_ref()))
            });
        }
    }
}
