//! Runs an audit so that a bug in one place does not hide what is found in the others.

use std::any::Any;
use std::cell::RefCell;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use pychain_core::audit::{Request, Workflow, audit};
use pychain_core::config::{Config, Date};
use pychain_core::finding::{Finding, Location};
use pychain_core::order::{Arrange as _, Map, Set};
use pychain_core::report::Report;
use pychain_core::text::{FileId, Problem};

use crate::discover::Roots;
use crate::facts;
use crate::load::{in_base, load};
use crate::tree::Tree;

/// All that an audit needs.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) head: Side,
    pub(crate) base: Option<Side>,
    pub(crate) config: Config,
    pub(crate) head_config: Option<Config>,
    /// Workflows that the change touches.
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) as_of: Option<Date>,
    /// What is already known to be amiss.
    pub(crate) problems: Vec<Problem>,
    /// The root files that were audited, filled in by [`Job::run`].
    pub(crate) audited: Set<String>,
    /// The root files that are there and could not be read, filled in by [`Job::run`].
    pub(crate) unread: Set<String>,
}

/// The files before or after a change.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) tree: Tree,
    pub(crate) roots: Roots,
    /// The paths of all candidates in the tree; none where not all are known.
    pub(crate) listing: Option<Set<String>>,
}

impl Job {
    /// Audits everything together; where that fails, each root file by itself.
    pub(crate) fn run(&mut self) -> Report {
        self.run_with(&audit)
    }

    fn run_with(&mut self, audit: &dyn Fn(&Request<'_>) -> Report) -> Report {
        let mut report = match self.attempt(audit, None) {
            Ok(report) => report,
            Err(crash) => self.run_apart(audit, &crash),
        };
        report.problems.extend(self.problems.iter().cloned());
        report.problems.arrange();
        report.problems.dedup();
        report
    }

    fn run_apart(&mut self, audit: &dyn Fn(&Request<'_>) -> Report, whole: &Crash) -> Report {
        let bases = self.base.iter().flat_map(|base| base.roots.keys());
        let paths: Set<String> = self.head.roots.keys().chain(bases).cloned().collect::<Set<_>>();
        let mut merged: Option<Report> = None;
        let mut problems = Vec::new();
        for path in &paths {
            match self.attempt(audit, Some(path)) {
                Ok(report) => match &mut merged {
                    None => merged = Some(report),
                    Some(merged) => merge(merged, report),
                },
                Err(crash) => problems.push(crash.problem(path)),
            }
        }
        if problems.is_empty() {
            problems.push(whole.problem(""));
        }
        let mut report = merged.unwrap_or_else(|| Report {
            files: Vec::new(),
            changes: Vec::new(),
            findings: Vec::new(),
            problems: Vec::new(),
            not_run: Vec::new(),
            suppressed: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        });
        report.problems.extend(problems);
        report
    }

    /// One audit, of all roots or of one.
    fn attempt(&mut self, audit: &dyn Fn(&Request<'_>) -> Report, only: Option<&str>) -> Result<Report, Crash> {
        let chosen = |roots: &Roots| match only {
            None => roots.clone(),
            Some(path) => {
                roots.iter().filter(|(root, _)| *root == path).map(|(p, r)| (p.clone(), *r)).collect::<Map<_, _>>()
            }
        };
        let (read, unread, report) = guarded(|| {
            let side = |side: &mut Side| {
                let mut loaded = load(&mut side.tree, &chosen(&side.roots));
                loaded.project.listing.clone_from(&side.listing);
                loaded
            };
            let head = side(&mut self.head);
            let base = self.base.as_mut().map(side);
            let mut report = audit(&Request {
                head: &head.project,
                base: base.as_ref().map(|base| &base.project),
                config: &self.config,
                head_config: self.head_config.as_ref(),
                workflows: &self.workflows,
                knowledge: &facts::knowledge(),
                as_of: self.as_of,
            });
            if let Some(base) = base {
                report.problems.extend(in_base(base.problems, &head.problems));
                mem::forget(base.project);
            }
            report.problems.extend(head.problems);
            // The process ends soon; to take ten thousand lines apart again would be a tenth of its time.
            mem::forget(head.project);
            (head.read, head.unread, report)
        })?;
        self.audited.extend(read);
        self.unread.extend(unread);
        Ok(report)
    }
}

/// Adds a report of other root files. What both saw, through a file that both include, is kept once.
fn merge(into: &mut Report, other: Report) {
    let ids: Vec<FileId> = other
        .files
        .into_iter()
        .map(|file| {
            let known = into.files.iter().position(|known| known.path() == file.path());
            let at = known.unwrap_or_else(|| {
                into.files.push(file);
                into.files.len() - 1
            });
            FileId(u32::try_from(at).unwrap_or(u32::MAX))
        })
        .collect();
    let moved = |location: Location| Location {
        file: ids.get(location.file.0 as usize).copied().unwrap_or(FileId(u32::MAX)),
        ..location
    };
    let rehome = |mut finding: Finding| {
        finding.primary = moved(finding.primary);
        finding.related.iter_mut().for_each(|related| related.location = moved(related.location));
        finding
    };
    for finding in other.findings.into_iter().map(rehome) {
        if into.findings.iter().all(|known| known.fingerprint != finding.fingerprint) {
            into.findings.push(finding);
        }
    }
    for mut suppressed in other.suppressed {
        suppressed.finding = rehome(suppressed.finding);
        suppressed.comment = suppressed.comment.map(moved);
        if into.suppressed.iter().all(|known| known.finding.fingerprint != suppressed.finding.fingerprint) {
            into.suppressed.push(suppressed);
        }
    }
    into.changes.extend(other.changes);
    into.problems.extend(other.problems);
    for not_run in other.not_run {
        if !into.not_run.contains(&not_run) {
            into.not_run.push(not_run);
        }
    }
    let Report { files, findings, .. } = into;
    let path = |location: Location| files.get(location.file.0 as usize).map_or("", |file| file.path());
    findings.arrange_by(|a, b| {
        let key = |finding: &Finding| (path(finding.primary).to_owned(), finding.primary.span, finding.rule.id);
        key(a).cmp(&key(b))
    });
}

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Crash {
    message: String,
    place: String,
}

impl Crash {
    /// What there is to say of it, and of which file if of one.
    pub(crate) fn problem(&self, path: &str) -> Problem {
        let what =
            if path.is_empty() { "auditing all files together failed" } else { "this file could not be audited" };
        Problem::of_file(
            path,
            format!("{what}: this is a bug in pychain ({} at {})", self.message, self.place),
            "please report it, with the file if you may share it",
        )
    }
}

thread_local! {
    /// Where the panic was that is being caught on this thread; none while nothing is guarded.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes a value instead of a message on the terminal.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Crash> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let guarded = PLACE.with_borrow_mut(|place| {
                let guarded = place.is_some();
                if guarded {
                    *place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
                }
                guarded
            });
            if !guarded {
                usual(info);
            }
        }));
    });
    PLACE.set(Some(String::new()));
    // Nothing that `work` touches is looked at again after a panic, except trees, which only read.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let place = PLACE.take().unwrap_or_default();
    result.map_err(|payload| Crash { message: message(payload.as_ref()), place })
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests;
