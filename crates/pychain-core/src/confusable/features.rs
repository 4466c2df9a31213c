//! What speaks for and against taking a name for another, as numbers; the weights are learned.

use super::affixes::{self, Kind};
use super::candidates::{Candidate, Query, Route};
use super::steps::{Placed, Step, steps};
use crate::knowledge::Names;

macro_rules! features {
    ($($constant:ident $name:literal;)+) => {
        #[expect(non_camel_case_types, reason = "the numbers of the features, counted by the compiler")]
        #[expect(clippy::upper_case_acronyms, reason = "constants")]
        #[derive(Clone, Copy)]
        enum Number { $($constant),+ }
        $(const $constant: usize = Number::$constant as usize;)+
        /// Their names, in the order of the weights.
        pub const FEATURES: &[&str] = &[$($name),+];
    };
}

features! {
    ONE_STEP "steps.one";
    TWO_STEPS "steps.two";
    THREE_STEPS "steps.three";
    NO_STEP "steps.none: delimiters only";
    COST "steps.cost";
    RATIO "steps.cost by length";
    ONE_TO_3 "steps.one, length to 3";
    ONE_TO_4 "steps.one, length to 4";
    ONE_TO_5 "steps.one, length to 5";
    ONE_TO_6 "steps.one, length to 6";
    ONE_TO_8 "steps.one, length to 8";
    TWO_TO_5 "steps.two, length to 5";
    TWO_TO_6 "steps.two, length to 6";
    TWO_TO_7 "steps.two, length to 7";
    TWO_TO_8 "steps.two, length to 8";
    TWO_TO_9 "steps.two, length to 9";
    TWO_FROM_12 "steps.two, length from 12";
    OMISSION "step.omission";
    REPETITION "step.repetition";
    SLIPPED "step.slipped key";
    INSERTION "step.insertion";
    TRANSPOSITION "step.transposition";
    LOOK "step.look-alike";
    NEIGHBOUR "step.neighbour key";
    VOWEL "step.vowel";
    SOUND "step.sound-alike";
    BIT "step.bit flip";
    DIGIT "step.digit";
    REPLACEMENT "step.replacement";
    FIRST "steps.first letter";
    FIRST_INSERTED "steps.a letter in front";
    LAST "steps.last letter";
    PLURAL "steps.plural";
    DIGIT_AT_END "steps.digit at the end";
    DIGIT_AT_END_TAIL "steps.digit at the end, target below the top 500";
    DIGIT_AT_END_WORDS "steps.digit at the end, several words";
    DIGIT_TARGET "steps.digit of the target";
    DIGITS_ONLY "steps.nothing but digits differs";
    DIGITS_ONLY_TAIL "steps.nothing but digits differs, target below the top 500";
    DIGIT_FOR_LETTER "steps.digit for a letter";
    HALVES "steps.at both ends";
    STEPS_RANK "steps.rank";
    STEPS_TOP_100 "steps.target in the top 100";
    STEPS_TOP_500 "steps.target in the top 500";
    STEPS_TOP_2000 "steps.target in the top 2000";
    TWO_RANK "steps.two, rank";
    SHORT_RANK "steps.length to 6, rank";
    UNNATURAL "steps.less natural than the target";
    UNNATURAL_BITS "steps.less natural, in all";
    UNNATURAL_TWO "steps.two, less natural than the target";
    COST_OF_NAME "steps.unusual letters";
    KNOWN_WORD "steps.the other word is known";
    KNOWN_WORD_COUNT "steps.how well the other word is known";
    UNKNOWN_WORD "steps.the other word is not known";
    KNOWN_SHORT "steps.the other word is short";
    COMPOSED "steps.composed of known words";
    COMPOSED_TWO "steps.two, composed of known words";
    OTHER_WORDS "steps.several words";
    WORDS_DIFFER "steps.other count of words";
    FAMILY "steps.shared first word heads a family";
    FAMILY_SHORT "steps.shared first word, the other is short";
    TARGET_CROWD_0 "steps.no index name beside the target";
    TARGET_CROWD "steps.index names beside the target";
    TARGET_CROWD_SHORT "steps.index names beside the target, length to 6";
    CROWD_0 "steps.no index name beside it";
    CROWD "steps.index names beside it";
    RANKED_BESIDE "steps.ranked names beside it";
    LOOKS "looks.same skeleton";
    LOOKS_LENGTH "looks.length to 6";
    LOOKS_RANK "looks.rank";
    ORDER "order";
    ORDER_WORDS "order.whole words";
    ORDER_LANGUAGE "order.a language word moves";
    ORDER_RANK "order.rank";
    ORDER_LENGTH "order.length to 8";
    ORDER_KNOWN "order.more natural in this order";
    LANGUAGE "language";
    LANGUAGE_RANK "language.rank";
    LANGUAGE_LENGTH "language.length to 8";
    LANGUAGE_WORDS "language.set apart by a delimiter";
    PART "part";
    PART_RANK "part.rank";
    PART_LENGTH "part.length to 5";
    PART_KNOWN "part.known as a word";
    AFFIX "affix";
    AFFIX_STEP "affix.target misspelled";
    AFFIX_GLUED "affix.no delimiter";
    AFFIX_BEFORE "affix.in front";
    AFFIX_BOTH "affix.on both sides";
    AFFIX_WORDS "affix.more than one word";
    AFFIX_PRAISE "affix.praise";
    AFFIX_LANGUAGE "affix.language";
    AFFIX_ECOSYSTEM "affix.ecosystem";
    AFFIX_VERSION "affix.version";
    AFFIX_PART "affix.part of any program";
    AFFIX_RANKED "affix.a popular name itself";
    AFFIX_UNKNOWN "affix.unknown word";
    AFFIX_SHORT "affix.one or two letters";
    AFFIX_COUNT "affix.how well known";
    AFFIX_UNNATURAL "affix.unusual letters";
    AFFIX_RANK "affix.rank";
    AFFIX_TOP_100 "affix.target in the top 100";
    AFFIX_TOP_1000 "affix.target in the top 1000";
    AFFIX_TARGET_LENGTH "affix.length of the target";
    AFFIX_TARGET_SHORT "affix.target to 4 letters";
    AFFIX_TARGET_WORD "affix.target is a common word";
    AFFIX_FAMILY "affix.target heads a family";
    AFFIX_FAMILY_END "affix.target ends a family";
    AFFIX_EMPTY "affix.empty words only";
    AFFIX_EMPTY_TOP_100 "affix.empty words only, target in the top 100";
    AFFIX_EMPTY_TOP_500 "affix.empty words only, target in the top 500";
    AFFIX_EMPTY_TOP_2000 "affix.empty words only, target in the top 2000";
    AFFIX_EMPTY_FAMILY "affix.empty words only, target heads a family";
    AFFIX_EMPTY_BEFORE "affix.empty words only, in front";
    AFFIX_EMPTY_WORDS "affix.empty words only, target of several words";
    AFFIX_PART_WORDS "affix.part of any program, target of several words";
    AFFIX_TARGET_WORDS "affix.target of several words";
    AFFIX_RANKED_TOP "affix.both in the top 200";
    AFFIX_RANKED_FAMILY "affix.a popular name itself, target heads a family";
    AFFIX_GLUED_TOP_500 "affix.no delimiter, target in the top 500";
    AFFIX_STEP_GENERIC "affix.target misspelled, empty words";
    AFFIX_GLUED_LONG "affix.no delimiter at all, long target in the top 3000";
    AFFIX_GLUED_LONG_500 "affix.no delimiter at all, long target in the top 500";
    AFFIX_GLUED_LONG_TAIL "affix.no delimiter at all, long target in the top 500, long rest";
    AFFIX_GLUED_UNKNOWN "affix.no delimiter, unknown word";
    AFFIX_GLUED_LENGTH "affix.no delimiter, length of the target";
    AFFIX_GLUED_KNOWN "affix.no delimiter, known word";
}

