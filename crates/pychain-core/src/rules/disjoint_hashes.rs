//! `disjoint-hashes`: every hash of a version is another one than before.

use super::hash_sets::{altered, altered_nameless, list, list_locked};
use super::lock_files::{by_name, digest_of, same_version};
use super::support;
use crate::audit::{Context, Findings};
use crate::finding::{Confidence, Severity};
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements whose version stays while none of their hashes does.
    /// In lock files, also for versions of which no file stays.
    ///
    /// ## Why it matters
    ///
    /// The files of a release do not change on the public index: a version and a file name are used once.
    /// When no old hash is left, other files are to be installed under the same version: from another index, from a release that was removed and registered anew, or made up by whoever wrote the change.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ==> requirements.txt <==
    /// click==8.1.7 --hash=sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd
    /// ```
    ///
    /// ## Use instead
    ///
    /// Download the files of that version from the index that you expect, and compare.
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
    /// When each side lists the file of another platform, or one lists wheels and the other the sdist.
    /// When the hash algorithm changed: then the digests cannot be compared, and the finding says so.
    ///
    /// ## References
    ///
    /// - PyPI: [File name reuse](https://pypi.org/help/#file-name-reuse)
    "disjoint-hashes": "all hashes replaced at the same version",
    severity: High, confidence: Medium, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for sets in altered(context).filter(|sets| sets.kept == 0) {
        let name = code(&sets.after.requirement.label());
        let message = format!("every hash of {name} is replaced while the version stays {}", code(sets.version));
        let mut finding = findings
            .finding(sets.after.location(), sets.after.requirement.subject(), message)
            .help("Find out which files the new hashes belong to before you merge")
            .evidence("hashes before", list(&sets.removed))
            .evidence("hashes after", list(&sets.added))
            .identified_by(list(&sets.added));
        if !sets.comparable {
            finding = finding
                .at_most(Severity::Medium)
                .confidence(Confidence::Low)
                .evidence("note", "the hash algorithm changed");
        }
        findings.push(finding);
    }
    for sets in altered_nameless(context).filter(|sets| sets.kept == 0) {
        let package = sets.after.package;
        let name = code(package.name.as_written());
        let message = format!("every hash of {name} is replaced while the version stays {}", code(package.version()));
        let finding = findings
            .finding(sets.after.at(package.name_span), package.subject(), message)
            .help("Find out which files the new hashes belong to before you merge")
            .evidence("hashes before", list_locked(&sets.removed))
            .evidence("hashes after", list_locked(&sets.added))
            .identified_by(list_locked(&sets.added));
        findings.push(finding);
    }
    for (before, after) in same_version(context.locked) {
        let (old, new) = (by_name(before.package), by_name(after.package));
        if old.is_empty() || new.is_empty() || !after.package.is_fetched() {
            continue;
        }
        let keeps_hash = || {
            let known: Set<_> = old.values().flat_map(|file| &file.hashes).map(digest_of).collect();
            new.values().flat_map(|file| &file.hashes).any(|hash| known.contains(&digest_of(hash)))
        };
        if new.keys().any(|name| old.contains_key(name)) || keeps_hash() {
            continue;
        }
        let package = after.package;
        let name = code(package.name.as_written());
        let message = format!("every file of {name} is replaced while the version stays {}", code(package.version()));
        let finding = findings
            .finding(after.at(package.place()), package.subject(), message)
            .help("Find out where the new files come from before you merge")
            .evidence("files before", support::list(old.keys().map(AsRef::as_ref)))
            .evidence("files after", support::list(new.keys().map(AsRef::as_ref)))
            .identified_by(support::list(new.keys().map(AsRef::as_ref)));
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn versions_are_compared_as_versions() {
        check(
            "disjoint-hashes",
            "==> base/r.txt <==\na==1.0 --hash=sha256:aa\n==> r.txt <==\na==1.0.0 --hash=sha256:bb\n^^^^^^^^ disjoint-hashes\n",
        );
    }

    #[test]
    fn case_and_order_of_digests_do_not_matter() {
        check(
            "disjoint-hashes",
            "==> base/r.txt <==\na==1 --hash=sha256:aa --hash=sha256:bb\n==> r.txt <==\na==1 --hash=sha256:BB --hash=sha256:AA\n",
        );
    }

    #[test]
    fn hashes_without_file_names_are_sets_too() {
        let lock =
            |hashes: &str| format!("{{\"default\": {{\n\"a\": {{\"hashes\": [{hashes}], \"version\": \"==1\"}}}}}}\n");
        let change = |old: &str, new: &str| {
            format!("==> base/Pipfile.lock <==\n{}==> Pipfile.lock <==\n{}", lock(old), lock(new))
        };
        check("disjoint-hashes", &change("\"sha256:aa\", \"sha256:bb\"", "\"sha256:bb\", \"sha256:cc\""));
        check(
            "disjoint-hashes",
            &(change("\"sha256:aa\"", "\"sha256:cc\"") + " ^ disjoint-hashes: every hash of `a`\n"),
        );
    }

    #[test]
    fn files_of_another_version_may_be_put_right() {
        let lock = |file: &str, hash: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1.1\"\nfiles = [{{file = \"{file}\", hash = \"sha256:{hash}\"}}]\n"
            )
        };
        let change = |old: &str, new: &str, mark: &str| {
            let (old, new) =
                (lock(old, &"0".repeat(64)), lock(new, &"1".repeat(64)).replace("files", &format!("{mark}files")));
            format!("==> base/pdm.lock <==\n{old}==> pdm.lock <==\n{new}")
        };
        let (wrong, right) = ("a-1.0.tar.gz", "a-1.1.tar.gz");
        check("disjoint-hashes", &change(wrong, right, ""));
        for (old, new) in [(right, wrong), (wrong, "a-1.2.tar.gz")] {
            check("disjoint-hashes", &change(old, new, "           ^^^ disjoint-hashes\n"));
        }
    }

    #[test]
    fn a_version_does_not_change_all_its_files() {
        let lock = |file: &str, hash: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{{file = \"{file}\", hash = \"sha256:{hash}\"}}]\n"
            )
        };
        let change = |old: String, new: String| format!("==> base/pdm.lock <==\n{old}==> pdm.lock <==\n{new}");
        check("disjoint-hashes", &change(lock("a-1.zip", "aa"), lock("a-1.tar.gz", "aa")));
        let marked = lock("a-1-1-py3-none-any.whl", "bb")
            .replace("version = \"1\"\n", "version = \"1\"\n           ^ disjoint-hashes: every file of `a`\n");
        check("disjoint-hashes", &change(lock("a-1-py3-none-any.whl", "aa"), marked));
    }

    #[test]
    fn a_moved_requirement_keeps_its_hashes() {
        check(
            "disjoint-hashes",
            "==> base/r.txt <==\na==1 --hash=sha256:aa\n==> other.txt <==\na==1 --hash=sha256:bb\n^^^^ disjoint-hashes\n",
        );
    }
}
