//! A directory to run pychain in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A directory that is removed afterwards. `project` in it is where pychain runs.
pub(crate) struct Sandbox {
    directory: TempDir,
    /// Set for every run, beside what a process cannot do without.
    environment: Vec<(&'static str, String)>,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["project", "home"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        Self { directory, environment: Vec::new() }
    }

    /// A sandbox with files, as `(path in the project, text)`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.environment.push((name, value.to_owned()));
    }

    /// The project's directory.
    pub(crate) fn project(&self) -> PathBuf {
        self.directory.path().join("project")
    }

    /// A place beside the project.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.project().join(path)).unwrap()
    }

    /// Runs pychain in the project.
    pub(crate) fn pychain(&self, arguments: &[&str]) -> Ran {
        self.pychain_in(&self.project(), arguments)
    }

    /// Runs pychain in another directory.
    pub(crate) fn pychain_in(&self, directory: &Path, arguments: &[&str]) -> Ran {
        Ran::of(self.prepared(directory, arguments).output().unwrap())
    }

    /// What would run pychain, for a test that runs it in its own way.
    pub(crate) fn prepared(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_pychain"), directory);
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).args(arguments);
        command
    }

    /// Runs git in the project.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        let mut command = self.command("git", &self.project());
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]);
        command.args(arguments).output().unwrap()
    }

    /// Runs git in the project; the test fails where git does.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes the project a repository with everything in it committed on `main`.
    pub(crate) fn commit_all(&self) {
        self.git(&["init", "-q"]);
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "-q", "--no-verify", "-m", "state"]);
    }

    fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).env_clear().env("HOME", self.directory.path().join("home"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }
}

impl Ran {
    /// What a process left.
    pub(crate) fn of(Output { status, stdout, stderr }: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Self { code: status.code().expect("no signal ends it"), stdout: text(stdout), stderr: text(stderr) }
    }

    /// The exit code is `code`; shows everything otherwise.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard error has this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in stderr:\n{}", self.stderr);
        self
    }

    /// Standard output has this.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "no {text:?} in stdout:\n{}", self.stdout);
        self
    }

    /// Standard output lacks this.
    #[track_caller]
    pub(crate) fn lacks(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text), "{text:?} in stdout:\n{}", self.stdout);
        self
    }

    /// The files that findings are in, each once, in the order of the report.
    pub(crate) fn places(&self) -> Vec<&str> {
        let mut places: Vec<&str> = self
            .stdout
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--> "))
            .filter_map(|place| place.rsplitn(3, ':').last())
            .collect();
        places.dedup();
        places
    }
}
