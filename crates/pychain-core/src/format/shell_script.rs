//! Shell scripts from their first to their last line, and files of variables.

use super::commands::Commands;
use super::logical::{LogicalLine, Segments};
use super::shell::Dialect;
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a file of variables, which tools put into the environment of what they run (`.env`).
pub(super) fn parse_variables(file: &SourceFile) -> Document {
    let mut commands = Commands::of_own_folder(file);
    commands.variables_of(&whole(file));
    commands.finish()
}

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    let dialect = if file.path().ends_with(".ps1") { Dialect::PowerShell } else { Dialect::Posix };
    let mut commands = Commands::new(file);
    commands.shell(&whole(file), dialect);
    commands.finish()
}

fn whole(file: &SourceFile) -> LogicalLine<'_> {
    LogicalLine { number: 1, text: file.text().into(), cut_by_comment: None, segments: Segments::One(0) }
}
