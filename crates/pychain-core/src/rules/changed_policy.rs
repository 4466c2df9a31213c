//! `changed-policy`: the change edits what judges it.

use crate::audit::{Context, Findings, SuppressionOrigin};
use crate::config::Config;
use crate::finding::{Location, Subject};
use crate::prose::code;
use crate::text::{FileId, Span};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for changes of pychain's own configuration, for `pychain: ignore` comments that the change brings along,
    /// and, in the review of a pull request, for changes of the workflow that runs pychain: the step itself, its job, or when it starts.
    /// None of them has any effect on the review of the change itself, which goes by the policy of the base.
    ///
    /// ## Why it matters
    ///
    /// Whoever wants a bad requirement merged would first switch off what finds it.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// flask==3.0.3
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// # pychain: ignore[unpinned-requirement] we want the newest
    /// click
    /// ```
    ///
    /// ## Use instead
    ///
    /// Change the policy in a pull request of its own, reviewed by whoever owns it.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// flask==3.0.3
    /// ==> requirements.txt <==
    /// flask==3.0.3
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Never quite: a change of policy is always worth a second pair of eyes.
    ///
    /// ## References
    ///
    /// - pychain: [Configuration](../configuration.md)
    "changed-policy": "policy or suppression changed by the change that it judges",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [Base, Outcome],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if let Some(head) = context.head_config {
        let changed = differences(context.config, head);
        if !changed.is_empty() {
            let file = context.config_file.unwrap_or(FileId(0));
            let span = head.source.as_ref().map_or(Span::default(), |source| source.file.line_span(1));
            let path = head.source.as_ref().map_or("the configuration", |source| source.file.path());
            let message = format!("the change edits pychain's configuration: {}", changed.join(", "));
            let finding = findings
                .finding(Location { file, span }, Subject::File(path.to_owned()), message)
                .help("Review the edit by itself: this review still goes by the configuration of the base")
                .identified_by(changed.join(","));
            findings.push(finding);
        }
    }
    for workflow in context.workflows {
        let path = workflow.path.as_str();
        let what = if workflow.removed {
            "removes pychain from the workflow"
        } else {
            "edits how pychain runs in the workflow"
        };
        let finding = findings
            .finding(workflow.place, Subject::File(path.to_owned()), format!("the change {what} {}", code(path)))
            .help("Review the edit by itself: once merged it decides whether changes are still reviewed")
            .identified_by(if workflow.removed { "removed" } else { "edited" });
        findings.push(finding);
    }
    for suppression in context.suppressions.iter().filter(|suppression| !suppression.rule.is_empty()) {
        let (SuppressionOrigin::Comment { introduced: true, .. }, Some(place)) =
            (&suppression.origin, suppression.location)
        else {
            continue;
        };
        let message = format!(
            "the change brings a suppression of {}, which has no effect on its own review",
            code(&suppression.rule)
        );
        let finding = findings
            .finding(place, suppression.subject(), message)
            .help("Check that the reason holds; once merged it silences the rule here")
            .evidence("reason given", suppression.reason.clone());
        findings.push(finding);
    }
}

/// The keys whose values differ.
fn differences(base: &Config, head: &Config) -> Vec<String> {
    let ignores = |config: &Config| {
        let unplaced =
            |ignore: &crate::config::Ignore| crate::config::Ignore { span: Span::default(), ..ignore.clone() };
        config.ignores.iter().map(unplaced).collect::<Vec<_>>()
    };
    [
        ("policy", base.policy != head.policy),
        ("rules", base.rules != head.rules),
        ("fail-on", base.fail_on != head.fail_on),
        ("installer", base.installer != head.installer),
        ("cooldown-days", base.cooldown_days() != head.cooldown_days()),
        ("expected-indexes", base.expected_indexes != head.expected_indexes),
        ("private-prefixes", base.private_prefixes != head.private_prefixes),
        ("exclude", base.exclude != head.exclude),
        ("ignore", ignores(base) != ignores(head)),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(key, _)| format!("`{key}`"))
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_suppression_that_the_base_had_still_holds() {
        let line = "# pychain: ignore[unpinned-requirement] wanted\na\n";
        check("changed-policy", &format!("==> base/r.txt <==\n{line}b==1\n==> r.txt <==\nb==2\n{line}"));
    }

    #[test]
    fn one_that_is_moved_to_another_requirement_is_new() {
        check(
            "changed-policy",
            "==> base/r.txt <==\n# pychain: ignore[mixed-hashes] x\na==1\n==> r.txt <==\n# pychain: ignore[mixed-hashes] x\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-policy\nb==1\n",
        );
    }

    #[test]
    fn a_suppression_of_the_change_silences_nothing() {
        check(
            "unhashed-requirement",
            "==> base/r.txt <==\na==1\n==> r.txt <==\na==1\n# pychain: ignore[unhashed-requirement] x\nb==1\n^^^^ unhashed-requirement\n",
        );
    }

    #[test]
    fn a_workflow_that_no_longer_runs_pychain_is_told() {
        let before = "==> base/.github/workflows/ci.yml <==\non: pull_request\njobs:\n  a:\n    steps:\n    - uses: o/pychain-action@v1\n      with: {fail-on: low}\n";
        let after = |step: &str, mark: &str| {
            let head = "==> .github/workflows/ci.yml <==\non: pull_request\n";
            let mark = if mark.is_empty() { String::new() } else { format!("{mark} changed-policy\n") };
            let (first, last) = if step.is_empty() { (mark.as_str(), "") } else { ("", mark.as_str()) };
            format!("{before}{head}{first}jobs:\n  a:\n    steps:\n{step}{last}==> base/r.txt <==\n==> r.txt <==\n")
        };
        check("changed-policy", &after("", "^^^^^^^^^^^^^^^^"));
        check("changed-policy", &after("    - uses: o/pychain-action@v2\n", "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"));
    }

    #[test]
    fn the_configuration_of_the_base_judges() {
        check(
            "*",
            "==> base/pychain.toml <==\npolicy = \"relaxed\"\n==> pychain.toml <==\npolicy = \"strict\"\n^^^^^^^^^^^^^^^^^ changed-policy: `policy`\n==> base/r.txt <==\na==1\n==> r.txt <==\na==1\n",
        );
    }
}
