//! Inputs, and events that are no pull request.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::life::scenario;
use crate::stage::Stage;

#[test]
fn a_summary_alone() {
    let mut stage = Stage::new(scenario()).input("comment", "summary");
    stage.run("comment: summary", "pull_request", "opened");
    assert_eq!(stage.github.comments().len(), 0);
    assert_snapshot!(stage.transcript());
}

#[test]
fn no_comment_at_all_and_files_for_other_tools() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("sarif-file", "sarif"), ("report-file", "report")];
    let files = files.map(|(input, output)| (input, output, folder.path().join(output).display().to_string()));
    let mut stage = Stage::new(scenario()).input("comment", "none").input("fail-on", "never");
    for (input, _, path) in &files {
        stage = stage.input(input, path);
    }
    let run = stage.run("comment: none", "pull_request", "opened");
    assert!(run.success, "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    for (_, output, path) in files {
        assert_eq!(run.outputs.get(output), Some(&path), "{run}");
        let text = fs::read_to_string(path).expect("written");
        assert!(serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object()), "{text}");
    }
}

#[test]
fn a_merge_queue_and_a_push_are_audited() {
    let mut stage = Stage::new(scenario()).example("pull-request.yml");
    let run = stage.run("in the queue", "merge_group", "checks_requested");
    assert!(!run.success, "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    let run = stage.run("on main", "push", "");
    assert_eq!(stage.written(), 0, "{run}");
    assert_snapshot!(stage.transcript());
}
