//! Which names a name may be taken for at all: every route is tried, none is judged here.

use std::ops::Range;

use super::affixes::LANGUAGE_PARTS;
use super::distance::Pattern;
use crate::knowledge::letters::{Spelling, letter_set, skeleton, squeeze};
use crate::knowledge::ranked::{BLOCK, Block, Group, MAX_LENGTH, Ranked, RankedNames};

/// A name that is judged, in the forms in which it is compared.
#[derive(Debug, Clone)]
pub(super) struct Query<'a> {
    /// Normalized.
    pub(super) name: &'a str,
    /// Without delimiters.
    pub(super) squeezed: Vec<u8>,
    /// Its words.
    pub(super) words: Vec<&'a str>,
    /// Where its words end, in the squeezed name; 0 comes first.
    ends: Vec<usize>,
    /// How it is spelled up to each letter.
    spellings: Vec<Spelling>,
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
        let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
        let mut ends = vec![0];
        for word in &words {
            ends.push(ends.last().copied().unwrap_or_default() + word.len());
        }
        let mut spellings = Vec::with_capacity(squeezed.len() + 1);
        spellings.push(Spelling::EMPTY);
        for letter in &squeezed {
            spellings.push(spellings.last().copied().unwrap_or_default().with(*letter));
        }
        Some(Self { name, squeezed, words, ends, spellings, pattern, set, excluded })
    }

    /// Where a word ends and another begins, in the squeezed name.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        self.ends.contains(&at)
    }

    /// How a part of the squeezed name is spelled.
    fn spelling(&self, part: &Range<usize>) -> Spelling {
        let of = |length: usize| self.spellings.get(length).copied().unwrap_or_default();
        of(part.end).without(of(part.start), of(part.len()))
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
        let mut push = |parts: &[Range<usize>]| {
            if !names.may_be_spelled(parts.iter().fold(Spelling::EMPTY, |all, part| all.then(self.spelling(part)))) {
                return;
            }
            turned.clear();
            turned.extend(parts.iter().flat_map(|part| self.squeezed.get(part.clone()).unwrap_or_default()));
            if let Some(target) = names.spelled(&turned).filter(|_| turned != self.squeezed) {
                found.push(Candidate { target, route: Route::Order });
            }
        };
        for at in 2..length.saturating_sub(1) {
            push(&[at..length, 0..at]);
        }
        // Of more than two words, every two that stand side by side; turning covers two.
        if (3..=6).contains(&self.words.len()) {
            for three in self.ends.windows(3) {
                if let [start, middle, end] = *three {
                    push(&[0..start, middle..end, start..middle, end..length]);
                }
            }
        }
    }

    fn by_language(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let (squeezed, length) = (self.squeezed.as_slice(), self.squeezed.len());
        let parts = LANGUAGE_PARTS.map(|part| (part.as_bytes(), Spelling::of(part.as_bytes())));
        let mut other = Vec::with_capacity(length + 6);
        let mut push = |first: (&[u8], Spelling), second: (&[u8], Spelling), route: Route| {
            if names.may_be_spelled(first.1.then(second.1)) {
                other.clear();
                other.extend(first.0.iter().chain(second.0));
                if let Some(target) = names.spelled(&other).filter(|_| other != squeezed) {
                    found.push(Candidate { target, route });
                }
            }
        };
        let at = |part: Range<usize>| (squeezed.get(part.clone()).unwrap_or_default(), self.spelling(&part));
        for part in LANGUAGE_PARTS.map(str::as_bytes) {
            let behind = squeezed.starts_with(part).then_some(part.len()..length);
            let before = squeezed.ends_with(part).then(|| 0..length - part.len());
            for stem in [behind, before].into_iter().flatten().filter(|stem| stem.len() >= MIN_INSIDE) {
                for part in parts {
                    push(part, at(stem.clone()), Route::Language);
                    push(at(stem.clone()), part, Route::Language);
                }
            }
        }
        if length >= MIN_INSIDE {
            let more = ["js", "2", "3", "4"].map(|part| (part.as_bytes(), Spelling::of(part.as_bytes())));
            for part in parts.into_iter().chain(more) {
                push(part, at(0..length), Route::Part);
                push(at(0..length), part, Route::Part);
            }
        }
    }

    fn by_affix(&self, names: &RankedNames, found: &mut Vec<Candidate>) {
        let length = self.squeezed.len();
        let mut push = |middle: Range<usize>, target: Ranked, steps: u32| {
            let route = Route::Affix { before: 0..middle.start, after: middle.end..length, steps };
            found.push(Candidate { target, route });
        };
        let cuts = (1..length).flat_map(|at| [at..length, 0..at]);
        let inner = self.ends.iter().skip(1).flat_map(|start| self.ends.iter().map(move |end| *start..*end));
        let inner = inner.filter(|middle| middle.start < middle.end && middle.end < length);
        for middle in cuts.chain(inner) {
            let is_apart = self.is_boundary(middle.start) && self.is_boundary(middle.end);
            if middle.len() < if is_apart { MIN_INSIDE } else { MIN_GLUED } {
                continue;
            }
            let Some(text) = self.squeezed.get(middle.clone()) else { continue };
            let spelling = self.spelling(&middle);
            if let Some(target) = names.may_be_spelled(spelling).then(|| names.spelled(text)).flatten() {
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
        let group = names.of_length(other);
        let end = if max_rank < u16::MAX { upper(names, &group, max_rank) } else { group.count };
        let blocks = group.blocks.get(..end.div_ceil(BLOCK)).unwrap_or_default();
        alike(blocks, set, missing, strange, &mut |at| {
            let Some((name, squeezed)) = group.at(at).filter(|_| at < end) else { return };
            if let Some(steps) = pattern.distance(squeezed, reach) {
                found(name, steps);
            }
        });
    }
}

/// Calls for the places of those sets that lack at most `missing` letters and have at most `strange` others.
fn alike(blocks: &[Block], set: u32, missing: u32, strange: u32, found: &mut impl FnMut(usize)) {
    for (number, block) in blocks.iter().enumerate() {
        let mut hits = !more_than(missing, block, set, u64::MAX);
        if hits != 0 {
            hits &= !more_than(strange, block, !set, 0);
        }
        while hits != 0 {
            found(number * BLOCK + hits.trailing_zeros() as usize);
            hits &= hits - 1;
        }
    }
}

/// Which names of a block have more than `limit` of some letters, or lack them where `turned` is all ones. At most three are counted.
fn more_than(limit: u32, block: &Block, mut letters: u32, turned: u64) -> u64 {
    // A column of counters, each level being those that have counted so far.
    let mut counted = [0u64; 4];
    while letters != 0 {
        let names = block.get(letters.trailing_zeros() as usize).copied().map_or(0, u64::from_le_bytes) ^ turned;
        let [one, two, three, four] = counted;
        counted = [one | names, two | one & names, three | two & names, four | three & names];
        letters &= letters - 1;
    }
    counted.get(limit as usize).copied().unwrap_or_default()
}

/// How many names of a group have at most a rank.
fn upper(names: &RankedNames, group: &Group<'_>, max_rank: u16) -> usize {
    let (mut low, mut high) = (0, group.count);
    while low < high {
        let middle = low + (high - low) / 2;
        if group.at(middle).is_some_and(|(name, _)| names.rank(name) <= max_rank) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
