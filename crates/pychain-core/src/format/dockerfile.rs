//! Dockerfiles: `RUN`, `ENV`, `ARG`, with the parser's own continuations, comments and here-documents (the Dockerfile
//! reference, "Format", "Parser directives", "Here-Documents").

use super::commands::{Commands, split_words};
use super::json::{Json, elements};
use super::logical::{LogicalLine, Pieces};
use super::shell::{self, Dialect, Word};
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    let mut commands = Commands::new(file);
    let start = commands.enter();
    let mut reader = Reader { commands: &mut commands, dialect: Dialect::Posix };
    let text = file.text();
    let escape = escape(text);
    let mut at = 0;
    while at < text.len() {
        at = reader.instruction(file, at, escape);
    }
    commands.leave(start);
    commands.finish()
}

/// The escape character: another one where a directive in the first lines says so.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some((name, value)) = line.trim().strip_prefix('#').and_then(|rest| rest.split_once('=')) else { break };
        if name.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

struct Reader<'r, 'a> {
    commands: &'r mut Commands<'a>,
    dialect: Dialect,
}

impl Reader<'_, '_> {
    /// Reads the instruction that begins on the line at `at`, and gives where the next one begins.
    fn instruction(&mut self, file: &SourceFile, mut at: usize, escape: char) -> usize {
        let text = file.text();
        let number = u32::try_from(file.line_of(u32::try_from(at).unwrap_or(u32::MAX))).unwrap_or(u32::MAX);
        let start = at;
        let mut pieces = Pieces::default();
        let mut is_first = true;
        while at < text.len() {
            let (line, next) = physical_line(text, at);
            let trimmed = line.trim_start();
            let is_skipped = trimmed.starts_with('#') || (!is_first && trimmed.trim_end().is_empty());
            if is_skipped {
                at = next;
                if is_first {
                    return at;
                }
                continue;
            }
            let kept = line.trim_end();
            let joined = kept.strip_suffix(escape);
            pieces.plain(joined.unwrap_or(kept), at);
            at = next;
            is_first = false;
            if joined.is_none() {
                break;
            }
        }
        let line = pieces.finish(start, number);
        self.read(file, &line, at)
    }

    fn read(&mut self, file: &SourceFile, line: &LogicalLine<'static>, next: usize) -> usize {
        let text = line.text.as_ref();
        let lead = text.len() - text.trim_start().len();
        let rest = text.get(lead..).unwrap_or_default();
        let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let keyword = rest.get(..len).unwrap_or_default().to_ascii_uppercase();
        let from = lead + len;
        let arguments = shell::slice(line, from..text.len());
        match keyword.as_str() {
            // A stage inherits nothing from the one before.
            "FROM" => self.dialect = Dialect::Posix,
            "SHELL" => {
                let is_windows = arguments.text.to_ascii_lowercase();
                let is_windows = is_windows.contains("powershell") || is_windows.contains("pwsh");
                self.dialect = if is_windows { Dialect::PowerShell } else { Dialect::Posix };
            }
            "ONBUILD" => return self.read(file, &arguments, next),
            "ENV" => self.variables(&arguments),
            "ARG" => self.commands.declarations(&arguments),
            "RUN" => return self.run(file, &arguments, next),
            _ => {}
        }
        next
    }

    /// `NAME=value …`, or `NAME value` to the end of the line.
    fn variables(&mut self, arguments: &LogicalLine<'static>) {
        let text = arguments.text.trim_start();
        let start = arguments.text.len() - text.len();
        let name = text.split(|c: char| c.is_whitespace() || c == '=').next().unwrap_or_default();
        let after = text.get(name.len()..).unwrap_or_default();
        if after.starts_with(char::is_whitespace) && shell::is_name(name) {
            let value = after.trim();
            let from = start + name.len() + (after.len() - after.trim_start().len());
            let value = shell::slice(arguments, from..from + value.len());
            self.commands.environment(name, &Word::of_value(value));
            return;
        }
        for command in shell::commands(arguments, Dialect::Posix) {
            for assignment in command.assignments {
                self.commands.environment(&assignment.name, &assignment.value);
            }
        }
    }

