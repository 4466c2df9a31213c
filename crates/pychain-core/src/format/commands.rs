//! Commands that install, and variables that set installers up: lines for the document of the file that they stand in.
//!
//! The readers of workflows, Dockerfiles and the like find the shell text in their format and hand it over here.

use super::logical::LogicalLine;
use super::requirements_txt::{folder, join};
use super::shell::{self, Command, Dialect, Word};
use crate::model::{
    Document, Include, InstallOption, Line, LineKind, Oddities, OptionUse, Purpose, Refusal, RefusalClass, Requirement,
    Section, Stage, Tool, Word as Value,
};
use crate::order::Arrange as _;
use crate::text::{SourceFile, Span};

mod arguments;
mod handed;
mod install;
mod requirement;
mod settings;

pub(super) use settings::{Setting, pip_setting, split_words};

/// How deep `sh -c '…'` may nest.
const MAX_NESTING: usize = 4;
/// How many settings act on a command together; nobody has more.
const MAX_ACTING: usize = 64;
/// How long the path of a folder may be.
const MAX_FOLDER: usize = 4096;
/// How many commands and settings of one file are read.
const MAX_SECTIONS: usize = 10_000;

/// Variables that name files to read beside what a command names.
const INCLUDES: [(&str, Tool); 6] = [
    ("PIP_BUILD_CONSTRAINT", Tool::Pip),
    ("PIP_CONSTRAINT", Tool::Pip),
    ("PIP_REQUIREMENT", Tool::Pip),
    ("UV_BUILD_CONSTRAINT", Tool::Uv),
    ("UV_CONSTRAINT", Tool::Uv),
    ("UV_OVERRIDE", Tool::Uv),
];

/// The lines of a file on their way.
pub(super) struct Commands<'a> {
    file: &'a SourceFile,
    lines: Vec<Line>,
    sections: Vec<Section>,
    /// Sections of settings that act on what follows, by the name of what is set: a later one takes its place.
    settings: Vec<(String, u32)>,
    /// The folder that commands start in, relative to the audited root; none where nobody can tell.
    folder: Option<String>,
    /// A variable whose value is being handed on.
    block: Option<handed::Block>,
    /// Whether there is more than is read.
    is_cut_off: bool,
}

/// What acts on commands at some place of the file.
pub(super) struct Scope {
    settings: Vec<(String, u32)>,
    folder: Option<String>,
}

/// A setting that acts on what follows, by its name.
pub(super) type Lasting = (String, u32);

