//! The format-neutral document: what a dependency file asks for, with a span for every part.

use crate::digest::{Algorithm, Digest};
use crate::finding::Subject;
use crate::name::{ExtraName, ProjectName};
use crate::order::Map;
use crate::requirement::{Marker, Specifier};
use crate::text::{DecodeError, FileId, SourceFile, Span};
use crate::url::DirectUrl;

mod lock;
mod role;
mod section;
mod shift;
pub(crate) mod time;

pub use role::{ManifestFormat, Role};
pub use section::{Purpose, Section, Tool};
pub(crate) use shift::Shift;

pub use lock::{
    Condition, FileKind, Inputs, Lock, LockError, LockFormat, LockedDependency, LockedFile, LockedHash, LockedMarker,
    LockedPackage, LockedSource, SourceKind,
};

/// One dependency file, read.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub source: SourceFile,
    /// Its logical lines, in order; comments and blank lines are none. In a manifest: one for each
    /// requirement and each setting.
    pub lines: Vec<Line>,
    /// What the lines are for; every line names one of these.
    pub sections: Vec<Section>,
    /// Comments, `#` included, in order.
    pub comments: Vec<Span>,
    /// Set where the installer could not decode the file and so refuses it whole.
    pub decode_error: Option<DecodeError>,
    /// Local paths that the installer would look at while it reads the file, relative to the
    /// audited root, normalized; a path that leaves the root begins with `..` or `/`.
    pub paths: Vec<String>,
    /// The project that it is about, where it is a manifest and says so.
    pub project: Option<ProjectName>,
    /// The indexes that it gives a name, by that name in lower case: what comes from one of them alone says so by it.
    pub named_indexes: Map<String, String>,
    /// Projects that it binds to an index in some environments only.
    pub bound_in_part: Vec<String>,
    /// Where a manifest says that code of its own tree builds the project (`backend-path`).
    pub backend_path: Option<Span>,
    /// What the file computes, so that nobody who only reads it can tell: where, and for which list of dependencies.
    pub computed: Vec<Word>,
    /// Whether it is a manifest that tells nothing of what its project needs, because the build does.
    pub leaves_to_build: bool,
    /// Whether it is the manifest of an application, installed from its own tree alone, as far as the file tells.
    pub is_application: bool,
    /// What it locks, where it is a lock file. It then has no lines, unless a requirements file includes it.
    pub lock: Option<Box<Lock>>,
}

impl Document {
    /// A file with nothing in it but its text.
    pub(crate) fn empty(source: &SourceFile) -> Self {
        Self {
            file: FileId(0),
            source: source.clone(),
            lines: Vec::new(),
            sections: Vec::new(),
            comments: Vec::new(),
            decode_error: None,
            paths: Vec::new(),
            project: None,
            named_indexes: Map::new(),
            bound_in_part: Vec::new(),
            backend_path: None,
            computed: Vec::new(),
            leaves_to_build: false,
            is_application: false,
            lock: None,
        }
    }

    /// The URL of the index that it gives a name.
    pub fn index(&self, name: &str) -> Option<&str> {
        self.named_indexes.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// What a line is for.
    pub fn section(&self, line: &Line) -> Option<&Section> {
        self.sections.get(line.section as usize)
    }

    /// The tool that reads a line.
    pub fn tool(&self, line: &Line) -> Tool {
        self.section(line).map_or(Tool::Pip, |section| section.tool)
    }

    /// Whether it holds commands and settings among other things, of which only [`Document::lines`] are any
    /// matter of an installer.
    pub fn is_script(&self) -> bool {
        !self.sections.is_empty() && self.sections.iter().all(|section| section.under.is_some())
    }

    /// Whether it holds much that is no matter of an installer at all, as the source code around the block of a script.
    pub fn is_partly_read(&self) -> bool {
        self.is_script() || ManifestFormat::of_path(self.source.path()) == Some(ManifestFormat::Script)
    }

    /// Whether a line is one of a command, or of what sets one up.
    pub fn is_of_command(&self, line: &Line) -> bool {
        self.section(line).is_some_and(|section| section.under.is_some())
    }

    /// Whether a section of the file demands, or allows, what `test` asks for.
    pub fn has_section(&self, test: impl Fn(&Section) -> bool) -> bool {
        self.sections.iter().any(test)
    }
}

/// One logical line: physical lines joined, comment removed.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which of the document's sections it is in.
    pub section: u32,
    /// Number of its first physical line as pip counts (Python's line ends), 1-based.
    pub number: u32,
    /// From its first to its last character, continuations inside, trailing comment outside.
    pub span: Span,
    /// Options on the line, in order, those that do nothing included; the hashes that a requirement
    /// is checked by are in [`Requirement::hashes`] instead.
    pub options: Box<[OptionUse]>,
    /// What it is.
    pub kind: LineKind,
    /// What is odd about it. A file of a hundred thousand lines has nearly none that is, so that room for it in each
    /// line would be most of the line.
    pub(crate) odd: Option<Box<Oddities>>,
}

