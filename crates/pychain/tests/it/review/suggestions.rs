//! Suggestions, applied by the stand-in as GitHub applies them: the result has the finding no more.

use pychain_github_double::suggestions;

use super::job;

/// Every suggestion on a change of `requirements.txt`, applied by itself: how many there were.
#[track_caller]
fn check(base: &str, head: &str) -> usize {
    let job = job(base, head);
    job.run_with(&["--policy", "strict", "--fail-on", "never"]).exits(0);
    std::fs::create_dir_all(job.sandbox.outside("base")).unwrap();
    std::fs::write(job.sandbox.outside("base/requirements.txt"), base).unwrap();
    let before = job.sandbox.outside("base").display().to_string();
    let audited = |text: &[u8]| {
        job.sandbox.write("requirements.txt", text);
        let arguments = ["audit", "--policy", "strict", "--fail-on", "never", "--format", "json", "--base", &before];
        job.sandbox.pychain(&arguments).exits(0).stdout
    };
    let mut count = 0;
    for id in job.github.comments() {
        let (_, body) = job.github.comment(id).expect("a comment");
        if suggestions(&body).is_empty() {
            continue;
        }
        count += 1;
        let marker = body.split("<!-- pychain v1 f=").nth(1).expect("a marker");
        let fingerprint = &marker[..16];
        assert!(audited(head.as_bytes()).contains(&format!("\"{fingerprint}")), "{body}");
        let after = job.github.apply_suggestion(id).unwrap_or_else(|why| panic!("{}: {body}", why.message()));
        let report = audited(&after);
        assert!(!report.contains(&format!("\"{fingerprint}")), "{body}\n{}", String::from_utf8_lossy(&after));
    }
    job.is_quiet_with(&["--policy", "strict", "--fail-on", "never"]);
    count
}

#[test]
fn each_suggestion_mends_what_it_is_about() {
    for (head, expected) in [
        ("click==8.1.7\nclick==8.1.7\n", 1),
        ("--index-url http://pypi.org/simple\nclick==8.1.7\n", 1),
        ("click==8.1.7\n--index-url http://pypi.org/simple", 1),
        ("click==8.1.7\r\n--index-url http://pypi.org/simple\r\nflask==3.0.3\r\n", 1),
        ("click==8.1.7\nflask \\\n  ==3.0.3\nflask \\\n  ==3.0.3\n", 1),
        ("click==8.1.7\nflask==3.0.3 # \u{200b}odd\n", 1),
        ("click==8.1.7\nflask = 3.0.3\n", 1),
        ("click===8.1.7\nflask===3.0.3\n", 0),
        ("click==8.1.7\nx @ git+http://github.com/a/x@0123456789abcdef0123456789abcdef01234567\n", 1),
        ("click==8.1.7\nflask==3.0.3\n# pychain: ignore[unpinned-requirement] old\nattrs==24.2.0\n", 0),
    ] {
        let count = check("click==8.1.7\n", head);
        assert!(count >= expected, "{count} suggestions for {head:?}");
    }
}
