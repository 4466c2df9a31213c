//! tox's settings in TOML: `tox.toml`, and `[tool.tox]` of `pyproject.toml`, natively or as the text of a `tox.ini`.

use toml::de::{DeTable, DeValue};

use super::commands::{Commands, unreadable};
use super::logical::LogicalLine;
use super::shell::{self, Word};
use super::toml_value::{self, Keys as _, Value};
use super::tox_ini;
use crate::model::Document;
use crate::text::SourceFile;

/// Reads a file.
pub(super) fn parse(file: &SourceFile) -> Document {
    match toml_value::document(file) {
        Ok(document) => native(file, &document),
        Err(_) if toml_value::is_template(file.text()) => Document::empty(file),
        Err((span, message)) => unreadable(file, span, message, "Correct the file: tox cannot read it"),
    }
}

/// Reads `[tool.tox]`. Where there are native settings, tox does not look at the others.
pub(super) fn of_pyproject(file: &SourceFile, tox: &DeTable<'_>) -> Document {
    match tox.get_key_value("legacy_tox_ini") {
        Some((_, text)) if tox.len() == 1 => {
            masked(file, text).map_or_else(|| Document::empty(file), |text| tox_ini::parse(&text))
        }
        _ => native(file, tox),
    }
}

fn native(file: &SourceFile, core: &DeTable<'_>) -> Document {
    let mut reader = Reader { file, commands: Commands::of_own_folder(file) };
    reader.requirements(core.get("requires"));
    if let Some(packaging) = core.table("env_pkg_base") {
        reader.alone(packaging);
    }
    let tables = ["env_base", "env"].into_iter().filter_map(|key| core.table(key));
    let environments: Vec<_> = tables.flatten().filter_map(|(_, value)| value.get_ref().as_table()).collect();
    // What names a base of its own has nothing of the common one.
    let (own, common): (Vec<_>, Vec<_>) = environments.into_iter().partition(|table| table.contains_key("base"));
    for table in own {
        reader.alone(table);
    }
    if let Some(base) = core.table("env_run_base") {
        reader.environment(base);
    }
    for table in common {
        reader.alone(table);
    }
    reader.commands.finish()
}

struct Reader<'f> {
    file: &'f SourceFile,
    commands: Commands<'f>,
}

impl Reader<'_> {
    /// An environment whose variables are its own.
    fn alone(&mut self, table: &DeTable<'_>) {
        let scope = self.commands.enter();
        self.environment(table);
        self.commands.leave(scope);
    }

    fn environment(&mut self, table: &DeTable<'_>) {
        for value in ["setenv", "set_env"].iter().filter_map(|key| table.get(*key)) {
            self.variables(value);
        }
        if let Some(words) = table.get("install_command").and_then(|value| value.get_ref().as_array()) {
            self.command(words);
        }
        if let Some(value) = table.get("pip_pre").filter(|_| table.is_true("pip_pre")) {
            self.commands.environment("PIP_PRE", &Word::standing_for("true", toml_value::span(value)));
        }
        self.requirements(table.get("deps"));
        for key in ["commands_pre", "commands", "commands_post"] {
            self.list(table.get(key));
        }
    }

    /// A table, or lines of `NAME=value`. A value that something else replaces is not known.
    fn variables(&mut self, value: &Value<'_>) {
        if let Some(text) = toml_value::string(self.file, value) {
            tox_ini::set(&mut self.commands, lines(&text).iter());
        }
        for (name, value) in value.get_ref().as_table().into_iter().flatten() {
            if let Some(value) = toml_value::string(self.file, value) {
                self.commands.environment(name.get_ref(), &Word::of_value(value));
            }
        }
    }

    /// Lines of a requirements file, as one text or a list of texts.
    fn requirements(&mut self, value: Option<&Value<'_>>) {
        let Some(value) = value else { return };
        let array = value.get_ref().as_array();
        let single = array.is_none().then_some(value);
        let texts = array.into_iter().flat_map(|array| array.iter()).chain(single);
        let texts: Vec<_> = texts.filter_map(|text| toml_value::string(self.file, text)).collect();
        let lines = texts.iter().flat_map(lines).map(|line| tox_ini::without_comment(&line));
        self.commands.requirements(lines.filter(|line| !line.text.is_empty()));
        // Of two lists one is taken, so that they need not go together. What a reference stands for is read where it is.
        for choice in array.into_iter().flat_map(|array| array.iter()).filter_map(|entry| entry.get_ref().as_table()) {
            self.requirements(choice.get("then"));
            self.requirements(choice.get("else"));
        }
    }

    /// A list of commands, each a list of words.
    fn list(&mut self, value: Option<&Value<'_>>) {
        for entry in value.and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|array| array.iter()) {
            match entry.get_ref() {
                DeValue::Array(words) => self.command(words),
                DeValue::Table(choice) => {
                    self.list(choice.get("then"));
                    self.list(choice.get("else"));
                }
                _ => {}
            }
        }
    }

    fn command(&mut self, words: &[Value<'_>]) {
        let mut words: Vec<Word> = words.iter().map(|word| self.word(word)).collect();
        // The first word may say what its failure means.
        if words.first().is_some_and(|word| matches!(word.value(), "-" | "!")) {
            words.remove(0);
        }
        self.commands.words(&words);
    }

    /// A word; what is replaced is one that nobody can tell.
    fn word(&self, value: &Value<'_>) -> Word {
        match toml_value::string(self.file, value) {
            Some(text) => Word::of_value(text),
            None => Word { expands: true, ..Word::standing_for("$", toml_value::span(value)) },
        }
    }
}

/// The lines of a text, without white space at their ends.
fn lines(text: &LogicalLine<'static>) -> Vec<LogicalLine<'static>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.text.split('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let end = start + line.trim().len();
        if start < end {
            found.push(shell::slice(text, start..end));
        }
        at += line.len() + 1;
    }
    found
}

/// A file in which nothing stands but the text of a value, where it stands; none where escapes make it another text.
fn masked(file: &SourceFile, value: &Value<'_>) -> Option<SourceFile> {
    let raw = file.text().get(value.span())?;
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote))?;
    let inner = raw.get(quote.len()..raw.len().checked_sub(quote.len())?)?;
    if value.get_ref().as_str().is_none() || (quote.starts_with('"') && inner.contains('\\')) {
        return None;
    }
    let blank = |text: &str| -> String {
        // Bytes keep their places, and lines their numbers.
        text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }).collect()
    };
    let start = value.span().start + quote.len();
    let (before, after) = (file.text().get(..start)?, file.text().get(start + inner.len()..)?);
    Some(SourceFile::from_text(file.path(), [blank(before).as_str(), inner, &blank(after)].concat()))
}
