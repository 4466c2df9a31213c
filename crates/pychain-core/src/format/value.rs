//! What the readers of manifests share: a document on its way, and values that are dependency
//! specifiers, settings, or unreadable.

use toml::de::{DeTable, DeValue};

use super::logical::LogicalLine;
use super::requirements_txt::{self, Paths, folder, from_specifier, join, leaves_root};
use super::toml_value::{Keys as _, key_spans};
use crate::model::{
    Document, Include, InstallOption, Line, LineKind, OptionUse, Refusal, RefusalClass, Requirement, Section, Source,
    Stage, Word,
};
use crate::name::ProjectName;
use crate::order::Arrange as _;
use crate::text::{SourceFile, Span};
use crate::url::DirectUrl;

/// A document while it is read.
pub(super) struct Reader<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) paths: Paths<'f>,
    document: Document,
    /// Where the last name stands.
    name: Option<Span>,
}

/// The section that lines are added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SectionId(u32);

impl<'f> Reader<'f> {
    pub(super) fn new(file: &'f SourceFile, paths: Paths<'f>) -> Self {
        Self { file, paths, document: Document::empty(file), name: None }
    }

    /// Notes the name of the project that the file is about.
    pub(super) fn project(&mut self, name: &str) {
        self.document.project.get_or_insert_with(|| ProjectName::new(name));
    }

    /// Notes the name of an index, where its table has one.
    pub(super) fn named_index(&mut self, table: &DeTable<'_>, url: &str) {
        if let Some(name) = table.text("name") {
            self.document.named_indexes.entry(name.to_ascii_lowercase()).or_insert_with(|| url.to_owned());
        }
    }

    /// Notes a project that is bound to an index in some environments only.
    pub(super) fn bound_in_part(&mut self, name: String) {
        self.document.bound_in_part.push(name);
    }

    /// Notes that the build says what the project needs.
    pub(super) fn leaves_to_build(&mut self) {
        self.document.leaves_to_build = true;
    }

    /// Notes that the project is an application.
    pub(super) fn application(&mut self) {
        self.document.is_application = true;
    }

    /// The document, its lines in the order of the file.
    pub(super) fn finish(mut self, comments: Vec<Span>) -> Document {
        self.document.lines.arrange_by_key(|line| line.span);
        self.document.computed.arrange_by_key(|word| word.span);
        Document { comments, paths: self.paths.into_asked(), ..self.document }
    }

    pub(super) fn section(&mut self, section: Section) -> SectionId {
        self.document.sections.push(section);
        SectionId(u32::try_from(self.document.sections.len() - 1).unwrap_or(u32::MAX))
    }

    /// Notes what the file computes for a list of dependencies.
    pub(super) fn computed(&mut self, list: &str, span: Span) {
        self.document.computed.push(Word { value: list.to_owned(), span });
    }

    /// Notes that a section includes another group.
    pub(super) fn include(&mut self, section: SectionId, group: Word) {
        if let Some(section) = self.document.sections.get_mut(section.0 as usize) {
            section.includes.push(group);
        }
    }

    /// Adds a line: what stands at `span`.
    pub(super) fn line(&mut self, section: SectionId, span: Span, mut kind: LineKind) {
        // Of a list under one name the first has the name: the place of each would else begin there, and hold all others.
        if let LineKind::Requirement(requirement) = &mut kind {
            requirement.name_span = requirement.name_span.filter(|span| self.name.replace(*span) != Some(*span));
        }
        let line = self.made(section, span, kind);
        self.document.lines.push(line);
    }

    fn made(&self, section: SectionId, span: Span, kind: LineKind) -> Line {
        // A table under a header of its own, or with dotted keys, reaches as far as its last part that matters.
        let span = match &kind {
            LineKind::Requirement(requirement) => reach(requirement, span),
            _ => span,
        };
        Line {
            section: section.0,
            number: u32::try_from(self.file.line_of(span.start)).unwrap_or(u32::MAX),
            span,
            options: Box::default(),
            kind,
            odd: None,
        }
    }

    /// Adds a dependency specifier, read as packaging reads it: no path, no option, no comment.
    pub(super) fn specifier(&mut self, section: SectionId, value: &LogicalLine<'_>) {
        let kind = match from_specifier(value, &self.paths) {
            Ok(requirement) => LineKind::Requirement(Box::new(requirement)),
            Err(refusal) => LineKind::Refused(Box::new(refusal)),
        };
        self.value(section, value, kind);
    }

    /// Adds what a value is.
    pub(super) fn value(&mut self, section: SectionId, value: &LogicalLine<'_>, kind: LineKind) {
        let line = self.made(section, value.span(0..value.text.len()), kind);
        self.push(value, line);
    }

    /// Adds a line of a requirements file.
    pub(super) fn pip_line(&mut self, section: SectionId, value: &LogicalLine<'_>) {
        let line = requirements_txt::read_line(value, self.file.path(), &self.paths);
        self.push(value, Line { section: section.0, ..line });
    }

