//! What is read of each tool's tables, and what rules make of it.

use crate::model::{LineKind, Source};
use crate::order::Map;
use crate::testing::{check, load};

/// Each line: its table, what stands there, and what it was read as.
pub(crate) fn shape(path: &str, text: &str) -> Vec<String> {
    let project = load(&Map::from([(path, text)]));
    let document = project.documents.first().expect("a document");
    let file = &document.source;
    let show = |line: &crate::model::Line| {
        let table = &document.section(line).expect("a section").table;
        let what = match &line.kind {
            LineKind::Requirement(requirement) => {
                // In brackets where the place is another requirement's.
                let elsewhere = || requirement.name.as_ref().map_or(String::new(), |name| format!("({name})"));
                let name = requirement.name_span.map_or_else(elsewhere, |span| file.slice(span).to_owned());
                let extras: Vec<_> = requirement.extras.iter().map(|extra| format!("[{extra}]")).collect();
                let extras = extras.concat();
                let versions = requirement.specifiers.iter().map(|one| format!("{}{}", one.operator, one.version));
                let source = match &requirement.source {
                    Source::Index => {
                        requirement.index.as_ref().map_or(String::new(), |index| format!(" in {:?}", index.value))
                    }
                    Source::Url(url) => format!(" @ {}", url.text),
                    Source::Path(path) => format!(" at {}", path.path),
                };
                let marker = requirement.marker.as_ref().map_or(String::new(), |marker| format!("; {marker}"));
                format!("{name}{extras}{}{source}{marker}", versions.collect::<Vec<_>>().join(","))
            }
            LineKind::Options => {
                let show = |used: &crate::model::OptionUse| format!("{} {}", used.option.flag(), used.value.value);
                line.options.iter().map(show).collect()
            }
            LineKind::Refused(refusal) => format!("{:?}: {}", file.slice(refusal.span), refusal.message),
            LineKind::Include(_) => "an include".to_owned(),
        };
        format!("{table}: {what}")
    };
    document.lines.iter().map(show).collect()
}

#[test]
fn the_standards_tables_are_read() {
    let text = "[build-system]\nrequires = [\"hatchling\"]\n[project]\ndependencies = [\n  'a>=1', # c\n  \"b[x] ; os_name == 'nt'\",\n  \"c @ https://e.org/c.zip\", 1]\n\
                [project.optional-dependencies]\n\"x y\" = [\"d=1\"]\n[dependency-groups]\ng = [\"e\", {include-group = \"h\"}]\n";
    assert_eq!(
        shape("pyproject.toml", text),
        [
            "build-system.requires: hatchling",
            "project.dependencies: a>=1",
            "project.dependencies: b[x]; os_name == \"nt\"",
            "project.dependencies: c @ https://e.org/c.zip",
            "project.dependencies: \"1\": this is of type integer, and a dependency is a string",
            "project.optional-dependencies.x y: \"=1\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name",
            "dependency-groups.g: e",
        ]
    );
}

#[test]
fn poetrys_tables_are_read() {
    let text = "[tool.poetry.dependencies]\npython = \"^3.9\"\na = \"^1.2\"\nb = {version = \"~1\", extras = [\"y\", \"x\"], source = \"own\", markers = \"os_name == 'nt'\"}\n\
                c = {git = \"https://e.org/c.git\", branch = \"main\"}\nd = [{version = \"1\", python = \"<3\"}, {version = \"*\"}]\n\
                [tool.poetry.dependencies.e]\npath = \"../e\"\n[tool.poetry.group.dev.dependencies]\nf = \">=1\"\n\
                [[tool.poetry.source]]\nname = \"own\"\nurl = \"https://own.example.org\"\npriority = \"explicit\"\n\
                [[tool.poetry.source]]\nname = \"one\"\nurl = \"https://one.example.org\"\n\
                [[tool.poetry.source]]\nname = \"two\"\nurl = \"https://two.example.org\"\npriority = \"supplemental\"\n";
    assert_eq!(
        shape("x/pyproject.toml", text),
        [
            "tool.poetry.dependencies: a>=1.2,<2",
            "tool.poetry.dependencies: b[x][y]>=1,<2 in \"own\"; os_name == \"nt\"",
            "tool.poetry.dependencies: c @ git+https://e.org/c.git@main",
            "tool.poetry.dependencies: d==1",
            "tool.poetry.dependencies: (d)",
            "tool.poetry.dependencies: e at e",
            "tool.poetry.group.dev.dependencies: f>=1",
            "tool.poetry.source: index https://own.example.org",
            "tool.poetry.source: --index-url https://one.example.org",
            "tool.poetry.source: index https://two.example.org",
        ]
    );
}

