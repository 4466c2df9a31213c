//! What the rules about indexes share: each place that an option sets, what is asked of it, and who could answer.

use std::collections::BTreeMap;

use super::support::{is_loopback, runs_of};
use crate::audit::Context;
use crate::config::Config;
use crate::finding::Location;
use crate::prose::code;
use crate::resolution::{Asked, Hold, Place, Sources, Way, asked, index_key};
use crate::text::Span;
use crate::tree::{Project, Run};
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS, redact};

/// A place that an option sets: told once, whatever number of runs read the option.
pub(super) struct Placed<'a> {
    /// The option's value.
    pub(super) location: Location,
    /// The places of the first run that takes candidates from it.
    pub(super) sources: Sources,
    /// Which of them it is.
    pub(super) at: usize,
    /// The runs that take candidates from it.
    pub(super) runs: Vec<&'a Run>,
    /// Everything that is asked of it, in any run.
    pub(super) asked: Vec<Asked<'a>>,
}

impl Placed<'_> {
    /// The place.
    pub(super) fn place(&self) -> Option<&Place> {
        self.sources.places.get(self.at)
    }

    /// Indexes of the other places.
    fn others(&self) -> impl Iterator<Item = usize> {
        let key = self.place().map(|place| index_key(&place.url));
        let places = self.sources.places.iter().enumerate();
        places.filter(move |(_, place)| Some(index_key(&place.url)) != key).map(|(at, _)| at)
    }
}

/// Every place in effect that an option sets, by location.
pub(super) fn placed<'a>(context: &Context<'a>) -> Vec<Placed<'a>> {
    let (project, installer) = (context.project, context.config.installer);
    let mut out: BTreeMap<Location, Placed<'a>> = BTreeMap::new();
    for run in &project.runs {
        let sources = Sources::of(project, run, installer);
        let mut of_run = None;
        for (at, place) in sources.places.iter().enumerate() {
            let Some(location) = place.location else { continue };
            let new = || Placed { location, sources: sources.clone(), at, runs: Vec::new(), asked: Vec::new() };
            let placed = out.entry(location).or_insert_with(new);
            placed.runs.push(run);
            placed.asked.extend_from_slice(of_run.get_or_insert_with(|| asked(project, run, installer)));
        }
    }
    let mut out: Vec<Placed<'a>> = out.into_values().collect();
    for placed in &mut out {
        unite(&mut placed.asked);
    }
    out
}

/// Everything that is asked for together with a file.
pub(super) fn asked_with<'a>(context: &Context<'a>, file: crate::text::FileId) -> Vec<Asked<'a>> {
    let mut all =
        runs_of(context.project, file).flat_map(|run| asked(context.project, run, context.config.installer)).collect();
    unite(&mut all);
    all
}

/// Each requirement once, as loosely bound as any run has it.
fn unite(asked: &mut Vec<Asked<'_>>) {
    asked.sort_by_key(|asked| (asked.entry.location(), asked.hold));
    asked.dedup_by_key(|asked| asked.entry.location());
}

/// Whether something is asked for, and a hash is given for all of it.
pub(super) fn is_all_hashed(asked: &[Asked<'_>]) -> bool {
    !asked.is_empty() && asked.iter().all(|asked| asked.hold == Hold::Hashed)
}

/// What may happen because the installer takes candidates from this place and from others.
pub(super) struct Mix<'a> {
    /// The other places, for a message.
    pub(super) others: String,
    /// Requirements that one place may answer for in another's stead, and how; private names first.
    pub(super) open: Vec<(Asked<'a>, Way)>,
}

/// How a place and the others of its run may answer for one another; none where it is the only one.
pub(super) fn mix<'a>(placed: &Placed<'a>, config: &Config) -> Option<Mix<'a>> {
    let others: Vec<usize> = placed.others().collect();
    let urls = others.iter().filter_map(|at| placed.sources.places.get(*at));
    let others_text = match others.as_slice() {
        [] => return None,
        [_] => urls.map(shown).collect(),
        several => format!("{} other places", several.len()),
    };
    let way = |hold| {
        let (sources, at) = (&placed.sources, placed.at);
        others.iter().find_map(|other| sources.way_in(*other, at, hold).or_else(|| sources.way_in(at, *other, hold)))
    };
    let ways = [Hold::Open, Hold::Pinned, Hold::Hashed].map(|hold| (hold, way(hold)));
    let way_of = |hold| ways.iter().find(|(known, _)| *known == hold).and_then(|(_, way)| *way);
    let mut open: Vec<_> =
        placed.asked.iter().filter_map(|asked| way_of(asked.hold).map(|way| (*asked, way))).collect();
    open.sort_by_key(|(asked, _)| !is_private(asked, config));
    Some(Mix { others: others_text, open })
}

