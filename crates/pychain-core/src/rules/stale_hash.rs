//! `stale-hash`: a version is another one, and its hashes are those of the one before.

use super::lock_files::digest_of;
use crate::audit::{Context, Findings};
use crate::diff::LockedPair;
use crate::finding::{Finding, Location, Subject};
use crate::model::LockedHash;
use crate::order::Set;
use crate::prose::code;
use crate::requirement::typed;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements and locked packages whose version the change alters while their hashes stay.
    /// In a requirements file or a `Pipfile.lock`, which do not tell the file of a hash, no hash may be a new one;
    /// of a lock file that does, each file is judged by itself.
    ///
    /// ## Why it matters
    ///
    /// Files of two versions do not have the same hash, so one of the two is wrong: the installer refuses the file, or installs what nobody meant.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// idna==3.6 \
    ///     --hash=sha256:c05567e9c24a6b9faaa835c4821bad0590fbb9d5779e7caa6e1cc4978e7eb24f
    /// ==> requirements.txt <==
    /// idna==3.7 \
    ///     --hash=sha256:c05567e9c24a6b9faaa835c4821bad0590fbb9d5779e7caa6e1cc4978e7eb24f
    /// ```
    ///
    /// ## Use instead
    ///
    /// Let the tool that writes the hashes change the version.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// idna==3.6 \
    ///     --hash=sha256:c05567e9c24a6b9faaa835c4821bad0590fbb9d5779e7caa6e1cc4978e7eb24f
    /// ==> requirements.txt <==
    /// idna==3.7 \
    ///     --hash=sha256:82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When it was the base that had the hashes of another version, and the change puts that right.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "stale-hash": "hash of the version before",
    severity: High, confidence: Medium, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for change in context.changes {
        let Some((before, after)) = change.both() else { continue };
        let (Some(old), Some(new)) = (before.requirement.pin(), after.requirement.pin()) else { continue };
        let Some(first) = after.requirement.hashes.first().filter(|_| differ(&old.version, &new.version)) else {
            continue;
        };
        let of_old: Set<_> = before.requirement.hashes.iter().map(|hash| (hash.algorithm, &hash.digest)).collect();
        if after.requirement.hashes.iter().all(|hash| of_old.contains(&(hash.algorithm, &hash.digest))) {
            let places = [after.requirement.specifiers_span, first.digest_span].map(|span| after.at(span));
            let what = [&*after.requirement.label(), &old.version, &new.version];
            findings.push(finding(findings, places, after.requirement.subject(), what));
        }
    }
    for (before, after) in context.locked.iter().filter_map(LockedPair::both) {
        let (old, new) = (before.package, after.package);
        if !old.is_fetched() || !new.is_fetched() || !differ(old.version(), new.version()) {
            continue;
        }
        let of_old: Set<_> = old.files.iter().flat_map(|file| &file.hashes).map(digest_of).collect();
        let had = |hash: &&LockedHash| of_old.contains(&digest_of(hash));
        let is_named = new.files.iter().all(|file| file.file_name().is_some());
        let hashes = || new.files.iter().flat_map(|file| &file.hashes);
        let stale = hashes().find(had).filter(|_| is_named || hashes().all(|hash| had(&hash)));
        if let Some(hash) = stale {
            let what = [new.name.as_written(), old.version(), new.version()];
            let places = [new.place(), hash.span].map(|span| after.at(span));
            findings.push(finding(findings, places, new.subject(), what));
        }
    }
}

fn differ(old: &str, new: &str) -> bool {
    typed::version(old).zip(typed::version(new)).is_some_and(|(old, new)| old != new)
}

/// At the version, which is what the change alters.
fn finding(
    findings: &Findings<'_>,
    [version, hash]: [Location; 2],
    subject: Subject,
    [name, old, new]: [&str; 3],
) -> Finding {
    let message = format!("{} is {} now, with a hash that {} had", code(name), code(new), code(old));
    findings
        .finding(version, subject, message)
        .help("Lock it again, so that the hashes are those of the version")
        .related(hash, format!("the hash that {old} had"))
        .identified_by(format!("{old} {new}"))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn other_spellings_and_what_is_new_or_left_over_are_no_sign() {
        check(
            "stale-hash",
            "==> base/r.txt <==\na==1 --hash=sha256:aa\nb==1 --hash=sha256:bb\nc>=1 --hash=sha256:cc\nd==1\n\
             ==> r.txt <==\na==1.0 --hash=sha256:aa\nb==2 --hash=sha256:bb --hash=sha256:b2\nc>=2 --hash=sha256:cc\nd==2\n",
        );
    }

    #[test]
    fn locked_files_are_judged_one_by_one() {
        let lock = |version: &str, files: &str| {
            format!("[[package]]\nname = \"a\"\nversion = \"{version}\"\nfiles = [\n{files}]\n")
        };
        let file = |name: &str, digest: &str| format!("{{file = \"{name}\", hash = \"sha256:{digest}\"}},\n");
        let old = lock("1", &(file("a-1-py3-none-any.whl", "aa") + &file("a-1.tar.gz", "bb")));
        let change = |new: &str| format!("==> base/pdm.lock <==\n{old}==> pdm.lock <==\n{new}");
        check("stale-hash", &change(&lock("2", &(file("a-2-py3-none-any.whl", "cc") + &file("a-2.tar.gz", "dd")))));
        let stale = file("a-2-py3-none-any.whl", "cc") + &file("a-2.tar.gz", "bb");
        let told = lock("2\"\n           ^ stale-hash: `a` is `2` now, with a hash that `1` had", &stale)
            .replace("had\"", "had");
        check("stale-hash", &change(&told));
    }

    #[test]
    fn hashes_without_names_are_judged_together() {
        let lock =
            |entry: &str| format!("{{\"_meta\": {{}}, \"default\": {{\n\"a\": {entry}\n}}, \"develop\": {{}}}}\n");
        let old = lock("{\"version\": \"==1\", \"hashes\": [\"sha256:aa\", \"sha256:bb\"]}");
        let change = |new: &str| format!("==> base/Pipfile.lock <==\n{old}==> Pipfile.lock <==\n{}", lock(new));
        check("stale-hash", &change("{\"version\": \"==2\", \"hashes\": [\"sha256:aa\", \"sha256:cc\"]}"));
        check(
            "stale-hash",
            &change("{\"version\": \"==2\", \"hashes\": [\"sha256:aa\"]}\n                    ^ stale-hash"),
        );
    }
}
