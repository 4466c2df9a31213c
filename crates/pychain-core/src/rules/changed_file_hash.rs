//! `changed-file-hash`: a locked file keeps its name and version, and is to be another one.

use super::lock_files::{blake2b, contradict, kept_files};
use super::mutable_vcs_reference::is_version;
use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::finding::Severity;
use crate::model::SourceKind;
use crate::prose::code;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files in lock files whose hash the change exchanges while file name and version stay.
    /// With a medium severity it looks for repositories that are to be taken at another commit while the tag stays: uv and Poetry take the commit, whatever the tag beside it is, and many hosts serve commits of every fork by the name of the repository.
    ///
    /// ## Why it matters
    ///
    /// The public index never takes a file name twice, so the file of a name never changes.
    /// Another hash means another file: from another server, or made up by whoever wrote the change.
    /// An impossible hash for the wheel alone makes Poetry build the source distribution instead, that is, run its code.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    /// ]
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:0000000000000000000000000000000000000000000000000000000000000000"},
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Take the hash of the base back, or fetch the file yourself and compare.
    ///
    /// ```requirements,good
    /// ==> base/poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.6"
    /// files = [
    ///     {file = "click-8.1.6-py3-none-any.whl", hash = "sha256:fa244bb30b3b5ee2cae3da8f55c9e5e0c0e86093306301fb418eb9dc40fbded5"},
    /// ]
    /// ==> poetry.lock <==
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// files = [
    ///     {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28"},
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a private index lets a file be replaced under its name; that it happened is still worth a look.
    /// A tag can be moved, by whoever owns the repository; nobody should.
    /// Where the URL proves that the hash was edited, `contradictory-digests` says so instead.
    ///
    /// ## References
    ///
    /// - PyPI: [File name reuse](https://pypi.org/help/#file-name-reuse)
    "changed-file-hash": "hash exchanged under the same file name",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for kept in kept_files(context.locked) {
        let same_path = blake2b(kept.old).is_some_and(|old| blake2b(kept.new) == Some(old));
        if !contradict(kept.old, kept.new) || same_path {
            continue;
        }
        let new = kept.new.hashes.first();
        let shown =
            |hashes: &[crate::model::LockedHash]| hashes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message =
            format!("{} is to have another hash than before, under the same name and version", code(&kept.name));
        let finding = findings
            .finding(kept.after.at(new.map_or(kept.new.span, |hash| hash.span)), kept.after.package.subject(), message)
            .help("Fetch the file from its index and compare before anybody installs from this lock file")
            .evidence("hash before", shown(&kept.old.hashes))
            .evidence("hash after", shown(&kept.new.hashes))
            .identified_by(format!("{} {}", kept.name, shown(&kept.new.hashes)));
        findings.push(finding);
    }
    check_commits(context, findings);
}

/// Repositories whose tag stays.
fn check_commits(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (before, after) in context.locked.iter().filter_map(LockedPair::both) {
        let (old, new) = (&before.package.source, &after.package.source);
        let (Some(was), Some(is)) = (&old.reference, &new.reference) else { continue };
        let (Some(url), Some(tag)) = (&new.url, new.requested.as_deref().filter(|tag| is_version(tag))) else {
            continue;
        };
        let is_commit = is.value.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_kept = (is_commit && matches!(new.kind, SourceKind::Vcs(_)))
            && old.requested.as_deref() == Some(tag)
            && old.url.as_ref().is_some_and(|old| old.value == url.value);
        if !is_kept || was.value.eq_ignore_ascii_case(&is.value) {
            continue;
        }
        let name = code(after.package.name.as_written());
        let message = format!("{name} is to be another commit than before, under the same tag {}", code(tag));
        let finding = findings
            .finding(after.at(is.span), after.package.subject(), message)
            .help("Look in the repository itself which commit the tag is, and who moved it")
            .evidence("what is installed", "the commit, whatever the tag is")
            .evidence("commit before", was.value.clone())
            .evidence("repository", redact(&url.value))
            .identified_by(is.value.clone());
        findings.push(finding.at_most(Severity::Medium));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn algorithms_are_compared_each_by_itself() {
        let lock = |hash: &str| {
            format!("[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{{file = \"a-1.zip\", hash = \"{hash}\"}}]\n")
        };
        let change =
            |old: &str, new: &str| format!("==> base/pdm.lock <==\n{}==> pdm.lock <==\n{}", lock(old), lock(new));
        check("changed-file-hash", &change("md5:aa", "sha256:bb"));
        check("changed-file-hash", &change("sha256:AA", "sha256:aa"));
        check(
            "changed-file-hash",
            &(change("sha256:aa", "sha256:bb")
                + "                                    ^^^^^^^^^ changed-file-hash: `a-1.zip` is to have another hash\n"),
        );
    }

    #[test]
    fn a_commit_under_the_same_tag_changes() {
        let uv = |query: &str, commit: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ git = \"https://e.org/a?{query}#{commit}\" }}\n"
            )
        };
        let change = |old: &str, new: &str| {
            check("changed-file-hash", &format!("==> base/uv.lock <==\n{old}==> uv.lock <==\n{new}"));
        };
        change(
            &uv("tag=v1.0", "0123"),
            &(uv("tag=v1.0", "4567")
                + "                                           ^^^^ changed-file-hash: `a` is to be another commit than before, under the same tag `v1.0`\n"),
        );
        change(&uv("tag=v1.0", "0123"), &uv("tag=v1.1", "4567"));
        change(&uv("branch=1.0", "0123"), &uv("branch=1.0", "4567"));
        change(&uv("rev=main", "0123"), &uv("rev=main", "4567"));
        let poetry = |commit: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"git\"\nurl = \"https://e.org/a\"\nreference = \"v1.0\"\nresolved_reference = \"{commit}\"\n"
            )
        };
        check(
            "changed-file-hash",
            &format!(
                "==> base/poetry.lock <==\n{}==> poetry.lock <==\n{}                      ^^^^ changed-file-hash: `a`\n",
                poetry("0123"),
                poetry("4567")
            ),
        );
    }

    #[test]
    fn local_archives_change() {
        let lock = |hash: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\npath = \"./a-1.zip\"\nfiles = [{{file = \"a-1.zip\", hash = \"{hash}\"}}]\n"
            )
        };
        check(
            "changed-file-hash",
            &format!("==> base/pdm.lock <==\n{}==> pdm.lock <==\n{}", lock("sha256:aa"), lock("sha256:bb")),
        );
    }
}
