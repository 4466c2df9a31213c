//! Lock files in a pull request: an edit that no tool makes is told at its line, and what a tool did is one table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use insta::assert_snapshot;
use pychain_github_double::{Scenario, files};

use crate::stage::Stage;

/// Lock files that the tools themselves wrote.
static HISTORIES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let archive = include_bytes!("../../../conformance/honest/histories.tar.xz");
    pychain_corpus::unpack(archive.as_slice()).expect("the histories")
});

/// A rule and a text that only the line has which it is to speak of.
type Told = (&'static str, &'static str);

const UV: &[Told] =
    &[("unexpected-file-host", "beautifulsoup4-4.14.2-py3"), ("removed-hash", "html5lib-1.1-py2.py3-none-any.whl")];

/// What a tool did, and behind it two edits of entries that it left alone.
fn tampered_uv_lock() -> (String, String) {
    let edits = [
        ("https://files.pythonhosted.org/packages/94/fe/", "https://files.pythonhosted.orq/packages/94/fe/"),
        (", hash = \"sha256:0d78f8fde1c230e99fe37986a60526d7049ed4bf8a9fadbad5f00e22e58e041d\"", ""),
    ];
    (history("uv/scraper/2-later/uv.lock"), edited(&history("uv/scraper/3-add/uv.lock"), &edits))
}

#[test]
fn a_tampered_uv_lock_is_commented_at_its_lines() {
    let (base, head) = tampered_uv_lock();
    let mut stage = stage("uv.lock", &base, &head);
    let run = stage.run("a new dependency, and more", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_told_at_lines(&stage, "uv.lock", &head, UV);
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_tampered_poetry_lock_is_commented_at_its_lines() {
    let base = history("poetry/scraper/2-later/poetry.lock");
    let edits = [
        (", hash = \"sha256:0cc76456a30e20f5d7f2e14a98a4ae2ee4e5abdc7c5ea0aafe795f344bc7984c\"", ""),
        // Poetry builds the source distribution then.
        ("0d78f8fde1c230e99fe37986a60526d7049ed4bf8a9fadbad5f00e22e58e041d", &"0".repeat(64)),
    ];
    let head = edited(&history("poetry/scraper/3-add/poetry.lock"), &edits);
    let mut stage = stage("poetry.lock", &base, &head);
    let run = stage.run("a new dependency, and more", "pull_request", "opened");
    assert!(!run.success, "{run}");
    let told = [
        ("removed-hash", "soupsieve-2.8-py3-none-any.whl"),
        ("changed-file-hash", "html5lib-1.1-py2.py3-none-any.whl"),
    ];
    assert_told_at_lines(&stage, "poetry.lock", &head, &told);
    assert_snapshot!(stage.transcript());
}

#[test]
fn what_a_withheld_lock_file_hides_is_linked_from_the_summary() {
    let (base, head) = tampered_uv_lock();
    let mut scenario = Scenario::new(files([("uv.lock", &base)]), files([("uv.lock", &head)]));
    scenario.limits.diff.file_lines = 5;
    let mut stage = Stage::new(scenario);
    let run = stage.run("the same without a patch", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_eq!(stage.github.comments().len(), 0);
    let page = stage.github.view();
    for (rule, on) in UV {
        let link = format!("/blob/<head>/uv.lock#L{})", line(&head, on));
        assert!(page.lines().any(|row| row.contains(rule) && row.contains(&link)), "{rule} {link}\n{page}");
    }
    assert_snapshot!(stage.transcript());
}

#[test]
fn an_honest_upgrade_is_one_table_and_nothing_else() {
    for (path, base, head) in [
        ("uv.lock", "uv/scraper/1-old/uv.lock", "uv/scraper/2-later/uv.lock"),
        ("poetry.lock", "poetry/scraper/1-old/poetry.lock", "poetry/scraper/2-later/poetry.lock"),
    ] {
        let mut stage = stage(path, &history(base), &history(head));
        let run = stage.run("an upgrade", "pull_request", "opened");
        assert!(run.success, "{run}");
        let counted = ["high", "medium", "low"].map(|severity| run.outputs.get(severity).map(String::as_str));
        assert_eq!(counted, [Some("0"); 3], "{run}");
        assert_eq!(stage.github.comments().len(), 0);
        let page = stage.github.view();
        assert_eq!(page.matches("\n> |---").count(), 1, "{page}");
        // All five are there, and nothing is said of one of them outside the table.
        for project in ["beautifulsoup4", "lxml", "six", "soupsieve", "typing-extensions"] {
            let rows: Vec<&str> = page.lines().filter(|row| row.contains(&format!("[`{project}`]"))).collect();
            assert!(matches!(rows.as_slice(), [row] if row.starts_with("> | ")), "{project}: {rows:?}");
        }
        assert_snapshot!(format!("an_honest_upgrade_of_{path}"), stage.transcript());
    }
}

fn stage(path: &str, base: &str, head: &str) -> Stage {
    Stage::new(Scenario::new(files([(path, base)]), files([(path, head)])))
}

fn history(path: &str) -> String {
    String::from_utf8(HISTORIES.get(path).unwrap_or_else(|| panic!("no {path}")).clone()).expect("text")
}

fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

/// The number of the one line that holds `on`.
fn line(text: &str, on: &str) -> usize {
    let lines: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.contains(on)).map(|(at, _)| at + 1).collect();
    assert_eq!(lines.len(), 1, "{on}: {lines:?}");
    lines[0]
}

/// The threads are those expected, each at its line, and no more.
#[track_caller]
fn assert_told_at_lines(stage: &Stage, path: &str, head: &str, told: &[Told]) {
    let page = stage.github.view();
    for (rule, on) in told {
        let heading = format!("\n## {path}, line {}\n", line(head, on));
        let thread = page.split_once(&heading).unwrap_or_else(|| panic!("no {heading} in {page}")).1;
        let thread = thread.split("\n## ").next().unwrap_or_default();
        assert!(thread.contains(rule), "{rule} is not what is said: {thread}");
    }
    assert_eq!(stage.github.comments().len(), told.len(), "{page}");
}
