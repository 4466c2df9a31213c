//! The audit gives the same bytes for the same files, and every output holds what it promises.

use pychain_core::audit::MAX_FINDINGS_PER_RULE;
use pychain_core::finding::Finding;
use pychain_core::report::{Report, annotations, json, markdown, sarif};
use pychain_core::rules::MANUALS;
use pychain_core::text::apply_edits;
use serde_json::Value;

use crate::input::Input;
use crate::reader::check_span;

/// GitHub's limit for a summary.
const SUMMARY: markdown::Options<'static> =
    markdown::Options { manuals: MANUALS, docs: Some("docs/rules"), limit: 65_535 };
const LOG: sarif::Options<'static> =
    sarif::Options { manuals: MANUALS, docs: Some("https://example.org/rules"), suppressed: true };

/// Audits the bytes twice and checks the report and every output.
pub fn check(bytes: &[u8]) {
    let input = Input::new(bytes);
    let report = input.audit(&input.load(), None);
    check_report(&report);
    let outputs = outputs(&report);
    check_outputs(&outputs);
    let again = input.audit(&input.load(), None);
    assert_eq!(outputs, self::outputs(&again), "the same request, other bytes");
    // It holds the manual of every rule, and so takes a hundred times as long as all the rest.
    if bytes.len().is_multiple_of(16) {
        check_sarif(&report);
    }
    check_line_ends(&input);
}

/// Windows' line ends change nothing but offsets.
fn check_line_ends(input: &Input<'_>) {
    let plain = |file: &&[u8]| std::str::from_utf8(file).is_ok_and(|text| !text.contains(['\r', '\u{feff}']));
    if !input.files().iter().all(plain) || input.main().windows(6).any(|word| word == b"coding") {
        return;
    }
    let files: Vec<Vec<u8>> =
        input.files().iter().map(|file| String::from_utf8_lossy(file).replace('\n', "\r\n").into_bytes()).collect();
    let windows = input.with_files(files.iter().map(Vec::as_slice).collect());
    let list = |report: &Report| -> Vec<String> {
        let line = |finding: &Finding| report.file(finding.primary.file).line_of(finding.primary.span.start);
        let of = |f: &Finding| format!("{}:{} {} {:?}", f.primary.file.0, line(f), f.rule.id, f.subject);
        report.findings.iter().map(of).collect()
    };
    let ours = list(&input.audit(&input.load(), None));
    assert_eq!(ours, list(&input.audit(&windows.load(), None)), "with CRLF the findings are others");
}

/// Findings point into the files, are in order, and have fixes that can be applied.
pub fn check_report(report: &Report) {
    let order: Vec<_> = report.findings.iter().map(|finding| (finding.primary, finding.rule.id)).collect();
    assert!(order.is_sorted(), "findings are not in order");
    let mut fingerprints: Vec<_> = report.findings.iter().map(|finding| finding.fingerprint).collect();
    fingerprints.sort_unstable();
    assert!(fingerprints.is_sorted_by(|a, b| a < b), "two findings have one fingerprint");
    for finding in &report.findings {
        let rule = finding.rule.id;
        check_span(report.file(finding.primary.file), finding.primary.span, rule);
        for related in &finding.related {
            check_span(report.file(related.location.file), related.location.span, rule);
        }
        assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{rule}: {:?}", finding.message);
        assert!(finding.confidence <= finding.rule.confidence, "{rule} raises its confidence");
        if let Some(fix) = &finding.fix {
            let text = report.file(finding.primary.file).text();
            assert!(!fix.edits.is_empty(), "{rule}: a fix without an edit");
            assert!(apply_edits(text, &fix.edits).is_some(), "{rule}: its edits cannot be applied: {:?}", fix.edits);
        }
        let of_rule = report.findings.iter().filter(|other| other.rule.id == rule).count();
        assert!(of_rule <= MAX_FINDINGS_PER_RULE, "{rule} has more findings than the limit");
    }
}

/// Every output of core but SARIF, by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Outputs {
    json: String,
    annotations: String,
    markdown: String,
}

/// Translates a report into everything that core writes, SARIF left out.
pub fn outputs(report: &Report) -> Outputs {
    Outputs {
        json: json::to_string(report),
        annotations: annotations::to_string(report),
        markdown: markdown::to_string(report, SUMMARY),
    }
}

fn check_outputs(outputs: &Outputs) {
    let Outputs { json, annotations, markdown } = outputs;
    serde_json::from_str::<Value>(json).expect("JSON");
    check_text("json", json);
    check_text("annotations", annotations);
    check_text("markdown", markdown);
    for line in annotations.lines() {
        let known = ["::error ", "::warning ", "::notice ", "::notice::", "::warning::", "::error::"];
        assert!(known.iter().any(|command| line.starts_with(command)), "no command of ours: {line:?}");
    }
    assert!(markdown.len() <= SUMMARY.limit, "the summary is longer than asked for");
}

fn check_sarif(report: &Report) {
    let log = sarif::to_string(report, LOG);
    check_text("sarif", &log);
    let log: Value = serde_json::from_str(&log).expect("JSON");
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).expect("results");
    assert_eq!(results.len(), report.findings.len() + report.suppressed.len(), "a result for each finding");
}

fn check_text(name: &str, text: &str) {
    assert!(text.is_empty() || text.ends_with('\n'), "{name} does not end its last line");
    let hostile = text.chars().find(|c| (c.is_control() && *c != '\n') || is_bidirectional(*c));
    assert_eq!(hostile, None, "{name} lets a character through that can fool a reader");
}

fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}
