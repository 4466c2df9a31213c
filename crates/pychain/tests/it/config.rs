//! The configuration, from its file to its effect.

use crate::sandbox::Sandbox;

const FILE: (&str, &str) = ("requirements.txt", "click==8.1.7\n");

#[test]
fn a_broken_configuration_stops_the_run_and_is_shown() {
    let sandbox = Sandbox::with(&[FILE, ("pychain.toml", "# ours\npolcy = 'strict'\nfail-on = 3\n")]);
    let ran = sandbox
        .pychain(&["audit"])
        .exits(2)
        .says("error: unknown key `polcy`\n --> pychain.toml:2:1\n")
        .says("2 | polcy = 'strict'\n  | ^^^^^\n")
        .says("= help: did you mean `policy`?")
        .says("error: `fail-on` is an integer, not a string\n --> pychain.toml:3:11\n")
        .says("error: the configuration in `pychain.toml` cannot be used");
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_configuration_that_cannot_be_read_stops_the_run() {
    let sandbox = Sandbox::with(&[FILE]);
    sandbox.write("pychain.toml", b"policy = '\xff'\n");
    sandbox.pychain(&["audit"]).exits(2).says("error: the configuration `pychain.toml` is not UTF-8");
    std::fs::remove_file(sandbox.project().join("pychain.toml")).unwrap();
    std::fs::create_dir(sandbox.project().join("pychain.toml")).unwrap();
    sandbox.pychain(&["audit"]).exits(2).says("error: cannot read the configuration `pychain.toml`");
}

#[test]
fn pyproject_holds_a_configuration_too() {
    let sandbox =
        Sandbox::with(&[FILE, ("pyproject.toml", "[project]\nname = 'x'\n[tool.pychain]\nfail-on = 'low'\n")]);
    sandbox.pychain(&["audit"]).exits(1);
    sandbox.write("pyproject.toml", "[project]\nname = 'x'\n");
    sandbox.pychain(&["audit"]).exits(0);
    sandbox.write("pyproject.toml", "[tool.pychain]\nfail_on = 'low'\n");
    sandbox.pychain(&["audit"]).exits(2).says("--> pyproject.toml:2:1").says("did you mean `fail-on`?");
    sandbox.write("pyproject.toml", "{{ cookiecutter.name }}\n");
    sandbox.pychain(&["audit"]).exits(0);
}

#[test]
fn pychain_toml_goes_before_pyproject_and_both_are_told_of() {
    let sandbox = Sandbox::with(&[FILE, ("pyproject.toml", "[tool.pychain]\nfail-on = 'low'\n"), ("pychain.toml", "")]);
    sandbox.pychain(&["audit"]).exits(0).says("pyproject.toml: `[tool.pychain]` is not read");
}

#[test]
fn the_command_line_goes_before_the_configuration() {
    let sandbox = Sandbox::with(&[FILE, ("pychain.toml", "fail-on = 'low'\n")]);
    sandbox.pychain(&["audit"]).exits(1);
    sandbox.pychain(&["audit", "--fail-on", "high"]).exits(0).prints("low[unhashed-requirement]");
    sandbox.pychain(&["audit", "--fail-on", "never"]).exits(0);
}

#[test]
fn rules_are_set_in_the_configuration() {
    let sandbox = Sandbox::with(&[FILE, ("pychain.toml", "[rules]\nunhashed-requirement = 'off'\n")]);
    sandbox.pychain(&["audit"]).lacks("unhashed-requirement");
    sandbox.write("pychain.toml", "[rules]\nunhashed-requirement = 'high'\n");
    sandbox.pychain(&["audit"]).exits(1).prints("high[unhashed-requirement]");
}

#[test]
fn a_named_configuration_is_read_instead() {
    let sandbox = Sandbox::with(&[FILE, ("pychain.toml", "broken"), ("ci/strict.toml", "fail-on = 'low'\n")]);
    sandbox.pychain(&["audit", "--config", "ci/strict.toml"]).exits(1);
    sandbox
        .pychain(&["audit", "--config", "ci/none.toml"])
        .exits(2)
        .says("cannot read the configuration `ci/none.toml`");
    sandbox.write("other/pyproject.toml", "[project]\n");
    sandbox
        .pychain(&["audit", "--config", "other/pyproject.toml"])
        .exits(2)
        .says("`other/pyproject.toml` has no `[tool.pychain]`");
}

#[test]
fn a_configuration_above_the_root_is_not_read_but_mentioned() {
    let sandbox = Sandbox::with(&[("app/requirements.txt", "click==8.1.7\n"), ("pychain.toml", "fail-on = 'low'\n")]);
    sandbox.pychain(&["audit", "app"]).exits(0).says("lies above the audited directory and is not read");
    let quiet = sandbox.pychain(&["audit", "app", "--quiet"]).exits(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn the_documented_example_is_a_configuration() {
    const PAGE: &str = include_str!("../../../../docs/configuration.md");
    let examples: Vec<&str> = PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [example] = examples.as_slice() else { panic!("{} examples", examples.len()) };
    for key in ["policy", "fail-on", "installer", "expected-indexes", "private-prefixes", "exclude", "rules", "ignore"]
    {
        assert!(example.contains(key), "`{key}` is not in the example");
        assert!(
            PAGE.contains(&format!("### `{key}`"))
                || PAGE.contains(&format!("### `[{key}]`"))
                || PAGE.contains(&format!("### `[[{key}]]`"))
        );
    }
    let sandbox = Sandbox::with(&[FILE, ("pychain.toml", example)]);
    sandbox.pychain(&["audit"]).exits(0).lacks("unhashed-requirement");
    let in_pyproject =
        example.replace("[rules]", "[tool.pychain.rules]").replace("[[ignore]]", "[[tool.pychain.ignore]]");
    let sandbox = Sandbox::with(&[FILE, ("pyproject.toml", &format!("[tool.pychain]\n{in_pyproject}"))]);
    sandbox.pychain(&["audit"]).exits(0).lacks("unhashed-requirement");
}
