//! Every way of tampering with a lock file that `docs/lock-files.md` lists: what is said, and on which line.

use toml::de::{DeTable, DeValue};

use crate::audit::{Request, audit};
use crate::config::Config;
use crate::knowledge::Knowledge;
use crate::order::Map;
use crate::report::Report;
use crate::testing::load;

const PAGE: &str = include_str!("../../../../../docs/lock-files.md");
const CASES: &str = include_str!("tampering.toml");
/// The manifest that the tools were asked about.
const PROJECT: &str = include_str!("../../../../../tools/conformance/tampering/project.toml");
/// What the tools did, recorded by `tools/conformance/tampering/measure.py`.
const ANSWERS: &str = include_str!("../../../../../tools/conformance/tampering/answers.json");

const UV: &str = r#"version = 1
revision = 3
requires-python = ">=3.12"

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "tool" },
]
sdist = { url = "https://files.pythonhosted.org/packages/96/d3/f04c7bfcf5c1862a2a5b845c6b2b360488cf47af55dfa79c98f6a6bf98b5/click-8.1.7.tar.gz", hash = "sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de", size = 336121, upload-time = "2023-08-17T17:29:11.868Z" }
wheels = [
    { url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28", size = 97941, upload-time = "2023-08-17T17:29:10.08Z" },
]

[[package]]
name = "example"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "click" },
]

[package.metadata]
requires-dist = [{ name = "click", specifier = "==8.1.7" }]

[[package]]
name = "tool"
version = "1.0"
source = { git = "https://git.example.org/tool?rev=v1.0#0123456789abcdef0123456789abcdef01234567" }
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
content-hash = "ef9eba1f46dc1987724b0b02ac19047d8c50038b27c88a984cd3246324e78412"
"#;

const PDM: &str = r#"[metadata]
groups = ["default"]
lock_version = "4.5.1"
content_hash = "sha256:8ede6b7de87ac5dfa40c26b806dd94104496ba2955cddd8be2c4ff8acaf4c5dc"

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
        "hash": {
            "sha256": "6f35c1e8fd5e22c80abe1e708f9bfd0d43bfdd7a4c7c65fee81bef9ed0769a11"
        },
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

const REQUIREMENTS: &str = "click==8.1.7 \\
    --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28 \\
    --hash=sha256:ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de
";

/// One way of tampering.
struct Case {
    /// What the page calls it.
    name: String,
    file: String,
    /// What is replaced by what.
    edits: Vec<(String, String)>,
    /// The rules that speak, each with a text of its line.
    rules: Vec<(String, String)>,
}

impl Case {
    fn report(&self) -> Report {
        let path = self.file.as_str();
        let mut text = honest(path).to_owned();
        for (from, to) in &self.edits {
            assert!(text.contains(from), "{path}, {}: there is nothing to replace", self.name);
            text = text.replace(from, to);
        }
        report(path, honest(path), &text)
    }
}

/// What is said of every way of tampering.
pub(super) fn reports() -> Vec<Report> {
    cases().iter().map(Case::report).collect()
}

fn cases() -> Vec<Case> {
    let (document, errors) = DeTable::parse_recoverable(CASES);
    assert!(errors.is_empty(), "{errors:?}");
    let top = document.get_ref();
    let text = |value: &DeValue<'_>| value.as_str().expect("a text").to_owned();
    let pairs = |table: &DeTable<'_>, key: &str| -> Vec<(String, String)> {
        let pairs = table[key].get_ref().as_array().expect("an array").iter();
        let pairs = pairs.map(|pair| pair.get_ref().as_array().expect("a pair"));
        pairs.map(|pair| (text(pair[0].get_ref()), text(pair[1].get_ref()))).collect()
    };
    let cases = top["case"].get_ref().as_array().expect("cases").iter();
    cases
        .map(|case| case.get_ref().as_table().expect("a table"))
        .map(|case| Case {
            name: text(case["name"].get_ref()),
            file: text(case["file"].get_ref()),
            edits: pairs(case, "edits"),
            rules: pairs(case, "rules"),
        })
        .collect()
}

fn honest(path: &str) -> &'static str {
    match path {
        "uv.lock" => UV,
        "poetry.lock" => POETRY,
        "pdm.lock" => PDM,
        "Pipfile.lock" => PIPFILE,
        "pylock.toml" => PYLOCK,
        _ => REQUIREMENTS,
    }
}

fn report(path: &str, base: &str, head: &str) -> Report {
    let side = |text| {
        let mut files = Map::from([(path, text)]);
        if matches!(path, "uv.lock" | "poetry.lock" | "pdm.lock") {
            files.insert("pyproject.toml", PROJECT);
        }
        load(&files)
    };
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
    for case in cases() {
        let report = case.report();
        let Case { name, file: path, rules: expected, .. } = case;
        let found: Vec<(&str, &str)> = report
            .findings
            .iter()
            .map(|finding| {
                let file = report.file(finding.primary.file);
                (finding.rule.id, file.slice(file.line_span(file.line_of(finding.primary.span.start))))
            })
            .collect();
        let matches = found.len() == expected.len()
            && expected
                .iter()
                .all(|(rule, on)| found.iter().any(|(found, line)| found == rule && line.contains(on.as_str())));
        assert!(matches, "{path}, {name}: {found:#?}");
    }
}

#[test]
fn an_honest_lock_file_is_quiet_and_so_is_no_change() {
    for path in ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.txt"] {
        for base in ["", honest(path)] {
            let base = if base.is_empty() && path == "Pipfile.lock" { "{}" } else { base };
            let findings = report(path, base, honest(path)).findings;
            let loud: Vec<_> = findings.iter().map(|f| f.rule.id).filter(|id| *id != "new-dependency").collect();
            assert_eq!(loud, [""; 0], "{path}");
        }
    }
}

/// The page has one row for each: file, what is done, what the tool was recorded to do, what pychain says.
#[test]
fn the_page_lists_what_is_tested_and_what_was_measured_and_nothing_else() {
    let answers: serde_json::Value = serde_json::from_str(ANSWERS).expect("JSON");
    let rows = PAGE.lines().filter(|line| line.starts_with("| `") && line.contains(".md)"));
    let listed: Vec<&str> = rows.collect();
    let link = |(rule, _): &(String, String)| format!("[`{rule}`](rules/{rule}.md)");
    let tested: Vec<String> = cases()
        .iter()
        .map(|Case { name, file, rules, .. }| {
            let answer = answers["answers"].get(format!("{file}: {name}")).unwrap_or_else(|| panic!("{file}: {name}"));
            let answer = answer["words"].as_str().expect("words");
            format!("| `{file}` | {name} | {answer} | {} |", rules.iter().map(link).collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(listed, tested, "as it should be:\n{}", tested.join("\n"));
    for (tool, version) in answers["tools"].as_object().expect("tools") {
        let named = format!("{tool} {}", version.as_str().expect("a version"));
        assert!(PAGE.contains(&named), "the page does not name {named}");
    }
}