#[test]
fn pdms_and_hatchs_tables_are_read() {
    let text = "[tool.pdm.dev-dependencies]\nt = [\"a\", \"-e file:///${PROJECT_ROOT}/b#egg=b\"]\n[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"https://one.example.org\"\nverify_ssl = false\n\
                [[tool.pdm.source]]\nname = \"x\"\nurl = \"https://two.example.org\"\n[tool.pdm.resolution.overrides]\nc = \"1.0\"\n[tool.hatch.envs.lint]\ndependencies = [\"d\"]\n";
    assert_eq!(
        shape("pyproject.toml", text),
        [
            "tool.pdm.dev-dependencies.t: a",
            "tool.pdm.dev-dependencies.t: (b) at /${PROJECT_ROOT}/b",
            "tool.pdm.source: --index-url https://one.example.org",
            "tool.pdm.source: --trusted-host one.example.org",
            "tool.pdm.source: --extra-index-url https://two.example.org",
            "tool.pdm.resolution.overrides: c==1.0",
            "tool.hatch.envs.lint.dependencies: d",
        ]
    );
}

#[test]
fn constraints_of_a_build_may_have_hashes() {
    let text = "[tool.uv]\nbuild-constraint-dependencies = [\"a<2\", { requirement = \"b==1\", hashes = [\"sha256:aa\"] }, { hashes = [] }]\n";
    assert_eq!(
        shape("pyproject.toml", text),
        [
            "tool.uv.build-constraint-dependencies: a<2",
            "tool.uv.build-constraint-dependencies: b==1",
            "tool.uv.build-constraint-dependencies: \"{ hashes = [] }\": this is of type table, and a dependency is a string",
        ]
    );
}

#[test]
fn uvs_table_is_read() {
    let text = "[project]\ndependencies = [\"a\", \"b\", \"c\", \"d\"]\n[tool.uv]\nno-binary = true\nextra-index-url = [\"https://extra.example.org\"]\nconstraint-dependencies = [\"x<2\"]\n\
                [[tool.uv.index]]\nname = \"own\"\nurl = \"https://own.example.org\"\nexplicit = true\n[[tool.uv.index]]\nurl = \"https://main.example.org\"\ndefault = true\n\
                [tool.uv.sources]\na = {index = \"own\"}\nb = {workspace = true}\nc = {git = \"https://e.org/c\", rev = \"abc\"}\nd = [{path = \"d\", marker = \"os_name == 'nt'\"}]\n";
    assert_eq!(
        shape("pyproject.toml", text),
        [
            "project.dependencies: a in \"own\"",
            "project.dependencies: b in \"\"",
            "project.dependencies: c in \"\"",
            "project.dependencies: d",
            "tool.uv: --no-binary :all:",
            "tool.uv: --extra-index-url https://extra.example.org",
            "tool.uv.constraint-dependencies: x<2",
            "tool.uv: index https://own.example.org",
            "tool.uv: --index-url https://main.example.org",
            "tool.uv.sources: c @ git+https://e.org/c@abc",
            "tool.uv.sources: d at d",
        ]
    );
}

#[test]
fn what_is_no_toml_is_said_where_it_is() {
    assert_eq!(
        shape("pyproject.toml", "[project]\ndependencies = [\"a\"\nname = 1\n").len(),
        1,
        "one error, and nothing made up"
    );
}

#[test]
fn a_template_is_left_alone() {
    assert_eq!(shape("pyproject.toml", "[project]\nname = {{ cookiecutter.name }}\n"), [""; 0]);
}

#[test]
fn nothing_is_demanded_of_a_manifest_that_only_a_lock_can_give() {
    check(
        "*",
        "==> pyproject.toml <==\n[build-system]\nrequires = [\"setuptools\"]\n[project]\nauthors = [{name = \"Zo\u{eb}\"}]\ndependencies = [\"click>=8\", \"idna\", \"numpy==1.*\"]\n\
         [dependency-groups]\ndev = [\"pytest\"]\n[tool.uv.sources]\nidna = {path = \"idna\", editable = true}\n",
    );
}

#[test]
fn a_project_of_the_tree_needs_no_index() {
    check(
        "nonexistent-name",
        "==> pyproject.toml <==\n[project]\nname = \"our.own\"\ndependencies = [\"our-own[all]\",\n  \"nobodys\"]\n   ^^^^^^^ nonexistent-name\n",
    );
}

#[test]
fn an_index_that_is_asked_by_name_alone_is_pooled_with_none() {
    check(
        "*",
        "==> pyproject.toml <==\n[project]\ndependencies = [\"click\", \"own\"]\n                 ^^^^^ unlocked-manifest\n[[tool.uv.index]]\nname = \"own\"\nurl = \"https://own.example.org\"\nexplicit = true\n\
         [tool.uv.sources]\nown = {index = \"own\"}\n",
    );
}

