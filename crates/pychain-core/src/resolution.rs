//! Which candidate an installer takes for a name that several indexes may serve, and who could put another in its stead.
//!
//! What is said here was recorded with the real tools (pip 26.3, uv 0.13.9); the tests replay the records.
//!
//! - pip pools the candidates of all places. The best version wins; at equal versions the file that
//!   fits the machine better (a wheel before a source distribution, a wheel for this interpreter
//!   before one for any), then the file of the last index. So a pin does not say whose file it is.
//! - uv asks the extra indexes in their order, then the main one, and takes a name from the first
//!   index that knows it. `--find-links` is pooled with that index. An `--index-url` wipes no extra
//!   index as it does for pip, and options in constraints files do nothing.
//! - Both check a given hash, whatever they chose: a wrong file stops the install, it does not enter it.

use crate::config::Installer;
use crate::finding::Location;
use crate::model::{InstallOption, LineKind, OptionUse, Requirement, Source, Tool};
use crate::order::{Arrange as _, Map};
use crate::requirement::typed::{Version, VersionSpecifiers};
use crate::tree::{Entry, Project, Role, Run};
use crate::url::{DEFAULT_INDEX, DirectUrl};

/// What a place is to the installer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// The one index that is there without any option, or that `--index-url` puts in its stead.
    Main,
    /// `--extra-index-url`.
    Extra,
    /// Poetry's supplemental source, asked where no place before it has what is asked for.
    Last,
    /// `--find-links`: a page or folder with files.
    FindLinks,
    /// An index for those alone that name it: nothing else is looked up there.
    Named,
}

/// A place that candidates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub kind: PlaceKind,
    /// Its URL or path as written.
    pub url: String,
    /// The option's value; none for the default index.
    pub location: Option<Location>,
}

/// How an installer goes through the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// pip: all candidates together.
    Pool,
    /// uv: only the first index that knows the name (`first-index`, its default).
    FirstIndex,
    /// uv: the first index that has a version which is asked for (`unsafe-first-match`).
    UnsafeFirstMatch,
    /// uv: all candidates together, at equal versions the first index (`unsafe-best-match`).
    UnsafeBestMatch,
}

impl Strategy {
    /// By the name that uv gives it; none for any other text.
    pub fn of_uv(name: &str) -> Option<Self> {
        match name.trim() {
            "first-index" => Some(Self::FirstIndex),
            "unsafe-first-match" => Some(Self::UnsafeFirstMatch),
            "unsafe-best-match" => Some(Self::UnsafeBestMatch),
            _ => None,
        }
    }
}

/// The places that a run takes candidates from, in the installer's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// pip: find-links, the main index, the extra ones. uv: find-links, the extra ones, the main index.
    /// Last those that only what names them is looked up in.
    pub places: Vec<Place>,
    /// Indexes that an option names and that a later one takes out again, with the place of that one.
    pub forgotten: Vec<(Place, Location)>,
    /// How they are gone through.
    pub strategy: Strategy,
}

/// What binds an installer to the file that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// A range, or nothing at all.
    Open,
    /// One version: of whatever index.
    Pinned,
    /// The file itself.
    Hashed,
}

/// How somebody who controls one place gets a file of theirs installed in the stead of another place's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// By a higher version.
    HigherVersion,
    /// By a file of the same version that fits better, or in an index that comes later.
    SameVersion,
    /// By having the name at all: the place is asked first.
    AskedFirst,
}

/// A file that a place offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Index into [`Sources::places`].
    pub place: usize,
    /// Its version.
    pub version: Version,
    /// How well it fits the machine: 0 for a source distribution, more for a more specific wheel.
    pub fit: u8,
    /// Whether it is one of the files whose hash is given.
    pub is_hashed: bool,
    /// Whether the place's page says its digest.
    pub says_digest: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Versions that will do; none: any.
    pub versions: Option<VersionSpecifiers>,
    /// Whether hashes are given.
    pub hashed: bool,
    /// Whether hashes are asked of everything.
    pub hashes_required: bool,
    /// Whether source distributions are ruled out.
    pub only_binary: bool,
}

/// The candidate that an installer settles on, and why it then refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Index into the candidates.
    pub candidate: Option<usize>,
    /// Why nothing is installed. A mismatch shows only when the file is there, so not in uv's dry run.
    pub refused: Option<Refused>,
}