/// What few lines have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Oddities {
    /// The text that pip parses, where variables make it another than what stands in the file.
    pub(crate) expanded: Option<Box<str>>,
    /// Words that the installer throws away in silence.
    pub(crate) dropped: Vec<Word>,
    /// A comment line inside the continued line that ended it early, leaving the rest to stand alone.
    pub(crate) cut_by_comment: Option<Span>,
}

impl Oddities {
    /// Those that a line has before its words are looked at.
    pub(crate) fn of(expanded: Option<Box<str>>, cut_by_comment: Option<Span>) -> Option<Box<Self>> {
        let is_odd = expanded.is_some() || cut_by_comment.is_some();
        is_odd.then(|| Box::new(Self { expanded, dropped: Vec::new(), cut_by_comment }))
    }
}

/// A word of a line, or a value of a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its value, quotes and escapes resolved.
    pub value: String,
    /// Where it stands.
    pub span: Span,
}

/// What a logical line is to the installer.
#[derive(Debug, Clone)]
pub enum LineKind {
    /// Asks for a project (or constrains one).
    Requirement(Box<Requirement>),
    /// `-r` or `-c`.
    Include(Box<Include>),
    /// Only options.
    Options,
    /// Cannot be read; the installer refuses the whole file.
    Refused(Box<Refusal>),
}

impl Line {
    /// The requirement on the line, if it is one.
    pub fn requirement(&self) -> Option<&Requirement> {
        match &self.kind {
            LineKind::Requirement(requirement) => Some(requirement),
            _ => None,
        }
    }

    /// Words that the installer throws away in silence.
    pub fn dropped(&self) -> &[Word] {
        self.odd.as_ref().map_or(&[], |odd| &odd.dropped)
    }

    /// A comment line inside the continued line that ended it early, leaving the rest to stand alone.
    pub fn cut_by_comment(&self) -> Option<Span> {
        self.odd.as_ref()?.cut_by_comment
    }

    /// The uses of one option that the installer acts on.
    pub fn acting(&self, option: InstallOption) -> impl Iterator<Item = &OptionUse> {
        self.options.iter().filter(move |used| used.option == option && used.acts)
    }
}

/// One entry that asks for a project.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The entry without its options.
    pub span: Span,
    /// The project's name; none for an unnamed URL or path.
    pub name: Option<ProjectName>,
    /// Where the name stands; none where it was derived from a file name.
    pub name_span: Option<Span>,
    /// Extras, sorted, each once.
    pub extras: Box<[ExtraName]>,
    /// Version specifiers in the order written.
    pub specifiers: Box<[Specifier]>,
    /// All specifiers with the commas between them, or an empty span where they would stand.
    pub specifiers_span: Span,
    /// The environment marker.
    pub marker: Option<Marker>,
    /// Where the marker stands.
    pub marker_span: Option<Span>,
    /// Where the distribution comes from.
    pub source: Source,
    /// `--hash` options.
    pub hashes: Box<[HashOption]>,
    /// Whether it is `-e`.
    pub editable: bool,
    /// The one index that it is looked up in, by the name that the file gives it; none for all of them.
    pub index: Option<Box<Word>>,
}

