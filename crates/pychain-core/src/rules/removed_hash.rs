//! `removed-hash`: a change takes the hashes from a requirement and the install goes on without them.

use crate::audit::{Context, Findings};
use crate::model::Requirement;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements that had hashes before the change and have none after it, where pip would install them all the same.
    ///
    /// ## Why it matters
    ///
    /// Without its hash the download is no longer checked, so this one edit lets whoever controls the index, a mirror or a proxy decide what is installed.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ==> requirements.txt <==
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock again with hashes, and leave them in place.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// click==8.1.6 --hash=sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd
    /// ==> requirements.txt <==
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a team gives up hashes for good; then accept it once, with the reason.
    /// Where other hashes remain pip refuses the install, and `mixed-hashes` says so instead.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "removed-hash": "hashes taken from a requirement",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (before, after) in context.changes.iter().filter_map(crate::diff::Change::both) {
        if !has_hash(before.requirement) || has_hash(after.requirement) || after.constraint {
            continue;
        }
        let refused = context.project.runs.iter().filter_map(|run| run.hash_mode.as_ref()).any(|mode| {
            mode.on && mode.lines.iter().any(|line| line.file == after.document.file && !line.verdict.is_ok())
        });
        if refused {
            continue;
        }
        let count = before.requirement.hashes.len().max(1);
        let message = format!("the change takes {} from {}", plural(count), code(&after.requirement.label()));
        let finding = findings.finding(after.location(), after.requirement.subject(), message);
        findings.push(finding.help("Put the hashes back, or lock the file again with hashes"));
    }
}

fn plural(count: usize) -> String {
    if count == 1 { "the only hash".to_owned() } else { format!("all {count} hashes") }
}

fn has_hash(requirement: &Requirement) -> bool {
    !requirement.hashes.is_empty() || requirement.direct_url().is_some_and(|url| url.hash().is_some())
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn an_update_that_drops_the_hash_counts_too() {
        check(
            "removed-hash",
            "==> base/r.txt <==\na==1 --hash=sha256:00\n==> r.txt <==\na==2\n^^^^ removed-hash: the only hash\n",
        );
    }

    #[test]
    fn where_other_hashes_remain_it_is_mixed_hashes() {
        let fixture = "==> base/r.txt <==\na==1 --hash=sha256:00\nb==1 --hash=sha256:00\n==> r.txt <==\na==1\n^^^^ mixed-hashes\nb==1 --hash=sha256:00\n";
        check("mixed-hashes", fixture);
        check("removed-hash", &fixture.replace("^^^^ mixed-hashes\n", ""));
    }

    #[test]
    fn one_fact_is_told_once() {
        check("unhashed-requirement", "==> base/r.txt <==\na==1 --hash=sha256:00\n==> r.txt <==\na==1\n");
    }
}
