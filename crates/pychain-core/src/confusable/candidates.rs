//! Which names a name may be taken for at all: every route is tried, none is judged here.

use std::ops::Range;

use super::affixes::LANGUAGE_PARTS;
use super::distance::Pattern;
use crate::knowledge::letters::{letter_set, skeleton, squeeze};
use crate::knowledge::ranked::{MAX_LENGTH, Ranked, RankedNames};

/// A name that is judged, in the forms in which it is compared.
#[derive(Debug, Clone)]
pub(super) struct Query<'a> {
    /// Normalized.
    pub(super) name: &'a str,
    /// Without delimiters.
    pub(super) squeezed: Vec<u8>,
    /// Its words.
    pub(super) words: Vec<&'a str>,
    pattern: Pattern,
    set: u32,
    /// The name's own place in the list, which is not looked at.
    excluded: Option<Ranked>,
}

/// One name that it may be taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) target: Ranked,
    pub(super) route: Route,
}

/// How one comes from the one to the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Route {
    /// So many steps.
    Steps(u32),
    /// It looks the same.
    Skeleton,
    /// The same words or parts in another order.
    Order,
    /// The language is said otherwise: `py-x` for `python-x`.
    Language,
    /// Words around the target, which itself may be a step off.
    Affix {
        /// What is before the target, in the squeezed name.
        before: Range<usize>,
        /// What is behind it.
        after: Range<usize>,
        /// Steps between the middle and the target.
        steps: u32,
    },
    /// The target without a part that says nothing: `smb` for `pysmb`.
    Part,
}

/// A misspelled target inside a longer name is looked for among the names of at most this rank.
const AFFIX_STEP_RANK: u16 = 1500;
/// The shortest name that is looked for inside others.
const MIN_INSIDE: usize = 3;
/// The shortest name that is looked for inside others where no delimiter sets it apart.
const MIN_GLUED: usize = 5;
/// Names of at least this length are compared over three steps.
const THREE_STEPS: usize = 12;

impl<'a> Query<'a> {
    /// `None` for what is too long to be taken for anything, or not made of letters and digits.
    pub(super) fn new(name: &'a str, excluded: Option<Ranked>) -> Option<Self> {
        let squeezed = squeeze(name, &mut [0; MAX_LENGTH])?.to_vec();
        let pattern = Pattern::new(&squeezed)?;
        let set = letter_set(&squeezed);
        Some(Self {
            name,
            words: name.split('-').filter(|word| !word.is_empty()).collect(),
            squeezed,
            pattern,
            set,
            excluded,
        })
    }

