//! `insecure-url`: an archive fetched over a connection that anybody on the way can change.

use super::lock_files::{host, is_http};
use super::support::{answers_https, has_port, is_loopback, part_of_url};
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Safety, Severity};
use crate::model::{Source, SourceKind};
use crate::order::Set;
use crate::prose::code;
use crate::text::{Edit, Span};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements whose archive is fetched over `http:` or `ftp:`.
    /// The severity is low where a hash checks what comes.
    /// In lock files it looks at the URL of each file, and tells each host once.
    ///
    /// ## Why it matters
    ///
    /// Without TLS everybody between you and the server can answer in its place, and what they answer is installed.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-tools @ http://files.example.org/acme_tools-1.4-py3-none-any.whl
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// acme-tools @ https://files.example.org/acme_tools-1.4-py3-none-any.whl
    /// ```
    ///
    /// The fix is safe for hosts that are known to answer over HTTPS; of others nobody can tell from the file.
    ///
    /// ## When it is wrong
    ///
    /// When the connection is protected in another way, by a tunnel say.
    /// This machine (`localhost`, `127.0.0.1`, `::1`) is left alone.
    ///
    /// ## References
    ///
    /// - MITRE: [CWE-494: Download of Code Without Integrity Check](https://cwe.mitre.org/data/definitions/494.html)
    "insecure-url": "archive fetched without TLS",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let project = context.project;
    for entry in project.requirements() {
        let requirement = entry.requirement;
        let Source::Url(url) = &requirement.source else { continue };
        if !matches!(url.scheme.as_str(), "http" | "ftp") || url.host().is_empty() || is_loopback(&url.host()) {
            continue;
        }
        let name = code(&requirement.label());
        let has_hash = url.hash().is_some() || !requirement.hashes.is_empty();
        let message = if has_hash {
            format!("{name} is fetched over `{}:`, and only its hash protects it on the way", url.scheme)
        } else {
            format!(
                "{name} is fetched over `{}:`, so that anybody on the way can put another file in its place",
                url.scheme
            )
        };
        let scheme = part_of_url(project, &entry, url, 0..url.scheme.len());
        let mut finding = findings
            .finding(scheme.unwrap_or(entry.at(url.span)), requirement.subject(), message)
            .help("Fetch it over `https:`")
            .identified_by(url.redacted());
        if has_hash {
            finding = finding.at_most(Severity::Low);
        }
        if let Some(place) = scheme.filter(|_| url.scheme == "http" && !has_port(url)) {
            let safety = if answers_https(&url.host()) { Safety::Safe } else { Safety::Unsafe };
            finding = finding.fix("Fetch it over HTTPS", safety, vec![Edit::replace(place.span, "https")]);
        }
        findings.push(finding);
    }
}

/// Files of lock files: one finding for each package and host, in a full audit for each lock file and host.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut told = Set::new();
    for locked in context.project.locked() {
        let package = locked.package;
        let who = (context.scope == Scope::Change).then(|| package.name.normalized());
        // An archive that is no index's has its URL at the package, in most formats.
        let archive = package.source.url.as_ref().filter(|_| package.source.kind == SourceKind::Url);
        let archive = archive.map(|url| (url, package.is_hashed()));
        let files = package.files.iter().filter_map(|file| Some((file.url.as_ref()?, !file.hashes.is_empty())));
        for (url, has_hash) in archive.into_iter().chain(files).filter(|(url, _)| is_http(&url.value)) {
            let host = host(&url.value).unwrap_or_default();
            if is_loopback(&host) || !told.insert((locked.document.file, who, host, has_hash)) {
                continue;
            }
            let name = code(package.name.as_written());
            let message = if has_hash {
                format!("{name} is fetched over `http:`, and only its hash protects it on the way")
            } else {
                format!("{name} is fetched over `http:`, so that anybody on the way can put another file in its place")
            };
            let exact = url.span.len() == url.value.len();
            let scheme = if exact { Span::new(url.span.range().start, url.span.range().start + 4) } else { url.span };
            let finding = findings
                .finding(locked.at(scheme), package.subject(), message)
                .help("Lock the package again, from an index that answers over `https:`")
                .identified_by(redact(&url.value));
            findings.push(if has_hash { finding.at_most(Severity::Low) } else { finding });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn files_of_a_lock_are_told_by_host() {
        let package = |name: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1\"\nfiles = [\n    {{url = \"http://e.org/{name}-1.zip\", hash = \"sha256:aa\"}},\n"
            )
        };
        let mark = "            ^^^^ insecure-url: only its hash\n";
        check("insecure-url", &format!("==> pdm.lock <==\n{}{mark}]\n{}]\n", package("a"), package("b")));
        check(
            "insecure-url",
            &format!("==> base/pdm.lock <==\n==> pdm.lock <==\n{}{mark}]\n{}{mark}]\n", package("a"), package("b")),
        );
    }

    #[test]
    fn archives_of_a_lock_are_told() {
        check(
            "insecure-url",
            "==> poetry.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [{file = \"a-1.zip\", hash = \"sha256:aa\"}]\n[package.source]\ntype = \"url\"\nurl = \"http://e.org/a-1.zip\"\n       ^^^^ insecure-url: only its hash\n",
        );
    }

    #[test]
    fn plain_http_and_ftp_are_found() {
        check(
            "insecure-url",
            "a @ HTTP://e.org/a.zip\n    ^^^^ insecure-url: anybody on the way\nftp://e.org/b.zip#sha256=00\n^^^ insecure-url: only its hash\n\
             https://e.org/c.zip\nhttp://localhost:8000/d.zip\ne @ git+http://e.org/e\n",
        );
    }

    #[test]
    fn constraints_count() {
        check("insecure-url", "==> constraints.txt <==\na @ http://e.org/a.zip\n    ^^^^ insecure-url\n");
    }

    #[test]
    fn the_scheme_is_all_that_is_edited() {
        assert_eq!(
            fixed("insecure-url", "a[x] @ http://e.org/a.zip \\\r\n  ; os_name == 'nt'  # c\r\n"),
            "a[x] @ https://e.org/a.zip \\\r\n  ; os_name == 'nt'  # c\r\n"
        );
    }

    #[test]
    fn the_fix_is_safe_where_the_host_is_known() {
        let report = Fixture::parse(
            "http://e.org/a.zip\nhttp://github.com/x/archive/a.zip\nhttp://e.org:8080/b.zip\nhttp:\\\n//e.org/c.zip\n",
        )
        .report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "insecure-url");
        let safety: Vec<_> = of_rule.map(|finding| finding.fix.as_ref().map(|fix| fix.safety.name())).collect();
        assert_eq!(safety, [Some("unsafe"), Some("safe"), None, None]);
    }
}
