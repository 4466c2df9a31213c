//! Where GitHub cuts, refuses, or breaks off in the middle.

use std::fmt::Write as _;
use std::thread;

use insta::assert_snapshot;
use pychain_github_double::{Action, File, Scenario, files};

use crate::life::{BASE, HEAD, scenario};
use crate::stage::Stage;

#[test]
fn three_thousand_files_are_listed_and_the_rest_is_told() {
    let mut head = files([("requirements.txt", HEAD), ("zz/requirements.txt", HEAD)]);
    head.extend((0..3_050).map(|number| (format!("docs/{number:04}.md"), File::from("x\n"))));
    let mut stage = Stage::new(Scenario::new(files([("requirements.txt", BASE)]), head));
    let run = stage.run("3,052 files", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_withheld_patch_does_not_hide_a_finding() {
    let mut scenario = scenario();
    scenario.limits.diff.file_lines = 1;
    let mut stage = Stage::new(scenario);
    let run = stage.run("no patch", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn more_findings_than_a_comment_may_hold() {
    let mut head = files([("requirements.txt", BASE)]);
    // More of a file are told together.
    for file in 0..70 {
        let mut text = String::new();
        for number in 0..10 {
            let name = format!("{}{file}-{number}", "long-".repeat(20));
            let _ = writeln!(text, "{name} @ git+https://github.com/acme/{name}.git@main");
        }
        head.insert(format!("requirements/{file:02}.txt"), File::from(text));
    }
    let mut stage = Stage::new(Scenario::new(files([("requirements.txt", BASE)]), head));
    let run = stage.run("700 findings", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_eq!(stage.github.comments().len(), 30);
    let page = stage.github.view();
    let (_, summary) = page.split_once("\n## Comment by").expect("a summary");
    assert!((50_000..65_536).contains(&summary.len()), "{}", summary.len());
    // What is said of them all, not every row.
    let said: Vec<&str> = summary.lines().filter(|line| !line.contains("long-")).collect();
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_rate_limit_is_waited_for() {
    let mut stage = Stage::new(scenario());
    stage.github.before("pulls/create-review", Action::Block { seconds: 2, told: true });
    stage.run("blocked for two seconds", "pull_request", "opened");
    assert!(stage.written() > 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_long_rate_limit_ends_in_annotations() {
    let mut stage = Stage::new(scenario());
    stage.github.before("pulls/create-review", Action::Block { seconds: 1_800, told: true });
    let run = stage.run("blocked for half an hour", "pull_request", "opened");
    assert!(!run.annotations.is_empty() && !run.summary.is_empty(), "{run}");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_connection_dropped_after_the_write_repeats_nothing() {
    let mut stage = Stage::new(scenario());
    stage.github.drop_after("pulls/create-review");
    stage.run("dropped", "pull_request", "opened");
    let threads = stage.github.comments().len();
    let mut other = Stage::new(scenario());
    other.run("not dropped", "pull_request", "opened");
    assert_eq!(threads, other.github.comments().len());
    assert_snapshot!(stage.transcript());
}

#[test]
fn an_answer_of_502_after_the_write_repeats_nothing() {
    let mut stage = Stage::new(scenario());
    stage.github.fail_after("pulls/create-review");
    stage.github.fail_after("issues/create-comment");
    stage.run("answered by 502", "pull_request", "opened");
    stage.run("again", "pull_request", "reopened");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn reading_is_tried_again() {
    let mut stage = Stage::new(scenario());
    stage.github.fail("pulls/get", 502);
    stage.github.fail("pulls/list-files", 503);
    let run = stage.run("reads fail once", "pull_request", "opened");
    assert!(stage.written() > 0, "{run}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn what_two_runs_at_once_said_twice_the_next_one_takes_back() {
    let mut stage = Stage::new(scenario());
    stage.github.act(Action::Latency(50));
    let event = stage.github.event("pull_request", "opened");
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| stage.job("pull_request").run("pull_request", &event).expect("a run"));
        }
    });
    stage.run("the next one", "pull_request", "reopened");
    let page = stage.github.view();
    assert_eq!(stage.github.comments().len(), 2, "{page}");
    // A summary that was written twice is folded away.
    assert_eq!(page.matches("## Comment by github-actions[bot]\n").count(), 1, "{page}");
    stage.run("once more", "pull_request", "reopened");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
}
