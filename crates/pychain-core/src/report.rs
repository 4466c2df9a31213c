//! The report: what an audit found. Every output is a translation of this one type.

use crate::diff::Row;
use crate::finding::{Finding, Location, Severity};
use crate::order::Map;
use crate::rule::{Need, Rule};
use crate::text::{FileId, Problem, SourceFile};

pub mod annotations;
pub mod change;
pub mod json;
pub mod markdown;
pub mod review;
pub mod sarif;

#[cfg(test)]
mod tests;

/// What an audit found. Holds no time, no machine, no path outside the audited root.
#[derive(Debug, Clone)]
pub struct Report {
    /// The audited files, by [`FileId`]; findings point into them.
    pub files: Vec<SourceFile>,
    /// What the change does to each project; empty without a base.
    pub changes: Vec<Row>,
    /// Findings that are not suppressed, by path, place and rule.
    pub findings: Vec<Finding>,
    /// What could not be read or done.
    pub problems: Vec<Problem>,
    /// Rules that the policy asked for and that lacked a fact.
    pub not_run: Vec<NotRun>,
    /// Findings that a suppression silenced.
    pub suppressed: Vec<Suppressed>,
    /// Version of the program that audited.
    pub version: String,
}

/// A rule that was asked for and could not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The rule.
    pub rule: &'static Rule,
    /// The facts that it lacked.
    pub missing: Vec<Need>,
}

/// A finding that somebody accepted.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why it was accepted, as written there; may be empty.
    pub reason: String,
    /// Where the suppression stands: a comment in an audited file, or none for the configuration.
    pub comment: Option<Location>,
}

/// Where the page of a rule is, below the place of all of them.
pub(crate) fn rule_link(docs: &str, rule: &Rule) -> String {
    format!("{}/{}.md", docs.trim_end_matches('/'), rule.id)
}

impl Report {
    /// The file that a location is in.
    pub fn file(&self, id: FileId) -> &SourceFile {
        static EMPTY: std::sync::LazyLock<SourceFile> = std::sync::LazyLock::new(|| SourceFile::from_text("", ""));
        self.files.get(id.0 as usize).unwrap_or(&EMPTY)
    }

    /// The text at a location.
    pub fn text(&self, location: Location) -> &str {
        self.file(location.file).slice(location.span)
    }

    /// Number of findings of each severity, every severity present.
    pub fn counts(&self) -> Map<Severity, usize> {
        let mut counts: Map<_, _> = Severity::ALL.into_iter().map(|severity| (severity, 0)).collect::<Map<_, _>>();
        for finding in &self.findings {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts
    }

    /// The worst severity among the findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}
