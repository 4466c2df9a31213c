//! `mutable-vcs-reference`: code from version control at a name that can come to mean another revision.

use super::support::{LockedElsewhere, is_input, part_of_url};
use crate::audit::{Context, Findings};
use crate::finding::Severity;
use crate::model::{Source, SourceKind, Tool};
use crate::prose::code;
use crate::tree::{Entry, Project};
use crate::url::{DirectUrl, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for version control references that do not name one revision for ever: for git and Mercurial a full commit, for Subversion and Bazaar a revision number.
    /// The message says what the reference names instead: nothing, a branch, a tag, an abbreviated commit.
    /// In lock files the reference is what was locked.
    ///
    /// ## Why it matters
    ///
    /// A branch moves with every commit, and a tag can be moved by everybody who may push.
    /// An abbreviated commit gives way to a branch or tag of that name.
    /// No hash can check what comes from version control, so the full commit is the only pin that there is.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-tools @ git+https://git.example.org/acme/tools.git@main
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// acme-tools @ git+https://git.example.org/acme/tools.git@4b825dc642cb6eb9a060e54bf8d69288fbee4904
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When following a branch is what the file is for, such as tests against the next version of a dependency.
    /// Inputs of pip-compile (`.in`), and manifests whose lock file has the revision, are left alone: what is locked from them is what is installed.
    /// A review of a change leaves alone a tag that takes the place of another tag of the same repository.
    ///
    /// ## References
    ///
    /// - pip: [VCS support](https://pip.pypa.io/en/stable/topics/vcs-support/)
    /// - Git: [Specifying revisions](https://git-scm.com/docs/gitrevisions)
    "mutable-vcs-reference": "version control reference that can move",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let project = context.project;
    let elsewhere = LockedElsewhere::of(project);
    for entry in project.requirements().filter(|entry| !is_input(project, entry.document.file)) {
        let requirement = entry.requirement;
        let Source::Url(url) = &requirement.source else { continue };
        let Some(system) = System::of(url).filter(|system| !is_locked(&elsewhere, &entry, *system)) else { continue };
        let name = code(&requirement.label());
        let (message, severity) = match url.revision() {
            None => (
                format!("{name} names no revision: {} takes {}", entry.installer(), system.default()),
                Severity::Medium,
            ),
            // What a variable stands for is not in the file.
            Some(revision) if revision.contains("${") => continue,
            Some(revision) => match system.judge(revision) {
                None => continue,
                Some((what, severity)) => {
                    // What follows says whether it is a branch or a tag; a table has only its name.
                    let short = revision.strip_prefix("refs/heads/").or_else(|| revision.strip_prefix("refs/tags/"));
                    (format!("{name} is taken at {}, {what}", code(short.unwrap_or(revision))), severity)
                }
            },
        };
        let in_url = || revision_place(url).and_then(|part| part_of_url(project, &entry, url, part));
        let place = url.revision_span.map(|span| entry.at(span)).or_else(in_url);
        let finding = findings
            .finding(place.unwrap_or(entry.at(url.span)), requirement.subject(), message)
            .help(help(project, &entry, url, system))
            .identified_by(identity(url));
        findings.push(finding.at_most(severity));
    }
}

/// What to write, and where: a URL has its revision behind an `@`, a table under a key.
fn help(project: &Project, entry: &Entry<'_>, url: &DirectUrl, system: System) -> String {
    let is_table = !entry.document.is_of_command(entry.line) && project.text(entry.at(url.span)) != url.text;
    let place = match entry.document.tool(entry.line) {
        Tool::Pipenv if is_table => "as `ref`",
        Tool::Poetry | Tool::Uv if is_table => "as `rev`",
        _ => "after the `@`",
    };
    format!("{} {place}", system.help())
}

/// Whether a lock file of the manifest has the revision.
fn is_locked(elsewhere: &LockedElsewhere<'_>, entry: &Entry<'_>, system: System) -> bool {
    elsewhere.for_entry(entry).any(|package| {
        let reference = package.source.reference.as_ref().filter(|_| matches!(package.source.kind, SourceKind::Vcs(_)));
        reference.is_some_and(|reference| system.judge(&reference.value).is_none())
    })
}

/// Repositories in lock files: what is locked there should be one commit.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    for locked in context.project.locked() {
        let package = locked.package;
        let SourceKind::Vcs(vcs) = &package.source.kind else { continue };
        let system = match vcs.as_str() {
            "git" => System::Git,
            "hg" => System::Mercurial,
            _ => System::Numbered,
        };
        let name = code(package.name.as_written());
        let (message, severity, span) = match &package.source.reference {
            None => {
                let span = package.source.url.as_ref().map_or(package.name_span, |url| url.span);
                (
                    format!("{name} is locked to no revision: what is taken is {}", system.default()),
                    Severity::Medium,
                    span,
                )
            }
            Some(reference) => match system.judge(&reference.value) {
                None => continue,
                Some((what, severity)) => {
                    (format!("{name} is locked to {}, {what}", code(&reference.value)), severity, reference.span)
                }
            },
        };
        let url = package.source.url.as_ref().map(|url| redact(&url.value)).unwrap_or_default();
        let finding = findings
            .finding(locked.at(span), package.subject(), message)
            .help("Lock the package again, so that the full commit stands there")
            .identified_by(url);
        findings.push(finding.at_most(severity));
    }
}

