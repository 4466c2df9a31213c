//! Suppressions: comments in the files and entries in the configuration.

use super::Request;
use crate::config::Config;
use crate::diff::Renames;
use crate::finding::{Finding, Location, Subject};
use crate::format::requirements_txt::text_of;
use crate::model::{Document, Line, LineKind};
use crate::order::Set;
use crate::report::Suppressed;
use crate::rules;
use crate::text::{FileId, Span};
use crate::tree::Project;

/// A standing acceptance of findings, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's id, as written.
    pub rule: String,
    /// Where it stands; none for a configuration whose file the report does not hold.
    pub location: Option<Location>,
    /// Where it comes from.
    pub origin: SuppressionOrigin,
    /// Why the finding is accepted, as written; may be empty.
    pub reason: String,
    /// Whether it silenced a finding.
    pub used: bool,
}

/// Where a suppression comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressionOrigin {
    /// A comment, for the logical line that it stands on or above.
    Comment {
        /// First and last physical line, 1-based, that it holds for.
        lines: (usize, usize),
        /// Whether this very change brought it; then it silences nothing.
        introduced: bool,
    },
    /// An `[[ignore]]` entry, by its index.
    Config {
        /// Index into [`Config::ignores`](crate::config::Config::ignores).
        index: usize,
        /// Whether its `until` has passed; then it silences nothing.
        expired: bool,
        /// Whether an audited file is in its reach, so that it could have silenced something.
        in_reach: bool,
    },
}

/// All suppressions of a request: comments by file and place, then the configuration's.
pub(super) fn collect(request: &Request<'_>, renames: &Renames, config_file: Option<FileId>) -> Vec<Suppression> {
    let head = request.head;
    let mut out = Vec::new();
    for document in &head.documents {
        let path = head.file(document.file).path();
        let before = request.base.and_then(|base| {
            let document = base.document(base.find(renames.base_path(path))?)?;
            Some(comments(base, document))
        });
        let accepted: Set<(&str, &str)> = before.iter().flatten().flat_map(Comment::accepts).collect::<Set<_>>();
        for comment in comments(head, document) {
            let kept = before.is_some() && comment.accepts().all(|accepts| accepted.contains(&accepts));
            let introduced = request.base.is_some() && !kept;
            for rule in &comment.rules {
                out.push(Suppression {
                    rule: rule.clone(),
                    location: Some(Location { file: document.file, span: comment.span }),
                    origin: SuppressionOrigin::Comment { lines: comment.lines, introduced },
                    reason: comment.reason.clone(),
                    used: false,
                });
            }
        }
    }
    for (index, ignore) in request.config.ignores.iter().enumerate() {
        let in_reach =
            head.files.iter().any(|file| {
                ignore.path.as_deref().is_none_or(|pattern| crate::config::glob_matches(pattern, file.path()))
            }) && (ignore.path.is_some()
                || ignore.project.as_deref().is_some_and(|project| {
                    head.mentions().any(|mention| mention.name().is_some_and(|name| name.normalized() == project))
                }));
        // In a change the judging configuration is the base's, and its file is not in the report.
        let same_file = request.head_config.is_none();
        out.push(Suppression {
            rule: ignore.rule.clone(),
            location: config_file.filter(|_| same_file).map(|file| Location { file, span: ignore.span }),
            origin: SuppressionOrigin::Config { index, expired: !ignore.holds_on(request.as_of), in_reach },
            reason: ignore.reason.clone(),
            used: false,
        });
    }
    out
}

/// Takes the silenced findings out, and marks the suppressions that did it.
pub(super) fn apply<'p>(
    findings: &mut Vec<Finding>,
    suppressions: &mut [Suppression],
    request: &Request<'_>,
    path_of: &impl Fn(FileId) -> &'p str,
) -> Vec<Suppressed> {
    let mut silenced = Vec::new();
    findings.retain(|finding| {
        let at = At::of(finding, path_of(finding.primary.file), request.head);
        let holds = |suppression: &&mut Suppression| suppression.silences(finding, &at, request.config);
        let Some(suppression) = suppressions.iter_mut().find(holds) else { return true };
        suppression.used = true;
        let comment = match suppression.origin {
            SuppressionOrigin::Comment { .. } => suppression.location,
            SuppressionOrigin::Config { .. } => None,
        };
        silenced.push(Suppressed { finding: finding.clone(), reason: suppression.reason.clone(), comment });
        false
    });
    silenced
}

