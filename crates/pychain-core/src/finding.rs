//! A finding: one thing that is wrong at one place, why it was decided so, and how to mend it.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::rule::Rule;
use crate::text::{Edit, FileId, Span};

/// How bad it is if it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Weakens the chain a little, or is hygiene.
    Low,
    /// Weakens the chain.
    Medium,
    /// Opens the chain, or will break an install.
    High,
}

impl Severity {
    /// All of them, least first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Low, Self::Medium, Self::High];

    /// The name used in configuration and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How sure it is that it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A sign.
    Low,
    /// Likely.
    Medium,
    /// Decided by the text itself.
    High,
}

impl Confidence {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a finding is about; groups findings and identifies them across edits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A project, by normalized name.
    Project(String),
    /// An index or another place that candidates come from, by its URL without credentials.
    Index(String),
    /// A file.
    File(String),
    /// An option of the installer, by its canonical spelling (`--trusted-host`), with its value.
    Option(String),
    /// A line that could not be read, by its text.
    Line(String),
}

impl Subject {
    /// What kind of thing it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Project(_) => "project",
            Self::Index(_) => "index",
            Self::File(_) => "file",
            Self::Option(_) => "option",
            Self::Line(_) => "line",
        }
    }

    /// The thing itself.
    pub fn name(&self) -> &str {
        match self {
            Self::Project(name) | Self::Index(name) | Self::File(name) | Self::Option(name) | Self::Line(name) => name,
        }
    }
}

/// A span in a file of the audited project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What is there, in a few words.
    pub label: String,
}

/// A fact that decided a finding, so that a reader can disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What the fact is.
    pub label: &'static str,
    /// The fact.
    pub value: String,
}

/// Whether a fix may be applied without a look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// Keeps what is installed today the same, or turns text that pip refuses into what it plainly means.
    Safe,
    /// May change what is installed; applied only when asked for.
    Unsafe,
}

impl Safety {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// How to mend a finding by editing the file that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, imperative, no period.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// Edits of the finding's primary file; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Whether this change brought the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// It stands in the audited files; nothing was compared.
    Present,
    /// The base did not have it.
    Introduced,
}

impl Origin {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Introduced => "introduced",
        }
    }
}

/// One thing that is wrong at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How bad, after configuration.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about.
    pub subject: Subject,
    /// Where it is.
    pub primary: Location,
    /// Where else to look.
    pub related: Vec<Related>,
    /// What is wrong here: one sentence, names in backticks, no final period.
    pub message: String,
    /// What to do, imperative.
    pub help: String,
    /// The facts that decided it.
    pub evidence: Vec<Evidence>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// Whether this change brought it.
    pub origin: Origin,
    /// Identifies the finding across edits elsewhere in the file; filled in by [`crate::audit`].
    pub fingerprint: Fingerprint,
    /// What tells two findings of one rule about one subject apart, beside their order (a URL, a digest).
    pub(crate) key: String,
}

impl Finding {
    /// A finding of `rule` at `primary`, with the rule's own severity and confidence.
    pub fn new(rule: &'static Rule, primary: Location, subject: Subject, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            confidence: rule.confidence,
            subject,
            primary,
            related: Vec::new(),
            message: message.into(),
            help: String::new(),
            evidence: Vec::new(),
            fix: None,
            origin: Origin::Present,
            fingerprint: Fingerprint::default(),
            key: String::new(),
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds a fact that decided it.
    #[must_use]
    pub fn evidence(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.evidence.push(Evidence { label, value: value.into() });
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push(Related { location, label: label.into() });
        self
    }

    /// Adds a fix.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), safety, edits });
        self
    }

    /// Lowers the severity; a higher one than the rule's is ignored.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// Lowers the confidence; a higher one than the rule's is ignored.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Adds to the finding's identity, where rule, file and subject do not tell it apart: a changed
    /// URL, say, is a new finding, a changed line number is not.
    #[must_use]
    pub fn identified_by(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}

/// SHA-256 over rule, path, subject, key and ordinal; holds no line number, so it survives an edit above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Hashes the parts, each with its length so that they cannot run together.
    pub fn of(parts: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
