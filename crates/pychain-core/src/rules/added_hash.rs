//! `added-hash`: a version admits more files than before.

use super::hash_sets::{altered, altered_nameless, list, list_locked};
use super::lock_files::{by_name, renamed, same_version};
use crate::audit::{Context, Findings};
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements whose version stays while hashes are added.
    /// In lock files, for files and for hashes without a file name that the same version gains.
    ///
    /// ## Why it matters
    ///
    /// Each hash admits one more file.
    /// Projects do add wheels to a release for some days, and locking again picks them up; an added hash to an old release is worth a look.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
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
    /// a==1 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Most often: wheels for more platforms were published and the file was locked again.
    /// That is why only the strict policy runs this rule.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "added-hash": "hash added at the same version",
    severity: Low, confidence: Medium, persona: Auditor, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for sets in altered(context).filter(|sets| sets.kept > 0 && sets.removed.is_empty()) {
        let count = sets.added.len();
        let hashes = if count == 1 { "one more hash".to_owned() } else { format!("{count} more hashes") };
        let name = code(&sets.after.requirement.label());
        let message = format!("{name} admits {hashes} while the version stays {}", code(sets.version));
        let finding = findings
            .finding(sets.after.location(), sets.after.requirement.subject(), message)
            .help("Check that the project published more files of that version")
            .evidence("new hashes", list(&sets.added))
            .identified_by(list(&sets.added));
        findings.push(finding);
    }
    for sets in altered_nameless(context).filter(|sets| sets.kept > 0 && sets.removed.is_empty()) {
        let package = sets.after.package;
        let hashes = if sets.added.len() == 1 {
            "one more hash".to_owned()
        } else {
            format!("{} more hashes", sets.added.len())
        };
        let name = code(package.name.as_written());
        let message = format!("{name} admits {hashes} while the version stays {}", code(package.version()));
        let place = sets.added.first().map_or(package.name_span, |hash| hash.span);
        let finding = findings
            .finding(sets.after.at(place), package.subject(), message)
            .help("Check that the project published more files of that version")
            .evidence("new hashes", list_locked(&sets.added))
            .identified_by(list_locked(&sets.added));
        findings.push(finding);
    }
    for (before, after) in same_version(context.locked) {
        let known = by_name(before.package);
        if known.is_empty() || !after.package.is_fetched() {
            continue;
        }
        // A file that was there under another name is none more; `altered-file-facts` tells of it.
        let renamed: Set<_> = renamed(before.package, after.package).into_iter().map(|(_, new, _)| new).collect();
        let is_new = |name: &str| !known.contains_key(name) && !renamed.contains(name);
        for (name, file) in by_name(after.package).into_iter().filter(|(name, _)| is_new(name)) {
            let package = after.package;
            let message = format!(
                "{} admits {} while the version stays {}",
                code(package.name.as_written()),
                code(&name),
                code(package.version())
            );
            let finding = findings
                .finding(after.at(file.place()), package.subject(), message)
                .help("Check that the project published more files of that version")
                .identified_by(name);
            findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_default_policy_leaves_it_alone() {
        check(
            "added-hash",
            "==> base/pychain.toml <==\npolicy = \"default\"\n==> base/r.txt <==\na==1 --hash=sha256:aa\n==> r.txt <==\na==1 --hash=sha256:aa --hash=sha256:bb\n",
        );
    }
}
