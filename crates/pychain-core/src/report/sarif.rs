//! SARIF 2.1.0, for code scanning and other viewers.

use std::cmp::Reverse;

use crate::finding::{self, Confidence, Finding, Severity};
use crate::manual::{Manuals, capitalized};
use crate::order::{Arrange as _, Map};
use crate::prose::{clip, visible};
use crate::report::json::printable;
use crate::report::markdown::escape;
use crate::report::{NotRun, Report, Suppressed, rule_link};
use crate::rule::{Need, Rule};
use crate::rules::RULES;
use crate::text::{ColumnEncoding, FileId, Problem, Span};
use crate::url::percent_encode_path;

mod v2_1;

use v2_1::{
    Artifact, ArtifactChange, ArtifactLocation, BaseLocation, Configuration, Content, Descriptor, Driver, Fix,
    Invocation, Location, Log, Notification, PhysicalLocation, Region, Replacement, ResultProperties, RuleProperties,
    RuleReference, Run, SarifResult, Suppression, Text, Tool,
};

/// Results that GitHub takes in one run; it refuses a file with more.
pub const MAX_RESULTS: usize = 25_000;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to; the name that consumers look for.
const ROOT: &str = "%SRCROOT%";
/// Characters that GitHub takes of a description.
const MAX_DESCRIPTION: usize = 1024;

/// What to write.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// What the rules are explained with.
    pub manuals: Manuals<'a>,
    /// Where the rules' pages are, `RULE.md` each: an absolute URL.
    pub docs: Option<&'a str>,
    /// Whether to list suppressed findings too, marked as such. GitHub's code scanning does not read
    /// the mark and would raise an alert for each, so without this they are only counted.
    pub suppressed: bool,
}

/// The report as SARIF text, indented, with a final line feed.
pub fn to_string(report: &Report, options: Options<'_>) -> String {
    printable(&log(report, RULES, options))
}

fn log(report: &Report, rules: &[&'static Rule], options: Options<'_>) -> Log {
    let mut results: Vec<SarifResult> = Vec::new();
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    let left_out = findings.len().saturating_sub(MAX_RESULTS);
    if left_out > 0 {
        findings.arrange_by_key(|finding| Reverse(finding.severity));
        findings.truncate(MAX_RESULTS);
    }
    results.extend(findings.into_iter().map(|finding| result(report, rules, finding)));
    if options.suppressed {
        let room = MAX_RESULTS - results.len();
        results
            .extend(report.suppressed.iter().take(room).map(|suppressed| suppressed_result(report, rules, suppressed)));
    }
    let mut notifications: Vec<_> = report.problems.iter().map(|problem| of_problem(report, problem)).collect();
    if left_out > 0 {
        let text = format!("{left_out} findings are left out: a file may hold {MAX_RESULTS}");
        notifications.push(notification("warning", sentences(&text, "")));
    }
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "pychain",
                    version: report.version.clone(),
                    rules: rules.iter().map(|rule| descriptor(rule, options)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications,
                tool_configuration_notifications: report.not_run.iter().map(|rule| of_not_run(rules, rule)).collect(),
            }],
            column_kind: "utf16CodeUnits",
            original_uri_base_ids: Map::from_iter([(
                ROOT,
                BaseLocation { description: plain("The root that was audited.") },
            )]),
            artifacts: report
                .files
                .iter()
                .map(|file| Artifact {
                    location: ArtifactLocation {
                        uri: percent_encode_path(file.path()),
                        uri_base_id: ROOT,
                        index: None,
                    },
                    roles: ["analysisTarget"],
                })
                .collect(),
            results,
            properties: [("suppressedFindings", report.suppressed.len())].into_iter().collect::<Map<_, _>>(),
        }],
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's score: 7.0 and up is high, 4.0 medium, below low; without one an alert is no security alert.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

fn descriptor(rule: &'static Rule, options: Options<'_>) -> Descriptor {
    let page = options.manuals.page(rule);
    let what = options.manuals.section(rule, "What it does").unwrap_or_else(|| rule.summary.to_owned());
    Descriptor {
        id: rule.id,
        // The standard wants a name that differs from the id and reads as one word.
        name: rule.id.split('-').map(capitalized).collect(),
        deprecated_ids: rule.aliases,
        short_description: plain(&format!("{}.", capitalized(rule.summary))),
        full_description: plain(&clip(&what, MAX_DESCRIPTION)),
        help: Text { text: page.clone(), markdown: Some(page) },
        help_uri: options.docs.map(|docs| rule_link(docs, rule)),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            tags: ["security"]
                .into_iter()
                .filter(|_| score(rule.severity).is_some())
                .chain(["supply-chain", "python", rule.persona.name()])
                .collect(),
            precision: match rule.confidence {
                Confidence::High => "very-high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            security_severity: score(rule.severity),
        },
    }
}

