//! `--base`: what a change introduces, and that looking at it runs nothing.

use crate::sandbox::Sandbox;

const OLD: &str = "click==8.1.7\n";
const NEW: &str = "click==8.1.7\nflask==3.0.3\n";

/// `OLD` committed, `NEW` in the working tree.
fn changed() -> Sandbox {
    let sandbox = Sandbox::with(&[("requirements.txt", OLD)]);
    sandbox.commit_all();
    sandbox.write("requirements.txt", NEW);
    sandbox
}

#[test]
fn only_what_differs_from_a_revision_is_reported() {
    let sandbox = changed();
    let ran = sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`").lacks("`click`");
    assert_eq!(ran.stderr, "");
    sandbox.pychain(&["audit", "--base", "HEAD"]).prints("`flask`");
    sandbox.git(&["commit", "-qam", "two"]);
    sandbox.pychain(&["audit", "--base", "HEAD"]).exits(0).prints("No findings");
    sandbox.pychain(&["audit", "--base", "HEAD~1"]).prints("`flask`").lacks("`click`");
}

#[test]
fn of_every_manifest_only_what_is_new_is_reported() {
    let (old, new) = ("click @ http://e.org/click.zip", "flask @ http://e.org/flask.zip");
    for (name, text, separator) in [
        ("setup.cfg", "[options]\ninstall_requires =\n  HERE\n", "\n  "),
        (
            "setup.py",
            "from setuptools import setup\nREQUIRES = ['HERE']\nsetup(name='x', install_requires=REQUIRES)\n",
            "', '",
        ),
        ("environment.yml", "dependencies:\n  - python\n  - pip:\n    - HERE\n", "\n    - "),
        ("script.py", "# /// script\n# dependencies = ['HERE']\n# ///\nprint()\n", "', '"),
        ("pyproject.toml", "[project]\nname = 'x'\ndependencies = ['HERE']\n", "', '"),
    ] {
        let sandbox = Sandbox::with(&[(name, &text.replace("HERE", old))]);
        sandbox.pychain(&["audit"]).exits(1).prints("`click` is fetched over `http:`");
        sandbox.commit_all();
        sandbox.pychain(&["audit", "--base", "HEAD"]).exits(0).prints("No findings");
        sandbox.write(name, text.replace("HERE", &[old, new].join(separator)));
        let ran =
            sandbox.pychain(&["audit", "--base", "HEAD"]).prints("`flask` is fetched over `http:`").lacks("`click`");
        assert_eq!(ran.places(), [name]);
    }
}

#[test]
fn only_what_differs_from_a_directory_is_reported() {
    let sandbox = Sandbox::with(&[("old/requirements.txt", OLD), ("new/requirements.txt", NEW)]);
    sandbox.pychain(&["audit", "new", "--base", "./old"]).prints("`flask`").lacks("`click`");
    sandbox.pychain(&["audit", "new", "--base", "old"]).prints("`flask`").lacks("`click`");
    let absolute = sandbox.project().join("old").display().to_string();
    sandbox.pychain(&["audit", "new", "--base", &absolute]).prints("`flask`").lacks("`click`");
}

#[test]
fn a_base_inside_the_root_is_not_audited_itself() {
    let sandbox = Sandbox::with(&[("base/requirements.txt", OLD), ("requirements.txt", NEW)]);
    let ran = sandbox.pychain(&["audit", "--base", "./base"]).prints("`flask`").lacks("`click`");
    assert_eq!(ran.places(), ["requirements.txt"]);
}

#[test]
fn a_named_file_and_a_subdirectory_are_compared_with_themselves() {
    let sandbox = Sandbox::with(&[("app/requirements.txt", OLD), ("requirements.txt", OLD), ("app/deps.lst", OLD)]);
    sandbox.commit_all();
    for path in ["app/requirements.txt", "requirements.txt", "app/deps.lst"] {
        sandbox.write(path, NEW);
    }
    let places = |ran: crate::sandbox::Ran| ran.places().iter().map(|place| (*place).to_owned()).collect::<Vec<_>>();
    assert_eq!(places(sandbox.pychain(&["audit", "app", "--base", "main"]).lacks("`click`")), ["requirements.txt"]);
    assert_eq!(
        places(sandbox.pychain(&["audit", "app/deps.lst", "--base", "main"]).lacks("`click`")),
        ["app/deps.lst"]
    );
    let inside = sandbox.pychain_in(&sandbox.project().join("app"), &["audit", "--base", "main"]);
    assert_eq!(places(inside.lacks("`click`")), ["requirements.txt"]);
}

#[test]
fn included_files_are_read_from_the_base_too() {
    let sandbox = Sandbox::with(&[("requirements.txt", "-r deps/base.list\n"), ("deps/base.list", OLD)]);
    sandbox.commit_all();
    sandbox.write("deps/base.list", NEW);
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`").lacks("`click`");
}

