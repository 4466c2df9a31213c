//! R1–R18: review comments and reviews.

use pychain_github_double::{Action, Changes, File, Scenario, Token, files};
use serde_json::{Value, json};

use crate::client::{Github, PULL, REPO, scenario};

fn comment(line: usize) -> Value {
    json!({"path": "requirements.txt", "line": line, "side": "RIGHT", "body": "x"})
}

fn with(mut value: Value, fields: &Value) -> Value {
    for (key, field) in fields.as_object().unwrap() {
        value[key] = field.clone();
    }
    value
}

/// One comment by the other operation.
fn single(github: &Github, fields: &Value) -> crate::client::Reply {
    let body = with(json!({"body": "x", "commit_id": github.double.head(), "path": "requirements.txt"}), fields);
    github.post(&format!("{PULL}/comments"), &body)
}

#[test]
fn r1_a_comment_stands_in_a_hunk() {
    let github = Github::start(scenario());
    // One hunk shows lines 2 to 11: the change on 5, the new line 11, and three lines around each.
    for (line, side, status) in [
        (5, "RIGHT", 200),
        (2, "RIGHT", 200),
        (11, "RIGHT", 200),
        (5, "LEFT", 200),
        (1, "RIGHT", 422),
        (12, "RIGHT", 422),
        (11, "LEFT", 422),
        (4, "LEFT", 422),
    ] {
        let reply = github.review(&json!([with(comment(line), &json!({"side": side}))]));
        assert_eq!(reply.status, status, "{side} {line}");
    }
    let reply = github.review(&json!([comment(1)]));
    assert_eq!(reply.message(), "Unprocessable Entity");
    assert_eq!(
        reply.json()["errors"],
        json!([
            "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank"
        ])
    );
    let errors = single(&github, &json!({"line": 1})).json()["errors"].clone();
    assert_eq!(errors[0]["field"], "pull_request_review_thread.line");
    assert_eq!(errors[1]["code"], "missing_field");
    assert_eq!(github.review(&json!([{"path": "same.txt", "line": 1, "body": "x"}])).status, 422);
}

#[test]
fn r2_r3_a_range_lies_in_one_hunk_and_has_two_ends() {
    let base = (1..=40).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
    let head = base.replace("5\n", "five\n").replace("\n30\n", "\nthirty\n");
    let github =
        Github::start(Scenario::new(files([("requirements.txt", &base)]), files([("requirements.txt", &head)])));
    let range = |start: usize, line: usize| {
        let fields = json!({"start_line": start, "start_side": "RIGHT"});
        github.review(&json!([with(comment(line), &fields)]))
    };
    assert_eq!(range(4, 5).status, 200);
    for (start, line, words) in [(5, 5, "precede"), (6, 5, "precede"), (5, 30, "same hunk"), (1, 5, "same hunk")] {
        let reply = range(start, line);
        assert_eq!(reply.status, 422);
        assert!(reply.text().contains(words), "{start}..{line}: {}", reply.text());
    }
    let reply = single(&github, &json!({"line": 5, "start_line": 5, "side": "RIGHT", "start_side": "RIGHT"}));
    assert!(reply.text().contains("must precede the end line."), "{}", reply.text());
}

#[test]
fn r4_a_review_is_all_or_nothing() {
    let github = Github::start(scenario());
    let reply = github.review(&json!([comment(5), comment(1), {"path": "none.txt", "line": 1, "body": "x"}]));
    assert_eq!((reply.status, reply.json()["errors"].as_array().unwrap().len()), (422, 1));
    assert!(github.double.comments().is_empty());
    assert_eq!(github.double.notifications(), 0);
    assert_eq!(github.get(&format!("{PULL}/reviews")).json(), json!([]));
}

#[test]
fn r5_a_body_is_needed_and_no_event_is_pending() {
    let github = Github::start(scenario());
    let reviews = format!("{PULL}/reviews");
    assert_eq!(github.post(&reviews, &json!({"event": "COMMENT", "comments": [comment(5)]})).status, 422);
    let reply = github.post(&reviews, &json!({"comments": [comment(5)]}));
    assert_eq!(reply.json()["state"], "PENDING");
    assert_eq!((github.double.notifications(), github.get(&reviews).json().as_array().unwrap().len()), (0, 1));
    let id = reply.json()["id"].clone();
    github.double.act(Action::Token(Token::person("octocat")));
    assert_eq!(github.get(&reviews).json(), json!([]));
    assert_eq!(github.get(&format!("{PULL}/comments")).json(), json!([]));
    github.double.act(Action::Token(Token::write()));
    let submit = format!("{reviews}/{id}/events");
    assert_eq!(github.post(&submit, &json!({"event": "COMMENT", "body": "b"})).json()["state"], "COMMENTED");
    assert_eq!(github.double.notifications(), 1);
}

