//! What GitHub refuses, and what fails on the way: nothing is said twice, and nothing found is lost.

use std::collections::BTreeMap;

use pychain_github_double::{Action, Failure, Journal as _, Scenario, Token, files};

use super::{BASE, HEAD, Job, job, job_of};

/// Everything was written, once.
#[track_caller]
fn is_whole(job: &Job) {
    let view = job.github.view();
    assert_eq!((job.reviews(), job.github.comments().len()), (1, 1), "{view}");
    assert_eq!(view.matches("## Comment by github-actions[bot]").count(), 1, "{view}");
    assert_eq!(job.github.notifications(), 2);
    job.is_quiet();
}

fn fail(operation: &str, failure: Failure) -> Action {
    Action::Fail(Failure { operation: Some(operation.to_owned()), ..failure })
}

#[test]
fn g8_a_write_that_was_done_and_answered_with_502_is_not_done_twice() {
    for operation in ["pulls/create-review", "issues/create-comment"] {
        let job = job(BASE, HEAD);
        job.github.fail_after(operation);
        job.run().exits(1);
        is_whole(&job);
    }
}

#[test]
fn g8_a_write_that_was_not_done_is_done_again() {
    for operation in ["pulls/create-review", "issues/create-comment"] {
        let job = job(BASE, HEAD);
        job.github.fail(operation, 502);
        job.run().exits(1);
        is_whole(&job);
    }
}

#[test]
fn a_connection_that_breaks_after_a_write_is_no_reason_to_write_again() {
    for operation in ["pulls/create-review", "issues/create-comment"] {
        let job = job(BASE, HEAD);
        job.github.drop_after(operation);
        job.run().exits(1);
        is_whole(&job);
    }
}

#[test]
fn reads_are_tried_again() {
    for operation in ["pulls/get", "pulls/list-files", "git/get-tree", "git/get-blob", "graphql"] {
        for status in [500, 502, 0] {
            let job = job(BASE, HEAD);
            job.github.fail(operation, status);
            job.run().exits(1);
            is_whole(&job);
        }
    }
}

#[test]
fn r1_a_review_that_is_refused_goes_to_the_summary() {
    let job = job(BASE, HEAD);
    let message = "Unprocessable Entity".to_owned();
    job.github.act(fail("pulls/create-review", Failure { status: 422, message, ..Failure::default() }));
    let ran = job.run().exits(1);
    assert!(ran.stderr.contains("the summary has all findings instead"), "{}", ran.stderr);
    assert_eq!(job.reviews(), 0);
    let view = job.github.view();
    assert!(view.contains("`flask` has no version"), "{view}");
}

#[test]
fn p1_a_run_of_a_fork_reads_only_and_tells_by_annotations() {
    let scenario = Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]));
    let job = job_of(scenario.from_fork());
    let ran = job.run().exits(1);
    assert_eq!(job.log().writes().len(), 1, "one try");
    assert!(ran.stderr.contains("no comments could be written"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("::notice file=requirements.txt,line=2,"), "{}", ran.stdout);
    assert!(job.left("summary.md").contains("`flask` has no version"), "{}", job.left("summary.md"));
    assert!(job.left("output").contains("commented<<"));
    assert_eq!(job.github.notifications(), 0);
}

#[test]
fn a_token_that_can_read_nothing_is_an_error_that_says_so() {
    let scenario = Scenario {
        private: true,
        ..Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)])).token(Token::none())
    };
    let ran = job_of(scenario).run().exits(2);
    assert!(ran.stderr.contains("cannot read pull request 7"), "{}", ran.stderr);
    assert!(ran.stderr.contains("404"), "{}", ran.stderr);
}

#[test]
fn r15_a_locked_conversation_is_told_by_annotations() {
    let job = job(BASE, HEAD);
    job.github.act(Action::Lock(true));
    let ran = job.run().exits(1);
    assert!(ran.stderr.contains("locked"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("::notice "), "{}", ran.stdout);
}

#[test]
fn l2_a_limit_that_says_how_long_is_waited_for() {
    for (operation, status) in [("pulls/create-review", 403), ("pulls/create-review", 429), ("git/get-tree", 429)] {
        let job = job(BASE, HEAD);
        let headers = BTreeMap::from([("retry-after".to_owned(), "1".to_owned())]);
        let message = "You have exceeded a secondary rate limit".to_owned();
        job.github.act(fail(operation, Failure { status, headers, message, ..Failure::default() }));
        let ran = job.run().exits(1);
        assert!(ran.stderr.contains("trying again in 1.0 s"), "{}", ran.stderr);
        is_whole(&job);
    }
}

#[test]
fn l1_a_limit_that_lasts_too_long_is_not_waited_for() {
    let job = job(BASE, HEAD);
    let headers = BTreeMap::from([("retry-after".to_owned(), "3600".to_owned())]);
    let message = "You have exceeded a secondary rate limit".to_owned();
    job.github.act(fail("pulls/create-review", Failure { status: 429, headers, message, ..Failure::default() }));
    let ran = job.run().exits(1);
    assert!(ran.stderr.contains("no comments could be written"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("::notice "), "{}", ran.stdout);
}

#[test]
fn g7_a_renamed_repository_is_followed_for_reads_and_writes() {
    let scenario = Scenario {
        renamed_from: Some("octo-org/old-name".to_owned()),
        ..Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]))
    };
    let job = job_of(scenario);
    job.run_with(&["--repo", "octo-org/old-name"]).exits(1);
    assert_eq!((job.reviews(), job.github.comments().len()), (1, 1), "{}", job.github.view());
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let target = format!("http://{}/repos/octo-org/example/pulls/7", elsewhere.local_addr().unwrap());
    let job = job(BASE, HEAD);
    let headers = BTreeMap::from([("location".to_owned(), target)]);
    job.github.act(fail("pulls/get", Failure { status: 302, headers, ..Failure::default() }));
    let ran = job.run().exits(2);
    assert!(ran.stderr.contains("another host"), "{}", ran.stderr);
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[test]
fn p6_a_comment_that_cannot_be_folded_is_still_called_fixed() {
    let job = job(BASE, HEAD);
    job.run().exits(1);
    job.push(BASE);
    // The second call of GraphQL is the mutation.
    job.github.after(
        "pulls/update-review-comment",
        fail("graphql", Failure { status: 403, message: "no".to_owned(), ..Failure::default() }),
    );
    job.run().exits(0);
    assert!(job.github.view().contains("**Fixed** in"), "{}", job.github.view());
    job.is_quiet();
}
