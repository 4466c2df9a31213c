//! What several rules ask: of runs, of files, and of the parts of a URL.

use std::net::IpAddr;
use std::ops::Range;

use crate::audit::Context;
use crate::finding::{Finding, Location};
use crate::model::{Document, Line, LockedPackage, Section, SourceKind};
use crate::order::{Map, Set};
use crate::resolution::index_key;
use crate::text::{FileId, SourceFile, Span};
use crate::tree::{Entry, Locked, Project, Run};
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS};

/// Hosts of code and packages that are known to answer over HTTPS under the same path.
const HTTPS_HOSTS: [&str; 5] = ["github.com", "codeload.github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

/// Whether a file is pip-compile's input: it names what is wanted, pins and hashes are in the output.
pub(super) fn is_input(project: &Project, file: FileId) -> bool {
    project.file(file).path().ends_with(".in")
}

/// How many packages of one name and place are looked at: more is no lock file that a tool wrote.
const ALIKE: usize = 64;

/// What lock files take from elsewhere than an index, by name and place.
pub(super) struct LockedElsewhere<'a>(Map<(&'a str, Place), Vec<Locked<'a>>>);

impl<'a> LockedElsewhere<'a> {
    pub(super) fn of(project: &'a Project) -> Self {
        let mut found: Map<_, Vec<_>> = Map::new();
        let is_elsewhere =
            |locked: &Locked<'_>| matches!(locked.package.source.kind, SourceKind::Vcs(_) | SourceKind::Url);
        for locked in project.locked().filter(is_elsewhere) {
            let url = locked.package.source.url.as_ref().and_then(|url| DirectUrl::parse(&url.value, url.span).ok());
            if let Some(url) = url {
                found.entry((locked.package.name.normalized(), place(&url))).or_default().push(locked);
            }
        }
        Self(found)
    }

    /// What lock files beside a manifest or above it have of the project that one of its lines asks for, from the same
    /// place: what is locked is what is installed.
    pub(super) fn for_entry<'s>(&'s self, entry: &Entry<'s>) -> impl Iterator<Item = &'s LockedPackage> {
        let is_manifest = !entry.document.is_partly_read() && !entry.section().is_some_and(Section::is_pips);
        let name = entry.requirement.name.as_ref().filter(|_| is_manifest);
        let url = entry.requirement.direct_url();
        let found = name.zip(url).and_then(|(name, url)| self.0.get(&(name.normalized(), place(url))));
        let manifest = entry.document.source.path();
        found.into_iter().flatten().take(ALIKE).filter_map(move |locked| {
            let path = locked.document.source.path();
            let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default();
            manifest.starts_with(folder).then_some(locked.package)
        })
    }
}

/// Who decides what a URL brings: a repository, or the host of an archive, and at a host of code the owner and project
/// there. None for the public index.
pub(super) fn origin(url: &DirectUrl) -> Option<String> {
    let (host, path) = place(url);
    if PUBLIC_INDEX_HOSTS.contains(&host.as_str()) {
        return None;
    }
    let depth = if url.is_vcs() {
        usize::MAX
    } else if HTTPS_HOSTS.contains(&host.as_str()) {
        2
    } else {
        0
    };
    let parts = path.split('/').filter(|part| !part.is_empty()).take(depth);
    let path = parts.collect::<Vec<_>>().join("/").to_lowercase();
    Some(if path.is_empty() { host } else { format!("{host}/{path}") })
}

/// Host and path of a repository or archive, whatever the revision and however Git's own ending is written.
type Place = (String, String);

fn place(url: &DirectUrl) -> Place {
    let path = url.path.split('@').next().unwrap_or_default().trim_end_matches('/');
    (url.host(), path.strip_suffix(".git").unwrap_or(path).to_owned())
}

/// Parts lines that a suppression accepts from the others: the former as the findings that it silences.
pub(super) fn part_accepted<T>(
    context: &Context<'_>,
    lines: Vec<T>,
    finding_of: impl Fn(&T) -> Finding,
) -> (Vec<Finding>, Vec<T>) {
    let mut accepted = Vec::new();
    if context.suppressions.is_empty() {
        return (accepted, lines);
    }
    let mut others = Vec::new();
    for line in lines {
        let finding = finding_of(&line);
        if context.is_accepted(&finding) {
            accepted.push(finding);
        } else {
            others.push(line);
        }
    }
    (accepted, others)
}

