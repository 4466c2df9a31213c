//! `expired-suppression`: what was accepted for a time is accepted no more.

use crate::audit::{Context, Findings, Scope, SuppressionOrigin};
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `[[ignore]]` entries of the configuration whose `until` date has passed.
    /// They no longer silence anything.
    ///
    /// ## Why it matters
    ///
    /// Somebody accepted a finding until that day, and the day has come.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> pychain.toml <==
    /// [[ignore]]
    /// rule = "unhashed-requirement"
    /// path = "requirements.txt"
    /// reason = "hashes come with the new lock tool"
    /// until = 2024-12-31
    /// ==> requirements.txt <==
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// Mend the finding, or accept it anew with a new date.
    ///
    /// ```requirements,good
    /// ==> pychain.toml <==
    /// [[ignore]]
    /// rule = "unhashed-requirement"
    /// path = "requirements.txt"
    /// reason = "hashes come with the new lock tool"
    /// until = 2999-12-31
    /// ==> requirements.txt <==
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the clock of the machine is wrong.
    ///
    /// ## References
    ///
    /// - pychain: [Configuration](../configuration.md)
    "expired-suppression": "suppression past its date",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [Date, Outcome],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.scope == Scope::Change {
        return;
    }
    for suppression in context.suppressions {
        let (SuppressionOrigin::Config { index, expired: true, .. }, Some(place)) =
            (&suppression.origin, suppression.location)
        else {
            continue;
        };
        let ignore = context.config.ignores.get(*index);
        let until = ignore.and_then(|ignore| ignore.until).map(|until| until.to_string()).unwrap_or_default();
        let message = format!("the suppression of {} ended on {until}", code(&suppression.rule));
        let mut finding = findings
            .finding(place, suppression.subject(), message)
            .help("Mend what it silenced, or set a new date with the reason why")
            .evidence("reason given", suppression.reason.clone());
        if let Some(owner) = ignore.and_then(|ignore| ignore.owner.as_ref()) {
            finding = finding.evidence("owner", owner.clone());
        }
        findings.push(finding);
    }
}
