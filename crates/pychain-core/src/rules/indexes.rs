//! What the rules about indexes share: each place that an option sets, what is asked of it, and who could answer.

use std::rc::Rc;

use super::support::{is_loopback, runs_of};
use crate::audit::Context;
use crate::config::{Config, Installer};
use crate::finding::Location;
use crate::model::Tool;
use crate::order::{Arrange as _, Map, Set};
use crate::prose::code;
use crate::resolution::{Asked, Hold, Place, PlaceKind, Sources, Way, asked, index_key, judged_by};
use crate::text::{FileId, Span};
use crate::tree::{Project, Role, Run};
use crate::url::{DirectUrl, PUBLIC_INDEX_HOSTS, redact};

/// A place that an option sets: told once, whatever number of runs read the option.
pub(super) struct Placed<'a> {
    /// The option's value.
    pub(super) location: Location,
    /// The place itself.
    pub(super) place: Place,
    /// What else the first run takes candidates from.
    pub(super) view: Rc<View>,
    /// What is asked of it.
    pub(super) together: Rc<Together<'a>>,
    /// Whose rules hold.
    pub(super) installer: Installer,
    /// The tool's name.
    pub(super) tool: &'static str,
    at: usize,
}

/// The places of a run, and those of them that are not the same under another spelling.
pub(super) struct View {
    pub(super) sources: Sources,
    /// Key and index of each, indexes before pages of links.
    distinct: Vec<(String, usize)>,
}

/// Runs that are judged together because they read the same option, and what they ask for by name.
#[derive(Default)]
pub(super) struct Together<'a> {
    pub(super) runs: Vec<&'a Run>,
    /// Each requirement once, as loosely bound as any run has it; private names first.
    pub(super) asked: Vec<Asked<'a>>,
    /// Of these, the ones that no pin or hash binds.
    open: Vec<Asked<'a>>,
    /// The ones that a pin binds, and no hash.
    pinned: Vec<Asked<'a>>,
    /// Both, and so all without a hash.
    pub(super) unhashed: Vec<Asked<'a>>,
    /// The hosts whose certificate pip does not check.
    pub(super) trusted: Set<&'a str>,
}

impl<'a> Together<'a> {
    pub(super) fn of(context: &Context<'a>, runs: Vec<&'a Run>) -> Self {
        let mut all: Map<Location, Asked<'a>> = Map::new();
        for new in runs.iter().flat_map(|run| asked(context.project, run, context.config.installer)) {
            let known = all.entry(new.entry.location()).or_insert(new);
            known.hold = known.hold.min(new.hold);
        }
        let mut asked: Vec<Asked<'a>> = all.into_values().collect();
        asked.arrange_by_key(|asked| !is_private(asked, context.config));
        let held = |wanted: &[Hold]| asked.iter().filter(|asked| wanted.contains(&asked.hold)).copied().collect();
        let (open, pinned) = (held(&[Hold::Open]), held(&[Hold::Pinned]));
        let unhashed = held(&[Hold::Open, Hold::Pinned]);
        let trusted = runs.iter().flat_map(|run| &run.options.trusted_hosts).map(|host| host.value.as_str());
        Self { open, pinned, unhashed, trusted: trusted.collect::<Set<_>>(), runs, asked }
    }

    /// Everything that is asked for together with a file.
    pub(super) fn with(context: &Context<'a>, file: FileId) -> Self {
        Self::of(context, runs_of(context.project, file).collect())
    }

    /// Whether something is asked for, and a hash is given for all of it.
    pub(super) fn is_all_hashed(&self) -> bool {
        !self.asked.is_empty() && self.unhashed.is_empty()
    }
}

/// Every place in effect that an option sets, by location.
pub(super) fn placed<'a>(context: &Context<'a>) -> Vec<Placed<'a>> {
    let project = context.project;
    let mut found: Map<Location, (Place, Rc<View>, usize, Vec<usize>)> = Map::new();
    // The same index in many commands of one file is one matter.
    let mut first: Map<(FileId, String, bool), Location> = Map::new();
    for (number, run) in project.runs.iter().enumerate() {
        let view = Rc::new(View::of(Sources::of(project, run, context.config.installer)));
        for (at, place) in view.sources.places.iter().enumerate() {
            let Some(mut location) = place.location else { continue };
            if is_script(run.role) && location.file == run.root {
                let key = (location.file, index_key(&place.url), place.kind == PlaceKind::Main);
                location = *first.entry(key).or_insert(location);
            }
            let (_, _, _, runs) =
                found.entry(location).or_insert_with(|| (place.clone(), Rc::clone(&view), at, Vec::new()));
            // A file that is included twice sets it twice.
            if runs.last() != Some(&number) {
                runs.push(number);
            }
        }
    }
    let mut known: Map<Vec<usize>, Rc<Together<'a>>> = Map::new();
    let placed = found.into_iter().map(|(location, (place, view, at, numbers))| {
        let runs = || numbers.iter().filter_map(|number| project.runs.get(*number)).collect();
        let together = match known.get(&numbers) {
            Some(together) => Rc::clone(together),
            None => Rc::new(Together::of(context, runs())),
        };
        known.entry(numbers).or_insert_with(|| Rc::clone(&together));
        let configured = context.config.installer;
        let first = together.runs.first();
        let installer = first.map_or(configured, |run| judged_by(run, configured));
        let tool = first.and_then(|run| run.tool).filter(|tool| *tool != Tool::Pip);
        let tool = tool.map_or(installer.name(), Tool::name);
        Placed { location, place, view, together, installer, tool, at }
    });
    placed.collect()
}

