//! What a run takes from its environment and leaves for later steps.

use std::collections::BTreeMap;
use std::fs;

use pychain_github_double::{Journal as _, Scenario, files, runner};

use super::{BASE, HEAD, job, job_of};

/// The step's outputs, read as the runner reads them.
pub(super) fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").expect("a name and a delimiter");
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        found.insert(name.to_owned(), value.join("\n"));
    }
    found
}

#[test]
fn later_steps_get_counts_names_and_paths() {
    let job = job(BASE, HEAD);
    let report = job.sandbox.outside("out/report.json").display().to_string();
    let sarif = job.sandbox.outside("out/pychain.sarif").display().to_string();
    job.run_with(&["--report-file", &report, "--sarif-file", &sarif]).exits(1);
    let first = job.left("output");
    let got = outputs(&first);
    let want = [
        ("commented", "true"),
        ("findings", "2"),
        ("high", "0"),
        ("info", "1"),
        ("low", "1"),
        ("medium", "0"),
        ("new-dependencies", r#"["flask"]"#),
        ("report", &report),
        ("sarif", &sarif),
    ];
    assert_eq!(got, want.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert!(fs::read_to_string(&report).unwrap().contains("unpinned-requirement"));
    assert!(fs::read_to_string(&sarif).unwrap().contains("\"version\": \"2.1.0\""));
    job.run().exits(1);
    assert_ne!(job.left("output").lines().next(), first.lines().next(), "nobody can foresee the delimiter");
}

#[test]
fn annotations_are_at_the_lines_and_the_page_has_all() {
    let job = job(BASE, HEAD);
    let ran = job.run().exits(1);
    let annotations = runner::annotations(&ran.stdout);
    let kinds: Vec<_> = annotations.iter().map(|it| (it.kind.as_str(), it.properties["line"].as_str())).collect();
    assert_eq!(kinds, [("notice", "2"), ("notice", "2")]);
    assert!(job.left("summary.md").starts_with("## pychain: 2 findings introduced by this change"));
}

#[test]
fn the_environment_asks_in_the_words_of_the_options() {
    let mut job = job(BASE, HEAD);
    job.sandbox.set("PYCHAIN_COMMENT", "none");
    job.sandbox.set("PYCHAIN_FAIL_ON", "never");
    for empty in ["PYCHAIN_POLICY", "PYCHAIN_CONFIG", "PYCHAIN_PATHS", "PYCHAIN_SARIF_FILE", "PYCHAIN_INSTALLER"] {
        job.sandbox.set(empty, "");
    }
    job.run().exits(0);
    assert!(job.log().writes().is_empty());
    job.run_with(&["--comment", "summary", "--fail-on", "info"]).exits(1);
    assert_eq!(job.log().writes().len(), 1, "an option goes first");
    job.sandbox.set("PYCHAIN_POLICY", "strickt");
    let ran = job.run().exits(2);
    assert!(ran.stderr.contains("PYCHAIN_POLICY"), "{}", ran.stderr);
}

#[test]
fn w4_inputs_are_not_read() {
    let mut job = job(BASE, HEAD);
    job.sandbox.set("INPUT_COMMENT", "none");
    job.sandbox.set("INPUT_FAIL-ON", "never");
    job.run().exits(1);
    assert_eq!(job.reviews(), 1);
}

#[test]
fn a_configuration_is_taken_from_the_base_or_from_outside() {
    let base = files([("requirements.txt", BASE), ("ci/pychain.toml", "fail-on = \"never\"\n")]);
    let head = files([("requirements.txt", HEAD), ("ci/pychain.toml", "policy = \"?\"\n")]);
    let mut job = job_of(Scenario::new(base, head));
    job.sandbox.set("PYCHAIN_FAIL_ON", "");
    job.run_with(&["--config", "./ci/pychain.toml"]).exits(0);
    let outside = job.sandbox.outside("own.toml");
    fs::write(&outside, "fail-on = \"info\"\n").unwrap();
    job.run_with(&["--config", &outside.display().to_string()]).exits(1);
    let ran = job.run_with(&["--config", "missing.toml"]).exits(2);
    assert!(ran.stderr.contains("`missing.toml`"), "{}", ran.stderr);
    let workspace = job.sandbox.project().display().to_string();
    job.sandbox.set("GITHUB_WORKSPACE", &workspace);
    job.sandbox.write("own.toml", "fail-on = \"never\"\n");
    let ran = job.run_with(&["--config", &format!("{workspace}/own.toml")]).exits(2);
    assert!(ran.stderr.contains("a file of the checkout"), "{}", ran.stderr);
}

#[test]
fn events_without_a_pull_request_are_audited_without_comments() {
    let scenario = || Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]));
    // The merge of the queue has what the pull request brings; the base's own push and a run by hand do not.
    for (name, has_flask) in [("merge_group", true), ("push", false), ("workflow_dispatch", false)] {
        let mut job = job_of(scenario());
        job.event = (name, "");
        let ran = job.run();
        let log = job.log();
        assert!(log.writes().is_empty() && log.count("graphql") == 0, "{name}");
        assert_eq!(ran.stdout.contains("`flask`"), has_flask, "{name}: {}", ran.stdout);
        assert_eq!(outputs(&job.left("output"))["commented"], "false");
    }
    let job = job_of(scenario());
    let ran = job.run_on("schedule", r#"{"schedule": "0 0 * * 0"}"#, &[]);
    assert!(matches!(ran.code, 0 | 1) && job.log().writes().is_empty(), "{}", ran.stderr);
    let mut job = job_of(scenario());
    job.event.0 = "pull_request_target";
    job.run().exits(1);
    assert_eq!(job.reviews(), 1);
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let sandbox = crate::sandbox::Sandbox::new();
    let ran = sandbox.pychain(&["review"]).exits(2);
    assert!(ran.stderr.contains("no repository is named"), "{}", ran.stderr);
    let ran = sandbox.pychain(&["review", "--repo", "a/b"]).exits(2);
    assert!(ran.stderr.contains("`--pr NUMBER` names one"), "{}", ran.stderr);
    let ran = sandbox.pychain(&["review", "--repo", "a/b/../c", "--pr", "1"]).exits(2);
    assert!(ran.stderr.contains("is not OWNER/NAME"), "{}", ran.stderr);
    let ran = sandbox.pychain(&["review", "--repo", "a/b", "--pr", "1", "--api-url", "http://127.0.0.1:1"]).exits(2);
    assert!(ran.stderr.contains("cannot read pull request 1"), "{}", ran.stderr);
}
