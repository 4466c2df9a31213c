//! A fix can be applied, does away with its finding, and is done after it was applied.

use std::collections::BTreeSet;

use pychain_core::finding::Finding;
use pychain_core::report::Report;
use pychain_core::text::{Edit, FileId, apply_edits};

use crate::input::Input;

/// One fix may make another one possible; more rounds than this would be a quarrel between two rules.
const MAX_ROUNDS: usize = 8;
/// Fixes that are tried one by one: each costs an audit.
const TRIED: usize = 4;

/// Applies every fix of `requirements.txt`, each by itself and all together until nothing is left to fix.
pub fn check(bytes: &[u8]) {
    let input = Input::new(bytes);
    let report = input.audit(&input.load(), None);
    let Some(file) = main_file(&report) else { return };
    let fixes: Vec<&Finding> = fixable(&report, file).collect();
    for finding in fixes.iter().take(TRIED) {
        let edits = finding.fix.as_ref().map(|fix| fix.edits.as_slice()).unwrap_or_default();
        let Some(mended) = edited(&report, file, edits) else { continue };
        let after = input.audit(&input.load_changed(&mended), None);
        let count = |report: &Report| report.findings.iter().filter(|other| same(finding, other)).count();
        assert!(
            count(&after) < count(&report),
            "{}: fixed, and still there: {}\n{}",
            finding.rule.id,
            finding.message,
            String::from_utf8_lossy(&mended)
        );
    }

    let mut report = report;
    for _ in 0..MAX_ROUNDS {
        let Some(file) = main_file(&report) else { return };
        let edits = together(fixable(&report, file));
        let Some(mended) = edited(&report, file, &edits).filter(|_| !edits.is_empty()) else { return };
        report = input.audit(&input.load_changed(&mended), None);
    }
    let left = main_file(&report).map(|file| together(fixable(&report, file))).unwrap_or_default();
    assert!(left.is_empty(), "after {MAX_ROUNDS} rounds there is still something to fix: {left:?}");
}

fn main_file(report: &Report) -> Option<FileId> {
    let at = report.files.iter().position(|file| file.path() == "requirements.txt")?;
    u32::try_from(at).ok().map(FileId)
}

fn fixable(report: &Report, file: FileId) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(move |finding| finding.primary.file == file && finding.fix.is_some())
}

/// Findings are the same when rule and subject are; a fingerprint also counts those before it.
fn same(a: &Finding, b: &Finding) -> bool {
    a.rule.id == b.rule.id && a.subject == b.subject && a.primary.file == b.primary.file
}

/// The edits of all fixes that do not get in each other's way, earlier ones first.
fn together<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Edit> {
    let mut chosen: BTreeSet<Edit> = BTreeSet::new();
    for fix in findings.filter_map(|finding| finding.fix.as_ref()) {
        let free = |edit: &Edit| chosen.contains(edit) || chosen.iter().all(|other| !other.span.touches(edit.span));
        if fix.edits.iter().all(free) {
            chosen.extend(fix.edits.iter().cloned());
        }
    }
    chosen.into_iter().collect()
}

/// The file's bytes after the edits; none for an encoding that is read and not written.
fn edited(report: &Report, file: FileId, edits: &[Edit]) -> Option<Vec<u8>> {
    let file = report.file(file);
    let text = apply_edits(file.text(), edits).expect("edits of one report can be applied");
    file.encode(&text)
}
