//! `pychain review` against a stand-in for GitHub: what a person sees, what is sent, what is left for the workflow.

use std::fs;

use pychain_github_double::{Action, Double, Entry, Journal as _, Scenario, Tree, files};

use crate::sandbox::{Ran, Sandbox};

mod failures;
mod hostile;
mod life;
mod outputs;
mod reading;
mod suggestions;

const TOKEN: &str = "ghs_obviouslyNotARealToken";

const BASE: &str = "click==8.1.7\n";
const HEAD: &str = "click==8.1.7\nflask\n";

/// One workflow's job that reviews a pull request again and again.
struct Job {
    github: Double,
    sandbox: Sandbox,
    event: (&'static str, &'static str),
}

/// A pull request that turns one text of `requirements.txt` into another.
fn job(base: &str, head: &str) -> Job {
    job_of(Scenario::new(files([("requirements.txt", base)]), files([("requirements.txt", head)])))
}

fn job_of(scenario: Scenario) -> Job {
    let mut sandbox = Sandbox::new();
    // What is tested here is the review, whatever severity a rule has.
    sandbox.set("PYCHAIN_FAIL_ON", "low");
    Job { github: Double::start(scenario), sandbox, event: ("pull_request", "opened") }
}

impl Job {
    /// Runs the job on the pull request as it is now.
    fn run(&self) -> Ran {
        self.run_with(&[])
    }

    fn run_with(&self, arguments: &[&str]) -> Ran {
        let (name, action) = self.event;
        self.run_on(name, &self.github.event(name, action).to_string(), arguments)
    }

    /// Runs the job on an event.
    fn run_on(&self, name: &str, event: &str, arguments: &[&str]) -> Ran {
        let path = |name: &str| self.sandbox.outside(name);
        for name in ["output", "summary.md"] {
            let _ = fs::remove_file(path(name));
        }
        fs::write(path("event.json"), event).unwrap();
        let mut command = self.sandbox.prepared(&self.sandbox.project(), &["review"]);
        command
            .args(arguments)
            .envs(self.github.environment(name))
            .env("GITHUB_EVENT_PATH", path("event.json"))
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_STEP_SUMMARY", path("summary.md"))
            .env("PYCHAIN_TOKEN", TOKEN)
            .env("PYCHAIN_PAUSE", "0");
        let ran = Ran::of(command.output().unwrap());
        for text in [&ran.stdout, &ran.stderr, &self.left("output"), &self.left("summary.md")] {
            assert!(!text.contains(TOKEN), "the token is told: {text}");
        }
        self.github.assert_sound();
        ran
    }

    /// What a run wrote into one of its files.
    fn left(&self, name: &str) -> String {
        fs::read_to_string(self.sandbox.outside(name)).unwrap_or_default()
    }

    /// The requests of the next run alone.
    fn log(&self) -> Vec<Entry> {
        let log = self.github.log();
        self.github.clear_log();
        log
    }

    /// Runs again; nothing may be written.
    #[track_caller]
    fn is_quiet(&self) {
        self.is_quiet_with(&[]);
    }

    #[track_caller]
    fn is_quiet_with(&self, arguments: &[&str]) {
        self.github.clear_log();
        let ran = self.run_with(arguments);
        let log = self.log();
        let writes: Vec<_> = log.writes().iter().map(|entry| entry.path.clone()).collect();
        assert!(writes.is_empty(), "{writes:?}\n{}\n{}", ran.stderr, self.github.view());
    }

    fn push(&self, text: &str) {
        self.github.push("requirements.txt", text);
    }

    fn reviews(&self) -> usize {
        self.github.view().matches("## Review by github-actions[bot]").count()
    }
}

fn act_comment(author: &str, body: &str) -> Action {
    Action::Comment { author: author.to_owned(), body: body.to_owned() }
}

fn tree(files: &[(String, String)]) -> Tree {
    files.iter().map(|(path, text)| (path.clone(), text.as_str().into())).collect()
}
