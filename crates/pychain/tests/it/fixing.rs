//! `--fix`, `--diff`, `--write`: what is listed, shown and changed.

use crate::sandbox::Sandbox;

/// A suppression that suppresses nothing can be removed with certainty.
const BEFORE: &str = "# keep me\nclick==8.1.7  # pychain: ignore[mixed-hashes] long gone\nflask==3.0.3\n";

fn sandbox(content: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("requirements.txt", content);
    sandbox
}

#[test]
fn fixes_are_listed_and_nothing_is_changed() {
    let sandbox = sandbox(BEFORE);
    let ran =
        sandbox.pychain(&["audit", "--fix"]).exits(0).says("1 finding in 1 file would be fixed; `--write` applies it");
    assert!(
        ran.stdout.starts_with("fix requirements.txt:2: ") && ran.stdout.ends_with(" [unused-suppression]\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(sandbox.read("requirements.txt"), BEFORE);
}

#[test]
fn a_diff_is_shown_and_nothing_is_changed() {
    let sandbox = sandbox(BEFORE);
    for arguments in [&["audit", "--diff"][..], &["audit", "--fix", "--diff"]] {
        let ran = sandbox.pychain(arguments).exits(0);
        assert_eq!(
            ran.stdout,
            "--- a/requirements.txt\n+++ b/requirements.txt\n@@ -1,3 +1,3 @@\n # keep me\n\
             -click==8.1.7  # pychain: ignore[mixed-hashes] long gone\n+click==8.1.7\n flask==3.0.3\n"
        );
    }
    assert_eq!(sandbox.read("requirements.txt"), BEFORE);
}

#[test]
fn the_diff_is_what_git_applies() {
    let sandbox = sandbox(BEFORE.replace('\n', "\r\n"));
    sandbox.pychain(&["audit", "--diff", "--output", "fix.patch"]).exits(0);
    sandbox.git(&["init", "-q"]);
    sandbox.git(&["apply", "fix.patch"]);
    assert_eq!(sandbox.read("requirements.txt"), "# keep me\r\nclick==8.1.7\r\nflask==3.0.3\r\n");
}

#[test]
fn fixes_are_written_and_what_is_left_is_reported() {
    let sandbox = sandbox(BEFORE);
    sandbox.pychain(&["audit"]).prints("unused-suppression").prints("fixable (`--fix`)");
    sandbox
        .pychain(&["audit", "--fix", "--write"])
        .exits(0)
        .lacks("unused-suppression")
        .prints("unhashed-requirement")
        .says("1 file fixed");
    assert_eq!(sandbox.read("requirements.txt"), "# keep me\nclick==8.1.7\nflask==3.0.3\n");
    sandbox.pychain(&["audit", "--fix", "--write"]).exits(0).says("nothing to fix");
    assert_eq!(sandbox.read("requirements.txt"), "# keep me\nclick==8.1.7\nflask==3.0.3\n");
}

#[test]
fn a_diff_can_be_shown_while_it_is_written() {
    let sandbox = sandbox(BEFORE);
    sandbox.pychain(&["audit", "--diff", "--write"]).exits(0).prints("+click==8.1.7\n").says("1 file fixed");
    assert_eq!(sandbox.read("requirements.txt"), "# keep me\nclick==8.1.7\nflask==3.0.3\n");
}

#[test]
fn a_program_gets_the_report_on_what_is_left() {
    let sandbox = sandbox(BEFORE);
    let ran = sandbox.pychain(&["audit", "--fix", "--write", "--format", "json"]).exits(0);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let rules: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["unhashed-requirement"]);
}

#[test]
fn an_included_file_is_fixed_too() {
    let sandbox = sandbox("-r deps/base.list\n");
    sandbox.write("deps/base.list", BEFORE);
    sandbox.pychain(&["audit", "--fix", "--write"]).exits(0);
    assert_eq!(sandbox.read("deps/base.list"), "# keep me\nclick==8.1.7\nflask==3.0.3\n");
}

#[test]
fn line_ends_and_encodings_are_kept() {
    let after = "# keep me\nclick==8.1.7\nflask==3.0.3\n";
    let bom = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
    };
    let crlf = |text: &str| text.replace('\n', "\r\n").into_bytes();
    for (before, after) in [(bom(BEFORE), bom(after)), (utf16(BEFORE), utf16(after)), (crlf(BEFORE), crlf(after))] {
        let sandbox = sandbox(&before);
        sandbox.pychain(&["audit", "--fix", "--write"]).exits(0).says("1 file fixed");
        assert_eq!(std::fs::read(sandbox.project().join("requirements.txt")).unwrap(), after);
    }
}

#[test]
fn an_encoding_that_cannot_be_written_is_left_alone() {
    let latin1 = [b"# coding: latin-1\n# f\xfcr alle\n", BEFORE.as_bytes()].concat();
    let sandbox = sandbox(&latin1);
    sandbox
        .pychain(&["audit", "--fix", "--write"])
        .exits(0)
        .says("requirements.txt: pychain reads the encoding of this file but does not write it")
        .says("nothing to fix");
    assert_eq!(std::fs::read(sandbox.project().join("requirements.txt")).unwrap(), latin1);
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let sandbox = Sandbox::with(&[("deploy/prod.list", BEFORE)]);
    std::os::unix::fs::symlink("deploy/prod.list", sandbox.project().join("requirements.txt")).unwrap();
    sandbox
        .pychain(&["audit", "--fix", "--write"])
        .exits(0)
        .says("requirements.txt: this is a symbolic link and was not written")
        .says("0 files fixed");
    assert_eq!(sandbox.read("deploy/prod.list"), BEFORE);
    assert!(sandbox.project().join("requirements.txt").is_symlink());
}