fn result(report: &Report, rules: &[&'static Rule], finding: &Finding) -> SarifResult {
    let file = finding.primary.file;
    let related = finding
        .related
        .iter()
        .map(|related| Location { message: Some(message(&related.label)), ..location(report, related.location) });
    let evidence = |evidence: &finding::Evidence| format!("{}: {}", evidence.label, evidence.value);
    SarifResult {
        rule_id: finding.rule.id,
        rule_index: index(rules, finding.rule),
        level: level(finding.severity),
        message: sentences(&finding.message, &finding.help),
        locations: [location(report, finding.primary)],
        related_locations: related.collect(),
        partial_fingerprints: [("pychain/v1", finding.fingerprint.to_string())].into_iter().collect::<Map<_, _>>(),
        fixes: finding.fix.iter().filter_map(|fix| of_fix(report, file, fix)).collect(),
        suppressions: Vec::new(),
        properties: ResultProperties {
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            origin: finding.origin.name(),
            subject: format!("{} {}", finding.subject.kind(), finding.subject.name()),
            evidence: finding.evidence.iter().map(evidence).collect(),
        },
    }
}

fn suppressed_result(report: &Report, rules: &[&'static Rule], suppressed: &Suppressed) -> SarifResult {
    let suppression = Suppression {
        kind: if suppressed.comment.is_some() { "inSource" } else { "external" },
        justification: suppressed.reason.clone(),
        location: suppressed.comment.map(|comment| location(report, comment)),
    };
    SarifResult { suppressions: vec![suppression], ..result(report, rules, &suppressed.finding) }
}

fn of_fix(report: &Report, file: FileId, fix: &finding::Fix) -> Option<Fix> {
    let replacements: Vec<_> = fix
        .edits
        .iter()
        .map(|edit| Replacement {
            deleted_region: region(report, file, edit.span),
            inserted_content: (!edit.replacement.is_empty()).then(|| Content { text: edit.replacement.clone() }),
        })
        .collect();
    // The standard has no fix without a replacement.
    (!replacements.is_empty()).then(|| Fix {
        description: message(&fix.title),
        artifact_changes: [ArtifactChange { artifact_location: artifact(report, file), replacements }],
        properties: [("safety", fix.safety.name())].into_iter().collect::<Map<_, _>>(),
    })
}

fn of_problem(report: &Report, problem: &Problem) -> Notification {
    let file = report.files.iter().position(|file| file.path() == problem.path).and_then(|at| u32::try_from(at).ok());
    let mut notification = notification("warning", sentences(&problem.message, &problem.help));
    if !problem.path.is_empty() {
        let unread = || ArtifactLocation { uri: percent_encode_path(&problem.path), uri_base_id: ROOT, index: None };
        notification.locations.push(Location {
            physical_location: PhysicalLocation {
                artifact_location: file.map_or_else(unread, |id| artifact(report, FileId(id))),
                region: file.and_then(|id| Some(region(report, FileId(id), problem.span?))),
            },
            message: None,
        });
    }
    notification
}

fn of_not_run(rules: &[&'static Rule], not_run: &NotRun) -> Notification {
    let missing: Vec<_> = not_run.missing.iter().map(|need: &Need| need.describe()).collect();
    let text = format!("`{}` did not run: it needs {}", not_run.rule.id, missing.join(" and "));
    Notification {
        associated_rule: Some(RuleReference { id: not_run.rule.id, index: index(rules, not_run.rule) }),
        ..notification("note", sentences(&text, ""))
    }
}

fn notification(level: &'static str, message: Text) -> Notification {
    Notification { level, message, locations: Vec::new(), associated_rule: None }
}

fn index(rules: &[&'static Rule], rule: &Rule) -> Option<usize> {
    rules.iter().position(|candidate| *candidate == rule)
}

fn location(report: &Report, location: finding::Location) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(report, location.file),
            region: Some(region(report, location.file, location.span)),
        },
        message: None,
    }
}

fn artifact(report: &Report, file: FileId) -> ArtifactLocation {
    ArtifactLocation {
        uri: percent_encode_path(report.file(file).path()),
        uri_base_id: ROOT,
        index: (report.files.len() > file.0 as usize).then_some(file.0),
    }
}

fn region(report: &Report, file: FileId, span: Span) -> Region {
    let file = report.file(file);
    let start = file.position(span.start, ColumnEncoding::Utf16);
    let end = file.position(span.end, ColumnEncoding::Utf16);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// A description of ours, which is not a message: nothing in it is special.
fn plain(text: &str) -> Text {
    Text { text: text.to_owned(), markdown: None }
}

/// What is wrong and what to do, each a sentence: viewers with little room show the first.
fn sentences(what: &str, help: &str) -> Text {
    let sentence = |text: &str| if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") };
    if help.is_empty() { message(&sentence(what)) } else { message(&format!("{} {}", sentence(what), sentence(help))) }
}

/// A message (section 3.11), in which braces hold a place for an argument and `[text](target)` is a
/// link even where the text is plain.
fn message(prose: &str) -> Text {
    let braces = |text: String| text.replace('{', "{{").replace('}', "}}");
    let text = visible(prose).replace("](", "] (");
    Text { text: braces(text), markdown: Some(braces(escape::prose(prose))) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The report as SARIF that lists `rules`, for tests that have rules of their own.
    pub(in crate::report) fn with_rules(report: &Report, rules: &[&'static Rule], options: Options<'_>) -> String {
        printable(&log(report, rules, options))
    }

    #[test]
    fn a_message_holds_no_placeholder_and_no_link() {
        let text = message("`${TOKEN}` [x](javascript:y)");
        assert_eq!(text.text, "`${{TOKEN}}` [x] (javascript:y)");
        assert_eq!(text.markdown.as_deref(), Some(r"`${{TOKEN}}` \[x\](javascript:&#8203;y)"));
    }

    #[test]
    fn a_message_is_made_of_sentences() {
        assert_eq!(sentences("`x` is bad", "Mend it").text, "`x` is bad. Mend it.");
        assert_eq!(sentences("`x` is bad", "").text, "`x` is bad.");
    }
}
