//! One job: a workflow that uses the action, an event, and the surroundings of a runner.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::log::Run;

/// What a workflow hands to the action as `github.token`, and what must never be seen again.
const TOKEN: &str = "ghs_notARealTokenOnlyForTheseTests0000";

/// Passes everything on but what the runner would not have set inside a composite action, and keeps what is printed.
const SHIM: &str = "#!/bin/sh
env $(env | sed -n 's/^\\(INPUT_[^=]*\\)=.*/-u \\1/p') -u GITHUB_TOKEN 'PROGRAM' \"$@\" >'PRINTED' 2>&1
code=$?
cat 'PRINTED'
exit $code
";

/// A job to be run.
pub struct Job {
    folder: TempDir,
    workflow: String,
    inputs: Vec<(String, String)>,
    variables: Vec<(String, String)>,
}

/// Where `cargo xtask test e2e` put act, and where it built ours.
pub fn programs() -> Result<(PathBuf, PathBuf)> {
    let path = |name: &str| {
        let value = std::env::var_os(name).with_context(|| format!("{name} is not set: run `cargo xtask test e2e`"))?;
        anyhow::Ok(PathBuf::from(value))
    };
    Ok((path("PYCHAIN_E2E_ACT")?, path("PYCHAIN_E2E_PROGRAMS")?))
}

impl Job {
    /// A job of one of the example workflows.
    pub fn new(example: &str) -> Result<Self> {
        let top = top();
        let folder = tempfile::tempdir()?;
        // Only what the runner needs of the repository: act copies it for each step.
        for name in ["action.yml", "action/get.sh", "action/manifest"] {
            let to = folder.path().join("action").join(name);
            fs::create_dir_all(to.parent().context("a file without a folder")?)?;
            fs::copy(top.join(name), to).with_context(|| name.to_owned())?;
        }
        let path = top.join("examples/workflows").join(example);
        let workflow = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Self { folder, workflow, inputs: Vec::new(), variables: Vec::new() })
    }

    /// Hands an input to the action, besides those of the example.
    #[must_use]
    pub fn input(mut self, name: &str, value: impl Into<String>) -> Self {
        self.inputs.push((name.to_owned(), value.into()));
        self
    }

    /// Has the action run a program that is already there, in the surroundings that the runner would give it.
    pub fn program(self, program: &Path) -> Result<Self> {
        let shim = self.folder.path().join("pychain");
        let script = SHIM.replace("PROGRAM", &program.display().to_string());
        fs::write(&shim, script.replace("PRINTED", &self.printed().display().to_string()))?;
        fs::set_permissions(&shim, fs::Permissions::from_mode(0o755))?;
        Ok(self.input("pychain-path", shim.display().to_string()))
    }

    /// A file of the action as the job has it.
    pub fn action(&self, name: &str) -> PathBuf {
        self.folder.path().join("action").join(name)
    }

    /// Sets a variable of the runner.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Runs it on an event.
    pub fn run(&self, name: &str, event: &Value) -> Result<Run> {
        let (act, _) = programs()?;
        let folder = self.folder.path();
        let repository = folder.join("repository");
        if !repository.is_dir() {
            fs::create_dir_all(repository.join(".github/workflows"))?;
            fs::write(repository.join(".github/workflows/pychain.yml"), self.workflow_with_inputs())?;
            git(&repository, &["init", "--quiet", "--initial-branch=main"])?;
            git(&repository, &["add", "."])?;
            git(&repository, &["commit", "--quiet", "--message=Start"])?;
            fs::create_dir_all(folder.join("home"))?;
        }
        let path = folder.join("event.json");
        fs::write(&path, event.to_string())?;

        let mut command = Command::new(act);
        command.current_dir(repository).arg(name).arg("--eventpath").arg(path);
        command.args(["--json", "--no-cache-server", "--insecure-secrets", "--platform=ubuntu-latest=-self-hosted"]);
        command.arg(format!("--local-repository=org/pychain-action@v1={}", folder.join("action").display()));
        command.arg(format!("--secret=GITHUB_TOKEN={TOKEN}"));
        for (name, value) in &self.variables {
            // act sets this one itself.
            let option =
                if name == "GITHUB_ACTOR" { format!("--actor={value}") } else { format!("--env={name}={value}") };
            command.arg(option);
        }
        // Nothing of this machine but its programs: not its caches, not the variables of the job that tests us.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", folder.join("home")).env("XDG_CACHE_HOME", folder.join("cache"));
        let output = command.output().context("starting act")?;
        let log = String::from_utf8(output.stdout).context("act's log")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(log.contains("\"jobResult\""), "act ran no job:\n{log}\n{errors}");
        ensure!(!log.contains(TOKEN) && !errors.contains(TOKEN), "the token was seen:\n{log}\n{errors}");
        let printed = fs::read_to_string(self.printed()).ok();
        ensure!(printed.as_ref().is_none_or(|printed| !printed.contains(TOKEN)), "the token was printed");
        Run::read(&log, printed.as_deref())
    }

    fn printed(&self) -> PathBuf {
        self.folder.path().join("printed")
    }

    /// The action is the last step of the examples that we run; JSON is YAML.
    fn workflow_with_inputs(&self) -> String {
        let mut workflow = self.workflow.clone();
        if !self.inputs.is_empty() && !workflow.contains("\n        with:\n") {
            workflow.push_str("        with:\n");
        }
        for (name, value) in &self.inputs {
            let _ = writeln!(workflow, "          {name}: {}", Value::from(value.as_str()));
        }
        workflow
    }
}

fn git(folder: &Path, words: &[&str]) -> Result<()> {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").args(identity).args(words).current_dir(folder).output().context("starting git")?;
    ensure!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
