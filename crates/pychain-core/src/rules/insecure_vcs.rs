//! `insecure-vcs`: version control over a connection that anybody on the way can change.

use super::lock_files::manifest_beside;
use super::support::{answers_https, has_port, is_loopback, part_of_url};
use crate::audit::{Context, Findings};
use crate::finding::{Safety, Severity};
use crate::model::{Source, SourceKind};
use crate::order::Set;
use crate::prose::code;
use crate::text::{Edit, FileId, Span};
use crate::url::{DirectUrl, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for version control references over a transport without encryption: `git+http`, `git+git`, `hg+http`, `hg+static-http`, `svn+http`, `svn+svn`, `bzr+http`, `bzr+ftp`.
    /// In lock files it looks at the repositories of packages whose manifest beside the file does not name such a reference.
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
    let mut told = Set::new();
    for entry in context.project.requirements() {
        let requirement = entry.requirement;
        let Source::Url(url) = &requirement.source else { continue };
        let Some(system) = url.vcs().filter(|_| PLAIN.contains(&url.transport()) && !is_loopback(&url.host())) else {
            continue;
        };
        let exact = names_content(system, url.revision());
        let message = message(&requirement.label(), &url.scheme, exact);
        if let Some(name) = &requirement.name {
            told.insert((entry.document.file, name.normalized()));
        }
        let transport = part_of_url(context.project, &entry, url, system.len() + 1..url.scheme.len());
        let mut finding = findings
            .finding(transport.unwrap_or(entry.at(url.span)), requirement.subject(), message)
            .help(format!("Fetch it over `{system}+https:` or `{system}+ssh:`"))
            .identified_by(url.redacted());
        if exact {
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
    check_locks(context, &told, findings);
}

/// Repositories in lock files.
fn check_locks(context: &Context<'_>, told: &Set<(FileId, &str)>, findings: &mut Findings<'_>) {
    for locked in context.project.locked() {
        let package = locked.package;
        let (SourceKind::Vcs(system), Some(word)) = (&package.source.kind, &package.source.url) else { continue };
        let Ok(url) = DirectUrl::parse(&word.value, Span::default()) else { continue };
        if !PLAIN.contains(&url.transport()) || url.host().is_empty() || is_loopback(&url.host()) {
            continue;
        }
        let manifest = manifest_beside(context.project, locked.document, locked.lock.format);
        if manifest.is_some_and(|manifest| told.contains(&(manifest.file, package.name.normalized()))) {
            continue;
        }
        let reference = package.source.reference.as_ref().map(|reference| reference.value.as_str());
        let exact = names_content(system, reference);
        let finding = findings
            .finding(locked.at(word.span), package.subject(), message(package.name.as_written(), &url.scheme, exact))
            .help("Name a repository that is reached over `https:` or `ssh:`, and lock again")
            .identified_by(redact(&word.value));
        findings.push(if exact { finding.at_most(Severity::Low) } else { finding });
    }
}

fn message(name: &str, scheme: &str, exact: bool) -> String {
    let outcome = if exact {
        "and only the name of the commit protects it on the way"
    } else {
        "so that anybody on the way can put other code in its place"
    };
    format!("{} is fetched over `{scheme}:`, {outcome}", code(name))
}

/// Whether the revision is a digest of what it names.
fn names_content(system: &str, revision: Option<&str>) -> bool {
    matches!(system, "git" | "hg")
        && revision.is_some_and(|revision| {
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
    fn repositories_of_lock_files_are_told() {
        let commit = "0123456789012345678901234567890123456789";
        let poetry = |url: &str, mark: &str, reference: &str| {
            format!(
                "==> poetry.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"git\"\nurl = \"{url}\"\n{mark}resolved_reference = \"{reference}\"\n"
            )
        };
        let mark = "       ^^^^^^^^^^^^^ insecure-vcs: `a` is fetched over `git:`, ";
        check("insecure-vcs", &poetry("git://e.org/a", &format!("{mark}and only the name\n"), commit));
        check("insecure-vcs", &poetry("git://e.org/a", &format!("{mark}so that anybody\n"), "main"));
        for url in ["https://e.org/a", "git@e.org:a", "git:a", "http://localhost/a", "../a"] {
            check("insecure-vcs", &poetry(url, "", commit));
        }
        check(
            "insecure-vcs",
            &format!(
                "==> uv.lock <==\n[[package]]\nname = \"a\"\nsource = {{ git = \"http://e.org/a?rev=main#{commit}\" }}\n                  ^^^^^^^^^^^^^^^^^^^^^^^ insecure-vcs: only\n"
            ),
        );
    }

    #[test]
    fn what_the_manifest_says_is_not_said_again() {
        check(
            "insecure-vcs",
            "==> pyproject.toml <==\n[project]\ndependencies = [\"a @ git+http://e.org/a\"]\n                         ^^^^ insecure-vcs\n==> uv.lock <==\n[[package]]\nname = \"a\"\nsource = { git = \"http://e.org/a#01\" }\n",
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
