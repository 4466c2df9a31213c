//! Help, versions, lists, and what is said to wrong usage.

use crate::sandbox::Sandbox;

#[test]
fn help_teaches_with_examples_and_exit_codes() {
    let sandbox = Sandbox::new();
    sandbox.pychain(&["--help"]).exits(0).prints("Usage: pychain").prints("audit");
    sandbox
        .pychain(&["audit", "--help"])
        .exits(0)
        .prints("Examples:")
        .prints("pychain audit --base origin/main")
        .prints("Exit codes:");
}

#[test]
fn version_is_printed() {
    Sandbox::new().pychain(&["--version"]).exits(0).prints("pychain ");
}

#[test]
fn wrong_usage_exits_with_2() {
    let sandbox = Sandbox::with(&[("requirements.txt", "")]);
    for arguments in [
        &["audit", "--no-such-option"][..],
        &["audit", "--fail-on", "terrible"],
        &["audit", "--policy", "lenient"],
        &["audit", "--installer", "conda"],
        &["audit", "--as-of", "2026-02-30"],
        &["audit", "--write"],
        &["audit", "--unsafe-fixes"],
        &["audit", "--fix", "--format", "json"],
        &["audit", "no/such/path"],
        &["audit", "requirements.txt", "no-such-file.txt"],
        &["frobnicate"],
        &[],
    ] {
        let ran = sandbox.pychain(arguments).exits(2);
        assert_eq!(ran.stdout, "", "{arguments:?}: what is wrong is talk, not data");
        assert_ne!(ran.stderr, "", "{arguments:?}");
    }
}

#[test]
fn a_missing_path_is_named_with_a_hint() {
    Sandbox::new()
        .pychain(&["audit", "requirments.txt"])
        .exits(2)
        .says("error: cannot find `requirments.txt`")
        .says("hint: check the path");
}

#[test]
fn a_directory_without_dependency_files_is_no_success() {
    Sandbox::with(&[("main.py", "")])
        .pychain(&["audit"])
        .exits(2)
        .says("error: there are no dependency files")
        .says("hint: name the files");
}

#[test]
fn a_rule_is_explained() {
    let ran = Sandbox::new().pychain(&["explain", "unhashed-requirement"]).exits(0);
    let ran =
        ran.prints("unhashed-requirement").prints("Why it matters").prints("Use instead").lacks("```").lacks("## ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn an_unknown_rule_gets_a_suggestion() {
    let sandbox = Sandbox::new();
    sandbox
        .pychain(&["explain", "unhashed-requirment"])
        .exits(2)
        .says("error: there is no rule `unhashed-requirment`")
        .says("hint: did you mean `unhashed-requirement`?");
    sandbox.pychain(&["explain", "quux"]).exits(2).says("hint: `pychain rules` lists all rules");
    sandbox.pychain(&["explain", "a\u{1b}[31mb"]).exits(2).says("`a\\u{1b}[31mb`");
}

#[test]
fn rules_are_listed_for_people_and_programs() {
    let sandbox = Sandbox::new();
    let table = sandbox.pychain(&["rules"]).exits(0).prints("unhashed-requirement").stdout;
    let json = sandbox.pychain(&["rules", "--format", "json"]).exits(0).stdout;
    let rules: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(table.lines().count(), rules.len() + 1, "a heading, then a line a rule");
    assert!(rules.iter().all(|rule| rule["id"].is_string() && rule["severity"].is_string()), "{json}");
}

#[test]
fn completions_are_printed_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        sandbox.pychain(&["completions", shell]).exits(0).prints("pychain").prints("fail-on");
    }
}