/// Where a finding stands, for suppressions.
pub(super) struct At<'p> {
    path: &'p str,
    line: usize,
}

impl<'p> At<'p> {
    pub(super) fn of(finding: &Finding, path: &'p str, project: &Project) -> Self {
        Self { path, line: project.file(finding.primary.file).line_of(finding.primary.span.start) }
    }
}

impl Suppression {
    /// What a finding about this suppression is about.
    pub fn subject(&self) -> Subject {
        Subject::Option(format!("ignore[{}]", self.rule))
    }

    /// Whether it silences a finding that stands there.
    pub(super) fn silences(&self, finding: &Finding, at: &At<'_>, config: &Config) -> bool {
        match &self.origin {
            // The place first: that is quick, and there may be many of both.
            SuppressionOrigin::Comment { lines: (first, last), introduced } => {
                (*first..=*last).contains(&at.line)
                    && self.location.is_some_and(|location| location.file == finding.primary.file)
                    && !introduced
                    && finding.rule.answers_to(&self.rule)
            }
            SuppressionOrigin::Config { index, expired, .. } => {
                !expired && config.ignores.get(*index).is_some_and(|ignore| ignore.matches(finding, at.path))
            }
        }
    }

    /// Whether the rule that it names exists.
    pub fn names_a_rule(&self) -> bool {
        rules::find(&self.rule).is_some()
    }
}

/// A `# pychain: ignore[…] reason` comment.
#[derive(Debug)]
struct Comment {
    rules: Vec<String>,
    reason: String,
    span: Span,
    lines: (usize, usize),
    /// Names the requirement that it is for, so that a moved comment is a new one.
    target: String,
}

impl Comment {
    /// What it accepts: each rule, for what it is for.
    fn accepts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().map(|rule| (self.target.as_str(), rule.as_str()))
    }
}

fn comments(project: &Project, document: &Document) -> Vec<Comment> {
    let file = project.file(document.file);
    let mut out = Vec::new();
    // Lines that hold comments and nothing else, from the first up to the second, which does not: a hundred thousand of
    // them above one line are gone through once.
    let mut block = (0, 0);
    for span in &document.comments {
        let Some((rules, reason)) = parse(file.slice(*span)) else { continue };
        let own = file.line_of(span.start);
        let extent = |line: &Line| {
            (file.line_of(line.span.start), file.line_of(line.span.end.max(1) - 1).max(file.line_of(line.span.start)))
        };
        let next = document.lines.partition_point(|line| line.span.start < span.start);
        // On the line, or on the line above, other comments between.
        let on = next.checked_sub(1).and_then(|at| document.lines.get(at)).filter(|line| extent(line).1 >= own);
        let below = || {
            let line = document.lines.get(next)?;
            let first = extent(line).0;
            if !(block.0..=block.1).contains(&(own + 1)) {
                block = (own + 1, own + 1);
            }
            while block.1 < first && file.slice(file.line_span(block.1)).trim_start().starts_with('#') {
                block.1 += 1;
            }
            (block.1 >= first).then_some(line)
        };
        let (lines, target) = match on.or_else(below) {
            Some(line) => (extent(line), target(document, line)),
            None => ((own, own), String::new()),
        };
        out.push(Comment { rules, reason, span: *span, lines, target });
    }
    out
}

fn target(document: &Document, line: &Line) -> String {
    match &line.kind {
        LineKind::Requirement(requirement) => {
            requirement.name.as_ref().map_or_else(|| requirement.label(), |name| name.normalized().to_owned())
        }
        _ => text_of(document, line).into_owned(),
    }
}

/// `# pychain: ignore[rule, rule] reason`. One that names no rule names the empty one, so that somebody hears of it.
fn parse(comment: &str) -> Option<(Vec<String>, String)> {
    let rest = comment.trim_start_matches('#').trim_start().strip_prefix("pychain:")?.trim_start();
    let rest = rest.strip_prefix("ignore").filter(|rest| !rest.starts_with(char::is_alphanumeric))?;
    let (rules, reason) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).unwrap_or(("", rest));
    let mut rules: Vec<String> =
        rules.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
    if rules.is_empty() {
        rules.push(String::new());
    }
    Some((rules, reason.trim().to_owned()))
}
