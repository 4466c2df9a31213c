//! `direct-reference`: an archive from a URL that no hash checks.

use super::support::{LockedElsewhere, hash_checked_files, is_fixed, is_input, list, part_accepted};
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Finding, Location, Severity, Subject};
use crate::model::{LockedPackage, Source, SourceKind};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::{FileId, Span};
use crate::tree::{Entry, Project};
use crate::url::DirectUrl;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for archives that are named by URL and have neither a hash in the URL's fragment nor a `--hash`.
    /// The severity is low where the URL names a full commit, or a file of the public index, which never changes one.
    /// More than three in a file are one finding in a full audit.
    /// A review of a change speaks of new ones and of another host, owner or kind of archive, not of the next version from the same place.
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
    /// Inputs of pip-compile (`.in`), and manifests whose lock file has the archive's hash, are left alone: what is locked from them is what is installed.
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

/// So many archives of one file are named one by one in a full audit; more are one finding.
const MANY: usize = 3;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut files: Map<FileId, Vec<(Entry<'_>, &DirectUrl)>> = Map::new();
    for (entry, url) in archives_without_a_hash(context.project) {
        files.entry(entry.document.file).or_default().push((entry, url));
    }
    for (file, archives) in files {
        let (accepted, archives) = part_accepted(context, archives, |(entry, url)| of_line(findings, entry, url));
        for finding in accepted {
            findings.push(finding);
        }
        if context.scope_of(file) == Scope::Full && archives.len() > MANY {
            findings.push(of_file(context, findings, file, &archives));
        } else {
            for (entry, url) in &archives {
                findings.push(of_line(findings, entry, url));
            }
        }
    }
}

/// What this rule speaks of.
pub(super) fn archives_without_a_hash(project: &Project) -> impl Iterator<Item = (Entry<'_>, &DirectUrl)> {
    // There pip refuses what has no hash, and `mixed-hashes` says so.
    let checked = hash_checked_files(project);
    let elsewhere = LockedElsewhere::of(project);
    project.requirements().filter_map(move |entry| {
        let Source::Url(url) = &entry.requirement.source else { return None };
        let has_hash = url.hash().is_some() || !entry.requirement.hashes.is_empty();
        let file = entry.document.file;
        let is_left = url.is_vcs() || url.host().is_empty() || is_input(project, file) || checked.contains(&file);
        let is_hashed = |package: &LockedPackage| package.files.iter().any(|file| !file.hashes.is_empty());
        let is_locked =
            || elsewhere.for_entry(&entry).any(|package| package.source.kind == SourceKind::Url && is_hashed(package));
        (!has_hash && !is_left && !is_locked()).then(|| (entry, url.as_ref()))
    })
}

