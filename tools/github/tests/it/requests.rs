//! G1–G10: what every request must be.

use pychain_github_double::Scenario;
use serde_json::json;

use crate::client::{Github, PULL, REPO, scenario};

#[test]
fn g1_a_user_agent_is_needed() {
    let github = Github::start(scenario());
    assert_eq!(github.send("GET", PULL, &[("user-agent", "")], b"").unwrap().status, 403);
}

#[test]
fn g2_an_unknown_version_is_refused() {
    let github = Github::start(scenario());
    let get = |version| github.send("GET", PULL, &[("x-github-api-version", version)], b"").unwrap().status;
    assert_eq!(get("2022-11-28"), 200);
    assert_eq!(get("1999-01-01"), 400);
}

#[test]
fn g3_a_body_is_a_json_object() {
    let github = Github::start(scenario());
    let post = |body: &[u8]| github.send("POST", &format!("{PULL}/reviews"), &[], body).unwrap();
    assert_eq!(post(b"{").message(), "Problems parsing JSON");
    assert_eq!(post(b"[]").message(), "Body should be a JSON object");
    assert_eq!(post(b"{").status, 400);
}

#[test]
fn g4_g9_a_body_fits_the_schema_and_has_no_unknown_key() {
    let github = Github::start(scenario());
    let comment = |comment| github.review(&json!([comment]));
    let reply = comment(json!({"path": "requirements.txt", "line": "5", "body": "x"}));
    assert_eq!(reply.status, 422);
    assert!(reply.message().starts_with("Invalid request."), "{}", reply.message());
    for wrong in [
        json!({"path": "requirements.txt", "line": 5, "body": "x", "sides": "RIGHT"}),
        json!({"path": "requirements.txt", "line": 5, "body": "x", "side": "right"}),
        json!({"path": "requirements.txt", "line": 5}),
    ] {
        assert_eq!(comment(wrong).status, 422);
    }
    assert_eq!(github.get(&format!("{PULL}/files?perpage=100")).status, 422);
    assert_eq!(github.get(&format!("{PULL}/files?per_page=many")).status, 422);
}

#[test]
fn g5_a_rule_of_business_is_validation_failed() {
    let github = Github::start(scenario());
    let body = json!({"body": "x", "commit_id": github.double.head(), "path": "requirements.txt", "line": 400, "side": "RIGHT"});
    let reply = github.post(&format!("{PULL}/comments"), &body);
    assert_eq!((reply.status, reply.message().as_str()), (422, "Validation Failed"));
    assert_eq!(reply.json()["errors"][0]["code"], "custom");
}

#[test]
fn g6_slashes_are_told_apart() {
    let github = Github::start(scenario());
    assert_eq!(github.get(&format!("{PULL}/")).status, 404);
    let base = format!("{REPO}/commits/heads");
    assert_eq!(github.get(&format!("{base}/update")).status, 404);
    assert_eq!(github.get(&format!("{base}%2Fupdate")).status, 200);
}

#[test]
fn g7_a_renamed_repository_redirects() {
    let mut start = scenario();
    start.renamed_from = Some("octo-org/old".to_owned());
    let github = Github::start(start);
    let reply = github.get("/repos/octo-org/old/pulls/7/files?per_page=5");
    assert_eq!(reply.status, 301);
    assert!(reply.header("location").ends_with("/repositories/4242/pulls/7/files?per_page=5"));
    let path = reply.header("location").strip_prefix(github.double.api_url()).unwrap().to_owned();
    assert_eq!(github.get(&path).status, 200);
    assert_eq!(github.post("/repos/octo-org/old/issues/7/comments", &json!({"body": "x"})).status, 307);
}

#[test]
fn g8_a_cut_request_may_have_been_carried_out() {
    let github = Github::start(scenario());
    github.double.fail_after("issues/create-comment");
    let path = format!("{REPO}/issues/7/comments");
    assert_eq!(github.post(&path, &json!({"body": "x"})).status, 502);
    assert_eq!(github.get(&path).json().as_array().unwrap().len(), 1);
}

#[test]
fn g10_what_is_known_is_not_sent_again_nor_counted() {
    let github = Github::start(scenario());
    let first = github.get(PULL);
    let used = |reply: &crate::client::Reply| reply.header("x-ratelimit-used").to_owned();
    let files = format!("{PULL}/files");
    let tag = github.get(&files).header("etag").to_owned();
    let again = github.send("GET", &files, &[("if-none-match", &tag)], b"").unwrap();
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert_eq!((used(&first).as_str(), used(&again).as_str()), ("1", "2"));
}

#[test]
fn q2_graphql_is_beside_rest() {
    let mut start: Scenario = scenario();
    start.api_path = "/api/v3".to_owned();
    let github = Github::start(start);
    assert!(github.double.graphql_url().ends_with("/api/graphql"));
    let query = json!({"query": "{viewer{login}}"});
    assert_eq!(github.post("/api/graphql", &query).json()["data"]["viewer"]["login"], "github-actions[bot]");
    assert_eq!(github.post("/api/v3/graphql", &query).status, 404);
    assert_eq!(github.get("/api/v3/repos/octo-org/example/pulls/7").status, 200);
}
