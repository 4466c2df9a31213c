//! `removed-hash`: a change takes the hashes from a requirement and the install goes on without them.

use super::lock_files::{kept_files, same_version};
use super::support::list;
use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::finding::{Location, Subject};
use crate::model::{LockedPackage, Requirement};
use crate::name::ProjectName;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::FileId;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements that had hashes before the change and have none after it, where pip would install them all the same.
    /// In lock files, for versions that had hashes and for files that had one.
    /// Where a file loses all its hashes, four requirements or more, it is said once.
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

/// From so many on, a file that loses every hash is one finding.
const MANY: usize = 4;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let modes = context.project.runs.iter().filter_map(|run| run.hash_mode.as_ref()).filter(|mode| mode.on);
    let refused = modes.flat_map(|mode| &mode.lines).filter(|line| !line.verdict.is_ok());
    let refused: Set<FileId> = refused.map(|line| line.file).collect::<Set<_>>();
    // What one file no longer has a hash for another one may: a lock file, say, that takes its place.
    let by_line = context.project.requirements().filter(|entry| has_hash(entry.requirement));
    let hashed = by_line.filter_map(|entry| entry.requirement.name.as_ref());
    let locked = context.project.locked().filter(|it| it.package.is_fetched() && !it.package.is_unhashed());
    let hashed = hashed.chain(locked.map(|it| &it.package.name));
    let hashed: Set<&str> = hashed.map(ProjectName::normalized).collect::<Set<_>>();
    let mut files: Map<FileId, Vec<(&Entry<'_>, usize)>> = Map::new();
    for (before, after) in context.changes.iter().filter_map(crate::diff::Change::both) {
        if !has_hash(before.requirement) || has_hash(after.requirement) || after.constraint {
            continue;
        }
        let is_moved = before.document.source.path() != context.renames.base_path(after.document.source.path());
        if is_moved && after.requirement.name.as_ref().is_some_and(|name| hashed.contains(name.normalized())) {
            continue;
        }
        if !refused.contains(&after.document.file) {
            files.entry(after.document.file).or_default().push((after, before.requirement.hashes.len().max(1)));
        }
    }
    for (file, lost) in files {
        let is_bare = context.project.document(file).is_some_and(|document| {
            context.project.requirements_of(document).all(|entry| !has_hash(entry.requirement))
        });
        match lost.as_slice() {
            [(first, _), ..] if is_bare && lost.len() >= MANY => {
                let path = context.project.file(file).path();
                let count = lost.len();
                let message =
                    format!("the change takes the hashes from {count} requirements of {}, and leaves none", code(path));
                let finding = findings.finding(first.location(), Subject::File(path.to_owned()), message);
                let labels: Vec<String> = lost.iter().map(|(after, _)| after.requirement.label()).collect();
                let names = list(labels.iter().map(String::as_str));
                findings.push(finding.help(HELP).evidence("without their hashes", names));
            }
            _ => {
                for (after, count) in lost {
                    let message =
                        format!("the change takes {} from {}", plural(count), code(&after.requirement.label()));
                    let finding = findings.finding(after.location(), after.requirement.subject(), message);
                    findings.push(finding.help(HELP));
                }
            }
        }
    }
}

