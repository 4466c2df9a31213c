//! The audit: rules over files, change and facts; then suppress, sort, fingerprint.

use crate::config::{Config, Date};
use crate::diff::Change;
use crate::finding::Finding;
use crate::knowledge::Knowledge;
use crate::report::Report;
use crate::rule::Rule;
use crate::tree::Project;

mod suppress;

/// Findings of one rule that are kept; what is beyond is counted in a problem.
pub const MAX_FINDINGS_PER_RULE: usize = 1000;

/// What to audit, and with what.
#[derive(Debug)]
pub struct Request<'a> {
    /// The files as they are, or as the change makes them.
    pub head: &'a Project,
    /// The files before the change; where given, only what the change brings is reported.
    pub base: Option<&'a Project>,
    /// What the user asked for. In a change it is the base's: a change cannot weaken its own judge.
    pub config: &'a Config,
    /// The configuration as the change makes it, where it differs.
    pub head_config: Option<&'a Config>,
    /// Facts from outside.
    pub knowledge: &'a Knowledge,
    /// Today, for what expires.
    pub as_of: Option<Date>,
}

/// How finely a rule reports what could be said of a whole file at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A full audit: one finding for a file that lacks something throughout.
    Full,
    /// A change: one finding a line, so that a new line has its own.
    Change,
}

/// What a rule sees.
#[derive(Debug)]
pub struct Context<'a> {
    /// The files.
    pub project: &'a Project,
    /// The files before the change.
    pub base: Option<&'a Project>,
    /// Requirements that the change adds, removes or alters; empty without a base.
    pub changes: &'a [Change<'a>],
    /// What the user asked for.
    pub config: &'a Config,
    /// The configuration as the change makes it, where it differs.
    pub head_config: Option<&'a Config>,
    /// Facts from outside.
    pub knowledge: &'a Knowledge,
    /// Today.
    pub as_of: Option<Date>,
    /// How finely to report.
    pub scope: Scope,
}

/// Takes a rule's findings.
#[derive(Debug)]
pub struct Findings<'a> {
    /// The rule that is running; `Finding::new` wants it.
    pub rule: &'static Rule,
    found: &'a mut Vec<Finding>,
    dropped: usize,
}

impl Findings<'_> {
    /// Takes one finding; beyond the limit it is only counted.
    pub fn push(&mut self, finding: Finding) {
        if self.found.len() < MAX_FINDINGS_PER_RULE {
            self.found.push(finding);
        } else {
            self.dropped += 1;
        }
    }
}

/// Audits. Total: any request gives a report, the same request the same report.
pub fn audit(request: &Request<'_>) -> Report {
    let _ = request;
    Report {
        files: Vec::new(),
        findings: Vec::new(),
        problems: Vec::new(),
        not_run: Vec::new(),
        suppressed: Vec::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
