//! Every way of tampering with a lock file that `docs/lock-files.md` lists: what is said, and on which line.

use std::collections::BTreeMap;

use crate::audit::{Request, audit};
use crate::config::Config;
use crate::knowledge::Knowledge;
use crate::report::Report;
use crate::testing::load;

const PAGE: &str = include_str!("../../../../../docs/lock-files.md");

const UV: &str = r#"version = 1
revision = 3
requires-python = ">=3.12"

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/packages/96/d3/f04c7bfcf5c1862a2a5b845c6b2b360488cf47af55dfa79c98f6a6bf98b5/click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de", size = 336121, upload-time = "2023-08-17T17:29:11.868Z" }
wheels = [
    { url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28", size = 97941, upload-time = "2023-08-17T17:29:10.08Z" },
]

[[package]]
name = "tool"
version = "1.0"
source = { git = "https://git.example.org/tool?rev=v1#0123456789abcdef0123456789abcdef01234567" }
"#;

const POETRY: &str = r#"[[package]]
name = "click"
version = "8.1.7"
description = "Composable command line interface toolkit"
optional = false
python-versions = ">=3.7"
groups = ["main"]
files = [
    {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    {file = "click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"},
]

[metadata]
lock-version = "2.1"
python-versions = ">=3.12"
content-hash = "0f"
"#;

const PDM: &str = r#"[metadata]
groups = ["default"]
lock_version = "4.5.0"

[[package]]
name = "click"
version = "8.1.7"
groups = ["default"]
files = [
    {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    {file = "click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"},
]
"#;

const PIPFILE: &str = r#"{
    "_meta": {
        "pipfile-spec": 6,
        "sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": true}]
    },
    "default": {
        "click": {
            "hashes": [
                "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28",
                "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"
            ],
            "index": "pypi",
            "version": "==8.1.7"
        }
    }
}
"#;