    fn push(&mut self, value: &LogicalLine<'_>, mut line: Line) {
        let is_plain = self.file.slice(line.span) == value.text && !value.text.contains(['\n', '\r']);
        if !is_plain {
            line.odd.get_or_insert_default().expanded = Some(value.text.as_ref().into());
        }
        self.document.lines.push(line);
    }

    /// Adds a setting that means the same as an option of pip. `span` is the whole setting.
    pub(super) fn setting(&mut self, section: SectionId, option: InstallOption, span: Span, value: Word) {
        let span = span.cover(value.span);
        let options = [OptionUse { option, span, value, acts: true }].into();
        let line = Line { options, ..self.made(section, span, LineKind::Options) };
        self.document.lines.push(line);
    }

    /// Adds the setting of a key whose value is no list, by the text that it means.
    pub(super) fn scalar(&mut self, section: SectionId, option: InstallOption, table: &DeTable<'_>, key: &str) {
        let Some((name, given)) = table.get_key_value(key) else { return };
        let (_, span) = key_spans(self.file.text(), name, given);
        let value = match given.get_ref() {
            DeValue::String(text) => text.as_ref().to_owned(),
            _ => self.file.text().get(given.span()).unwrap_or_default().to_owned(),
        };
        self.setting(section, option, span, Word { value, span });
    }

    /// Adds that releases have to be of an age, but for single projects, by the keys that say so.
    pub(super) fn age(&mut self, section: SectionId, table: &DeTable<'_>, key: &str, of_projects: &str) {
        self.scalar(section, InstallOption::ExcludeNewer, table, key);
        for (name, given) in table.table(of_projects).into_iter().flatten() {
            let (_, span) = key_spans(self.file.text(), name, given);
            let text = given.get_ref().as_str().unwrap_or("false");
            let value = Word { value: format!("{}={text}", name.get_ref()), span };
            self.setting(section, InstallOption::ExcludeNewer, span, value);
        }
    }

    /// Notes that code of the tree builds the project.
    pub(super) fn backend_path(&mut self, span: Span) {
        self.document.backend_path = Some(span);
    }

    /// Adds a file whose lines are dependency specifiers of the section, in the folder of this one or below.
    pub(super) fn list_file(&mut self, section: SectionId, target: Word) {
        if target.value.is_empty() {
            return;
        }
        let folder = folder(self.file.path());
        let path = join(folder, &target.value);
        // setuptools reads nothing outside its project.
        if leaves_root(&join("", &target.value)) {
            let message = "the file lies outside the folder of this one";
            self.refused(section, target.span, message, "Keep the file inside the project");
            return;
        }
        let span = target.span;
        let include =
            Include { target: target.value, target_span: span, constraint: false, is_list: true, path: Some(path) };
        self.line(section, span, LineKind::Include(Box::new(include)));
    }

    /// Adds something that the tool does not accept.
    pub(super) fn refused(&mut self, section: SectionId, span: Span, message: impl Into<String>, help: &str) {
        let refusal = Refusal {
            class: RefusalClass::ValueError,
            stage: Stage::Requirement,
            span,
            message: message.into(),
            help: help.to_owned(),
            editable: false,
        };
        self.line(section, span, LineKind::Refused(Box::new(refusal)));
    }

    /// What was read so far.
    pub(super) fn requirements_mut(&mut self) -> impl Iterator<Item = &mut Requirement> {
        self.document.lines.iter_mut().filter_map(|line| match &mut line.kind {
            LineKind::Requirement(requirement) => Some(requirement.as_mut()),
            _ => None,
        })
    }
}

/// From the first part of a requirement to the last.
fn reach(requirement: &Requirement, span: Span) -> Span {
    let url = requirement.direct_url().map(|url| url.span);
    let versions = Some(requirement.specifiers_span).filter(|span| !span.is_empty());
    [requirement.name_span, url, versions, requirement.marker_span].into_iter().flatten().fold(span, Span::cover)
}

/// A requirement of a format that has a key for each part: nothing but its name so far.
pub(super) fn named(name: &str, name_span: Span, span: Span) -> Requirement {
    let end = Span::new(span.end as usize, span.end as usize);
    Requirement {
        span,
        name: Some(ProjectName::new(name)),
        name_span: Some(name_span),
        extras: Box::default(),
        specifiers: Box::default(),
        specifiers_span: end,
        marker: None,
        marker_span: None,
        source: Source::Index,
        hashes: Box::default(),
        editable: false,
        index: None,
    }
}

/// Adds that a source's certificate is not checked: the key of the source that says so.
pub(super) fn unverified(reader: &mut Reader<'_>, section: SectionId, source: &DeTable<'_>, key: &str, url: &str) {
    let Some((name, value)) = source.get_key_value(key) else { return };
    let (_, span) = key_spans(reader.file.text(), name, value);
    let Ok(url) = DirectUrl::parse(url.trim(), span) else { return };
    reader.setting(section, InstallOption::TrustedHost, span, Word { value: url.host(), span });
}
