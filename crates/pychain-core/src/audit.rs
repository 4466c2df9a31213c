//! The audit: rules over files, change and facts; then suppress, sort, fingerprint.

use std::borrow::Cow;

use crate::config::{Config, Date};
use crate::diff::{self, Change, LockedPair, Renames};
use crate::finding::{Finding, Fingerprint, Location, Origin, Subject};
use crate::knowledge::Knowledge;
use crate::order::{Arrange as _, Map, Set};
use crate::report::{NotRun, Report};
use crate::rule::{Need, Rule};
use crate::rules::RULES;
use crate::text::{FileId, Problem, SourceFile};
use crate::tree::Project;

mod asked;
mod pointless;
mod suppress;
mod together;
mod workflow;

pub use asked::{AskedName, is_plain};
pub use suppress::{Suppression, SuppressionOrigin};
pub use workflow::Workflow;

/// Findings of one rule that are kept; what is beyond is counted in a problem.
pub const MAX_FINDINGS_PER_RULE: usize = 1000;

/// Findings of one rule that are taken of either side of a change, before what the base had is left out: what is new must
/// not be lost among what is old.
const MAX_COMPARED: usize = 50 * MAX_FINDINGS_PER_RULE;

/// Suppressions that [`Context::is_accepted`] asks; nobody accepts more, line by line.
const MAX_ASKED: usize = 100;

/// What to audit, and with what.
#[derive(Debug)]
pub struct Request<'a> {
    /// The files as they are, or as the change makes them.
    pub head: &'a Project,
    /// The files before the change; where given, only what the change brings is reported.
    pub base: Option<&'a Project>,
    /// What the user asked for. In a change it is the base's: a change cannot weaken its own judge.
    pub config: &'a Config,
    /// The configuration as the change makes it, where it differs.
    pub head_config: Option<&'a Config>,
    /// Workflows that the change touches.
    pub workflows: &'a [Workflow],
    /// Facts from outside.
    pub knowledge: &'a Knowledge,
    /// Today, for what expires.
    pub as_of: Option<Date>,
}

/// A workflow that ran pychain before the change, and that the change touches there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedWorkflow {
    /// Its path.
    pub path: String,
    /// Where it runs pychain now, or its first line.
    pub place: Location,
    /// Whether it runs pychain no more.
    pub removed: bool,
}

/// How finely a rule reports what could be said of a whole file at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A full audit: one finding for a file that lacks something throughout.
    Full,
    /// A change: one finding a line, so that a new line has its own.
    Change,
}

/// What a rule sees.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The files.
    pub project: &'a Project,
    /// The files before the change.
    pub base: Option<&'a Project>,
    /// Requirements that the change adds, removes or alters; empty without a base.
    pub changes: &'a [Change<'a>],
    /// Locked packages of both sides, paired, unchanged ones too; empty without a base.
    pub locked: &'a [LockedPair<'a>],
    /// Files of the head that the base has under another name.
    pub renames: &'a Renames,
    /// What the user asked for.
    pub config: &'a Config,
    /// The configuration as the change makes it, where it differs.
    pub head_config: Option<&'a Config>,
    /// The configuration file among the report's files, where there is one: `head_config`'s in a change.
    pub config_file: Option<FileId>,
    /// Workflows that ran pychain before the change, where the change touches that.
    pub workflows: &'a [TouchedWorkflow],
    /// Names that an index is asked for, but those of which there is nothing to say.
    pub names: &'a [AskedName<'a>],
    /// Facts from outside.
    pub knowledge: &'a Knowledge,
    /// Today.
    pub as_of: Option<Date>,
    /// How finely to report.
    pub scope: Scope,
    /// Suppressions; what became of them is known once the rules have run whose findings they may silence.
    pub suppressions: &'a [Suppression],
}

impl Context<'_> {
    /// Whether a rule is on and has all that it needs.
    pub fn runs(&self, rule: &Rule) -> bool {
        self.config.is_on(rule) && rule.needs.iter().all(|need| self.has(*need))
    }

    /// Whether a suppression would silence a finding. Where one is said of many lines at once, those lines
    /// are better said by themselves: the suppression has its finding, and the others keep theirs.
    pub fn is_accepted(&self, finding: &Finding) -> bool {
        let at = suppress::At::of(finding, self.project.file(finding.primary.file).path(), self.project);
        let mut suppressions = self.suppressions.iter().take(MAX_ASKED);
        suppressions.any(|suppression| suppression.silences(finding, &at, self.config))
    }

    /// How finely to report on one file. What a change brings as a whole is judged as a whole: nobody
    /// reads the same sentence for each line of a new file.
    pub fn scope_of(&self, file: FileId) -> Scope {
        let is_new = |base: &Project| base.find(self.renames.base_path(self.project.file(file).path())).is_none();
        if self.base.is_some_and(is_new) { Scope::Full } else { self.scope }
    }

    fn has(&self, need: Need) -> bool {
        match need {
            Need::Base => self.base.is_some(),
            Need::ExpectedIndexes => !self.config.expected_indexes.is_empty(),
            Need::Names => self.knowledge.names.is_some(),
            Need::Index => self.knowledge.names.as_ref().is_some_and(|names| names.index.is_some()),
            Need::Date => self.as_of.is_some(),
            Need::Outcome => true,
        }
    }
}

