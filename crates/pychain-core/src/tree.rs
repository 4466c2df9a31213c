//! A set of files read together: which includes which, and what the installer makes of the whole.

use std::borrow::Cow;

use crate::finding::Location;
use crate::finding::Subject;
use crate::format::requirements_txt::text_of;
pub use crate::model::Role;
use crate::model::{
    Document, InstallOption, Line, Lock, LockedPackage, OptionUse, PathKind, Purpose, Refusal, Requirement, Section,
    Source, SourceKind, Tool,
};
use crate::name::ProjectName;
use crate::order::{Map, Set};
use crate::text::{FileId, Problem, SourceFile, Span};

mod loader;
mod run;

pub use loader::{Loader, MAX_FILES, Want};
pub(crate) use run::trusted_host;
pub use run::{
    Effective, HashLine, HashMode, HashVerdict, MAX_INCLUDE_DEPTH, MAX_LINES_OF_ALL_RUNS, MAX_RUN_LINES, Run, RunEntry,
    Setting,
};

/// Files read together, with what the installer makes of each root.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// All files, by path.
    pub files: Vec<SourceFile>,
    /// One document a file, in the same order.
    pub documents: Vec<Document>,
    /// What the installer makes of each root file, by path.
    pub runs: Vec<Run>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Files that somebody asked for and that are not there.
    pub missing: Set<String>,
    /// What the paths are that the files name.
    pub paths: Map<String, PathKind>,
    /// Names, normalized, of the projects that the files are about.
    pub own_names: Set<String>,
    /// The paths of all dependency files of the tree that these files are from, whether read or not; none where that is
    /// not known. Set by the caller, who alone has seen the tree.
    pub listing: Option<Set<String>>,
    constraints_only: Vec<bool>,
}

/// A requirement with the line and the document that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The document.
    pub document: &'a Document,
    /// The line.
    pub line: &'a Line,
    /// The requirement.
    pub requirement: &'a Requirement,
    /// Whether the file only constrains, wherever it is read, or the section does.
    pub constraint: bool,
}

impl<'a> Entry<'a> {
    /// What the line is for.
    pub fn section(&self) -> Option<&'a Section> {
        self.document.section(self.line)
    }

    /// The name of the tool that reads it.
    pub fn tool(&self) -> &'static str {
        self.document.tool(self.line).name()
    }

    /// The name of the tool that installs what it asks for: what setuptools writes down pip looks for.
    pub fn installer(&self) -> &'static str {
        match self.document.tool(self.line) {
            Tool::Setuptools => Tool::Pip.name(),
            tool => tool.name(),
        }
    }

    /// Whether its section demands, or allows, what `test` asks for.
    pub fn is_in(&self, test: impl Fn(&Section) -> bool) -> bool {
        self.section().is_some_and(test)
    }

    /// The text of the line that the installer parses.
    pub fn text(&self) -> Cow<'a, str> {
        text_of(self.document, self.line)
    }

    /// The requirement's place, options left out.
    pub fn location(&self) -> Location {
        self.at(self.requirement.span)
    }

    /// A place in the same file.
    pub fn at(&self, span: Span) -> Location {
        Location { file: self.document.file, span }
    }
}

/// A locked package with the lock file that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Locked<'a> {
    /// The document.
    pub document: &'a Document,
    /// The lock file.
    pub lock: &'a Lock,
    /// The package.
    pub package: &'a LockedPackage,
}

impl Locked<'_> {
    /// A place in the same file.
    pub fn at(&self, span: Span) -> Location {
        Location { file: self.document.file, span }
    }
}

