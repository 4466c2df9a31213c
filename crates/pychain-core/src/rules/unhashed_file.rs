//! `unhashed-file`: a lock file lets something be fetched that nothing checks.

use crate::audit::{Context, Findings, Scope};
use crate::diff::LockedPair;
use crate::finding::{Location, Subject};
use crate::model::{LockFormat, LockedFile};
use crate::order::Set;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for packages of lock files that are fetched from an index or a URL and have no hash, and for single files without one among files that have some.
    ///
    /// ## Why it matters
    ///
    /// The hash is all that ties an install to the files that were locked.
    /// uv installs a file whose `hash` was deleted, and Poetry a package whose `files` were emptied, without a word; then whoever answers for the index decides what runs.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock again, with an index that gives hashes.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee849951919527a045bfe3bf7baa8a959c423134e1a5b98c05c20ba75a1cbd" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the index gives no hashes, as plain directories of files do not.
    /// A file that had a hash before the change is reported by `removed-hash`.
    ///
    /// ## References
    ///
    /// - MITRE: [CWE-494: Download of Code Without Integrity Check](https://cwe.mitre.org/data/definitions/494.html)
    "unhashed-file": "locked file without a hash",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // What loses its hashes in this change `removed-hash` speaks of.
    let had_hash = |pair: &&LockedPair<'_>| {
        pair.before.is_some_and(|before| before.package.files.iter().any(|file| !file.hashes.is_empty()))
    };
    let had: Set<_> = context
        .locked
        .iter()
        .filter(had_hash)
        .filter_map(LockedPair::same_version)
        .map(|(_, after)| after.at(after.package.name_span))
        .collect::<Set<_>>();
    let lost: Set<_> =
        context.locked.iter().filter(had_hash).filter_map(|pair| Some(pair.after?.document.file)).collect::<Set<_>>();
    let mut whole = Set::new();
    for (document, lock) in context.project.locks() {
        let remote: Vec<_> = lock.packages.iter().filter(|package| package.is_fetched()).collect();
        let Some(first) = remote.first().filter(|_| remote.len() > 1) else { continue };
        if !remote.iter().all(|package| package.is_unhashed()) {
            continue;
        }
        if lost.contains(&document.file) {
            whole.insert(document.file);
        } else if context.scope == Scope::Full {
            whole.insert(document.file);
            let path = context.project.file(document.file).path();
            let message = format!("none of the {} packages in {} has a hash", remote.len(), code(path));
            let place = Location { file: document.file, span: first.name_span };
            let finding = findings.finding(place, Subject::File(path.to_owned()), message);
            findings.push(finding.help("Lock again, with hashes"));
        }
    }
    for locked in context.project.locked().filter(|locked| !whole.contains(&locked.document.file)) {
        let package = locked.package;
        let place = locked.at(package.name_span);
        if !package.is_fetched() || had.contains(&place) {
            continue;
        }
        if package.files.is_empty() && locked.lock.format == LockFormat::Pylock {
            // `unreadable-lock` says that it is incomplete.
            continue;
        }
        if package.is_unhashed() {
            let message =
                format!("{} has no hash, so that nothing checks what is fetched", code(package.name.as_written()));
            findings.push(findings.finding(place, package.subject(), message).help("Lock it again, with hashes"));
            continue;
        }
        for file in package.files.iter().filter(|file| file.hashes.is_empty()) {
            let message = format!("{} has no hash, other than the files beside it", name(file));
            let finding = findings
                .finding(locked.at(file.place()), package.subject(), message)
                .help("Lock the package again, with hashes")
                .identified_by(file.file_name().unwrap_or_default());
            findings.push(finding);
        }
    }
}

fn name(file: &LockedFile) -> String {
    file.file_name().map_or_else(|| "one file".to_owned(), |name| code(&name))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn a_file_among_others_is_found_by_itself() {
        check(
            "unhashed-file",
            "==> poetry.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [\n    {file = \"a-1.zip\"},\n             ^^^^^^^ unhashed-file: `a-1.zip` has no hash\n    {file = \"a-1-py3-none-any.whl\", hash = \"sha256:aa\"},\n]\n",
        );
    }

    #[test]
    fn a_lock_without_any_hash_is_told_once() {
        check(
            "unhashed-file",
            "==> Pipfile.lock <==\n{\"default\": {\n  \"a\": {\"version\": \"==1\"},\n   ^ unhashed-file: none of the 2 packages\n  \"b\": {\"version\": \"==1\"},\n  \"c\": {\"path\": \".\"}}}\n",
        );
    }

    #[test]
    fn local_projects_and_repositories_need_none() {
        check(
            "unhashed-file",
            "==> uv.lock <==\n[[package]]\nname = \"c\"\nversion = \"1\"\nsource = { registry = \"../wheels\" }\nwheels = [{ path = \"c-1-py3-none-any.whl\" }]\n[[package]]\nname = \"a\"\nsource = { editable = \".\" }\n[[package]]\nname = \"b\"\nversion = \"1\"\nsource = { git = \"https://e.org/b#01\" }\n",
        );
    }
}
