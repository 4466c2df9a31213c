//! `tox.ini`: what environments depend on, their commands and variables, and how they install.

use super::commands::{Commands, split_words};
use super::ini::{self, Ini, IniEntry, IniSection};
use super::logical::{LogicalLine, Pieces};
use super::shell::{self, Dialect, Word};
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a file. What `configparser` refuses tox reads no further either.
pub(super) fn parse(file: &SourceFile) -> Document {
    let read = sections(file);
    let tox = read.section("tox").or_else(|| read.section("tox:tox"));
    of_sections(file, &read, tox)
}

/// Reads what `setup.cfg` has for tox, which looks into the file for one section alone.
pub(super) fn of_setup_cfg(file: &SourceFile) -> Option<Document> {
    let read = sections(file);
    let tox = read.section("tox:tox")?;
    Some(of_sections(file, &read, Some(tox)))
}

fn sections(file: &SourceFile) -> Ini {
    ini::parse(file, str::to_lowercase).with_defaults().once(|name| name.starts_with("testenv"))
}

fn of_sections(file: &SourceFile, read: &Ini, tox: Option<&IniSection>) -> Document {
    let mut commands = Commands::of_own_folder(file);
    let shared = read.section("testenv");
    if let Some(tox) = tox {
        index_servers(&mut commands, tox);
        dependencies(&mut commands, tox, "requires");
    }
    if let Some(shared) = shared {
        variables(&mut commands, shared);
        environment(&mut commands, shared);
    }
    let is_own = |section: &&IniSection| section.name.starts_with("testenv:");
    for section in read.sections.iter().filter(is_own) {
        let scope = commands.enter();
        variables(&mut commands, section);
        environment(&mut commands, section);
        commands.leave(scope);
    }
    commands.finish()
}

fn environment(commands: &mut Commands<'_>, section: &IniSection) {
    if let Some(entry) = section.get("install_command") {
        entry.lines.iter().for_each(|line| commands.shell(line, Dialect::Posix));
    }
    if let Some(line) = section.get("pip_pre").and_then(|entry| entry.lines.first()) {
        commands.environment("PIP_PRE", &Word::of_value(line.clone()));
    }
    dependencies(commands, section, "deps");
    for key in ["commands_pre", "commands", "commands_post"] {
        let Some(entry) = section.get(key) else { continue };
        for line in joined(entry) {
            let line = without_factors(&line);
            let bare = line.text.trim_start_matches(['-', '!', ' ']);
            let start = line.text.len() - bare.len();
            commands.shell(&shell::slice(&line, start..line.text.len()), Dialect::Posix);
        }
    }
}

/// Lines of a requirements file, each perhaps for some environments only.
fn dependencies(commands: &mut Commands<'_>, section: &IniSection, key: &str) {
    let Some(entry) = section.get(key) else { return };
    let (some, all): (Vec<_>, Vec<_>) =
        entry.lines.iter().partition(|line| without_factors(line).text.len() < line.text.len());
    commands.requirements(all.into_iter().map(without_comment).filter(|line| !line.text.is_empty()));
    // Lines for some environments only need not go together with any other.
    for line in some.into_iter().map(|line| without_comment(&without_factors(line))) {
        commands.requirements(std::iter::once(line).filter(|line| !line.text.is_empty()));
    }
}

/// `NAME = value` a line.
fn variables(commands: &mut Commands<'_>, section: &IniSection) {
    for entry in ["setenv", "set_env"].iter().filter_map(|key| section.get(key)) {
        let lines: Vec<_> = entry.lines.iter().map(without_factors).collect();
        set(commands, lines.iter());
    }
}

pub(super) fn set<'l>(commands: &mut Commands<'_>, lines: impl Iterator<Item = &'l LogicalLine<'static>>) {
    for line in lines {
        let Some((name, value)) = line.text.split_once('=') else { continue };
        let start = line.text.len() - value.trim_start().len();
        let value = Word::of_value(shell::slice(line, start..line.text.len()));
        commands.environment(name.trim(), &value);
    }
}

/// tox 3's `indexserver`: `default = URL` for all, other names for those that ask for them.
fn index_servers(commands: &mut Commands<'_>, section: &IniSection) {
    let Some(entry) = section.get("indexserver") else { return };
    for line in &entry.lines {
        if let Some((name, value)) = line.text.split_once('=')
            && name.trim() == "default"
        {
            let start = line.text.len() - value.trim_start().len();
            commands.environment("PIP_INDEX_URL", &Word::of_value(shell::slice(line, start..line.text.len())));
        }
    }
}

/// Lines of commands, joined where one ends in a backslash.
fn joined(entry: &IniEntry) -> Vec<LogicalLine<'static>> {
    let mut out = Vec::new();
    let mut pieces: Option<(Pieces, usize, u32)> = None;
    for line in &entry.lines {
        let start = line.span(0..0).start as usize;
        let (mut building, from, number) = pieces.take().unwrap_or((Pieces::default(), start, line.number));
        let kept = line.text.strip_suffix('\\').unwrap_or(&line.text);
        shell::copy(line, 0..kept.len(), &mut building);
        if kept.len() < line.text.len() {
            let end = start + kept.len();
            building.escaped(" ", end..end + 1);
            pieces = Some((building, from, number));
        } else {
            out.push(building.finish(from, number));
        }
    }
    out.extend(pieces.map(|(building, from, number)| building.finish(from, number)));
    out
}

/// A line without the factors that it holds for: `py312,!lint: value`.
fn without_factors(line: &LogicalLine<'static>) -> LogicalLine<'static> {
    let text = line.text.as_ref();
    let Some((factors, rest)) = text.split_once(':') else { return line.clone() };
    let is_factor = |c: char| c.is_ascii_alphanumeric() || "_.,!{}- ".contains(c);
    // Without white space behind it the colon is one of a URL.
    if factors.is_empty() || !factors.chars().all(is_factor) || !rest.starts_with(char::is_whitespace) {
        return line.clone();
    }
    let start = text.len() - rest.trim_start().len();
    shell::slice(line, start..text.len())
}

pub(super) fn without_comment(line: &LogicalLine<'static>) -> LogicalLine<'static> {
    let text = line.text.as_ref();
    let comment = split_words(text).into_iter().find(|word| text.get(word.clone()).is_some_and(|w| w.starts_with('#')));
    let end = comment.map_or(text.len(), |word| word.start);
    let kept = text.get(..end).unwrap_or_default().trim_end().len();
    shell::slice(line, 0..kept)
}
