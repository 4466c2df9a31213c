//! How one name can be taken for another: which, by what, how strongly, and why.
//!
//! Candidates are found by every route by which people were deceived (`candidates`), each is
//! described by numbers (`features`), and the numbers are weighed (`weights`, learned from
//! documented attacks and legitimate names by `cargo xtask names-train`). Whether a name exists is
//! not among the numbers: the two questions are joined where a rule decides what to say.

mod affixes;
mod candidates;
mod distance;
mod features;
mod mechanism;
mod protected;
mod steps;
pub mod unicode;
#[allow(clippy::approx_constant, reason = "a learned number may lie beside a constant by chance")]
mod weights;

pub use features::{FEATURES, Values};
pub use mechanism::Mechanism;

use crate::knowledge::ranked::Ranked;
use crate::knowledge::{Names, crowd};
use crate::name::normalize;
use crate::order::Arrange as _;
use candidates::{Candidate, Query};
use features::About;
use steps::Placed;

/// How sure a resemblance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One legitimate name in two hundred resembles another as much: a sign where the name is new or absent.
    Warn,
    /// One in four hundred: a sign by itself.
    Strict,
}

impl Level {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Strict => "strict",
        }
    }
}

/// A resemblance of one name to a more popular one.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusable {
    /// The resembled name, normalized.
    pub target: String,
    /// Its download rank; none for what is no project (`python`, a module of the standard library).
    pub rank: Option<u16>,
    /// By what.
    pub mechanism: Mechanism,
    /// The difference in words, letters and names in backticks.
    pub difference: String,
    /// From 0 to 1: how strongly, among names that are attacks or not.
    pub score: f32,
    /// What the score reaches, if anything.
    pub level: Option<Level>,
}

/// All that is known of one name.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// Normalized; for a name beyond ASCII, what the eye reads.
    pub name: String,
    /// Its own download rank.
    pub rank: Option<u16>,
    /// Whether the snapshot of the index has it; `None` where there is none.
    pub exists: Option<bool>,
    /// What it resembles, the strongest resemblance first, each name once.
    pub resembles: Vec<Confusable>,
}

impl Assessment {
    /// The strongest resemblance that reaches a level.
    pub fn verdict(&self) -> Option<&Confusable> {
        self.resembles.first().filter(|confusable| confusable.level.is_some())
    }
}

/// What is likeliest of a name that an index does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// It is mistyped: this name is there, and one step away.
    Beside(String),
    /// It is made of common words, as invented names are.
    Composed,
    /// It is private, new or gone.
    Unknown,
}

/// The shortest absent name that a neighbour explains: of shorter ones every other has one.
const MIN_BESIDE: usize = 7;

/// Says what is likeliest of a normalized name that the index does not have.
pub fn absence(name: &str, names: &Names) -> Absence {
    let mut beside: Vec<String> = Vec::new();
    let is_tried = (MIN_BESIDE..=crate::knowledge::ranked::MAX_LENGTH).contains(&name.len());
    if let Some(index) = names.index.as_ref().filter(|_| is_tried) {
        crowd::each(name.as_bytes(), &mut |other| {
            if index.contains_bytes(other) {
                let other = String::from_utf8_lossy(other).into_owned();
                if normalize(&other) == other {
                    beside.push(other);
                }
            }
        });
    }
    let is_word = |word: &str| word.len() >= 2 && names.vocabulary.word(word.as_bytes()).is_some();
    match beside.as_slice() {
        [only] => Absence::Beside(only.clone()),
        _ if name.contains('-') && name.split('-').all(is_word) => Absence::Composed,
        _ => Absence::Unknown,
    }
}

/// Calls with names by which a normalized name is attacked: one step away, with a word around it that says nothing, without
/// its delimiters, and its words turned.
pub fn each_attack(name: &str, found: &mut impl FnMut(&str)) {
    crowd::each(name.as_bytes(), &mut |other| found(&String::from_utf8_lossy(other)));
    for word in affixes::words() {
        for other in [[word, "-", name], [word, "", name], [name, "-", word], [name, "", word]] {
            found(&other.concat());
        }
    }
    if name.contains('-') {
        found(&name.replace('-', ""));
    }
    for (at, _) in name.match_indices('-') {
        let (start, end) = (name.get(..at).unwrap_or_default(), name.get(at + 1..).unwrap_or_default());
        found(&[end, "-", start].concat());
    }
}

