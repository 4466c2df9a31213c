//! Counts what is identical, and sorts differences into known and new ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::known::{Entry, Known, matches};

/// One field that is not what the tool says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Which field, without the place.
    pub(crate) field: String,
    /// Which line; empty for a field of the whole run.
    pub(crate) place: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

#[derive(Default)]
struct Tally {
    total: usize,
    identical: usize,
    known: usize,
}

/// The comparison so far.
pub(crate) struct Outcome {
    known: Known,
    /// Entries that matched a difference, by index.
    used: BTreeSet<usize>,
    /// Entries whose file, case or experiment was looked at.
    reached: BTreeSet<usize>,
    files: Tally,
    locks: Tally,
    manifests: Tally,
    /// Honest changes of lock files, by the name of the file.
    pairs: BTreeMap<&'static str, Tally>,
    /// Changes of histories that the tools made, by the name of the file.
    histories: BTreeMap<&'static str, Tally>,
    cases: Tally,
    experiments: Tally,
    new: Vec<(String, Difference)>,
}

impl Outcome {
    pub(crate) fn new(known: Known) -> Self {
        Self {
            known,
            used: BTreeSet::new(),
            reached: BTreeSet::new(),
            files: Tally::default(),
            locks: Tally::default(),
            manifests: Tally::default(),
            pairs: BTreeMap::new(),
            histories: BTreeMap::new(),
            cases: Tally::default(),
            experiments: Tally::default(),
            new: Vec::new(),
        }
    }

    pub(crate) fn file(&mut self, id: &str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.files.count(verdict);
    }

    pub(crate) fn lock(&mut self, id: &str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.locks.count(verdict);
    }

    pub(crate) fn manifest(&mut self, id: &str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.manifests.count(verdict);
    }

    pub(crate) fn pair(&mut self, id: &str, name: &'static str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.pairs.entry(name).or_default().count(verdict);
    }

    pub(crate) fn history(&mut self, id: &str, name: &'static str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.histories.entry(name).or_default().count(verdict);
    }

    pub(crate) fn case(&mut self, id: &str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.cases.count(verdict);
    }

    pub(crate) fn experiment(&mut self, id: &str, differences: Vec<Difference>) {
        let verdict = self.sort(id, differences);
        self.experiments.count(verdict);
    }

    fn sort(&mut self, id: &str, differences: Vec<Difference>) -> Verdict {
        let mut verdict = Verdict::Identical;
        let entries: Vec<usize> =
            (0..self.known.difference.len()).filter(|at| matches(&self.known.difference[*at].id, id)).collect();
        self.reached.extend(&entries);
        for difference in differences {
            let entry = entries.iter().find(|at| matches(&self.known.difference[**at].field, &difference.field));
            if let Some(at) = entry {
                self.used.insert(*at);
                verdict = verdict.max(Verdict::Known);
            } else {
                self.new.push((id.to_owned(), difference));
                verdict = Verdict::Different;
            }
        }
        verdict
    }

    /// Entries of the list whose difference is gone; one about a file that this corpus lacks is none.
    fn stale(&self) -> Vec<&Entry> {
        self.reached.difference(&self.used).map(|at| &self.known.difference[*at]).collect()
    }

    pub(crate) fn passed(&self) -> bool {
        self.new.is_empty() && self.stale().is_empty()
    }

    /// Each new difference, up to `limit`, then how often each field differs, then the stale entries.
    pub(crate) fn details(&self, limit: usize) -> String {
        let mut out = String::new();
        let mut fields: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for (at, (id, Difference { field, place, ours, theirs })) in self.new.iter().enumerate() {
            let (count, ids) = fields.entry(field).or_default();
            *count += 1;
            ids.insert(id);
            if at < limit {
                let place = if place.is_empty() { String::new() } else { format!(" at {place}") };
                let _ = writeln!(out, "{id}: {field}{place}\n    ours   {ours}\n    theirs {theirs}");
            }
        }
        if self.new.len() > limit {
            let _ = writeln!(out, "… and {} more differences", self.new.len() - limit);
        }
        for (field, (count, ids)) in fields {
            let _ = writeln!(out, "differs: {field}, {count} times in {}", ids.len());
        }
        for entry in self.stale() {
            let _ = writeln!(out, "stale known difference, remove it: `{}`, field `{}`", entry.id, entry.field);
        }
        out
    }

    /// One line; a known difference is not identical, and is counted by itself.
    pub(crate) fn summary(&self) -> String {
        let Self { files, locks, manifests, cases, experiments, .. } = self;
        let mut line = format!(
            "conformance: {} of {} files, {} of {} lock files, {} of {} manifests, {} of {} cases identical; {} of {} hash-mode experiments",
            files.identical,
            files.total,
            locks.identical,
            locks.total,
            manifests.identical,
            manifests.total,
            cases.identical,
            cases.total,
            experiments.identical,
            experiments.total
        );
        if !self.pairs.is_empty() {
            let quiet = |(name, tally): (&&str, &Tally)| format!("{} of {} of {name}", tally.identical, tally.total);
            let list: Vec<String> = self.pairs.iter().map(quiet).collect();
            let _ = write!(line, "; honest lock changes without an alarm: {}", list.join(", "));
        }
        if !self.histories.is_empty() {
            let exact = |(name, tally): (&&str, &Tally)| format!("{} of {} of {name}", tally.identical, tally.total);
            let list: Vec<String> = self.histories.iter().map(exact).collect();
            let _ = write!(line, "; changes that the tools made told exactly: {}", list.join(", "));
        }
        let several = self.pairs.values().chain(self.histories.values());
        let known = files.known
            + locks.known
            + manifests.known
            + several.map(|tally| tally.known).sum::<usize>()
            + cases.known
            + experiments.known;
        if known > 0 {
            let _ = write!(line, "; {known} known differences");
        }
        line
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Identical,
    Known,
    Different,
}

impl Tally {
    fn count(&mut self, verdict: Verdict) {
        self.total += 1;
        self.identical += usize::from(verdict == Verdict::Identical);
        self.known += usize::from(verdict == Verdict::Known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differing(field: &str) -> Vec<Difference> {
        let value = || String::from("x");
        vec![Difference { field: field.to_owned(), place: String::new(), ours: value(), theirs: value() }]
    }

    fn outcome() -> Outcome {
        let list = "[[difference]]\nid = \"a*\"\nfield = \"marker\"\nreason = \"because\"\n";
        Outcome::new(Known::parse(list).expect("well-formed"))
    }

    #[test]
    fn a_listed_difference_passes_and_is_not_called_identical() {
        let mut outcome = outcome();
        outcome.case("a1", differing("marker"));
        outcome.case("b1", Vec::new());
        assert!(outcome.passed());
        assert!(outcome.summary().contains("1 of 2 cases identical"), "{}", outcome.summary());
        assert!(outcome.summary().ends_with("1 known differences"), "{}", outcome.summary());
    }

    #[test]
    fn an_unlisted_difference_fails() {
        for (id, field) in [("a1", "url"), ("b1", "marker")] {
            let mut outcome = outcome();
            outcome.case(id, differing(field));
            outcome.case("a2", differing("marker"));
            assert!(!outcome.passed(), "{id} {field}");
        }
    }

    #[test]
    fn an_entry_whose_difference_is_gone_fails_unless_its_file_is_not_there() {
        let mut outcome = outcome();
        outcome.case("b1", Vec::new());
        assert!(outcome.passed());
        outcome.case("a1", Vec::new());
        assert!(!outcome.passed());
        assert!(outcome.details(9).contains("stale"), "{}", outcome.details(9));
    }
}