/// What makes a reference another one: the repository and the branch. From tag to tag, or from one
/// abbreviated commit to the next, is the project's habit and no new matter.
fn identity(url: &DirectUrl) -> String {
    let text = url.redacted();
    let Some(revision) = url.revision() else { return text };
    let is_hex = revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kind = match revision {
        _ if revision.starts_with("refs/tags/") || is_version(revision) => "a tag",
        _ if is_hex => "a commit",
        _ => return text,
    };
    text.replace(&format!("@{revision}"), &format!("@ {kind}"))
}

/// The bytes of the revision in the URL's text: the end of its path.
fn revision_place(url: &DirectUrl) -> Option<std::ops::Range<usize>> {
    let revision = url.revision()?;
    let end = url.text.find(['?', '#']).unwrap_or(url.text.len());
    url.text.get(..end)?.ends_with(revision).then(|| end - revision.len()..end)
}

/// Which kinds of names a version control system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Git,
    Mercurial,
    /// Subversion and Bazaar: revisions are numbers, given by the server.
    Numbered,
}

impl System {
    fn of(url: &DirectUrl) -> Option<Self> {
        Some(match url.vcs()? {
            "git" => Self::Git,
            "hg" => Self::Mercurial,
            _ => Self::Numbered,
        })
    }

    fn default(self) -> &'static str {
        match self {
            Self::Git => "the newest commit of the default branch",
            Self::Mercurial => "the tip of the default branch",
            Self::Numbered => "the newest revision",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Git | Self::Mercurial => "Name the full commit, all its hexadecimal digits,",
            Self::Numbered => "Name the revision's number",
        }
    }

    /// What a revision is and how bad that is, unless it names one revision for ever.
    fn judge(self, revision: &str) -> Option<(&'static str, Severity)> {
        let is_hex = revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_number = revision.bytes().all(|byte| byte.is_ascii_digit());
        let is_full = is_hex && matches!((self, revision.len()), (Self::Git, 40 | 64) | (Self::Mercurial, 40));
        let what = match self {
            _ if is_full => return None,
            Self::Numbered if is_number || revision.starts_with("revid:") => return None,
            Self::Numbered => "which is no revision number",
            Self::Mercurial if is_number => "a number that means another revision in another clone",
            _ if revision.starts_with("refs/heads/") => "a branch, which moves",
            _ if revision.starts_with("refs/tags/") => "a tag, which can be moved",
            _ if revision.starts_with("refs/pull/") || revision.starts_with("refs/merge-requests/") => {
                "a proposed change, which its author can replace at any time"
            }
            _ if revision == "HEAD" || revision == "tip" => "the newest commit there is",
            // Digits alone are a date or a number more often than a commit.
            _ if is_hex && !is_number && revision.len() >= 7 => {
                return Some(("an abbreviated commit, which gives way to a branch or tag of that name", Severity::Low));
            }
            _ if is_version(revision) => "which looks like a tag, and a tag can be moved",
            _ => "a branch or a tag, which can move",
        };
        Some((what, Severity::Medium))
    }
}

