//! `malformed-digest`: a hash that no file can have.

use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::digest::Algorithm;
use crate::finding::{Location, Severity};
use crate::prose::code;
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for digests with the wrong number of digits, or with characters that are no hexadecimal digits: in `--hash` and in the fragment of a URL.
    /// The digests in lock files are looked at as well, and the names of their algorithms.
    ///
    /// ## Why it matters
    ///
    /// pip does not look at a digest before it has downloaded the file; then nothing matches and the install fails, as if the file had been tampered with.
    /// uv refuses the whole file.
    /// Where other hashes of the same requirement are right, pip passes over the wrong one.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c2
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// click==8.1.7 --hash=sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// Never: no file has such a digest.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "malformed-digest": "hash that no file can have",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        let all_wrong = requirement.hashes.iter().all(|hash| !hash.digest.fits(hash.algorithm));
        let mut wrong: Vec<(Algorithm, String, Location)> = Vec::new();
        // What a variable stands for nobody knows.
        for hash in requirement.hashes.iter().filter(|hash| !hash.digest.fits(hash.algorithm)) {
            let digest = hash.digest.to_string();
            if digest.contains("${") {
                continue;
            }
            let span = if hash.digest_span.is_empty() { hash.span } else { hash.digest_span };
            wrong.push((hash.algorithm, digest, entry.at(span)));
        }
        let fragment = requirement.direct_url().and_then(|url| Some((url, url.hash()?)));
        if let Some((url, (algorithm, digest))) = fragment.filter(|(_, (algorithm, digest))| !algorithm.accepts(digest))
        {
            let span = if url.span.is_empty() { requirement.span } else { url.span };
            wrong.push((algorithm, digest.to_owned(), entry.at(span)));
        }
        for (algorithm, digest, location) in wrong {
            push(context, findings, &entry, (algorithm, &digest), location, all_wrong);
        }
    }
}

/// What Python's `hashlib` knows beside pip's algorithms.
const OTHERS: [&str; 14] = [
    "blake2b",
    "blake2s",
    "md4",
    "md5-sha1",
    "ripemd160",
    "sha3_224",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "sha512_224",
    "sha512_256",
    "shake_128",
    "shake_256",
    "sm3",
];

/// Hashes in lock files.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    for locked in context.project.locked() {
        let package = locked.package;
        for hash in package.files.iter().flat_map(|file| &file.hashes) {
            let (digest, name) = (hash.digest.to_string(), code(package.name.as_written()));
            let Some(algorithm) = Algorithm::from_name(&hash.algorithm) else {
                let written = &*hash.algorithm;
                if !written.is_empty() && !OTHERS.contains(&&*written.to_ascii_lowercase()) {
                    let message = format!("{} of {name} is no hash algorithm: nothing checks the file", code(written));
                    let finding = findings.finding(locked.at(hash.span), package.subject(), message);
                    findings.push(finding.help("Lock the package again").identified_by(digest));
                }
                continue;
            };
            if hash.digest.fits(algorithm) {
                continue;
            }
            let message =
                format!("a {algorithm} digest of {name} {}: no file can match it", defect(algorithm, &digest));
            let finding = findings
                .finding(locked.at(hash.span), package.subject(), message)
                .help("Lock the package again")
                .evidence("expected", format!("{} hexadecimal digits", algorithm.hex_len()))
                .identified_by(digest);
            findings.push(finding);
        }
    }
}

fn push(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    entry: &Entry<'_>,
    (algorithm, digest): (Algorithm, &str),
    location: Location,
    all_wrong: bool,
) {
    let stops = all_wrong || context.config.installer == Installer::Uv;
    let outcome = match context.config.installer {
        Installer::Uv => "uv refuses the whole file",
        Installer::Pip if all_wrong => "no file can match it, so the install fails",
        Installer::Pip => "no file can match it",
    };
    let label = code(&entry.requirement.label());
    let message = format!("a {algorithm} digest of {label} {}: {outcome}", defect(algorithm, digest));
    let finding = findings
        .finding(location, entry.requirement.subject(), message)
        .help("Copy the digest again, or lock the file again with hashes")
        .evidence("expected", format!("{} hexadecimal digits", algorithm.hex_len()))
        .identified_by(digest)
        .at_most(if stops { Severity::High } else { Severity::Low });
    findings.push(finding);
}

fn defect(algorithm: Algorithm, digest: &str) -> String {
    if let Some(odd) = digest.chars().find(|c| !c.is_ascii_hexdigit()) {
        return format!("holds {}, which is no hexadecimal digit", code(&odd.to_string()));
    }
    let other = Algorithm::ALL.into_iter().find(|other| other.hex_len() == digest.len());
    let hint = other.map_or_else(String::new, |other| format!(", as many as {other} has"));
    format!("has {} digits instead of {}{hint}", digest.len(), algorithm.hex_len())
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const GOOD: &str = "ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28";

    #[test]
    fn the_defect_is_named() {
        check(
            "malformed-digest",
            "a --hash=sha256:12\n                ^^ malformed-digest: has 2 digits instead of 64: no file\n",
        );
        check("malformed-digest", "a --hash='sha256:12'\n                 ^^ malformed-digest: has 2 digits\n");
        check("malformed-digest", "a --hash=sha256:1'2'\n  ^^^^^^^^^^^^^^^^^^ malformed-digest: has 2 digits\n");
        check("malformed-digest", "a --hash sha256:\n  ^^^^^^^^^^^^^^ malformed-digest: has 0 digits\n");
        let odd = GOOD.replace("28", "2g");
        check(
            "malformed-digest",
            &format!("a --hash=sha256:{odd}\n                {} malformed-digest: holds `g`\n", "^".repeat(64)),
        );
        check(
            "malformed-digest",
            &format!(
                "a --hash=sha512:{GOOD}\n                {} malformed-digest: instead of 128, as many as sha256 has\n",
                "^".repeat(64)
            ),
        );
    }

    #[test]
    fn an_algorithm_that_nobody_knows_checks_nothing() {
        let lock = |hash: &str| {
            format!(
                "==> pdm.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{{file = \"a-1.zip\", hash = \"{hash}\"}}]\n"
            )
        };
        check("malformed-digest", &lock("blake2b:aa"));
        check("malformed-digest", &lock("aa"));
        let told =
            "                                    ^^^^^^^^^ malformed-digest: `sva256` of `a` is no hash algorithm\n";
        check("malformed-digest", &(lock("sva256:aa") + told));
    }

    #[test]
    fn continued_lines_and_constraints_count() {
        check(
            "malformed-digest",
            &format!(
                "==> constraints.txt <==\na==1 \\\n    --hash=sha256:{GOOD} \\\n    --hash=sha256:0\n                  ^ malformed-digest: no file can match it\n"
            ),
        );
    }

    #[test]
    fn a_fragment_counts_too() {
        check(
            "malformed-digest",
            "a @ https://h/a.zip#md5=0\n    ^^^^^^^^^^^^^^^^^^^^^ malformed-digest: a md5 digest of `a` has 1 digits\n",
        );
    }

    #[test]
    fn upper_case_is_left_alone() {
        check("malformed-digest", &format!("a --hash=sha256:{}\n", GOOD.to_uppercase()));
    }
}