impl<'a> Mix<'a> {
    /// The requirements that are open in one of some ways.
    pub(super) fn by(&self, ways: &[Way]) -> Vec<Asked<'a>> {
        self.open.iter().filter(|(_, way)| ways.contains(way)).map(|(asked, _)| *asked).collect()
    }

    /// What a pool of places means for these requirements, as the second half of a sentence.
    pub(super) fn outcome(&self, placed: &Placed<'_>) -> String {
        let (open, pinned) = (self.by(&[Way::HigherVersion]), self.by(&[Way::SameVersion]));
        if !open.is_empty() {
            format!(": of {} it takes the highest version that any of them offers", names(&open))
        } else if !pinned.is_empty() {
            let verb = if pinned.len() == 1 { "is" } else { "are" };
            format!(
                ": {} {verb} pinned without a hash, so of that version it takes whoever's file fits best",
                names(&pinned)
            )
        } else if placed.asked.is_empty() {
            ", for whatever is installed together with this file".to_owned()
        } else {
            "; with a hash for everything this can stop the install, but not enter it".to_owned()
        }
    }
}

/// Whether only a private index may answer for a requirement.
pub(super) fn is_private(asked: &Asked<'_>, config: &Config) -> bool {
    asked.entry.requirement.name.as_ref().is_some_and(|name| config.is_private(name.normalized()))
}

/// "`a`, `b` and 3 more".
pub(super) fn names(asked: &[Asked<'_>]) -> String {
    let mut labels: Vec<String> = Vec::new();
    for label in asked.iter().map(|asked| code(&asked.entry.requirement.label())) {
        if !labels.contains(&label) {
            labels.push(label);
        }
        if labels.len() > 2 && asked.len() > 3 {
            break;
        }
    }
    match (labels.as_slice(), asked.len()) {
        ([one, two, _, ..], count) if count > 3 => format!("{one}, {two} and {} more", count - 2),
        ([first @ .., last], _) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => labels.concat(),
    }
}

/// A place in a message: its URL without credentials.
pub(super) fn shown(place: &Place) -> String {
    code(&redact(&place.url))
}

/// The URL of a place that is reached over a network; none for a path, `file:` and this machine.
pub(super) fn remote(url: &str) -> Option<DirectUrl> {
    let url = DirectUrl::parse(url.trim(), Span::default()).ok()?;
    let is_remote = matches!(url.scheme.as_str(), "http" | "https" | "ftp") && !url.host().is_empty();
    (is_remote && !is_loopback(&url.host())).then_some(url)
}

/// Whether the configuration names a place among the expected indexes.
pub(super) fn is_expected(url: &str, config: &Config) -> bool {
    let key = index_key(url);
    config.expected_indexes.iter().any(|expected| index_key(expected) == key)
}

/// Whether anybody may answer in a place: the public index, or, where the configuration says which
/// indexes are expected, any other one.
pub(super) fn is_foreign(place: &Place, config: &Config) -> bool {
    let Some(url) = remote(&place.url) else { return false };
    if PUBLIC_INDEX_HOSTS.contains(&url.host().as_str()) {
        return true;
    }
    let is_known = !index_key(&place.url).contains("${");
    is_known && !config.expected_indexes.is_empty() && !is_expected(&place.url, config)
}

/// The first thing in a file that a finding about the whole of it can point at.
pub(super) fn beginning(project: &Project, file: crate::text::FileId) -> Location {
    let span = project.document(file).and_then(|document| document.lines.first()).map(|line| line.span);
    Location { file, span: span.unwrap_or_default() }
}
