//! L1–L6: rate limits.

use pychain_github_double::{Action, Journal as _};
use serde_json::json;

use crate::client::{Github, PULL, REPO, scenario};

#[test]
fn l1_the_hour_is_used_up_and_comes_again() {
    let mut start = scenario();
    start.limits.primary = 3;
    let github = Github::start(start);
    for left in ["2", "1", "0"] {
        assert_eq!(github.get(PULL).header("x-ratelimit-remaining"), left);
    }
    let reply = github.get(PULL);
    assert_eq!((reply.status, reply.header("x-ratelimit-remaining")), (403, "0"));
    let reset: u64 = reply.header("x-ratelimit-reset").parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now + 3590..=now + 3601).contains(&reset));
    assert_eq!(github.get("/rate_limit").json()["rate"]["remaining"], 0);
    github.double.act(Action::Advance(3601));
    assert_eq!(github.get(PULL).status, 200);
    github.double.act(Action::Exhaust(60));
    assert_eq!(github.get(PULL).status, 403);
    github.double.act(Action::Advance(61));
    assert_eq!(github.get(PULL).status, 200);
}

#[test]
fn l2_l6_a_secondary_refusal_says_so() {
    let github = Github::start(scenario());
    github.double.act(Action::Block { seconds: 30, told: true });
    let reply = github.get(PULL);
    assert_eq!(reply.status, 403);
    assert!(reply.message().contains("secondary rate limit"));
    let told: u64 = reply.header("retry-after").parse().unwrap();
    assert!((29..=30).contains(&told));
    github.double.act(Action::Advance(30));
    assert_eq!(github.get(PULL).status, 200);
    github.double.act(Action::Block { seconds: 30, told: false });
    let reply = github.get(PULL);
    assert_eq!((reply.status, reply.header("retry-after")), (403, ""));
}

#[test]
fn l3_content_is_created_80_times_a_minute() {
    let mut start = scenario();
    start.limits.content_per_minute = 3;
    let github = Github::start(start);
    let post = || github.post(&format!("{REPO}/issues/7/comments"), &json!({"body": "x"})).status;
    assert_eq!([post(), post(), post(), post()], [201, 201, 201, 403]);
    github.double.act(Action::Advance(61));
    assert_eq!(post(), 201);
}

#[test]
fn l3_points_count_writes_five_times() {
    let mut start = scenario();
    (start.limits.rest_points, start.limits.graphql_points) = (7, 6);
    let github = Github::start(start);
    assert_eq!(
        github.post(&format!("{REPO}/check-runs"), &json!({"name": "x", "head_sha": github.double.head()})).status,
        201
    );
    assert_eq!([github.get(PULL).status, github.get(PULL).status, github.get(PULL).status], [200, 200, 403]);
}

#[test]
fn l3_graphql_has_points_of_its_own_and_too_many_at_once_are_refused() {
    let mut start = scenario();
    (start.limits.rest_points, start.limits.graphql_points) = (1, 2);
    let github = Github::start(start);
    let query = || github.post("/graphql", &json!({"query": "{viewer{login}}"})).status;
    assert_eq!([github.get(PULL).status, query(), query(), query()], [200, 200, 200, 403]);
    let mut start = scenario();
    (start.limits.concurrent, start.latency_ms) = (1, 100);
    let github = Github::start(start);
    let statuses = std::thread::scope(|scope| {
        let both = [0, 1].map(|_| scope.spawn(|| github.get(PULL).status));
        both.map(|thread| thread.join().unwrap())
    });
    assert!(statuses.contains(&403), "{statuses:?}");
}

#[test]
fn l4_the_log_tells_how_writes_followed_each_other() {
    let github = Github::start(scenario());
    let post = || github.post(&format!("{REPO}/issues/7/comments"), &json!({"body": "x"}));
    post();
    std::thread::sleep(std::time::Duration::from_millis(20));
    post();
    let log = github.double.log();
    assert!(log.write_gap().unwrap() >= 20);
    assert!(!log.writes_overlap());
    assert_eq!((log.count("issues/create-comment"), log.writes().len()), (2, 2));
}

#[test]
fn l5_limits_can_be_off() {
    let mut start = scenario();
    start.limits.primary = 0;
    start.limits.off = true;
    let github = Github::start(start);
    let reply = github.get(PULL);
    assert_eq!((reply.status, reply.header("x-ratelimit-limit")), (200, ""));
}
