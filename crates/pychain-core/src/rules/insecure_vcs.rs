//! `insecure-vcs`: version control over a connection that anybody on the way can change.

use super::support::{answers_https, has_port, is_loopback, part_of_url};
use crate::audit::{Context, Findings};
use crate::finding::{Safety, Severity};
use crate::model::Source;
use crate::prose::code;
use crate::text::Edit;
use crate::url::DirectUrl;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for version control references over a transport without encryption: `git+http`, `git+git`, `hg+http`, `hg+static-http`, `svn+http`, `svn+svn`, `bzr+http`, `bzr+ftp`.
    /// The severity is low where git or Mercurial is asked for a full commit, which is checked against its own name.
    ///
    /// ## Why it matters
    ///
    /// Everybody between you and the server can answer in its place, and pip runs the build code of what they answer.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-tools @ git+http://git.example.org/acme/tools.git
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// acme-tools @ git+https://git.example.org/acme/tools.git
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
    /// - pip: [VCS support](https://pip.pypa.io/en/stable/topics/vcs-support/)
    /// - Git: [Git on the server, the protocols](https://git-scm.com/book/en/v2/Git-on-the-Server-The-Protocols)
    "insecure-vcs": "version control without encryption",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// Transports without encryption.
const PLAIN: [&str; 5] = ["http", "git", "static-http", "svn", "ftp"];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        let Source::Url(url) = &requirement.source else { continue };
        let Some(system) = url.vcs().filter(|_| PLAIN.contains(&url.transport()) && !is_loopback(&url.host())) else {
            continue;
        };
        let name = code(&requirement.label());
        let message = if names_content(url) {
            format!("{name} is fetched over `{}:`, and only the name of the commit protects it on the way", url.scheme)
        } else {
            format!(
                "{name} is fetched over `{}:`, so that anybody on the way can put other code in its place",
                url.scheme
            )
        };
        let transport = part_of_url(context.project, &entry, url, system.len() + 1..url.scheme.len());
        let mut finding = findings
            .finding(transport.unwrap_or(entry.at(url.span)), requirement.subject(), message)
            .help(format!("Fetch it over `{system}+https:` or `{system}+ssh:`"))
            .identified_by(url.redacted());
        if names_content(url) {
            finding = finding.at_most(Severity::Low);
        }
        let is_known = answers_https(&url.host());
        let answers = url.transport() == "http" || (system == "git" && is_known);
        if let Some(place) = transport.filter(|_| answers && !has_port(url)) {
            let safety = if is_known { Safety::Safe } else { Safety::Unsafe };
            finding = finding.fix("Fetch it over HTTPS", safety, vec![Edit::replace(place.span, "https")]);
        }
        findings.push(finding);
    }
}

/// Whether the revision is a digest of what it names.
fn names_content(url: &DirectUrl) -> bool {
    matches!(url.vcs(), Some("git" | "hg"))
        && url.revision().is_some_and(|revision| {
            matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn the_transport_is_what_is_marked() {
        check(
            "insecure-vcs",
            "a @ git+git://e.org/a\n        ^^^ insecure-vcs: over `git+git:`\n-e svn+http://e.org/b#egg=b\n       ^^^^ insecure-vcs: can put other code\n\
             c @ hg+http://e.org/c@0123456789012345678901234567890123456789\n       ^^^^ insecure-vcs: only the name of the commit\n",
        );
    }

    #[test]
    fn encrypted_and_local_ones_are_left_alone() {
        check(
            "insecure-vcs",
            "a @ git+https://e.org/a\nb @ git+ssh://git@e.org/b\nc @ git+file:///c\nd @ git+http://127.0.0.1:3000/d\ne @ bzr+lp:e\nhttp://e.org/f.zip\n",
        );
    }

    #[test]
    fn the_transport_is_all_that_is_edited() {
        assert_eq!(
            fixed("insecure-vcs", "-e git+http://e.org/a@v1#egg=a  # c\r\nb\r\n"),
            "-e git+https://e.org/a@v1#egg=a  # c\r\nb\r\n"
        );
        assert_eq!(fixed("insecure-vcs", "a @ git+git://github.com/x/a\n"), "a @ git+https://github.com/x/a\n");
    }

    #[test]
    fn where_the_other_transport_is_not_known_there_is_no_fix() {
        let report =
            Fixture::parse("a @ git+git://e.org/a\nb @ git+http://e.org:80/b\nc @ svn+svn://e.org/c\n").report();
        assert!(
            report
                .findings
                .iter()
                .filter(|finding| finding.rule.id == "insecure-vcs")
                .all(|finding| finding.fix.is_none())
        );
    }
}
