//! `unhashed-requirement`: what is downloaded is not checked against anything.

use super::support::{is_input, part_accepted};
use super::{lock_tool, unpinned_requirement, wildcard_pin};
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Location, Subject};
use crate::model::{Document, PathKind, Requirement, Section, Source};
use crate::order::Set;
use crate::prose::code;
use crate::requirement::Binding;
use crate::text::FileId;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements without `--hash` in files that do not use hashes.
    /// A full audit says it once a file, and so does a review of a change that brings the file; other new lines it names each, and together where a file gets more than ten at once.
    /// Requirements that are not pinned are the matter of `unpinned-requirement`, those with a wildcard of `wildcard-pin`, and not told twice.
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
    /// Lock with `pip-compile --generate-hashes` or `uv pip compile --generate-hashes`; `poetry export`, `pdm export` and `uv export` write hashes unless they are told not to.
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
    let checked: Set<FileId> = project
        .runs
        .iter()
        .filter_map(|run| run.hash_mode.as_ref().filter(|mode| mode.on))
        .flat_map(|mode| mode.lines.iter().map(|line| line.file))
        .collect::<Set<_>>();
    // `removed-hash` speaks of those.
    let lost: Set<Location> = context
        .changes
        .iter()
        .filter_map(crate::diff::Change::both)
        .filter(|(before, _)| !before.requirement.hashes.is_empty())
        .map(|(_, after)| after.location())
        .collect::<Set<_>>();
    // What may be any version has no hash either: one word about it is enough.
    let unpinned_is_told = context.runs(&unpinned_requirement::RULE);
    let wildcard_is_told = context.runs(&wildcard_pin::RULE);
    let loose = if unpinned_is_told { unpinned_requirement::loose_files(context) } else { Set::new() };
    let is_told = |entry: &Entry<'_>| match Binding::of(&entry.requirement.specifiers) {
        Binding::None | Binding::Range => unpinned_is_told && matches!(entry.requirement.source, Source::Index),
        Binding::Wildcard => wildcard_is_told,
        Binding::Arbitrary | Binding::Exact => false,
    };
    for document in &project.documents {
        let file = project.file(document.file);
        if is_input(project, document.file)
            || checked.contains(&document.file)
            || loose.contains(&document.file)
            || has_hashes(document)
            || !document.has_section(Section::demands_hashes)
        {
            continue;
        }
        let entries: Vec<Entry<'_>> = project
            .requirements_of(document)
            .filter(|entry| {
                !entry.constraint
                    && entry.is_in(Section::demands_hashes)
                    && could_have_a_hash(entry.requirement)
                    && !lost.contains(&entry.location())
            })
            .collect();
        let help = lock_tool::of(project, document).map_or(HELP, lock_tool::LockTool::how_to_hash);
        let (accepted, entries) = part_accepted(context, entries, |entry| of_line(findings, entry, help));
        for finding in accepted {
            findings.push(finding);
        }
        let Some(first) = entries.iter().find(|entry| !is_told(entry)) else { continue };
        match (context.scope_of(document.file), entries.as_slice()) {
            (Scope::Full, [only]) => findings.push(of_line(findings, only, help)),
            (Scope::Full, _) => {
                let path = file.path();
                let message = format!("none of the {} requirements in {} has a hash", entries.len(), code(path));
                let subject = Subject::File(path.to_owned());
                findings.push(findings.finding(first.location(), subject, message).help(help));
            }
            (Scope::Change, entries) => {
                let untold = entries.iter().filter(|entry| !is_told(entry));
                untold.for_each(|entry| findings.push(of_line(findings, entry, help)));
            }
        }
    }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>, help: &str) -> crate::finding::Finding {
    let message = format!("{} has no hash: pip installs whatever the index serves", code(&entry.requirement.label()));
    findings.finding(entry.location(), entry.requirement.subject(), message).help(help)
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
    use crate::testing::{Fixture, check};

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
    fn a_file_that_the_change_brings_is_judged_as_a_whole() {
        check(
            "unhashed-requirement",
            "==> base/r.txt <==\na==1\n==> r.txt <==\na==1\n==> s.txt <==\nb==1\n^^^^ unhashed-requirement: none of the 2\nc==1\n",
        );
    }

    #[test]
    fn what_is_accepted_is_left_out_of_the_count() {
        check(
            "unhashed-requirement",
            "a==1  # pychain: ignore[unhashed-requirement] ours\nb==1\n^^^^ unhashed-requirement: none of the 2\nc==1\n",
        );
    }

    #[test]
    fn the_help_speaks_of_the_tool_that_made_the_file() {
        for (comment, expected) in [
            (
                "# This file was autogenerated by uv via the following command:\n#    uv pip compile a.in",
                "`uv pip compile`",
            ),
            ("# generated by rye", "`rye lock --generate-hashes`"),
            ("# by hand", "Lock with hashes"),
        ] {
            let report = Fixture::parse(&format!("{comment}\na==1\n")).report();
            let finding = report.findings.iter().find(|finding| finding.rule.id == "unhashed-requirement");
            assert!(finding.is_some_and(|finding| finding.help.contains(expected)), "{comment}");
        }
    }

    #[test]
    fn what_is_not_pinned_is_told_by_another_rule() {
        check("unhashed-requirement", "a>=1\nb\n");
        check("unhashed-requirement", "a>=1\nb\nc==1\n");
        check("unhashed-requirement", "a==1.*\nb\n");
        check("unhashed-requirement", "a\nb==1\n^^^^ unhashed-requirement: none of the 4\nc==1\nd==1\n");
        check("unhashed-requirement", "==> base/r.txt <==\na==1\n==> r.txt <==\na==1\nb\n");
        let off =
            "==> pychain.toml <==\n[rules]\nunpinned-requirement = \"off\"\n==> r.txt <==\na\n^ unhashed-requirement\n";
        check("unhashed-requirement", off);
    }

    #[test]
    fn inputs_constraints_and_what_cannot_be_hashed_are_left_alone() {
        check(
            "unhashed-requirement",
            "==> requirements.in <==\na\n==> constraints.txt <==\na==1\n==> dev.txt <==\n-e git+https://e.org/x#egg=x\n",
        );
    }
}
