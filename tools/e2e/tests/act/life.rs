//! The life of a pull request: opened, pushed to, reopened, closed.

use insta::assert_snapshot;
use pychain_github_double::{Action, Journal as _, Scenario, files};

use crate::stage::Stage;

pub(crate) const BASE: &str = "# production\nclick==8.1.7\nflask==3.0.3\n";
/// Two findings on lines of their own, one with a certain fix, and one new project.
pub(crate) const HEAD: &str = "\
# production
--trusted-host packages.acme.example
click==8.1.7
flask==3.0.3
acme-webhooks @ git+https://github.com/acme/webhooks.git@main
";

pub(crate) fn scenario() -> Scenario {
    Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]))
}

#[test]
fn opened_and_reopened() {
    let mut stage = Stage::new(scenario()).unhurried();
    let opened = stage.run("first run", "pull_request", "opened");
    assert!(!opened.success);
    assert_snapshot!("summary_of_a_job", opened.summary);
    assert_eq!(
        stage.github.log().iter().filter(|entry| entry.operation.as_deref() == Some("pulls/create-review")).count(),
        1
    );
    let log = stage.github.log();
    assert!(log.len() <= 12, "{} requests", log.len());
    assert!(log.write_gap().is_some_and(|gap| gap >= 1_000) && !log.writes_overlap(), "{:?}", log.write_gap());

    let before = stage.github.view();
    stage.run("again, nothing changed", "pull_request", "reopened");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_eq!(stage.github.view(), before);
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_finding_is_fixed() {
    let mut stage = Stage::new(scenario());
    stage.run("first run", "pull_request", "opened");
    stage.github.push("requirements.txt", &HEAD.replace("--trusted-host packages.acme.example\n", ""));
    stage.run("one is fixed", "pull_request", "synchronize");
    stage.github.push("requirements.txt", BASE);
    let clean = stage.run("all are fixed", "pull_request", "synchronize");
    assert!(clean.success, "{clean}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_finding_moves() {
    let mut stage = Stage::new(scenario());
    stage.run("first run", "pull_request", "opened");
    stage.github.push("requirements.txt", &format!("# a line\n# another line\n{HEAD}"));
    let notifications = stage.github.notifications();
    stage.run("lines above were added", "pull_request", "synchronize");
    assert_eq!(stage.github.notifications(), notifications);
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_finding_is_added() {
    let mut stage = Stage::new(scenario());
    stage.run("first run", "pull_request", "opened");
    stage.github.push("requirements.txt", &format!("{HEAD}--index-url http://packages.acme.example/simple\n"));
    let notifications = stage.github.notifications();
    stage.run("a line was added", "pull_request", "synchronize");
    assert_eq!(stage.github.notifications(), notifications + 1);
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_fixed_finding_comes_back() {
    let mut stage = Stage::new(scenario());
    stage.run("first run", "pull_request", "opened");
    stage.github.push("requirements.txt", BASE);
    stage.run("fixed", "pull_request", "synchronize");
    stage.github.push("requirements.txt", HEAD);
    stage.run("back again", "pull_request", "synchronize");
    assert_snapshot!(stage.transcript());
}

#[test]
fn nothing_is_wrong_and_nothing_is_written() {
    let base = files([("requirements.txt", BASE)]);
    let head = files([("requirements.txt", BASE), ("README.md", "Hello\n")]);
    let mut stage = Stage::new(Scenario::new(base, head));
    let run = stage.run("no dependency file changed", "pull_request", "opened");
    assert!(run.success, "{run}");
    assert_eq!((stage.written(), run.annotations.len()), (0, 0));
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_closed_pull_request_is_left_alone() {
    let mut stage = Stage::new(scenario());
    stage.github.act(Action::Close(true));
    stage.run("closed before the run", "pull_request", "opened");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    stage.github.act(Action::Close(false));
    let requests = stage.github.log().len();
    stage.github.after("graphql", Action::Close(true));
    stage.run("closed during the run", "pull_request", "reopened");
    assert_eq!((requests, stage.written()), (0, 0), "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_force_push_during_the_run_stops_it() {
    let mut stage = Stage::new(scenario());
    let newer = stage.github.text("requirements.txt", BASE);
    stage.github.after("graphql", Action::ForcePush(newer));
    stage.run("the head moves while it is read", "pull_request", "opened");
    assert_eq!(stage.written(), 0, "{}", stage.writes());

    let newer = stage.github.text("requirements.txt", HEAD);
    stage.github.act(Action::ForcePush(newer));
    let newest = stage.github.text("requirements.txt", BASE);
    stage.github.before("pulls/create-review", Action::ForcePush(newest));
    stage.run("the head moves just before the review", "pull_request", "synchronize");
    assert_eq!(stage.written(), 0, "{}", stage.writes());
    assert_snapshot!(stage.transcript());
}

#[test]
fn a_change_is_judged_by_the_policy_of_its_base() {
    let policy = "[rules]\ntrusted-host = \"off\"\nmutable-vcs-reference = \"off\"\nchanged-policy = \"off\"\n";
    let head = files([("requirements.txt", HEAD), ("pychain.toml", policy)]);
    let mut stage = Stage::new(Scenario::new(files([("requirements.txt", BASE)]), head));
    let run = stage.run("the change switches its judges off", "pull_request", "opened");
    assert!(!run.success, "{run}");
    assert_snapshot!(stage.transcript());
}

#[test]
fn each_suggestion_fixes_what_it_says() {
    let fixable = "pytest==8.3.4 \\\n    --hash=sha256:50e16d954148559c9a74109af1eaf0c945ba2d8f30f0a3d3335edde19788b6f6 \\\n    # and the sdist:\n    --hash=sha256:965370d062bce11e73868e0335abac31b4d3de0e82f4007408d242b4f8610761\n";
    let head = files([("requirements/dev.txt", fixable)]);
    let mut stage = Stage::new(Scenario::new(files([("requirements/dev.txt", "")]), head));
    stage.run("first run", "pull_request", "opened");
    let fixed: Vec<_> = stage
        .github
        .comments()
        .into_iter()
        .filter(|id| stage.github.comment(*id).is_some_and(|(_, body)| body.contains("```suggestion")))
        .map(|id| stage.github.apply_suggestion(id).expect("it applies"))
        .collect();
    assert!(!fixed.is_empty(), "{}", stage.transcript());
    for file in fixed {
        stage.github.push("requirements/dev.txt", &String::from_utf8(file).expect("text"));
        stage.run("a suggestion is taken", "pull_request", "synchronize");
    }
    assert_snapshot!(stage.transcript());
}