#[test]
fn rules_speak_of_the_tool_and_point_into_the_file() {
    check(
        "*",
        "==> pyproject.toml <==\n[tool.poetry.dependencies]\nrequests = { git = \"https://github.com/psf/requests\" }\n                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ mutable-vcs-reference: Poetry takes the newest commit\n\
         [[tool.poetry.source]]\nname = \"a\"\nurl = \"https://a.example.org\"\n[[tool.poetry.source]]\nname = \"b\"\nurl = \"http://b.example.org\"\n       ^^^^^^^^^^^^^^^^^^^^ extra-index-url: Poetry pools\n       ^^^^^^^^^^^^^^^^^^^^ insecure-index: anybody on the way\n",
    );
}

#[test]
fn poetry_pools_the_public_index_behind_another_primary_one() {
    let project = |own: &str, name: &str, mark: &str| {
        format!(
            "==> pyproject.toml <==\n[tool.poetry.dependencies]\nclick = \"*\"\n[[tool.poetry.source]]\nname = \"own\"\nurl = \"https://a.example.org\"\n{own}[[tool.poetry.source]]\nname = \"PyPI\"\n{mark}{name}"
        )
    };
    let mark = "        ^^^^ extra-index-url: Poetry pools this index with `https://a.example.org`: of `click`\n";
    check("extra-index-url", &project("", "", mark));
    check("extra-index-url", &project("", "priority = \"explicit\"\n", ""));
    check("extra-index-url", &project("", "priority = \"supplemental\"\n", ""));
    check("extra-index-url", &project("priority = \"explicit\"\n", "", ""));
}

#[test]
fn uv_asks_the_public_index_where_it_is_listed() {
    check(
        "extra-index-url",
        "==> pyproject.toml <==\n[project]\ndependencies = [\"click\"]\n[[tool.uv.index]]\nurl = \"https://pypi.org/simple\"\n[[tool.uv.index]]\nurl = \"https://a.example.org/simple\"\n",
    );
}

#[test]
fn what_a_build_makes_up_is_told() {
    let build = |backend: &str, rest: &str| {
        format!(
            "==> pyproject.toml <==\n[build-system]\nbuild-backend = '{backend}'\n{rest}[project]\nname = 'x'\ndynamic = ['version', 'dependencies']\n"
        )
    };
    let told = "                       ^^^^^^^^^^^^ computed-dependencies: `dependencies` are left to the build\n";
    check("computed-dependencies", &format!("{}{told}", build("hatchling.build", "")));
    for (backend, rest) in [
        ("setuptools.build_meta", ""),
        ("poetry.core.masonry.api", "[tool.poetry.dependencies]\na = '1'\n"),
        ("hatchling.build", "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['requirements.txt']\n"),
    ] {
        check("computed-dependencies", &build(backend, rest));
    }
}

#[test]
fn environments_of_hatch_have_fields_and_a_file_of_their_own() {
    let environment = |table: &str| {
        format!(
            "[{table}envs.test]\ndependencies = ['a', 'django~={{matrix:django}}.0', '{{matrix:more}}', 'b @ {{root:uri}}/b']\nextra-dependencies = ['c>']\n"
        )
    };
    let expected = [
        "tool.hatch.envs.test.dependencies: a",
        "tool.hatch.envs.test.extra-dependencies: \">\": expected a version specifier (such as `==1.0`), `;` or the end of the line after the name",
    ];
    assert_eq!(shape("pyproject.toml", &environment("tool.hatch.")), expected);
    assert_eq!(shape("hatch.toml", &environment("")), expected);
    check(
        "unpinned-requirement",
        "==> hatch.toml <==\n[metadata.hooks.requirements_txt]\nfiles = ['requirements.txt']\n[metadata.hooks.requirements_txt.optional-dependencies]\nx = ['x.txt']\n==> requirements.txt <==\nclick\n==> x.txt <==\nclick\n",
    );
}

#[test]
fn poetry_asks_a_supplemental_source_last() {
    let sources = "==> pychain.toml <==\nprivate-prefixes = ['acme-']\n==> pyproject.toml <==\n[tool.poetry.dependencies]\nacme-a = '^1'\n";
    check(
        "extra-index-url",
        &format!(
            "{sources}[[tool.poetry.source]]\nname = 'a'\nurl = 'https://a.example.org'\n       ^^^^^^^^^^^^^^^^^^^^^ extra-index-url: Poetry asks this source last: a name that a place before it has as well is taken from there\npriority = 'supplemental'\n"
        ),
    );
    check(
        "private-name-exposed",
        &format!(
            "{sources}^^^^^^ private-name-exposed: Poetry asks `https://pypi.org/simple` first\n[[tool.poetry.source]]\nname = 'a'\nurl = 'https://a.example.org'\npriority = 'supplemental'\n"
        ),
    );
}