/// Something that names a project: a requirement that asks for it, or a lock file that has decided on it.
#[derive(Debug, Clone, Copy)]
pub enum Mention<'a> {
    /// A requirement.
    Requirement(Entry<'a>),
    /// A locked package.
    Locked(Locked<'a>),
}

impl<'a> Mention<'a> {
    /// The project's name; none for an unnamed URL or path.
    pub fn name(&self) -> Option<&'a ProjectName> {
        match self {
            Self::Requirement(entry) => entry.requirement.name.as_ref(),
            Self::Locked(locked) => Some(&locked.package.name),
        }
    }

    /// The name's place, or that of the whole where the name has none.
    pub fn location(&self) -> Location {
        match self {
            Self::Requirement(entry) => entry.at(entry.requirement.name_span.unwrap_or(entry.requirement.span)),
            Self::Locked(locked) => locked.at(locked.package.name_span),
        }
    }

    /// The file that it stands in.
    pub fn file(&self) -> FileId {
        match self {
            Self::Requirement(entry) => entry.document.file,
            Self::Locked(locked) => locked.document.file,
        }
    }

    /// The name to call it by in messages.
    pub fn label(&self) -> String {
        match self {
            Self::Requirement(entry) => entry.requirement.label(),
            Self::Locked(locked) => locked.package.name.as_written().to_owned(),
        }
    }

    /// The one version that is meant, as written.
    pub fn version(&self) -> Option<&'a str> {
        match self {
            Self::Requirement(entry) => entry.requirement.pin().map(|pin| &*pin.version),
            Self::Locked(locked) => locked.package.version.as_ref().map(|version| version.value.as_str()),
        }
    }

    /// Whether the indexes are asked for it by its name, and not one that the file names.
    pub fn is_from_index(&self) -> bool {
        match self {
            Self::Requirement(entry) => {
                matches!(entry.requirement.source, Source::Index) && entry.requirement.index.is_none()
            }
            Self::Locked(locked) => matches!(locked.package.source.kind, SourceKind::Index | SourceKind::Default),
        }
    }

    /// Whether a hash is written beside it: somebody has had the file.
    pub fn is_hashed(&self) -> bool {
        match self {
            Self::Requirement(entry) => !entry.requirement.hashes.is_empty(),
            Self::Locked(locked) => locked.package.files.iter().any(|file| !file.hashes.is_empty()),
        }
    }

    /// Whether it only limits what something else asks for.
    pub fn is_constraint(&self) -> bool {
        matches!(self, Self::Requirement(entry) if entry.constraint)
    }

    /// What findings about it are about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Requirement(entry) => entry.requirement.subject(),
            Self::Locked(locked) => locked.package.subject(),
        }
    }
}

impl Project {
    /// The file of an id; an empty one for an id of another project.
    pub fn file(&self, id: FileId) -> &SourceFile {
        static EMPTY: std::sync::LazyLock<SourceFile> = std::sync::LazyLock::new(|| SourceFile::from_text("", ""));
        self.files.get(id.0 as usize).unwrap_or(&EMPTY)
    }

    /// The document of a file.
    pub fn document(&self, id: FileId) -> Option<&Document> {
        self.documents.get(id.0 as usize)
    }

    /// The file at a path relative to the audited root.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let at = self.files.binary_search_by(|file| file.path().cmp(path)).ok()?;
        u32::try_from(at).ok().map(FileId)
    }

    /// Whether a file only constrains, wherever it is read.
    pub fn is_constraints(&self, id: FileId) -> bool {
        self.constraints_only.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The text of a location.
    pub fn text(&self, location: Location) -> &str {
        self.file(location.file).slice(location.span)
    }

    /// Every logical line of every document, each once, in the order of files and lines.
    pub fn lines(&self) -> impl Iterator<Item = (&Document, &Line)> {
        self.documents.iter().flat_map(|document| document.lines.iter().map(move |line| (document, line)))
    }

    /// Every requirement, each once, in the order of files and lines.
    pub fn requirements(&self) -> impl Iterator<Item = Entry<'_>> {
        self.documents.iter().flat_map(|document| self.requirements_of(document))
    }

    /// Every requirement of one document, in the order of lines.
    pub fn requirements_of<'a>(&self, document: &'a Document) -> impl Iterator<Item = Entry<'a>> {
        let constraint = self.is_constraints(document.file);
        document.lines.iter().filter_map(move |line| {
            let requirement = line.requirement()?;
            let constraint =
                constraint || document.section(line).is_some_and(|section| section.purpose == Purpose::Constraints);
            Some(Entry { document, line, requirement, constraint })
        })
    }

    /// Every lock file that was read, with its document.
    pub fn locks(&self) -> impl Iterator<Item = (&Document, &Lock)> {
        self.documents.iter().filter_map(|document| Some((document, document.lock.as_deref()?)))
    }

    /// Every locked package, in the order of files and places.
    pub fn locked(&self) -> impl Iterator<Item = Locked<'_>> {
        self.locks()
            .flat_map(|(document, lock)| lock.packages.iter().map(move |package| Locked { document, lock, package }))
    }

    /// Everything that asks for a project or locks it.
    pub fn mentions(&self) -> impl Iterator<Item = Mention<'_>> {
        self.requirements().map(Mention::Requirement).chain(self.locked().map(Mention::Locked))
    }

    /// Every use of `option` that the installer acts on, with its document and line.
    pub fn options(&self, option: InstallOption) -> impl Iterator<Item = (&Document, &Line, &OptionUse)> {
        self.lines().flat_map(move |(document, line)| line.acting(option).map(move |used| (document, line, used)))
    }

    /// Every line that the installer refuses.
    pub fn refusals(&self) -> impl Iterator<Item = (&Document, &Line, &Refusal)> {
        self.lines().filter_map(|(document, line)| match &line.kind {
            crate::model::LineKind::Refused(refusal) => Some((document, line, refusal.as_ref())),
            _ => None,
        })
    }
}
