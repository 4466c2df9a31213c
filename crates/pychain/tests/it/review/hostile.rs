//! A pull request of an attacker: names, addresses, comments, files and branches that try to be more than text.

use pychain_github_double::{Journal as _, Scenario, Tree};

use super::job_of;
use super::outputs::outputs;

/// One kind of trick each.
const TRICKS: [&str; 22] = [
    "\u{1b}[31mred\u{1b}[2J",
    "::error::injected",
    "::stop-commands::x",
    "##[error]injected",
    "%0A::error::injected",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/pixel)",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "</details><b>",
    "<!-- pychain v1 summary -->",
    "<!-- pychain v1 f=0123456789abcdef h=a1 -->",
    "@someone @org/team",
    "#123 GH-7 org/repo#8 0123456789abcdef0123456789abcdef01234567",
    "https://evil.example www.evil.example a@evil.example",
    ":tada: | a | b |",
    "`` ``` ```` ```suggestion",
    "\u{202e}txet\u{2066}",
    "a\u{200b}\u{ad}\u{feff}b",
    "\u{2028}\u{2029}",
    "${{ secrets.GITHUB_TOKEN }} ${TOKEN} $(id)",
    "PYCHAIN<<EOF\nEOF",
];

fn scenario() -> Scenario {
    let mut head = Tree::new();
    for (at, trick) in TRICKS.iter().enumerate() {
        let one_line = trick.replace(['\n', '\r'], " ");
        let text = format!(
            "{one_line}\n# {one_line}\nflask # {one_line}\n--index-url http://x/{one_line}\n-r {one_line}\n\
             --hash={one_line}\na{at}; python_version=='{one_line}'\n--extra-index-url https://u:hunter2@h/{one_line}\n"
        );
        let directory = one_line.replace('/', "_");
        head.insert(format!("{directory}/requirements.txt"), text.as_str().into());
        head.insert(format!("x{at}-{directory}-requirements.txt"), "flask\n".into());
    }
    head.insert("\n::error::y/requirements.txt".to_owned(), "flask\n".into());
    head.insert("pychain.toml".to_owned(), "policy = \"::error::x\u{1b}[2J @someone\"\n".into());
    Scenario {
        head_ref: "::error::branch-@someone".to_owned(),
        title: TRICKS.join(" "),
        ..Scenario::new(Tree::new(), head)
    }
}

#[track_caller]
fn is_plain(what: &str, text: &str) {
    let hidden = text.chars().find(|c| pychain_core::prose::is_hidden(*c) && !matches!(c, '\n'));
    assert_eq!(hidden, None, "{what}: {text}");
    assert!(!text.contains("##["), "{what}: {text}");
    assert!(!text.contains("hunter2"), "{what} tells a password");
}

#[test]
fn nothing_of_it_is_more_than_text_anywhere() {
    let job = job_of(scenario());
    let [report, sarif] = ["report.json", "pychain.sarif"].map(|name| job.sandbox.outside(name).display().to_string());
    let arguments = ["--policy", "strict", "--report-file", &report, "--sarif-file", &sarif];
    let ran = job.run_with(&arguments).exits(1);

    for line in ran.stdout.lines() {
        let is_ours = ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command));
        assert!(is_ours, "{line}");
    }
    for line in ran.stderr.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
    is_plain("stdout", &ran.stdout);
    is_plain("stderr", &ran.stderr);
    is_plain("summary", &job.left("summary.md"));
    let names: Vec<String> = outputs(&job.left("output")).into_keys().collect();
    assert_eq!(names.len(), 9, "{names:?}");
    for file in [&report, &sarif] {
        let text = std::fs::read_to_string(file).unwrap();
        is_plain(file, &text);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }

    let log = job.log();
    let bodies: Vec<String> = log
        .writes()
        .iter()
        .flat_map(|entry| {
            let comments = entry.body["comments"].as_array().cloned().unwrap_or_default();
            comments.into_iter().chain([entry.body.clone()]).filter_map(|it| Some(it["body"].as_str()?.to_owned()))
        })
        .collect();
    assert!(bodies.len() > 20, "{}", bodies.len());
    for body in &bodies {
        is_plain("comment", body);
        let markers = body.lines().filter(|line| line.starts_with("<!--")).count();
        assert_eq!(markers, 1, "{body}");
    }
    for entry in &log {
        let is_ours = entry.path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
        assert!(is_ours, "no text of the pull request is in an address: {}", entry.path);
    }
    job.is_quiet_with(&arguments);
}

#[test]
fn a_plan_on_paper_is_text_too() {
    let job = job_of(scenario());
    let ran = job.run_with(&["--policy", "strict", "--dry-run"]).exits(1);
    for line in ran.stdout.lines() {
        assert!(line.starts_with("would ") || line.starts_with("  "), "{line}");
        assert!(!line.trim_start().starts_with("::"), "{line}");
    }
    is_plain("plan", &ran.stdout);
}
