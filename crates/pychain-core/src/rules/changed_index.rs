//! `changed-index`: the change moves where everything comes from.

use std::cell::LazyCell;

use super::indexes::{Together, beginning, is_expected, is_script, shown, used};
use super::support::{is_partly_unknown, still_near};
use crate::audit::{Context, Findings};
use crate::finding::{Location, Severity, Subject};
use crate::model::Tool;
use crate::order::{Map, Set};
use crate::resolution::{Place, PlaceKind, Sources, index_key};
use crate::text::FileId;
use crate::tree::{Project, Run};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Compares the indexes in effect before and after the change, file by file that is installed.
    /// It says where the main index is another one, appears or goes, where `--no-index` goes, and where an extra index is dropped.
    /// An extra index that is added is `extra-index-url`'s matter.
    ///
    /// ## Why it matters
    ///
    /// The main index answers for every name.
    /// One changed line sends all of them to another server, though no requirement changes.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/requirements.txt <==
    /// --index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ==> requirements.txt <==
    /// --index-url https://mirror.example.net/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Nothing, once somebody has looked; with hashes for everything a new index cannot change what is installed.
    ///
    /// ```requirements,good
    /// ==> base/requirements.txt <==
    /// --index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ==> requirements.txt <==
    /// --index-url https://packages.example.org/simple/
    /// acme-utils==1.2.1
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the index moved.
    /// With `expected-indexes` in the configuration a move to one of them is only noted, and `unexpected-index` speaks of the others.
    ///
    /// ## References
    ///
    /// - pip: [`--index-url`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-i)
    "changed-index": "change of the index that everything comes from",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let Some(base) = context.base else { return };
    let head = context.project;
    // A tool has one run beside those of requirements files in a file.
    let paired = base.runs.iter().filter(|run| !is_script(run.role));
    let old: Map<(&str, Option<Tool>), &Run> =
        paired.map(|run| ((base.file(run.root).path(), run.tool), run)).collect::<Map<_, _>>();
    let known = LazyCell::new(|| used(base, context.config));
    let mut told = Set::new();
    check_scripts(context, base, &known, findings);
    for run in head.runs.iter().filter(|run| !is_script(run.role)) {
        let after = Sources::of(head, run, context.config.installer);
        let mut found: Vec<(Location, &Place, String)> = Vec::new();
        let before = old.get(&(head.file(run.root).path(), run.tool));
        let before = before.map(|old| Sources::of(base, old, context.config.installer));
        let moved = match &before {
            Some(before) => moved(&after, before),
            None => newly_used(&after, |place| known.contains(&index_key(&place.url))),
        };
        if let Some((place, message)) = moved.filter(|(place, _)| is_ours(context, place)) {
            let gone = before.as_ref().and_then(main);
            found.push((place.location.unwrap_or_else(|| place_of(head, base, run, gone)), place, message));
        }
        let kept: Set<String> = match &before {
            Some(_) => after.places.iter().map(|place| index_key(&place.url)).collect::<Set<_>>(),
            None => Set::new(),
        };
        let dropped = before.iter().flat_map(|before| &before.places);
        for place in dropped.filter(|place| is_extra(place) && !kept.contains(&index_key(&place.url))) {
            let message = format!(
                "the change drops the extra index {}: names that only it serves are looked up elsewhere",
                shown(place)
            );
            found.push((place_of(head, base, run, Some(place)), place, message));
        }
        let all_hashed = !found.is_empty() && Together::of(context, vec![run]).is_all_hashed();
        for (location, place, message) in found {
            if !told.insert((location, place.url.clone())) {
                continue;
            }
            let (help, severity) = match place.kind {
                PlaceKind::Main if is_expected(&place.url, context.config) => (HELP, Severity::Info),
                PlaceKind::Main if !all_hashed => (HELP, Severity::High),
                PlaceKind::Main => (HELP, Severity::Low),
                _ => (HELP_FOR_DROPPED, Severity::Low),
            };
            let finding = findings.finding(location, Subject::Index(redact(&place.url)), message);
            findings.push(finding.help(help).at_most(severity));
        }
    }
}

/// Commands and settings have no run that is the same one before and after, so that each file is compared as a whole.
fn check_scripts(
    context: &Context<'_>,
    base: &Project,
    known: &LazyCell<Set<String>, impl FnOnce() -> Set<String>>,
    findings: &mut Findings<'_>,
) {
    let head = context.project;
    let mains = |project: &Project, path: &str| -> Map<String, Place> {
        let runs = project.runs.iter().filter(|run| is_script(run.role) && project.file(run.root).path() == path);
        let places = runs.filter_map(|run| main(&Sources::of(project, run, context.config.installer)).cloned());
        let told = places.filter(|place| place.location.is_some() && !is_partly_unknown(&place.url));
        told.map(|place| (index_key(&place.url), place)).collect::<Map<_, _>>()
    };
    let files: Set<FileId> = head.runs.iter().filter(|run| is_script(run.role)).map(|run| run.root).collect::<Set<_>>();
    for file in files {
        let path = head.file(file).path();
        let (after, before) = (mains(head, path), mains(base, context.renames.base_path(path)));
        let gone: Vec<&Place> =
            before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, was)| was).collect();
        for (key, place) in after.iter().filter(|(key, place)| !before.contains_key(*key) && is_ours(context, place)) {
            let message = match gone.as_slice() {
                [was] => format!("the change takes everything from {} that came from {}", shown(place), shown(was)),
                _ if known.contains(key) => continue,
                _ => format!("the change takes everything from {}, which no file did before", shown(place)),
            };
            let Some(location) = place.location else { continue };
            let all_hashed = Together::with(context, file).is_all_hashed();
            let severity = if is_expected(&place.url, context.config) {
                Severity::Info
            } else if all_hashed {
                Severity::Low
            } else {
                Severity::High
            };
            let finding = findings.finding(location, Subject::Index(redact(&place.url)), message);
            findings.push(finding.help(HELP).at_most(severity));
        }
    }
}

