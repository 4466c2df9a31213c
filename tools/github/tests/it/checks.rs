//! C1–C4: check runs.

use serde_json::{Value, json};

use crate::client::{Github, REPO, Reply, scenario};

fn create(github: &Github, fields: &Value) -> Reply {
    let mut body = json!({"name": "pychain", "head_sha": github.double.head()});
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    github.post(&format!("{REPO}/check-runs"), &body)
}

fn annotation(fields: &Value) -> Value {
    let mut annotation =
        json!({"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"});
    for (key, value) in fields.as_object().unwrap() {
        annotation[key] = value.clone();
    }
    annotation
}

fn output(annotations: &[Value]) -> Value {
    json!({"output": {"title": "t", "summary": "s", "annotations": annotations}})
}

#[test]
fn c1_fifty_annotations_at_a_time_add_up() {
    let github = Github::start(scenario());
    let many = |count| output(&vec![annotation(&json!({})); count]);
    assert_eq!(create(&github, &many(51)).status, 422);
    let id = create(&github, &many(50)).json()["id"].clone();
    let check = format!("{REPO}/check-runs/{id}");
    let updated = github.write("PATCH", &check, &many(20)).json();
    assert_eq!(updated["output"]["annotations_count"], 70);
    assert_eq!(github.get(&format!("{check}/annotations?per_page=100")).json().as_array().unwrap().len(), 70);
    assert_eq!(github.get(&format!("{REPO}/commits/update/check-runs")).json()["total_count"], 1);
}

#[test]
fn c2_lengths_and_columns() {
    let github = Github::start(scenario());
    for wrong in [
        json!({"message": "x".repeat(65_537)}),
        json!({"raw_details": "x".repeat(65_537)}),
        json!({"title": "x".repeat(256)}),
        json!({"end_line": 2, "start_column": 1}),
    ] {
        assert_eq!(create(&github, &output(&[annotation(&wrong)])).status, 422);
    }
    assert_eq!(create(&github, &output(&[annotation(&json!({"start_column": 1, "end_column": 2}))])).status, 201);
    let long = json!({"output": {"title": "t", "summary": "x".repeat(65_536)}});
    assert_eq!(create(&github, &long).status, 422);
}

#[test]
fn c3_conclusions() {
    let github = Github::start(scenario());
    assert_eq!(create(&github, &json!({"status": "completed"})).status, 422);
    assert_eq!(create(&github, &json!({"conclusion": "stale"})).status, 422);
    assert_eq!(create(&github, &json!({"conclusion": "neutral"})).json()["status"], "completed");
    github.double.act(pychain_github_double::Action::Token(pychain_github_double::Token::person("octocat")));
    assert_eq!(create(&github, &json!({})).status, 403);
}

#[test]
fn c4_commits_of_a_fork_have_no_pull_requests() {
    let github = Github::start(scenario());
    assert_eq!(create(&github, &json!({})).json()["pull_requests"][0]["number"], 7);
    let mut start = scenario();
    start.fork = true;
    assert_eq!(create(&Github::start(start), &json!({})).json()["pull_requests"], json!([]));
}
