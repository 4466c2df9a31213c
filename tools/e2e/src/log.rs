//! What a job left: the annotations, the step's outputs and summary, how it ended.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result, ensure};
use pychain_github_double::runner::{self, Annotation};
use serde_json::Value;

/// How a job went. Printed, it is what a person sees of it besides the pull request, but for most of the summary.
#[derive(Debug, Default)]
pub struct Run {
    /// Whether the job succeeded.
    pub success: bool,
    /// In the order of the log.
    pub annotations: Vec<Annotation>,
    /// Those of the step that uses the action, without the empty ones.
    pub outputs: BTreeMap<String, String>,
    /// The job's summary, Markdown.
    pub summary: String,
    /// What else was printed.
    pub text: String,
}

/// W3: over this, nothing of a summary is shown.
const SUMMARY: usize = 1024 * 1024;

impl Run {
    /// Reads act's log, a JSON object a line, and refuses what GitHub would cut.
    ///
    /// act loses what a failing step printed last, if it does not read it in time. So what pychain `printed` is
    /// handed over too where it is known, and act must have understood the part that it saw in the same way.
    pub(crate) fn read(log: &str, printed: Option<&str>) -> Result<Self> {
        let mut run = Self::default();
        for line in log.lines().filter(|line| line.starts_with('{')) {
            let value: Value = serde_json::from_str(line).context("a line of act's log")?;
            run.take(&value);
        }
        if let Some(printed) = printed {
            let annotations = runner::annotations(printed);
            let (commands, text): (Vec<&str>, Vec<&str>) = printed.lines().partition(|line| line.starts_with("::"));
            // W1 and W2.
            ensure!(commands.len() == annotations.len(), "GitHub shows {} of {commands:#?}", annotations.len());
            ensure!(annotations.iter().all(|annotation| annotation.message.len() < 4096), "a message is cut");
            // act splits a command at its last `::`, the runner at the first after the name.
            let same = |(ours, acts): (&Annotation, &Annotation)| ours == acts || ours.message.contains("::");
            ensure!(annotations.iter().zip(&run.annotations).all(same), "act saw others: {:#?}", run.annotations);
            ensure!(annotations.len() >= run.annotations.len(), "act saw more: {:#?}", run.annotations);
            run.annotations = annotations;
            run.text = text.join("\n");
        }
        ensure!(run.summary.len() < SUMMARY, "a summary of {} bytes", run.summary.len());
        Ok(run)
    }

    fn take(&mut self, value: &Value) {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        // The step of the workflow, not one inside the action: everything is told once more for that.
        let outermost = value.get("stepID").and_then(Value::as_array).is_some_and(|steps| steps.len() == 1);
        if let Some(result) = value.get("jobResult") {
            self.success = result == "success";
        }
        match &*text("command") {
            kind @ ("error" | "warning" | "notice") => {
                let pairs = value.get("kvPairs").and_then(Value::as_object).into_iter().flatten();
                let properties = pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()));
                let properties = properties.collect();
                self.annotations.push(Annotation { kind: kind.to_owned(), properties, message: text("arg") });
            }
            "set-output" if outermost && !text("arg").is_empty() => {
                self.outputs.insert(text("name"), text("arg"));
            }
            "summary" if outermost => self.summary = text("content"),
            "" if value.get("raw_output") == Some(&Value::Bool(true)) => self.text.push_str(&text("msg")),
            _ => {}
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "job: {}", if self.success { "success" } else { "failure" })?;
        for (name, value) in &self.outputs {
            writeln!(f, "output {name} = {value}")?;
        }
        for Annotation { kind, properties, message } in &self.annotations {
            let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            writeln!(f, "{kind} [{}] {message}", properties.join(" "))?;
        }
        for line in self.text.lines() {
            writeln!(f, "log: {line}")?;
        }
        match self.summary.lines().next() {
            Some(first) => writeln!(f, "summary of {} lines: {first}", self.summary.lines().count()),
            None => writeln!(f, "no summary"),
        }
    }
}
