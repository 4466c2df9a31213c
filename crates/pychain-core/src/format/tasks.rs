//! Tables of commands and variables, as task runners and managers of environments have them: what is run, and with which
//! variables.

use toml::de::DeTable;

use super::cibuildwheel::texts;
use super::commands::Commands;
use super::shell::{Dialect, Word};
use super::toml_value::{self, Keys as _};
use crate::model::Document;
use crate::text::SourceFile;

/// Tables of variables.
const VARIABLES: [&str; 2] = ["env", "env-vars"];

/// Keys whose value is run.
const RUN: [&str; 6] = ["run", "cmd", "shell", "script", "pre-install-commands", "post-install-commands"];

/// Tables in which everything is run.
const TASKS: [&str; 2] = ["scripts", "tasks"];

/// How deep tables are looked into.
const MAX_DEPTH: usize = 6;

/// Reads `mise.toml`.
pub(super) fn parse(file: &SourceFile) -> Document {
    match toml_value::document(file) {
        Ok(document) => read(file, &document),
        Err(_) => Document::empty(file),
    }
}

/// Reads a table of a tool.
pub(super) fn read(file: &SourceFile, table: &DeTable<'_>) -> Document {
    let mut commands = Commands::of_own_folder(file);
    tasks(file, &mut commands, table, false, 0);
    commands.finish()
}

/// Reads a table in which everything is run.
pub(super) fn of_scripts(file: &SourceFile, table: &DeTable<'_>) -> Document {
    let mut commands = Commands::of_own_folder(file);
    tasks(file, &mut commands, table, true, 0);
    commands.finish()
}

fn tasks(file: &SourceFile, commands: &mut Commands<'_>, table: &DeTable<'_>, all: bool, depth: usize) {
    let scope = commands.enter();
    for (name, value) in VARIABLES.iter().filter_map(|key| table.table(key)).flatten() {
        if let Some(value) = toml_value::string(file, value) {
            commands.environment(name.get_ref(), &Word::of_value(value));
        }
    }
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if let Some(table) = value.get_ref().as_table() {
            if depth < MAX_DEPTH && !VARIABLES.contains(&name) {
                tasks(file, commands, table, TASKS.contains(&name), depth + 1);
            }
        } else if all || RUN.contains(&name) {
            for text in texts(file, Some(value)) {
                commands.shell(&text, Dialect::Posix);
            }
        }
    }
    commands.leave(scope);
}
