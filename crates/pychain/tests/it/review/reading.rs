//! What is read, from which commit, and in how many requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use pychain_github_double::{DiffLimits, Double, File, Journal as _, Limits, Scenario, Tree, files};

use super::{BASE, HEAD, Job, job, job_of, tree};

/// A repository such as many have, and a change of three of its dependency files.
fn ordinary() -> Scenario {
    let base = files([
        (".github/workflows/ci.yml", "on: push\n"),
        ("constraints.txt", "click==8.1.7\n"),
        ("docs/requirements.txt", "sphinx==8.0.0\n"),
        ("pyproject.toml", "[project]\nname = \"x\"\n"),
        ("requirements-dev.txt", "-r requirements.txt\npytest==8.3.2\n"),
        ("requirements.txt", "-c constraints.txt\nclick==8.1.7\n"),
        ("src/x.py", "print()\n"),
        ("tools/requirements.txt", "ruff==0.6.1\n"),
    ]);
    let mut head = base.clone();
    for (path, text) in [
        ("docs/requirements.txt", "sphinx==8.0.0\nfuro\n"),
        ("requirements-dev.txt", "-r requirements.txt\npytest==8.3.2\ncoverage\n"),
        ("requirements.txt", "-c constraints.txt\nclick==8.1.7\nflask\n"),
    ] {
        head.insert(path.to_owned(), text.into());
    }
    Scenario::new(base, head)
}

#[test]
fn three_changed_files_take_at_most_twelve_requests() {
    let job = job_of(ordinary());
    let ran = job.run().exits(1);
    let log = job.log();
    let paths: Vec<_> = log.iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect();
    // The constraints that an unchanged line asks for are the thirteenth at most.
    assert!(log.len() <= 13, "{paths:#?}\n{}", ran.stderr);
    assert_eq!(job.github.comments().len(), 3, "{}", job.github.view());
    job.is_quiet();
}

#[test]
fn a_lock_file_that_is_not_read_locks_all_the_same() {
    let manifest = "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"click\"]\n";
    let base = files([("app/pyproject.toml", manifest), ("uv.lock", "version = 1\n")]);
    let mut head = base.clone();
    head.insert("app/pyproject.toml".to_owned(), manifest.replace("click", "click>=8").as_str().into());
    let view = |head: &Tree| {
        let job = job_of(Scenario::new(base.clone(), head.clone()));
        job.run_with(&["--policy", "strict"]);
        job.github.view()
    };
    assert!(!view(&head).contains("unlocked-manifest"));
    head.remove("uv.lock");
    assert!(view(&head).contains("unlocked-manifest"));
}

#[test]
fn source_code_is_read_only_where_its_patch_may_concern_a_script() {
    let script = "# /// script\n# dependencies = [\n#   'click',\n# ]\n# ///\nprint()\n";
    let lines = "x = 1\n".repeat(20);
    let base = files([("a.py", &lines), ("b.py", &format!("# 2025\n{lines}")), ("c.py", script), ("d.py", script)]);
    let mut head = base.clone();
    for (path, text) in [
        ("a.py", format!("{lines}y = 2\n")),
        ("b.py", format!("# 2026\n{lines}")),
        ("c.py", script.replace("'click',", "'click',\n#   'flask @ http://e.org/flask.zip',")),
        ("d.py", format!("{script}{lines}{lines}")),
        ("e.py", "print()\n".to_owned()),
    ] {
        head.insert(path.to_owned(), text.as_str().into());
    }
    let job = job_of(Scenario::new(base.clone(), head.clone()));
    job.run().exits(1);
    assert!(job.github.view().contains("`flask` is fetched over `http:`"), "{}", job.github.view());
    let read = job.log().count("git/get-blob");
    head.remove("c.py");
    head.insert("c.py".to_owned(), script.into());
    let job = job_of(Scenario::new(base, head));
    job.run().exits(0);
    assert_eq!((read, job.log().count("git/get-blob")), (1, 0));
    job.is_quiet();
}

#[test]
fn what_the_base_branch_did_since_is_not_this_changes() {
    let scenario = Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]))
        .base_tip(files([("requirements.txt", "click==8.1.7\n\n\n# more\ndjango\n")]));
    let job = job_of(scenario);
    job.run().exits(1);
    let view = job.github.view();
    assert!(view.contains("`flask`") && !view.contains("django"), "{view}");
    assert_eq!(job.log().count("repos/compare-commits-with-basehead"), 0, "the patch tells it");
}

