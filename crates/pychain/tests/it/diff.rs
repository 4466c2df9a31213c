//! `pychain diff`: the table of a change, whatever is compared with what.

use crate::sandbox::Sandbox;

const OLD: &str = "flask==3.0.0\nrequests==2.31.0\n";
const NEW: &str = "flask==3.0.3\nclick==8.1.7\n    # via flask\n";

fn lock(version: &str, size: u32, day: &str) -> String {
    format!(
        "version = 1\n[[package]]\nname = \"own\"\nsource = {{ virtual = \".\" }}\ndependencies = [{{ name = \"a\" }}]\n[[package]]\nname = \"a\"\nversion = \"{version}\"\n\
         source = {{ registry = \"https://pypi.org/simple\" }}\nwheels = [{{ url = \"https://files.pythonhosted.org/a-{version}-py3-none-any.whl\", hash = \"sha256:aa\", size = {size}, upload-time = \"{day}T00:00:00Z\" }}]\n"
    )
}

#[test]
fn a_table_is_shown_of_whatever_is_compared() {
    let sandbox = Sandbox::with(&[("requirements.txt", OLD)]);
    sandbox.commit_all();
    sandbox.write("requirements.txt", NEW);
    sandbox.write("old/requirements.txt", OLD);
    sandbox.write("new/requirements.txt", NEW);
    sandbox.write("other.txt", OLD);
    let table = "\
change    project   before  after\n\
added     click             8.1.7  requirements.txt:2\n\
upgraded  flask     3.0.0   3.0.3  requirements.txt:1\n\
removed   requests  2.31.0         requirements.txt:2 (before)\n\
1 added, 1 upgraded, 1 removed in 1 file\n";
    for words in [&["HEAD", "requirements.txt"][..], &["./old", "./new"]] {
        let ran = sandbox.pychain(&[&["diff"], words].concat()).exits(0);
        assert_eq!(ran.stdout, table, "{words:?}");
        assert_eq!(ran.stderr, "", "{words:?}");
    }
    let ran = sandbox.pychain(&["diff", "old/requirements.txt", "new/requirements.txt"]).exits(0);
    ran.prints("flask     3.0.0   3.0.3  new/requirements.txt:1\n").prints("old/requirements.txt:2 (before)\n");
    sandbox.git(&["rm", "-rq", "--cached", "."]);
    sandbox.git(&["add", "requirements.txt"]);
    sandbox.git(&["commit", "-qm", "two"]);
    assert_eq!(sandbox.pychain(&["diff", "HEAD~1", "HEAD"]).exits(0).stdout, table);
    let back = sandbox.pychain(&["diff", "./new", "./old"]).exits(0);
    assert!(
        back.stdout.contains("downgraded") && back.stdout.ends_with("1 added, 1 downgraded, 1 removed in 1 file\n")
    );
    sandbox.pychain(&["diff", "./new", "./new"]).exits(0).prints("No dependency changes\n");
}

#[test]
fn a_lock_file_tells_how_old_and_how_large_and_one_name_tells_the_format() {
    let old = lock("1.0", 100_000, "2026-01-01");
    let new = lock("1.1", 900_000, "2026-11-20");
    let sandbox = Sandbox::with(&[("uv.lock.orig", &*old), ("uv.lock", &*new)]);
    let run = |format: &str| {
        sandbox.pychain(&["diff", "uv.lock.orig", "uv.lock", "--as-of", "2026-11-22", "--format", format])
    };
    run("human")
        .exits(0)
        .prints("upgraded  a        1.0     1.1    2 days old, grew from 100 kB to 900 kB, uv.lock:7\n");
    run("markdown").exits(0).prints("| upgraded | `a` | `1.0` | `1.1` | 2 days old, grew from 100 kB to 900 kB |\n");
    let json: serde_json::Value = serde_json::from_str(&run("json").exits(0).stdout).unwrap();
    assert_eq!(json["schema"], "urn:pychain:diff:v1");
    assert_eq!(json["changes"][0]["age_days"], 2);
    assert_eq!(json["changes"][0]["after"]["versions"], serde_json::json!(["1.1"]));
    sandbox.pychain(&["diff", "uv.lock.orig", "uv.lock", "--output", "table.txt"]).exits(0);
    assert!(sandbox.read("table.txt").starts_with("change"));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_shown() {
    let sandbox = Sandbox::with(&[
        ("old/requirements.txt", OLD),
        ("new/requirements.txt", "flask==3.0.3\n!\n"),
        ("new/uv.lock", "[["),
    ]);
    let ran = sandbox.pychain(&["diff", "./old", "./new"]).exits(1).prints("upgraded").says("requirements.txt:2");
    assert!(ran.stderr.contains("uv.lock:1"), "{}", ran.stderr);
    let ran = sandbox.pychain(&["diff", "./old", "./new", "--format", "json"]).exits(1);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(2), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_hint() {
    let sandbox = Sandbox::with(&[("requirements.txt", OLD), ("main/x", "")]);
    sandbox.commit_all();
    sandbox.pychain(&["diff", "main"]).exits(2).says("both a path and a git revision").says("`./main`");
    sandbox
        .pychain(&["diff", "./main", "requirements.txt"])
        .exits(2)
        .says("a file cannot be compared with a directory");
    sandbox.pychain(&["diff", "no-such-revision"]).exits(2).says("no-such-revision");
    sandbox.pychain(&["diff", "./nothing"]).exits(2).says("cannot find");
    sandbox.pychain(&["diff", "./main", "./main"]).exits(2).says("no dependency files");
    sandbox.pychain(&["diff"]).exits(2).says("BASE");
    sandbox.pychain(&["diff", "--help"]).exits(0).prints("Exit codes:").prints("pychain diff v1.0 v1.1");
}

#[test]
fn what_a_file_says_moves_nothing_on_a_terminal() {
    let evil = "[[package]]\nname = \"a\\u001b[31m\\u202e##[error]\"\nversion = \"1|\\u0007`\"\nsource = {registry = \"https://u:secret@e.org\\n::error::x\"}\n";
    let sandbox = Sandbox::with(&[("old/uv.lock", ""), ("new/uv.lock", evil)]);
    for format in ["human", "markdown", "json"] {
        let ran = sandbox.pychain(&["--color", "never", "diff", "./old", "./new", "--format", format]).exits(0);
        let is_odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.stdout.contains(is_odd) && !ran.stdout.contains("##["), "{}", ran.stdout);
        assert!(!ran.stdout.contains("secret"), "{}", ran.stdout);
        assert!(!ran.stdout.lines().any(|line| line.starts_with("::")), "{}", ran.stdout);
    }
}
