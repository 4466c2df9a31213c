//! What uv 0.13.9 was asked: each pair of manifests was given to `uv lock` and `uv lock --check`, and where these tests
//! are quiet about a change that matters to uv, they say so.

use crate::testing::check;

/// A project with its `uv.lock`, as uv wrote it for another manifest or for this one.
#[track_caller]
fn of(manifest: &str, metadata: &str) {
    of_lock(&format!("[project]\nname = \"own\"\n{manifest}\n"), &format!("[[package]]\nname = \"own\"\n{metadata}"));
}

#[track_caller]
fn of_lock(manifest: &str, lock: &str) {
    // The source stands below the name, where a mark may be.
    let lock = lock.replacen("[package.metadata", "source = { virtual = \".\" }\n[package.metadata", 1);
    check(
        "stale-lock",
        &format!("==> pyproject.toml <==\n{manifest}==> uv.lock <==\nversion = 1\nrevision = 5\n{lock}\n"),
    );
}

/// The mark under the name of the project, where the file has nothing else to show.
fn at_name(text: &str) -> String {
    format!("        ^^^ stale-lock: {text}\n")
}

#[test]
fn what_was_not_asked_for_is_shown_at_the_project() {
    let made = "[package.metadata]\nrequires-dist = [{ name = \"six\" }]";
    of("dependencies = [\"six\"]", made);
    of(
        "dependencies = [\"six\", \"IDNA >= 3 ; python_version < '3'\"]",
        &(at_name("made for another `pyproject.toml`, which did not ask for `IDNA >= 3`") + made),
    );
    // What asks for nothing has no table.
    of("dependencies = [\"six\"]", &(at_name("which did not ask for `six`") + "source = { virtual = \".\" }"));
}

#[test]
fn what_is_not_asked_for_any_more_is_shown_where_it_stands() {
    of(
        "dependencies = []",
        "[package.metadata]\nrequires-dist = [\n    { name = \"idna\", specifier = \">=2,<4\" },\n              ^^^^ stale-lock: which asked for `idna>=2,<4`, as this one does not\n]",
    );
    of(
        "[dependency-groups]\ntest = [\"idna\"]",
        "[package.metadata]\n[package.metadata.requires-dev]\ndev = [\n    { name = \"idna\" },\n              ^^^^ stale-lock: which asked for `idna` in group `dev`, as this one does not; 1 more differs\n]",
    );
}

#[test]
fn other_versions_and_extras_are_shown_where_they_stand() {
    let locked = |mark: &str| {
        format!(
            "[package.metadata]\nrequires-dist = [\n    {{ name = \"a-b\", extras = [\"x-y\"], marker = \"extra == 'ex-a'\", specifier = \">=2,<4\" }},\n{mark}]"
        )
    };
    let mark = |text: &str| {
        format!("              ^^^ stale-lock: which asked for `a-b[x-y]>=2,<4` for extra `ex-a`, not for {text}\n")
    };
    let asked = |requirement: &str| format!("[project.optional-dependencies]\nEX_a = [\"{requirement}\"]");
    for same in ["a-b[x-y]>=2,<4", "A_b[X.y] <4.0, >=2.0.0", "a.b [x_y] (>=2,<4) ; os_name == 'nt'"] {
        of(&asked(same), &locked(""));
    }
    of(&asked("A_b[X_y]>=3,<4"), &locked(&mark("`A_b[X_y]>=3,<4`")));
    of(&asked("a-b>=2,<4"), &locked(&mark("`a-b>=2,<4`")));
    // The extra is another one.
    of(
        "[project.optional-dependencies]\nz = [\"a-b[x-y]>=2,<4\"]",
        &locked("              ^^^ stale-lock: for extra `ex-a`, as this one does not; 1 more differs\n"),
    );
}

#[test]
fn groups_are_compared_with_all_that_they_include() {
    let made = "[package.metadata]\n[package.metadata.requires-dev]\n\
                dev = [{ name = \"six\" }, { name = \"toml\" }]\ntest-it = [{ name = \"idna\" }, { name = \"toml\" }]";
    let groups = "[dependency-groups]\ndev = [\"toml\"]\n\"Test.It\" = [\"idna\", { include-group = \"DEV\" }]\n\
                  [tool.uv]\ndev-dependencies = [\"six\"]";
    of(groups, made);
    of(
        &groups.replace("\"idna\"", "\"idna\", \"attrs\""),
        &(at_name("did not ask for `attrs` in group `test-it`") + made),
    );
    // A group that is not there, which uv refuses; and what goes round in a circle, which it refuses as well.
    of(&groups.replace("\"DEV\"", "\"docs\""), made);
    of(
        &groups.replace("[\"toml\"]", "[\"toml\", { include-group = \"test-it\" }]"),
        &(at_name("did not ask for `idna` in group `dev`") + made),
    );
}

