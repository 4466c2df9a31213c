//! A change is judged by what it changes: nothing, where nothing changed.

use pychain_core::report::Report;

use crate::audit::{check_report, outputs};
use crate::input::{Input, sides};

/// Audits head against base, head against itself, and base against head.
pub fn check(bytes: &[u8]) {
    let (head, base) = sides(bytes);
    let (head, base) = (Input::new(head), Input::new(base));
    let (new, old) = (head.load(), base.load());

    let report = head.audit(&new, Some(&old));
    check_report(&report);
    assert_eq!(outputs(&report), outputs(&head.audit(&head.load(), Some(&base.load()))), "other bytes");

    check_report(&base.audit(&old, Some(&new)));
    let itself = head.audit(&new, Some(&new));
    assert!(itself.findings.is_empty(), "nothing changed, and yet: {}", messages(&itself));
}

fn messages(report: &Report) -> String {
    let lines: Vec<String> =
        report.findings.iter().map(|finding| format!("{}: {}", finding.rule.id, finding.message)).collect();
    lines.join("\n")
}