impl<'a> Commands<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        let folder = Some(String::new());
        Self {
            file,
            lines: Vec::new(),
            sections: Vec::new(),
            settings: Vec::new(),
            folder,
            block: None,
            is_cut_off: false,
        }
    }

    /// Lets commands start in the folder of the file, where the tools that look for it there run them.
    pub(super) fn of_own_folder(file: &'a SourceFile) -> Self {
        Self { folder: Some(folder(file.path()).to_owned()), ..Self::new(file) }
    }

    /// What acts here, to come back to with [`Commands::leave`].
    pub(super) fn enter(&self) -> Scope {
        Scope { settings: self.settings.clone(), folder: self.folder.clone() }
    }

    /// Forgets what was set since.
    pub(super) fn leave(&mut self, scope: Scope) {
        self.settings = scope.settings;
        self.folder = scope.folder;
    }

    /// Starts what follows in a folder: relative to the one so far, or nobody knows where.
    pub(super) fn change_folder(&mut self, to: Option<&str>) {
        self.folder = match (self.folder.take(), to) {
            // A longer path than a system takes leads nowhere.
            (Some(from), Some(to)) if !to.starts_with(['/', '~']) && from.len() + to.len() <= MAX_FOLDER => {
                Some(join(&from, to))
            }
            _ => None,
        };
        if self.folder.as_deref() == Some(".") {
            self.folder = Some(String::new());
        }
    }

    /// Reads the commands of a shell text. What it exports holds to its end; what it writes into the
    /// configuration of an installer, or hands to later steps, holds beyond.
    pub(super) fn shell(&mut self, text: &LogicalLine<'_>, dialect: Dialect) {
        let lasting = self.lasting_shell(text, dialect);
        self.keep(lasting);
    }

    /// Like [`Commands::shell`], for a caller that says itself how long it holds.
    pub(super) fn lasting_shell(&mut self, text: &LogicalLine<'_>, dialect: Dialect) -> Vec<Lasting> {
        let scope = self.enter();
        self.block = None;
        let lasting = self.nested_shell(text, dialect, 0);
        self.leave(scope);
        lasting
    }

    /// Lets settings act on what follows.
    pub(super) fn keep(&mut self, lasting: Vec<Lasting>) {
        for (name, section) in lasting {
            self.settings.retain(|(known, _)| *known != name);
            if self.settings.len() >= MAX_ACTING {
                self.settings.remove(0);
            }
            self.settings.push((name, section));
        }
    }

    /// Reads one command whose words are known.
    pub(super) fn words(&mut self, words: &[Word]) {
        let lasting = self.lasting_words(words);
        self.keep(lasting);
    }

    /// Like [`Commands::words`], for a caller that says itself how long it holds.
    pub(super) fn lasting_words(&mut self, words: &[Word]) -> Vec<Lasting> {
        let scope = self.enter();
        let lasting = self.install(words, Dialect::Posix, 0);
        self.leave(scope);
        lasting
    }

    fn nested_shell(&mut self, text: &LogicalLine<'_>, dialect: Dialect, nesting: usize) -> Vec<Lasting> {
        let mut lasting = Vec::new();
        let mut scopes: Vec<Scope> = Vec::new();
        let commands = shell::all_commands(text, dialect);
        for (at, command) in commands.iter().enumerate() {
            while scopes.len() > command.depth {
                if let Some(scope) = scopes.pop() {
                    self.leave(scope);
                }
            }
            while scopes.len() < command.depth.min(64) {
                scopes.push(self.enter());
            }
            lasting.extend(self.command(command, commands.get(at + 1), dialect, nesting));
        }
        if let Some(scope) = scopes.into_iter().next() {
            self.leave(scope);
        }
        lasting
    }

    fn command(&mut self, command: &Command, next: Option<&Command>, dialect: Dialect, nesting: usize) -> Vec<Lasting> {
        let Some(first) = command.words.first() else {
            // PowerShell's variables are those of all that it starts; a shell's need `export`.
            if dialect == Dialect::PowerShell {
                self.variables(command);
            } else {
                command.assignments.iter().for_each(|assignment| self.kept_options(&assignment.value));
            }
            return Vec::new();
        };
        let known = command.words.iter().find(|word| word.value() != "sudo").unwrap_or(first);
        match known.value() {
            "export" | "declare" | "set" | "setx" => {
                for word in command.words.iter().skip(1) {
                    let set = self.assigned(word);
                    self.keep(set.into_iter().collect());
                }
                Vec::new()
            }
            "cd" | "pushd" => {
                let to = command.words.get(1).filter(|word| !word.expands && !word.value().starts_with('-'));
                let to = to.map(|word| word.value().to_owned());
                self.change_folder(to.as_deref());
                Vec::new()
            }
            "echo" | "printf" | "cat" | "tee" | "Add-Content" | "Write-Output" => {
                let mut lasting = self.handed(command, next, dialect);
                lasting.extend(self.configured(command, next));
                self.keep(lasting.clone());
                lasting
            }
            "sh" | "bash" if nesting < MAX_NESTING && reads_script(command) => {
                let scope = self.enter();
                self.variables(command);
                let texts = command.documents.iter();
                let lasting = texts.flat_map(|text| self.nested_shell(text, dialect, nesting + 1)).collect();
                self.leave(scope);
                lasting
            }
            // `$env:NAME = 'value'`.
            name if dialect == Dialect::PowerShell && name.starts_with("$env:") => {
                let name = name.trim_start_matches("$env:").to_owned();
                if let [_, equals, value, ..] = command.words.as_slice()
                    && equals.value() == "="
                {
                    self.environment(&name, value);
                }
                Vec::new()
            }
            _ => {
                let scope = self.enter();
                self.variables(command);
                let mut lasting = self.install(&command.words, dialect, nesting);
                self.leave(scope);
                self.keep(lasting.clone());
                lasting.extend(self.handed(command, next, dialect));
                lasting
            }
        }
    }

    fn variables(&mut self, command: &Command) {
        for assignment in &command.assignments {
            self.environment(&assignment.name, &assignment.value);
        }
    }

    /// A word `NAME=value`.
    fn assigned(&mut self, word: &Word) -> Option<Lasting> {
        let (name, _) = word.value().split_once('=')?;
        shell::is_name(name).then_some(())?;
        let section = self.variable(name, &word.part(name.len() + 1..word.value().len()))?;
        Some((name.to_owned(), section))
    }

    /// Reads a file of variables, `NAME=value` a line.
    pub(super) fn variables_of(&mut self, text: &LogicalLine<'_>) {
        for command in shell::commands(text, Dialect::Posix) {
            let is_exported = command.words.first().is_some_and(|first| first.value() == "export");
            self.declared(&command, is_exported);
        }
    }

    /// Reads variables that are declared side by side, with a value or without one: `NAME OTHER=value`.
    pub(super) fn declarations(&mut self, text: &LogicalLine<'_>) {
        for command in shell::commands(text, Dialect::Posix) {
            self.declared(&command, true);
        }
    }

    fn declared(&mut self, command: &Command, with_words: bool) {
        self.variables(command);
        if with_words {
            let set: Vec<Lasting> = command.words.iter().filter_map(|word| self.assigned(word)).collect();
            self.keep(set);
        }
    }

    /// Options of an installer that a variable of any name keeps for its command line: they act wherever that is used.
    pub(super) fn kept_options(&mut self, value: &Word) {
        const KNOWN: [&str; 4] = ["index-url", "--find-links", "--trusted-host", "--no-require-hashes"];
        let text = value.value();
        if text.trim_start().starts_with('-')
            && KNOWN.iter().any(|option| text.contains(option))
            && let Some(section) = self.section(Tool::Pip, Purpose::Command)
        {
            self.pip_options(section, value);
        }
    }

    /// Hooks of a repository.
    pub(super) fn hooks<'n>(&mut self, names: impl Iterator<Item = &'n str>, url: &Word) {
        // It is kept with each of them.
        let Some(section) = self.section(Tool::Pip, Purpose::Settings).filter(|_| url.value().len() <= MAX_FOLDER)
        else {
            return;
        };
        for name in names {
            let value = Value { value: format!("{name} {}", url.value()), span: url.span };
            self.option(section, InstallOption::HookRepository, url.span, value);
        }
    }

    /// Reads texts that are handed to `pip install` one by one.
    pub(super) fn arguments(&mut self, texts: &[LogicalLine<'static>]) {
        let words: Vec<Word> = texts.iter().map(|text| Word::of_value(text.clone())).collect();
        self.pip_arguments(&words);
    }

    /// Reads lines of a requirements file that stand in another one.
    pub(super) fn requirements(&mut self, lines: impl Iterator<Item = LogicalLine<'static>>) {
        let mut words = Vec::new();
        for line in lines {
            if line.text.starts_with('-') {
                let options = shell::commands(&line, Dialect::Posix).into_iter().next();
                words.extend(options.map(|command| command.words).unwrap_or_default());
            } else {
                words.push(Word::of_value(line));
            }
        }
        self.pip_arguments(&words);
    }

    /// A variable of the environment, where it sets an installer up.
    fn variable(&mut self, name: &str, value: &Word) -> Option<u32> {
        if let Some((_, tool)) = INCLUDES.iter().find(|(known, _)| *known == name)
            && let Some(section) = self.section(*tool, Purpose::Command)
        {
            let files = split_words(value.value()).into_iter().map(|range| value.part(range));
            files.for_each(|file| self.include(section, &file, name != "PIP_REQUIREMENT"));
            return None;
        }
        let Some((tool, set)) = settings::of_variable(name, value) else {
            self.kept_options(value);
            return None;
        };
        self.settings_section(tool, set)
    }

    /// A variable that acts on all that follows in the scope.
    pub(super) fn environment(&mut self, name: &str, value: &Word) {
        let section = self.variable(name, value);
        self.keep(section.map(|section| (name.to_owned(), section)).into_iter().collect());
    }

    /// A section of settings with a line for each.
    pub(super) fn settings_section(&mut self, tool: Tool, set: Vec<Setting>) -> Option<u32> {
        if set.is_empty() {
            return None;
        }
        let section = self.section(tool, Purpose::Settings)?;
        for setting in set {
            self.option(section, setting.option, setting.span, setting.value);
        }
        Some(section)
    }

    fn section(&mut self, tool: Tool, purpose: Purpose) -> Option<u32> {
        if self.sections.len() >= MAX_SECTIONS {
            self.is_cut_off = true;
            return None;
        }
        let section = u32::try_from(self.sections.len()).ok()?;
        self.sections.push(Section {
            under: Some(self.settings.iter().map(|(_, section)| *section).collect()),
            ..Section::new(tool, purpose)
        });
        Some(section)
    }

    fn option(&mut self, section: u32, option: InstallOption, span: Span, value: Value) {
        let used = OptionUse { option, span, value, acts: true };
        self.line(section, span, None, vec![used], LineKind::Options);
    }

    fn requirement(&mut self, section: u32, requirement: Requirement, text: &str) {
        let span = requirement.span;
        self.line(section, span, Some(text), Vec::new(), LineKind::Requirement(Box::new(requirement)));
    }

    fn include(&mut self, section: u32, value: &Word, constraint: bool) {
        let target = value.value();
        if value.expands || value.globs || target.is_empty() {
            return;
        }
        let path = match &self.folder {
            _ if target.contains("://") => None,
            // From the root of a machine or an image: nobody can tell what was put there.
            Some(folder) if !target.starts_with('/') => Some(join(folder, target)),
            _ => return,
        };
        let target_span = value.span;
        let include = Include { target: target.to_owned(), target_span, constraint, is_list: false, path };
        self.line(section, target_span, None, Vec::new(), LineKind::Include(Box::new(include)));
    }

    fn line(&mut self, section: u32, span: Span, text: Option<&str>, options: Vec<OptionUse>, kind: LineKind) {
        let expanded = text.filter(|text| self.file.slice(span) != *text).map(Into::into);
        let number = u32::try_from(self.file.line_of(span.start)).unwrap_or(u32::MAX);
        let odd = Oddities::of(expanded, None);
        self.lines.push(Line { section, number, span, options: options.into(), kind, odd });
    }

    /// The document: lines in the order of the file.
    pub(super) fn finish(mut self) -> Document {
        if self.is_cut_off {
            let span = self.lines.last().map(|line| line.span).unwrap_or_default();
            let message =
                format!("the file has more than {MAX_SECTIONS} commands and settings: what follows is not read");
            let section = u32::try_from(self.sections.len() - 1).unwrap_or(u32::MAX);
            self.line(section, span, None, Vec::new(), refused(span, message, "Split the file"));
        }
        self.lines.arrange_by_key(|line| line.span);
        // What stands once in the file is told once, however many aliases lead there.
        self.lines.dedup_by(|line, before| {
            line.span == before.span && line.section != before.section && !matches!(line.kind, LineKind::Options)
        });
        Document {
            lines: self.lines,
            sections: self.sections,
            comments: comments(self.file),
            ..Document::empty(self.file)
        }
    }
}

