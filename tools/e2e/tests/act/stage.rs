//! A pull request on the stand-in, the action's runs on it, and a transcript of what a person sees.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pychain_e2e::{Job, Run, programs};
use pychain_github_double::{Double, Entry, Scenario};

pub(crate) struct Stage {
    pub(crate) github: Double,
    example: &'static str,
    inputs: Vec<(&'static str, String)>,
    /// Milliseconds between two writes; without, as long as GitHub asks for.
    pause: Option<&'static str>,
    transcript: String,
    /// The page of the pull request after the last run.
    page: String,
}

impl Stage {
    pub(crate) fn new(scenario: Scenario) -> Self {
        Self {
            github: Double::start(scenario),
            example: "minimal.yml",
            inputs: Vec::new(),
            pause: Some("10"),
            transcript: String::new(),
            page: String::new(),
        }
    }

    /// With the pause between writes that users get.
    pub(crate) fn unhurried(self) -> Self {
        Self { pause: None, ..self }
    }

    /// With another of the example workflows.
    pub(crate) fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    pub(crate) fn input(mut self, name: &'static str, value: &str) -> Self {
        self.inputs.push((name, value.to_owned()));
        self
    }

    /// A job of the action for an event.
    pub(crate) fn job(&self, name: &str) -> Job {
        let (_, programs) = programs().expect("built");
        let mut job = Job::new(self.example).and_then(|job| job.program(&programs.join("pychain"))).expect("a job");
        for (name, value) in &self.inputs {
            job = job.input(name, value);
        }
        if let Some(pause) = self.pause {
            job = job.with("PYCHAIN_PAUSE", pause);
        }
        for (name, value) in self.github.environment(name) {
            job = job.with(&name, value);
        }
        job
    }

    /// Runs the action on an event and notes what happened under a heading.
    pub(crate) fn run(&mut self, heading: &str, name: &str, action: &str) -> Run {
        let job = self.job(name);
        let event = self.github.event(name, action);
        self.github.clear_log();
        let run = job.run(name, &event).expect("a run");
        self.github.assert_sound();
        let page = without_ages(&self.github.view());
        let shown = if page == self.page { "the page is as before\n" } else { &*page };
        let (told, writes) = (self.stable(&run.to_string()), self.writes());
        let _ = write!(self.transcript, "════ {heading}: {name} {action}\n\n{told}writes: {writes}\n\n{shown}\n");
        self.page = page;
        run
    }

    /// What changed something on the pull request in the last run, counted.
    pub(crate) fn writes(&self) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for Entry { operation, method, status, .. } in self.github.log().into_iter().filter(|entry| entry.writes) {
            let operation = operation.unwrap_or(method);
            *counts
                .entry(if status < 300 && status > 0 { operation } else { format!("{operation} → {status}") })
                .or_default() += 1;
        }
        let counts: Vec<String> = counts.into_iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    }

    /// What changed something in the last run and succeeded.
    pub(crate) fn written(&self) -> usize {
        self.github.log().iter().filter(|entry| entry.writes && (200..300).contains(&entry.status)).count()
    }

    /// Everything so far.
    pub(crate) fn transcript(&self) -> &str {
        &self.transcript
    }

    /// The text without what differs between runs.
    fn stable(&self, text: &str) -> String {
        let mut text = text.replace(self.github.api_url(), "<api>");
        // How a connection breaks is the system's business.
        while let Some((before, after)) = text.split_once("Service Error: ") {
            let after = after.split_once("; trying again").map_or(after, |(_, after)| after);
            text = format!("{before}the connection broke; trying again{after}");
        }
        for (name, sha) in [("<head>", self.github.head()), ("<base>", self.github.base())] {
            for length in [sha.len(), 12, 10, 8, 7] {
                text = text.replace(&sha[..length], name);
            }
        }
        text
    }
}

/// The text with `<age>` for how old a release is: it is another one next month.
fn without_ages(text: &str) -> String {
    let mut stable = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" old") {
        let aged = ["day", "days", "months", "years"]
            .iter()
            .find_map(|unit| before.strip_suffix(unit)?.strip_suffix(' '))
            .map(|counted| counted.trim_end_matches(|digit: char| digit.is_ascii_digit()));
        stable.push_str(aged.unwrap_or(before));
        stable.push_str(if aged.is_some() { "<age>" } else { " old" });
        rest = after;
    }
    stable + rest
}
