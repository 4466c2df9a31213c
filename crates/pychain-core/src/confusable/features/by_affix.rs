//! What speaks for taking a name for one that it has inside, with words around it.

use std::ops::Range;

#[allow(clippy::wildcard_imports, reason = "the numbers' names, all of which are used here or beside")]
use super::*;
use crate::confusable::affixes::{self, Kind};
use crate::knowledge::ranked::Ranked;

/// Where the words around the target are, in the squeezed name.
pub(super) struct Around<'a> {
    pub(super) before: &'a Range<usize>,
    pub(super) after: &'a Range<usize>,
    /// Steps between the middle and the target.
    pub(super) steps: u32,
}

/// What costs much to find out comes last, and only where the rest leaves it open whether `floor` is reached.
pub(super) fn fill(
    sheet: &mut Sheet,
    target: Ranked,
    around: &Around<'_>,
    about: &About<'_>,
    floor: f32,
) -> Option<()> {
    let (query, names) = (about.query, about.names);
    let Around { before, after, steps } = around;
    let rank = f32::from(names.ranked.rank(target));
    let squeezed = names.ranked.squeezed(target);
    let length = f32::from(u8::try_from(squeezed.len()).unwrap_or(u8::MAX));
    let is_apart = query.is_boundary(before.end) && query.is_boundary(after.start);
    let words = words(query, before, after);
    let kinds: Vec<Kind> = words.iter().map(|word| affixes::kind(word)).collect();
    let has = |kind: Kind| is(kinds.contains(&kind));
    let all_empty = !kinds.is_empty() && kinds.iter().all(|kind| !matches!(kind, Kind::Other | Kind::Part));
    sheet.set(AFFIX, 1.0);
    sheet.set(AFFIX_STEP, is(*steps > 0));
    sheet.set(AFFIX_GLUED, is(!is_apart));
    sheet.set(AFFIX_BEFORE, is(after.is_empty()));
    sheet.set(AFFIX_BOTH, is(!before.is_empty() && !after.is_empty()));
    sheet.set(AFFIX_WORDS, is(kinds.len() > 1));
    sheet.set(AFFIX_PRAISE, has(Kind::Praise));
    sheet.set(AFFIX_LANGUAGE, has(Kind::Language));
    sheet.set(AFFIX_ECOSYSTEM, has(Kind::Ecosystem));
    sheet.set(AFFIX_VERSION, has(Kind::Version));
    sheet.set(AFFIX_PART, has(Kind::Part));
    sheet.set(AFFIX_SHORT, is(before.len() + after.len() <= 2));
    sheet.set(AFFIX_RANK, rank_log(rank));
    sheet.set(AFFIX_TOP_100, is(rank <= 100.0));
    sheet.set(AFFIX_TOP_1000, is(rank <= 1000.0));
    sheet.set(AFFIX_TARGET_LENGTH, length.min(16.0) / 10.0);
    sheet.set(AFFIX_TARGET_SHORT, is(squeezed.len() <= 4));
    sheet.set(AFFIX_EMPTY, is(all_empty));
    let has_words = names.ranked.delimiters(target, squeezed.len()) != 0;
    sheet.set(AFFIX_TARGET_WORDS, is(has_words));
    sheet.set(AFFIX_EMPTY_WORDS, is(has_words && all_empty));
    sheet.set(AFFIX_PART_WORDS, is(has_words && kinds.iter().all(|kind| *kind != Kind::Other)));
    sheet.set(AFFIX_EMPTY_TOP_100, is(all_empty && rank <= 100.0));
    sheet.set(AFFIX_EMPTY_TOP_500, is(all_empty && rank <= 500.0));
    sheet.set(AFFIX_EMPTY_TOP_2000, is(all_empty && rank <= 2000.0));
    sheet.set(AFFIX_EMPTY_BEFORE, is(all_empty && after.is_empty()));
    sheet.set(AFFIX_GLUED_TOP_500, is(!is_apart && rank <= 500.0));
    sheet.set(AFFIX_STEP_GENERIC, is(*steps > 0 && all_empty));
    let is_long = !is_apart && query.words.len() == 1 && squeezed.len() >= 7;
    sheet.set(AFFIX_GLUED_LONG, is(is_long && rank <= 3000.0));
    sheet.set(AFFIX_GLUED_LONG_500, is(is_long && rank <= 500.0));
    sheet.set(AFFIX_GLUED_LONG_TAIL, is(is_long && rank <= 500.0 && before.len() + after.len() >= 4));
    sheet.set(AFFIX_GLUED_LENGTH, if is_apart { 0.0 } else { length.min(16.0) / 10.0 });
    if !sheet.can_reach(floor, of_words_at_most()) {
        return None;
    }
    by_words(sheet, squeezed, rank, &words, is_apart, all_empty, about);
    Some(())
}