#[test]
fn r6_a_comment_on_a_file() {
    let github = Github::start(scenario());
    let reply = single(&github, &json!({"subject_type": "file"}));
    assert_eq!((reply.status, &reply.json()["subject_type"]), (201, &json!("file")));
    assert_eq!(github.review(&json!([with(comment(5), &json!({"subject_type": "file"}))])).status, 422);
}

#[test]
fn r7_bodies_have_a_greatest_length() {
    let github = Github::start(scenario());
    let long = "é".repeat(65_536);
    let path = format!("{REPO}/issues/7/comments");
    assert_eq!(github.post(&path, &json!({"body": long})).status, 201);
    let longer = format!("{long}x");
    for reply in [
        github.post(&path, &json!({"body": longer})),
        github.review(&json!([with(comment(5), &json!({"body": longer}))])),
        single(&github, &json!({"line": 5, "body": longer})),
    ] {
        assert_eq!(reply.status, 422);
        assert_eq!(reply.json()["errors"][0]["message"], "Body is too long (maximum is 65536 characters)");
    }
}

#[test]
fn r8_a_review_has_at_most_100_comments() {
    let github = Github::start(scenario());
    let comments = |count: usize| Value::Array(vec![comment(5); count]);
    assert_eq!(github.review(&comments(101)).status, 422);
    assert_eq!(github.review(&comments(100)).status, 200);
}

#[test]
fn r9_a_thread_follows_its_line_or_is_outdated() {
    let github = Github::start(scenario());
    github.review_line(5, "changed");
    github.review_line(11, "added");
    let first = github.double.head();
    let second = github.double.push("requirements.txt", "a\nb\nc\nd\nEE\nf\ng\nh\ni\nj\nnew\nk\n");
    let comments = github.get(&format!("{PULL}/comments")).json();
    let (gone, moved) = (&comments[0], &comments[1]);
    assert!(gone["line"].is_null() && gone["position"].is_null());
    assert_eq!(
        (&gone["original_line"], &gone["original_commit_id"], &gone["commit_id"]),
        (&json!(5), &json!(first), &json!(first))
    );
    assert_eq!(
        (&moved["line"], &moved["commit_id"], &moved["original_commit_id"]),
        (&json!(12), &json!(second), &json!(first))
    );
    // Back again, and the line is there again.
    github.double.push("requirements.txt", "a\nb\nc\nd\nE\nf\ng\nh\ni\nj\nk\n");
    assert_eq!(github.get(&format!("{PULL}/comments")).json()[0]["line"], 5);
}

#[test]
fn r9_can_be_switched_to_leave_the_line_out() {
    let mut start = scenario();
    start.believed.outdated_line_null = false;
    let github = Github::start(start);
    github.review_line(5, "x");
    github.double.push("requirements.txt", "a\n");
    assert_eq!(github.get(&format!("{PULL}/comments")).json()[0].get("line"), None);
}

#[test]
fn r10_a_force_push_moves_reviews() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let first = github.double.head();
    github.double.push("more.txt", "m\n");
    let commit = |github: &Github| github.get(&format!("{PULL}/reviews")).json()[0]["commit_id"].clone();
    assert_eq!(commit(&github), json!(first));
    let forced = github.double.force_push("more.txt", "n\n");
    assert_eq!(commit(&github), json!(forced));
    assert_eq!(github.get(PULL).json()["commits"], 1);
}

#[test]
fn r11_a_commit_that_is_gone_is_refused() {
    let mut start = scenario();
    let run = |github: &Github| {
        let old = github.double.head();
        github.double.force_push("more.txt", "n\n");
        let body = json!({"event": "COMMENT", "body": "b", "commit_id": old, "comments": [comment(5)]});
        github.post(&format!("{PULL}/reviews"), &body).status
    };
    assert_eq!(run(&Github::start(start.clone())), 422);
    start.believed.foreign_commit_refused = false;
    assert_eq!(run(&Github::start(start)), 200);
}