/// Why nothing is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No place offers what is asked for.
    NoCandidate,
    /// Hashes are asked of everything, and none is given.
    HashMissing,
    /// The file has another hash.
    HashMismatch,
}

impl Sources {
    /// The places of a run. A line that the installer refuses is passed over, so that the rest can be judged.
    pub fn of(project: &Project, run: &Run, configured: Installer) -> Self {
        let installer = judged_by(run, configured);
        let mut reader = Reader {
            installer,
            wipes: installer == Installer::Pip && run.tool.is_none_or(|tool| tool == Tool::Pip),
            links: Vec::new(),
            named: Vec::new(),
            strategy: None,
            main: None,
            extra: Vec::new(),
            closed: None,
            forgotten: Vec::new(),
        };
        for entry in &run.entries {
            let Some(line) = entry.line.and_then(|line| project.document(entry.file)?.lines.get(line)) else {
                continue;
            };
            if !matches!(line.kind, LineKind::Options) || (installer == Installer::Uv && entry.constraint) {
                continue;
            }
            let at = |used: &OptionUse| Location { file: entry.file, span: used.value.span };
            for used in line.acting(InstallOption::IndexStrategy) {
                reader.strategy = Strategy::of_uv(&used.value.value).or(reader.strategy);
            }
            for used in line.acting(InstallOption::NamedIndex) {
                reader.named.push(place(PlaceKind::Named, used.value.value.clone(), Some(at(used))));
            }
            for used in line.acting(InstallOption::NoIndex) {
                reader.close(Location { file: entry.file, span: used.span });
            }
            for used in line.acting(InstallOption::IndexUrl).filter(|used| !used.value.value.is_empty()) {
                reader.main(used.value.value.clone(), at(used));
            }
            for used in line.acting(InstallOption::ExtraIndexUrl) {
                reader.extra(PlaceKind::Extra, used.value.value.clone(), at(used));
            }
            for used in line.acting(InstallOption::SupplementalIndex) {
                reader.extra(PlaceKind::Last, used.value.value.clone(), at(used));
            }
            for used in line.acting(InstallOption::FindLinks) {
                reader.links.push(place(PlaceKind::FindLinks, used.value.value.clone(), Some(at(used))));
            }
        }
        reader.finish()
    }