/// `1.2`, `v1.2.3`, `release-1.2`: what people call tags.
pub(super) fn is_version(revision: &str) -> bool {
    let tail = revision.rsplit(['-', '/', '_']).next().unwrap_or_default();
    let tail = tail.strip_prefix(['v', 'V']).unwrap_or(tail);
    tail.contains('.') && tail.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::System;
    use crate::testing::{Fixture, check};

    #[test]
    fn the_place_is_the_revision_or_else_the_url() {
        check(
            "mutable-vcs-reference",
            "a @ git+ssh://git@e.org/a.git@main#egg=a ; os_name == 'nt'\n                              ^^^^ mutable-vcs-reference: at `main`, a branch or a tag\n\
             -e git+https://e.org/b#egg=b\n   ^^^^^^^^^^^^^^^^^^^^^^^^^ mutable-vcs-reference: names no revision\n",
        );
        check(
            "mutable-vcs-reference",
            "==> constraints.txt <==\na @ git+https://e.org/a@v1.0\n                        ^^^^ mutable-vcs-reference: looks like a tag\n",
        );
    }

    #[test]
    fn a_table_has_the_revision_under_a_key() {
        check(
            "mutable-vcs-reference",
            "==> pyproject.toml <==\n[tool.uv.sources]\nx = { git = \"https://e.org/x\", branch = \"main\" }\n                                         ^^^^ mutable-vcs-reference: at `main`\ny = { git = \"https://e.org/y\" }\n             ^^^^^^^^^^^^^^^ mutable-vcs-reference\n\
             ==> Pipfile <==\n[packages.z]\ngit = \"https://e.org/z\"\nref = \"next\"\n       ^^^^ mutable-vcs-reference: at `next`\n",
        );
    }

    #[test]
    fn what_setuptools_writes_down_pip_takes() {
        check(
            "mutable-vcs-reference",
            "==> setup.cfg <==\n[options]\ninstall_requires = a @ git+https://e.org/a\n                       ^^^^^^^^^^^^^^^^^^^ mutable-vcs-reference: pip takes\n",
        );
    }

    #[test]
    fn what_a_revision_is_depends_on_the_system() {
        let full = "0123456789abcdef0123456789ABCDEF01234567";
        let sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for (system, revision, expected) in [
            (System::Git, full, None),
            (System::Git, sha256, None),
            (System::Git, &full[..39], Some("an abbreviated commit")),
            (System::Git, "abc1234", Some("an abbreviated commit")),
            (System::Git, "20241122", Some("a branch or a tag")),
            (System::Git, "refs/pull/1/head", Some("a proposed change")),
            (System::Git, "refs/heads/1.x", Some("a branch, which")),
            (System::Git, "release/v1.2", Some("which looks like a tag")),
            (System::Git, "1.x", Some("a branch or a tag")),
            (System::Mercurial, full, None),
            (System::Mercurial, "12", Some("a number that means")),
            (System::Mercurial, "default", Some("a branch or a tag")),
            (System::Numbered, "12", None),
            (System::Numbered, "revid:x@e.org", None),
            (System::Numbered, "HEAD", Some("which is no revision number")),
        ] {
            let what = system.judge(revision).map(|(what, _)| what);
            let agrees = what.zip(expected).is_some_and(|(what, start)| what.starts_with(start));
            assert!(agrees || (what.is_none() && expected.is_none()), "{revision}: {what:?}");
        }
    }

    #[test]
    fn archives_and_variables_are_left_alone() {
        check(
            "mutable-vcs-reference",
            "https://e.org/archive/main.zip\na @ git+https://e.org/a@${REF}\n==> r.in <==\na @ git+https://e.org/a\n",
        );
    }

    #[test]
    fn what_a_lock_file_has_is_left_alone() {
        let manifest = "==> a/pyproject.toml <==\n[project]\ndependencies = [\"x\", \"y\"]\n[tool.uv.sources]\n\
            x = { git = \"https://e.org/x\", branch = \"main\" }\n";
        let locked = "==> a/uv.lock <==\nversion = 1\n[[package]]\nname = \"x\"\nversion = \"1\"\n\
            source = { git = \"https://e.org/x?branch=main#0123456789abcdef0123456789abcdef01234567\" }\n";
        check("mutable-vcs-reference", &format!("{manifest}{locked}"));
        let mark = "                                         ^^^^ mutable-vcs-reference: at `main`\n";
        for other in
            [locked.replace("a/uv", "b/uv"), locked.replace("\"x\"", "\"y\""), locked.replace("e.org/x", "f.org/x")]
        {
            check("mutable-vcs-reference", &format!("{manifest}{mark}{other}"));
        }
    }

    #[test]
    fn the_help_says_where_the_tool_looks_for_the_commit() {
        for (files, place) in [
            ("==> pyproject.toml <==\n[tool.uv.sources]\nx = { git = \"https://e.org/x\" }\n", "digits, as `rev`"),
            ("==> Pipfile <==\n[packages]\nx = { git = \"https://e.org/x\", ref = \"main\" }\n", "digits, as `ref`"),
            (
                "==> pyproject.toml <==\n[project]\ndependencies = [\"x @ git+https://e.org/x\"]\n",
                "digits, after the `@`",
            ),
        ] {
            let report = Fixture::parse(files).report();
            let found = report.findings.iter().find(|finding| finding.rule.id == "mutable-vcs-reference");
            assert!(found.is_some_and(|found| found.help.ends_with(place)), "{files}");
        }
    }

    #[test]
    fn another_branch_is_another_finding() {
        check(
            "mutable-vcs-reference",
            "==> base/r.txt <==\na @ git+https://e.org/a@main\nb @ git+https://e.org/b@main\n==> r.txt <==\na @ git+https://e.org/a@next\n                        ^^^^ mutable-vcs-reference\nb @ git+https://e.org/b@main # c\n",
        );
    }

    #[test]
    fn from_tag_to_tag_is_no_new_matter() {
        check(
            "mutable-vcs-reference",
            "==> base/r.txt <==\na @ git+https://e.org/a@v1.0\nb @ git+https://e.org/b@v1.0\nc @ git+https://e.org/c@abcdef1\nd @ git+https://e.org/d@v1.0\n\
             ==> r.txt <==\na @ git+https://e.org/a@v1.1\nb @ git+https://f.org/b@v1.1\n                        ^^^^ mutable-vcs-reference\n\
             c @ git+https://e.org/c@abcdef2\nd @ git+https://e.org/d@main\n                        ^^^^ mutable-vcs-reference\n",
        );
    }
}
