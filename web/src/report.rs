//! The report as the page reads it: JSON version 1, as the worker and the command line write it.

use crate::json::{self, members, texts};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Hygiene.
    Low,
    /// Weakens the chain.
    Medium,
    /// Opens the chain, or breaks an install.
    High,
}

impl Severity {
    /// All of them, worst first: the order in which the page lists them.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Info];

    /// The name used in every output; also its style class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Its place in [`Severity::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::High => 0,
            Self::Medium => 1,
            Self::Low => 2,
            Self::Info => 3,
        }
    }
}

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Paths of the audited files.
    pub files: Vec<String>,
    /// What a change does to each project; empty where nothing is compared.
    pub changes: Vec<Change>,
    /// By path, place and rule.
    pub findings: Vec<Finding>,
    /// Findings that somebody accepted.
    pub suppressed: Vec<Suppressed>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Rules that lacked a fact.
    pub not_run: Vec<NotRun>,
}

/// What a change does to one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub project: String,
    /// What is done to it, the weightiest first: `added`, `re-sourced` and the like.
    pub kinds: Vec<String>,
    /// As it was.
    pub before: Option<Standing>,
    /// As it is.
    pub after: Option<Standing>,
    /// Whether an added project is asked for; none where that is not known.
    pub direct: Option<bool>,
    /// Through which projects it came, where it is not asked for.
    pub path: Vec<String>,
    /// Days since its newest file was uploaded.
    pub age_days: Option<i64>,
    /// Hashes that came and went at the same version.
    pub hashes: Hashes,
    /// Where it stands.
    pub places: Vec<Place>,
}

/// How a project stands on one side of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its versions, or what is asked of them.
    pub versions: Vec<String>,
    /// Where it comes from, if that is not the index.
    pub source: Option<String>,
    /// Under which environment markers.
    pub markers: Vec<String>,
    /// With which extras.
    pub extras: Vec<String>,
    /// In which groups.
    pub groups: Vec<String>,
}

/// How many hashes came and went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashes {
    /// How many came.
    pub added: usize,
    /// How many went.
    pub removed: usize,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line.
    pub line: usize,
    /// Whether it is one before the change.
    pub in_base: bool,
}

/// One thing that is wrong at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: String,
    /// Where.
    pub location: Location,
    /// What is wrong here, with code in backticks.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The facts that decided it.
    pub evidence: Vec<Evidence>,
    /// Other places.
    pub related: Vec<Related>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// Identifies it across edits elsewhere.
    pub fingerprint: String,
}

/// A range of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: String,
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// A place in a file: line and column, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// A fact that decided a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What the fact is.
    pub label: String,
    /// The fact.
    pub value: String,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What is there.
    pub label: String,
}

/// How to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// `safe` or `unsafe`.
    pub safety: String,
    /// Edits of the finding's file, in bytes of its decoded text.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Whether it may be applied without a look at it.
    pub fn is_safe(&self) -> bool {
        self.safety == "safe"
    }
}

/// Replaces a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A half-open range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// A finding that somebody accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub reason: String,
}

/// Something that could not be read or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: Option<String>,
    /// The line.
    pub line: Option<usize>,
    /// What happened.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A rule that lacked a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The rule's id.
    pub rule: String,
    /// The facts.
    pub missing: Vec<String>,
}

impl Report {
    /// Reads what the worker answered.
    pub fn read(json: &str) -> Option<Self> {
        json::read(json)
    }

    /// How many findings there are of each severity, in the order of [`Severity::ALL`].
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for finding in &self.findings {
            counts[finding.severity.index()] += 1;
        }
        counts
    }

    /// How many findings have a fix that may be applied unseen.
    pub fn safe_fixes(&self) -> usize {
        self.findings.iter().filter(|finding| finding.fix.as_ref().is_some_and(Fix::is_safe)).count()
    }

    /// Whether the rules about names had what they need, and whether all of it.
    pub fn lacks(&self, fact: &str) -> bool {
        self.not_run.iter().any(|rule| rule.missing.iter().any(|missing| missing == fact))
    }
}

texts!(Severity: Info "info", Low "low", Medium "medium", High "high");
members!(Report: files, changes, findings, suppressed, problems, not_run);
members!(Change: project, kinds, before, after, direct, path, age_days, hashes, places);
members!(Standing: versions, source, markers, extras, groups);
members!(Hashes: added, removed);
members!(Place: path, line, in_base);
members!(Finding: rule, severity, confidence, location, message, help, evidence, related, fix, fingerprint);
members!(Location: path, start, end);
members!(Position: line, column);
members!(Evidence: label, value);
members!(Related: location, label);
members!(Fix: title, safety, edits);
members!(Edit: span, replacement);
members!(Span: start, end);
members!(Suppressed: finding, reason);
members!(Problem: path, line, message, help);
members!(NotRun: rule, missing);
