//! What a test can do in the middle of a run, in process and over the control endpoints.

use pychain_github_double::Action;
use serde_json::json;

use crate::client::{Github, PULL, REPO, scenario};

#[test]
fn requests_fail_before_or_after_they_are_carried_out() {
    let github = Github::start(scenario());
    let path = format!("{REPO}/issues/7/comments");
    github.double.fail("issues/create-comment", 500);
    assert_eq!(github.post(&path, &json!({"body": "x"})).status, 500);
    assert_eq!(github.get(&path).json(), json!([]));
    github.double.drop_after("issues/create-comment");
    assert!(github.send("POST", &path, &[], b"{\"body\":\"x\"}").is_none());
    assert_eq!(github.get(&path).json().as_array().unwrap().len(), 1);
    assert_eq!(github.double.log().iter().map(|entry| entry.status).collect::<Vec<_>>(), [500, 200, 0, 200]);
}

#[test]
fn a_push_in_the_middle_of_a_run() {
    let github = Github::start(scenario());
    let first = github.double.head();
    github.double.before("pulls/create-review", Action::ForcePush(github.double.text("requirements.txt", "z\n")));
    assert_eq!(github.get(PULL).json()["head"]["sha"], first.as_str());
    let body = json!({"event": "COMMENT", "body": "b", "commit_id": first});
    assert_eq!(github.post(&format!("{PULL}/reviews"), &body).status, 422);
    assert_ne!(github.double.head(), first);
    github.double.before_request(3, Action::Close(true));
    assert_eq!(github.get(PULL).json()["state"], "closed");
    github.double.after("pulls/get", Action::Close(false));
    assert_eq!(github.get(PULL).json()["state"], "closed");
    assert_eq!(github.get(PULL).json()["state"], "open");
}

#[test]
fn people_take_part() {
    let github = Github::start(scenario());
    github.review_line(5, "ours");
    github.double.act(Action::Reply { author: "hubot".into(), thread: 0, body: "no".into() });
    github.double.act(Action::ReviewComment {
        author: "mallory".into(),
        path: "requirements.txt".into(),
        line: 4,
        body: "m".into(),
    });
    github.double.act(Action::Resolve { author: "hubot".into(), thread: 0 });
    let comments = github.get(&format!("{PULL}/comments")).json();
    assert_eq!(comments[1]["in_reply_to_id"], comments[0]["id"]);
    assert_eq!(comments[2]["user"]["login"], "mallory");
    assert!(github.double.view().contains("[resolved by hubot]"));
}

#[test]
fn requests_take_their_time_side_by_side() {
    let github = Github::start(scenario());
    github.double.act(Action::Latency(200));
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| github.get(REPO));
        }
    });
    assert!(begun.elapsed().as_millis() >= 200);
    assert!(github.double.log().iter().any(|entry| entry.in_flight > 1));
}

#[test]
fn everything_can_be_done_over_the_wire() {
    let github = Github::start(scenario());
    let hook = |body| github.post("/_control/hook", &body).status;
    assert_eq!(hook(json!({"do": {"comment": {"author": "hubot", "body": "hi"}}})), 200);
    assert_eq!(
        hook(json!({"when": {"before": "pulls/get"}, "do": {"push": {"new.txt": "n\n", "same.txt": null}}})),
        200
    );
    assert_eq!(hook(json!({"do": {"fail": {"operation": "repos/get", "status": 503}}})), 200);
    assert_eq!(hook(json!({"do": {"token": "read"}})), 200);
    assert_eq!(hook(json!({"do": {"nonsense": 1}})), 400);
    assert_eq!(hook(json!({"do": {"resolve": {"author": "a", "thread": 9}}})), 422);
    assert_eq!(github.get(PULL).json()["changed_files"], 3);
    assert_eq!(github.get(REPO).status, 503);
    assert!(github.get("/_control/view").text().contains("## Comment by hubot"));
    assert_eq!(github.get("/_control/log").json()[0]["operation"], "pulls/get");
    assert_eq!(github.get("/_control/faults").json(), json!([]));
    let event = github.get("/_control/event?name=pull_request&action=synchronize").json();
    assert_eq!(event["payload"]["after"], github.double.head().as_str());
}

#[test]
fn payloads_agree_with_the_repository() {
    let github = Github::start(scenario().from_fork());
    for (name, action) in [
        ("pull_request", "opened"),
        ("pull_request", "reopened"),
        ("pull_request", "closed"),
        ("pull_request_target", "opened"),
        ("merge_group", ""),
        ("push", ""),
        ("workflow_dispatch", ""),
    ] {
        let payload = github.double.event(name, action);
        assert_eq!(payload["repository"]["full_name"], "octo-org/example", "{name}");
        if name.starts_with("pull") {
            assert_eq!(payload["action"], action);
            assert_eq!(payload["pull_request"]["head"]["sha"], github.double.head().as_str());
            assert_eq!(payload["pull_request"]["head"]["repo"]["fork"], true);
            assert_eq!(payload["pull_request"]["author_association"], "FIRST_TIME_CONTRIBUTOR");
        }
    }
}
