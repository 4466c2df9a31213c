//! `direct-reference`: an archive from a URL that no hash checks.

use super::support::{hash_checked_files, is_input};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::model::Source;
use crate::prose::code;
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for archives that are named by URL and have neither a hash in the URL's fragment nor a `--hash`.
    /// The severity is low where the URL names a full commit, or a file of the public index, which never changes one.
    ///
    /// ## Why it matters
    ///
    /// An index keeps a released file as it is; the server behind any other URL may serve another file tomorrow.
    /// The name in front of the `@` is not checked against anybody's records either.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-tools @ https://files.example.org/acme_tools-1.4-py3-none-any.whl
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// acme-tools @ https://files.example.org/acme_tools-1.4-py3-none-any.whl#sha256=4cd7b14b6da5e0f0b76ecff2a20dd1c0a5cf3a1a2dc0b6c4d7c3d3ae8f2a1c10
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the server makes the archive anew each time, so that no hash would hold: then depend on a full commit through `git+https`.
    /// Inputs of pip-compile (`.in`) are left alone: what is locked from them has the hash.
    ///
    /// ## References
    ///
    /// - Python packaging: [Direct references](https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references)
    /// - pip: [Secure installs](https://pip.pypa.io/en/stable/topics/secure-installs/)
    "direct-reference": "direct URL without a hash",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    // There pip refuses what has no hash, and `mixed-hashes` says so.
    let checked = hash_checked_files(project);
    for entry in project.requirements() {
        let requirement = entry.requirement;
        let Source::Url(url) = &requirement.source else { continue };
        let has_hash = url.hash().is_some() || !requirement.hashes.is_empty();
        let file = entry.document.file;
        if url.is_vcs() || url.host().is_empty() || has_hash || is_input(project, file) || checked.contains(&file) {
            continue;
        }
        let message = format!(
            "{} is whatever {} serves on the day of the install: no hash says which file it must be",
            code(&requirement.label()),
            code(&url.host())
        );
        let separator = if url.fragment.is_empty() { '#' } else { '&' };
        let finding = findings
            .finding(entry.at(url.span), requirement.subject(), message)
            .help(format!("Add `{separator}sha256=` and the file's digest to the URL"))
            .identified_by(url.redacted());
        findings.push(if is_fixed(url) { finding.at_most(Severity::Low) } else { finding });
    }
}

/// Whether the URL names one file for ever, as far as its server keeps its word.
fn is_fixed(url: &DirectUrl) -> bool {
    let is_commit = |part: &str| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    PUBLIC_INDEX_HOSTS.contains(&url.host().as_str())
        || url.path.split('/').any(|segment| {
            let stem =
                ["zip", "tar.gz", "tar.bz2", "tgz"].iter().find_map(|end| segment.strip_suffix(end)?.strip_suffix('.'));
            is_commit(stem.unwrap_or(segment))
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn an_archive_without_a_hash_is_found_in_any_form() {
        check(
            "direct-reference",
            "a @ https://e.org/a.zip ; os_name == 'nt'\n    ^^^^^^^^^^^^^^^^^^^ direct-reference: whatever `e.org` serves\n\
             ftp://u:p@e.org/b.tar.gz#egg=b\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ direct-reference\n",
        );
        check(
            "direct-reference",
            "==> constraints.txt <==\na @ https://e.org/a.zip\n    ^^^^^^^^^^^^^^^^^^^ direct-reference\n",
        );
    }

    #[test]
    fn hashes_paths_and_version_control_are_other_matters() {
        check(
            "direct-reference",
            "==> r.txt <==\na @ https://e.org/a.zip#egg=a&sha1=00\nb @ git+https://e.org/b\n./c.zip\nfile:///d.zip\n==> c.zip <==\n==> r.in <==\na @ https://e.org/a.zip\n",
        );
        check("direct-reference", "a @ https://e.org/a.zip --hash=sha256:00\nb @ https://e.org/b.zip\n");
    }

    #[test]
    fn what_its_server_never_changes_is_a_lesser_matter() {
        let report = Fixture::parse(
            "https://e.org/x/archive/0123456789012345678901234567890123456789.tar.gz\nhttps://files.pythonhosted.org/packages/a-1-py3-none-any.whl\nhttps://e.org/x/archive/main.zip\n",
        )
        .report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "direct-reference");
        assert_eq!(of_rule.map(|finding| finding.severity.name()).collect::<Vec<_>>(), ["low", "low", "medium"]);
    }

    #[test]
    fn another_url_is_another_finding() {
        check(
            "direct-reference",
            "==> base/r.txt <==\na @ https://e.org/a.zip\nb @ https://e.org/b.zip\n==> r.txt <==\na @ https://f.org/a.zip\n    ^^^^^^^^^^^^^^^^^^^ direct-reference\nb @ https://e.org/b.zip ; os_name == 'nt'\n",
        );
    }
}