#[test]
fn constraints_and_overrides_count_where_they_limit_what_is_locked() {
    let lock = |inputs: &str| {
        format!(
            "[manifest]\n{inputs}\n[[package]]\nname = \"idna\"\n[[package]]\nname = \"own\"\nsource = {{ virtual = \".\" }}\n"
        )
    };
    let of =
        |tool: &str, inputs: &str| of_lock(&format!("[project]\nname = \"own\"\n[tool.uv]\n{tool}\n"), &lock(inputs));
    of("constraint-dependencies = [\"idna>=2\"]", "constraints = [{ name = \"idna\", specifier = \">=2\" }]");
    of(
        "constraint-dependencies = [\"idna>=2\"]",
        "constraints = [\n    { name = \"idna\", specifier = \">=3\" },\n              ^^^^ stale-lock: asked for `idna>=3` as a constraint, not for `idna>=2`\n]",
    );
    of(
        "",
        "overrides = [\n    { name = \"idna\", specifier = \">=3\" },\n              ^^^^ stale-lock: asked for `idna>=3` as an override, as this one does not\n]",
    );
    // uv lets these pass.
    of("constraint-dependencies = [\"idna\", \"six>=1\"]", "");
    of("override-dependencies = [\"six>=1\"]", "");
    of("", "constraints = [{ name = \"idna\" }, { name = \"six\", specifier = \">=1\" }]");
}

#[test]
fn every_project_of_a_workspace_has_a_manifest_of_its_own() {
    let lock = "==> uv.lock <==\nversion = 1\nrevision = 3\n[manifest.dependency-groups]\ndev = [{ name = \"six\" }]\n\
                [[package]]\nname = \"member\"\nsource = { editable = \"packages/member\" }\n[package.metadata]\nrequires-dist = [\n    { name = \"idna\" },\n";
    let root = "==> pyproject.toml <==\n[dependency-groups]\ndev = [\"six\"]\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n";
    let member = |asked: &str| format!("==> packages/member/pyproject.toml <==\n[project]\ndependencies = [{asked}]\n");
    check("stale-lock", &format!("{root}{}{lock}]\n", member("\"idna\"")));
    // A manifest that is not among the files.
    check("stale-lock", &format!("{root}{lock}]\n"));
    let mark = "              ^^^^ stale-lock: made for another `packages/member/pyproject.toml`, which asked for `idna`, as this one does not\n]\n";
    check("stale-lock", &format!("{root}{}{lock}{mark}", member("")));
    let marked = lock.replace("version = 1\n", "version = 1\n^^^^^^^^^^^ stale-lock: made for another `pyproject.toml`, which did not ask for `toml` in group `dev`\n");
    check("stale-lock", &format!("{}{marked}]\n", root.replace("\"six\"", "\"six\", \"toml\"")));
}

#[test]
fn what_cannot_be_told_is_left_alone() {
    let made = "[package.metadata]\nrequires-dist = [{ name = \"six\", specifier = \">=1\" }]";
    for manifest in [
        // The build says what is needed, or it is not said to.
        "dynamic = [\"dependencies\"]",
        "[tool.poetry.dependencies]\nidna = \"*\"",
        // No tool can read it.
        "dependencies = [\"six>=1\", \"~\"]",
        // One of two that cover each other may come and go.
        "dependencies = [\"six>=1\", \"six\"]",
        // What has a source has its versions from there, and of what is in no environment nothing is left.
        "dependencies = [\"six>=2\"]\n[tool.uv.sources]\nsix = { git = \"https://e.org/six\" }",
        "dependencies = [\"six>=1\", \"idna; os_name == 'nt' and os_name == 'posix'\"]\n[tool.uv.sources]\nidna = { index = \"x\" }",
        // The project itself, with its extras.
        "dependencies = [\"six>=1\", \"own[x]\"]",
        // An extra in a marker of a requirement is no extra that asks for it.
        "dependencies = [\"six>=1\", \"idna; extra == 'x'\"]",
        // A text that is no version, and one that is compared as text.
        "dependencies = [\"six===x-y\"]",
    ] {
        of(manifest, made);
    }
    of(
        "dependencies = [\"six>=1\"]",
        "[package.metadata]\nrequires-dist = [{ name = \"six\", git = \"https://e.org/six\" }]",
    );
    // Of what is in no environment the extra is lost.
    of(
        "[project.optional-dependencies]\nx = [\"six>=1; os_name == 'nt' and os_name == 'posix'\"]",
        "[package.metadata]\nrequires-dist = [{ name = \"six\", marker = \"python_version < '0'\", specifier = \">=1\" }]",
    );
}

#[test]
fn before_there_were_revisions_only_dependencies_and_extras_are_compared() {
    let of = |manifest: &str, more: &str| {
        check(
            "stale-lock",
            &format!(
                "==> pyproject.toml <==\n[project]\n{manifest}\n==> uv.lock <==\nversion = 1\n[[package]]\nname = \"own\"\n{more}source = {{ editable = \".\" }}\n"
            ),
        );
    };
    of("dependencies = [\"six\"]\n[dependency-groups]\ndev = [\"idna\"]", "");
    let asked = "metadata = { requires-dist = [{ name = \"six\" }] }\n";
    of("dependencies = [\"six\"]\n[dependency-groups]\ndev = [\"idna\"]", asked);
    of("dependencies = [\"six\", \"idna\"]", &(at_name("did not ask for `idna`") + asked));
}
