//! `setup.cfg`: what setuptools takes from it.

use super::commands::{comments, joined};
use super::ini::{self, Ini, IniEntry};
use super::logical::LogicalLine;
use super::requirements_txt::Paths;
use super::setuptools::specifiers;
use super::shell;
use super::toml_value::is_template;
use super::tox_ini;
use super::value::{Reader, SectionId};
use crate::model::{Document, InstallOption, Purpose, Section, Tool, Word};
use crate::text::SourceFile;

/// Reads a file. Total: what setuptools refuses is a line that says why.
pub(super) fn parse(file: &SourceFile, paths: Paths<'_>) -> Document {
    let mut reader = Reader::new(file, paths);
    // Names of extras keep their case.
    let read = ini::parse(file, str::to_owned).with_defaults();
    if let Some((span, message)) = &read.error
        && !is_template(file.text())
    {
        let section = reader.section(Section::new(Tool::Setuptools, Purpose::Settings));
        reader.refused(section, *span, message, "Correct the file: setuptools cannot read it");
    }
    if let Some(name) = entry(&read, "metadata", "name").and_then(|entry| entry.lines.first()) {
        reader.project(&name.text);
    }
    if let Some(entry) = entry(&read, "options", "install_requires") {
        let section = Section::new(Tool::Setuptools, Purpose::Dependencies).at("options.install_requires");
        requirements(&mut reader, entry, section);
    }
    // A default is an extra as well; what is asked for anyway is read once.
    let asked = ["install_requires", "setup_requires", "tests_require"];
    let asked = asked.map(|key| entry(&read, "options", key).map(|entry| entry.key_span));
    let extras = read.section("options.extras_require").into_iter().flat_map(|section| &section.entries);
    for entry in extras.filter(|entry| !asked.contains(&Some(entry.key_span))) {
        let section = Section::labelled(Tool::Setuptools, Purpose::Extra, entry.key.as_str())
            .at(format!("options.extras_require.{}", entry.key));
        requirements(&mut reader, entry, section);
    }
    if let Some(entry) = entry(&read, "options", "setup_requires") {
        let section = Section::new(Tool::Setuptools, Purpose::Build).at("options.setup_requires");
        let section = reader.section(section);
        list(&mut reader, section, entry);
        settings(&mut reader, &read);
    }
    if let Some(entry) = entry(&read, "options", "tests_require") {
        let section = Section::labelled(Tool::Setuptools, Purpose::Group, "tests").at("options.tests_require");
        let section = reader.section(section);
        list(&mut reader, section, entry);
    }
    let manifest = reader.finish(comments(file));
    match tox_ini::of_setup_cfg(file) {
        Some(commands) => joined(manifest, commands),
        None => manifest,
    }
}

/// The entry of a key, which may have dashes and capitals: the last one counts.
fn entry<'i>(ini: &'i Ini, section: &str, key: &str) -> Option<&'i IniEntry> {
    let is_it = |entry: &&IniEntry| entry.key.replace('-', "_").eq_ignore_ascii_case(key);
    ini.section(section)?.entries.iter().rfind(is_it)
}

/// A list, or the files that hold it.
fn requirements(reader: &mut Reader<'_>, entry: &IniEntry, section: Section) {
    let section = reader.section(section);
    match entry.lines.first() {
        Some(first) if is_inline(reader.file, entry) && first.text.starts_with("file:") => {
            for (at, line) in entry.lines.iter().enumerate() {
                let skip = if at == 0 { "file:".len() } else { 0 };
                for target in parts(line, skip, ',') {
                    let span = target.span(0..target.text.len());
                    reader.list_file(section, Word { value: target.text.into_owned(), span });
                }
            }
        }
        _ => list(reader, section, entry),
    }
}

fn list(reader: &mut Reader<'_>, section: SectionId, entry: &IniEntry) {
    for line in specifiers(items(reader.file, entry, ';')) {
        // What another value stands for is read where that stands.
        if !line.text.contains("%(") {
            reader.specifier(section, &line);
        }
    }
}

/// Where setuptools lets pip look for what the build needs. pip takes no links for anything else.
fn settings(reader: &mut Reader<'_>, ini: &Ini) {
    let mut found: Vec<(InstallOption, LogicalLine<'static>)> = Vec::new();
    if let Some(index) = entry(ini, "easy_install", "index_url").and_then(|entry| entry.lines.first()) {
        found.push((InstallOption::IndexUrl, index.clone()));
    }
    let links = entry(ini, "easy_install", "find_links").into_iter().flat_map(|entry| &entry.lines);
    let links = links.flat_map(|line| parts(line, 0, ' '));
    let dependency_links = entry(ini, "options", "dependency_links");
    let links = links.chain(dependency_links.into_iter().flat_map(|entry| items(reader.file, entry, ',')));
    found.extend(links.map(|link| (InstallOption::FindLinks, link)));
    if found.is_empty() {
        return;
    }
    let section = reader.section(Section::new(Tool::Setuptools, Purpose::Settings).at("easy_install"));
    for (option, value) in found {
        let span = value.span(0..value.text.len());
        reader.setting(section, option, span, Word { value: value.text.into_owned(), span });
    }
}

/// Lines, or where there is one beside the key, its parts between separators (`ConfigHandler._parse_list`).
fn items(file: &SourceFile, entry: &IniEntry, separator: char) -> Vec<LogicalLine<'static>> {
    match entry.lines.as_slice() {
        [line] if is_inline(file, entry) => parts(line, 0, separator),
        lines => lines.to_vec(),
    }
}

/// Whether a value begins beside its key.
fn is_inline(file: &SourceFile, entry: &IniEntry) -> bool {
    entry.lines.first().is_some_and(|line| line.number as usize == file.line_of(entry.key_span.start))
}

/// The parts of a line between separators, from `skip` on, without white space at their ends.
fn parts(line: &LogicalLine<'static>, skip: usize, separator: char) -> Vec<LogicalLine<'static>> {
    let mut found = Vec::new();
    let mut at = skip;
    for part in line.text.get(skip..).unwrap_or_default().split(separator) {
        let start = at + (part.len() - part.trim_start().len());
        let end = start + part.trim().len();
        if start < end {
            found.push(shell::slice(line, start..end));
        }
        at += part.len() + separator.len_utf8();
    }
    found
}

#[cfg(test)]
mod tests;