#[test]
fn r12_a_submitted_review_stays() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let id = github.get(&format!("{PULL}/reviews")).json()[0]["id"].clone();
    let review = format!("{PULL}/reviews/{id}");
    assert_eq!(github.write("DELETE", &review, &json!(null)).status, 422);
    assert_eq!(github.send("DELETE", &review, &[], b"").unwrap().status, 422);
    assert_eq!(github.write("PUT", &review, &json!({"body": "other"})).json()["body"], "other");
    let dismissal = format!("{review}/dismissals");
    assert_eq!(github.write("PUT", &dismissal, &json!({"message": "m"})).status, 422);
    let body = json!({"event": "REQUEST_CHANGES", "body": "b"});
    let id = github.post(&format!("{PULL}/reviews"), &body).json()["id"].clone();
    let dismissal = format!("{PULL}/reviews/{id}/dismissals");
    assert_eq!(github.write("PUT", &dismissal, &json!({"message": "m"})).json()["state"], "DISMISSED");
}

#[test]
fn r13_answers_go_to_the_first_comment() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let first = github.double.comments()[0];
    let reply = single(&github, &json!({"in_reply_to": first, "path": "ignored", "line": 999}));
    assert_eq!((reply.status, &reply.json()["in_reply_to_id"]), (201, &json!(first)));
    assert_eq!(single(&github, &json!({"in_reply_to": reply.json()["id"]})).status, 422);
    assert_eq!(single(&github, &json!({"in_reply_to": 1})).status, 404);
}

#[test]
fn r15_a_locked_conversation_takes_nothing() {
    let github = Github::start(scenario());
    github.double.act(Action::Lock(true));
    for reply in [
        github.review(&json!([])),
        single(&github, &json!({"line": 5})),
        github.post(&format!("{REPO}/issues/7/comments"), &json!({"body": "x"})),
    ] {
        assert_eq!(reply.status, 403);
        assert!(reply.message().contains("is locked"));
    }
}

#[test]
fn r16_one_review_is_one_notification() {
    let github = Github::start(scenario());
    github.review(&json!([comment(5), comment(4)]));
    assert_eq!(github.double.notifications(), 1);
    single(&github, &json!({"line": 5}));
    single(&github, &json!({"line": 4}));
    assert_eq!(github.double.notifications(), 3);
    let flagged = github.double.log().iter().filter(|entry| entry.notifies).count();
    assert_eq!(flagged, 3);
}

#[test]
fn r17_anybody_may_write_our_marker_and_it_is_not_ours_to_change() {
    let github = Github::start(scenario());
    let id = github.double.act(Action::Comment { author: "mallory".into(), body: "<!-- marker -->".into() });
    let path = format!("{REPO}/issues/comments/{}", id.unwrap());
    assert_eq!(github.get(&path).json()["user"]["login"], "mallory");
    assert_eq!(github.write("PATCH", &path, &json!({"body": "x"})).status, 403);
    assert_eq!(github.send("DELETE", &path, &[], b"").unwrap().status, 403);
}

#[test]
fn r18_one_pending_review_at_a_time() {
    let mut start = scenario();
    let twice = |github: &Github| {
        let post = || github.post(&format!("{PULL}/reviews"), &json!({"body": "b"})).status;
        (post(), post())
    };
    assert_eq!(twice(&Github::start(start.clone())), (200, 422));
    start.believed.one_pending_review = false;
    assert_eq!(twice(&Github::start(start)), (200, 200));
}

#[test]
fn comments_are_changed_and_deleted_by_their_author() {
    let github = Github::start(scenario());
    github.review_line(5, "x");
    let path = format!("{REPO}/pulls/comments/{}", github.double.comments()[0]);
    assert_eq!(github.write("PATCH", &path, &json!({"body": "y"})).json()["body"], "y");
    assert_eq!(github.get(&path).json()["body"], "y");
    assert_eq!(github.send("DELETE", &path, &[], b"").unwrap().status, 204);
    assert_eq!(github.get(&path).status, 404);
    let gone: Changes = Changes::from([("requirements.txt".to_owned(), None::<File>)]);
    github.double.act(Action::Push(gone));
    assert_eq!(github.get(PULL).json()["changed_files"], 1);
}
