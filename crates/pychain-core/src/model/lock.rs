//! The format-neutral lock file: packages, where each comes from, and the files that may be installed.

use std::borrow::Cow;

use super::Word;
use crate::digest::{Algorithm, Digest};
use crate::finding::Subject;
use crate::name::ProjectName;
use crate::text::Span;
use crate::url::last_segment;

/// Which tool's lock file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockFormat {
    /// `uv.lock`.
    Uv,
    /// `poetry.lock`.
    Poetry,
    /// `pdm.lock`.
    Pdm,
    /// `Pipfile.lock`.
    Pipfile,
    /// `pylock.toml` and `pylock.NAME.toml`.
    Pylock,
}

impl LockFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Uv, Self::Poetry, Self::Pdm, Self::Pipfile, Self::Pylock];

    /// The format of the file at `path`, which the tools know by its name alone.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        Some(match name.as_str() {
            "uv.lock" => Self::Uv,
            "poetry.lock" => Self::Poetry,
            "pdm.lock" => Self::Pdm,
            "pipfile.lock" => Self::Pipfile,
            "pylock.toml" => Self::Pylock,
            _ => {
                let infix = name.strip_prefix("pylock.")?.strip_suffix(".toml")?;
                return (!infix.is_empty() && !infix.contains('.')).then_some(Self::Pylock);
            }
        })
    }

    /// The name that the tool gives it.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Uv => "uv.lock",
            Self::Poetry => "poetry.lock",
            Self::Pdm => "pdm.lock",
            Self::Pipfile => "Pipfile.lock",
            Self::Pylock => "pylock.toml",
        }
    }

    /// The tool that writes it, or the one whose reader all others are measured by.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Poetry => "Poetry",
            Self::Pdm => "PDM",
            Self::Pipfile => "Pipenv",
            Self::Pylock => "packaging",
        }
    }
}

/// A lock file, read.
#[derive(Debug, Clone)]
pub struct Lock {
    /// Which tool's.
    pub format: LockFormat,
    /// The version of the format, as written.
    pub version: Option<String>,
    /// The hash of the manifest that it was made for, where the format has one.
    pub content_hash: Option<Word>,
    /// Where the table stands that has that hash.
    pub metadata: Option<Span>,
    /// What it was made from, as far as it tells.
    pub inputs: Inputs,
    /// The URLs of the indexes that it declares, the one for packages that name none first (`Pipfile.lock`).
    pub indexes: Vec<Word>,
    /// The URLs of those whose certificate the tool does not check (`verify_ssl = false`).
    pub unverified: Vec<Word>,
    /// Its packages: in the order of the file, in `Pipfile.lock` one for each category that holds it.
    pub packages: Vec<LockedPackage>,
    /// Why the tool refuses it. A file that cannot be taken apart at all has no packages.
    pub errors: Vec<LockError>,
}

/// What a lock file says that it was made from, beside what each project of one's own asked for: `[manifest]` of `uv.lock`.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// What was asked for without a project that asks: groups of a root that is no project, requirements of a script.
    pub requirements: Vec<LockedDependency>,
    /// What limited the versions of others.
    pub constraints: Vec<LockedDependency>,
    /// What replaced what others ask for.
    pub overrides: Vec<LockedDependency>,
}

/// Something in a lock file that its tool does not accept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockError {
    /// Where.
    pub span: Span,
    /// What is wrong, one sentence, no final period.
    pub message: String,
}

/// One locked version of one project.
#[derive(Debug, Clone)]
pub struct LockedPackage {
    /// Its name.
    pub name: ProjectName,
    /// Where the name stands.
    pub name_span: Span,
    /// Its version as written, in `Pipfile.lock` without the `==`; none where it is known only after a build.
    pub version: Option<Word>,
    /// Where it comes from.
    pub source: LockedSource,
    /// Environment markers under which it is installed; they hold independently of each other.
    pub markers: Vec<LockedMarker>,
    /// The dependency groups or categories that it is in, sorted; empty where the format names none.
    pub groups: Vec<String>,
    /// The files of the version that may be installed.
    pub files: Vec<LockedFile>,
    /// Where they stand, in a format that lists them all in one place.
    pub files_span: Option<Span>,
    /// What it needs, in the order of the file; empty in a format that does not tell (`Pipfile.lock`).
    pub dependencies: Vec<LockedDependency>,
    /// What a project of one's own asked for when the file was made; none where the file does not tell.
    pub asked: Option<Vec<LockedDependency>>,
    /// Projects that its extras need, asked for or not, where the file lists them apart (`poetry.lock`).
    pub offered: Vec<ProjectName>,
}