impl Requirement {
    /// The one version that an exact pin (`==` without wildcard) names.
    pub fn pin(&self) -> Option<&Specifier> {
        match &*self.specifiers {
            [only] if only.operator == "==" && !only.version.ends_with(".*") => Some(only),
            _ => None,
        }
    }

    /// pip's own idea of pinned, in which a wildcard and `===` count (`InstallRequirement.is_pinned`).
    pub fn is_pinned_for_pip(&self) -> bool {
        matches!(&*self.specifiers, [only] if only.operator == "==" || only.operator == "===")
    }

    /// The name to call it by in messages: the project, or the file or URL (without credentials).
    pub fn label(&self) -> String {
        match (&self.name, &self.source) {
            (Some(name), _) => name.as_written().to_owned(),
            (None, Source::Url(url)) => url.redacted(),
            (None, Source::Path(path)) => path.given.clone(),
            (None, Source::Index) => String::new(),
        }
    }

    /// What findings about it are about.
    pub fn subject(&self) -> Subject {
        let name = self.name.as_ref().map_or_else(|| self.label(), |name| name.normalized().to_owned());
        Subject::Project(name)
    }

    /// The direct URL, for a local path the `file:` URL that pip makes of it.
    pub fn direct_url(&self) -> Option<&DirectUrl> {
        match &self.source {
            Source::Index => None,
            Source::Url(url) => Some(url),
            Source::Path(path) => Some(&path.url),
        }
    }
}

/// Where a requirement's distribution comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// From the configured indexes, by name.
    Index,
    /// A direct reference: an archive or a VCS URL.
    Url(Box<DirectUrl>),
    /// A local project or archive.
    Path(Box<LocalPath>),
}

/// A path that the installer reads from the local file system.
#[derive(Debug, Clone)]
pub struct LocalPath {
    /// As written, extras removed.
    pub given: String,
    /// Relative to the audited root, normalized; begins with `..` or `/` where it leaves the root.
    pub path: String,
    /// What it is.
    pub kind: PathKind,
    /// The `file:` URL that pip makes of it, the audited root written `$ROOT`.
    pub url: DirectUrl,
}

/// What a path is, as far as the caller could tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A directory with a `setup.py` or `pyproject.toml`.
    Project,
    /// Another directory.
    Directory,
    /// A file.
    File,
    /// Nothing is there.
    Absent,
    /// The caller cannot or may not look.
    Unknown,
}

/// A `--hash` option of a requirement.
#[derive(Debug, Clone)]
pub struct HashOption {
    /// The algorithm, one of pip's strong ones.
    pub algorithm: Algorithm,
    /// The digest; pip does not look at it before the download.
    pub digest: Digest,
    /// The whole option.
    pub span: Span,
    /// The digest.
    pub digest_span: Span,
}

/// A reference to another requirements or constraints file.
#[derive(Debug, Clone)]
pub struct Include {
    /// As written.
    pub target: String,
    /// Where the target stands.
    pub target_span: Span,
    /// `-c`: what is read there only constrains.
    pub constraint: bool,
    /// setuptools' `file:`: what is read there is dependency specifiers and nothing else, and a file that is not there
    /// holds none.
    pub is_list: bool,
    /// The file, relative to the audited root, normalized; begins with `..` or `/` where it leaves
    /// the root. None for a URL, which is never fetched.
    pub path: Option<String>,
}

