//! `changed-hash`: some hashes of a version are others than before.

use super::hash_sets::{altered, list};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements whose version stays while hashes are taken away or exchanged.
    ///
    /// ## Why it matters
    ///
    /// The files of a release do not change, so their hashes have no reason to.
    /// An exchanged hash admits another file; a list without the wheels' hashes makes pip build the sdist, that is, run its code.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28 --hash=sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd
    /// ==> requirements.txt <==
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ==> requirements.txt <==
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the lock was made anew for fewer platforms: then hashes only go, and the finding is a low one.
    /// Hashes that only come are `added-hash`.
    ///
    /// ## References
    ///
    /// - PyPI: [File name reuse](https://pypi.org/help/#file-name-reuse)
    "changed-hash": "some hashes changed at the same version",
    severity: Medium, confidence: Medium, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for sets in altered(context).filter(|sets| sets.kept > 0 && !sets.removed.is_empty()) {
        let name = code(&sets.after.requirement.label());
        let version = code(sets.version);
        let (removed, added) = (sets.removed.len(), sets.added.len());
        let are = |count: usize| if count == 1 { "is" } else { "are" };
        let gone = format!("{removed} of the {} hashes of {name} {} gone", removed + sets.kept, are(removed));
        let new = if added == 0 { String::new() } else { format!(" and {added} {} new", are(added)) };
        let message = format!("{gone}{new} while the version stays {version}");
        let mut finding = findings
            .finding(sets.after.location(), sets.after.requirement.subject(), message)
            .help("Find out which files the hashes belong to before you merge")
            .evidence("hashes that are gone", list(&sets.removed))
            .identified_by(list(&sets.added));
        finding =
            if added == 0 { finding.at_most(Severity::Low) } else { finding.evidence("new hashes", list(&sets.added)) };
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn hashes_that_only_go_are_told_more_softly() {
        check(
            "changed-hash",
            "==> base/r.txt <==\na==1 --hash=sha256:aa --hash=sha256:bb\n==> r.txt <==\na==1 --hash=sha256:aa\n^^^^ changed-hash: 1 of the 2 hashes of `a` is gone while\n",
        );
    }

    #[test]
    fn a_new_version_has_new_hashes() {
        check(
            "changed-hash",
            "==> base/r.txt <==\na==1 --hash=sha256:aa --hash=sha256:cc\n==> r.txt <==\na==2 --hash=sha256:aa --hash=sha256:bb\n",
        );
    }
}