    /// The main and extra indexes, in the installer's order.
    pub fn indexes(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !matches!(place.kind, PlaceKind::FindLinks | PlaceKind::Named))
    }

    /// The candidate that the installer takes. Equal ones beyond what is compared: the last of the list.
    pub fn choose(&self, ask: &Ask, candidates: &[Candidate]) -> Choice {
        if ask.hashes_required && !ask.hashed {
            return Choice { candidate: None, refused: Some(Refused::HashMissing) };
        }
        let will_do = |candidate: &Candidate| {
            ask.versions.as_ref().is_none_or(|versions| versions.contains(&candidate.version))
                && !(ask.only_binary && candidate.fit == 0)
        };
        let is_link = |candidate: &Candidate| {
            self.places.get(candidate.place).is_none_or(|place| place.kind == PlaceKind::FindLinks)
        };
        let first = |wanted: &dyn Fn(&Candidate) -> bool| {
            candidates.iter().filter(|one| !is_link(one) && wanted(one)).map(|one| one.place).min()
        };
        let is_last = |at: usize| self.places.get(at).is_some_and(|place| place.kind == PlaceKind::Last);
        let asked = match self.strategy {
            Strategy::Pool => first(&will_do).filter(|at| is_last(*at)),
            Strategy::UnsafeBestMatch => None,
            Strategy::FirstIndex => first(&|_| true),
            Strategy::UnsafeFirstMatch => first(&will_do),
        };
        // pip leaves out what is known to be wrong, if something is known to be right.
        let known_right = |one: &Candidate| ask.hashed && one.is_hashed && one.says_digest;
        let some_right = candidates.iter().any(|one| will_do(one) && known_right(one));
        let candidate = candidates
            .iter()
            .enumerate()
            .filter(|(_, one)| will_do(one) && (is_link(one) || asked.is_none_or(|place| place == one.place)))
            .filter(|(_, one)| asked.is_some() || !is_last(one.place))
            .filter(|(_, one)| self.strategy != Strategy::Pool || !some_right || one.is_hashed || !one.says_digest)
            .max_by_key(|(_, one)| match self.strategy {
                Strategy::Pool => (known_right(one), &one.version, one.fit, one.place, 0),
                // uv: whoever is asked earlier, then the better fitting file.
                _ => (false, &one.version, 0, usize::MAX - one.place, one.fit),
            })
            .map(|(at, _)| at);
        let refused = match candidate.and_then(|at| candidates.get(at)) {
            None => Some(Refused::NoCandidate),
            Some(one) if ask.hashed && !one.is_hashed => Some(Refused::HashMismatch),
            Some(_) => None,
        };
        Choice { candidate, refused }
    }

    /// How whoever controls the place `intruder` gets a file installed for a name that is meant to come
    /// from the place `honest`, where both may serve it.
    pub fn way_in(&self, honest: usize, intruder: usize, hold: Hold) -> Option<Way> {
        let meant =
            Candidate { place: honest, version: Version::new([1]), fit: 1, is_hashed: true, says_digest: false };
        let forged = |version| Candidate { place: intruder, version, fit: 2, is_hashed: false, says_digest: false };
        let ask = Ask { hashed: hold == Hold::Hashed, ..Ask::default() };
        let enters = |candidate: Candidate| {
            let choice = self.choose(&ask, &[meant.clone(), candidate]);
            choice.candidate == Some(1) && choice.refused.is_none()
        };
        if enters(forged(Version::new([0]))) {
            Some(Way::AskedFirst)
        } else if enters(forged(Version::new([1]))) && hold == Hold::Pinned {
            Some(Way::SameVersion)
        } else if hold == Hold::Open && enters(forged(Version::new([2]))) {
            Some(Way::HigherVersion)
        } else {
            None
        }
    }
}

/// A requirement that an installer looks up by name in the places of a run.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The requirement.
    pub entry: Entry<'a>,
    /// What binds it, constraints of the run included.
    pub hold: Hold,
}

/// Whose rules a run follows: the tool's that the file decides on, or else the configured installer's.
/// All tools but uv pool their indexes as pip does.
pub fn judged_by(run: &Run, configured: Installer) -> Installer {
    match run.tool {
        None => configured,
        // A manifest that names no tool of its own.
        Some(Tool::Pip) if run.role == Role::Manifest => configured,
        Some(Tool::Uv) => Installer::Uv,
        Some(_) => Installer::Pip,
    }
}

/// The requirements that a run looks up by name in all its indexes, each once, in the run's order.
pub fn asked<'a>(project: &'a Project, run: &Run, configured: Installer) -> Vec<Asked<'a>> {
    let installer = judged_by(run, configured);
    let entries = run.entries.iter().filter_map(|at| {
        let document = project.document(at.file)?;
        let line = document.lines.get(at.line?)?;
        let by_name =
            |requirement: &&Requirement| matches!(requirement.source, Source::Index) && requirement.index.is_none();
        let requirement = line.requirement().filter(by_name)?;
        Some(Entry { document, line, requirement, constraint: at.constraint })
    });
    let (constraints, mut requirements): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.constraint);
    requirements.arrange_by_key(Entry::location);
    requirements.dedup_by_key(|entry| entry.location());
    let mut bound = Map::new();
    for entry in &constraints {
        let hold = bound.entry(entry.requirement.name.as_ref()).or_insert(Hold::Open);
        *hold = (*hold).max(own_hold(entry, installer));
    }
    // pip then refuses whatever has no hash.
    let all_hashed = match installer {
        Installer::Pip => run.hash_mode.as_ref().is_some_and(|mode| mode.on),
        Installer::Uv => run.options.require_hashes.is_some(),
    };
    let hold_of = |entry: &Entry<'_>| {
        let constrained = bound.get(&entry.requirement.name.as_ref()).copied().unwrap_or(Hold::Open);
        if all_hashed { Hold::Hashed } else { own_hold(entry, installer).max(constrained) }
    };
    requirements.into_iter().map(|entry| Asked { hold: hold_of(&entry), entry }).collect()
}

