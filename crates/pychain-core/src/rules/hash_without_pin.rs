//! `hash-without-pin`: a hash beside a version range, which only newer pips accept.

use crate::audit::{Context, Findings};
use crate::finding::Location;
use crate::model::Line;
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements in hash-checking mode that have a hash, or get one from a constraint, and no exact version.
    ///
    /// ## Why it matters
    ///
    /// pip before 26.1 refuses them: it wants one exact version beside every hash, and takes no hash from a constraint.
    /// Newer ones take the newest version that the range allows and stop when its hash is not listed, so that the install breaks with the next release.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click>=8.1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When every install uses pip 26.1 or newer and the list of hashes follows each release.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "hash-without-pin": "hash beside a version that is not exact",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let mut told = Set::new();
    for mode in project.runs.iter().filter_map(|run| run.hash_mode.as_ref()).filter(|mode| mode.on) {
        for row in mode.lines.iter().filter(|row| row.verdict.is_ok() && !row.verdict_before_26_1.is_ok()) {
            let line = project.document(row.file).and_then(|document| document.lines.get(row.line));
            let Some(requirement) = line.and_then(Line::requirement) else { continue };
            let place = Location { file: row.file, span: requirement.span };
            if !told.insert(place) {
                continue;
            }
            let name = code(&requirement.label());
            let message = if requirement.is_pinned_for_pip() {
                format!("{name} has its hash in a constraint, and pip before 26.1 refuses it")
            } else {
                format!("{name} has a hash and no exact version, and pip before 26.1 refuses it")
            };
            let help = "Pin the version that the hash belongs to, on the line itself";
            findings.push(findings.finding(place, requirement.subject(), message).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_hash_in_a_constraint_counts_only_since_26_1() {
        check(
            "hash-without-pin",
            "==> requirements.txt <==\n-c constraints.txt\na==1\n^^^^ hash-without-pin: in a constraint\n==> constraints.txt <==\na==1 --hash=sha256:00\n",
        );
    }

    #[test]
    fn a_wildcard_is_pinned_enough_for_every_pip() {
        check("hash-without-pin", "a==1.* --hash=sha256:00\n");
    }
}
