//! `unused-suppression`: something is accepted that is not there.

use crate::audit::{Context, Findings, Scope, SuppressionOrigin};
use crate::config::closest;
use crate::finding::Safety;
use crate::prose::code;
use crate::rules::RULES;
use crate::text::{Edit, Span};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `pychain: ignore` comments and `[[ignore]]` entries that silence nothing, or that name no rule.
    ///
    /// ## Why it matters
    ///
    /// A suppression that outlives its finding waits for the next one, and hides it.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// # pychain: ignore[disabled-hash-checking] no such rule
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// # pychain: ignore[unhashed-requirement] installed from a mirror that checks
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the finding appears only under another policy or with another installer.
    ///
    /// ## References
    ///
    /// - pychain: [Configuration](../configuration.md)
    "unused-suppression": "suppression that suppresses nothing",
    severity: Low, confidence: High, persona: Regular, fix: Sometimes,
    needs: [Outcome],
    since: "0.1.0",
    check: check,
}

const REMOVE: &str = "Remove the suppression";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // A change leaves out what was there before, so most suppressions have nothing to silence in it.
    if context.scope == Scope::Change {
        return;
    }
    // Those of one comment stand together.
    let comments = context.suppressions.chunk_by(|one, other| one.location == other.location);
    let each = comments.flat_map(|of_one| of_one.iter().map(|suppression| (suppression, of_one.len() == 1)));
    for (suppression, alone) in each.filter(|(suppression, _)| !suppression.used) {
        let Some(place) = suppression.location else { continue };
        let known = crate::rules::find(&suppression.rule);
        let could_run = known.is_none_or(|rule| context.runs(rule));
        let in_reach = match suppression.origin {
            SuppressionOrigin::Comment { .. } => true,
            SuppressionOrigin::Config { expired, in_reach, .. } => in_reach && !expired,
        };
        if !could_run || !in_reach {
            continue;
        }
        let rule = suppression.rule.as_str();
        let message = match known {
            Some(_) => format!("the suppression of {} suppresses nothing", code(rule)),
            None if rule.is_empty() => "the suppression names no rule, and suppresses nothing".to_owned(),
            None => format!("the suppression names {}, and there is no such rule", code(rule)),
        };
        let meant = || closest(rule, RULES.iter().map(|rule| rule.id));
        let help = match known {
            None if rule.is_empty() => "Write `# pychain: ignore[RULE] reason`, or remove the comment".to_owned(),
            None => meant().map_or_else(|| REMOVE.to_owned(), |id| format!("Write `{id}` if that is meant")),
            Some(_) => REMOVE.to_owned(),
        };
        let mut finding = findings.finding(place, suppression.subject(), message).help(help);
        if alone && known.is_some() && matches!(suppression.origin, SuppressionOrigin::Comment { .. }) {
            let file = context.project.file(place.file);
            finding =
                finding.fix("Remove the comment", Safety::Safe, vec![Edit::delete(removal(file.text(), place.span))]);
        }
        findings.push(finding);
    }
}

/// The comment with the white space before it; its line end too, where it has the line for itself.
fn removal(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let blank = before.len() - before.trim_end_matches([' ', '\t']).len();
    let start = comment.start as usize - blank;
    let own_line =
        before.trim_end_matches([' ', '\t']).is_empty() || before.trim_end_matches([' ', '\t']).ends_with('\n');
    let after = text.get(comment.end as usize..).unwrap_or_default();
    let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
    Span::new(start, comment.end as usize + if own_line { line_end } else { 0 })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn a_suppression_holds_on_its_line_and_on_the_one_below() {
        check("unused-suppression", "# pychain: ignore[unhashed-requirement] x\na==1\n");
        check("unhashed-requirement", "# pychain: ignore[unhashed-requirement] x\na==1\n");
        check("unhashed-requirement", "a==1 # pychain: ignore[unhashed-requirement] x\n");
        check("unhashed-requirement", "# pychain: ignore[unhashed-requirement] x\n\na==1\n^^^^ unhashed-requirement\n");
    }

    #[test]
    fn the_comment_is_taken_away_with_its_line() {
        let text = "a==1 --hash=sha256:00 # pychain: ignore[mixed-hashes] x\r\n# pychain: ignore[mixed-hashes] y\r\nb==1 --hash=sha256:00\r\n";
        assert_eq!(fixed("unused-suppression", text), "a==1 --hash=sha256:00\r\nb==1 --hash=sha256:00\r\n");
    }

    #[test]
    fn a_suppression_of_no_rule_there_is_says_what_may_be_meant() {
        for (comment, message, help) in [
            ("ignore[mixed-hash] x", "names `mixed-hash`, and", "Write `mixed-hashes`"),
            ("ignore[*]", "names `*`, and", "Remove"),
            ("ignore", "names no rule", "Write `# pychain: ignore[RULE]"),
            ("ignore: x", "names no rule", "Write"),
            ("ignore[ ] x", "names no rule", "Write"),
        ] {
            let text = format!("a==1 --hash=sha256:00 # pychain: {comment}\n");
            let findings = Fixture::parse(&text).report().findings;
            let mut told = findings.iter().filter(|finding| finding.rule.id == "unused-suppression");
            assert!(told.any(|it| it.message.contains(message) && it.help.starts_with(help)), "{comment}");
        }
        check("unused-suppression", "a==1 # pychain: ignores nothing\n");
    }

    #[test]
    fn rules_that_did_not_run_are_not_held_against_it() {
        check("unused-suppression", "# pychain: ignore[removed-hash] only in a change\na==1\n");
    }
}
