//! Histories of lock files that were made with the tools themselves: no change in them is called tampering, and what came,
//! went, rose and fell is exactly what `honest/make.py` found by its own means.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use pychain_core::audit::{Request, audit};
use pychain_core::config::{Config, Policy};
use pychain_core::diff::Kind;
use pychain_core::finding::Subject;
use pychain_core::knowledge::Knowledge;
use pychain_core::model::LockFormat;
use pychain_core::name::normalize;
use pychain_core::report::Report;
use pychain_core::tree::{Loader, Project, Role};
use serde::Deserialize;

use crate::honest;
use crate::outcome::Difference;

/// What `honest/make.py pack` wrote.
const ARCHIVE: &[u8] = include_bytes!("../honest/histories.tar.xz");

/// Beside the verifier: what no tool does by itself to a project whose index stays.
const NEVER: [&str; 6] =
    ["changed-index", "changed-source", "insecure-url", "malformed-digest", "mutable-vcs-reference", "unreadable-lock"];

/// One honest change, with what it does by an independent reading.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    base: String,
    head: String,
    new: BTreeSet<String>,
    removed: BTreeSet<String>,
    upgraded: BTreeSet<String>,
    downgraded: BTreeSet<String>,
    /// Projects that are locked in several versions on a side, and differ.
    several: BTreeSet<String>,
}

/// All histories.
pub(crate) struct Histories {
    files: BTreeMap<String, Vec<u8>>,
    /// The changes in them.
    pub(crate) changes: Vec<Change>,
}

impl Histories {
    /// Unpacks what the program carries.
    pub(crate) fn open() -> Result<Self> {
        let mut files = pychain_corpus::unpack(ARCHIVE).context("unpacking the histories")?;
        let changes = files.remove("changes.jsonl").context("the histories lack `changes.jsonl`")?;
        let changes = serde_json::Deserializer::from_slice(&changes).into_iter().collect::<Result<_, _>>();
        Ok(Self { files, changes: changes.context("changes.jsonl")? })
    }

    /// What pychain says of a change and should not, or should and does not.
    pub(crate) fn compare(&self, change: &Change) -> Vec<Difference> {
        let side = |path: &str| load(file_name(path), self.files.get(path).map(Vec::as_slice).unwrap_or_default());
        let (base, head) = (side(&change.base), side(&change.head));
        let config = Config { policy: Policy::Strict, ..Config::default() };
        let report = audit(&Request {
            head: &head,
            base: Some(&base),
            config: &config,
            head_config: None,
            knowledge: &Knowledge::default(),
            workflows: &[],
            as_of: None,
        });
        let mut differences = honest::said_by(&report, &NEVER);
        differences.extend(honest::said(&report));
        differences.extend(change.differences(&report));
        differences
    }
}

impl Change {
    /// The change by its name: tool, project and steps.
    pub(crate) fn id(&self) -> String {
        let step = self.head.split('/').nth(2).unwrap_or_default();
        let start = self.base.rsplit_once('/').map_or("", |(start, _)| start);
        format!("history {start}..{step}")
    }

