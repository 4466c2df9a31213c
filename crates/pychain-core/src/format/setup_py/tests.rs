//! What the reader of `setup.py` makes of it: as setuptools 84.2.1 was seen to read these very lists.

use crate::format::pyproject::tests::shape;
use crate::testing::{check, load};

#[test]
fn lists_are_setuptools_own() {
    for (value, expected) in [
        ("['a>=1', 'b[x]; os_name == \"nt\"']", &["a>=1", "b[x]; os_name == \"nt\""] as &[&str]),
        ("('a', 'b',)", &["a", "b"]),
        ("'a\\nb'", &["a", "b"]),
        ("'''\n  a # c\n  # d\n  b\n'''", &["a", "b"]),
        ("[['a'], ('b',)]", &["a", "b"]),
        ("['a # c', '#x', 'b \\\\', '>1', '']", &["a", "b>1"]),
        ("None", &[]),
        ("'a' '>=1'", &["a>=1"]),
        ("['a\\x0cb']", &["a", "b"]),
        ("{'a': 1}", &["a"]),
        ("{'a'}", &["\"{'a'}\": `install_requires` is a set, and setuptools takes none here", "a"]),
        (
            "['a b']",
            &["\"b\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name"],
        ),
    ] {
        let text =
            format!("import setuptools\nsetuptools.setup(\n    name='x', install_requires={value})\nx = ['z']\n");
        if expected.is_empty() {
            assert!(load(&[("setup.py", text.as_str())].into()).files.is_empty(), "{value}");
            continue;
        }
        let expected: Vec<String> = expected.iter().map(|line| format!("install_requires: {line}")).collect();
        assert_eq!(shape("setup.py", &text), expected, "{value}");
    }
}

#[test]
fn every_list_is_read_once() {
    let text = "TESTS = ['pytest']\nsetup(tests_require=TESTS, extras_require={'test': TESTS, ':os_name==\"nt\"': ['w'], 'x:os_name==\"nt\"': 'y'},\n\
                      setup_requires=['s'], dependency_links=['https://l.example.org/'], install_requires=['a'])\n";
    assert_eq!(
        shape("setup.py", text),
        [
            "extras_require.test: pytest",
            "extras_require.:os_name==\"nt\": w",
            "extras_require.x:os_name==\"nt\": y",
            "setup_requires: s",
            "dependency_links: --find-links https://l.example.org/",
            "install_requires: a",
        ]
    );
}

#[test]
fn files_that_it_reads_are_lists_of_a_library() {
    let loose = |setup: &str, path: &str| {
        check("unpinned-requirement", &format!("==> p/setup.py <==\n{setup}\n==> p/{path} <==\nclick\nflask==1\n"));
    };
    loose("setup(install_requires=open('requirements.txt').readlines())", "requirements.txt");
    loose("setup(install_requires=read(\"app/requirements.txt\"))", "app/requirements.txt");
    loose("setup(extras_require={'a': reqs('extras.txt')})", "requirements/extras.txt");
    loose("setup(setup_requires=['pbr'], pbr=True)", "test-requirements.txt");
    // What it does not read, or what is pinned so that somebody installs from it.
    for (setup, path, pins) in [
        ("setup(install_requires=['a'], x='requirements.txt')", "requirements.txt", ""),
        ("setup(install_requires=open('requirements.txt'))", "docs/requirements.txt", ""),
        ("setup(install_requires=open('requirements.txt'))", "requirements.txt", "a==1\nb==1\nc==1\n"),
    ] {
        check(
            "unpinned-requirement",
            &format!("==> setup.py <==\n{setup}\n==> {path} <==\n{pins}click\n^^^^^ unpinned-requirement\n"),
        );
    }
}