/// An edge of a lock file: one project that a locked package needs.
#[derive(Debug, Clone)]
pub struct LockedDependency {
    /// The project.
    pub name: ProjectName,
    /// Where its name stands, or the whole where the name has no place of its own.
    pub span: Span,
    /// The one version that is meant, where the file locks several.
    pub version: Option<String>,
    /// The source that is meant, where the file locks the project from several: its index, repository, archive or path.
    pub source: Option<String>,
    /// The versions that the package accepts, as written; none where the file does not tell.
    pub specifier: Option<String>,
    /// The environment marker.
    pub marker: Option<String>,
    /// The extras that are asked of the project, as written.
    pub extras: Vec<String>,
    /// What of the package has to be asked for, so that it needs the project.
    pub condition: Condition,
}

/// When a locked package needs another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Always.
    #[default]
    Always,
    /// Where it is asked for with this extra, as written.
    Extra(String),
    /// Where it is worked on with this dependency group, as written.
    Group(String),
}

/// A marker of a locked package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedMarker {
    /// The group for which it holds; none for all of them.
    pub group: Option<String>,
    /// The marker as written.
    pub text: String,
}

/// Where a locked package comes from.
#[derive(Debug, Clone, Default)]
pub struct LockedSource {
    /// What kind of place it is.
    pub kind: SourceKind,
    /// The index, repository, archive or path, as written.
    pub url: Option<Word>,
    /// The revision of a repository, as exact as the file tells it.
    pub reference: Option<Word>,
    /// What was asked of a repository, where that is not the revision itself: a tag, a branch.
    pub requested: Option<String>,
    /// The folder of the project in there.
    pub subdirectory: Option<String>,
}

/// What kind of place a locked package comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// A package index that the file names.
    Index,
    /// A package index that the file does not name: the configured one.
    #[default]
    Default,
    /// A repository of this version control system.
    Vcs(String),
    /// An archive at a URL.
    Url,
    /// A local archive.
    File,
    /// A local project.
    Directory,
    /// A local project, installed in place.
    Editable,
    /// A local project that is not installed, only its dependencies.
    Virtual,
    /// What the reader does not know, by its name if it has one.
    Other(Option<String>),
}

impl SourceKind {
    /// Whether its files are fetched from somewhere else, and checked by hashes.
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Index | Self::Default | Self::Url)
    }
}

/// One file of a locked version, or of `Pipfile.lock` one hash.
#[derive(Debug, Clone, Default)]
pub struct LockedFile {
    /// Its name, where the file gives it.
    pub name: Option<Word>,
    /// Where it is fetched from.
    pub url: Option<Word>,
    /// Its hashes.
    pub hashes: Vec<LockedHash>,
    /// Its size in bytes.
    pub size: Option<Word>,
    /// When it was uploaded, as written.
    pub uploaded: Option<Word>,
    /// Where the entry stands.
    pub span: Span,
}

/// A hash of a file in a lock file.
#[derive(Debug, Clone)]
pub struct LockedHash {
    /// The algorithm's name; empty where the file gives none.
    pub algorithm: Cow<'static, str>,
    /// The digest.
    pub digest: Digest,
    /// Where it stands, with the algorithm if they are one value.
    pub span: Span,
}

/// What kind of distribution a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A source distribution: installing it runs its build.
    Sdist,
    /// A wheel.
    Wheel,
    /// Something else.
    Other,
    /// Its name is not known.
    Unknown,
}