impl View {
    fn of(sources: Sources) -> Self {
        let mut distinct: Map<String, usize> = Map::new();
        let pooled = sources.places.iter().enumerate().filter(|(_, place)| place.kind != PlaceKind::Named);
        for (at, place) in pooled {
            distinct.entry(index_key(&place.url)).or_insert(at);
        }
        let mut distinct: Vec<(String, usize)> = distinct.into_iter().collect();
        let is_page = |at: usize| sources.places.get(at).is_some_and(|place| place.kind == PlaceKind::FindLinks);
        distinct.arrange_by_key(|(_, at)| (is_page(*at), *at));
        Self { sources, distinct }
    }
}

/// How a place and the others of its run may answer for one another.
pub(super) struct Mix<'p, 'a> {
    /// The other places, for a message.
    pub(super) others: String,
    together: &'p Together<'a>,
    of_open: Option<Way>,
    of_pinned: Option<Way>,
}

impl<'a> Placed<'a> {
    /// What comes of it that there are other places; none where this is the only one, or asked by name alone.
    pub(super) fn mix(&self) -> Option<Mix<'_, 'a>> {
        if self.place.kind == PlaceKind::Named {
            return None;
        }
        let (key, sources) = (index_key(&self.place.url), &self.view.sources);
        let (_, other) = self.view.distinct.iter().find(|(other, _)| *other != key)?;
        let others = match self.view.distinct.len() {
            2 => sources.places.get(*other).map(shown).unwrap_or_default(),
            count => format!("{} other places", count - 1),
        };
        let way = |hold| sources.way_in(*other, self.at, hold).or_else(|| sources.way_in(self.at, *other, hold));
        Some(Mix { others, together: &self.together, of_open: way(Hold::Open), of_pinned: way(Hold::Pinned) })
    }
}

impl<'p, 'a> Mix<'p, 'a> {
    /// What any of the places may answer for, by a higher version.
    fn by_higher_version(&self) -> &'p [Asked<'a>] {
        if self.of_open == Some(Way::HigherVersion) { &self.together.open } else { &[] }
    }

    /// What any of them may answer for, by a file of the same version.
    fn by_same_version(&self) -> &'p [Asked<'a>] {
        if self.of_pinned == Some(Way::SameVersion) { &self.together.pinned } else { &[] }
    }

    /// What the place that is asked first answers for alone.
    pub(super) fn by_being_first(&self) -> &'p [Asked<'a>] {
        if self.of_open == Some(Way::AskedFirst) { &self.together.unhashed } else { &[] }
    }

    /// Whether somebody may get a file of theirs installed, as far as can be told.
    pub(super) fn is_open(&self) -> bool {
        !self.together.is_all_hashed()
    }

    /// What a pool of places means for these requirements, as the second half of a sentence.
    pub(super) fn outcome(&self) -> String {
        match (self.by_higher_version(), self.by_same_version()) {
            ([], []) if self.together.asked.is_empty() && self.together.runs.iter().all(|run| is_script(run.role)) => {
                ", for whatever is installed with it".to_owned()
            }
            ([], []) if self.together.asked.is_empty() => {
                ", for whatever is installed together with this file".to_owned()
            }
            ([], []) => "; with a hash for everything this can stop the install, but not enter it".to_owned(),
            ([], [only]) => {
                let only = names(std::slice::from_ref(only));
                format!(": {only} is pinned without a hash, so of that version it takes whoever's file fits best")
            }
            ([], pinned) => format!(
                ": {} are pinned without a hash, so of those versions it takes whoever's file fits best",
                names(pinned)
            ),
            (open, _) => format!(": of {} it takes the highest version that any of them offers", names(open)),
        }
    }
}

/// What binds projects to one of several places, for a tool that has such means.
pub(super) fn binding_of(tool: &str) -> Option<&'static str> {
    Some(match tool {
        "Poetry" => {
            "Give the private source `priority = \"explicit\"`, and name it in what comes from there: `source = \"…\"`"
        }
        "PDM" => "Name what comes from the private source in its `include_packages`",
        "Pipenv" => "Name the private source in what comes from there: `index = \"…\"`",
        _ => return None,
    })
}

/// Whether only a private index may answer for a requirement.
pub(super) fn is_private(asked: &Asked<'_>, config: &Config) -> bool {
    asked.entry.requirement.name.as_ref().is_some_and(|name| config.is_private(name.normalized()))
}

/// "`a`, `b` and 3 more".
pub(super) fn names(asked: &[Asked<'_>]) -> String {
    let mut labels: Vec<String> = Vec::new();
    for label in asked.iter().take(16).map(|asked| code(&asked.entry.requirement.label())) {
        if !labels.contains(&label) {
            labels.push(label);
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

/// The indexes that anything is taken from, in any file.
pub(super) fn used(project: &Project, config: &Config) -> Set<String> {
    let places = project.runs.iter().flat_map(|run| Sources::of(project, run, config.installer).places);
    places.map(|place| index_key(&place.url)).collect::<Set<_>>()
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

/// Whether a file of this role holds commands or settings among other things.
pub(super) fn is_script(role: Role) -> bool {
    matches!(role, Role::Command | Role::Settings)
}

/// The first thing of a run that a finding about the whole of it can point at.
pub(super) fn beginning_of(project: &Project, run: &Run) -> Location {
    let first = run.entries.iter().find(|entry| entry.file == run.root).and_then(|entry| entry.line);
    let line = first.and_then(|line| project.document(run.root)?.lines.get(line));
    match line {
        Some(line) if is_script(run.role) => Location { file: run.root, span: line.span },
        _ => beginning(project, run.root),
    }
}

/// The first thing in a file that a finding about the whole of it can point at.
pub(super) fn beginning(project: &Project, file: FileId) -> Location {
    let span = project.document(file).and_then(|document| document.lines.first()).map(|line| line.span);
    Location { file, span: span.unwrap_or_default() }
}