/// Where in a file something stood that is gone: at the nearest line above it that is still there, or the first that is
/// not blank.
pub(super) fn still_near(old: &SourceFile, gone: Span, new: &SourceFile) -> Span {
    let text = |file: &SourceFile, number: usize| {
        let span = file.line_span(number);
        let line = file.slice(span);
        let start = span.start as usize + (line.len() - line.trim_start().len());
        (line.trim().to_owned(), Span::new(start, start + line.trim().len()))
    };
    let mut known: Map<String, Span> = Map::new();
    let mut first = None;
    for (line, span) in (1..=new.line_count()).map(|number| text(new, number)).filter(|(line, _)| !line.is_empty()) {
        first.get_or_insert(span);
        known.entry(line).or_insert(span);
    }
    let above = (1..old.line_of(gone.start)).rev();
    let near = above.map(|number| text(old, number).0).find_map(|line| known.get(&line));
    near.copied().or(first).unwrap_or_default()
}

/// The runs that read a file.
pub(super) fn runs_of(project: &Project, file: FileId) -> impl Iterator<Item = &Run> {
    project.runs.iter().filter(move |run| run.root == file || run.entries.iter().any(|entry| entry.file == file))
}

/// Whether a run is in hash-checking mode: pip then takes nothing without a hash, and `mixed-hashes` says so.
pub(super) fn checks_hashes(run: &Run) -> bool {
    run.hash_mode.as_ref().is_some_and(|mode| mode.on)
}

/// Files that are read by runs in hash-checking mode only.
pub(super) fn hash_checked_files(project: &Project) -> Set<FileId> {
    let files = |checked: bool| -> Set<FileId> {
        let runs = project.runs.iter().filter(|run| checks_hashes(run) == checked);
        runs.flat_map(|run| std::iter::once(run.root).chain(run.entries.iter().map(|entry| entry.file)))
            .collect::<Set<_>>()
    };
    files(true).difference(&files(false)).copied().collect::<Set<_>>()
}

/// Where a part of a requirement's URL stands, by bytes of the URL's text. None where the file holds
/// another text than pip reads: quotes, variables, a continuation.
pub(super) fn part_of_url(
    project: &Project,
    entry: &Entry<'_>,
    url: &DirectUrl,
    part: Range<usize>,
) -> Option<Location> {
    let start = url.span.start as usize;
    let place = entry.at(Span::new(start + part.start, start + part.end));
    (project.text(entry.at(url.span)) == url.text).then_some(place)
}

/// Whether a host is known to answer over HTTPS under the same path.
pub(super) fn answers_https(host: &str) -> bool {
    PUBLIC_INDEX_HOSTS.contains(&host) || HTTPS_HOSTS.contains(&host)
}

/// The pieces of a file's text that speak of dependencies: all its physical lines, or in a file that is
/// about other things the lines that are not.
pub(super) fn pieces(file: &SourceFile, document: &Document) -> Vec<Span> {
    if document.is_partly_read() {
        document.lines.iter().map(|line| line.span).collect()
    } else {
        (1..=file.line_count()).map(|number| file.line_span(number)).collect()
    }
}

/// Whether a URL, credentials aside, is a variable's or a template's matter in part.
pub(super) fn is_partly_unknown(url: &str) -> bool {
    index_key(url).contains(['$', '{', '%'])
}

/// Whether a place is inside a comment.
pub(super) fn is_in_comment(document: &Document, span: Span) -> bool {
    let next = document.comments.partition_point(|comment| comment.start <= span.start);
    next.checked_sub(1).and_then(|at| document.comments.get(at)).is_some_and(|comment| span.end <= comment.end)
}

/// The logical lines that share a byte with a place, or end or begin there.
pub(super) fn lines_at(document: &Document, span: Span) -> impl Iterator<Item = &Line> {
    let next = document.lines.partition_point(|line| line.span.start <= span.end);
    document.lines.iter().take(next).rev().take_while(move |line| line.span.end >= span.start)
}

/// Whether a URL names a port: then another scheme would need another one.
pub(super) fn has_port(url: &DirectUrl) -> bool {
    let address = url.authority.rsplit_once('@').map_or(url.authority.as_str(), |(_, address)| address);
    address.rsplit_once(']').map_or(address, |(_, after)| after).contains(':')
}

/// Whether a host is this machine, so that nothing goes over a network.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the URL names one file for ever, as far as its server keeps its word.
pub(super) fn is_fixed(url: &DirectUrl) -> bool {
    let is_commit = |part: &str| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    PUBLIC_INDEX_HOSTS.contains(&url.host().as_str())
        || url.path.split('/').any(|segment| {
            let stem =
                ["zip", "tar.gz", "tar.bz2", "tgz"].iter().find_map(|end| segment.strip_suffix(end)?.strip_suffix('.'));
            is_commit(stem.unwrap_or(segment))
        })
}

/// The first of some names, for evidence.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names.get(..5).unwrap_or(&names).join(", ");
    let more = names.len().saturating_sub(5);
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_name_and_address() {
        for (host, expected) in [("localhost", true), ("127.0.0.2", true), ("::1", true), ("10.0.0.1", false)] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(["a", "b"]), "a, b");
        assert_eq!(list(["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e and 1 more");
    }
}