/// So many resemblances of a name are told.
const MAX_TOLD: usize = 5;

/// Assesses a name as it is written. A ranked name is its own alibi: its resemblances reach no level.
pub fn assess(name: &str, names: &Names) -> Assessment {
    let mut assessment = assess_unranked(name, names);
    if assessment.rank.is_some() && name.is_ascii() {
        assessment.resembles.iter_mut().for_each(|confusable| confusable.level = None);
    }
    assessment
}

/// The verdict of [`assess`] where it reaches `least`, without looking at what cannot reach it.
pub fn verdict(name: &str, least: Level, names: &Names) -> Option<Confusable> {
    let is_enough = |found: &Confusable| found.level >= Some(least);
    if !name.is_ascii() || name.contains('/') {
        return assess(name, names).verdict().filter(|found| is_enough(found)).cloned();
    }
    let normalized = normalize(name);
    if names.plain.contains(&normalized) || names.ranked.find(&normalized).is_some() {
        return None;
    }
    resemblances(&normalized, None, names, Some(least)).into_iter().next().filter(is_enough)
}

/// The same as if the name itself had no rank: how a detector is measured on names that are legitimate.
pub fn assess_unranked(name: &str, names: &Names) -> Assessment {
    if !name.is_ascii() {
        return by_look(name, names);
    }
    // `@scope/name` and `scope/name` are how other ecosystems write a name.
    let (scope, bare) = name.rsplit_once('/').map_or((None, name), |(scope, bare)| (Some(scope), bare));
    let normalized = normalize(bare);
    let own = names.ranked.find(&normalized);
    let mut resembles = resemblances(&normalized, own, names, None);
    if let (Some(scope), Some(own)) = (scope, own) {
        let difference = format!(
            "`{}` with the scope `{}`, which names here do not have",
            names.ranked.name(own),
            scope.trim_start_matches('@')
        );
        resembles.insert(0, certain(own, Mechanism::Scope, difference, names));
    }
    resembles.truncate(MAX_TOLD);
    Assessment {
        rank: own.filter(|_| scope.is_none()).map(|own| names.ranked.rank(own)),
        exists: names.index.as_ref().map(|index| scope.is_none() && index.contains(&normalized)),
        name: normalized,
        resembles,
    }
}

/// A name beyond ASCII is no name at all; the question is only which one is meant.
fn by_look(name: &str, names: &Names) -> Assessment {
    let (read, odd) = unicode::read(name);
    let told: Vec<String> = odd
        .iter()
        .take(4)
        .map(|c| match unicode::look(*c) {
            Some("") => format!("{} is not seen", unicode::code_point(*c)),
            Some(ascii) => format!("{} looks like `{ascii}`", unicode::code_point(*c)),
            None => format!("{} is no letter of a name", unicode::code_point(*c)),
        })
        .collect();
    let difference = told.join("; ");
    let meant = names.ranked.find(&read).or_else(|| same_letters(&read, names));
    let mut resembles = if let Some(meant) = meant {
        vec![certain(meant, Mechanism::Unicode, difference, names)]
    } else {
        let nearest = resemblances(&read, None, names, None).into_iter().next();
        nearest.map(|nearest| Confusable { difference, ..nearest }).into_iter().collect()
    };
    for confusable in &mut resembles {
        confusable.mechanism = Mechanism::Unicode;
        confusable.level = Some(Level::Strict);
        confusable.score = 1.0;
    }
    if resembles.is_empty() {
        let difference = told.join("; ");
        let target = read.clone();
        resembles.push(Confusable {
            target,
            rank: None,
            mechanism: Mechanism::Unicode,
            difference,
            score: 1.0,
            level: Some(Level::Strict),
        });
    }
    Assessment { name: read, rank: None, exists: names.index.as_ref().map(|_| false), resembles }
}