#[test]
fn the_policy_is_that_of_the_tip_of_the_base_branch() {
    let scenario = Scenario::new(files([("requirements.txt", BASE)]), files([("requirements.txt", HEAD)]))
        .base_tip(files([("requirements.txt", BASE), ("pychain.toml", "[rules]\nunpinned-requirement = \"high\"\n")]));
    let job = job_of(scenario);
    job.run().exits(1);
    assert!(job.github.view().contains("**High:** `flask` has no version"), "{}", job.github.view());
}

#[test]
fn a_change_cannot_choose_its_judge_and_is_told_of_trying() {
    let base = files([("requirements.txt", BASE), ("pyproject.toml", "[tool.pychain]\npolicy = \"default\"\n")]);
    let mut head = files([("requirements.txt", "click==8.1.7\n# pychain: ignore[unpinned-requirement] fine\nflask\n")]);
    head.insert("pyproject.toml".to_owned(), "[tool.pychain]\nfail-on = \"never\"\n".into());
    let job = job_of(Scenario::new(base, head));
    job.run().exits(1);
    let view = job.github.view();
    assert!(view.contains("`flask` has no version"), "{view}");
    assert!(view.contains("the change edits pychain's configuration: `fail-on`"), "{view}");
    assert!(view.contains("the change brings a suppression of `unpinned-requirement`"), "{view}");
    job.is_quiet();
}

#[test]
fn a_configuration_that_the_change_breaks_is_told_and_does_not_pass_unseen() {
    let base = files([("requirements.txt", BASE)]);
    let head = files([("requirements.txt", HEAD), ("pychain.toml", "policy = \"no such\"\n")]);
    let ran = job_of(Scenario::new(base, head)).run().exits(1);
    assert!(ran.stderr.contains("the change breaks pychain's configuration"), "{}", ran.stderr);
}

#[test]
fn a_configuration_that_is_broken_in_the_base_stops_the_run() {
    let base = files([("requirements.txt", BASE), ("pychain.toml", "policy = \"no such\"\n")]);
    let head = files([("requirements.txt", HEAD), ("pychain.toml", "policy = \"no such\"\n")]);
    let job = job_of(Scenario::new(base, head));
    let ran = job.run().exits(2);
    assert!(ran.stderr.contains("the configuration of the base"), "{}", ran.stderr);
    assert!(job.log().writes().is_empty());
}

#[test]
fn a_workflow_that_stops_running_pychain_is_told() {
    let workflow = "on: pull_request\njobs:\n  review:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: org/pychain-action@v1\n";
    let base = files([(".github/workflows/review.yml", workflow), ("requirements.txt", BASE)]);
    for after in [Some(workflow.replace("@v1", "@evil")), Some("on: push\n".to_owned()), None] {
        let mut head = base.clone();
        match &after {
            Some(text) => head.insert(".github/workflows/review.yml".to_owned(), text.as_str().into()),
            None => head.remove(".github/workflows/review.yml"),
        };
        let job = job_of(Scenario::new(base.clone(), head));
        job.run().exits(1);
        let what = if after.is_some_and(|text| text.contains("uses")) {
            "edits how pychain runs in"
        } else {
            "removes pychain from"
        };
        assert!(job.github.view().contains(what), "{}", job.github.view());
        job.is_quiet();
    }
}

#[test]
fn f2_a_patch_that_is_withheld_costs_its_comments_but_no_finding() {
    let limits = Limits { diff: DiffLimits { file_lines: 1, ..DiffLimits::default() }, ..Limits::default() };
    let base = files([("requirements.txt", "django\nclick==8.1.7\n")]);
    let head = files([("requirements.txt", "django\nclick==8.1.7\nflask\n")]);
    let job = job_of(Scenario { limits, ..Scenario::new(base, head) });
    job.run().exits(1);
    let view = job.github.view();
    assert_eq!(job.github.comments().len(), 0, "{view}");
    assert!(view.contains("`flask` has no version") && !view.contains("django"), "{view}");
    assert!(view.contains("/requirements.txt#L3"), "{view}");
    job.is_quiet();
}

#[test]
fn n3_what_the_list_of_files_leaves_out_is_found_all_the_same() {
    let many: Vec<(String, String)> = (0..40).map(|at| (format!("a/{at}.py"), "1\n".to_owned())).collect();
    let mut base = tree(&many);
    base.insert("z/requirements.txt".to_owned(), BASE.into());
    let mut head = tree(&many.iter().map(|(path, _)| (path.clone(), "2\n".to_owned())).collect::<Vec<_>>());
    head.insert("z/requirements.txt".to_owned(), HEAD.into());
    let limits = Limits { files_listed: 30, ..Limits::default() };
    let job = job_of(Scenario { limits, ..Scenario::new(base, head) });
    job.run().exits(1);
    assert!(job.github.view().contains("`flask` has no version"), "{}", job.github.view());
    job.is_quiet();
}