#[test]
fn a_comment_accepts_what_stands_on_its_line() {
    check(
        "direct-reference",
        "==> pyproject.toml <==\n[project]\ndependencies = [\n  \"a @ https://e.org/a.whl\",\n       ^^^^^^^^^^^^^^^^^^^ direct-reference\n  \"b @ https://e.org/b.whl\", # pychain: ignore[direct-reference] it is ours\n]\n",
    );
}

#[test]
fn files_of_setuptools_are_lists() {
    // As setuptools 84.2.1 was seen to read them.
    let dynamic =
        "[project]\nname = 'x'\ndynamic = ['dependencies', 'optional-dependencies']\n[tool.setuptools.dynamic]\n";
    let pyproject = format!(
        "==> p/pyproject.toml <==\n{dynamic}dependencies = {{file = ['r.txt', 'sub/../s.txt']}}\noptional-dependencies.y = {{file = 'y.txt'}}\n"
    );
    let list = |path: &str, name: &str| {
        format!("==> p/{path} <==\n# c\n{name} @ \\\nhttp://e.org/{name}.zip\n^^^^ insecure-url\n")
    };
    check("insecure-url", &[pyproject, list("r.txt", "a"), list("s.txt", "b"), list("y.txt", "c")].concat());
    check(
        "unpinned-requirement",
        "==> pyproject.toml <==\n[project]\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = ['requirements.txt', 'missing.txt']}\n==> requirements.txt <==\nclick\n",
    );
    // What is not declared, or built by another backend, setuptools does not look at.
    for text in [
        "[project]\nname = 'x'\n[tool.setuptools.dynamic]\n",
        "[build-system]\nbuild-backend = 'hatchling.build'\n[project]\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\n",
    ] {
        check(
            "unpinned-requirement",
            &format!(
                "==> pyproject.toml <==\n{text}dependencies = {{file = ['requirements.txt']}}\n==> requirements.txt <==\nclick\n^^^^^ unpinned-requirement\n"
            ),
        );
    }
    check(
        "unreadable-line",
        &format!(
            "==> p/pyproject.toml <==\n{dynamic}dependencies = {{file = ['../out.txt']}}\n                         ^^^^^^^^^^ unreadable-line: lies outside the folder\n"
        ),
    );
}

#[test]
fn settings_of_a_project_stand_in_files_of_their_tools_as_well() {
    check(
        "*",
        "==> pyproject.toml <==\n[tool.poetry]\npackage-mode = true\n==> poetry.toml <==\n[repositories.own]\nurl = \"http://e.org\"\n[installer]\nno-binary = [\"click\"]\n              ^^^^^ forced-source-build: `click`\n\
         [certificates.own]\ncert = false\n^^^^^^^^^^^^ trusted-host: Poetry does not check who answers for `own`\n[certificates.other]\ncert = \"ca.pem\"\n",
    );
    check(
        "insecure-index",
        "==> pdm.toml <==\n[pypi]\nurl = \"http://e.org\"\n       ^^^^^^^^^^^^ insecure-index\n[pypi.extra]\nurl = \"http://f.org\"\n       ^^^^^^^^^^^^ insecure-index\n",
    );
    check(
        "trusted-host",
        "==> pdm.toml <==\n[pypi]\nverify_ssl = false\n^^^^^^^^^^^^^^^^^^ trusted-host: PDM does not check who answers for `pypi.org`\n",
    );
}

#[test]
fn what_a_tool_installs_beside_is_asked_for() {
    for table in [
        "[tool.uv.extra-build-dependencies]\nclick = [\"evil-sample\", { requirement = \"taken-over==1.1\", match-runtime = true }]\n          ^^^^^^^^^^^ known-malicious\n                                         ^^^^^^^^^^ known-malicious\n",
        "[[tool.uv.dependency-metadata]]\nname = \"click\"\nrequires-dist = [\"evil-sample\"]\n                  ^^^^^^^^^^^ known-malicious\n",
        "[tool.poetry.requires-plugins]\nevil-sample = \"*\"\n^^^^^^^^^^^ known-malicious\n",
        "[tool.pdm]\nplugins = [\"evil-sample\"]\n            ^^^^^^^^^^^ known-malicious\n",
    ] {
        check("known-malicious", &format!("==> pyproject.toml <==\n{table}"));
    }
}