    fn run(&mut self, file: &SourceFile, arguments: &LogicalLine<'static>, next: usize) -> usize {
        let text = arguments.text.as_ref();
        // `--mount=…` and its like are Docker's.
        let words = split_words(text);
        let from = words.iter().find(|word| !text.get((*word).clone()).is_some_and(|word| word.starts_with("--")));
        let Some(from) = from.map(|word| word.start) else { return next };
        let command = shell::slice(arguments, from..text.len());
        if command.text.starts_with('[')
            && let Some(words) = exec_form(&command)
        {
            self.commands.words(&words);
            return next;
        }
        let documents = delimiters(&command.text);
        if documents.is_empty() {
            self.commands.shell(&command, self.dialect);
            return next;
        }
        // What a here-document holds is run where nothing, or a shell, stands before it.
        let program = command.text.trim_start();
        let is_script =
            ["<<", "sh <<", "bash <<", "/bin/sh <<", "/bin/bash <<"].iter().any(|run| program.starts_with(run))
                || (program.starts_with("bash ") || program.starts_with("sh ")) && !program.contains(" -c");
        let mut at = next;
        for (delimiter, tabs) in documents {
            let mut pieces = Pieces::default();
            let number = u32::try_from(file.line_of(u32::try_from(at).unwrap_or(u32::MAX))).unwrap_or(u32::MAX);
            let start = at;
            while at < file.text().len() {
                let (line, after) = physical_line(file.text(), at);
                let bare = line.trim_end_matches(['\n', '\r']);
                if (if tabs { bare.trim_start_matches('\t') } else { bare }) == delimiter {
                    at = after;
                    break;
                }
                pieces.plain(line, at);
                at = after;
            }
            let body = pieces.finish(start, number);
            let is_other =
                body.text.starts_with("#!") && !body.text.lines().next().is_some_and(|line| line.ends_with("sh"));
            if is_script && !is_other {
                self.commands.shell(&body, self.dialect);
            }
        }
        if !is_script {
            self.commands.shell(&command, self.dialect);
        }
        at
    }
}

/// The line at an offset, its end included, and where the next one begins.
fn physical_line(text: &str, at: usize) -> (&str, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
    (rest.get(..len).unwrap_or_default(), at + len)
}

/// Delimiters of the here-documents of a command, and whether tabs before them do not count.
fn delimiters(command: &str) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    let mut rest = command;
    while let Some(at) = rest.find("<<") {
        rest = rest.get(at + 2..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('<') {
            rest = after;
            continue;
        }
        let tabs = rest.starts_with('-');
        let word = rest.trim_start_matches('-');
        let word = word.trim_start_matches(['"', '\'']);
        let len = word.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(word.len());
        let name = word.get(..len).unwrap_or_default();
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            out.push((name.to_owned(), tabs));
        }
        if out.len() >= 16 {
            break;
        }
    }
    out
}

/// `["pip", "install", "x"]`; none where it is no list of strings, which Docker hands to a shell.
fn exec_form(command: &LogicalLine<'static>) -> Option<Vec<Word>> {
    let json = Json(&command.text);
    let words = elements(json.parse().ok()?)?.into_iter().map(|value| {
        let word = json.word(value)?;
        let inside = word.span.range();
        // With an escape inside only the whole has a place.
        let text = if command.text.get(inside.clone()) == Some(word.value.as_str()) {
            shell::slice(command, inside)
        } else {
            let place = command.span(inside).range();
            let mut pieces = Pieces::default();
            pieces.escaped(&word.value, place.clone());
            pieces.finish(place.start, command.number)
        };
        Some(Word::of_value(text))
    });
    words.collect()
}