/// The main index, where it is another one than before.
fn moved<'a>(after: &'a Sources, before: &Sources) -> Option<(&'a Place, String)> {
    let (place, was) = (main(after)?, main(before));
    if was.is_some_and(|was| index_key(&was.url) == index_key(&place.url)) {
        return None;
    }
    let message = match (was, place.location) {
        (None, _) => format!("the change drops `--no-index`, and everything comes from {}", shown(place)),
        (Some(was), None) => {
            format!("the change drops the index {}: everything comes from {}", shown(was), shown(place))
        }
        (Some(was), Some(_)) => {
            format!("the change takes everything from {} that came from {}", shown(place), shown(was))
        }
    };
    Some((place, message))
}

/// The main index of a file that is new, or renamed, or that the tool had nothing to do in, where no file took anything
/// from it before.
fn newly_used(after: &Sources, is_known: impl Fn(&Place) -> bool) -> Option<(&Place, String)> {
    let place = main(after).filter(|place| place.location.is_some() && !is_known(place))?;
    Some((place, format!("the change takes everything from {}, which no file did before", shown(place))))
}

const HELP: &str =
    "Make sure that the index is the one you mean, and that it is yours or one you trust with every name";

const HELP_FOR_DROPPED: &str =
    "Make sure that nothing private came from there: another index may answer for its name now";

fn main(sources: &Sources) -> Option<&Place> {
    sources.places.iter().find(|place| place.kind == PlaceKind::Main)
}

fn is_extra(place: &Place) -> bool {
    matches!(place.kind, PlaceKind::Extra | PlaceKind::Last)
}

/// Where expected indexes are configured, `unexpected-index` speaks of all others.
fn is_ours(context: &Context<'_>, place: &Place) -> bool {
    context.config.expected_indexes.is_empty() || is_expected(&place.url, context.config)
}

/// Where something stood that is gone: near there, or at the beginning of the run's file where the other is gone too.
fn place_of(head: &Project, base: &Project, run: &Run, gone: Option<&Place>) -> Location {
    let kept = gone.and_then(|place| place.location).and_then(|location| {
        let old = base.file(location.file);
        let file = head.find(old.path())?;
        Some(Location { file, span: still_near(old, location.span, head.file(file)) })
    });
    kept.unwrap_or_else(|| beginning(head, run.root))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn another_main_index_is_told_at_its_line() {
        check(
            "changed-index",
            "==> base/r.txt <==\na\n==> r.txt <==\n-i https://b.example.org/s\n   ^^^^^^^^^^^^^^^^^^^^^^^ changed-index: from `https://b.example.org/s` that came from `https://pypi.org/simple`\na\n",
        );
    }

    #[test]
    fn an_index_that_goes_is_told_where_it_stood() {
        check(
            "changed-index",
            "==> base/r.txt <==\n-r b.txt\n==> base/b.txt <==\n-i https://b.example.org/s\na\n==> r.txt <==\n-r b.txt\n==> b.txt <==\na\n^ changed-index: drops the index `https://b.example.org/s`: everything comes from\n",
        );
        check(
            "changed-index",
            "==> base/r.txt <==\nb\na\n-i https://b.example.org\n==> r.txt <==\nb\na\n^ changed-index: drops the index\n",
        );
        check(
            "changed-index",
            "==> base/r.txt <==\n--no-index\na\n==> r.txt <==\na\n^ changed-index: drops `--no-index`\n",
        );
    }

    #[test]
    fn a_dropped_extra_index_is_told_a_new_one_is_not() {
        check(
            "changed-index",
            "==> base/r.txt <==\n--extra-index-url https://b.example.org\na\n==> r.txt <==\n--extra-index-url https://c.example.org\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ changed-index: drops the extra index `https://b.example.org`\na\n",
        );
    }

    #[test]
    fn a_new_file_may_use_an_index_that_others_use() {
        check(
            "changed-index",
            "==> base/r.txt <==\n-i https://b.example.org\na\n==> r.txt <==\n-i https://b.example.org\na\n==> s.txt <==\n-i https://B.example.org/\na\n==> t.txt <==\n-i https://c.example.org\n   ^^^^^^^^^^^^^^^^^^^^^ changed-index: which no file did before\na\n",
        );
    }

    #[test]
    fn spelling_and_expected_indexes_are_no_news() {
        check(
            "changed-index",
            "==> base/r.txt <==\n-i https://b.example.org\na\n==> r.txt <==\n--index-url=https://u:${T}@b.example.org:443/\na\n",
        );
        let config = "expected-indexes = [\"https://c.example.org\"]\n";
        check(
            "changed-index",
            &format!(
                "==> base/pychain.toml <==\n{config}==> pychain.toml <==\n{config}==> base/r.txt <==\n-i https://b.example.org\na\n==> r.txt <==\n-i https://d.example.org\na\n"
            ),
        );
    }
}
