//! What act's log says of a job: the annotations, the step's outputs and summary, how it ended.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// A message that GitHub shows beside a line, or on top of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// `error`, `warning` or `notice`.
    pub level: String,
    /// Where, and its title: what stands before the text.
    pub properties: BTreeMap<String, String>,
    /// The text.
    pub message: String,
}

/// How a job went. Printed, it is what a person sees of it besides the pull request.
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

/// W1: how many annotations of a kind GitHub shows of one step.
const ANNOTATIONS: usize = 10;
/// W2: where it cuts a message.
const MESSAGE: usize = 4096;
/// W3: over this, nothing of a summary is shown.
const SUMMARY: usize = 1024 * 1024;

impl Run {
    /// Reads the log, a JSON object a line, and refuses what GitHub would cut.
    pub(crate) fn read(log: &str) -> Result<Self> {
        let mut run = Self::default();
        for line in log.lines().filter(|line| line.starts_with('{')) {
            let value: Value = serde_json::from_str(line).context("a line of act's log")?;
            run.take(&value);
        }
        for level in ["error", "warning", "notice"] {
            let count = run.annotations.iter().filter(|annotation| annotation.level == level).count();
            ensure!(count <= ANNOTATIONS, "{count} annotations of level {level}: GitHub shows {ANNOTATIONS}");
        }
        for annotation in &run.annotations {
            ensure!(annotation.message.len() <= MESSAGE, "a message of {} characters", annotation.message.len());
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
            level @ ("error" | "warning" | "notice") => {
                let pairs = value.get("kvPairs").and_then(Value::as_object).into_iter().flatten();
                let properties = pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()));
                let properties = properties.collect();
                self.annotations.push(Annotation { level: level.to_owned(), properties, message: text("arg") });
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
        for Annotation { level, properties, message } in &self.annotations {
            let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            writeln!(f, "{level} [{}] {message}", properties.join(" "))?;
        }
        for line in self.text.lines() {
            writeln!(f, "log: {line}")?;
        }
        if !self.summary.is_empty() {
            writeln!(f, "summary:")?;
        }
        for line in self.summary.lines() {
            writeln!(f, "{}", format!("    {line}").trim_end())?;
        }
        Ok(())
    }
}