/// Takes a rule's findings.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: &'static Rule,
    found: &'a mut Vec<Finding>,
    taken: usize,
    limit: usize,
}

impl Findings<'_> {
    /// A finding of the rule that is running; hand it to [`Findings::push`].
    pub fn finding(&self, primary: Location, subject: Subject, message: impl Into<String>) -> Finding {
        Finding::new(self.rule, primary, subject, message)
    }

    /// Takes one finding; beyond the limit it is only counted.
    pub fn push(&mut self, finding: Finding) {
        self.taken += 1;
        if self.taken <= self.limit {
            self.found.push(finding);
        }
    }
}

/// Audits. Total: any request gives a report, the same request the same report.
pub fn audit(request: &Request<'_>) -> Report {
    let renames = request.base.map(|base| Renames::between(base, request.head)).unwrap_or_default();
    let changes = request.base.map(|base| diff::changes(base, request.head, &renames)).unwrap_or_default();
    let locked = request.base.map(|base| diff::locked_pairs(base, request.head, &renames)).unwrap_or_default();
    let mut files = request.head.files.clone();
    let config_source = request.head_config.unwrap_or(request.config).source.as_ref();
    let config_file = config_source.map(|source| {
        // It may be one of the audited files: a `pyproject.toml` is both.
        let known = request.head.find(source.file.path()).filter(|id| *request.head.file(*id) == source.file);
        known.unwrap_or_else(|| {
            files.push(source.file.clone());
            last(&files)
        })
    });
    let mut workflows = Vec::new();
    for touched in request.workflows.iter().filter_map(workflow::touched) {
        let path = touched.file.path().to_owned();
        files.push(touched.file);
        let place = Location { file: last(&files), span: touched.span };
        workflows.push(TouchedWorkflow { path, place, removed: touched.removed });
    }
    let mut suppressions = suppress::collect(request, &renames, config_file);
    let standing = suppressions.clone();
    let context = Context {
        project: request.head,
        base: request.base,
        changes: &changes,
        locked: &locked,
        renames: &renames,
        config: request.config,
        head_config: request.head_config,
        config_file,
        workflows: &workflows,
        names: &asked::names(request.head, request.base, request.knowledge),
        knowledge: request.knowledge,
        as_of: request.as_of,
        scope: if request.base.is_some() { Scope::Change } else { Scope::Full },
        suppressions: &standing,
    };
    let mut problems = request.head.problems.clone();
    let mut not_run = Vec::new();
    let mut findings = Vec::new();
    for rule in enabled(request.config) {
        let missing: Vec<Need> = rule.needs.iter().copied().filter(|need| !context.has(*need)).collect();
        if !missing.is_empty() {
            not_run.push(NotRun { rule, missing });
        } else if !rule.needs.contains(&Need::Outcome) {
            problems.extend(run(rule, &context, &mut findings));
        }
    }
    let path_of = |id: FileId| files.get(id.0 as usize).map_or("", SourceFile::path);
    if let Some(base) = request.base {
        let known = findings_of_base(base, request);
        let identities = identities(&findings, |id| renames.base_path(path_of(id)), as_written);
        let mut identities = identities.into_iter();
        findings.retain(|finding| {
            let identity = identities.next();
            finding.rule.needs.contains(&Need::Base) || identity.is_none_or(|identity| !known.contains(&identity))
        });
        for rule in enabled(request.config) {
            if findings.len() <= MAX_FINDINGS_PER_RULE {
                break;
            }
            let mut taken = 0;
            findings.retain(|finding| {
                taken += usize::from(finding.rule == rule);
                finding.rule != rule || taken <= MAX_FINDINGS_PER_RULE
            });
            problems.extend(beyond(rule, taken, MAX_FINDINGS_PER_RULE));
        }
    }
    let mut suppressed = suppress::apply(&mut findings, &mut suppressions, request, &path_of);
    pointless::drop_pointless(&mut findings, request.config);
    if request.base.is_some() {
        together::tell_together(&mut findings, request.config, |file| path_of(file).to_owned());
    }
    let outcome = Context { suppressions: &suppressions, ..context };
    for rule in enabled(request.config).filter(|rule| rule.needs.contains(&Need::Outcome)) {
        problems.extend(run(rule, &outcome, &mut findings));
    }
    let origin = if request.base.is_some() { Origin::Introduced } else { Origin::Present };
    let order = |finding: &Finding| (finding.primary, finding.rule.id, finding.subject.clone(), finding.key.clone());
    findings.arrange_by_key(order);
    suppressed.arrange_by_key(|suppressed| order(&suppressed.finding));
    let fingerprints = identities(&findings, path_of, encrypted);
    for (finding, fingerprint) in findings.iter_mut().zip(fingerprints) {
        finding.fingerprint = fingerprint;
        finding.origin = origin;
        if let Some(severity) = request.config.severity(finding.rule) {
            finding.severity = severity;
        }
    }
    let silenced: Vec<Finding> = suppressed.iter().map(|suppressed| suppressed.finding.clone()).collect();
    for (suppressed, fingerprint) in suppressed.iter_mut().zip(identities(&silenced, path_of, encrypted)) {
        suppressed.finding.fingerprint = fingerprint;
        suppressed.finding.origin = origin;
    }
    problems.arrange();
    problems.dedup();
    let today = request.as_of.map(Date::days);
    let rows = |base| diff::rows(base, request.head, &renames, today);
    let changes = request.base.map(rows).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Report { files, changes, findings, problems, not_run, suppressed, version }
}

