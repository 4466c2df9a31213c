//! Audits versions of one lock file against each other: nobody tampered with them, so nothing may say so.

use std::collections::BTreeMap;

use pychain_core::audit::{Request, audit};
use pychain_core::config::Config;
use pychain_core::knowledge::Knowledge;
use pychain_core::report::Report;
use pychain_core::requirement::typed;
use pychain_core::tree::{Loader, Locked, Project, Role};
use pychain_corpus::LockItem;
use serde_json::{Value, json};

use crate::outcome::Difference;

/// The rules that call an edit of a lock file illegitimate.
const VERIFIER: [&str; 11] = [
    "altered-file-facts",
    "changed-file-hash",
    "changed-hash",
    "contradictory-digests",
    "disjoint-hashes",
    "foreign-file",
    "impossible-upload-time",
    "lost-wheels",
    "removed-hash",
    "unexpected-file-host",
    "unreachable-package",
];

/// Two versions of one file.
pub(crate) struct Pair<'a> {
    /// The file and both commits.
    pub(crate) id: String,
    pub(crate) one: &'a LockItem,
    pub(crate) other: &'a LockItem,
}

/// Every two versions of one file that its tool accepts.
pub(crate) fn pairs(locks: &[LockItem]) -> Vec<Pair<'_>> {
    let mut families: BTreeMap<String, Vec<&LockItem>> = BTreeMap::new();
    for item in locks.iter().filter(|item| item.oracle["error"].is_null()) {
        families.entry(item.family()).or_default().push(item);
    }
    let mut pairs = Vec::new();
    for (family, items) in families {
        for (at, one) in items.iter().enumerate() {
            for other in items.iter().skip(at + 1) {
                pairs.push(Pair { id: format!("pair {family} {}..{}", one.commit(), other.commit()), one, other });
            }
        }
    }
    pairs
}

/// What the verifier says of the change from the older to the newer version, where it is known which is which,
/// and otherwise of both directions.
pub(crate) fn compare(pair: &Pair<'_>) -> Vec<Difference> {
    let (one, other) = (load(pair.one), load(pair.other));
    let (raised, lowered) = (raised(&one, &other), raised(&other, &one));
    let mut differences = Vec::new();
    if raised >= lowered {
        differences.extend(said(&report(&one, &other)));
    }
    if raised <= lowered {
        differences.extend(said(&report(&other, &one)));
    }
    differences
}

/// How many projects have a higher version in `after`: a corpus tells the commits, not their order.
fn raised(before: &Project, after: &Project) -> usize {
    let versions = |project: &Project| -> BTreeMap<String, typed::Version> {
        let of = |locked: Locked<'_>| {
            Some((locked.package.name.normalized().to_owned(), typed::version(locked.package.version())?))
        };
        project.locked().filter_map(of).collect()
    };
    let before = versions(before);
    versions(after).iter().filter(|(name, version)| before.get(*name).is_some_and(|old| old < version)).count()
}

fn load(item: &LockItem) -> Project {
    let mut loader = Loader::new();
    loader.root(item.file_name(), item.bytes.as_slice(), Role::Lock);
    loader.finish()
}

fn report(base: &Project, head: &Project) -> Report {
    audit(&Request {
        head,
        base: Some(base),
        config: &Config::default(),
        head_config: None,
        knowledge: &Knowledge::default(),
        workflows: &[],
        as_of: None,
    })
}

/// What the verifier says, each as a difference from silence.
pub(crate) fn said(report: &Report) -> Vec<Difference> {
    said_by(report, &VERIFIER)
}

/// What some rules say, each as a difference from silence.
pub(crate) fn said_by(report: &Report, rules: &[&str]) -> Vec<Difference> {
    let findings = report.findings.iter().filter(|finding| rules.contains(&finding.rule.id));
    findings
        .map(|finding| {
            let line = report.file(finding.primary.file).line_of(finding.primary.span.start);
            let evidence: BTreeMap<&str, &str> =
                finding.evidence.iter().map(|evidence| (evidence.label, evidence.value.as_str())).collect();
            Difference {
                field: finding.rule.id.to_owned(),
                place: format!("line {line}"),
                ours: json!([finding.message, evidence]).to_string(),
                theirs: Value::from("an honest change").to_string(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use pychain_core::model::LockFormat;

    use super::*;

    fn item(commit: &str, version: &str, hash: &str) -> LockItem {
        let text = format!(
            "[[package]]\nname = \"a\"\nversion = \"{version}\"\nfiles = [{{file = \"a-{version}.zip\", hash = \"sha256:{hash}\"}}]\n"
        );
        LockItem {
            id: format!("pdm/o__r/{commit}/pdm.lock"),
            format: LockFormat::Pdm,
            bytes: text.into_bytes(),
            oracle: json!({"error": null}),
        }
    }

    #[test]
    fn versions_of_one_file_make_pairs_and_a_forged_one_is_told() {
        let locks = [item("01", "1", "aa"), item("02", "2", "bb"), item("03", "2", "cc")];
        let pairs = pairs(&locks);
        let told: Vec<usize> = pairs.iter().map(|pair| compare(pair).len()).collect();
        assert_eq!(told, [0, 0, 2], "an upgrade is honest; another hash of one file is not, in both directions");
    }
}
