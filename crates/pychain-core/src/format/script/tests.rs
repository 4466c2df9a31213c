//! What is read of a script's block: as uv 0.13.9 and the specification's expression were seen to read these texts.

use crate::format::pyproject::tests::shape;
use crate::testing::{Fixture, check, load};

/// The lines of a script with this block.
fn read(block: &str) -> Vec<String> {
    shape("tools/x.py", &format!("#!/usr/bin/env python3\n{block}\nprint('dependencies = [\"no\"]')\n"))
}

#[test]
fn the_block_is_read_like_a_project() {
    let block = "# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"a>=1\",  # c\n#\n#   'b[x]; os_name == \"nt\"',\n# ]\n# [tool.uv]\n# index = [{ url = \"https://i.example.org/\" }]\n#  [tool.uv.sources]\n# a = { git = \"https://e.org/a\", rev = \"x\" }\n# ///";
    let expected = [
        "dependencies: a>=1 in \"\"",
        "dependencies: b[x]; os_name == \"nt\"",
        "tool.uv: --extra-index-url https://i.example.org/",
        "tool.uv.sources: a @ git+https://e.org/a@x",
    ];
    assert_eq!(read(block), expected);
    assert_eq!(read(&block.replace('\n', "\r\n")), expected);
}

#[test]
fn what_counts_as_a_block_is_the_specifications_to_say() {
    let found = "# /// script\n# dependencies = ['a']\n# ///";
    for block in [found, &format!("# /// other\n# x\n\n{found}"), &format!("# /// other\n# ///\n#\n\n{found}\n# x")] {
        assert_eq!(read(block), ["dependencies: a"], "{block}");
    }
    for block in [
        &format!("  {found}"),
        &found.replace("script", "script "),
        &found.replace("script", "scripts"),
        &format!("# /// other\n# x\n{found}"),
    ] {
        let text = format!("{block}\n");
        assert!(load(&[("x.py", text.as_str())].into()).files.is_empty(), "{block}");
    }
}

#[test]
fn what_uv_refuses_is_told() {
    for (block, expected) in [
        ("# /// script\n# dependencies = ['a b']\n# ///\n", "expected a version specifier"),
        ("# /// script\n# dependencies = 'a'\n# ///\n", "this is of type string"),
        ("# /// script\n# dependencies = [\n# ///\n", "this is no TOML"),
        ("# /// script\n# dependencies = []\n# ///\n# x = 1\n# ///\n", "this is no TOML"),
        ("# /// script\n# dependencies = []\nx = 1\n", "the block is not closed"),
        ("# /// script\n#dependencies = []\n# ///\n", "the block is not closed"),
        ("# /// script\n\n# dependencies = []\n# ///\n", "the block is not closed"),
        ("# /// script\n# dependencies = []\n# /// \n", "the block is not closed"),
        ("# /// script\n# x = 1\n# ///\n\n# /// script\n# x = 1\n# ///\n", "this is a second block"),
    ] {
        let report = Fixture::parse(&format!("==> x.py <==\n{block}")).report();
        let told = report.findings.iter().any(|finding| {
            finding.rule.id == "unreadable-line"
                && finding.message.replace('"', "'").contains(expected.trim_start_matches("b': "))
        });
        assert!(told, "{block}: {:?}", report.findings);
        // What a test holds in a string is no script of this project.
        let report = Fixture::parse(&format!("==> x.py <==\nx = '''\n{block}'''\n")).report();
        assert!(report.findings.is_empty(), "{block}: {:?}", report.findings);
    }
}

#[test]
fn findings_stand_in_the_file() {
    check(
        "*",
        "==> x.py <==\n#!/bin/sh\n# /// script\n# dependencies = [\n#   \"reqeusts\", 'click @ http://e.org/click.zip',\n     ^^^^^^^^ confusable-name\n                         ^^^^ insecure-url\n                         ^^^^^^^^^^^^^^^^^^^^^^ direct-reference\n# ]\n# ///\n",
    );
    // uv does not ask whether the block stands in a string.
    check(
        "confusable-name",
        "==> x.py <==\n'''\n# /// script\n# dependencies = ['reqeusts']\n                   ^^^^^^^^ confusable-name\n# ///\n'''\n",
    );
}
