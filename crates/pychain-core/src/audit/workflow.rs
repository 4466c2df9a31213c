//! Workflows of GitHub Actions that run pychain: whether a change touches how they do.
//!
//! Read by indentation, without a YAML parser: a comment or another job's step is told apart, and what is written in
//! an unusual way counts as changed rather than not.

use crate::text::{SourceFile, Span};

/// A workflow before and after a change.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// As it was; none where it is new.
    pub before: Option<SourceFile>,
    /// As it is; none where it is gone.
    pub after: Option<SourceFile>,
}

/// What a change does to a workflow that ran pychain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touched {
    /// The file after the change; an empty one where it is gone.
    pub(super) file: SourceFile,
    /// The line that runs pychain, or the first.
    pub(super) span: Span,
    /// Whether nothing runs pychain there any more.
    pub(super) removed: bool,
}

/// What the change does, if the workflow ran pychain before and the change touches that.
pub(super) fn touched(workflow: &Workflow) -> Option<Touched> {
    let before = workflow.before.as_ref()?;
    let frame = frame(before.text());
    if frame.is_empty() {
        return None;
    }
    let gone = || SourceFile::from_text(before.path(), "");
    let file = workflow.after.clone().unwrap_or_else(gone);
    if self::frame(file.text()) == frame {
        return None;
    }
    let line = (1..=file.line_count()).find(|line| runs_pychain(file.slice(file.line_span(*line)).trim()));
    let span = file.line_span(line.unwrap_or(1));
    Some(Touched { span, removed: line.is_none(), file })
}

/// A line that says something, with its indentation.
type Line<'a> = (usize, &'a str);

/// Everything that decides whether and how pychain runs: when the workflow starts, the jobs with pychain without their
/// other steps. Empty where nothing runs pychain.
fn frame(text: &str) -> Vec<&str> {
    let lines: Vec<Line<'_>> = text
        .lines()
        .map(|line| (line.len() - line.trim_start().len(), line.trim()))
        .filter(|(_, content)| !content.is_empty() && !content.starts_with('#'))
        .collect();
    let mut kept = vec![false; lines.len()];
    let mut keep = |from: usize, to: usize| {
        for slot in kept.iter_mut().take(to).skip(from) {
            *slot = true;
        }
    };
    for (at, (indent, _)) in lines.iter().enumerate().filter(|(_, (_, content))| runs_pychain(content)) {
        let start = if content(&lines, at).starts_with("- ") {
            Some(at)
        } else {
            above(&lines, at, |line| line.0 < *indent && line.1.starts_with("- "))
        };
        let steps = start.and_then(|step| {
            let indent = indent_of(&lines, step);
            above(&lines, step, |line| line.0 <= indent && line.1.starts_with("steps:"))
        });
        if let Some((step, steps)) = start.zip(steps) {
            keep(step, end(&lines, step));
            let inner = indent_of(&lines, steps);
            let job = above(&lines, steps, |line| line.0 < inner).unwrap_or(0);
            for at in job..end(&lines, job) {
                let under_steps = at > steps && at < section_end(&lines, steps);
                if !under_steps {
                    keep(at, at + 1);
                }
            }
        } else {
            let job = above(&lines, at, |line| line.0 < *indent).unwrap_or(at);
            keep(job, end(&lines, job));
        }
    }
    if !kept.contains(&true) {
        return Vec::new();
    }
    let is_trigger =
        |line: &Line<'_>| line.0 == 0 && ["on:", "\"on\":", "'on':"].iter().any(|on| line.1.starts_with(on));
    if let Some(on) = lines.iter().position(is_trigger) {
        for slot in kept.iter_mut().take(end(&lines, on)).skip(on) {
            *slot = true;
        }
    }
    lines.iter().zip(kept).filter(|(_, kept)| *kept).map(|((_, content), _)| *content).collect()
}

/// `uses:` of something that is called pychain, or a command that runs it.
fn runs_pychain(line: &str) -> bool {
    if line.starts_with('#') {
        return false;
    }
    let lower = line.to_ascii_lowercase();
    let uses = lower.trim_start_matches("- ").trim_start().strip_prefix("uses:");
    uses.is_some_and(|target| target.contains("pychain"))
        || lower.contains("pychain review")
        || lower.contains("pychain audit")
}

fn content<'a>(lines: &[Line<'a>], at: usize) -> &'a str {
    lines.get(at).map_or("", |line| line.1)
}