/// One number for each of [`FEATURES`].
pub type Values = [f32; FEATURES.len()];

/// What is the same for all candidates of a name.
#[derive(Debug, Clone)]
pub(super) struct About {
    cost: f32,
    bits: f32,
    exists: bool,
    composed: f32,
    crowd: Option<u32>,
    beside: f32,
}

/// What an index's name is expected to have beside it where the index is not at hand.
const USUAL_CROWD: u32 = 1;

impl About {
    pub(super) fn new(query: &Query<'_>, candidates: &[Candidate], names: &Names) -> Self {
        let by_steps = |limit: u32| {
            candidates.iter().filter(move |candidate| matches!(candidate.route, Route::Steps(steps) if steps <= limit))
        };
        let has_steps = by_steps(3).next().is_some();
        let index = names.index.as_ref().filter(|_| has_steps);
        let crowd = index.map(|index| crate::knowledge::crowd::count(query.name, index));
        let beside = f32::from(u8::try_from(by_steps(2).count()).unwrap_or(u8::MAX));
        let cost = names.vocabulary.cost(query.name.as_bytes());
        let bits = names.vocabulary.bits(query.name.as_bytes());
        let exists = names.index.as_ref().is_some_and(|index| index.contains(query.name));
        let composed = if candidates.is_empty() { 0.0 } else { composed(query, names) };
        Self { cost, bits, exists, composed, crowd, beside }
    }
}

