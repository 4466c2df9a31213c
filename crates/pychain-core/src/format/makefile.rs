//! Makefiles and those of `just`: the commands of recipes, and variables that are exported to them.

use super::commands::Commands;
use super::logical::{LogicalLine, Pieces};
use super::shell::{self, Dialect, Word};
use crate::model::Document;
use crate::order::Set;
use crate::text::SourceFile;

/// Reads a Makefile.
pub(super) fn parse(file: &SourceFile) -> Document {
    read(file, &['\t'])
}

/// Reads a file of `just`, whose recipes may be indented by spaces.
pub(super) fn parse_just(file: &SourceFile) -> Document {
    read(file, &['\t', ' '])
}

fn read(file: &SourceFile, indents: &[char]) -> Document {
    let mut commands = Commands::of_own_folder(file);
    let exported = Exported::of(file);
    let mut line = 1;
    while line <= file.line_count() {
        let first = file.slice(file.line_span(line));
        let is_recipe = first.starts_with(indents);
        let (text, next) = logical(file, line, is_recipe);
        if is_recipe {
            commands.shell(&text, Dialect::Posix);
        } else {
            variable(&mut commands, &text, &exported);
        }
        line = next;
    }
    commands.finish()
}

/// The line that begins with a physical one, and the number of the one behind it. `$$` is `$` to the shell; other
/// references stay as written.
fn logical(file: &SourceFile, first: usize, is_recipe: bool) -> (LogicalLine<'static>, usize) {
    let mut pieces = Pieces::default();
    let mut number = first;
    let mut start = None;
    while number <= file.line_count() {
        let span = file.line_span(number);
        let line = file.slice(span);
        let bare = match (start, is_recipe) {
            (None, true) => line.trim_start_matches(['\t', ' ', '@', '-', '+']),
            (Some(_), true) => line.strip_prefix('\t').unwrap_or(line),
            _ => line,
        };
        let mut at = span.start as usize + (line.len() - bare.len());
        start.get_or_insert(at);
        let continues = bare.ends_with('\\');
        let kept = bare.strip_suffix('\\').unwrap_or(bare);
        for (index, piece) in kept.split("$$").enumerate() {
            if index > 0 {
                pieces.escaped("$", at..at + 2);
                at += 2;
            }
            pieces.plain(piece, at);
            at += piece.len();
        }
        number += 1;
        if !continues {
            break;
        }
        // The shell sees the continuation of a recipe; elsewhere make puts a space.
        pieces.escaped(if is_recipe { "\\\n" } else { " " }, at..at + 1);
    }
    let from = start.unwrap_or(0);
    (pieces.finish(from, u32::try_from(first).unwrap_or(u32::MAX)), number)
}

/// Variables that are handed to recipes by a line of their own.
struct Exported<'f> {
    names: Set<&'f str>,
    all: bool,
}

impl<'f> Exported<'f> {
    /// `export NAME…`, `export` alone, and the target that means the same.
    fn of(file: &'f SourceFile) -> Self {
        let lines = file.text().lines().map(|line| line.split('#').next().unwrap_or_default());
        let names = |line: &'f str| line.strip_prefix("export").filter(|names| !names.contains('='));
        Self {
            names: lines.clone().filter_map(names).flat_map(str::split_whitespace).collect::<Set<_>>(),
            all: lines.clone().any(|line| line.trim_end() == "export" || line.starts_with(".EXPORT_ALL_VARIABLES:")),
        }
    }
}

/// `NAME = value`, `export NAME = value`, and both behind a target that they are for.
fn variable(commands: &mut Commands<'_>, line: &LogicalLine<'static>, exported: &Exported<'_>) {
    let text = line.text.as_ref();
    let Some(equals) = text.find('=') else { return };
    let before = text.get(..equals).unwrap_or_default().trim_end_matches([':', '?', '+', '!', ' ', '\t']);
    let before = before.rsplit(':').next().unwrap_or(before).trim();
    let (name, is_exported) = match before.strip_prefix("export") {
        Some(name) if name.starts_with([' ', '\t']) => (name.trim(), true),
        _ => (before, exported.all || exported.names.contains(before)),
    };
    let value = text.get(equals + 1..).unwrap_or_default();
    let end = value.find(" #").map_or(text.len(), |comment| equals + 1 + comment);
    let mut start = text.len() - value.trim_start().len();
    if !shell::is_name(name) || start > end {
        return;
    }
    // `just` has quotes around a value; to make they would be a part of it.
    let mut end = end;
    let bare = text.get(start..end).unwrap_or_default().trim_end();
    if bare.len() > 1 && ['"', '\''].iter().any(|quote| bare.starts_with(*quote) && bare.ends_with(*quote)) {
        (start, end) = (start + 1, start + bare.len() - 1);
    }
    let value = Word::of_value(shell::slice(line, start..end));
    if is_exported {
        commands.environment(name, &value);
    } else {
        commands.kept_options(&value);
    }
}
