//! What speaks for taking a name for one that is a few steps away.

#[allow(clippy::wildcard_imports, reason = "the numbers' names, all of which are used here or beside")]
use super::*;
use crate::confusable::affixes::{self, Kind};
use crate::confusable::steps::{Step, cost, steps};
use crate::knowledge::ranked::Ranked;

/// What an index's name is expected to have beside it where the index is not at hand.
const USUAL_CROWD: u32 = 1;

/// What costs much to find out comes last, and only where the rest leaves it open whether `floor` is reached.
pub(super) fn fill(
    sheet: &mut Sheet,
    target: Ranked,
    count: u32,
    about: &About<'_>,
    floor: f32,
) -> Option<Vec<Placed>> {
    by_names(sheet, target, count, about);
    let length = f32::from(u8::try_from(about.names.ranked.squeezed(target).len()).unwrap_or(u8::MAX));
    let in_a_crowd = at_most(CROWD_0, (1.0, 1.0)).max(at_most(CROWD, (logf(2.0), 10.0)));
    if !sheet.can_reach(floor, of_steps_at_most(count, length) + in_a_crowd) {
        return None;
    }
    let placed = by_placed(sheet, about.names.ranked.squeezed(target), length, about.query);
    if !sheet.can_reach(floor, in_a_crowd) {
        return None;
    }
    let crowd = about.crowd().map_or(USUAL_CROWD, |crowd| crowd.saturating_sub(u32::from(count <= 1)));
    let crowd = f32::from(u16::try_from(crowd).unwrap_or(u16::MAX));
    sheet.set(CROWD_0, is(crowd < 1.0));
    sheet.set(CROWD, logf(1.0 + crowd));
    Some(placed)
}

/// What the two names tell without being laid beside each other.
fn by_names(sheet: &mut Sheet, target: Ranked, count: u32, about: &About<'_>) {
    let (query, names) = (about.query, about.names);
    let rank = f32::from(names.ranked.rank(target));
    let target_crowd = names.ranked.crowd(target);
    let target_name = names.ranked.name(target);
    let target = names.ranked.squeezed(target);
    let rank_log = rank_log(rank);
    let shorter = target.len().min(query.squeezed.len());
    let [one, two] = [count == 1, count == 2];
    sheet.set(ONE_STEP, is(one));
    sheet.set(TWO_STEPS, is(two));
    sheet.set(THREE_STEPS, is(count >= 3));
    sheet.set(NO_STEP, is(count == 0));
    for (at, limit) in [(ONE_TO_3, 3), (ONE_TO_4, 4), (ONE_TO_5, 5), (ONE_TO_6, 6), (ONE_TO_8, 8)] {
        sheet.set(at, is(one && shorter <= limit));
    }
    for (at, limit) in [(TWO_TO_5, 5), (TWO_TO_6, 6), (TWO_TO_7, 7), (TWO_TO_8, 8), (TWO_TO_9, 9)] {
        sheet.set(at, is(two && shorter <= limit));
    }
    sheet.set(TWO_FROM_12, is(two && shorter >= 12));
    let (first, last) = (query.squeezed.first(), query.squeezed.last());
    sheet.set(FIRST, is(first != target.first()));
    sheet.set(FIRST_INSERTED, is(query.squeezed.get(1..) == Some(target)));
    let is_omitted = target.get(1..) == Some(&query.squeezed);
    sheet.set(FIRST_OMITTED, is(is_omitted));
    sheet.set(FIRST_REPLACED, is(first != target.first() && !is_omitted && query.squeezed.get(1..) == target.get(1..)));
    sheet.set(LAST, is(last != target.last()));
    sheet.set(HALVES, is(first != target.first() && last != target.last()));
    let is_plural =
        query.squeezed.strip_suffix(b"s") == Some(target) || target.strip_suffix(b"s") == Some(&query.squeezed);
    sheet.set(PLURAL, is(is_plural));
    let is_numbered =
        last.is_some_and(u8::is_ascii_digit) && query.squeezed.len() > target.len() && last != target.last();
    sheet.set(DIGIT_AT_END, is(is_numbered));
    sheet.set(DIGIT_AT_END_WORDS, is(is_numbered && query.words.len() > 1));
    sheet.set(DIGIT_AT_END_TAIL, is(is_numbered && rank > 500.0));
    sheet.set(DIGIT_TARGET, is(target.last().is_some_and(u8::is_ascii_digit) && last != target.last()));
    let digits = |text: &[u8]| text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let are_digits = count > 0 && letters(&query.squeezed).eq(letters(target));
    sheet.set(DIGITS_ONLY, is(are_digits));
    sheet.set(DIGITS_ONLY_TAIL, is(are_digits && rank > 500.0));
    sheet.set(DIGIT_FOR_LETTER, is(digits(&query.squeezed) > digits(target)));
    sheet.set(STEPS_RANK, rank_log);
    sheet.set(STEPS_TOP_100, is(rank <= 100.0));
    sheet.set(STEPS_TOP_500, is(rank <= 500.0));
    sheet.set(STEPS_TOP_2000, is(rank <= 2000.0));
    sheet.set(TWO_RANK, if count >= 2 { rank_log } else { 0.0 });
    sheet.set(SHORT_RANK, if shorter <= 6 { rank_log } else { 0.0 });
    let unnatural = (about.cost - names.vocabulary.cost(target_name.as_bytes())).clamp(-2.0, 2.0);
    sheet.set(UNNATURAL, unnatural);
    sheet.set(UNNATURAL_BITS, (about.bits - names.vocabulary.bits(target_name.as_bytes())).clamp(-16.0, 16.0) / 8.0);
    sheet.set(UNNATURAL_TWO, if count >= 2 { unnatural } else { 0.0 });
    sheet.set(COST_OF_NAME, about.cost - 4.0);
    by_words(sheet, &target_name, about);
    sheet.set(COMPOSED, about.composed());
    sheet.set(COMPOSED_TWO, if count >= 2 { about.composed() } else { 0.0 });
    sheet.set(TARGET_FAMILY, names.vocabulary.word(target).unwrap_or_default().first / 10.0);
    // Of the target's neighbours the name itself is not counted: whether it exists must not show.
    let own = u8::from(count == 1 && about.exists());
    let target_crowd = f32::from(target_crowd.saturating_sub(own));
    sheet.set(TARGET_CROWD_0, is(target_crowd < 1.0));
    sheet.set(TARGET_CROWD, logf(1.0 + target_crowd));
    sheet.set(TARGET_CROWD_SHORT, if shorter <= 6 { logf(1.0 + target_crowd) } else { 0.0 });
    sheet.set(RANKED_BESIDE, (about.beside - 1.0).clamp(0.0, 4.0));
}

