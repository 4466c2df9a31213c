//! The structs of version 1. A field may be added; a renamed, removed or reinterpreted one is version 2.

use serde::Serialize;

use super::change::Change;
use crate::finding::{self, Severity};
use crate::report::{self, json};
use crate::rule::Need;
use crate::text::{self, ColumnEncoding, SourceFile};

#[derive(Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    files: Vec<&'a str>,
    counts: Counts,
    changes: Vec<Change<'a>>,
    findings: Vec<Finding<'a>>,
    suppressed: Vec<Suppressed<'a>>,
    problems: Vec<Problem<'a>>,
    not_run: Vec<NotRun<'a>>,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) name: &'static str,
    pub(super) version: &'a str,
}

#[derive(Serialize)]
struct Counts {
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    origin: &'static str,
    subject: Subject<'a>,
    location: Location<'a>,
    message: &'a str,
    help: &'a str,
    evidence: Vec<Evidence<'a>>,
    related: Vec<Related<'a>>,
    fix: Option<Fix<'a>>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Subject<'a> {
    kind: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    span: Span,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Evidence<'a> {
    label: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    location: Location<'a>,
    label: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    span: Span,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    finding: Finding<'a>,
    reason: &'a str,
    comment: Option<Location<'a>>,
}

#[derive(Serialize)]
pub(super) struct Problem<'a> {
    path: Option<&'a str>,
    span: Option<Span>,
    line: Option<usize>,
    message: &'a str,
    help: &'a str,
}

#[derive(Serialize)]
struct NotRun<'a> {
    rule: &'a str,
    missing: Vec<&'static str>,
}

impl<'a> Report<'a> {
    pub(super) fn of(report: &'a report::Report) -> Self {
        let counts = report.counts();
        let count = |severity| counts.get(&severity).copied().unwrap_or_default();
        Self {
            schema: json::SCHEMA,
            tool: Tool { name: "pychain", version: &report.version },
            files: report.files.iter().map(SourceFile::path).collect(),
            counts: Counts {
                high: count(Severity::High),
                medium: count(Severity::Medium),
                low: count(Severity::Low),
                info: count(Severity::Info),
            },
            changes: report.changes.iter().map(Change::of).collect(),
            findings: report.findings.iter().map(|finding| Finding::of(report, finding)).collect(),
            suppressed: report.suppressed.iter().map(|suppressed| Suppressed::of(report, suppressed)).collect(),
            problems: report.problems.iter().map(Problem::of).collect(),
            not_run: report.not_run.iter().map(NotRun::of).collect(),
        }
    }
}

impl<'a> Finding<'a> {
    fn of(report: &'a report::Report, finding: &'a finding::Finding) -> Self {
        let evidence = |evidence: &'a finding::Evidence| Evidence { label: evidence.label, value: &evidence.value };
        let related = |related: &'a finding::Related| Related {
            location: Location::of(report, related.location),
            label: &related.label,
        };
        Self {
            rule: finding.rule.id,
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            origin: finding.origin.name(),
            subject: Subject { kind: finding.subject.kind(), name: finding.subject.name() },
            location: Location::of(report, finding.primary),
            message: &finding.message,
            help: &finding.help,
            evidence: finding.evidence.iter().map(evidence).collect(),
            related: finding.related.iter().map(related).collect(),
            fix: finding.fix.as_ref().map(Fix::of),
            fingerprint: finding.fingerprint.to_string(),
        }
    }
}

impl<'a> Location<'a> {
    fn of(report: &'a report::Report, location: finding::Location) -> Self {
        let file = report.file(location.file);
        let position = |offset| {
            let at = file.position(offset, ColumnEncoding::Chars);
            Position { line: at.line, column: at.column }
        };
        Self {
            path: file.path(),
            span: Span::of(location.span),
            start: position(location.span.start),
            end: position(location.span.end),
        }
    }
}

impl Span {
    fn of(span: text::Span) -> Self {
        Self { start: span.start, end: span.end }
    }
}

impl<'a> Fix<'a> {
    fn of(fix: &'a finding::Fix) -> Self {
        let edit = |edit: &'a text::Edit| Edit { span: Span::of(edit.span), replacement: &edit.replacement };
        Self { title: &fix.title, safety: fix.safety.name(), edits: fix.edits.iter().map(edit).collect() }
    }
}

impl<'a> Suppressed<'a> {
    fn of(report: &'a report::Report, suppressed: &'a report::Suppressed) -> Self {
        Self {
            finding: Finding::of(report, &suppressed.finding),
            reason: &suppressed.reason,
            comment: suppressed.comment.map(|comment| Location::of(report, comment)),
        }
    }
}

impl<'a> Problem<'a> {
    pub(super) fn of(problem: &'a text::Problem) -> Self {
        Self {
            path: Some(problem.path.as_str()).filter(|path| !path.is_empty()),
            span: problem.span.map(Span::of),
            line: problem.line,
            message: &problem.message,
            help: &problem.help,
        }
    }
}

impl<'a> NotRun<'a> {
    fn of(not_run: &'a report::NotRun) -> Self {
        let name = |need: &Need| match need {
            Need::Base => "base",
            Need::ExpectedIndexes => "expected-indexes",
            Need::Names => "names",
            Need::Index => "index-names",
            Need::Date => "date",
            Need::Outcome => "outcome",
        };
        Self { rule: not_run.rule.id, missing: not_run.missing.iter().map(name).collect() }
    }
}