/// An option of pip that may stand in a requirements file, or a setting of another tool that means the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is pip's option of that name")]
pub enum InstallOption {
    IndexUrl,
    ExtraIndexUrl,
    /// No option of pip: an index for those alone that name it ([`Requirement::index`]).
    NamedIndex,
    /// Poetry's: an index for what no other one has.
    SupplementalIndex,
    NoIndex,
    Constraint,
    Requirement,
    Editable,
    FindLinks,
    NoBinary,
    OnlyBinary,
    PreferBinary,
    RequireHashes,
    NoRequireHashes,
    Pre,
    AllReleases,
    OnlyFinal,
    TrustedHost,
    UseFeature,
    Hash,
    ConfigSettings,
    /// uv's: how several indexes are gone through.
    IndexStrategy,
    /// uv's: hashes that are given are not checked.
    NoVerifyHashes,
    /// Releases that are younger, or came later, are not taken: pip's `--uploaded-prior-to`. With `NAME=` before it, of
    /// one project.
    ExcludeNewer,
    /// pre-commit's: the repository of a hook, behind the hook's name and a space.
    HookRepository,
    /// uv's, and what other tools have like it: nothing is taken but what the lock file has.
    Locked,
}

impl InstallOption {
    /// pip's canonical long spelling.
    pub fn flag(self) -> &'static str {
        match self {
            Self::IndexUrl => "--index-url",
            Self::ExtraIndexUrl => "--extra-index-url",
            Self::NamedIndex | Self::SupplementalIndex => "index",
            Self::NoIndex => "--no-index",
            Self::Constraint => "--constraint",
            Self::Requirement => "--requirement",
            Self::Editable => "--editable",
            Self::FindLinks => "--find-links",
            Self::NoBinary => "--no-binary",
            Self::OnlyBinary => "--only-binary",
            Self::PreferBinary => "--prefer-binary",
            Self::RequireHashes => "--require-hashes",
            Self::NoRequireHashes => "--no-require-hashes",
            Self::Pre => "--pre",
            Self::AllReleases => "--all-releases",
            Self::OnlyFinal => "--only-final",
            Self::TrustedHost => "--trusted-host",
            Self::UseFeature => "--use-feature",
            Self::Hash => "--hash",
            Self::ConfigSettings => "--config-settings",
            Self::IndexStrategy => "--index-strategy",
            Self::NoVerifyHashes => "--no-verify-hashes",
            Self::ExcludeNewer => "--exclude-newer",
            Self::HookRepository => "repo",
            Self::Locked => "--locked",
        }
    }
}

/// One use of an option.
#[derive(Debug, Clone)]
pub struct OptionUse {
    /// Which.
    pub option: InstallOption,
    /// Flag and value.
    pub span: Span,
    /// The value; empty for an option that takes none.
    pub value: Word,
    /// Whether the installer acts on it where it stands.
    pub acts: bool,
}

/// Why the installer refuses a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which of pip's errors it is.
    pub class: RefusalClass,
    /// At which step pip notices.
    pub stage: Stage,
    /// Where in the line the trouble begins.
    pub span: Span,
    /// What is wrong, one sentence, no final period.
    pub message: String,
    /// What to do about it, imperative; may be empty.
    pub help: String,
    /// Whether the line asks for something editable.
    pub editable: bool,
}

/// pip's error classes, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is pip's exception of that name")]
pub enum RefusalClass {
    InstallationError,
    RequirementsFileParseError,
    InvalidRequirement,
    InvalidWheelFilename,
    InvalidEggFragment,
    CommandError,
    UnicodeDecodeError,
    LookupError,
    ValueError,
    AssertionError,
}

impl RefusalClass {
    /// pip's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::InstallationError => "InstallationError",
            Self::RequirementsFileParseError => "RequirementsFileParseError",
            Self::InvalidRequirement => "InvalidRequirement",
            Self::InvalidWheelFilename => "InvalidWheelFilename",
            Self::InvalidEggFragment => "InvalidEggFragment",
            Self::CommandError => "CommandError",
            Self::UnicodeDecodeError => "UnicodeDecodeError",
            Self::LookupError => "LookupError",
            Self::ValueError => "ValueError",
            Self::AssertionError => "AssertionError",
        }
    }
}

/// The step at which pip refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading the line's options.
    Option,
    /// Reading the requirement.
    Requirement,
    /// Opening or decoding a file.
    File,
    /// After all files: a constraint of a form that is not allowed.
    Constraint,
}
