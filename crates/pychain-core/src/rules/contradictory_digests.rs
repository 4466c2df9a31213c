//! `contradictory-digests`: the two digests that a locked file of the public index has cannot both be right.

use super::lock_files::blake2b;
use crate::audit::{Context, Findings};
use crate::digest::Digest;
use crate::finding::Location;
use crate::order::Map;
use crate::prose::code;
use crate::tree::{Locked, Project};

crate::declare_rule! {
    /// ## What it does
    ///
    /// The public index makes the BLAKE2b-256 of a file the path of its URL, so a lock file that holds the URL and a SHA-256 holds two digests.
    /// Looks for one BLAKE2b-256 with two SHA-256, or the reverse, among the lock files of both sides of a change, or of one side.
    ///
    /// ## Why it matters
    ///
    /// No file has two digests of one algorithm, and no two files share one: one of the two lines was edited by hand.
    /// No tool looks at the pair.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28" },
    /// ]
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", hash = "sha256:0000000000000000000000000000000000000000000000000000000000000000" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Take the lines of the base back, or lock again.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Never: both are digests of one file.
    /// Which of the two lines was edited the finding does not know.
    ///
    /// ## References
    ///
    /// - PyPI: [Index API](https://docs.pypi.org/api/index-api/)
    "contradictory-digests": "file with digests that contradict each other",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// What is known of a file: its two digests, and where this was read; no place if it was in the base.
struct Known<'a> {
    path: [&'a str; 3],
    sha256: &'a Digest,
    place: Option<Location>,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut by_path: Map<[&str; 3], Known<'_>> = Map::new();
    let mut by_sha256: Map<&Digest, Known<'_>> = Map::new();
    for (_, path, sha256, _) in context.base.into_iter().flat_map(files) {
        by_path.entry(path).or_insert(Known { path, sha256, place: None });
        by_sha256.entry(sha256).or_insert(Known { path, sha256, place: None });
    }
    for (locked, path, sha256, place) in files(context.project) {
        let known = || Known { path, sha256, place: Some(place) };
        let other = match (by_path.get(&path), by_sha256.get(sha256)) {
            (Some(other), _) if other.sha256 != sha256 => Some((other, "SHA-256", other.sha256.to_string())),
            (_, Some(other)) if other.path != path => Some((other, "BLAKE2b-256", other.path.concat())),
            _ => None,
        };
        if let Some((other, algorithm, digest)) = other {
            let which = if other.place.is_some() { "another lock file or entry" } else { "the base" };
            let name = code(locked.package.name.as_written());
            let message = format!(
                "the two digests of a file of {name} cannot both be right: {which} gives it another {algorithm}"
            );
            let mut finding = findings
                .finding(place, locked.package.subject(), message)
                .help("Do not install from this lock file; one of the two lines was edited, so find out by whom")
                .evidence("SHA-256", sha256.to_string())
                .evidence("BLAKE2b-256", path.concat())
                .evidence("known from elsewhere", format!("{algorithm} {digest}"))
                .identified_by(format!("{} {sha256}", path.concat()));
            if let Some(place) = other.place {
                finding = finding.related(place, "the same file with other digests");
            }
            findings.push(finding);
            continue;
        }
        by_path.entry(path).or_insert_with(known);
        by_sha256.entry(sha256).or_insert_with(known);
    }
}

/// Every file of the public index with both of its digests, and the place of the SHA-256.
fn files(project: &Project) -> impl Iterator<Item = (Locked<'_>, [&str; 3], &Digest, Location)> {
    project.locked().flat_map(|locked| {
        locked.package.files.iter().filter_map(move |file| {
            let sha256 = file.sha256()?;
            Some((locked, blake2b(file)?, &sha256.digest, locked.at(sha256.span)))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const A: &str = "https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/a-1.zip";
    const B: &str = "https://files.pythonhosted.org/packages/ff/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/a-1.zip";

    fn lock(url: &str, hash: &str) -> String {
        format!(
            "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\nsdist = {{ hash = \"sha256:{hash}\", url = \"{url}\" }}\n"
        )
    }

    const MARK: &str = "                  ^^^^^^^^^ contradictory-digests\n";

    #[test]
    fn either_digest_gives_the_other_away() {
        check(
            "contradictory-digests",
            &format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{}{MARK}", lock(A, "aa"), lock(A, "bb")),
        );
        check(
            "contradictory-digests",
            &format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{}{MARK}", lock(A, "aa"), lock(B, "aa")),
        );
        check(
            "contradictory-digests",
            &format!("==> a/uv.lock <==\n{}==> b/uv.lock <==\n{}{MARK}", lock(A, "aa"), lock(A, "bb")),
        );
    }

    #[test]
    fn another_file_has_other_digests() {
        check(
            "contradictory-digests",
            &format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{}", lock(A, "aa"), lock(B, "bb")),
        );
    }
}
