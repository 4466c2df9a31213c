//! R14: suggestions, applied as the button does it.

use pychain_github_double::{Action, Invalid};
use serde_json::json;

use crate::client::{Github, scenario};

#[test]
fn r14_a_suggestion_replaces_exactly_its_lines() {
    let github = Github::start(scenario());
    github.review(&json!([
        {"path": "requirements.txt", "line": 5, "side": "RIGHT", "body": "Why.\n\n```suggestion\ne\n```\n"},
        {"path": "requirements.txt", "start_line": 10, "line": 11, "side": "RIGHT", "start_side": "RIGHT", "body": "````suggestion\nJ\nK\nL\n````"},
    ]));
    let [one, two] = github.double.comments()[..] else { panic!("two comments") };
    assert_eq!(github.double.apply_suggestion(one).unwrap(), b"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n");
    let tree = github.double.apply_suggestions(&[one, two]).unwrap();
    assert_eq!(tree["requirements.txt"], "a\nb\nc\nd\ne\nf\ng\nh\ni\nJ\nK\nL\n".into());
}

#[test]
fn r14_what_github_refuses() {
    let github = Github::start(scenario());
    let suggest = |line: usize, side: &str, body: &str| {
        github.review(&json!([{"path": "requirements.txt", "line": line, "side": side, "body": body}]));
        *github.double.comments().last().unwrap()
    };
    let same = suggest(5, "RIGHT", "```suggestion\nE\n```");
    let left = suggest(5, "LEFT", "```suggestion\nE\n```");
    let none = suggest(5, "RIGHT", "no block");
    let fine = suggest(5, "RIGHT", "```suggestion\nF\n```");
    let apply = |id| github.double.apply_suggestion(id).unwrap_err();
    assert_eq!([apply(same), apply(left), apply(none)], [Invalid::Unchanged, Invalid::Deleted, Invalid::None]);
    assert_eq!(github.double.apply_suggestions(&[fine, same]).unwrap_err(), Invalid::Overlap);
    github.double.push("requirements.txt", "a\nb\nc\nd\nG\nf\ng\nh\ni\nj\nk\n");
    assert_eq!(apply(fine), Invalid::Outdated);
    github.double.act(Action::Close(true));
    assert_eq!(apply(fine), Invalid::Closed);
}
