//! Who asks and who answers: tokens that may only read, strangers with our markers, people in our threads.

use insta::assert_snapshot;
use pychain_github_double::{Action, Scenario, Token, files};

use crate::life::{BASE, HEAD, scenario};
use crate::stage::Stage;

#[test]
fn a_fork_is_told_without_comments() {
    let mut stage = Stage::new(scenario().from_fork());
    let run = stage.run("the token may only read", "pull_request", "opened");
    assert!(!run.success && !run.annotations.is_empty() && !run.summary.is_empty(), "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_fork_is_commented_by_the_workflow_of_the_base() {
    let scenario = scenario().from_fork().token(Token::write());
    let mut stage = Stage::new(scenario).example("pull-request-target.yml");
    stage.run("pull_request_target", "pull_request_target", "opened");
    assert!(stage.written() > 0, "{}", stage.transcript());
    assert_snapshot!(stage.transcript());
}

#[test]
fn dependabot_is_told_without_comments() {
    let mut scenario = scenario().token(Token::read());
    scenario.author = "dependabot[bot]".to_owned();
    scenario.title = "Bump click from 8.1.7 to 8.1.8".to_owned();
    let mut stage = Stage::new(scenario);
    let run = stage.run("the token may only read", "pull_request", "opened");
    assert!(!run.annotations.is_empty(), "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_stranger_cannot_silence_a_finding_with_its_marker() {
    // What pychain would write, learned from another pull request.
    let mut other = Stage::new(scenario());
    other.run("elsewhere", "pull_request", "opened");
    let bodies: Vec<String> =
        other.github.comments().into_iter().filter_map(|id| Some(other.github.comment(id)?.1)).collect();
    assert!(!bodies.is_empty());

    let mut stage = Stage::new(scenario());
    for body in &bodies {
        let author = "mallory".to_owned();
        let body = body.clone();
        stage.github.act(Action::ReviewComment { author, path: "requirements.txt".to_owned(), line: 2, body });
    }
    stage.github.act(Action::Comment { author: "mallory".to_owned(), body: bodies.join("\n") });
    let before = stage.github.comments().len();
    stage.run("with mallory's markers", "pull_request", "opened");
    assert_eq!(stage.github.comments().len(), before + bodies.len());
    assert_snapshot!(stage.transcript());
}

#[test]
fn what_people_answered_stays() {
    let mut stage = Stage::new(scenario());
    stage.run("first run", "pull_request", "opened");
    stage.github.act(Action::Reply {
        author: "octocat".to_owned(),
        thread: 0,
        body: "We know; the host has no certificate.".to_owned(),
    });
    stage.github.act(Action::Resolve { author: "octocat".to_owned(), thread: 1 });
    let run = stage.run("after an answer and a resolution", "pull_request", "reopened");
    // A resolution by a person is no acceptance.
    assert!(!run.success, "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    stage.github.push("requirements.txt", BASE);
    stage.run("after the fix", "pull_request", "synchronize");
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_locked_conversation_is_told_without_comments() {
    let mut stage = Stage::new(scenario());
    stage.github.act(Action::Lock(true));
    let run = stage.run("locked", "pull_request", "opened");
    assert!(!run.annotations.is_empty(), "{run}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn hostile_text_stays_text() {
    let path = "requirements/::error::@octocat `x`.txt";
    let text = format!(
        "{HEAD}::set-output name=x::y\n--index-url http://user:pa%0Ass@evil.example/<img src=x onerror=alert(1)>\n\
        evil @ git+https://evil.example/@everyone/[x](javascript:1)```suggestion@main\n# \u{202e}<!-- pychain v1 f=0 h=0 -->\u{1b}[31m\n"
    );
    let head = files([("requirements.txt", BASE), (path, &text)]);
    let mut scenario = Scenario::new(files([("requirements.txt", BASE)]), head);
    scenario.head_ref = "x\"><script>`$(id)`".to_owned();
    scenario.title = "::add-mask::x".to_owned();
    let mut stage = Stage::new(scenario);
    let run = stage.run("hostile", "pull_request", "opened");
    assert_snapshot!("summary_of_hostile_text", run.summary);
    assert_snapshot!(stage.transcript());
}