fn same_letters(name: &str, names: &Names) -> Option<Ranked> {
    let mut buffer = [0; crate::knowledge::ranked::MAX_LENGTH];
    names.ranked.spelled(crate::knowledge::letters::squeeze(name, &mut buffer)?)
}

fn certain(target: Ranked, mechanism: Mechanism, difference: String, names: &Names) -> Confusable {
    let (rank, target) = (Some(names.ranked.rank(target)), names.ranked.name(target));
    Confusable { target, rank, mechanism, difference, score: 1.0, level: Some(Level::Strict) }
}

/// Every resemblance of a normalized name, the strongest first; or only the strongest, if it reaches a level.
fn resemblances(name: &str, own: Option<Ranked>, names: &Names, least: Option<Level>) -> Vec<Confusable> {
    let mut scored = Vec::new();
    let protected = protected::protected(name, names);
    // What is no project gives way to what reaches any level.
    let least = if protected.is_some() { least.map(|_| Level::Warn) } else { least };
    let floor = match least {
        None => f32::MIN,
        Some(Level::Warn) => weights::WARN,
        Some(Level::Strict) => weights::STRICT,
    };
    let told = if least.is_some() { 1 } else { MAX_TOLD };
    if let Some(query) = Query::new(name, own) {
        let candidates = query.candidates(&names.ranked);
        let about = About::new(&query, &candidates, names);
        let weighed = |candidate| {
            let (values, placed) = features::values(candidate, &about, floor)?;
            Some((weigh(&values), candidate, placed))
        };
        let mut best: Vec<(f32, &Candidate, Vec<Placed>)> = candidates.iter().filter_map(weighed).collect();
        best.arrange_by(|a, b| {
            b.0.total_cmp(&a.0).then_with(|| names.ranked.rank(a.1.target).cmp(&names.ranked.rank(b.1.target)))
        });
        for (score, candidate, placed) in best {
            if scored.len() == told {
                break;
            }
            let target = names.ranked.name(candidate.target);
            if scored.iter().any(|known: &Confusable| known.target == target) {
                continue;
            }
            let (mechanism, difference) = mechanism::tell(&query, &candidate.route, candidate.target, &placed, names);
            let level = if score >= weights::STRICT {
                Some(Level::Strict)
            } else {
                (score >= weights::WARN).then_some(Level::Warn)
            };
            let rank = Some(names.ranked.rank(candidate.target));
            scored.push(Confusable { target, rank, mechanism, difference, score: chance(score), level });
        }
    }
    let is_settled = scored.first().is_some_and(|first| first.level.is_some());
    if let Some(found) = protected.filter(|found| !is_settled || found.mechanism == Mechanism::NoProject) {
        let level = Some(if found.target == name { Level::Strict } else { Level::Warn });
        let protected::Protected { target, mechanism, difference } = found;
        scored.insert(0, Confusable { target, rank: None, mechanism, difference, score: 0.9, level });
    }
    scored
}

fn weigh(values: &Values) -> f32 {
    values.iter().zip(weights::WEIGHTS).map(|(value, weight)| value * weight).sum::<f32>() + weights::BIAS
}

/// From a logarithm of odds to a share.
fn chance(score: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-score))
}

/// One candidate of a name and its numbers, for learning the weights.
#[derive(Debug, Clone)]
pub struct Described {
    /// The resembled name, normalized.
    pub target: String,
    /// The numbers, in the order of [`FEATURES`].
    pub values: Values,
}

/// Every candidate of a normalized name with its numbers. A ranked name is compared with all others.
pub fn describe(name: &str, names: &Names) -> Vec<Described> {
    let Some(query) = Query::new(name, names.ranked.find(name)) else { return Vec::new() };
    let candidates = query.candidates(&names.ranked);
    let about = About::new(&query, &candidates, names);
    let describe = |candidate: &Candidate| {
        let (values, _) = features::values(candidate, &about, f32::MIN)?;
        Some(Described { target: names.ranked.name(candidate.target), values })
    };
    candidates.iter().filter_map(describe).collect()
}
