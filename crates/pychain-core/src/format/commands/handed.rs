//! What a step of a workflow hands to the next ones: variables, written to a file line by line.

use super::super::shell::{self, Command, Dialect, Word};
use super::{Commands, Lasting, pip_setting};
use crate::model::Tool;

/// `NAME<<END`: a variable whose value is the lines up to the one that ends it.
pub(super) struct Block {
    name: String,
    end: String,
    lines: usize,
}

impl Commands<'_> {
    /// What a command hands on, where it does so itself or by the one that reads from it.
    pub(super) fn handed(&mut self, command: &Command, next: Option<&Command>, dialect: Dialect) -> Vec<Lasting> {
        let (first, hands) = (command.words.first().map_or("", Word::value), hands_on(command));
        let mut set = Vec::new();
        let words = command.words.iter().skip(1);
        match first {
            "cat" | "tee" if hands => {
                for line in command.documents.iter().flat_map(shell::lines) {
                    set.extend(self.handed_line(&Word::of_value(line)));
                }
            }
            "echo" | "printf" | "Add-Content" | "Write-Output" if hands || next.is_some_and(hands_on) => {
                // `printf 'NAME=%s\n' VALUE`.
                let mut values = words.clone().skip(1);
                for line in words.flat_map(lines) {
                    let name = line.value().strip_suffix("=%s").filter(|_| first == "printf");
                    set.extend(match name.and_then(|name| Some((name, values.next()?))) {
                        Some((name, value)) => self.variable(name, value).map(|section| (name.to_owned(), section)),
                        None => self.handed_line(&line),
                    });
                }
            }
            // A text by itself is what PowerShell writes.
            _ if dialect == Dialect::PowerShell && (hands || next.is_some_and(hands_on)) => {
                for line in command.words.iter().flat_map(lines) {
                    set.extend(self.handed_line(&line));
                }
            }
            _ => {}
        }
        set
    }

    /// What a command writes into pip's configuration.
    pub(super) fn configured(&mut self, command: &Command, next: Option<&Command>) -> Vec<Lasting> {
        if !(writes(command, is_configuration) || next.is_some_and(|next| writes(next, is_configuration))) {
            return Vec::new();
        }
        let documents = command.documents.iter().flat_map(shell::lines).map(Word::of_value);
        let words = command.words.iter().skip(1).filter(|word| !is_configuration(word.value())).flat_map(lines);
        let mut set = Vec::new();
        for line in documents.chain(words).collect::<Vec<_>>() {
            let Some((key, value)) = line.value().split_once('=') else { continue };
            let start = line.value().len() - value.trim_start().len();
            let value = line.part(start..line.value().len());
            let section = self.settings_section(Tool::Pip, pip_setting(key.trim(), &value));
            set.extend(section.map(|section| (key.trim().to_owned(), section)));
        }
        set
    }

    /// One line of the file.
    fn handed_line(&mut self, line: &Word) -> Option<Lasting> {
        if let Some(mut block) = self.block.take() {
            if line.value() == block.end {
                return None;
            }
            block.lines += 1;
            let section = self.variable(&block.name, line);
            // The first line takes the place of what the variable was, the others are there beside it.
            let name = block.name.clone() + &" ".repeat(usize::from(block.lines > 1));
            self.block = Some(block);
            return Some((name, section?));
        }
        match line.value().split_once("<<") {
            Some((name, end)) if shell::is_name(name) => {
                self.block = Some(Block { name: name.to_owned(), end: end.to_owned(), lines: 0 });
                None
            }
            _ => self.assigned(line),
        }
    }
}

/// The lines of a text, those that an escape ends too.
fn lines(word: &Word) -> impl Iterator<Item = Word> + '_ {
    shell::lines(&word.text).flat_map(|line| {
        let mut at = 0;
        let parts: Vec<Word> = (line.text.split("\\n"))
            .map(|part| {
                let start = at;
                at += part.len() + 2;
                Word::of_value(shell::slice(&line, start..start + part.len()))
            })
            .filter(|part| !part.value().is_empty() && !part.value().starts_with('-'))
            .collect();
        parts
    })
}

/// Whether a command hands what it writes to the next steps of a workflow, as variables.
fn hands_on(command: &Command) -> bool {
    writes(command, |name| name.contains("GITHUB_ENV"))
}

fn is_configuration(path: &str) -> bool {
    matches!(path.rsplit(['/', '\\']).next(), Some("pip.conf" | "pip.ini"))
}

/// Whether a command writes to a file of some name.
fn writes(command: &Command, is_it: fn(&str) -> bool) -> bool {
    let is_writer = command.words.iter().take(2).any(|first| {
        ["tee", "Tee-Object", "Out-File", "Add-Content"].iter().any(|known| first.value().eq_ignore_ascii_case(known))
    });
    let inputs = command.words.iter().filter(|_| is_writer);
    command.outputs.iter().chain(inputs).any(|word| is_it(word.value()))
}