fn by_words(sheet: &mut Sheet, target_name: &str, about: &About<'_>) {
    let (query, names) = (about.query, about.names);
    let target_words = || target_name.split('-');
    let other = || query.words.iter().filter(|word| target_words().all(|target| target != **word));
    let (mut known, mut all_known) = (f32::MAX, true);
    for word in other() {
        match names.vocabulary.word(word.as_bytes()) {
            Some(word) => known = known.min(word.any),
            None => all_known = false,
        }
    }
    let is_any = other().next().is_some();
    sheet.set(KNOWN_WORD, is(all_known && is_any));
    sheet.set(KNOWN_WORD_COUNT, if all_known && is_any { known / 10.0 } else { 0.0 });
    sheet.set(UNKNOWN_WORD, is(!all_known && query.words.len() > 1));
    sheet.set(KNOWN_SHORT, is(other().any(|word| word.len() <= 3) && query.words.len() > 1));
    sheet.set(OTHER_WORDS, is(query.words.len() > 1));
    sheet.set(WORDS_DIFFER, is(query.words.len() != target_words().count()));
    // `py` and `python` are before names of everybody: they make no family.
    let is_head = |first: &&&str| target_words().next() == Some(**first) && affixes::kind(first) != Kind::Language;
    let head = query.words.first().filter(|first| query.words.len() > 1 && is_head(first));
    let family = head.and_then(|head| names.vocabulary.word(head.as_bytes())).unwrap_or_default().first;
    sheet.set(FAMILY, family / 10.0);
    sheet.set(FAMILY_SHORT, is(head.is_some() && other().any(|word| word.len() <= 5)));
}

/// What the steps tell, one by one.
fn by_placed(sheet: &mut Sheet, target: &[u8], length: f32, query: &Query<'_>) -> Vec<Placed> {
    let (placed, cost) = steps(&query.squeezed, target);
    sheet.set(COST, cost);
    sheet.set(RATIO, cost / length.max(1.0) * 8.0);
    for (at, step) in STEPS {
        let count = placed.iter().filter(|placed| placed.step == step).count();
        sheet.set(at, f32::from(u8::try_from(count).unwrap_or(u8::MAX)));
    }
    placed
}

const STEPS: [(usize, Step); 12] = [
    (OMISSION, Step::Omission),
    (REPETITION, Step::Repetition),
    (SLIPPED, Step::SlippedKey),
    (INSERTION, Step::Insertion),
    (TRANSPOSITION, Step::Transposition),
    (LOOK, Step::LookAlike),
    (NEIGHBOUR, Step::NeighbourKey),
    (VOWEL, Step::Vowel),
    (SOUND, Step::SoundAlike),
    (BIT, Step::BitFlip),
    (DIGIT, Step::Digit),
    (REPLACEMENT, Step::Replacement),
];

/// What so many steps weigh at most, whatever they are.
///
/// They cost at most one each, or they would not be the cheapest; and the least that a step can cost each.
fn of_steps_at_most(count: u32, length: f32) -> f32 {
    let count = f32::from(u8::try_from(count).unwrap_or(u8::MAX));
    let (mut steepest, mut cheapest) = (f32::MIN, f32::MAX);
    for (at, step) in STEPS {
        steepest = steepest.max(at_most(at, (1.0, 1.0)) / cost(step));
        cheapest = cheapest.min(cost(step));
    }
    let for_cost = at_most(COST, (1.0, 1.0)) + at_most(RATIO, (1.0, 1.0)) / length.max(1.0) * 8.0;
    let for_each = steepest + for_cost;
    for_each * if for_each > 0.0 { count } else { count * cheapest }
}

fn letters(text: &[u8]) -> impl Iterator<Item = &u8> {
    text.iter().filter(|byte| !byte.is_ascii_digit())
}