#[test]
fn a_file_that_the_change_adds_is_new_and_one_that_it_removes_is_no_error() {
    let sandbox = changed();
    sandbox.write("requirements-dev.txt", "pytest==8.0.0\n");
    sandbox.pychain(&["audit", "--base", "main"]).prints("`pytest`");
    std::fs::remove_file(sandbox.project().join("requirements-dev.txt")).unwrap();
    std::fs::remove_file(sandbox.project().join("requirements.txt")).unwrap();
    let ran = sandbox.pychain(&["audit", "--base", "main", "--fail-on", "never"]).exits(0);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
}

#[test]
fn a_file_that_the_change_hides_by_gitignore_is_still_compared() {
    let sandbox = changed();
    sandbox.write(".gitignore", "requirements.txt\n");
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`");
}

#[test]
fn unknown_revisions_are_named_with_a_hint() {
    let sandbox = changed();
    sandbox
        .pychain(&["audit", "--base", "origin/main"])
        .exits(2)
        .says("error: git knows no revision `origin/main`")
        .says("hint: check the name; a shallow clone");
    for revision in ["-h", "--help", "--all", "--output=/x"] {
        sandbox
            .pychain(&["audit", &format!("--base={revision}")])
            .exits(2)
            .says(&format!("error: `{revision}` is not a git revision"));
    }
    sandbox.pychain(&["audit", "--base", "./nowhere"]).exits(2).says("cannot find `./nowhere`");
    Sandbox::with(&[("requirements.txt", OLD)])
        .pychain(&["audit", "--base", "main"])
        .exits(2)
        .says("git cannot look up the revision `main`")
        .says("not a git repository");
}

#[test]
fn a_directory_cannot_pose_as_a_revision() {
    let sandbox = changed();
    sandbox.write("main/requirements.txt", NEW);
    sandbox
        .pychain(&["audit", "--base", "main"])
        .exits(2)
        .says("error: `--base main` names both a directory and a git revision")
        .says("`refs/heads/main`");
    sandbox.pychain(&["audit", "requirements.txt", "--base", "refs/heads/main"]).prints("`flask`");
}

#[test]
fn the_base_judges_not_the_change() {
    let sandbox = Sandbox::with(&[("requirements.txt", OLD), ("pychain.toml", "fail-on = 'low'\n")]);
    sandbox.commit_all();
    sandbox.write("requirements.txt", NEW);
    sandbox.write(
        "pychain.toml",
        "fail-on = 'never'\nexclude = ['requirements.txt']\n[rules]\nunhashed-requirement = 'off'\n",
    );
    sandbox.pychain(&["audit", "--base", "main"]).exits(1).prints("`flask`");
    sandbox.pychain(&["audit"]).exits(2).says("no dependency files");
    sandbox.write("pychain.toml", "fail-on = 'nevr'\n");
    sandbox.pychain(&["audit", "--base", "main"]).exits(2).says("did you mean `never`?");
}

#[test]
fn a_broken_configuration_of_the_base_stops_the_run() {
    let sandbox = Sandbox::with(&[("requirements.txt", OLD), ("pychain.toml", "polcy = 1\n")]);
    sandbox.commit_all();
    sandbox.write("pychain.toml", "");
    sandbox
        .pychain(&["audit", "--base", "main"])
        .exits(2)
        .says("\nerror: cannot read the configuration of the base, which judges the change\n")
        .says("did you mean `policy`?");
    sandbox.pychain(&["audit", "--base", "main", "--config", "pychain.toml"]).exits(0);
}

#[test]
fn nothing_in_a_repository_is_run() {
    let sandbox = changed();
    let trap = sandbox.outside("trap");
    let marker = sandbox.outside("sprung");
    std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", marker.display())).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let trap = trap.display().to_string();
    for hook in ["post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"] {
        std::fs::copy(&trap, sandbox.project().join(".git/hooks").join(hook)).unwrap();
    }
    // A filter for every file, a text conversion, a monitor, a pager, and whatever else names a command.
    sandbox.write(".gitattributes", "* filter=trap diff=trap merge=trap working-tree-encoding=UTF-16\n");
    for (key, value) in [
        ("filter.trap.clean", trap.as_str()),
        ("filter.trap.smudge", &trap),
        ("filter.trap.process", &trap),
        ("filter.trap.required", "true"),
        ("diff.trap.textconv", &trap),
        ("diff.trap.command", &trap),
        ("diff.external", &trap),
        ("core.fsmonitor", &trap),
        ("core.pager", &trap),
        ("core.editor", &trap),
        ("core.sshCommand", &trap),
        ("core.gitProxy", &trap),
        ("core.alternateRefsCommand", &trap),
        ("credential.helper", &trap),
        ("pager.rev-parse", "true"),
        ("pager.ls-tree", "true"),
        ("alias.rev-parse", &format!("!{trap}")),
        ("alias.ls-tree", &format!("!{trap}")),
        ("alias.ls-files", &format!("!{trap}")),
        ("alias.cat-file", &format!("!{trap}")),
        ("gpg.program", &trap),
        ("uploadpack.packObjectsHook", &trap),
    ] {
        sandbox.git(&["config", key, value]);
    }
    let _ = std::fs::remove_file(&marker);
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`").lacks("`click`");
    let sprung = std::fs::read_to_string(&marker).unwrap_or_default();
    assert_eq!(sprung, "", "something was run");
    let _ = sandbox.try_git(&["diff"]);
    assert!(marker.exists(), "the trap was not armed");
}

