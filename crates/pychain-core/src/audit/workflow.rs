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

/// A line that says something, with what it stands under.
struct Line<'a> {
    content: &'a str,
    /// How deep it stands. An item of a list is deeper than the key in the same column that it belongs to.
    depth: usize,
    /// The line that it stands under.
    parent: Option<usize>,
    /// Behind all that stands under it.
    end: usize,
}

impl Line<'_> {
    fn is_item(&self) -> bool {
        self.content.starts_with("- ")
    }

    fn is_steps(&self) -> bool {
        self.content.starts_with("steps:")
    }

    /// Whether it begins what acts on the whole workflow.
    fn is_for_all(&self) -> bool {
        let key = self.content.split(':').next().unwrap_or_default().trim_matches(['"', '\'']);
        self.depth == 0 && ["on", "env", "defaults"].contains(&key)
    }
}

/// The lines that say something. One pass, because whoever writes them may write many.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut above: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let depth = 2 * (line.len() - line.trim_start().len()) + usize::from(content.starts_with("- "));
        let at = lines.len();
        while let Some(ended) = above.and_then(|above| lines.get_mut(above)).filter(|above| above.depth >= depth) {
            ended.end = at;
            above = ended.parent;
        }
        lines.push(Line { content, depth, parent: above, end: usize::MAX });
        above = Some(at);
    }
    lines
}

/// Everything that decides whether and how pychain runs: when the workflow starts and what acts on all of it, the jobs
/// with pychain without their other steps. Empty where nothing runs pychain.
fn frame(text: &str) -> Vec<&str> {
    let lines = lines(text);
    let within = |at: usize| std::iter::successors(Some(at), |at| lines.get(*at)?.parent);
    let end = |at: usize| lines.get(at).map_or(at, |line| line.end.min(lines.len()));
    // How many of the kept ranges begin at a line, less those that end there.
    let mut kept = vec![0_isize; lines.len() + 1];
    let mut keep = |from: usize, to: usize| {
        for (at, change) in [(from, 1), (to, -1)] {
            if let Some(slot) = kept.get_mut(at) {
                *slot += change;
            }
        }
    };
    let mut is_run = false;
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| runs_pychain(line.content)) {
        is_run = true;
        let step = within(at).find(|at| lines.get(*at).is_some_and(Line::is_item));
        let steps = step.and_then(|step| within(step).find(|at| lines.get(*at).is_some_and(Line::is_steps)));
        if let Some((step, steps)) = step.zip(steps) {
            keep(step, end(step));
            let job = within(steps).nth(1).unwrap_or(0);
            keep(job, steps + 1);
            keep(end(steps), end(job).max(end(steps)));
        } else {
            let job = line.parent.unwrap_or(at);
            keep(job, end(job));
        }
    }
    if !is_run {
        return Vec::new();
    }
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.is_for_all()) {
        keep(at, end(at));
    }
    let mut depth = 0;
    let is_kept = kept.iter().map(|change| {
        depth += change;
        depth > 0
    });
    lines.iter().zip(is_kept).filter(|(_, kept)| *kept).map(|(line, _)| line.content).collect()
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
            ("jobs:", "defaults:\n  run:\n    shell: \"true {0}\"\njobs:"),
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
    fn many_runs_are_gone_through_once() {
        let steps = "      - run: pychain audit\n".repeat(50_000);
        assert_eq!(frame(&format!("on: push\njobs:\n  a:\n    steps:\n{steps}")).len(), 50_003);
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