    /// Where a word ends and another begins, in the squeezed name.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        let mut end = 0;
        at == 0
            || self.words.iter().any(|word| {
                end += word.len();
                end == at
            })
    }

    /// All candidates; a target comes once for each route.
    pub(super) fn candidates(&self, names: &RankedNames) -> Vec<Candidate> {
        let mut found = Vec::new();
        self.by_steps(names, &mut found);
        self.by_looks(names, &mut found);
        self.by_order(names, &mut found);
        self.by_language(names, &mut found);
        self.by_affix(names, &mut found);
        found.retain(|candidate| Some(candidate.target) != self.excluded);
        found
    }

    fn by_steps(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let length = self.squeezed.len();
        let reach = match length {
            0..=2 => 0,
            3 => 1,
            _ if length < THREE_STEPS => 2,
            _ => 3,
        };
        scan(names, &self.pattern, self.set, length, reach, u16::MAX, &mut |target, steps| {
            found.push(Candidate { target, route: Route::Steps(steps) });
        });
    }

    fn by_looks(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let mut buffer = [0; MAX_LENGTH];
        let skeleton = skeleton(&self.squeezed, &mut buffer);
        let alike = names.of_skeleton(skeleton).filter(|target| names.squeezed(*target) != self.squeezed);
        found.extend(alike.map(|target| Candidate { target, route: Route::Skeleton }));
    }

    fn by_order(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let length = self.squeezed.len();
        if length < 5 {
            return;
        }
        let mut turned = Vec::with_capacity(length);
        let mut push = |spelled: &[u8]| {
            if let Some(target) = names.spelled(spelled).filter(|_| spelled != self.squeezed) {
                found.push(Candidate { target, route: Route::Order });
            }
        };
        for at in 2..length.saturating_sub(1) {
            let (left, right) = self.squeezed.split_at_checked(at).unwrap_or_default();
            turned.clear();
            turned.extend_from_slice(right);
            turned.extend_from_slice(left);
            push(&turned);
        }
        // Of more than two words, every two that stand side by side; turning covers two.
        if (3..=6).contains(&self.words.len()) {
            for at in 0..self.words.len() - 1 {
                let mut words = self.words.clone();
                words.swap(at, at + 1);
                push(words.concat().as_bytes());
            }
        }
    }

    fn by_language(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let squeezed = self.squeezed.as_slice();
        let stems = LANGUAGE_PARTS
            .iter()
            .flat_map(|part| [squeezed.strip_prefix(part.as_bytes()), squeezed.strip_suffix(part.as_bytes())]);
        let mut other = Vec::with_capacity(squeezed.len() + 6);
        let mut push = |parts: [&[u8]; 2], route: Route| {
            other.clear();
            other.extend(parts.into_iter().flatten());
            if let Some(target) = names.spelled(&other).filter(|_| other != squeezed) {
                found.push(Candidate { target, route });
            }
        };
        for stem in stems.flatten().filter(|stem| stem.len() >= MIN_INSIDE) {
            for part in LANGUAGE_PARTS {
                push([part.as_bytes(), stem], Route::Language);
                push([stem, part.as_bytes()], Route::Language);
            }
        }
        for part in LANGUAGE_PARTS.into_iter().chain(["js", "2", "3", "4"]).filter(|_| squeezed.len() >= MIN_INSIDE) {
            push([part.as_bytes(), squeezed], Route::Part);
            push([squeezed, part.as_bytes()], Route::Part);
        }
    }

    fn by_affix(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let length = self.squeezed.len();
        let mut push = |middle: Range<usize>, target: Ranked, steps: u32| {
            let route = Route::Affix { before: 0..middle.start, after: middle.end..length, steps };
            found.push(Candidate { target, route });
        };
        let cuts = (1..length).flat_map(|at| [at..length, 0..at]);
        let mut ends = vec![0];
        for word in &self.words {
            ends.push(ends.last().copied().unwrap_or_default() + word.len());
        }
        let inner = ends.iter().skip(1).flat_map(|start| ends.iter().map(move |end| *start..*end));
        let inner = inner.filter(|middle| middle.start < middle.end && middle.end < length);
        for middle in cuts.chain(inner) {
            let is_apart = self.is_boundary(middle.start) && self.is_boundary(middle.end);
            if middle.len() < if is_apart { MIN_INSIDE } else { MIN_GLUED } {
                continue;
            }
            let Some(text) = self.squeezed.get(middle.clone()) else { continue };
            if let Some(target) = names.spelled(text) {
                push(middle, target, 0);
            } else if is_apart
                && text.len() >= 6
                && let Some(pattern) = Pattern::new(text)
            {
                scan(names, &pattern, letter_set(text), text.len(), 1, AFFIX_STEP_RANK, &mut |target, steps| {
                    push(middle.clone(), target, steps);
                });
            }
        }
    }
}

/// Every ranked name within `reach` steps: first by length and letters, then by counting.
fn scan(
    names: &RankedNames,
    pattern: &Pattern,
    set: u32,
    length: usize,
    reach: u32,
    max_rank: u16,
    found: &mut impl FnMut(Ranked, u32),
) {
    let span = reach as usize;
    for other in length.saturating_sub(span).max(1)..=length + span {
        // Each letter that one has too many is a step; only the rest can bring other letters.
        let longer = u32::try_from(other.saturating_sub(length)).unwrap_or(u32::MAX);
        let shorter = u32::try_from(length.saturating_sub(other)).unwrap_or(u32::MAX);
        let (missing, strange) = (reach.saturating_sub(longer), reach.saturating_sub(shorter));
        let mut group = names.of_length(other);
        if max_rank < u16::MAX {
            group.end = upper(names, &group, max_rank);
        }
        for (at, letters) in group.clone().zip(names.letters_of(&group)) {
            let letters = u32::from_le_bytes(*letters);
            if has_more(set & !letters, missing) || has_more(letters & !set, strange) {
                continue;
            }
            let name = Ranked(at);
            let steps = pattern.distance(names.squeezed(name));
            if steps <= reach {
                found(name, steps);
            }
        }
    }
}

/// Where the names of a group begin that have a higher rank.
fn upper(names: &RankedNames, group: &Range<u16>, max_rank: u16) -> u16 {
    let (mut low, mut high) = (group.start, group.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if names.rank(Ranked(middle)) <= max_rank {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Whether more than `limit` bits are set; `limit` is at most 3.
fn has_more(set: u32, limit: u32) -> bool {
    let mut set = set;
    for _ in 0..limit {
        set &= set.wrapping_sub(1);
    }
    set != 0
}
