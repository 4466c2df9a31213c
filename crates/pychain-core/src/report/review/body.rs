//! The text of a comment: what is wrong, why it matters, what to do; the rest is folded.

use super::marker;
use super::{Input, Wanted};
use crate::manual::capitalized;
use crate::prose::clip;
use crate::report::markdown::{MAX_PIECE, MAX_PROSE, details, escape, plural, rule_name};

/// Characters of a former headline that a fixed comment repeats.
const MAX_HEADLINE: usize = 1000;

/// The comment on a finding.
pub(super) fn of_finding(input: &Input<'_>, item: &Wanted<'_>) -> String {
    let finding = item.finding;
    let mut out = format!(
        "**{}:** {}\n",
        capitalized(finding.severity.name()),
        escape::prose(&clip(&finding.message, MAX_PROSE))
    );
    let why = input.options.manuals.section(finding.rule, "Why it matters").unwrap_or_default();
    let (why, more) = why.split_once("\n\n").unwrap_or((&why, ""));
    if !why.is_empty() {
        out.extend(["\n", why, "\n"]);
    }
    if !finding.help.is_empty() {
        out.extend(["\n**What to do:** ", &escape::prose(&clip(&finding.help, MAX_PROSE)), "\n"]);
    }
    if let Some(suggestion) = item.anchor.as_ref().and_then(|anchor| anchor.suggestion.as_ref()) {
        out.extend(["\n", &suggestion.block()]);
    }
    out.extend([
        "\n<details><summary>Details</summary>\n\n- Rule: ",
        &rule_name(finding.rule, input.options.docs),
        "\n",
    ]);
    for detail in details(input.report, finding) {
        out.extend(["- ", &detail, "\n"]);
    }
    if !more.is_empty() {
        out.extend(["\n", more, "\n"]);
    }
    out.extend(["\n</details>\n\n", &marker::of_finding(&item.fingerprint, input.head, false), "\n"]);
    out
}

/// What a comment says once its finding is gone, perhaps to another file. `before` is its text, which is ours.
pub(super) fn of_gone(input: &Input<'_>, fingerprint: &str, before: &str, moved: Option<&str>) -> String {
    let is_suppressed = |it: &crate::report::Suppressed| marker::fingerprint(&it.finding) == fingerprint;
    let what = match moved {
        Some(path) => format!("**Moved** to {}", escape::code(&clip(path, MAX_PIECE))),
        None if input.report.suppressed.iter().any(is_suppressed) => "**Accepted**".to_owned(),
        None => "**Fixed**".to_owned(),
    };
    let commit: String = input.head.chars().filter(char::is_ascii_hexdigit).take(7).collect();
    let mut out = format!("{what} in {}.", escape::code(&commit));
    let headline = before.lines().next().unwrap_or_default().trim_end();
    if headline.starts_with("**") && headline.chars().count() <= MAX_HEADLINE {
        out.extend([" It was: ", headline]);
    }
    out.extend(["\n\n", &marker::of_finding(fingerprint, input.head, true), "\n"]);
    out
}

/// The text of the review itself.
pub(super) fn of_review(comments: usize, head: &str) -> String {
    let said = format!("pychain comments on {} of this change.", plural(comments, "line"));
    let said = if comments == 1 { said.replace("1 line", "one line") } else { said };
    format!("{said}\n\n{}\n", marker::of_review(head))
}
