//! F1–F7: files, diffs, contents.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pychain_github_double::{Action, File, Scenario, Tree, files};

use crate::client::{Github, PULL, REPO, scenario};

#[test]
fn f1_every_status() {
    let base = files([("gone.txt", "1\n"), ("old name.txt", "a\nb\nc\n"), ("m.txt", "1\n")]);
    let head = files([("new.txt", "n\n"), ("new name.txt", "a\nb\nc\n"), ("m.txt", "2\n")]);
    let github = Github::start(Scenario::new(base, head));
    let rows = github.get(&format!("{PULL}/files")).json();
    let found: Vec<(String, String)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["filename"].as_str().unwrap().to_owned(), row["status"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("gone.txt", "removed"), ("m.txt", "modified"), ("new name.txt", "renamed"), ("new.txt", "added")];
    assert_eq!(found, expected.map(|(path, status)| (path.to_owned(), status.to_owned())));
    assert_eq!(rows[2]["previous_filename"], "old name.txt");
    assert_eq!(rows[1]["patch"], "@@ -1 +1 @@\n-1\n+2");
}

#[test]
fn f2_patches_over_the_limits_are_kept_back() {
    let text = |lines: usize| "x\n".repeat(lines);
    let head = Tree::from([
        ("a.bin".to_owned(), File::from(vec![0, 1])),
        ("b.txt".to_owned(), File::from(text(40))),
        ("c.txt".to_owned(), File::from(text(20))),
        ("d.txt".to_owned(), File::from(text(20))),
    ]);
    let mut start = Scenario::new(Tree::new(), head);
    start.limits.diff.file_lines = 30;
    start.limits.diff.total_lines = 40;
    let github = Github::start(start);
    let rows = github.get(&format!("{PULL}/files")).json();
    let patched: Vec<bool> = rows.as_array().unwrap().iter().map(|row| row["patch"].is_string()).collect();
    assert_eq!(patched, [false, false, true, false]);
    assert_eq!(rows[1]["additions"], 40);
    // What is kept back cannot be commented on.
    let reply = github.review(&serde_json::json!([{"path": "b.txt", "line": 1, "body": "x"}]));
    assert_eq!(reply.status, 422);
}

#[test]
fn f3_the_whole_diff_has_limits_too() {
    let mut start = scenario();
    let diff = "application/vnd.github.v3.diff";
    let github = Github::start(start.clone());
    let reply = github.get_as(diff, PULL);
    assert!(
        reply.text().starts_with("diff --git a/requirements.txt b/requirements.txt\n--- a/requirements.txt\n"),
        "{}",
        reply.text()
    );
    start.limits.diff.total_files = 0;
    let github = Github::start(start);
    let reply = github.get_as(diff, PULL);
    assert_eq!((reply.status, &reply.json()["errors"][0]["code"]), (406, &"too_large".into()));
}

#[test]
fn f4_contents_in_all_their_forms() {
    let big = "x".repeat(1024 * 1024 + 1);
    let head = Tree::from([
        ("big.txt".to_owned(), File::from(big)),
        ("dir/a b.txt".to_owned(), File::from("é\r\n")),
        ("link".to_owned(), File::Symlink("dir/a b.txt".to_owned())),
        ("lost".to_owned(), File::Symlink("nowhere".to_owned())),
        ("sub".to_owned(), File::Submodule("1".repeat(40))),
    ]);
    let github = Github::start(Scenario::new(Tree::new(), head));
    let get = |path: &str, accept: &str| github.get_as(accept, &format!("{REPO}/contents/{path}?ref=update"));
    let json = "application/vnd.github+json";
    let content =
        |value: &serde_json::Value| STANDARD.decode(value["content"].as_str().unwrap().replace('\n', "")).unwrap();
    assert_eq!(content(&get("dir/a%20b.txt", json).json()), "é\r\n".as_bytes());
    assert_eq!(content(&get("link", json).json()), "é\r\n".as_bytes());
    assert_eq!(get("lost", json).json()["type"], "symlink");
    assert_eq!(get("sub", json).json()["type"], "submodule");
    assert_eq!(get("big.txt", json).status, 403);
    assert_eq!(get("big.txt", "application/vnd.github.raw+json").bytes.len(), 1024 * 1024 + 1);
    let object = get("big.txt", "application/vnd.github.object+json").json();
    assert_eq!((&object["encoding"], &object["content"]), (&"none".into(), &"".into()));
    assert_eq!(get("none.txt", json).status, 404);
    assert_eq!(github.get(&format!("{REPO}/contents/dir/a%20b.txt")).status, 404, "not on main");
    let kinds: Vec<String> =
        get("", json).json().as_array().unwrap().iter().map(|row| row["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["file", "dir", "symlink", "symlink", "file"]);
}

#[test]
fn f4_a_listing_ends_at_1000() {
    let head: Tree = (0..1001).map(|number| (format!("{number}.txt"), File::from("x\n"))).collect();
    let github = Github::start(Scenario::new(Tree::new(), head));
    assert_eq!(github.get(&format!("{REPO}/contents/?ref=update")).json().as_array().unwrap().len(), 1000);
}

#[test]
fn f5_blobs_and_trees_by_their_names() {
    let github = Github::start(scenario());
    let sha = github.get(&format!("{PULL}/files")).json()[0]["sha"].as_str().unwrap().to_owned();
    let blob = format!("{REPO}/git/blobs/{sha}");
    assert_eq!(github.get(&blob).json()["encoding"], "base64");
    assert!(github.get_as("application/vnd.github.raw", &blob).text().ends_with("j\nk\n"));
    let tree = github.get(&format!("{REPO}/git/trees/update?recursive=1")).json();
    assert_eq!(tree["tree"][0]["sha"], sha.as_str());
}

#[test]
fn f6_f7_the_merge_is_not_the_head_and_may_be_unknown() {
    let github = Github::start(scenario().base_tip(files([
        ("requirements.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"),
        ("same.txt", "s\n"),
        ("other.txt", "o\n"),
    ])));
    let environment = github.double.environment("pull_request");
    let sha = &environment.iter().find(|(name, _)| name == "GITHUB_SHA").unwrap().1;
    assert_eq!(Some(sha), github.double.merge_commit().as_ref());
    assert_ne!(sha, &github.double.head());
    let pull = github.get(PULL).json();
    assert_eq!((&pull["mergeable"], &pull["merge_commit_sha"]), (&true.into(), &sha.as_str().into()));
    assert_eq!(pull["changed_files"], 1, "what the base branch did since is not part of it");
    github.double.act(Action::Computing(true));
    let pull = github.get(PULL).json();
    assert!(pull["mergeable"].is_null() && pull["merge_commit_sha"].is_null());
    github.double.act(Action::Computing(false));
    github.double.act(Action::PushBase(github.double.text("requirements.txt", "conflict\n")));
    assert_eq!(github.get(PULL).json()["mergeable"], false);
}
