//! `pychain review`: from an event on GitHub to comments, annotations, a summary and an exit code.

use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use pychain_core::config::FailOn;
use pychain_core::order::Map;
use pychain_core::report::review::{self, Existing, Input, Plan};
use pychain_core::report::{Report, annotations};
use pychain_core::rules::MANUALS;
use pychain_github::{GitHub, Pull, Stopped};

use crate::args::ReviewArgs;
use crate::engine::Job;
use crate::human::{self, plural};
use crate::output;
use crate::tree::Remote;
use change::Change;
use event::Target;
use options::Options;

pub(crate) use options::Comments;

mod change;
mod event;
mod link;
mod options;
mod outputs;
mod show;

const FOUND: u8 = 1;

pub(crate) fn run(args: &ReviewArgs) -> Result<ExitCode> {
    let options = Options::gather(args)?;
    let github = Rc::new(GitHub::new(options.settings()?)?);
    let code = match event::target(&options)? {
        Target::Nothing(why) => {
            output::say(&why);
            outputs::nothing(&options)?;
            ExitCode::SUCCESS
        }
        Target::Pull { number, head } => of_pull(&options, &github, number, head.as_deref())?,
        Target::Commits { base, head } => of_commits(&options, &github, base.as_deref(), &head)?,
    };
    output::say(&format!("{} requests to GitHub", github.requests()));
    Ok(code)
}

/// A pull request: what it changes is audited and commented on.
fn of_pull(options: &Options, github: &Rc<GitHub>, number: u64, head: Option<&str>) -> Result<ExitCode> {
    let pull = github.pull(number).with_context(|| format!("cannot read pull request {number}"))?;
    if !pull.open {
        output::say(&format!("pull request {number} is closed: nothing to review"));
        outputs::nothing(options)?;
        return Ok(ExitCode::SUCCESS);
    }
    if head.is_some_and(|head| head != pull.head) {
        say_moved();
        outputs::nothing(options)?;
        return Ok(ExitCode::SUCCESS);
    }
    let remote = Remote::new(Rc::clone(github), options.workspace.clone());
    let change = change::of_pull(options, github, &remote, &pull)?;
    let mut job = change.job;
    let report = job.run();
    let changed = Changed { report: &report, job: &job, patches: &change.patches, pull: &pull };
    let (commented, refused) = comment(options, github, &changed)?;
    github.take_log().iter().for_each(|line| output::say(&human::note(line)));
    finish(options, &report, &job, commented, refused.as_deref())
}

/// Commits without a pull request: annotations, summary and exit code only.
fn of_commits(options: &Options, github: &Rc<GitHub>, base: Option<&str>, head: &str) -> Result<ExitCode> {
    let remote = Remote::new(Rc::clone(github), options.workspace.clone());
    let Change { mut job, .. } = change::of_commits(options, &remote, base, head)?;
    let report = job.run();
    github.take_log().iter().for_each(|line| output::say(&human::note(line)));
    finish(options, &report, &job, false, None)
}

/// What a plan is made from.
struct Changed<'a> {
    report: &'a Report,
    job: &'a Job,
    patches: &'a Map<String, pychain_core::patch::Patch>,
    pull: &'a Pull,
}

impl Changed<'_> {
    fn plan(&self, options: &Options, existing: &Existing, inline: bool) -> Plan {
        let blob = link::blob(options, &self.pull.head);
        review::plan(&Input {
            report: self.report,
            patches: self.patches,
            existing,
            head: &self.pull.head,
            unread: &self.job.unread,
            options: review::Options {
                manuals: MANUALS,
                inline: inline && options.comments == Comments::Review,
                docs: options.docs.as_deref(),
                blob: blob.as_deref(),
            },
        })
    }
}

/// Writes on the pull request, or shows what would be written. Whether something of ours stands there now, and why
/// not everything could be written, if so.
fn comment(options: &Options, github: &GitHub, changed: &Changed<'_>) -> Result<(bool, Option<String>)> {
    if options.comments == Comments::None {
        return Ok((false, None));
    }
    if options.dry_run {
        let existing = github.existing(changed.pull.number).context("cannot read what stands on the pull request")?;
        output::deliver_exact(&show::plan(&changed.plan(options, &existing, true)), None)?;
        return Ok((false, None));
    }
    let done = github.carry_out(changed.pull, &|existing, inline| changed.plan(options, existing, inline));
    let done = match done {
        Ok(done) => done,
        // What was found is told all the same, by what follows.
        Err(error) => return Ok((false, Some(error.to_string()))),
    };
    if done.waiting > 0 {
        output::say(&format!("{} {} for the next run", done.waiting, plural(done.waiting, "edit waits", "edits wait")));
    }
    match done.stopped {
        None => output::say(&format!("{} {}", done.written, plural(done.written, "write", "writes"))),
        Some(Stopped::Closed) => output::say("the pull request was closed meanwhile: nothing more was written"),
        Some(Stopped::HeadMoved) => say_moved(),
        Some(Stopped::NotAllowed(error)) => return Ok((done.commented, Some(error.to_string()))),
    }
    Ok((done.commented, None))
}

fn say_moved() {
    output::say("the pull request has a newer commit than the one to review: the run for that one speaks of it");
}

/// What every run leaves: annotations, the step's summary and outputs, reports in files, an exit code.
fn finish(options: &Options, report: &Report, job: &Job, commented: bool, refused: Option<&str>) -> Result<ExitCode> {
    for problem in &report.problems {
        output::say(&human::problem(problem));
    }
    if let Some(why) = refused {
        output::say(&human::note(&format!("no comments could be written: {why}")));
        output::say("the findings are in the annotations and in the summary of the run");
    }
    if !options.dry_run {
        output::deliver_exact(&annotations::to_string(report), None)?;
    }
    outputs::write(options, report, commented)?;
    output::say(human::summary(report).trim_end());
    let fail_on = job.config.fail_on.unwrap_or(FailOn::DEFAULT);
    // A file that nobody can vouch for does not pass: else the way past the audit is to make it unreadable.
    let unread = fail_on != FailOn::Never && !job.unread.is_empty();
    let failed = unread || report.findings.iter().any(|finding| fail_on.is_reached_by(finding.severity));
    Ok(if failed { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}
