//! Where the report goes and what it looks like there.

use crate::sandbox::Sandbox;

const BAD: &str =
    "click\nflask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3\n";

fn sandbox() -> Sandbox {
    Sandbox::with(&[("requirements.txt", BAD)])
}

#[test]
fn a_finding_is_shown_with_its_line_and_makes_the_exit_code_1() {
    let ran = sandbox().pychain(&["audit"]).exits(1);
    let ran = ran.prints("high[mixed-hashes]").prints("1 | click\n  | ^^^^^\n").prints("= why: ").prints("= help: ");
    assert_eq!(ran.stderr, "", "nothing to talk about");
    assert!(ran.stdout.ends_with(" in 1 of 1 file\n"), "{}", ran.stdout);
}

#[test]
fn colors_are_for_terminals_unless_forced() {
    let mut sandbox = sandbox();
    let colored = |sandbox: &Sandbox, arguments: &[&str]| {
        sandbox.pychain(&[&["audit"], arguments].concat()).exits(1).stdout.contains('\u{1b}')
    };
    assert!(!colored(&sandbox, &[]), "a pipe is no terminal");
    assert!(colored(&sandbox, &["--color", "always"]));
    sandbox.set("CLICOLOR_FORCE", "1");
    assert!(colored(&sandbox, &[]));
    assert!(!colored(&sandbox, &["--color", "never"]));
    sandbox.set("NO_COLOR", "1");
    sandbox.set("CLICOLOR_FORCE", "0");
    assert!(!colored(&sandbox, &[]));
    assert!(colored(&sandbox, &["--color", "always"]), "what is asked for on the command line goes first");
}

#[test]
fn color_changes_nothing_but_color() {
    let sandbox = sandbox();
    let plain = sandbox.pychain(&["audit"]).stdout;
    let colored = sandbox.pychain(&["audit", "--color", "always"]).stdout;
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, plain);
}

#[test]
fn quiet_prints_findings_only() {
    let sandbox = sandbox();
    let ran = sandbox.pychain(&["audit", "--quiet"]).exits(1).prints("mixed-hashes").lacks(" of 1 file");
    assert_eq!(ran.stderr, "");
    sandbox.write("requirements.txt", "");
    let ran = sandbox.pychain(&["audit", "-q"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn a_report_in_a_file_leaves_a_summary_on_stderr() {
    let sandbox = sandbox();
    let ran =
        sandbox.pychain(&["audit", "--output", "report.out", "--color", "always"]).exits(1).says(" in 1 of 1 file");
    assert_eq!(ran.stdout, "");
    let report = sandbox.read("report.out");
    assert!(report.contains("high[mixed-hashes]") && !report.contains('\u{1b}'), "{report}");
    sandbox
        .pychain(&["audit", "--output", "no/such/directory/x"])
        .exits(2)
        .says("error: cannot write the report to `no/such/directory/x`");
}

#[test]
fn nothing_that_a_file_holds_is_obeyed_by_a_terminal() {
    const TRICKS: &str = "\u{1b}]0;owned\u{7} \u{9b}2J \u{202e} \u{200b} ##[error]x";
    let sandbox = Sandbox::with(&[
        ("requirements.txt", &format!("click # {TRICKS}\n{BAD}")),
        ("requirements-\u{1b}[1m.txt", &format!("{BAD}-r {TRICKS}.txt\n{TRICKS}\nclick=={TRICKS}\n--hash={TRICKS}\n")),
    ]);
    let ran = sandbox.pychain(&["audit", "--policy", "strict"]).exits(1).prints("1 | click # \\u{1b}]0;owned");
    let shown = ran.stdout + &ran.stderr;
    assert_eq!(shown.chars().find(|c| *c != '\n' && pychain_core::prose::is_hidden(*c)), None, "{shown}");
    assert!(!shown.contains("##["), "{shown}");
}

#[test]
fn two_runs_say_the_same() {
    let sandbox = Sandbox::new();
    for name in ["b/requirements.txt", "a/requirements.txt", "requirements.txt", "constraints.txt"] {
        sandbox.write(name, BAD);
    }
    let run = || sandbox.pychain(&["audit", "--policy", "strict"]).stdout;
    assert_eq!(run(), run());
}

#[test]
fn every_format_is_written() {
    let sandbox = sandbox();
    let report = |format: &str| sandbox.pychain(&["audit", "--format", format]).exits(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(json["findings"][0]["rule"], "mixed-hashes");
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "mixed-hashes");
    assert!(report("github").starts_with("::error file=requirements.txt,line=1,"), "{}", report("github"));
    assert!(report("markdown").contains("mixed-hashes"));
}

#[test]
fn programs_get_warnings_in_the_report_too() {
    let sandbox = sandbox();
    let huge = std::fs::File::create(sandbox.project().join("requirements-huge.txt")).unwrap();
    huge.set_len(pychain_core::text::MAX_FILE_BYTES as u64 + 1).unwrap();
    let ran = sandbox.pychain(&["audit", "--format", "json"]).exits(1).says("requirements-huge.txt: the file has");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["problems"][0]["path"], "requirements-huge.txt");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let sandbox = Sandbox::new();
    for number in 0..200 {
        sandbox.write(&format!("requirements-{number}.txt"), BAD);
    }
    let (read, write) = std::io::pipe().unwrap();
    drop(read);
    let mut command = sandbox.prepared(&sandbox.project(), &["audit"]);
    let output =
        command.stdout(write).stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
