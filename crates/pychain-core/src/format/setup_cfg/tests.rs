//! What the reader of `setup.cfg` makes of it: as setuptools 84.2.1 was seen to read these very texts.

use crate::format::pyproject::tests::shape;
use crate::testing::{check, load};

/// The lines of a text, without the table that all are in.
fn read(text: &str) -> Vec<String> {
    let table = "options.install_requires: ";
    let lines = shape("setup.cfg", text).into_iter();
    lines.map(|line| line.strip_prefix(table).map_or(line.clone(), str::to_owned)).collect()
}

#[test]
fn lists_are_setuptools_own() {
    for (value, expected) in [
        (" a; b>=1", &["a", "b>=1"] as &[&str]),
        ("\n  a ; python_version < '3'\n  # c\n  b  # trailing\n\n  ; semi\n", &["a; python_version < \"3\"", "b"]),
        ("\n  d \\\n  ==1\n  e \\\n  >1 \\\n  ,<2\n", &["d==1", "e>1,<2"]),
        ("\n  a\n  b \\\n", &["a"]),
        // The separator is a line end as soon as there is one.
        (" a\n  b; os_name == 'nt'", &["a", "b; os_name == \"nt\""]),
        (
            "\n  file: r.txt\n",
            &["\": r.txt\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name"],
        ),
        // The marker is taken for a project of its own.
        (
            " a; python_version<'3'",
            &[
                "a",
                "\"<'3'\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name",
            ],
        ),
        ("\n  a\n  %(foo)s\n", &["a"]),
    ] {
        assert_eq!(read(&format!("[options]\ninstall_requires ={value}\n")), expected, "{value}");
    }
}

#[test]
fn every_list_and_setting_is_read() {
    let text = "[metadata]\nname = x\n[options]\nInstall-Requires: a\nsetup_requires = b\ntests_require =\n  c\ndependency_links =\n  https://l.example.org/#egg=x,y\n\
                [options.extras_require]\nDev = d; e\ndev =\n  f\n[easy_install]\nindex-url = https://i.example.org/\nfind_links = https://f.example.org/ ./w\n";
    assert_eq!(
        shape("setup.cfg", text),
        [
            "options.install_requires: a",
            "options.setup_requires: b",
            "options.tests_require: c",
            "easy_install: --find-links https://l.example.org/#egg=x,y",
            "options.extras_require.Dev: d",
            "options.extras_require.Dev: e",
            "options.extras_require.dev: f",
            "easy_install: --index-url https://i.example.org/",
            "easy_install: --find-links https://f.example.org/",
            "easy_install: --find-links ./w",
        ]
    );
}

#[test]
fn files_are_read_as_lists_of_the_section() {
    let files = "==> p/setup.cfg <==\n[options]\ninstall_requires = file: deps/a.txt, requirements.txt,\n  missing.txt\n\
                 ==> p/deps/a.txt <==\nreqeusts\n^^^^^^^^ confusable-name\n==> p/requirements.txt <==\nclick\n";
    check("confusable-name", files);
    let own = "==> p/setup.cfg <==\n[options]\ninstall_requires = file: requirements.txt, ../out.txt\n                                           ^^^^^^^^^^ unreadable-line: lies outside the folder of this one\n";
    check("unreadable-line", own);
    check("unpinned-requirement", &format!("{own}==> p/requirements.txt <==\nclick\n").replace(", ../out.txt\n                                           ^^^^^^^^^^ unreadable-line: lies outside the folder of this one", ""));
    // A requirements file that is nobody's list is asked for pins.
    check("unpinned-requirement", "==> p/requirements.txt <==\nclick\n^^^^^ unpinned-requirement\n");
}

#[test]
fn what_is_ordinary_is_silent_and_what_is_odd_is_told() {
    check(
        "*",
        "==> setup.cfg <==\n[metadata]\nname = our-own\nauthor = Zo\u{eb}\n[options]\ninstall_requires =\n  numpy>=1\n  click\n[options.extras_require]\nall = our-own[x]\n[flake8]\nmax-line-length = 100\n",
    );
    check(
        "*",
        "==> setup.cfg <==\n[options]\ninstall_requires =\n  click @ http://e.org/click.zip\n          ^^^^ insecure-url\n          ^^^^^^^^^^^^^^^^^^^^^^ direct-reference\n",
    );
    check(
        "*",
        "==> setup.cfg <==\n[options]\njunk\n^^^^ unreadable-line: setuptools cannot read this line: the line has no `=`\n",
    );
}

#[test]
fn a_file_that_asks_for_nothing_is_none_of_ours() {
    let default = "install_requires = a\n";
    for text in [&format!("[DEFAULT]\n{default}[x]\n"), &format!("[default]\n{default}[options]\n")] {
        assert!(load(&[("setup.cfg", text.as_str())].into()).files.is_empty(), "{text}");
    }
    for text in ["[flake8]\nx = 1\n", "[options]\ninstall_requires =\n", "[{{ x }}\n"] {
        assert!(load(&[("setup.cfg", text)].into()).files.is_empty(), "{text}");
    }
}

#[test]
fn defaults_stand_in_every_section_that_is_there() {
    for (text, expected) in [
        ("[DEFAULT]\ninstall_requires = a\n[options]\n", &["a"] as &[&str]),
        ("[options]\n[DEFAULT]\ninstall_requires = a\n", &["a"]),
        ("[DEFAULT]\ninstall_requires = a\n[options]\ninstall_requires = b\n", &["b"]),
        // setuptools takes the two for one, and the default comes last.
        ("[DEFAULT]\ninstall-requires = a\n[options]\ninstall_requires = b\n", &["a"]),
        ("[DEFAULT]\nsetup_requires = s\n[options]\n", &["options.setup_requires: s"]),
        ("[DEFAULT]\nx = a\n[options.extras_require]\n", &["options.extras_require.x: a"]),
        (
            "[DEFAULT]\ninstall_requires = a\n[options]\n[options.extras_require]\nt = b\n",
            &["a", "options.extras_require.t: b"],
        ),
        (
            "[DEFAULT]\ninstall_requires = a\n[options]\ninstall_requires = c\n[options.extras_require]\n",
            &["options.extras_require.install_requires: a", "c"],
        ),
        ("[DEFAULT]\na = 1\n[DEFAULT]\ninstall_requires = b\n[options]\n", &["b"]),
        (
            "[DEFAULT]\nindex_url = https://e.org\n[options]\nsetup_requires = s\n[easy_install]\n",
            &["easy_install: --index-url https://e.org", "options.setup_requires: s"],
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    check(
        "known-malicious",
        "==> setup.cfg <==\n[DEFAULT]\ninstall_requires =\n  evil-sample\n  ^^^^^^^^^^^ known-malicious\n[options]\n[x]\n",
    );
}