/// What the words tell, those around the target and its own.
fn by_words(
    sheet: &mut Sheet,
    squeezed: &[u8],
    rank: f32,
    words: &[&str],
    is_apart: bool,
    all_empty: bool,
    about: &About<'_>,
) {
    let names = about.names;
    let known: Vec<_> = words.iter().map(|word| names.vocabulary.word(word.as_bytes())).collect();
    let rank_of = |word: &&str| names.ranked.find(word).map_or(u16::MAX, |name| names.ranked.rank(name));
    let ranks = words.iter().map(rank_of).max();
    let is_ranked = ranks.is_some_and(|rank| rank <= 1000);
    sheet.set(AFFIX_RANKED, is(is_ranked));
    sheet.set(AFFIX_RANKED_TOP, is(ranks.is_some_and(|other| other <= 200) && rank <= 200.0));
    sheet.set(AFFIX_UNKNOWN, is(known.iter().any(Option::is_none)));
    let least = known.iter().map(|word| word.map_or(0.0, |word| word.any)).fold(f32::MAX, f32::min);
    sheet.set(AFFIX_COUNT, least.min(16.0) / 10.0);
    sheet.set(AFFIX_UNNATURAL, names.vocabulary.cost(words.concat().as_bytes()) - 4.0);
    let word = names.vocabulary.word(squeezed).unwrap_or_default();
    sheet.set(AFFIX_TARGET_WORD, word.any / 10.0);
    sheet.set(if all_empty { AFFIX_EMPTY_FAMILY } else { AFFIX_FAMILY }, word.first / 10.0);
    sheet.set(AFFIX_FAMILY_END, if all_empty { 0.0 } else { word.last / 10.0 });
    sheet.set(AFFIX_RANKED_FAMILY, if is_ranked { word.first / 10.0 } else { 0.0 });
    sheet.set(AFFIX_GLUED_UNKNOWN, is(!is_apart && known.iter().any(Option::is_none)));
    sheet.set(AFFIX_GLUED_KNOWN, is(!is_apart && known.iter().all(Option::is_some)));
}

/// What [`by_words`] weighs at most.
fn of_words_at_most() -> f32 {
    /// A binary logarithm of a count of names, as a tenth of it.
    const COUNT: (f32, f32) = (0.0, 3.2);
    /// Bits that a letter costs, as far from the usual ones.
    const BITS: (f32, f32) = (-4.0, 12.0);
    const YES_OR_NO: (f32, f32) = (0.0, 1.0);
    let either = [AFFIX_RANKED, AFFIX_RANKED_TOP, AFFIX_UNKNOWN, AFFIX_GLUED_UNKNOWN, AFFIX_GLUED_KNOWN];
    let counts = [AFFIX_COUNT, AFFIX_TARGET_WORD, AFFIX_FAMILY_END, AFFIX_RANKED_FAMILY];
    either.iter().map(|at| at_most(*at, YES_OR_NO)).sum::<f32>()
        + counts.iter().map(|at| at_most(*at, COUNT)).sum::<f32>()
        + at_most(AFFIX_EMPTY_FAMILY, COUNT).max(at_most(AFFIX_FAMILY, COUNT))
        + at_most(AFFIX_UNNATURAL, BITS)
}

/// The words around the target; glued parts are a word each.
pub(in crate::confusable) fn words<'a>(
    query: &'a Query<'_>,
    before: &Range<usize>,
    after: &Range<usize>,
) -> Vec<&'a str> {
    let mut found = Vec::new();
    for range in [before, after] {
        let mut start = range.start;
        for at in range.start + 1..=range.end {
            if at == range.end || query.is_boundary(at) {
                found.extend(query.squeezed.get(start..at).and_then(|bytes| std::str::from_utf8(bytes).ok()));
                start = at;
            }
        }
    }
    found
}