impl Lock {
    /// A file of which nothing has been read yet.
    pub fn new(format: LockFormat) -> Self {
        let inputs = Inputs::default();
        Self {
            format,
            version: None,
            content_hash: None,
            metadata: None,
            inputs,
            indexes: Vec::new(),
            unverified: Vec::new(),
            packages: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The index that a package comes from, as far as the file tells.
    pub fn index_of<'a>(&'a self, package: &'a LockedPackage) -> Option<&'a Word> {
        match package.source.kind {
            SourceKind::Index => package.source.url.as_ref(),
            SourceKind::Default => self.indexes.first(),
            _ => None,
        }
    }
}

impl LockedPackage {
    /// What findings about it are about.
    pub fn subject(&self) -> Subject {
        Subject::Project(self.name.normalized().to_owned())
    }

    /// Whether it is a project in a folder beside the file, and not a release of one.
    pub fn is_own(&self) -> bool {
        matches!(self.source.kind, SourceKind::Directory | SourceKind::Editable | SourceKind::Virtual)
    }

    /// The version as written; empty where there is none.
    pub fn version(&self) -> &str {
        self.version.as_ref().map_or("", |version| version.value.as_str())
    }

    /// Where the version stands, or else the name.
    pub fn place(&self) -> Span {
        self.version.as_ref().map_or(self.name_span, |version| version.span)
    }

    /// Whether files are known and all that can be installed among them are source distributions.
    pub fn is_sdist_only(&self) -> bool {
        let has = |kind: FileKind| self.files.iter().any(|file| file.kind() == kind);
        has(FileKind::Sdist) && !has(FileKind::Wheel)
    }

    /// Whether its files come from elsewhere: not from a local project, nor from an index that is a folder.
    pub fn is_fetched(&self) -> bool {
        let is_folder = |url: &str| url.starts_with("file:") || !(url.contains("://") || url.contains('$'));
        let is_local_index =
            self.source.kind == SourceKind::Index && self.source.url.as_ref().is_some_and(|url| is_folder(&url.value));
        self.source.kind.is_remote() && !is_local_index
    }

    /// Whether files are known and a hash checks each of them.
    pub fn is_hashed(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|file| !file.hashes.is_empty())
    }

    /// Whether it is fetched from somewhere and not a single hash checks what comes.
    pub fn is_unhashed(&self) -> bool {
        self.source.kind.is_remote() && self.files.iter().all(|file| file.hashes.is_empty())
    }
}

impl LockedFile {
    /// Its name, given or from its URL.
    pub fn file_name(&self) -> Option<Cow<'_, str>> {
        match &self.name {
            Some(name) => Some(Cow::Borrowed(name.value.as_str())),
            None => last_segment(&self.url.as_ref()?.value),
        }
    }

    /// What kind of distribution it is.
    pub fn kind(&self) -> FileKind {
        let Some(name) = self.file_name() else { return FileKind::Unknown };
        let ends = |extensions: &[&str]| extensions.iter().any(|extension| name.ends_with(extension));
        if ends(&[".whl"]) {
            FileKind::Wheel
        } else if ends(&[".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar.Z"]) {
            FileKind::Sdist
        } else {
            FileKind::Other
        }
    }

    /// Its SHA-256, if that is given.
    pub fn sha256(&self) -> Option<&LockedHash> {
        self.hashes.iter().find(|hash| hash.algorithm == Algorithm::Sha256.name())
    }

    /// The text that stands for it: its name or URL, or else the whole entry.
    pub fn place(&self) -> Span {
        self.name.as_ref().or(self.url.as_ref()).map_or(self.span, |word| word.span)
    }
}

impl LockedHash {
    /// Takes `algorithm:digest`, or a digest alone, apart.
    pub fn new(written: &str, span: Span) -> Self {
        let (algorithm, digest) = written.split_once(':').unwrap_or(("", written));
        Self::of(algorithm, digest, span)
    }

    /// A digest of an algorithm.
    pub fn of(algorithm: &str, digest: &str, span: Span) -> Self {
        let known = Algorithm::from_name(algorithm).map(|algorithm| Cow::Borrowed(algorithm.name()));
        Self { algorithm: known.unwrap_or_else(|| algorithm.to_owned().into()), digest: Digest::new(digest), span }
    }
}

impl std::fmt::Display for LockedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.algorithm, self.digest)
    }
}
