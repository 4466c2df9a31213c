//! The hook of `.pre-commit-hooks.yaml`, run by pre-commit itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use pychain_e2e::programs;
use tempfile::TempDir;

/// A repository of a user, and beside it one that offers our hook.
struct User(TempDir);

impl User {
    fn new(arguments: &str) -> Self {
        let user = Self(tempfile::tempdir().expect("a folder"));
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.pre-commit-hooks.yaml");
        for (repository, name) in [("hooks", ".pre-commit-hooks.yaml"), ("user", "README.md")] {
            fs::create_dir_all(user.0.path().join(repository)).expect("a folder");
            user.git(repository, &["init", "--quiet"]);
            fs::copy(&hooks, user.0.path().join(repository).join(name)).expect("copied");
            user.git(repository, &["add", "."]);
            user.git(repository, &["commit", "--quiet", "--message=Start"]);
        }
        let head = user.git("hooks", &["rev-parse", "HEAD"]);
        let head = String::from_utf8(head.stdout).expect("text");
        user.write(
            ".pre-commit-config.yaml",
            &format!(
                "repos:\n- repo: ../hooks\n  rev: {}\n  hooks:\n  - id: pychain\n    args: [{arguments}]\n",
                head.trim_end()
            ),
        );
        user.git("user", &["commit", "--quiet", "--message=Configure"]);
        user
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join("user").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
        self.git("user", &["add", "."]);
    }

    /// Whether the hook lets the staged files pass, and what pre-commit prints.
    fn commit(&self) -> (bool, String) {
        let (act, programs) = programs().expect("built");
        let output = self.run("user", &act.with_file_name("pre-commit"), &["run", "--color=never"], &programs);
        (output.status.success(), String::from_utf8(output.stdout).expect("text"))
    }

    fn git(&self, repository: &str, words: &[&str]) -> Output {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
        let output = self.run(repository, Path::new("git"), &[&identity[..], words].concat(), Path::new(""));
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn run(&self, repository: &str, program: &Path, words: &[&str], programs: &Path) -> Output {
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("a PATH"));
        let mut command = Command::new(program);
        command.args(words).current_dir(self.0.path().join(repository));
        command.env_clear().env("PATH", path).env("HOME", self.0.path()).output().expect("started")
    }
}

#[test]
fn the_hook_audits_the_dependency_files_of_a_commit() {
    let user = User::new("");
    user.write("README.txt", "--trusted-host example.org\n");
    user.write("requirements/README.txt", "--trusted-host example.org\n");
    let (passed, text) = user.commit();
    assert!(passed && text.contains("(no files to check)Skipped"), "{text}");

    user.write("requirements/base.txt", "--trusted-host example.org\n");
    user.write("setup/dev-requirements.in", "-r ../requirements/base.txt\n");
    let (passed, text) = user.commit();
    assert!(!passed && text.contains("high[trusted-host]"), "{text}");
    // Both files in one run: what one includes is not told twice.
    assert_eq!(text.matches("high[trusted-host]").count(), 1, "{text}");
}

#[test]
fn a_manifest_is_judged_by_the_lock_file_that_stays() {
    let user = User::new("");
    let commit = "0123456789012345678901234567890123456789";
    user.write(
        "uv.lock",
        &format!(
            "version = 1\nrequires-python = \">=3.9\"\n[[package]]\nname = \"a\"\nversion = \"1\"\n\
             source = {{ git = \"https://example.org/a?branch=main#{commit}\" }}\n"
        ),
    );
    user.git("user", &["commit", "--quiet", "--message=Lock"]);
    user.write(
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"a @ git+https://example.org/a@main\"]\n",
    );
    let (passed, text) = user.commit();
    assert!(passed && !text.contains("Skipped"), "{text}");
}

#[test]
fn with_a_base_only_what_the_commit_brings_is_told() {
    let user = User::new("--base, HEAD");
    user.write("requirements.txt", "--trusted-host example.org\n");
    user.git("user", &["commit", "--quiet", "--message=Old"]);
    user.write("requirements.txt", "--trusted-host example.org\n# a comment\n");
    let (passed, text) = user.commit();
    assert!(passed, "{text}");
    user.write("requirements.txt", "--trusted-host example.org\n--extra-index-url http://example.org/simple\n");
    let (passed, text) = user.commit();
    assert!(!passed && !text.contains("trusted-host]"), "{text}");
}
