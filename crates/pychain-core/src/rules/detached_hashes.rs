//! `detached-hashes`: hashes that look as if they belonged to a requirement, and do not.

use super::support::{checks_hashes, runs_of};
use super::unreadable_line::only_line;
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Safety, Severity, Subject};
use crate::format::requirements_txt::text_of;
use crate::model::{Document, InstallOption, Line, LineKind};
use crate::order::Set;
use crate::prose::code;
use crate::text::{Edit, Span, apply_edits};
use crate::tree::Project;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--hash` lines that belong to no requirement: because a comment stands between, because the line above is not continued, or because the backslash that should continue the requirement stands in a comment and continues that.
    ///
    /// ## Why it matters
    ///
    /// pip ignores such hashes, with a warning or without a word, and the requirement has none.
    /// If nothing else in the install has a hash, it is installed unchecked, though the file looks as if it were not.
    /// uv refuses the file.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click==8.1.7 \
    ///     # via flask
    ///     --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// # via flask
    /// click==8.1.7 \
    ///     --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the hashes are left over from a requirement that is gone; then remove them.
    ///
    /// ## References
    ///
    /// - pip: [Requirements file format](https://pip.pypa.io/en/stable/reference/requirements-file-format/#structure)
    "detached-hashes": "hashes that belong to no requirement",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    each_detached(context.project, |document, detached| report(context, findings, document, detached));
}

/// The requirements that lost their hashes so: what this rule says of them needs no second word.
pub(super) fn owners(project: &Project) -> Set<Location> {
    let mut owners = Set::new();
    each_detached(project, |document, detached| {
        let requirement = detached.owner.and_then(Line::requirement);
        owners.extend(requirement.map(|requirement| Location { file: document.file, span: requirement.span }));
    });
    owners
}

fn each_detached(project: &Project, mut visit: impl FnMut(&Document, &Detached<'_>)) {
    for document in &project.documents {
        let text = project.file(document.file).text();
        let mut rest = document.lines.as_slice();
        let mut above: Option<&Line> = None;
        while let Some(line) = rest.first() {
            let count = rest.iter().take_while(|line| is_stray(line)).count();
            let (strays, after) = rest.split_at(count.max(1));
            rest = after;
            if count == 0 {
                let owner = line.requirement().filter(|requirement| !requirement.editable);
                if let Some(swallowed) = owner.and_then(|_| Swallowed::by_comment(document, text, line)) {
                    visit(document, &swallowed.detached(line));
                }
            } else if !above.is_some_and(|above| is_broken_continuation(document, above)) {
                visit(document, &Detached::below(text, above, strays));
            }
            above = strays.last();
        }
    }
}

/// Hashes, and the requirement that they should belong to.
struct Detached<'a> {
    owner: Option<&'a Line>,
    count: usize,
    primary: Span,
    why: String,
    edits: Option<Vec<Edit>>,
}

impl<'a> Detached<'a> {
    /// Lines of hashes, below the line `above`.
    fn below(text: &str, above: Option<&'a Line>, strays: &[Line]) -> Self {
        let owner = above.filter(|line| line.requirement().is_some_and(|requirement| !requirement.editable));
        let hashes = || strays.iter().flat_map(|line| &line.options).filter(|used| used.option == InstallOption::Hash);
        let first = hashes().next().map(|used| used.span).unwrap_or_default();
        let comment = owner.and_then(Line::cut_by_comment);
        let why = match (owner.and_then(Line::requirement), comment) {
            (Some(requirement), Some(_)) => format!("this comment ends {} early", code(&requirement.label())),
            (Some(requirement), None) => format!("the line of {} above is not continued", code(&requirement.label())),
            _ => "there is no requirement above".to_owned(),
        };
        let is_hash = |line: &Line| line.options.iter().all(|used| used.option == InstallOption::Hash);
        let is_pure = strays.iter().all(|line| line.dropped().is_empty() && is_hash(line));
        let whole = owner.zip(strays.last()).map(|(first, last)| first.span.cover(last.span));
        let edits = owner.filter(|_| is_pure).and_then(|owner| join(text, owner, strays));
        let edits = edits.zip(whole).filter(|(edits, whole)| holds_together(text, *whole, edits));
        let edits = edits.map(|(edits, _)| edits);
        Self { owner, count: hashes().count(), primary: comment.unwrap_or(first), why, edits }
    }
}

/// A comment that a backslash at its end continues over lines of hashes.
struct Swallowed {
    comment: Span,
    count: usize,
    edits: Option<Vec<Edit>>,
}

impl Swallowed {
    fn by_comment(document: &Document, text: &str, line: &Line) -> Option<Self> {
        let at = document.comments.partition_point(|comment| comment.start < line.span.end);
        let comment = document.comments.get(at)?;
        let whole = text.get(comment.range())?;
        let (first, below) = whole.split_once('\n')?;
        let between = text.get(line.span.end as usize..comment.start as usize)?;
        let is_hash = |line: &&str| line.trim_start().starts_with("--hash");
        let count = below.lines().filter(is_hash).count();
        if count == 0 || between.contains('\n') {
            return None;
        }
        let mut words = below.split_whitespace().filter(|word| *word != "\\");
        let is_pure = words.all(|word| word.starts_with("--hash=")) && !has_odd_line_end(whole);
        let edits = is_pure.then(|| {
            let body = first.trim_end_matches('\r').trim_end_matches('\\');
            let end = comment.start as usize + body.len();
            let line_end = if first.ends_with('\r') { "\r\n" } else { "\n" };
            let moved = format!("{}{line_end}", body.trim_end());
            let insert = Edit::replace(start_of_line(text, line.span)?, moved);
            Some(vec![insert, Edit::replace(Span::new(line.span.end as usize, end), " ")])
        });
        let joined = line.span.cover(*comment);
        let edits = edits.flatten().filter(|edits| holds_together(text, joined, edits));
        let primary = Span::new(comment.start as usize, comment.start as usize + first.trim_end_matches('\r').len());
        Some(Self { comment: primary, count, edits })
    }

    fn detached(self, line: &Line) -> Detached<'_> {
        let why = "the backslash continues this comment, not the requirement".to_owned();
        Detached { owner: Some(line), count: self.count, primary: self.comment, why, edits: self.edits }
    }
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, document: &Document, detached: &Detached<'_>) {
    let file = document.file;
    let requirement = detached.owner.and_then(Line::requirement);
    let subject = match requirement {
        Some(requirement) => requirement.subject(),
        None => Subject::Option(InstallOption::Hash.flag().to_owned()),
    };
    let hashes = if detached.count == 1 { "a hash".to_owned() } else { format!("{} hashes", detached.count) };
    let has_others = requirement.is_some_and(|requirement| !requirement.hashes.is_empty());
    let refused = requirement.is_some() && !has_others && is_demanded(context.project, document);
    let so = if refused { ", and so refuses the whole install" } else { "" };
    let message = match context.config.installer {
        Installer::Pip => format!("pip ignores {hashes} here{so}: {}", detached.why),
        Installer::Uv => format!("uv refuses the file for {hashes} here: {}", detached.why),
    };
    let mut finding = findings
        .finding(Location { file, span: detached.primary }, subject, message)
        .help("Let the requirement and its hashes stand together, each line but the last ending in a backslash")
        .at_most(if has_others && context.config.installer == Installer::Pip {
            Severity::Medium
        } else {
            Severity::High
        });
    if let Some(requirement) = requirement {
        finding =
            finding.related(Location { file, span: requirement.span }, "the requirement that they should belong to");
    }
    findings.push(match &detached.edits {
        // Where hashes are demanded pip refuses the requirement as it is; elsewhere they switch the demand on.
        Some(edits) if is_demanded(context.project, document) => {
            finding.fix("Join the hashes to their requirement", Safety::Safe, edits.clone())
        }
        Some(edits) => finding.fix("Join the hashes to their requirement", Safety::Unsafe, edits.clone()),
        None => finding,
    });
}

fn is_stray(line: &Line) -> bool {
    matches!(line.kind, LineKind::Options) && line.options.iter().any(|used| used.option == InstallOption::Hash)
}

/// `foo==1 \ `, with white space after the backslash: `unreadable-line` says so, and mends it.
fn is_broken_continuation(document: &Document, line: &Line) -> bool {
    matches!(line.kind, LineKind::Refused(_)) && text_of(document, line).ends_with('\\')
}

fn is_demanded(project: &Project, document: &Document) -> bool {
    runs_of(project, document.file).any(checks_hashes)
}

/// The edits that make one line of a requirement and the hashes below it: comments between go above it,
/// a missing backslash is added. None where something else stands between.
fn join(text: &str, owner: &Line, strays: &[Line]) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut moved = String::new();
    let mut end = owner.span.end as usize;
    for stray in strays {
        let gap = text.get(end..stray.span.start as usize).filter(|gap| !has_odd_line_end(gap))?;
        let (tail, below) = gap.split_once('\n')?;
        let (comments, indent) = below.rsplit_once('\n').map_or(("", below), |_| {
            let at = below.rfind('\n').map_or(0, |at| at + 1);
            below.split_at(at)
        });
        if !indent.chars().all(|c| matches!(c, ' ' | '\t')) {
            return None;
        }
        match (tail.trim(), comments) {
            ("", "") => {
                // White space after a backslash would undo it.
                let blank = tail.trim_end_matches('\r').len();
                edits.push(Edit::replace(Span::new(end, end + blank), " \\"));
            }
            ("\\", comments) if comments.lines().all(|line| line.trim_start().starts_with('#')) => {
                comments.split_inclusive('\n').for_each(|line| moved.push_str(line.trim_start()));
                let start = end + tail.len() + 1;
                edits.push(Edit::delete(Span::new(start, start + comments.len())));
            }
            _ => return None,
        }
        end = stray.span.end as usize;
    }
    if !moved.is_empty() {
        edits.push(Edit::replace(start_of_line(text, owner.span)?, moved));
    }
    Some(edits)
}

/// Whether the edits make one line of a requirement and hashes of what stands at `span`.
fn holds_together(text: &str, span: Span, edits: &[Edit]) -> bool {
    let Some(from) = start_of_line(text, span).map(|start| start.start) else { return false };
    let Some(part) = text.get(from as usize..span.end as usize) else { return false };
    let shift = |edit: &Edit| Edit {
        span: Span { start: edit.span.start.saturating_sub(from), end: edit.span.end.saturating_sub(from) },
        replacement: edit.replacement.clone(),
    };
    let edits: Vec<Edit> = edits.iter().map(shift).collect();
    let line = apply_edits(part, &edits).as_deref().and_then(only_line);
    line.as_ref().and_then(Line::requirement).is_some_and(|requirement| !requirement.hashes.is_empty())
}

/// Python ends lines at more characters than the rest of the world; there nothing is certain.
fn has_odd_line_end(text: &str) -> bool {
    let odd = ['\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];
    text.contains(odd) || text.replace("\r\n", "\n").contains('\r')
}

/// The beginning of the physical line that a span begins on, where nothing but white space stands before it.
fn start_of_line(text: &str, span: Span) -> Option<Span> {
    let before = text.get(..span.start as usize)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    before.get(start..)?.trim().is_empty().then(|| Span::new(start, start))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn a_comment_inside_a_continued_line_ends_it() {
        check(
            "detached-hashes",
            "a==1 \\\n    # c\n    ^^^ detached-hashes: pip ignores 2 hashes here: this comment ends `a` early\n    --hash=sha256:00 \\\n    --hash=sha256:01\nb==1\n",
        );
    }

    #[test]
    fn a_line_without_a_backslash_is_not_continued() {
        check(
            "detached-hashes",
            "a==1\n  --hash=sha256:00\n  ^^^^^^^^^^^^^^^^ detached-hashes: ignores a hash here: the line of `a` above is not continued\n",
        );
        check(
            "detached-hashes",
            "--hash=sha256:00 --pre\n^^^^^^^^^^^^^^^^ detached-hashes: there is no requirement above\n",
        );
    }

    #[test]
    fn a_backslash_in_a_comment_continues_the_comment() {
        check(
            "detached-hashes",
            "a==1  # c \\\n      ^^^^^ detached-hashes: the backslash continues this comment\n    --hash=sha256:00\nb==1 # d \\\n  and more\n",
        );
    }

    #[test]
    fn the_fix_puts_them_together_again() {
        for (before, after) in [
            ("a==1 \\\r\n  # c\r\n  --hash=sha256:00\r\n", "# c\r\na==1 \\\r\n  --hash=sha256:00\r\n"),
            (
                "a \\\n # c\n # d\n --hash=sha256:00 \\\n # e\n --hash=sha256:01",
                "# c\n# d\n# e\na \\\n --hash=sha256:00 \\\n --hash=sha256:01",
            ),
            (
                "a==1  \n  --hash=sha256:00\n  --hash=sha256:01 # x\n",
                "a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01 # x\n",
            ),
            ("x\n  a==1  # c \\\r\n --hash=sha256:00\r\n", "x\n# c\r\n  a==1 \\\r\n --hash=sha256:00\r\n"),
        ] {
            let got = fixed("detached-hashes", before);
            assert_eq!(got, after);
            check("detached-hashes", &got);
            assert_eq!(Fixture::parse(&got).head.refusals().count(), 0);
        }
    }

    #[test]
    fn where_something_else_stands_between_nothing_is_certain() {
        for text in [
            "a==1 # c\n --hash=sha256:00\n ^^^^^^^^^^^^^^^^ detached-hashes\n",
            "a==1 \\\n\n --hash=sha256:00\n ^^^^^^^^^^^^^^^^ detached-hashes\n",
        ] {
            check("detached-hashes", text);
            let report = Fixture::parse(text).report();
            assert!(
                report.findings.iter().all(|finding| finding.rule.id != "detached-hashes" || finding.fix.is_none())
            );
        }
    }

    #[test]
    fn hashes_in_place_are_left_alone() {
        check("detached-hashes", "# c\na==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01 # d\n# e\n");
    }
}
