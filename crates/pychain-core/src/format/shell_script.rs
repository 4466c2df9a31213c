//! Shell scripts, from their first to their last line.

use super::commands::Commands;
use super::logical::{LogicalLine, Segments};
use super::shell::Dialect;
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    let dialect = if file.path().ends_with(".ps1") { Dialect::PowerShell } else { Dialect::Posix };
    let text = LogicalLine { number: 1, text: file.text().into(), cut_by_comment: None, segments: Segments::One(0) };
    let mut commands = Commands::new(file);
    commands.shell(&text, dialect);
    commands.finish()
}
