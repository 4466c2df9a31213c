//! P1–P8: who may do what.

use pychain_github_double::{Action, Level, Token};
use serde_json::json;

use crate::client::{Github, PULL, REPO, scenario};

const FORBIDDEN: &str = "Resource not accessible by integration";

#[test]
fn p1_a_fork_has_a_token_that_reads() {
    let github = Github::start(scenario().from_fork());
    assert_eq!(github.get(PULL).status, 200);
    assert_eq!(github.get(PULL).json()["head"]["repo"]["full_name"], "octo-forker/example");
    for reply in [
        github.review(&json!([])),
        github.post(&format!("{REPO}/issues/7/comments"), &json!({"body": "x"})),
        github.post(&format!("{REPO}/check-runs"), &json!({"name": "x", "head_sha": github.double.head()})),
    ] {
        assert_eq!((reply.status, reply.message().as_str()), (403, FORBIDDEN));
    }
}

#[test]
fn p2_a_refusal_names_the_permission() {
    let mut token = Token::write();
    token.permissions.pull_requests = Level::Read;
    let github = Github::start(scenario().token(token));
    let reply = github.review(&json!([]));
    assert_eq!(reply.status, 403);
    assert_eq!(reply.header("x-accepted-github-permissions"), "pull_requests=write");
    // Either of the two serves for comments of the conversation.
    let comments = format!("{REPO}/issues/7/comments");
    assert_eq!(github.post(&comments, &json!({"body": "x"})).status, 201);
}

#[test]
fn p3_what_is_not_for_apps() {
    let github = Github::start(scenario());
    assert_eq!(github.get("/user").message(), FORBIDDEN);
    github.review_line(5, "x");
    let id = github.double.comments()[0];
    let reply = github.post(&format!("{PULL}/comments/{id}/replies"), &json!({"body": "y"}));
    assert_eq!((reply.status, reply.message().as_str()), (403, FORBIDDEN));
    github.double.act(Action::Token(Token::person("octocat")));
    assert_eq!(github.get("/user").json()["login"], "octocat");
    assert_eq!(github.post(&format!("{PULL}/comments/{id}/replies"), &json!({"body": "y"})).status, 201);
}

#[test]
fn p4_a_private_repository_is_not_there() {
    let mut start = scenario().token(Token::none());
    start.private = true;
    let github = Github::start(start);
    assert_eq!(github.get(REPO).status, 404);
    github.double.act(Action::Token(Token::read()));
    assert_eq!(github.get(REPO).status, 200);
}

#[test]
fn p7_actions_may_not_approve() {
    let github = Github::start(scenario());
    let reply = github.post(&format!("{PULL}/reviews"), &json!({"event": "APPROVE"}));
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["errors"][0], "GitHub Actions is not permitted to approve pull requests.");
    github.double.act(Action::Token(Token::person("octocat")));
    assert_eq!(github.post(&format!("{PULL}/reviews"), &json!({"event": "APPROVE"})).json()["state"], "APPROVED");
}

#[test]
fn p8_another_repository_is_out_of_reach() {
    let github = Github::start(scenario());
    assert_eq!(github.get("/repos/octo-org/other").status, 404);
    assert_eq!(github.get(&format!("{REPO}/pulls/8")).status, 404);
}

#[test]
fn a_secret_can_stand_for_a_token_of_its_own() {
    let github = Github::start(scenario());
    github.double.act(Action::Register { secret: "fake-human".into(), token: Token::person("hubot") });
    let headers = [("authorization", "token fake-human")];
    let reply = github.send("GET", "/user", &headers, b"").unwrap();
    assert_eq!(reply.json()["login"], "hubot");
    let reply = github.send("GET", "/user", &[("authorization", "Basic eA==")], b"").unwrap();
    assert_eq!(reply.status, 401);
    let reply = github
        .send("POST", &format!("{REPO}/issues/7/comments"), &[("authorization", "")], b"{\"body\":\"x\"}")
        .unwrap();
    assert_eq!(reply.status, 401);
}