/// uv takes no hash from a constraint.
fn own_hold(entry: &Entry<'_>, installer: Installer) -> Hold {
    let requirement = entry.requirement;
    let is_deaf = entry.constraint && installer == Installer::Uv;
    if !is_deaf && !requirement.hashes.is_empty() {
        Hold::Hashed
    } else if requirement.pin().is_some() || matches!(&*requirement.specifiers, [only] if only.operator == "===") {
        Hold::Pinned
    } else {
        Hold::Open
    }
}

/// What an index is compared by: host in lower case, path without a slash at its end. Credentials, a
/// port that the scheme implies, and the difference between `http` and `https` do not count.
pub fn index_key(url: &str) -> String {
    let Ok(parsed) = DirectUrl::parse(url.trim(), crate::text::Span::default()) else { return url.to_owned() };
    if !matches!(parsed.scheme.as_str(), "http" | "https") {
        return url.trim_end_matches('/').to_owned();
    }
    let address = parsed.authority.rsplit_once('@').map_or(parsed.authority.as_str(), |(_, address)| address);
    let address = address.to_ascii_lowercase();
    let implied = if parsed.scheme == "http" { ":80" } else { ":443" };
    let host = address.strip_suffix(implied).unwrap_or(&address).trim_end_matches([':', '.']);
    format!("{host}{}", parsed.path.trim_end_matches('/'))
}

fn place(kind: PlaceKind, url: String, location: Option<Location>) -> Place {
    Place { kind, url, location }
}

/// The option lines of a run, read in order.
struct Reader {
    installer: Installer,
    /// Whether an `--index-url` takes the extra indexes before it out again: pip's alone does.
    wipes: bool,
    links: Vec<Place>,
    named: Vec<Place>,
    /// uv's, where an option sets another one.
    strategy: Option<Strategy>,
    main: Option<Place>,
    extra: Vec<Place>,
    /// `--no-index`, which no later option takes back.
    closed: Option<Location>,
    forgotten: Vec<(Place, Location)>,
}

impl Reader {
    fn close(&mut self, by: Location) {
        self.forget(by);
        self.forgotten.extend(std::mem::take(&mut self.extra).into_iter().map(|place| (place, by)));
        self.closed.get_or_insert(by);
    }

    fn main(&mut self, url: String, at: Location) {
        let new = place(PlaceKind::Main, url, Some(at));
        if let Some(by) = self.closed {
            return self.forgotten.push((new, by));
        }
        self.forget(at);
        if self.wipes {
            self.forgotten.extend(std::mem::take(&mut self.extra).into_iter().map(|place| (place, at)));
        }
        self.main = Some(new);
    }

    fn extra(&mut self, kind: PlaceKind, url: String, at: Location) {
        let new = place(kind, url, Some(at));
        match self.closed {
            Some(by) => self.forgotten.push((new, by)),
            None => self.extra.push(new),
        }
    }

    fn forget(&mut self, by: Location) {
        self.forgotten.extend(self.main.take().map(|place| (place, by)));
    }

    fn finish(self) -> Sources {
        let default = || place(PlaceKind::Main, DEFAULT_INDEX.to_owned(), None);
        let main = self.main.or_else(|| self.closed.is_none().then(default));
        let (mut places, mut extra) = (self.links, self.extra);
        let strategy = match self.installer {
            Installer::Pip => {
                places.extend(main);
                extra.arrange_by_key(|place| place.kind == PlaceKind::Last);
                places.append(&mut extra);
                Strategy::Pool
            }
            Installer::Uv => {
                // The main index may stand among the others, and is then asked there.
                let same = |extra: &Place, main: &Place| index_key(&extra.url) == index_key(&main.url);
                let listed = main.as_ref().and_then(|main| extra.iter_mut().find(|extra| same(extra, main)));
                let is_listed = listed.is_some();
                if let Some(listed) = listed {
                    listed.kind = PlaceKind::Main;
                }
                places.append(&mut extra);
                places.extend(main.filter(|_| !is_listed));
                self.strategy.unwrap_or(Strategy::FirstIndex)
            }
        };
        places.extend(self.named);
        Sources { places, forgotten: self.forgotten, strategy }
    }
}

#[cfg(test)]
mod tests;
