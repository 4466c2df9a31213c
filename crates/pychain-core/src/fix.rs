//! One round of fixing: which of a report's fixes go together, and the texts that they make.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Fix, Safety};
use crate::report::Report;
use crate::text::{Edit, SourceFile, Span, apply_edits};

/// One fix may make another one possible; more rounds than this would be a quarrel between two rules.
pub const MAX_ROUNDS: usize = 8;

/// A file that fixes change.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// The file as it was audited.
    pub before: SourceFile,
    /// Its text with the fixes.
    pub after: String,
    /// The fixes, in the order of the report.
    pub applied: Vec<Applied>,
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The 1-based line of its finding.
    pub line: usize,
    /// The rule that offered it.
    pub rule: &'static str,
    /// What it does, imperative, no period.
    pub title: String,
}

/// Applies what a report offers up to `safety`; files that stay as they are, are left out.
///
/// A fix that touches what an earlier one changes waits for the next round, after another audit.
pub fn round(report: &Report, safety: Safety) -> Vec<Fixed> {
    let mut by_file: BTreeMap<_, Vec<Offer<'_>>> = BTreeMap::new();
    for finding in &report.findings {
        if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety <= safety) {
            let offer = (finding.rule.id, finding.primary.span.start, fix);
            by_file.entry(finding.primary.file).or_default().push(offer);
        }
    }
    let fixed = by_file.into_iter().filter_map(|(id, offers)| {
        let before = report.file(id).clone();
        let (edits, applied) = choose(&before, &offers);
        let after = apply_edits(before.text(), &edits).filter(|after| after != before.text())?;
        Some(Fixed { before, after, applied })
    });
    fixed.collect()
}

/// Rule, place of the finding, fix.
type Offer<'a> = (&'static str, u32, &'a Fix);

/// Takes every fix that does not touch what an earlier one changes.
fn choose(file: &SourceFile, offers: &[Offer<'_>]) -> (Vec<Edit>, Vec<Applied>) {
    let mut chosen: BTreeSet<Edit> = BTreeSet::new();
    let mut applied = Vec::new();
    for (rule, place, fix) in offers {
        if fix.edits.is_empty() || !fix.edits.iter().all(|edit| fits(&chosen, edit)) {
            continue;
        }
        chosen.extend(fix.edits.iter().cloned());
        applied.push(Applied { line: file.line_of(*place), rule, title: fix.title.clone() });
    }
    (chosen.into_iter().collect(), applied)
}

/// Whether an edit is one of the chosen, or apart from all of them. They are apart from each other,
/// so that only its neighbors can be in its way.
fn fits(chosen: &BTreeSet<Edit>, edit: &Edit) -> bool {
    if chosen.contains(edit) {
        return true;
    }
    let probe = |end: usize| Edit::delete(Span::new(edit.span.range().start, end));
    let before = chosen.range(..probe(edit.span.range().start)).next_back();
    let after = chosen.range(probe(edit.span.range().start)..).next();
    before.into_iter().chain(after).all(|other| {
        let (a, b) = (other.span, edit.span);
        let empty = a.is_empty() || b.is_empty();
        if empty { !a.touches(b) } else { a.end <= b.start || b.end <= a.start }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edits = edits.iter().map(|(start, end, text)| Edit::replace(Span::new(*start, *end), *text)).collect();
        Fix { title: "mend it".to_owned(), safety: Safety::Safe, edits }
    }

    /// Applies those of `fixes` that go together; gives the text and how many were applied.
    fn apply(text: &str, fixes: &[Fix]) -> (String, usize) {
        let file = SourceFile::from_text("r.txt", text);
        let offers: Vec<Offer<'_>> = fixes.iter().map(|fix| ("some-rule", 0, fix)).collect();
        let (edits, applied) = choose(&file, &offers);
        (apply_edits(text, &edits).expect("chosen edits are apart"), applied.len())
    }

    #[test]
    fn fixes_that_are_apart_are_applied_together() {
        assert_eq!(apply("abcdef", &[fix(&[(0, 1, "A")]), fix(&[(3, 4, "D"), (5, 6, "")])]), ("AbcDe".to_owned(), 2));
        assert_eq!(apply("abc", &[fix(&[(0, 1, "A")]), fix(&[(1, 2, "B")])]), ("ABc".to_owned(), 2));
    }

    #[test]
    fn of_fixes_that_touch_each_other_the_first_is_applied() {
        assert_eq!(apply("abcdef", &[fix(&[(1, 4, "x")]), fix(&[(3, 5, "y")])]), ("axef".to_owned(), 1));
        assert_eq!(apply("abcdef", &[fix(&[(3, 5, "y")]), fix(&[(1, 4, "x")])]), ("abcyf".to_owned(), 1));
        assert_eq!(apply("abcdef", &[fix(&[(1, 4, "x")]), fix(&[(2, 3, "y")])]), ("axef".to_owned(), 1));
        assert_eq!(apply("abc", &[fix(&[(1, 1, "x")]), fix(&[(1, 1, "y")])]), ("axbc".to_owned(), 1));
        assert_eq!(apply("abc", &[fix(&[(1, 2, "x")]), fix(&[(1, 1, "y")])]), ("axc".to_owned(), 1));
        assert_eq!(
            apply("abc", &[fix(&[(0, 1, "")]), fix(&[(0, 1, ""), (2, 3, "")])]),
            ("b".to_owned(), 2),
            "the same edit"
        );
        assert_eq!(apply("abc", &[fix(&[])]), ("abc".to_owned(), 0));
    }
}