const PYLOCK: &str = r#"lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "click"
version = "8.1.7"
index = "https://pypi.org/simple"
sdist = { url = "https://files.pythonhosted.org/packages/96/d3/f04c7bfcf5c1862a2a5b845c6b2b360488cf47af55dfa79c98f6a6bf98b5/click-8.1.7.tar.gz", upload-time = 2023-08-17T17:29:11Z, size = 336121, hashes = { sha256 = "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de" } }
wheels = [{ url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", upload-time = 2023-08-17T17:29:10Z, size = 97941, hashes = { sha256 = "ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28" } }]
"#;

const SDIST_HASH: &str = "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de";
const WHEEL_HASH: &str = "ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28";
const ZEROES: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const WHEEL_PATH: &str = "00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229";
const OTHER_PATH: &str = "11/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229";

/// What the page calls it, the file, what is replaced by what, and the rules that speak, each with a text of its line.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);

/// The lines of the entries that are edited below, by what stands in them alone.
const ON_WHEEL: &str = "py3-none-any.whl";
const ON_SDIST: &str = ".tar.gz";
const ON_NAME: &str = "click\"";

const CASES: &[Case<'_>] = &[
    (
        "one letter of a file's host",
        "uv.lock",
        &[("files.pythonhosted.org/packages/00", "files.pythonhosted.orq/packages/00")],
        &[("unexpected-file-host", ON_WHEEL)],
    ),
    (
        "another host for a file",
        "uv.lock",
        &[("files.pythonhosted.org/packages/00", "cdn.example.net/packages/00")],
        &[("unexpected-file-host", ON_WHEEL)],
    ),
    (
        "a file over `http:`",
        "uv.lock",
        &[("https://files.pythonhosted.org/packages/00", "http://files.pythonhosted.org/packages/00")],
        &[("insecure-url", ON_WHEEL)],
    ),
    ("a zeroed hash", "uv.lock", &[(WHEEL_HASH, ZEROES)], &[("contradictory-digests", ON_WHEEL)]),
    (
        "a hash cut short",
        "uv.lock",
        &[(WHEEL_HASH, "ae74fb96")],
        &[("contradictory-digests", ON_WHEEL), ("malformed-digest", ON_WHEEL)],
    ),
    ("the URL of another file", "uv.lock", &[(WHEEL_PATH, OTHER_PATH)], &[("contradictory-digests", ON_WHEEL)]),
    (
        "URL and hash of another file",
        "uv.lock",
        &[(WHEEL_PATH, OTHER_PATH), (WHEEL_HASH, ZEROES)],
        &[("changed-file-hash", ON_WHEEL)],
    ),
    (
        "a deleted hash",
        "uv.lock",
        &[(", hash = \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\"", "")],
        &[("removed-hash", ON_WHEEL)],
    ),
    ("a forged size", "uv.lock", &[("97941", "97940")], &[("altered-file-facts", ON_WHEEL)]),
    (
        "a forged upload time",
        "uv.lock",
        &[("2023-08-17T17:29:10.08Z", "2019-08-17T17:29:10.08Z")],
        &[("altered-file-facts", ON_WHEEL)],
    ),
    (
        "a file added to an old release",
        "uv.lock",
        &[(
            "wheels = [\n",
            "wheels = [\n    { url = \"https://files.pythonhosted.org/packages/ff/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-cp312-cp312-win_amd64.whl\", hash = \"sha256:1111fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\", size = 9, upload-time = \"2026-11-17T17:29:10Z\" },\n",
        )],
        &[("impossible-upload-time", "win_amd64.whl")],
    ),
    (
        "the file of another version",
        "uv.lock",
        &[("click-8.1.7-py3", "click-8.1.6-py3")],
        &[("foreign-file", "py3-none-any.whl")],
    ),
    (
        "the file of another project",
        "uv.lock",
        &[("click-8.1.7-py3", "clikc-8.1.7-py3")],
        &[("foreign-file", "py3-none-any.whl")],
    ),
    (
        "no wheels any more",
        "uv.lock",
        &[(
            "    { url = \"https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl\", hash = \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\", size = 97941, upload-time = \"2023-08-17T17:29:10.08Z\" },\n",
            "",
        )],
        &[("lost-wheels", ON_SDIST)],
    ),
    (
        "another index",
        "uv.lock",
        &[("https://pypi.org/simple", "https://pypi.example.net/simple")],
        &[("changed-source", "pypi.example.net")],
    ),
    (
        "another repository",
        "uv.lock",
        &[("git.example.org/tool", "git.example.org/t00l")],
        &[("changed-source", "t00l")],
    ),
    (
        "a branch instead of a commit",
        "uv.lock",
        &[("#0123456789abcdef0123456789abcdef01234567", "#main")],
        &[("mutable-vcs-reference", "#main")],
    ),
    (
        "a file that cannot be read",
        "uv.lock",
        &[("revision = 3", "revision = = 3")],
        &[("unreadable-lock", "revision")],
    ),
    (
        "emptied `files`",
        "poetry.lock",
        &[(
            "files = [\n    {file = \"click-8.1.7-py3-none-any.whl\", hash = \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\"},\n    {file = \"click-8.1.7.tar.gz\", hash = \"sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de\"},\n]",
            "files = []",
        )],
        &[("removed-hash", ON_NAME)],
    ),
    ("a corrupted hash of the wheel", "poetry.lock", &[(WHEEL_HASH, ZEROES)], &[("changed-file-hash", ON_WHEEL)]),
    (
        "the wheel taken out of `files`",
        "poetry.lock",
        &[(
            "    {file = \"click-8.1.7-py3-none-any.whl\", hash = \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\"},\n",
            "",
        )],
        &[("lost-wheels", ON_SDIST)],
    ),
    (
        "the hash of a file deleted",
        "poetry.lock",
        &[(", hash = \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\"", "")],
        &[("removed-hash", ON_WHEEL)],
    ),
    (
        "a repository in place of the index",
        "poetry.lock",
        &[(
            "\n[metadata]",
            "\n[package.source]\ntype = \"git\"\nurl = \"https://git.example.net/click\"\nreference = \"main\"\nresolved_reference = \"main\"\n\n[metadata]",
        )],
        &[("mutable-vcs-reference", "resolved_reference")],
    ),
    ("an exchanged hash", "pdm.lock", &[(SDIST_HASH, ZEROES)], &[("changed-file-hash", ON_SDIST)]),
    (
        "a file by another address",
        "pdm.lock",
        &[("{file = \"click-8.1.7.tar.gz\"", "{url = \"https://files.pythonh0sted.org/click-8.1.7.tar.gz\"")],
        &[("unexpected-file-host", ON_SDIST)],
    ),
    (
        "all hashes exchanged",
        "Pipfile.lock",
        &[(SDIST_HASH, ZEROES), (WHEEL_HASH, "1111fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28")],
        &[("disjoint-hashes", ON_NAME)],
    ),
    ("one hash exchanged", "Pipfile.lock", &[(WHEEL_HASH, ZEROES)], &[("changed-hash", ZEROES)]),
    (
        "all hashes deleted",
        "Pipfile.lock",
        &[(
            "\n                \"sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\",\n                \"sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de\"\n            ",
            "",
        )],
        &[("removed-hash", ON_NAME)],
    ),
    (
        "an index of another name",
        "Pipfile.lock",
        &[("https://pypi.org/simple", "https://pypi.example.net/simple")],
        &[("changed-source", "pypi.example.net")],
    ),
    ("a zeroed hash of a wheel", "pylock.toml", &[(WHEEL_HASH, ZEROES)], &[("contradictory-digests", ON_WHEEL)]),
    (
        "an emptied table of hashes",
        "pylock.toml",
        &[("{ sha256 = \"ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28\" }", "{}")],
        &[("removed-hash", ON_WHEEL), ("unreadable-lock", ON_WHEEL)],
    ),
    (
        "a forged time of upload",
        "pylock.toml",
        &[("2023-08-17T17:29:10Z", "2019-08-17T17:29:10Z")],
        &[("altered-file-facts", ON_WHEEL)],
    ),
    (
        "another host for a wheel",
        "pylock.toml",
        &[("files.pythonhosted.org/packages/00", "files.example.net/packages/00")],
        &[("unexpected-file-host", ON_WHEEL)],
    ),
];

fn honest(path: &str) -> &'static str {
    match path {
        "uv.lock" => UV,
        "poetry.lock" => POETRY,
        "pdm.lock" => PDM,
        "Pipfile.lock" => PIPFILE,
        _ => PYLOCK,
    }
}

fn report(path: &str, base: &str, head: &str) -> Report {
    let side = |text| load(&BTreeMap::from([(path, text)]));
    audit(&Request {
        head: &side(head),
        base: Some(&side(base)),
        config: &Config::default(),
        head_config: None,
        knowledge: &Knowledge::default(),
        workflows: &[],
        as_of: None,
    })
}

#[test]
fn every_tampering_is_told_on_its_line() {
    for (name, path, edits, expected) in CASES {
        let mut text = honest(path).to_owned();
        for (from, to) in *edits {
            assert!(text.contains(from), "{path}, {name}: there is nothing to replace");
            text = text.replace(from, to);
        }
        let report = report(path, honest(path), &text);
        let found: Vec<(&str, &str)> = report
            .findings
            .iter()
            .map(|finding| {
                let file = report.file(finding.primary.file);
                (finding.rule.id, file.slice(file.line_span(file.line_of(finding.primary.span.start))))
            })
            .collect();
        let matches = found.len() == expected.len()
            && expected.iter().all(|(rule, on)| found.iter().any(|(found, line)| found == rule && line.contains(on)));
        assert!(matches, "{path}, {name}: {found:#?}");
    }
}

#[test]
fn an_honest_lock_file_is_quiet_and_so_is_no_change() {
    for path in ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"] {
        for base in ["", honest(path)] {
            let base = if base.is_empty() && path == "Pipfile.lock" { "{}" } else { base };
            let findings = report(path, base, honest(path)).findings;
            let loud: Vec<_> = findings.iter().map(|f| f.rule.id).filter(|id| *id != "new-dependency").collect();
            assert_eq!(loud, [""; 0], "{path}");
        }
    }
}

/// The page has one row for each: file, what is done, what the tool does, what pychain says.
#[test]
fn the_page_lists_what_is_tested_and_nothing_else() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `") && line.contains(".md)"));
    let listed: Vec<String> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            format!("{} {}: {}", cells[0], cells[1], cells[3])
        })
        .collect();
    let link = |(rule, _): &(&str, &str)| format!("[`{rule}`](rules/{rule}.md)");
    let tested: Vec<String> = CASES
        .iter()
        .map(|(name, path, _, rules)| {
            format!("`{path}` {name}: {}", rules.iter().map(link).collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(listed, tested);
}
