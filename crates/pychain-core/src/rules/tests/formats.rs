//! Which rules speak of which files: the table of `docs/rules/README.md`, made of examples that are run.

use std::sync::LazyLock;

use super::{MANUALS, RULES, fixture};
use crate::format::detect;
use crate::manual::ExampleKind;
use crate::model::{LockFormat, ManifestFormat, Role};
use crate::order::{Map, Set};
use crate::report::Report;
use crate::testing::Fixture;

/// Examples beside those of the manuals, with a line of `=` between them.
const SAMPLES: &str = include_str!("formats.txt");
/// By which these are judged.
const CONFIG: &str = "==> pychain.toml <==\npolicy = \"strict\"\nexpected-indexes = [\"https://pypi.org/simple\"]\nprivate-prefixes = [\"our-\"]\n";
const TABLE: &str = include_str!("snapshots/pychain_core__rules__tests__formats__the_table_is_what_examples_show.snap");

type Table = Map<&'static str, Set<&'static str>>;

/// The kinds of files, in the order of the table.
const KINDS: [&str; 14] = [
    "requirements",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
    "script",
    "environment.yml",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
    "commands",
    "settings",
];

/// What the table calls the file at a path; none for a file that is no dependency file.
fn kind(path: &str) -> Option<&'static str> {
    Some(match detect::named_role(path) {
        Role::Requirements | Role::Constraints if path.ends_with(".toml") => return None,
        Role::Requirements | Role::Constraints => "requirements",
        Role::Command => "commands",
        Role::Settings => "settings",
        Role::Lock => match LockFormat::of_path(path)? {
            LockFormat::Uv => "uv.lock",
            LockFormat::Poetry => "poetry.lock",
            LockFormat::Pdm => "pdm.lock",
            LockFormat::Pipfile => "Pipfile.lock",
            LockFormat::Pylock => "pylock.toml",
        },
        Role::Manifest => match ManifestFormat::of_path(path)? {
            ManifestFormat::Pyproject => "pyproject.toml",
            ManifestFormat::HatchToml => return None,
            ManifestFormat::Pipfile => "Pipfile",
            ManifestFormat::SetupCfg => "setup.cfg",
            ManifestFormat::SetupPy => "setup.py",
            ManifestFormat::Script => "script",
            ManifestFormat::Environment => "environment.yml",
        },
    })
}

fn add(table: &mut Table, report: &Report) {
    for finding in &report.findings {
        if let Some(kind) = kind(report.file(finding.primary.file).path()) {
            table.entry(finding.rule.id).or_default().insert(kind);
        }
    }
}

/// A finding of any test has to be in the table.
#[track_caller]
pub(crate) fn assert_known(rule: &str, path: &str) {
    static KNOWN: LazyLock<Map<&str, Set<&str>>> = LazyLock::new(|| {
        let rows = TABLE.lines().filter_map(|line| line.split_once(": "));
        rows.map(|(rule, kinds)| (rule, kinds.split(", ").collect())).collect()
    });
    let Some(kind) = kind(path) else { return };
    assert!(
        KNOWN.get(rule).is_some_and(|kinds| kinds.contains(kind)),
        "the table does not know that `{rule}` speaks of `{kind}`: add an example to `formats.txt` and make it anew, as \
         `docs/contributing.md` tells"
    );
}

#[test]
fn the_table_is_what_examples_show() {
    let report = |fixture: &str| Fixture::parse(fixture).unchecked_report();
    let mut table = Table::new();
    for rule in RULES {
        for example in MANUALS.examples(rule).filter(|example| example.kind == ExampleKind::Bad) {
            add(&mut table, &report(&fixture(&example.files)));
        }
    }
    for sample in SAMPLES.split("=====\n") {
        add(&mut table, &report(&format!("{CONFIG}{sample}")));
    }
    for report in super::tampering::reports() {
        add(&mut table, &report);
    }
    let rows = RULES.iter().map(|rule| {
        let has = |kind: &&str| table.get(rule.id).is_some_and(|kinds| kinds.contains(kind));
        let kinds: Vec<&str> = KINDS.into_iter().filter(has).collect();
        format!("{}: {}", rule.id, kinds.join(", "))
    });
    let kinds = format!("kinds: {}", KINDS.join(", "));
    insta::assert_snapshot!(std::iter::once(kinds).chain(rows).collect::<Vec<_>>().join("\n"));
}