#[test]
fn included_files_are_read_though_they_do_not_change() {
    let base = files([("requirements.txt", "-r requirements/base.txt\n"), ("requirements/base.txt", "django\n")]);
    let mut head = base.clone();
    head.insert("requirements.txt".to_owned(), "-r requirements/base.txt\n-r nowhere.txt\nflask\n".into());
    let job = job_of(Scenario::new(base, head));
    job.run().exits(1);
    let view = job.github.view();
    assert!(view.contains("`nowhere.txt`") && !view.contains("`requirements/base.txt` "), "{view}");
    assert!(!view.contains("django"), "{view}");
}

#[test]
fn a_name_that_an_unchanged_file_near_by_has_is_not_new() {
    let base = files([("requirements.txt", BASE), ("requirements-dev.txt", "flask==3.0.3\n")]);
    let head =
        files([("requirements.txt", "click==8.1.7\nflask==3.0.3\n"), ("requirements-dev.txt", "flask==3.0.3\n")]);
    let job = job_of(Scenario::new(base, head));
    job.run();
    assert!(!job.github.view().contains("is new to this project"), "{}", job.github.view());
}

#[test]
fn no_link_is_followed_to_the_outside_and_none_by_github() {
    let base = files([("requirements.txt", BASE)]);
    let mut head = base.clone();
    head.insert("dev-requirements.txt".to_owned(), File::Symlink("../../etc/passwd".to_owned()));
    head.insert("linked-requirements.txt".to_owned(), File::Symlink("sub/plain.txt".to_owned()));
    head.insert("sub/plain.txt".to_owned(), "flask\n".into());
    let job = job_of(Scenario::new(base, head));
    let ran = job.run().exits(1);
    assert!(
        ran.stderr.contains("dev-requirements.txt") && ran.stderr.contains("leaves the audited root"),
        "{}",
        ran.stderr
    );
    assert!(job.github.view().contains("`flask` has no version"), "{}", job.github.view());
    let log = job.log();
    assert_eq!(log.count("repos/get-content"), 0, "contents are asked for by name, which follows nothing");
}

#[test]
fn a_file_that_was_a_link_is_compared_with_what_it_was() {
    let mut base = files([("real.txt", "django\n")]);
    base.insert("requirements.txt".to_owned(), File::Symlink("real.txt".to_owned()));
    let mut head = files([("real.txt", "django\n")]);
    head.insert("requirements.txt".to_owned(), "django\nflask\n".into());
    let job = job_of(Scenario::new(base, head));
    job.run().exits(1);
    let view = job.github.view();
    assert!(view.contains("`flask` has no version") && !view.contains("`django` has no"), "{view}");
}

#[test]
fn g6_any_name_of_a_file_is_read() {
    for path in ["dir with space/ü#?%&/requirements.txt", "a;b/c:d/requirements.txt", "-x/..y/requirements.txt"] {
        let mut head = Tree::new();
        head.insert(path.to_owned(), HEAD.into());
        let job = job_of(Scenario::new(Tree::new(), head));
        job.run().exits(1);
        assert!(job.github.view().contains("`flask` has no version"), "{}", job.github.view());
        job.is_quiet();
    }
}

#[test]
fn bytes_that_are_no_text_and_files_over_a_megabyte_are_read() {
    let mut text = b"# caf\xe9\nclick==8.1.7\n".to_vec();
    let base = Tree::from([("requirements.txt".to_owned(), File::File(text.clone()))]);
    text.extend_from_slice(b"flask\n");
    let job = job_of(Scenario::new(base, Tree::from([("requirements.txt".to_owned(), File::File(text))])));
    job.run().exits(0);
    assert!(job.github.view().contains("`flask`"), "{}", job.github.view());

    let long = format!("# {}\n", "x".repeat(1_200_000));
    let job = super::job(&format!("{long}{BASE}"), &format!("{long}{HEAD}"));
    job.run().exits(1);
    assert!(job.github.view().contains("`flask` has no version"), "{}", job.github.view());
}

#[test]
fn a_renamed_file_is_the_same_file_and_a_removed_one_is_gone() {
    let base = files([("requirements.txt", "django\nclick==8.1.7\n"), ("old-requirements.txt", "celery\n")]);
    let head = files([("requirements/base.txt", "django\nclick==8.1.7\n")]);
    let job = job_of(Scenario::new(base, head));
    job.run();
    let view = job.github.view();
    assert!(!view.contains("`django`"), "{view}");
    job.is_quiet();
}