/// Whether a shell runs what it reads: where nothing else is named.
fn reads_script(command: &Command) -> bool {
    let is_flag = |word: &Word| word.value().starts_with('-') && !word.value().contains('c');
    !command.documents.is_empty() && command.words.iter().skip(1).all(is_flag)
}

/// A manifest that holds commands as well.
pub(super) fn joined(mut manifest: Document, commands: Document) -> Document {
    let offset = u32::try_from(manifest.sections.len()).unwrap_or(u32::MAX);
    let moved = |section: u32| section.saturating_add(offset);
    manifest.sections.extend(commands.sections.into_iter().map(|section| Section {
        under: section.under.map(|under| under.into_iter().map(moved).collect()),
        ..section
    }));
    let lines = commands.lines.into_iter().map(|line| Line { section: moved(line.section), ..line });
    manifest.lines.extend(lines);
    manifest.lines.arrange_by_key(|line| line.span);
    manifest
}

/// A file that cannot be taken apart: nothing in it but a line that says so.
pub(super) fn unreadable(file: &SourceFile, span: Span, message: String, help: &str) -> Document {
    let mut commands = Commands::new(file);
    if let Some(section) = commands.section(Tool::Pip, Purpose::Settings) {
        commands.line(section, span, None, Vec::new(), refused(span, message, help));
    }
    commands.finish()
}

fn refused(span: Span, message: String, help: &str) -> LineKind {
    LineKind::Refused(Box::new(Refusal {
        class: RefusalClass::ValueError,
        stage: Stage::File,
        span,
        message,
        help: help.to_owned(),
        editable: false,
    }))
}

/// Comments that speak to pychain; no other ones matter here.
pub(super) fn comments(file: &SourceFile) -> Vec<Span> {
    let text = file.text();
    let mut comments: Vec<Span> = Vec::new();
    let mut looked_at = 0;
    for (at, _) in text.match_indices("pychain:") {
        let line = file.line_span(file.line_of(u32::try_from(at).unwrap_or(u32::MAX)));
        // What stands before another such word on the line was gone through for that.
        let from = (line.start as usize).max(looked_at);
        looked_at = at;
        let start = text.get(from..at).unwrap_or_default().rfind('#').map(|start| from + start);
        if let Some(start) = start.filter(|start| comments.last().is_none_or(|last| last.end as usize <= *start)) {
            comments.push(Span::new(start, line.end as usize));
        }
    }
    comments
}