    /// The name of the file that changes.
    pub(crate) fn file_name(&self) -> &'static str {
        file_name(&self.head)
    }

    fn differences(&self, report: &Report) -> Vec<Difference> {
        let rows = |wanted: &[Kind]| -> BTreeSet<String> {
            let rows = report.changes.iter().filter(|row| row.kinds.iter().any(|kind| wanted.contains(kind)));
            rows.map(|row| normalize(&row.name)).filter(|name| !self.several.contains(name)).collect()
        };
        let findings = |rule: &str| -> BTreeSet<String> {
            let subjects = report.findings.iter().filter(|finding| finding.rule.id == rule).map(|it| &it.subject);
            let names = subjects.filter_map(|subject| match subject {
                Subject::Project(name) => Some(name.clone()),
                _ => None,
            });
            names.filter(|name| !self.several.contains(name)).collect()
        };
        let moved = [Kind::Upgraded, Kind::Downgraded, Kind::Changed];
        let several: BTreeSet<String> = report
            .changes
            .iter()
            .filter(|row| row.kinds.iter().any(|kind| moved.contains(kind)))
            .map(|row| normalize(&row.name))
            .filter(|name| self.several.contains(name))
            .collect();
        let none = BTreeSet::new();
        let said = [
            ("added", rows(&[Kind::Added]), &self.new),
            ("removed", rows(&[Kind::Removed]), &self.removed),
            ("upgraded", rows(&[Kind::Upgraded]), &self.upgraded),
            ("downgraded", rows(&[Kind::Downgraded]), &self.downgraded),
            ("changed", rows(&[Kind::Changed, Kind::Resourced]), &none),
            ("several", several, &self.several),
            ("new-dependency", findings("new-dependency"), &self.new),
            ("removed-dependency", findings("removed-dependency"), &self.removed),
            ("downgrade", findings("downgrade"), &self.downgraded),
        ];
        let differing = said.into_iter().filter(|(_, ours, theirs)| ours != *theirs);
        differing
            .map(|(field, ours, theirs)| Difference {
                field: field.to_owned(),
                place: String::new(),
                ours: format!("{:?}", ours.difference(theirs).collect::<Vec<_>>()),
                theirs: format!("{:?}", theirs.difference(&ours).collect::<Vec<_>>()),
            })
            .collect()
    }
}

fn file_name(path: &str) -> &'static str {
    match path.rsplit('/').next().unwrap_or(path) {
        "uv.lock" => "uv.lock",
        "poetry.lock" => "poetry.lock",
        "pdm.lock" => "pdm.lock",
        "Pipfile.lock" => "Pipfile.lock",
        "pylock.toml" => "pylock.toml",
        _ => "requirements.txt",
    }
}

fn load(name: &str, bytes: &[u8]) -> Project {
    let mut loader = Loader::new();
    let role = if LockFormat::of_path(name).is_some() { Role::Lock } else { Role::Requirements };
    loader.root(name, bytes, role);
    loader.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Also, that the comparison can fail: each change backwards, and with one hash exchanged, is told.
    #[test]
    fn honest_histories_are_quiet_and_forged_ones_are_not() {
        let mut histories = Histories::open().expect("histories");
        assert!(histories.changes.len() >= 200, "{}", histories.changes.len());
        let formats: BTreeSet<&str> = histories.changes.iter().map(Change::file_name).collect();
        assert_eq!(formats.len(), 6, "{formats:?}");
        let mut told = Vec::new();
        for change in &histories.changes {
            for difference in histories.compare(change) {
                told.push(format!("{}: {difference:?}", change.id()));
            }
        }
        assert_eq!(told, [""; 0]);

        let changes = std::mem::take(&mut histories.changes);
        for format in formats {
            let rises = |change: &&Change| change.file_name() == format && !change.upgraded.is_empty();
            let change = changes.iter().find(rises).expect("an upgrade");
            let Change { base, head, .. } = change;
            let swapped = Change { base: head.clone(), head: base.clone(), ..expected(change) };
            assert!(!histories.compare(&swapped).is_empty(), "{format} backwards");
            let text = String::from_utf8(histories.files[base].clone()).expect("text");
            let forged = forge(&text, format);
            let same = Change { head: format!("forged/{format}"), ..expected(change) };
            histories.files.insert(same.head.clone(), forged.into_bytes());
            let fields: Vec<String> = histories.compare(&same).into_iter().map(|difference| difference.field).collect();
            assert!(
                fields.iter().any(|field| field.contains("hash") || field.contains("digests")),
                "{format}: {fields:?}"
            );
        }
    }

    fn expected(change: &Change) -> Change {
        let none = BTreeSet::new;
        Change {
            base: change.base.clone(),
            head: change.head.clone(),
            new: none(),
            removed: none(),
            upgraded: none(),
            downgraded: none(),
            several: none(),
        }
    }

    /// Another last digit in the last SHA-256 of the file: the first may be that of the manifest.
    fn forge(text: &str, format: &str) -> String {
        let start = if format == "pylock.toml" { "sha256 = \"" } else { "sha256:" };
        let at = text.rfind(start).expect("a hash") + start.len() + 63;
        let digit = if &text[at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &text[..at], &text[at + 1..])
    }
}
