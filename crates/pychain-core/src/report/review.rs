//! The review of a pull request, as a plan: what to write, given what already stands there.
//!
//! Nothing here talks to anybody. The same report and the same state of the pull request give the same plan, and a
//! plan that was carried out gives an empty one the next time.

use std::cmp::Reverse;

use crate::finding::{Finding, Severity};
use crate::manual::Manuals;
use crate::order::{Arrange as _, Map, Set};
use crate::patch::Patch;
use crate::report::Report;

mod anchor;
mod body;
mod marker;
mod suggestion;
mod summary;
#[cfg(test)]
mod tests;

use anchor::Anchor;
use marker::Marker;

/// Comments on lines that stand open at one time; findings beyond are in the summary only.
pub const MAX_COMMENTS: usize = 30;
/// Comments that one run edits; the rest waits for the next run.
pub const MAX_EDITS: usize = 20;

/// All that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What the audit found.
    pub report: &'a Report,
    /// What the pull request's diff shows, by path after the change. A file that is not here shows no line.
    pub patches: &'a Map<String, Patch>,
    /// What stands on the pull request.
    pub existing: &'a Existing,
    /// The audited commit.
    pub head: &'a str,
    /// Files that could not be read: what was said of them before is neither repeated nor called fixed.
    pub unread: &'a Set<String>,
    /// How to write.
    pub options: Options<'a>,
}

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// What the rules are explained with.
    pub manuals: Manuals<'a>,
    /// Whether findings are commented on at their lines; otherwise the summary has all of them.
    pub inline: bool,
    /// Where the rules' pages are, `RULE.md` each: an absolute URL. None: rules are not linked.
    pub docs: Option<&'a str>,
    /// Where the files of the audited commit are shown: an absolute URL that a path is appended to.
    pub blob: Option<&'a str>,
}

/// What stands on the pull request. Whoever wrote it, it is told here as it is; the plan trusts only what is ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// The first comment of each thread on the diff.
    pub threads: Vec<Thread>,
    /// The comments below the diff.
    pub comments: Vec<Comment>,
}

/// A thread on a line of the diff, with its first comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// Its first comment.
    pub comment: Comment,
    /// The file.
    pub path: String,
    /// The line that it is shown at now; none where it is outdated.
    pub line: Option<usize>,
    /// The first line, where it spans several.
    pub start_line: Option<usize>,
    /// Whether the line is no longer part of the diff.
    pub outdated: bool,
    /// Whether somebody resolved it.
    pub resolved: bool,
    /// How many comments follow the first.
    pub replies: usize,
}

/// One comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    /// What it is called.
    pub id: Id,
    /// Its text, as it was written.
    pub body: String,
    /// Whether we wrote it. Only then a marker in it means anything: everybody can write one.
    pub ours: bool,
    /// Whether it is folded away.
    pub minimized: bool,
}

/// The two names that a comment has: the number orders comments by age, the node is what is asked to fold it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// The number.
    pub number: u64,
    /// The opaque name.
    pub node: String,
}

/// What to write, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// One review with all new comments.
    pub review: Option<Review>,
    /// Comments on lines that get another text.
    pub edits: Vec<Edit>,
    /// Comments on lines that are folded away, once edited.
    pub minimize: Vec<Id>,
    /// Comments of ours that say what another one says.
    pub delete: Vec<Id>,
    /// Edits that wait for the next run.
    pub waiting: usize,
    /// The one summary.
    pub summary: Summary,
}

/// A review: its own text, and comments on lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The text of the review itself.
    pub body: String,
    /// The comments, the worst first.
    pub comments: Vec<NewComment>,
}

/// A comment on lines after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The file.
    pub path: String,
    /// The first line, where there are several.
    pub start_line: Option<usize>,
    /// The line, or the last of several.
    pub line: usize,
    /// The text.
    pub body: String,
}

/// Another text for a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The comment.
    pub id: Id,
    /// The new text.
    pub body: String,
}

/// What becomes of the summary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Summary {
    /// It is right as it stands, or there is nothing to say.
    #[default]
    Leave,
    /// There is none yet.
    Create(String),
    /// It says something else.
    Update(Edit),
}

impl Plan {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.review.is_none()
            && self.edits.is_empty()
            && self.minimize.is_empty()
            && self.delete.is_empty()
            && self.summary == Summary::Leave
    }
}

/// A finding with what is to become of it.
struct Wanted<'a> {
    finding: &'a Finding,
    fingerprint: String,
    /// The open comment that already speaks of it.
    present: Option<&'a Thread>,
    /// Where a comment can stand.
    anchor: Option<Anchor>,
    /// Whether a comment at its line speaks of it, now or soon.
    inline: bool,
}