#[test]
fn strings_are_put_together() {
    let text =
        "V = '>=22'\nif X: W = 'a'\nelse: W = 'b'\nsetup(install_requires=['Twisted ' + V, N + V, W + V, 'c' + W])";
    assert_eq!(shape("setup.py", text), ["install_requires: Twisted>=22"]);
    check(
        "computed-dependencies",
        "==> setup.py <==\nN = '>=2'\nsetup(install_requires=['a ' + version() + ',<9', 'b' + N])\n                        ^^^^^^^^^^^^^^^^^^^^^^^^ computed-dependencies\n",
    );
    check(
        "confusable-name",
        "==> setup.py <==\nN = 'requests'\nM = 'reqeusts'\nsetup(install_requires=[N + '>=2', M + '>=2'])\n                                   ^ confusable-name\n",
    );
}

#[test]
fn names_are_followed_to_what_is_assigned_to_them() {
    for text in [
        "R = ['a']\nsetup(install_requires=R + ['b'])",
        "R: list = ['a']\nif X: R.append('b')\nsetup(install_requires=R)",
        "def main():\n    r = ['a',\n'b']\n    setup(install_requires=r)\nr = ['no']\nmain()",
        "R = S = ['a']\ndef main():\n    if X:\n        setup(install_requires=[*S, 'b'])",
        "if X:\n    R = ['a']\nelse:\n    R = ['b']\nsetup(install_requires=R)",
        "R = ['a']\nR += ['b']\nR = R + S\nsetup(**dict(install_requires=R))",
        "K = {'name': 'x', 'install_requires': ['a']}\nK['install_requires'] += ['b']\nsetup(**K)",
        "E = {'x': ['a']}\nE['y'] = E['x'] + ['b']\nsetup(install_requires=E['y'])",
        "K = {'name': 'x'}\nK.update(zip_safe=False, install_requires=['a', 'b'])\nsetup(**K)",
        "K = {}\nR = K['install_requires'] = ['a', 'b']\nsetup(**K)",
        "setup(install_requires=['a'] + (['b'] if f(x)[1:] == ':' else []))",
        "setup(install_requires=['a'] if X else ['b'] if Y else None)",
        "setup(install_requires=['a' if X in ('x', 'y') else 'b'])",
        "R = ['a']\nR.extend(['b'])\nfrom distutils import core\ncore.setup(install_requires=R)",
    ] {
        let text = format!("def setup(install_requires=['no']): pass\nother.setup(install_requires=['no'])\n{text}\n");
        assert_eq!(shape("setup.py", &text), ["install_requires: a", "install_requires: b"], "{text}");
    }
}

#[test]
fn names_that_stand_for_each_other_end() {
    let doubled: Vec<String> = (0..40).map(|n| format!("A{} = A{n} + A{n}\n", n + 1)).collect();
    let text = format!("A0 = ['a']\n{}", doubled.concat());
    let text = format!(
        "{text}L = L\nM = N\nN = M\nE = {{'x': E['y']}}\nE['y'] = E['x']\nsetup(install_requires=A14 + A40 + L + M + E['x'])\n"
    );
    assert_eq!(shape("setup.py", &text), ["install_requires: a"]);
    let text = "E = {'x': ['a'], 'y': ['b']}\nE['x'] = E['x'] + E['y']\nsetup(extras_require=E)\n";
    assert_eq!(shape("setup.py", text), ["extras_require.x: a", "extras_require.y: b"]);
    let chain: Vec<String> = (0..90).map(|n| format!("E['{n}'] = E['{}'] + E['{n}']\n", n + 1)).collect();
    assert!(shape("setup.py", &format!("E = {{}}\n{}setup(install_requires=E['0'])\n", chain.concat())).is_empty());
}

#[test]
fn what_is_ordinary_is_silent_and_what_is_odd_is_told() {
    check(
        "*",
        "==> setup.py <==\nfrom setuptools import setup\nsetup(name='our-own', install_requires=['numpy>=1', 'click'], extras_require={'all': ['our-own[x]']})\n",
    );
    check(
        "*",
        "==> setup.py <==\nsetup(install_requires=['click @ http://e.org/click.zip',\n                                 ^^^^ insecure-url\n                                 ^^^^^^^^^^^^^^^^^^^^^^ direct-reference\n  'reqe' \"usts\"])\n   ^^^^^^^^^^^ confusable-name\n",
    );
}
