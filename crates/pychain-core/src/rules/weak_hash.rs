//! `weak-hash`: the digest in a URL's fragment is of an algorithm that does not protect.

use super::support::{is_fixed, part_of_url};
use crate::audit::{Context, Findings};
use crate::digest::Algorithm;
use crate::finding::Severity;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `md5`, `sha1` and `sha224` in the fragment of a URL.
    /// There pip still takes them; a `--hash` of these algorithms it refuses.
    ///
    /// ## Why it matters
    ///
    /// Two files with the same MD5 or SHA-1 can be made on purpose: one to be reviewed, another to be installed.
    /// A stronger `--hash` on the same line does not help, because pip takes a file that matches any one of the hashes.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// https://files.example.org/acme_tools-1.4-py3-none-any.whl#md5=0cc175b9c0f1b6a831c399e269772661
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// https://files.example.org/acme_tools-1.4-py3-none-any.whl#sha256=ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// SHA-224 is not broken: it is named, with a low severity, because pip counts it among the weak ones and nothing else uses it.
    /// Low it is too where the URL names a full commit or a file of the public index: that is a second hold.
    ///
    /// ## References
    ///
    /// - pip: [Hash-checking mode](https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode)
    "weak-hash": "hash of a weak algorithm",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        let Some(url) = requirement.direct_url().filter(|url| !url.is_vcs()) else { continue };
        let Some((algorithm, digest)) = url.hash().filter(|(algorithm, _)| !algorithm.is_strong()) else { continue };
        let written = format!("{algorithm}={digest}");
        let part = url.text.rfind(&written).map(|at| at..at + written.len());
        let place = part.and_then(|part| part_of_url(context.project, &entry, url, part)).unwrap_or(entry.at(url.span));
        let name = code(&requirement.label());
        let message = if requirement.hashes.is_empty() {
            format!("{name} is checked by nothing stronger than `{algorithm}`")
        } else {
            format!("{name} has an `{algorithm}` in its URL, which is as good to pip as the `--hash` beside it")
        };
        let finding = findings
            .finding(place, requirement.subject(), message)
            .help("Replace it by `sha256=` and the file's SHA-256 digest")
            .identified_by(written);
        // A URL that names one file for ever needs the hash less.
        let is_lesser = algorithm == Algorithm::Sha224 || is_fixed(url);
        findings.push(if is_lesser { finding.at_most(Severity::Low) } else { finding });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn the_weak_hash_is_found_in_the_fragment() {
        check(
            "weak-hash",
            "a @ https://e.org/a.zip#egg=a&sha1=aa ; os_name == 'nt'\n                              ^^^^^^^ weak-hash: nothing stronger than `sha1`\n\
             https://e.org/b.zip#md5=bb --hash=sha256:00\n                    ^^^^^^ weak-hash: as good to pip\nfile:///c.zip#sha224=cc\n              ^^^^^^^^^ weak-hash\n",
        );
    }

    #[test]
    fn a_full_commit_in_the_url_is_a_second_hold() {
        let text = "https://e.org/0123456789012345678901234567890123456789/a.zip#md5=aa\nhttps://e.org/a.zip#md5=aa\n";
        let report = Fixture::parse(text).report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "weak-hash");
        assert_eq!(of_rule.map(|finding| finding.severity.name()).collect::<Vec<_>>(), ["low", "medium"]);
    }

    #[test]
    fn strong_hashes_and_what_pip_does_not_check_are_left_alone() {
        check(
            "weak-hash",
            "https://e.org/a.zip#sha256=aa\nhttps://e.org/b.zip#MD5=aa\nc @ git+https://e.org/c#md5=aa\nhttps://e.org/d.zip?md5=aa\n",
        );
    }

    #[test]
    fn another_digest_is_another_finding() {
        check(
            "weak-hash",
            "==> base/r.txt <==\nhttps://e.org/a.zip#md5=aa\n==> r.txt <==\nhttps://e.org/a.zip#md5=bb\n                    ^^^^^^ weak-hash\n",
        );
    }
}