/// A package that lost all its hashes, and a file that lost its own.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut whole = Set::new();
    for (document, lock) in context.project.locks() {
        let mut remote = lock.packages.iter().filter(|package| package.is_fetched()).peekable();
        let Some(first) = remote.peek().copied() else { continue };
        let had = |pair: &&LockedPair<'_>| {
            let is_here = pair.after.is_some_and(|after| after.document.file == document.file);
            is_here && pair.before.is_some_and(|before| before.package.files.iter().any(|file| !file.hashes.is_empty()))
        };
        let count = context.locked.iter().filter(had).count();
        if count > 1 && remote.all(LockedPackage::is_unhashed) {
            whole.insert(document.file);
            let path = context.project.file(document.file).path();
            let message = format!("the change takes every hash from {}: {count} packages had some", code(path));
            let place = Location { file: document.file, span: first.name_span };
            let finding = findings.finding(place, Subject::File(path.to_owned()), message);
            findings.push(finding.help("Put the hashes back, or lock again with hashes"));
        }
    }
    for (before, after) in same_version(context.locked) {
        if whole.contains(&after.document.file) {
            continue;
        }
        let count = before.package.files.iter().filter(|file| !file.hashes.is_empty()).count();
        if count == 0 || !after.package.is_unhashed() {
            continue;
        }
        let package = after.package;
        let message = format!("the change takes {} from {}", plural(count), code(package.name.as_written()));
        let emptied = package.files_span.filter(|_| package.files.is_empty());
        let place = after.at(emptied.unwrap_or(package.name_span));
        let finding = findings.finding(place, package.subject(), message);
        findings.push(finding.help("Put the hashes back, or lock the package again"));
    }
    for kept in kept_files(context.locked) {
        let package = kept.after.package;
        if kept.old.hashes.is_empty() || !kept.new.hashes.is_empty() || package.is_unhashed() {
            continue;
        }
        let message = format!("the change takes the hash from {}", code(&kept.name));
        let finding = findings
            .finding(kept.after.at(kept.new.place()), package.subject(), message)
            .help("Put the hash back, or lock the package again")
            .identified_by(&*kept.name);
        findings.push(finding);
    }
}
const HELP: &str = "Put the hashes back, or lock the file again with hashes";

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
    fn what_a_lock_file_checks_from_now_on_lost_nothing() {
        let lock = |hash: &str| {
            format!(
                "==> base/r.txt <==\na==1 --hash=sha256:00\n==> pylock.toml <==\nlock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{{ url = \"https://e.org/a-1-py3-none-any.whl\"{hash} }}]\n==> pyproject.toml <==\n[dependency-groups]\ntypes = [\n\"a\",\n"
            )
        };
        check("removed-hash", &(lock(", hashes = { sha256 = \"00\" }") + "]\n"));
        check("removed-hash", &(lock("") + " ^ removed-hash\n]\n"));
    }

    #[test]
    fn where_other_hashes_remain_it_is_mixed_hashes() {
        let fixture = "==> base/r.txt <==\na==1 --hash=sha256:00\nb==1 --hash=sha256:00\n==> r.txt <==\na==1\n^^^^ mixed-hashes\nb==1 --hash=sha256:00\n";
        check("mixed-hashes", fixture);
        check("removed-hash", &fixture.replace("^^^^ mixed-hashes\n", ""));
    }

    #[test]
    fn a_package_or_a_file_of_a_lock_loses_its_hash() {
        let lock = |a: &str, b: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://e.org/s\" }}\nsdist = {{ url = \"https://e.org/a-1.zip\"{a} }}\n\
                 wheels = [\n{{ url = \"https://e.org/a-1-py3-none-any.whl\"{b} }},\n"
            )
        };
        let hash = ", hash = \"sha256:aa\"";
        let base = format!("==> base/uv.lock <==\n{}]\n==> uv.lock <==\n", lock(hash, hash));
        let mark =
            "         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ removed-hash: the hash from `a-1-py3-none-any.whl`\n]\n";
        check("removed-hash", &format!("{base}{}{mark}", lock(hash, "")));
        let none =
            lock("", "").replacen("name = \"a\"\n", "name = \"a\"\n        ^ removed-hash: all 2 hashes from `a`\n", 1);
        check("removed-hash", &format!("{base}{none}]\n"));
        check("unhashed-file", &format!("{base}{}]\n", lock("", "")));
    }

    #[test]
    fn a_file_that_loses_all_is_one_finding() {
        let hashed = |name: &str| format!("{name}==1 --hash=sha256:00\n");
        let base: String = ["a", "b", "c", "d"].map(hashed).concat();
        check(
            "removed-hash",
            &format!(
                "==> base/r.txt <==\n{base}==> r.txt <==\na==1\n^^^^ removed-hash: from 4 requirements of `r.txt`, and leaves none\nb==1\nc==1\nd==1\n"
            ),
        );
    }

    #[test]
    fn one_fact_is_told_once() {
        check("unhashed-requirement", "==> base/r.txt <==\na==1 --hash=sha256:00\n==> r.txt <==\na==1\n");
    }
}