#[test]
fn the_environment_cannot_point_git_elsewhere() {
    let other = Sandbox::with(&[("requirements.txt", NEW)]);
    other.commit_all();
    let mut sandbox = changed();
    sandbox.set("GIT_DIR", &other.project().join(".git").display().to_string());
    sandbox.set("GIT_INDEX_FILE", "/dev/null");
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`");
}

#[test]
fn replaced_objects_are_not_believed() {
    let sandbox = changed();
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.git(&["commit", "-qam", "two"]);
    sandbox.git(&["replace", "main", "other"]);
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_in_the_base_are_followed_inside_it_only() {
        let sandbox = Sandbox::with(&[("deploy/prod.list", OLD), ("shared/base.list", OLD)]);
        std::fs::write(sandbox.outside("secret"), "secret-thing==1\n").unwrap();
        let link = |target: &str, name: &str| symlink(target, sandbox.project().join(name)).unwrap();
        link("deploy/prod.list", "requirements.txt");
        link("shared", "deps");
        link("../secret", "requirements-out.txt");
        link("/etc/passwd", "requirements-etc.txt");
        link("requirements-b.txt", "requirements-a.txt");
        link("requirements-a.txt", "requirements-b.txt");
        sandbox.write("requirements-dev.txt", "-r deps/base.list\n");
        sandbox.commit_all();
        sandbox.write("deploy/prod.list", NEW);
        sandbox.write("shared/base.list", NEW);
        let ran = sandbox
            .pychain(&["audit", "--base", "main", "--fail-on", "never"])
            .exits(0)
            .prints("`flask`")
            .lacks("`click`")
            .lacks("secret-thing")
            .lacks("root:")
            .says("requirements-out.txt: in the base: the path leaves the audited root")
            .says("requirements-etc.txt: in the base: the path leaves the audited root")
            .says("requirements-a.txt: ");
        assert!(ran.places().contains(&"requirements.txt"), "{}", ran.stdout);
        assert!(ran.places().contains(&"deps/base.list"), "{}", ran.stdout);
    }
}

#[test]
fn a_submodule_is_no_part_of_the_change() {
    let sandbox = changed();
    sandbox.write("vendored/requirements.txt", "pytest==8.0.0\n");
    std::fs::create_dir(sandbox.project().join("vendored/.git")).unwrap();
    sandbox.pychain(&["audit", "--base", "main"]).prints("`flask`").lacks("`pytest`");
    sandbox.pychain(&["audit"]).prints("vendored/requirements.txt");
}