fn indent_of(lines: &[Line<'_>], at: usize) -> usize {
    lines.get(at).map_or(0, |line| line.0)
}

/// The nearest line above that is so.
fn above(lines: &[Line<'_>], at: usize, is: impl Fn(&Line<'_>) -> bool) -> Option<usize> {
    lines.get(..at)?.iter().rposition(is)
}

/// One past the last line that is indented below `at`.
fn end(lines: &[Line<'_>], at: usize) -> usize {
    let indent = indent_of(lines, at);
    let rest = lines.get(at + 1..).unwrap_or_default();
    at + 1 + rest.iter().position(|line| line.0 <= indent).unwrap_or(rest.len())
}

/// One past the last line of a list, whose items may stand at the indentation of its key.
fn section_end(lines: &[Line<'_>], at: usize) -> usize {
    let indent = indent_of(lines, at);
    let rest = lines.get(at + 1..).unwrap_or_default();
    let is_after = |line: &Line<'_>| line.0 < indent || (line.0 == indent && !line.1.starts_with("- "));
    at + 1 + rest.iter().position(is_after).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKFLOW: &str = "\
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
  review:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
      - name: Review
        # with a comment
        uses: org/pychain-action@v1
        with:
          fail-on: high
      - run: echo done
";

    #[track_caller]
    fn check(after: Option<&str>, expected: Option<(bool, &str)>) {
        let file = |text: &str| SourceFile::from_text(".github/workflows/ci.yml", text);
        let touched = touched(&Workflow { before: Some(file(WORKFLOW)), after: after.map(file) });
        let got = touched.as_ref().map(|it| (it.removed, it.file.slice(it.span).trim()));
        assert_eq!(got, expected);
    }

    #[test]
    fn other_jobs_steps_and_comments_do_not_matter() {
        check(Some(WORKFLOW), None);
        check(Some(&WORKFLOW.replace("make test", "make all")), None);
        check(Some(&WORKFLOW.replace("setup-python@v5", "setup-python@v6")), None);
        check(Some(&WORKFLOW.replace("# with a comment", "# and another")), None);
        check(Some(&WORKFLOW.replace("echo done", "echo")), None);
    }

    #[test]
    fn what_decides_whether_and_how_it_runs_does() {
        let line = "uses: org/pychain-action@v1";
        for (from, to) in [
            ("fail-on: high", "fail-on: never"),
            ("on: pull_request", "on: push"),
            ("review:\n", "review:\n    if: false\n"),
            ("      - run: echo done\n", "      - run: echo done\n    continue-on-error: true\n"),
        ] {
            check(Some(&WORKFLOW.replace(from, to)), Some((false, line)));
        }
        check(
            Some(&WORKFLOW.replace("pychain-action@v1", "pychain-action@v2")),
            Some((false, "uses: org/pychain-action@v2")),
        );
    }

    #[test]
    fn a_removed_step_or_file_is_told() {
        check(Some(&WORKFLOW.replace("org/pychain-action", "org/other")), Some((true, "on: pull_request")));
        check(None, Some((true, "")));
    }

    #[test]
    fn a_workflow_that_never_ran_it_may_begin_to() {
        let file = |text: &str| SourceFile::from_text("w.yml", text);
        let workflow = Workflow { before: Some(file("on: push\n# uses: pychain\n")), after: Some(file(WORKFLOW)) };
        assert_eq!(touched(&workflow), None);
        assert_eq!(touched(&Workflow { before: None, after: Some(file(WORKFLOW)) }), None);
    }

    #[test]
    fn commands_and_reusable_workflows_count() {
        let file = |text: &str| Some(SourceFile::from_text("w.yml", text));
        let before = "jobs:\n  a:\n    uses: org/pychain/.github/workflows/review.yml@v1\n    with:\n      x: 1\n";
        let workflow = Workflow { before: file(before), after: file(&before.replace("x: 1", "x: 2")) };
        assert!(touched(&workflow).is_some());
        let before = "jobs:\n  a:\n    steps:\n    - run: |\n        pychain audit --fail-on low\n    - run: b\n";
        let workflow = Workflow { before: file(before), after: file(&before.replace("low", "never")) };
        assert!(touched(&workflow).is_some());
        let workflow = Workflow { before: file(before), after: file(&before.replace("run: b", "run: c")) };
        assert!(touched(&workflow).is_none());
    }
}
