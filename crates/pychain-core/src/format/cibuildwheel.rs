//! `[tool.cibuildwheel]` of `pyproject.toml`: what is installed before wheels are built and tested, and with which
//! variables.

use toml::de::DeTable;

use super::commands::{Commands, split_words};
use super::logical::LogicalLine;
use super::shell::{self, Dialect, Word};
use super::toml_value::{self, Keys as _, Value};
use crate::model::Document;
use crate::text::SourceFile;

/// Reads the table.
pub(super) fn read(file: &SourceFile, table: &DeTable<'_>) -> Document {
    let mut commands = Commands::of_own_folder(file);
    settings(file, &mut commands, table);
    for (_, platform) in table {
        // A platform is a table, `overrides` a list of them.
        let (one, several) = (platform.get_ref().as_table(), platform.get_ref().as_array());
        let several = several.into_iter().flat_map(|array| array.iter()).filter_map(|entry| entry.get_ref().as_table());
        for table in one.into_iter().chain(several) {
            let scope = commands.enter();
            settings(file, &mut commands, table);
            commands.leave(scope);
        }
    }
    commands.finish()
}

fn settings(file: &SourceFile, commands: &mut Commands<'_>, table: &DeTable<'_>) {
    for (name, value) in table.table("environment").into_iter().flatten() {
        if let Some(value) = toml_value::string(file, value) {
            commands.environment(name.get_ref(), &Word::of_value(value));
        }
    }
    for key in ["before-all", "before-build", "before-test"] {
        for text in texts(file, table.get(key)) {
            commands.shell(&text, Dialect::Posix);
        }
    }
    let required = texts(file, table.get("test-requires"));
    let words = |text: &LogicalLine<'static>| -> Vec<_> {
        split_words(&text.text).into_iter().map(|word| shell::slice(text, word)).collect()
    };
    commands.arguments(&required.iter().flat_map(words).collect::<Vec<_>>());
}

/// A text, or a list of texts.
pub(super) fn texts(file: &SourceFile, value: Option<&Value<'_>>) -> Vec<LogicalLine<'static>> {
    let several = value.and_then(|value| value.get_ref().as_array());
    let single = value.filter(|_| several.is_none());
    let all = several.into_iter().flat_map(|array| array.iter()).chain(single);
    all.filter_map(|value| toml_value::string(file, value)).collect()
}