/// The numbers of one candidate.
pub(super) fn values(query: &Query<'_>, candidate: &Candidate, about: &About, names: &Names) -> (Values, Vec<Placed>) {
    let mut values: Values = [0.0; FEATURES.len()];
    let mut set = |at: usize, value: f32| {
        if let Some(slot) = values.get_mut(at) {
            *slot = value;
        }
    };
    let target = names.ranked.squeezed(candidate.target);
    let rank = f32::from(names.ranked.rank(candidate.target));
    let rank_log = rank.ln() / 15_000f32.ln();
    let length = f32::from(u8::try_from(target.len()).unwrap_or(u8::MAX));
    let is = |condition: bool| f32::from(u8::from(condition));
    let mut placed = Vec::new();
    match &candidate.route {
        Route::Steps(count) => {
            let (found, cost) = steps(&query.squeezed, target);
            let shorter = target.len().min(query.squeezed.len());
            let [one, two] = [*count == 1, *count == 2];
            set(ONE_STEP, is(one));
            set(TWO_STEPS, is(two));
            set(THREE_STEPS, is(*count >= 3));
            set(NO_STEP, is(*count == 0));
            set(COST, cost);
            set(RATIO, cost / length.max(1.0) * 8.0);
            for (at, limit) in [(ONE_TO_3, 3), (ONE_TO_4, 4), (ONE_TO_5, 5), (ONE_TO_6, 6), (ONE_TO_8, 8)] {
                set(at, is(one && shorter <= limit));
            }
            for (at, limit) in [(TWO_TO_5, 5), (TWO_TO_6, 6), (TWO_TO_7, 7), (TWO_TO_8, 8), (TWO_TO_9, 9)] {
                set(at, is(two && shorter <= limit));
            }
            set(TWO_FROM_12, is(two && shorter >= 12));
            let mut counts: Values = [0.0; FEATURES.len()];
            for placed in &found {
                let at = match placed.step {
                    Step::Omission => OMISSION,
                    Step::Repetition => REPETITION,
                    Step::SlippedKey => SLIPPED,
                    Step::Insertion => INSERTION,
                    Step::Transposition => TRANSPOSITION,
                    Step::LookAlike => LOOK,
                    Step::NeighbourKey => NEIGHBOUR,
                    Step::Vowel => VOWEL,
                    Step::SoundAlike => SOUND,
                    Step::BitFlip => BIT,
                    Step::Digit => DIGIT,
                    Step::Replacement => REPLACEMENT,
                };
                if let Some(slot) = counts.get_mut(at) {
                    *slot += 1.0;
                }
            }
            for (at, value) in counts.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                set(at, *value);
            }
            let (first, last) = (query.squeezed.first(), query.squeezed.last());
            set(FIRST, is(first != target.first()));
            set(FIRST_INSERTED, is(query.squeezed.get(1..) == Some(target)));
            set(LAST, is(last != target.last()));
            set(HALVES, is(first != target.first() && last != target.last()));
            let is_plural =
                query.squeezed.strip_suffix(b"s") == Some(target) || target.strip_suffix(b"s") == Some(&query.squeezed);
            set(PLURAL, is(is_plural));
            let is_numbered =
                last.is_some_and(u8::is_ascii_digit) && query.squeezed.len() > target.len() && last != target.last();
            set(DIGIT_AT_END, is(is_numbered));
            set(DIGIT_AT_END_WORDS, is(is_numbered && query.words.len() > 1));
            set(DIGIT_AT_END_TAIL, is(is_numbered && rank > 500.0));
            set(DIGIT_TARGET, is(target.last().is_some_and(u8::is_ascii_digit) && last != target.last()));
            let digits = |text: &[u8]| text.iter().filter(|byte| byte.is_ascii_digit()).count();
            let letters = |text: &[u8]| text.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect::<Vec<u8>>();
            let are_digits = *count > 0 && letters(&query.squeezed) == letters(target);
            set(DIGITS_ONLY, is(are_digits));
            set(DIGITS_ONLY_TAIL, is(are_digits && rank > 500.0));
            set(DIGIT_FOR_LETTER, is(digits(&query.squeezed) > digits(target)));
            set(STEPS_RANK, rank_log);
            set(STEPS_TOP_100, is(rank <= 100.0));
            set(STEPS_TOP_500, is(rank <= 500.0));
            set(STEPS_TOP_2000, is(rank <= 2000.0));
            set(TWO_RANK, if *count >= 2 { rank_log } else { 0.0 });
            set(SHORT_RANK, if shorter <= 6 { rank_log } else { 0.0 });
            let target_name = names.ranked.name(candidate.target);
            let unnatural = (about.cost - names.vocabulary.cost(target_name.as_bytes())).clamp(-2.0, 2.0);
            set(UNNATURAL, unnatural);
            set(UNNATURAL_BITS, (about.bits - names.vocabulary.bits(target_name.as_bytes())).clamp(-16.0, 16.0) / 8.0);
            set(UNNATURAL_TWO, if *count >= 2 { unnatural } else { 0.0 });
            set(COST_OF_NAME, about.cost - 4.0);
            let target_words: Vec<&str> = target_name.split('-').collect();
            let other: Vec<&&str> = query.words.iter().filter(|word| !target_words.contains(word)).collect();
            let known = other
                .iter()
                .filter_map(|word| names.vocabulary.word(word.as_bytes()))
                .map(|word| word.any)
                .reduce(f32::min);
            let all_known = other.iter().all(|word| names.vocabulary.word(word.as_bytes()).is_some());
            set(KNOWN_WORD, is(all_known && !other.is_empty()));
            set(KNOWN_WORD_COUNT, known.filter(|_| all_known).unwrap_or_default() / 10.0);
            set(UNKNOWN_WORD, is(!all_known && query.words.len() > 1));
            set(KNOWN_SHORT, is(other.iter().any(|word| word.len() <= 3) && query.words.len() > 1));
            set(COMPOSED, about.composed);
            set(COMPOSED_TWO, if *count >= 2 { about.composed } else { 0.0 });
            set(OTHER_WORDS, is(query.words.len() > 1));
            set(WORDS_DIFFER, is(query.words.len() != target_words.len()));
            let head =
                query.words.first().filter(|first| query.words.len() > 1 && target_words.first() == Some(*first));
            let family = head.and_then(|head| names.vocabulary.word(head.as_bytes())).unwrap_or_default().first;
            set(FAMILY, family / 10.0);
            set(FAMILY_SHORT, is(head.is_some() && other.iter().any(|word| word.len() <= 5)));
            let crowd = about.crowd.map_or(USUAL_CROWD, |crowd| crowd.saturating_sub(u32::from(*count <= 1)));
            let crowd = f32::from(u16::try_from(crowd).unwrap_or(u16::MAX));
            // Of the target's neighbours the name itself is not counted: whether it exists must not show.
            let own = u8::from(*count == 1 && about.exists);
            let target_crowd = f32::from(names.ranked.crowd(candidate.target).saturating_sub(own));
            set(TARGET_CROWD_0, is(target_crowd < 1.0));
            set(TARGET_CROWD, target_crowd.ln_1p());
            set(TARGET_CROWD_SHORT, if shorter <= 6 { target_crowd.ln_1p() } else { 0.0 });
            set(CROWD_0, is(crowd < 1.0));
            set(CROWD, crowd.ln_1p());
            set(RANKED_BESIDE, (about.beside - 1.0).clamp(0.0, 4.0));
            placed = found;
        }
        Route::Skeleton => {
            set(LOOKS, 1.0);
            set(LOOKS_LENGTH, is(target.len() <= 6));
            set(LOOKS_RANK, rank_log);
        }
        Route::Order => {
            let target_name = names.ranked.name(candidate.target);
            let mut words: Vec<&str> = target_name.split('-').collect();
            let mut own = query.words.clone();
            words.sort_unstable();
            own.sort_unstable();
            set(ORDER, 1.0);
            set(ORDER_WORDS, is(words == own));
            set(
                ORDER_LANGUAGE,
                is(["py", "python"]
                    .iter()
                    .any(|word| query.squeezed.starts_with(word.as_bytes()) != target.starts_with(word.as_bytes()))),
            );
            set(ORDER_RANK, rank_log);
            set(ORDER_LENGTH, is(target.len() <= 8));
            set(ORDER_KNOWN, (names.vocabulary.cost(target_name.as_bytes()) - about.cost).clamp(-2.0, 2.0));
        }
        Route::Language => {
            set(LANGUAGE, 1.0);
            set(LANGUAGE_RANK, rank_log);
            set(LANGUAGE_LENGTH, is(target.len() <= 8));
            set(LANGUAGE_WORDS, is(query.words.len() > 1));
        }
        Route::Part => {
            set(PART, 1.0);
            set(PART_RANK, rank_log);
            set(PART_LENGTH, is(query.squeezed.len() <= 5));
            set(PART_KNOWN, is(names.vocabulary.word(&query.squeezed).is_some()));
        }
        Route::Affix { before, after, steps: count } => {
            let text = |range: &std::ops::Range<usize>| {
                query.squeezed.get(range.clone()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
            };
            let (before_text, after_text) = (text(before), text(after));
            let is_apart = query.is_boundary(before.end) && query.is_boundary(after.start);
            let extra = || affix_words(query, before, after);
            let kinds: Vec<Kind> = extra().iter().map(|word| affixes::kind(word)).collect();
            let known: Vec<_> = extra().iter().map(|word| names.vocabulary.word(word.as_bytes())).collect();
            let has = |kind: Kind| is(kinds.contains(&kind));
            let all_empty = !kinds.is_empty() && kinds.iter().all(|kind| !matches!(kind, Kind::Other | Kind::Part));
            set(AFFIX, 1.0);
            set(AFFIX_STEP, is(*count > 0));
            set(AFFIX_GLUED, is(!is_apart));
            set(AFFIX_BEFORE, is(after_text.is_empty()));
            set(AFFIX_BOTH, is(!before_text.is_empty() && !after_text.is_empty()));
            set(AFFIX_WORDS, is(kinds.len() > 1));
            set(AFFIX_PRAISE, has(Kind::Praise));
            set(AFFIX_LANGUAGE, has(Kind::Language));
            set(AFFIX_ECOSYSTEM, has(Kind::Ecosystem));
            set(AFFIX_VERSION, has(Kind::Version));
            set(AFFIX_PART, has(Kind::Part));
            let ranks = extra()
                .iter()
                .map(|word| names.ranked.find(word).map_or(u16::MAX, |name| names.ranked.rank(name)))
                .max();
            let is_ranked = ranks.is_some_and(|rank| rank <= 1000);
            set(AFFIX_RANKED, is(is_ranked));
            set(AFFIX_RANKED_TOP, is(ranks.is_some_and(|other| other <= 200) && rank <= 200.0));
            set(AFFIX_UNKNOWN, is(known.iter().any(Option::is_none)));
            set(AFFIX_SHORT, is(before.len() + after.len() <= 2));
            let least = known.iter().map(|word| word.map_or(0.0, |word| word.any)).fold(f32::MAX, f32::min);
            set(AFFIX_COUNT, least.min(16.0) / 10.0);
            let joined = [before_text, after_text].concat();
            set(AFFIX_UNNATURAL, names.vocabulary.cost(joined.as_bytes()) - 4.0);
            set(AFFIX_RANK, rank_log);
            set(AFFIX_TOP_100, is(rank <= 100.0));
            set(AFFIX_TOP_1000, is(rank <= 1000.0));
            set(AFFIX_TARGET_LENGTH, length.min(16.0) / 10.0);
            set(AFFIX_TARGET_SHORT, is(target.len() <= 4));
            let word = names.vocabulary.word(target).unwrap_or_default();
            set(AFFIX_TARGET_WORD, word.any / 10.0);
            set(if all_empty { AFFIX_EMPTY_FAMILY } else { AFFIX_FAMILY }, word.first / 10.0);
            set(AFFIX_FAMILY_END, if all_empty { 0.0 } else { word.last / 10.0 });
            set(AFFIX_RANKED_FAMILY, if is_ranked { word.first / 10.0 } else { 0.0 });
            set(AFFIX_EMPTY, is(all_empty));
            let has_words = names.ranked.delimiters(candidate.target, target.len()) != 0;
            set(AFFIX_TARGET_WORDS, is(has_words));
            set(AFFIX_EMPTY_WORDS, is(has_words && all_empty));
            set(AFFIX_PART_WORDS, is(has_words && kinds.iter().all(|kind| *kind != Kind::Other)));
            set(AFFIX_EMPTY_TOP_100, is(all_empty && rank <= 100.0));
            set(AFFIX_EMPTY_TOP_500, is(all_empty && rank <= 500.0));
            set(AFFIX_EMPTY_TOP_2000, is(all_empty && rank <= 2000.0));
            set(AFFIX_EMPTY_BEFORE, is(all_empty && after_text.is_empty()));
            set(AFFIX_GLUED_TOP_500, is(!is_apart && rank <= 500.0));
            set(AFFIX_STEP_GENERIC, is(*count > 0 && all_empty));
            let is_long = !is_apart && query.words.len() == 1 && target.len() >= 7;
            set(AFFIX_GLUED_LONG, is(is_long && rank <= 3000.0));
            set(AFFIX_GLUED_LONG_500, is(is_long && rank <= 500.0));
            set(AFFIX_GLUED_LONG_TAIL, is(is_long && rank <= 500.0 && joined.len() >= 4));
            set(AFFIX_GLUED_UNKNOWN, is(!is_apart && known.iter().any(Option::is_none)));
            set(AFFIX_GLUED_LENGTH, if is_apart { 0.0 } else { length.min(16.0) / 10.0 });
            set(AFFIX_GLUED_KNOWN, is(!is_apart && known.iter().all(Option::is_some)));
        }
    }
    (values, placed)
}

/// The words around the target; glued parts are a word each.
pub(super) fn affix_words<'a>(
    query: &'a Query<'_>,
    before: &std::ops::Range<usize>,
    after: &std::ops::Range<usize>,
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

/// How much of the name is made of known words of three letters and more, from 0 to 1.
fn composed(query: &Query<'_>, names: &Names) -> f32 {
    let mut covered = 0;
    for word in &query.words {
        let is_known = |part: &str| part.len() >= 3 && names.vocabulary.word(part.as_bytes()).is_some();
        let is_joined =
            |at: usize| word.split_at_checked(at).is_some_and(|(left, right)| is_known(left) && is_known(right));
        if is_known(word) || (3..word.len().saturating_sub(2)).any(is_joined) {
            covered += word.len();
        }
    }
    let all = query.squeezed.len().max(1);
    f32::from(u16::try_from(covered).unwrap_or_default()) / f32::from(u16::try_from(all).unwrap_or(u16::MAX))
}
