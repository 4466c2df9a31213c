//! What the reader of a `Pipfile` makes of the tables that people write.

use crate::format::pyproject::tests::shape;
use crate::testing::check;

#[test]
fn packages_and_sources_are_read() {
    let text = "[[source]]\nurl = \"https://pypi.org/simple\"\nverify_ssl = true\n[[source]]\nname = \"own\"\nurl = \"https://own.example.org\"\nverify_ssl = false\n\
                [packages]\na = \"*\"\nb = \"==1.0\"\n\"c[x]\" = \">=1\"\nd = {version = \"~=1.0\", index = \"own\", sys_platform = \"== 'win32'\"}\ne = {git = \"https://e.org/e.git\", ref = \"v1\", editable = true}\n\
                [dev-packages]\nf = {path = \".\"}\n[requires]\npython_version = \"3\"\n";
    assert_eq!(
        shape("Pipfile", text),
        [
            "source: --index-url https://pypi.org/simple",
            "source: index https://own.example.org",
            "source: --trusted-host own.example.org",
            "packages: a",
            "packages: b==1.0",
            "packages: c[x]>=1",
            "packages: d~=1.0 in \"own\"; sys_platform == \"win32\"",
            "packages: e @ git+https://e.org/e.git@v1",
            "dev-packages: f at .",
        ]
    );
}

#[test]
fn rules_speak_of_pipenv() {
    check(
        "*",
        "==> Pipfile <==\n[[source]]\nurl = \"https://own.example.org\"\nverify_ssl = false\n^^^^^^^^^^^^^^^^^^ trusted-host: Pipenv does not check who answers for `own.example.org`\n[packages]\nclick = \"*\"\n^^^^^^^^^^^ unlocked-manifest\n",
    );
}