fn last(files: &[SourceFile]) -> FileId {
    FileId(u32::try_from(files.len().saturating_sub(1)).unwrap_or(u32::MAX))
}

fn enabled(config: &Config) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| config.is_on(rule))
}

/// Runs one rule; says so where its findings passed the limit.
fn run(rule: &'static Rule, context: &Context<'_>, found: &mut Vec<Finding>) -> Option<Problem> {
    let limit = if context.scope == Scope::Change { MAX_COMPARED } else { MAX_FINDINGS_PER_RULE };
    let mut findings = Findings { rule, found, taken: 0, limit };
    (rule.check)(context, &mut findings);
    beyond(rule, findings.taken, limit)
}

fn beyond(rule: &Rule, taken: usize, limit: usize) -> Option<Problem> {
    let dropped = taken.checked_sub(limit).filter(|dropped| *dropped > 0)?;
    let message = format!("{dropped} more findings of `{}` are not shown", rule.id);
    Some(Problem::of_file("", message, "Mend or accept the first ones, or audit a smaller folder"))
}

/// What the same rules say of the base by itself: a finding that was there before is not this change's.
fn findings_of_base(base: &Project, request: &Request<'_>) -> Set<Fingerprint> {
    let renames = Renames::default();
    let context = Context {
        project: base,
        base: None,
        changes: &[],
        locked: &[],
        renames: &renames,
        config: request.config,
        head_config: None,
        config_file: None,
        workflows: &[],
        // What the base asks for is new to nobody, here and there.
        names: &asked::names(base, Some(base), request.knowledge),
        knowledge: request.knowledge,
        as_of: request.as_of,
        scope: Scope::Change,
        suppressions: &[],
    };
    let mut findings = Vec::new();
    for rule in enabled(request.config)
        .filter(|rule| rule.needs.iter().all(|need| context.has(*need) && *need != Need::Outcome))
    {
        run(rule, &context, &mut findings);
    }
    // Who adds the `s` of `https` brings nothing with it, and who takes it away may.
    let of = |url| identities(&findings, |id| base.file(id).path(), url);
    of(as_written).into_iter().chain(of(encrypted)).collect::<Set<_>>()
}

/// A fingerprint for each finding. Findings that agree in rule, path, subject and key are numbered
/// in the order of their places. `url` is how the URLs in them are taken.
fn identities<'p>(
    findings: &[Finding],
    path_of: impl Fn(FileId) -> &'p str,
    url: fn(&str) -> Cow<'_, str>,
) -> Vec<Fingerprint> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.arrange_by_key(|at| findings.get(*at).map(|finding| finding.primary));
    let mut seen: Map<[Cow<'_, str>; 5], usize> = Map::new();
    let mut out = vec![Fingerprint::default(); findings.len()];
    for at in order {
        let Some(finding) = findings.get(at) else { continue };
        let subject = &finding.subject;
        let (name, key) = (url(subject.name()), url(&finding.key));
        let parts = [finding.rule.id.into(), path_of(finding.primary.file).into(), subject.kind().into(), name, key];
        let [rule, path, kind, name, key] = &parts;
        let ordinal = seen.get(&parts).copied().unwrap_or_default();
        if let Some(slot) = out.get_mut(at) {
            *slot = Fingerprint::of(&[rule, path, kind, name, key, &ordinal.to_string()]);
        }
        seen.insert(parts, ordinal + 1);
    }
    out
}

fn as_written(text: &str) -> Cow<'_, str> {
    text.into()
}

/// URLs as they are over TLS: what is said of one is the same matter with it and without, but for the rules that
/// speak of its lack.
fn encrypted(text: &str) -> Cow<'_, str> {
    if text.contains("http://") || text.contains("git://") {
        text.replace("http://", "https://").replace("git://", "https://").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests;