fn of_file(
    context: &Context<'_>,
    findings: &Findings<'_>,
    file: FileId,
    archives: &[(Entry<'_>, &DirectUrl)],
) -> Finding {
    let path = context.project.file(file).path();
    let hosts: Set<String> = archives.iter().map(|(_, url)| url.host()).collect::<Set<_>>();
    let labels: Set<String> = archives.iter().map(|(entry, _)| entry.requirement.label()).collect::<Set<_>>();
    let message = format!(
        "{} archives in {} are whatever {} serves on the day of the install: no hash says which files they must be",
        archives.len(),
        code(path),
        code(&list(hosts.iter().map(String::as_str)))
    );
    let first = archives.iter().map(|(entry, url)| entry.at(url.span)).min();
    let place = first.unwrap_or(Location { file, span: Span::default() });
    let finding = findings
        .finding(place, Subject::File(path.to_owned()), message)
        .help(format!(
            "{} `#sha256=` and the file's digest to each URL",
            to_do(archives.iter().any(|(_, url)| moves(url)))
        ))
        .evidence("without a hash", list(labels.iter().map(String::as_str)));
    if archives.iter().all(|(_, url)| is_fixed(url)) { finding.at_most(Severity::Low) } else { finding }
}

fn of_line(findings: &Findings<'_>, entry: &Entry<'_>, url: &DirectUrl) -> Finding {
    let requirement = entry.requirement;
    let message = format!(
        "{} is whatever {} serves on the day of the install: no hash says which file it must be",
        code(&requirement.label()),
        code(&url.host())
    );
    let separator = if url.fragment.is_empty() { '#' } else { '&' };
    let is_built = !url.is_wheel();
    // The next version from the same place, in the same form, is no new matter.
    let key = format!("{} {} {}", publisher(url), is_fixed(url), is_built);
    let mut finding = findings
        .finding(entry.at(url.span), requirement.subject(), message)
        .help(format!("{} `{separator}sha256=` and the file's digest to the URL", to_do(moves(url))))
        .identified_by(key);
    if is_built {
        finding = finding
            .evidence("built from source", format!("{} runs its build code during the install", entry.installer()));
    }
    if is_fixed(url) { finding.at_most(Severity::Low) } else { finding }
}

/// What a forge makes of a branch is another file after the next commit.
fn moves(url: &DirectUrl) -> bool {
    url.path.contains("/archive/") && !is_fixed(url) && !url.path.contains("/tags/")
}

fn to_do(moves: bool) -> &'static str {
    if moves { "Name a full commit in place of what can move, and add" } else { "Add" }
}

/// Who serves a URL: the scheme, the host and the first two directories, which are the owner and the
/// project on forges and the bucket elsewhere.
fn publisher(url: &DirectUrl) -> String {
    let (directories, _) = url.path.rsplit_once('/').unwrap_or_default();
    let first: Vec<&str> = directories.split('/').filter(|part| !part.is_empty()).take(2).collect();
    format!("{}://{}/{}", url.scheme, url.host(), first.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check};

    #[test]
    fn what_a_lock_file_has_the_hash_of_is_left_alone() {
        let manifest = "==> pyproject.toml <==\n[project]\ndependencies = [\"x\"]\n[tool.uv.sources]\n\
            x = { url = \"https://e.org/x-1-py3-none-any.whl\" }\n";
        let mark = "             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ direct-reference\n";
        let locked = "==> uv.lock <==\nversion = 1\n[[package]]\nname = \"x\"\nversion = \"1\"\n\
            source = { url = \"https://e.org/x-1-py3-none-any.whl\" }\nwheels = [{ url = \"https://e.org/x-1-py3-none-any.whl\"";
        let hash = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        check("direct-reference", &format!("{manifest}{locked}, hash = \"{hash}\" }}]\n"));
        check("direct-reference", &format!("{manifest}{mark}{locked} }}]\n"));
    }

    #[test]
    fn an_archive_of_what_moves_is_to_be_one_of_a_commit() {
        for (url, expected) in [
            ("https://github.com/o/a/archive/HEAD.zip", "Name a full commit"),
            ("https://github.com/o/a/archive/refs/tags/1.0.zip", "Add `#sha256=`"),
            ("https://e.org/a-1.0.zip", "Add `#sha256=`"),
        ] {
            let report = Fixture::parse(&format!("a @ {url}\n")).report();
            let finding = report.findings.iter().find(|finding| finding.rule.id == "direct-reference");
            assert!(finding.is_some_and(|finding| finding.help.starts_with(expected)), "{url}");
            // So are several that are told as one.
            let several = format!("a @ {url}\nb @ {url}\nc @ {url}\nd @ {url}\n");
            let report = Fixture::parse(&several).report();
            let finding = report.findings.iter().find(|finding| finding.rule.id == "direct-reference");
            assert!(finding.is_some_and(|it| it.help.starts_with(expected) && it.help.ends_with("each URL")), "{url}");
        }
    }

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

    #[test]
    fn the_next_version_from_the_same_place_is_no_new_matter() {
        let base = "==> base/r.txt <==\na @ https://e.org/o/p/v1/a-1-py3-none-any.whl\n==> r.txt <==\n";
        for (line, is_found) in [
            ("a @ https://e.org/o/p/v2/a-2-py3-none-any.whl", false),
            ("a @ https://e.org/o/q/v2/a-2-py3-none-any.whl", true),
            ("a @ http://e.org/o/p/v2/a-2-py3-none-any.whl", true),
            ("a @ https://e.org/o/p/v2/a-2.tar.gz", true),
        ] {
            let report = Fixture::parse(&format!("{base}{line}\n")).report();
            let found = report.findings.iter().any(|finding| finding.rule.id == "direct-reference");
            assert_eq!(found, is_found, "{line}");
        }
    }

    #[test]
    fn many_in_a_file_are_one_finding() {
        check(
            "direct-reference",
            "https://e.org/a.zip\n^^^^^^^^^^^^^^^^^^^ direct-reference: 4 archives in `requirements.txt` are whatever `e.org, f.org` serves\n\
             https://e.org/b.zip\nhttps://f.org/c.zip\nhttps://e.org/d.zip\n",
        );
    }
}