#[test]
fn only_the_files_that_are_asked_for_are_reviewed() {
    let head = files([("a/requirements.txt", "flask\n"), ("b/requirements.txt", "django\n")]);
    let job = job_of(Scenario::new(Tree::new(), head));
    job.run_with(&["--paths", "b/**, c/**"]).exits(1);
    let view = job.github.view();
    assert!(view.contains("`django`") && !view.contains("`flask`"), "{view}");
}

#[test]
fn q2_an_interface_below_a_path_is_reached() {
    let scenario = Scenario { api_path: "/api/v3".to_owned(), ..ordinary() };
    let job = job_of(scenario);
    job.run().exits(1);
    assert_eq!(job.reviews(), 1);
    job.is_quiet();
}

#[test]
fn n1_n2_long_lists_are_read_to_their_ends() {
    let many: Vec<(String, String)> =
        (0..130).map(|at| (format!("p{at:03}/requirements.txt"), BASE.to_owned())).collect();
    let mut head = tree(&many);
    head.insert("p129/requirements.txt".to_owned(), HEAD.into());
    let job = job_of(Scenario::new(Tree::new(), head));
    for at in 0..120 {
        job.github.act(super::act_comment("octocat", &format!("comment {at}")));
    }
    job.run().exits(1);
    assert!(job.github.view().contains("`flask` has no version"));
    job.is_quiet();
}

#[test]
fn a_checkout_gives_what_github_does_not() {
    let Job { github, sandbox, event } = job(BASE, HEAD);
    sandbox.write("requirements.txt", HEAD);
    sandbox.commit_all();
    let failure = pychain_github_double::Failure {
        count: 4,
        operation: Some("git/get-blob".to_owned()),
        status: 500,
        ..pychain_github_double::Failure::default()
    };
    github.act(pychain_github_double::Action::Fail(failure));
    let mut job = Job { github, sandbox, event };
    let workspace = job.sandbox.project().display().to_string();
    job.sandbox.set("GITHUB_WORKSPACE", &workspace);
    job.run().exits(1);
    assert!(job.github.view().contains("`flask` has no version"), "{}", job.github.view());
    drop::<Double>(job.github);
}

/// Stands between the program and the stand-in, and says of every listing of a whole tree that it was cut.
fn cutting(github: &Double) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let target = github.api_url().trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, target) = (BufReader::new(client.unwrap()), target.clone());
            std::thread::spawn(move || {
                let (mut head, mut length) = (String::new(), 0);
                while client.read_line(&mut head).unwrap() > 2 {
                    let last = head.lines().next_back().unwrap_or_default().to_ascii_lowercase();
                    length = last.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
                }
                let mut body = vec![0; length];
                client.read_exact(&mut body).unwrap();
                let mut answer = Vec::new();
                if head.lines().next().unwrap().contains("recursive=1") {
                    let json = r#"{"sha":"0","tree":[],"truncated":true}"#;
                    let head =
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", json.len());
                    answer.extend_from_slice(format!("{head}{json}").as_bytes());
                } else {
                    let mut server = TcpStream::connect(target).unwrap();
                    let head = format!("{}\r\nconnection: close\r\n\r\n", head.trim_end());
                    server.write_all(&[head.as_bytes(), &body].concat()).unwrap();
                    server.read_to_end(&mut answer).unwrap();
                }
                client.get_mut().write_all(&answer).unwrap();
            });
        }
    });
    url
}

#[test]
fn a_repository_that_is_too_large_to_list_is_listed_where_it_matters() {
    let base = files([
        ("a/b/base.txt", "django\n"),
        ("a/b/requirements.txt", "-r base.txt\nclick==8.1.7\n"),
        ("gone/requirements.txt", "celery\n"),
        ("pychain.toml", "[rules]\nunpinned-requirement = \"high\"\n"),
        ("z/other.py", "1\n"),
    ]);
    let mut head = base.clone();
    head.remove("gone/requirements.txt");
    head.insert("a/b/requirements.txt".to_owned(), "-r base.txt\n-e .\nclick==8.1.7\nflask\n".into());
    head.insert("new/requirements.txt".to_owned(), "attrs\n".into());
    head.insert("linked-requirements.txt".to_owned(), File::Symlink("new/requirements.txt".to_owned()));
    let job = job_of(Scenario::new(base, head));
    let url = cutting(&job.github);
    let arguments = ["--api-url", url.as_str()];
    job.run_with(&arguments).exits(1);
    let view = job.github.view();
    assert!(view.contains("**High:** `flask` has no version") && view.contains("**High:** `attrs` has no"), "{view}");
    assert!(!view.contains("`django` has") && !view.contains("`base.txt`"), "{view}");
    job.is_quiet_with(&arguments);
}
