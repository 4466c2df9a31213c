//! The view: what a person would see, the same in every run.

use pychain_github_double::Action;
use serde_json::json;

use crate::client::{Github, REPO, scenario};

#[test]
fn the_page_of_a_pull_request() {
    let github = Github::start(scenario());
    let head = github.double.head();
    github.review(&json!([
        {"path": "requirements.txt", "line": 5, "side": "RIGHT", "body": "Bad.\n\n```suggestion\ne\n```"},
        {"path": "requirements.txt", "start_line": 3, "line": 5, "side": "RIGHT", "start_side": "RIGHT", "body": "Range."},
    ]));
    github.post(
        &format!("{REPO}/issues/7/comments"),
        &json!({"body": format!("Summary of {}\n## Not a heading", &head[..7])}),
    );
    github.double.act(Action::Reply { author: "hubot".into(), thread: 0, body: "Why?".into() });
    github.double.push("requirements.txt", "zero\na\nb\nc\nd\nE\nf\ng\nh\ni\nj\n");
    github.double.act(Action::Lock(true));
    assert_eq!(
        github.double.view(),
        "# Pull request 7: Update dependencies

open, locked; notifications: 2

## Review by github-actions[bot]: COMMENTED, 2 comments

> Review.

## requirements.txt, line 6

### github-actions[bot]

> Bad.
>
> ```suggestion
> e
> ```

### hubot answers

> Why?

## requirements.txt, lines 4–6

### github-actions[bot]

> Range.

## Comment by github-actions[bot]

> Summary of <head 1>
> ## Not a heading
"
    );
}
