//! `unhashed-requirement`: what is downloaded is not checked against anything.

use std::collections::BTreeSet;

use super::support::is_input;
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Location, Subject};
use crate::model::{Document, PathKind, Requirement, Source};
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements without `--hash` in files that do not use hashes.
    /// A full audit says it once a file; a review of a change says it of each new line.
    ///
    /// ## Why it matters
    ///
    /// Without a hash pip installs whatever the index serves under that name and version.
    /// A hash makes a replaced or tampered file fail to install, whoever replaced it: a mirror, a proxy, a stolen account.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`.
    ///
    /// ```requirements,good
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is an input of a lock file that carries the hashes: pip-compile's `.in` files are left alone for that reason.
    ///
    /// ## References
    ///
    /// - pip: [Secure installs](https://pip.pypa.io/en/stable/topics/secure-installs/)
    "unhashed-requirement": "requirement without a hash",
    severity: Low, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

const HELP: &str =
    "Lock with hashes, for example by `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let checked: BTreeSet<FileId> = project
        .runs
        .iter()
        .filter_map(|run| run.hash_mode.as_ref().filter(|mode| mode.on))
        .flat_map(|mode| mode.lines.iter().map(|line| line.file))
        .collect();
    // `removed-hash` speaks of those.
    let lost: BTreeSet<Location> = context
        .changes
        .iter()
        .filter_map(crate::diff::Change::both)
        .filter(|(before, _)| !before.requirement.hashes.is_empty())
        .map(|(_, after)| after.location())
        .collect();
    for document in &project.documents {
        let file = project.file(document.file);
        if is_input(project, document.file) || checked.contains(&document.file) || has_hashes(document) {
            continue;
        }
        let entries: Vec<Entry<'_>> = project
            .requirements_of(document)
            .filter(|entry| {
                !entry.constraint && could_have_a_hash(entry.requirement) && !lost.contains(&entry.location())
            })
            .collect();
        match (context.scope, entries.as_slice()) {
            (_, []) => {}
            (Scope::Full, [only]) => findings.push(of_line(findings, only)),
            (Scope::Full, [first, ..]) => {
                let path = file.path();
                let message = format!("none of the {} requirements in {} has a hash", entries.len(), code(path));
                let subject = Subject::File(path.to_owned());
                findings.push(findings.finding(first.location(), subject, message).help(HELP));
            }
            (Scope::Change, entries) => entries.iter().for_each(|entry| findings.push(of_line(findings, entry))),
        }
    }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>) -> crate::finding::Finding {
    let message = format!("{} has no hash: pip installs whatever the index serves", code(&entry.requirement.label()));
    findings.finding(entry.location(), entry.requirement.subject(), message).help(HELP)
}

fn has_hashes(document: &Document) -> bool {
    document.lines.iter().filter_map(|line| line.requirement()).any(|requirement| !requirement.hashes.is_empty())
}

/// Editable installs, directories and version control never can; a URL's own fragment is a hash.
fn could_have_a_hash(requirement: &Requirement) -> bool {
    match &requirement.source {
        _ if requirement.editable => false,
        Source::Index => true,
        Source::Url(_) => false, // `direct-reference` speaks of those
        Source::Path(path) => path.kind == PathKind::File && path.url.hash().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_whole_file_is_one_finding() {
        check("unhashed-requirement", "a==1\n^^^^ unhashed-requirement: none of the 2\nb==2\n");
    }

    #[test]
    fn a_new_line_in_a_change_is_its_own() {
        check(
            "unhashed-requirement",
            "==> base/requirements.txt <==\na==1\n==> requirements.txt <==\na==2\nb==1\n^^^^ unhashed-requirement\n",
        );
    }

    #[test]
    fn inputs_constraints_and_what_cannot_be_hashed_are_left_alone() {
        check(
            "unhashed-requirement",
            "==> requirements.in <==\na\n==> constraints.txt <==\na==1\n==> dev.txt <==\n-e git+https://e.org/x#egg=x\n",
        );
    }
}
