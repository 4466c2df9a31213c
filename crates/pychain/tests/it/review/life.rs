//! The life of a pull request: opened, pushed to, talked about, closed.

use pychain_github_double::{Action, Journal as _};

use super::{BASE, HEAD, act_comment, job, job_of};

#[test]
fn opened_one_review_and_one_summary() {
    let job = job(BASE, HEAD);
    let ran = job.run().exits(1);
    insta::assert_snapshot!(job.github.view());
    let log = job.log();
    assert!(log.len() <= 10, "{} requests\n{}", log.len(), ran.stderr);
    assert!(!log.writes_overlap());
    assert_eq!(job.github.notifications(), 2);
    job.is_quiet();
}

#[test]
fn nothing_wrong_is_silence() {
    let job = job("# nothing\n", "# nothing at all\n");
    let ran = job.run().exits(0);
    assert_eq!(ran.stdout, "");
    assert!(!job.github.view().contains("##"), "{}", job.github.view());
    assert!(job.log().writes().is_empty());
}

#[test]
fn a_change_of_other_files_costs_three_reads() {
    let scenario = pychain_github_double::Scenario::new(
        pychain_github_double::files([("a.py", "1\n"), ("requirements.txt", "flask\n")]),
        pychain_github_double::files([("a.py", "2\n"), ("requirements.txt", "flask\n")]),
    );
    let job = job_of(scenario);
    job.run().exits(0);
    assert_eq!(job.log().len(), 3);
}

#[test]
fn a_push_that_fixes_marks_and_folds_and_sums_up() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.push(BASE);
    job.run().exits(0);
    insta::assert_snapshot!(job.github.view());
    job.is_quiet();
}

#[test]
fn a_push_that_moves_keeps_the_comment() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.push(&format!("# one\n# two\n{HEAD}"));
    job.log();
    job.run().exits(1);
    let log = job.log();
    let writes: Vec<_> = log.writes().iter().map(|entry| entry.operation.clone().unwrap_or_default()).collect();
    assert_eq!(writes, ["issues/update-comment"], "the summary names another line");
    assert_eq!(job.reviews(), 1);
    job.is_quiet();
}

#[test]
fn a_push_that_renames_the_file_says_where_the_finding_is_now() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    let changes = [("requirements.txt", None), ("requirements/base.txt", Some(HEAD.into()))];
    job.github.act(Action::Push(changes.map(|(path, text)| (path.to_owned(), text)).into()));
    job.run().exits(1);
    let view = job.github.view();
    assert_eq!(view.matches("> **Moved** to `requirements/base.txt` in ").count(), 1, "{view}");
    assert!(!view.contains("**Fixed**"), "{view}");
    job.is_quiet();
}

#[test]
fn a_push_that_adds_is_one_more_review() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.push(&format!("{HEAD}django\n"));
    job.run().exits(1);
    assert_eq!(job.reviews(), 2);
    assert_eq!(job.github.comments().len(), 2);
    job.is_quiet();
}

#[test]
fn what_comes_back_is_told_again() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.push(BASE);
    job.run().exits(0);
    job.push(HEAD);
    job.run().exits(1);
    assert_eq!(job.github.comments().len(), 2);
    job.is_quiet();
}

#[test]
fn what_a_person_resolved_stays_resolved_and_still_counts() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.github.act(Action::Resolve { author: "octocat".to_owned(), thread: 0 });
    job.is_quiet();
    job.push(&format!("# one\n{HEAD}"));
    job.run().exits(1);
    assert_eq!(job.github.comments().len(), 1);
    job.is_quiet();
}

#[test]
fn a_reply_of_a_person_is_left_alone_when_the_finding_goes() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.github.act(Action::Reply { author: "octocat".to_owned(), thread: 0, body: "We know.".to_owned() });
    job.is_quiet();
    job.push(BASE);
    job.run().exits(0);
    insta::assert_snapshot!(job.github.view());
    job.is_quiet();
}

#[test]
fn a_marker_of_somebody_else_silences_nothing() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    let (_, body) = job.github.comment(job.github.comments()[0]).expect("our comment");
    let summary = "## pychain: fine\n\n<!-- pychain v1 summary -->";

    let job = super::job(BASE, HEAD);
    let spoof = |body: String| Action::ReviewComment {
        author: "mallory".to_owned(),
        path: "requirements.txt".to_owned(),
        line: 2,
        body,
    };
    job.github.act(spoof(body.clone()));
    job.github.act(act_comment("mallory", summary));
    job.run().exits(1);
    assert_eq!(job.reviews(), 1);
    let view = job.github.view();
    assert!(view.contains("## Comment by github-actions[bot]"), "{view}");
    // And what they wrote is not called fixed later.
    job.push(BASE);
    job.run().exits(0);
    let (_, theirs) = job.github.comment(job.github.comments()[0]).expect("their comment");
    assert_eq!(theirs, body);
    job.is_quiet();
}

#[test]
fn a_closed_pull_request_is_left_alone() {
    let mut job = job(BASE, HEAD);
    job.github.act(Action::Close(true));
    let ran = job.run().exits(0);
    assert!(ran.stderr.contains("closed") && ran.stdout.is_empty(), "{}", ran.stderr);
    job.event.1 = "closed";
    job.run().exits(0);
    assert!(job.log().writes().is_empty());
    assert!(job.left("output").contains("findings<<"), "{}", job.left("output"));
}

#[test]
fn an_event_of_an_older_push_writes_nothing() {
    let job = job(BASE, HEAD);
    let event = job.github.event("pull_request", "opened").to_string();
    job.push(&format!("{HEAD}django\n"));
    let ran = job.run_on("pull_request", &event, &[]).exits(0);
    assert!(ran.stderr.contains("newer commit"), "{}", ran.stderr);
    assert!(job.log().writes().is_empty());
}

#[test]
fn a_force_push_during_the_run_is_noticed_before_writing() {
    let job = job(BASE, HEAD);
    job.github.after("graphql", Action::ForcePush(job.github.text("requirements.txt", "django\n")));
    let ran = job.run().exits(1);
    assert!(ran.stderr.contains("newer commit"), "{}", ran.stderr);
    assert!(job.log().writes().is_empty());
    job.run().exits(1);
    assert_eq!(job.reviews(), 1);
    job.is_quiet();
}

#[test]
fn a_force_push_at_the_very_moment_of_writing_writes_nothing() {
    let job = job(BASE, HEAD);
    job.github.before("pulls/create-review", Action::ForcePush(job.github.text("requirements.txt", "django\n")));
    let ran = job.run().exits(1);
    assert!(ran.stderr.contains("newer commit"), "{}", ran.stderr);
    assert_eq!(job.github.notifications(), 0);
}

#[test]
fn comments_can_be_had_in_the_summary_only_or_not_at_all() {
    let job = job(BASE, HEAD);
    job.run_with(&["--comment", "none"]).exits(1);
    assert!(job.log().writes().is_empty());
    job.run_with(&["--comment", "summary"]).exits(1);
    assert_eq!((job.reviews(), job.github.comments().len()), (0, 0));
    insta::assert_snapshot!(job.github.view());
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let job = job(BASE, HEAD);
    let ran = job.run_with(&["--dry-run"]).exits(1);
    assert!(ran.stdout.starts_with("would post one review:\n    | pychain comments on"), "{}", ran.stdout);
    assert!(ran.stdout.contains("would write the summary:\n"), "{}", ran.stdout);
    assert!(job.log().writes().is_empty());
    job.run().exits(1);
    assert!(job.run_with(&["--dry-run"]).exits(1).stdout.starts_with("nothing to write\n"));
}
