//! `unexpected-file-host`: a locked file is fetched from a host that is not its index's.

use super::lock_files::{PYPI_FILES, authority, host, is_from_pypi};
use crate::audit::{Context, Findings};
use crate::model::{LockedPackage, SourceKind};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::tree::Project;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files of lock files whose URL leads elsewhere than to their index: for the public index to another host than its file host; in a change, for other indexes, to a host that is neither the index's own nor one that its files came from before.
    /// Hosts that resemble the public file host are found whatever the index is.
    ///
    /// ## Why it matters
    ///
    /// uv fetches from the URL in the lock file and never asks the index again.
    /// One letter of a host, in a diff that nobody unfolds, is enough to have another server answer.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.example/packages/00/2e/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Lock the package again, and find out who wrote the line.
    ///
    /// ```requirements,good
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "click"
    /// version = "8.1.7"
    /// source = { registry = "https://pypi.org/simple" }
    /// wheels = [
    ///     { url = "https://files.pythonhosted.org/packages/00/2e/click-8.1.7-py3-none-any.whl", hash = "sha256:ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a proxy in front of the public index rewrites the addresses of files and keeps the index's name.
    /// When a private index moves its files to a new host of another domain; accept that once.
    ///
    /// ## References
    ///
    /// - uv: [The lock file](https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile)
    "unexpected-file-host": "file from another host than its index's",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let before = context.base.map(sites_by_index).unwrap_or_default();
    for locked in context.project.locked() {
        let package = locked.package;
        for file in &package.files {
            let Some(url) = &file.url else { continue };
            let Some(authority) = authority(&url.value) else { continue };
            let host = host(&url.value);
            let Some(why) = judge(package, host.as_deref(), &before) else { continue };
            let shown = host.unwrap_or_else(|| authority.to_owned());
            let message = format!(
                "a file of {} is fetched from {}, {why}",
                code(package.name.as_written()),
                code(&redact(&shown))
            );
            let start = url.value.find(authority).unwrap_or_default();
            let exact = (url.span.len() == url.value.len()).then(|| {
                crate::text::Span::new(url.span.range().start + start, url.span.range().start + start + authority.len())
            });
            let finding = findings
                .finding(locked.at(exact.unwrap_or(url.span)), package.subject(), message)
                .help("Do not install from this lock file; lock the package again and find out where the address came from")
                .identified_by(redact(&url.value));
            findings.push(finding);
        }
    }
}

/// Why a host is not expected; none if it is.
fn judge(package: &LockedPackage, host: Option<&str>, before: &Map<String, Set<String>>) -> Option<String> {
    let Some(host) = host else { return Some("which not every tool reads as the same host".to_owned()) };
    if host == PYPI_FILES {
        return None;
    }
    if is_look_alike(host) {
        return Some(format!("which resembles `{PYPI_FILES}` and is another host"));
    }
    if is_from_pypi(package) {
        return Some(format!("not from `{PYPI_FILES}`, where its index keeps its files"));
    }
    let index = package.source.url.as_ref().filter(|_| package.source.kind == SourceKind::Index)?;
    let index_host = self::host(&index.value)?;
    let known = before.get(&index.value)?;
    let expected = site(host) == site(&index_host) || known.contains(site(host));
    (!expected).then(|| {
        format!("which is neither its index's host {} nor one that its files came from before", code(&index_host))
    })
}

/// The sites of the hosts that files of each index come from, by the index's URL.
fn sites_by_index(project: &Project) -> Map<String, Set<String>> {
    let mut sites: Map<String, Set<String>> = Map::new();
    for locked in project.locked() {
        let Some(index) = locked.package.source.url.as_ref() else { continue };
        for host in locked.package.files.iter().filter_map(|file| host(&file.url.as_ref()?.value)) {
            sites.entry(index.value.clone()).or_default().insert(site(&host).to_owned());
        }
    }
    sites
}

/// The last two labels of a host: who runs it, near enough to spare a move within one domain.
fn site(host: &str) -> &str {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    dots.nth(1).and_then(|at| host.get(at + 1..)).unwrap_or(host)
}

/// Whether a host is within two edits of the public file host, or built like it around another word.
fn is_look_alike(host: &str) -> bool {
    let built_alike =
        host.starts_with("files.py") && host.split('.').nth(1).is_some_and(|label| label.ends_with("hosted"));
    built_alike && !host.ends_with(".pythonhosted.org") || is_within_two_edits(host, PYPI_FILES)
}

/// Whether at most two letters have to be put in, taken out or exchanged.
fn is_within_two_edits(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let at = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let exchanged = at(&row, j) + usize::from(a != b);
            next.push(exchanged.min(at(&row, j + 1) + 1).min(at(&next, j) + 1));
        }
        row = next;
    }
    row.last().is_some_and(|edits| *edits <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    #[test]
    fn look_alikes_are_known_and_others_left_alone() {
        for host in
            ["files.pythonhosted.orq", "files.pythonh0sted.org", "file.pythonhosted.org", "files.pypihosted.org"]
        {
            assert!(is_look_alike(host), "{host}");
        }
        for host in ["test-files.pythonhosted.org", "pypi.corp", "files.example.org", "download.pytorch.org"] {
            assert!(!is_look_alike(host), "{host}");
        }
    }

    #[test]
    fn tools_that_read_one_url_as_two_hosts_are_not_fooled() {
        check(
            "unexpected-file-host",
            "==> uv.lock <==\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { registry = \"https://pypi.org/simple\" }\n\
             sdist = { url = 'https://files.pythonhosted.org\\@e.org/a-1.zip', hash = \"sha256:aa\" }\n                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unexpected-file-host\n",
        );
    }

    #[test]
    fn a_private_index_may_keep_its_files_where_they_were_and_move_within_its_domain() {
        let lock = |host: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://download.example.org/whl\" }}\nsdist = {{ url = \"https://{host}/a-1.zip\", hash = \"sha256:aa\" }}\n"
            )
        };
        let change =
            |old: &str, new: &str| format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{}", lock(old), lock(new));
        check("unexpected-file-host", &change("cdn.example.net", "cdn.example.net"));
        check("unexpected-file-host", &change("download.example.org", "download-r2.example.org"));
        let evil = change("download.example.org", "download.evil.org");
        check(
            "unexpected-file-host",
            &(evil + "                         ^^^^^^^^^^^^^^^^^ unexpected-file-host: neither its index's host\n"),
        );
    }
}
