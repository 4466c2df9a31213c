//! What pip makes of one root file: options in effect, its verdict, hash-checking mode.

use std::collections::{BTreeMap, BTreeSet};

use super::Role;
use crate::finding::Location;
use crate::model::Refusal;
use crate::text::FileId;

/// pip's reading of one root file and all that it includes.
#[derive(Debug, Clone)]
pub struct Run {
    /// The root file.
    pub root: FileId,
    /// How it is handed to pip.
    pub role: Role,
    /// Logical lines in pip's order, depth first.
    pub entries: Vec<RunEntry>,
    /// Options in effect at the end.
    pub options: Effective,
    /// What pip stops at, if it refuses: the entry (none for the run as a whole) and why.
    pub refused: Option<(Option<RunEntry>, Refusal)>,
    /// Hash-checking mode; none where pip refuses before.
    pub hash_mode: Option<HashMode>,
}

/// A logical line in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEntry {
    /// The file.
    pub file: FileId,
    /// Index into the document's lines.
    pub line: usize,
    /// Whether a requirement here only constrains.
    pub constraint: bool,
    /// The includes that led here, outermost first: file and index of the line.
    pub chain: Vec<(FileId, usize)>,
}

/// A value and the option that set it; no place for a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value as pip keeps it.
    pub value: String,
    /// The option.
    pub location: Option<Location>,
}

/// The options of a run in pip's end state.
#[derive(Debug, Clone, Default)]
pub struct Effective {
    /// Indexes, the main one first.
    pub index_urls: Vec<Setting>,
    /// `--no-index`.
    pub no_index: Option<Location>,
    /// `--find-links`.
    pub find_links: Vec<Setting>,
    /// Hosts whose certificate is not checked, `host` or `host:port`.
    pub trusted_hosts: Vec<Setting>,
    /// Normalized names, or `:all:`, that are built from source.
    pub no_binary: BTreeSet<String>,
    /// Normalized names, or `:all:`, that are never built.
    pub only_binary: BTreeSet<String>,
    /// Normalized names, or `:all:`, of which pre-releases are taken.
    pub all_releases: BTreeSet<String>,
    /// Normalized names, or `:all:`, of which they are not.
    pub only_final: BTreeSet<String>,
    /// `--prefer-binary`.
    pub prefer_binary: bool,
    /// `--require-hashes`.
    pub require_hashes: Option<Location>,
    /// `--no-require-hashes`.
    pub no_require_hashes: Option<Location>,
    /// `--use-feature`.
    pub use_feature: BTreeSet<String>,
}

/// Hash-checking mode of a run (pip 26.3).
#[derive(Debug, Clone, Default)]
pub struct HashMode {
    /// Whether it is on.
    pub on: bool,
    /// Whether `--require-hashes` switched it on (else a `--hash` did).
    pub by_option: bool,
    /// Requirements and constraints with a hash: file and index of the line.
    pub by: Vec<(FileId, usize)>,
    /// When on, one entry a requirement that does not only constrain.
    pub lines: Vec<HashLine>,
    /// The line that pip judges a project by, among those that apply.
    pub projects: BTreeMap<String, (HashVerdict, FileId, usize)>,
    /// Whether pip stops for one of them.
    pub refused: bool,
}

/// pip's verdict on one requirement in hash-checking mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashLine {
    /// The file.
    pub file: FileId,
    /// Index into the document's lines.
    pub line: usize,
    /// Normalized name of the project.
    pub name: Option<String>,
    /// Whether its marker holds; true where no environment was given.
    pub applies: bool,
    /// As of pip 26.1.
    pub verdict: HashVerdict,
    /// Up to pip 26.0, which wanted a pin beside every hash and took none from constraints.
    pub verdict_before_26_1: HashVerdict,
}

/// What hash-checking mode says of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashVerdict {
    /// Its own hash, or one in its URL's fragment.
    Ok,
    /// A hash in a constraint of the same project.
    OkByConstraint,
    /// Editable: can never be checked.
    Editable,
    /// From version control: can never be checked.
    Vcs,
    /// A local directory: can never be checked.
    Directory,
    /// A local path that is not there.
    Unreadable,
    /// Pinned or direct, without a hash.
    Missing,
    /// Neither hash nor pin.
    Unpinned,
}