/// The plan.
pub fn plan(input: &Input<'_>) -> Plan {
    let mut open: Map<String, Vec<&Thread>> = Map::new();
    let mut plan = Plan::default();
    let mut threads: Vec<&Thread> = input.existing.threads.iter().filter(|thread| thread.comment.ours).collect();
    threads.arrange_by(|a, b| a.comment.id.cmp(&b.comment.id));
    for thread in threads {
        let Some(Marker::Finding { fingerprint, fixed: false }) = marker::parse(&thread.comment.body) else { continue };
        // Two runs at once may have said it twice: the older one stays, and what somebody answered.
        if open.contains_key(&fingerprint) && thread.replies == 0 {
            plan.delete.push(thread.comment.id.clone());
        } else {
            open.entry(fingerprint).or_default().push(thread);
        }
    }
    let mut wanted = wanted(input, &mut open);
    choose_inline(input, &mut wanted);
    anchor::settle_suggestions(&mut wanted);

    let mut comments = Vec::new();
    let mut texts = Vec::new();
    for item in wanted.iter().filter(|item| item.inline) {
        let body = body::of_finding(input, item);
        match (item.present, &item.anchor) {
            (Some(thread), _) => {
                if !thread.resolved && !marker::same_text(&thread.comment.body, &body) {
                    texts.push(Edit { id: thread.comment.id.clone(), body });
                }
            }
            (None, Some(anchor)) => comments.push(anchor.comment(item, body, input)),
            (None, None) => {}
        }
    }
    if !comments.is_empty() {
        plan.review = Some(Review { body: body::of_review(comments.len(), input.head), comments });
    }
    // What is left is no longer found.
    let mut edits: Vec<Edit> = Vec::new();
    if may_be_fixed(input) {
        let gone =
            open.iter().flat_map(|(fingerprint, threads)| threads.iter().map(move |thread| (fingerprint, thread)));
        for (fingerprint, thread) in gone.filter(|(_, thread)| !input.unread.contains(&thread.path)) {
            let moved = moved_to(input, thread, plan.review.as_ref());
            let body = body::of_gone(input, fingerprint, &thread.comment.body, moved);
            edits.push(Edit { id: thread.comment.id.clone(), body });
            if !thread.comment.minimized {
                plan.minimize.push(thread.comment.id.clone());
            }
        }
    }
    edits.arrange_by(|a, b| a.id.cmp(&b.id));
    edits.extend(texts);
    plan.waiting = edits.len().saturating_sub(MAX_EDITS);
    edits.truncate(MAX_EDITS);
    plan.minimize.arrange();
    plan.minimize.retain(|id| edits.iter().any(|edit| edit.id == *id));
    plan.edits = edits;
    summarize(input, &wanted, &mut plan);
    plan
}

/// The findings, the worst first, each with the open comment that speaks of it; what is left in `open` is of none.
fn wanted<'a>(input: &Input<'a>, open: &mut Map<String, Vec<&'a Thread>>) -> Vec<Wanted<'a>> {
    let report = input.report;
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.arrange_by_key(|finding| {
        let primary = finding.primary;
        (Reverse(finding.severity), report.file(primary.file).path().to_owned(), primary.span, finding.rule.id)
    });
    findings
        .into_iter()
        .map(|finding| {
            let fingerprint = marker::fingerprint(finding);
            let present = open.remove(&fingerprint).and_then(|threads| threads.first().copied());
            let anchor = anchor::of(input, finding);
            Wanted { finding, fingerprint, present, anchor, inline: false }
        })
        .collect()
}

/// What is said at a line stays there; what is not yet said comes beside it while there is room. What is only good to
/// know interrupts nobody: the summary has it.
fn choose_inline(input: &Input<'_>, wanted: &mut [Wanted<'_>]) {
    let mut room = MAX_COMMENTS;
    for item in wanted.iter_mut().filter(|item| item.present.is_some()) {
        item.inline = true;
        room = room.saturating_sub(1);
    }
    if input.options.inline {
        let is_new =
            |item: &&mut Wanted<'_>| !item.inline && item.anchor.is_some() && item.finding.severity > Severity::Info;
        let new = wanted.iter_mut().filter(is_new);
        new.take(room).for_each(|item| item.inline = true);
    }
}

/// Where something that concerns all files went wrong, a finding may be missing for that reason alone.
fn may_be_fixed(input: &Input<'_>) -> bool {
    input.report.problems.iter().all(|problem| !problem.path.is_empty())
}

/// The file that a finding has gone to, where its own is there no more and a new comment says the same of another.
fn moved_to<'r>(input: &Input<'_>, thread: &Thread, review: Option<&'r Review>) -> Option<&'r str> {
    if input.report.files.iter().any(|file| file.path() == thread.path) {
        return None;
    }
    let says_the_same = |new: &&NewComment| new.body.lines().next() == thread.comment.body.lines().next();
    review?.comments.iter().find(says_the_same).map(|new| new.path.as_str())
}

fn summarize(input: &Input<'_>, wanted: &[Wanted<'_>], plan: &mut Plan) {
    let ours = input.existing.comments.iter().filter(|comment| comment.ours);
    let mut summaries: Vec<&Comment> =
        ours.filter(|comment| marker::parse(&comment.body) == Some(Marker::Summary)).collect();
    summaries.arrange_by(|a, b| a.id.cmp(&b.id));
    let body = summary::text(input, wanted);
    plan.summary = match summaries.first() {
        Some(first) if marker::same_text(&first.body, &body) => Summary::Leave,
        Some(first) => Summary::Update(Edit { id: first.id.clone(), body }),
        // Nothing wrong is nothing to say, unless the change is one that nobody can read.
        None if wanted.is_empty() && input.unread.is_empty() && !summary::has_hidden_changes(input) => Summary::Leave,
        None => Summary::Create(body),
    };
    // Two runs at once may have summed up twice: the older summary is kept up to date, the other one folded away.
    let later = summaries.iter().skip(1).filter(|comment| !comment.minimized);
    plan.minimize.extend(later.map(|comment| comment.id.clone()));
}
