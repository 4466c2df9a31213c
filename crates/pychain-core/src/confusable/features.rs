//! What speaks for and against taking a name for another, as numbers; the weights are learned.

mod by_affix;
mod by_steps;

use std::cell::OnceCell;

use libm::logf;

use super::candidates::{Candidate, Query, Route};
use super::steps::Placed;
use super::weights;
use crate::knowledge::{Names, crowd};

pub(super) use by_affix::words as affix_words;

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
    FIRST_OMITTED "steps.nothing but the first letter missing";
    FIRST_REPLACED "steps.nothing but the first letter differs";
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
    TARGET_FAMILY "steps.target heads a family";
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

/// The numbers of a candidate, and what those that are known so far weigh.
struct Sheet {
    values: Values,
    weight: f32,
}

impl Sheet {
    fn set(&mut self, at: usize, value: f32) {
        if let Some((slot, weight)) = self.values.get_mut(at).zip(weights::WEIGHTS.get(at)) {
            *slot = value;
            self.weight += value * weight;
        }
    }

    /// Whether `floor` can be reached yet: by no more than `open`, which the missing numbers weigh at most.
    fn can_reach(&self, floor: f32, open: f32) -> bool {
        // The sum is made in another order in the end.
        const ROUNDING: f32 = 0.01;
        self.weight + open + ROUNDING >= floor
    }
}

/// What a number weighs at most, if it is in a range.
fn at_most(at: usize, (low, high): (f32, f32)) -> f32 {
    let weight = weights::WEIGHTS.get(at).copied().unwrap_or_default();
    (weight * low).max(weight * high)
}

/// What is the same for all candidates of a name.
#[derive(Debug)]
pub(super) struct About<'a> {
    query: &'a Query<'a>,
    names: &'a Names,
    cost: f32,
    bits: f32,
    beside: f32,
    // Found out when they are first asked for, because most names never come so far.
    exists: OnceCell<bool>,
    composed: OnceCell<f32>,
    crowd: OnceCell<Option<u32>>,
}

impl<'a> About<'a> {
    pub(super) fn new(query: &'a Query<'a>, candidates: &[Candidate], names: &'a Names) -> Self {
        let is_near = |candidate: &&Candidate| matches!(candidate.route, Route::Steps(steps) if steps <= 2);
        let beside = candidates.iter().filter(is_near).count();
        Self {
            query,
            names,
            cost: names.vocabulary.cost(query.name.as_bytes()),
            bits: names.vocabulary.bits(query.name.as_bytes()),
            beside: f32::from(u8::try_from(beside).unwrap_or(u8::MAX)),
            exists: OnceCell::new(),
            composed: OnceCell::new(),
            crowd: OnceCell::new(),
        }
    }

    fn exists(&self) -> bool {
        let exists = || self.names.index.as_ref().is_some_and(|index| index.contains(self.query.name));
        *self.exists.get_or_init(exists)
    }

    fn composed(&self) -> f32 {
        *self.composed.get_or_init(|| composed(self.query, self.names))
    }

    /// How many names of the index lie one step away; `None` where it is not at hand.
    fn crowd(&self) -> Option<u32> {
        *self.crowd.get_or_init(|| self.names.index.as_ref().map(|index| crowd::count(self.query.name, index)))
    }
}

/// The numbers of one candidate, and its steps; `None` where they weigh less than `floor`.
pub(super) fn values(candidate: &Candidate, about: &About<'_>, floor: f32) -> Option<(Values, Vec<Placed>)> {
    let mut sheet = Sheet { values: [0.0; FEATURES.len()], weight: weights::BIAS };
    let (query, names) = (about.query, about.names);
    let target = names.ranked.squeezed(candidate.target);
    let rank_log = rank_log(f32::from(names.ranked.rank(candidate.target)));
    let mut placed = Vec::new();
    match &candidate.route {
        Route::Steps(count) => placed = by_steps::fill(&mut sheet, candidate.target, *count, about, floor)?,
        Route::Skeleton => {
            sheet.set(LOOKS, 1.0);
            sheet.set(LOOKS_LENGTH, is(target.len() <= 6));
            sheet.set(LOOKS_RANK, rank_log);
        }
        Route::Order => {
            let target_name = names.ranked.name(candidate.target);
            let mut words: Vec<&str> = target_name.split('-').collect();
            let mut own = query.words.clone();
            words.sort_unstable();
            own.sort_unstable();
            sheet.set(ORDER, 1.0);
            sheet.set(ORDER_WORDS, is(words == own));
            sheet.set(
                ORDER_LANGUAGE,
                is(["py", "python"]
                    .iter()
                    .any(|word| query.squeezed.starts_with(word.as_bytes()) != target.starts_with(word.as_bytes()))),
            );
            sheet.set(ORDER_RANK, rank_log);
            sheet.set(ORDER_LENGTH, is(target.len() <= 8));
            sheet.set(ORDER_KNOWN, (names.vocabulary.cost(target_name.as_bytes()) - about.cost).clamp(-2.0, 2.0));
        }
        Route::Language => {
            sheet.set(LANGUAGE, 1.0);
            sheet.set(LANGUAGE_RANK, rank_log);
            sheet.set(LANGUAGE_LENGTH, is(target.len() <= 8));
            sheet.set(LANGUAGE_WORDS, is(query.words.len() > 1));
        }
        Route::Part => {
            sheet.set(PART, 1.0);
            sheet.set(PART_RANK, rank_log);
            sheet.set(PART_LENGTH, is(query.squeezed.len() <= 5));
            sheet.set(PART_KNOWN, is(names.vocabulary.word(&query.squeezed).is_some()));
        }
        Route::Affix { before, after, steps } => {
            by_affix::fill(
                &mut sheet,
                candidate.target,
                &by_affix::Around { before, after, steps: *steps },
                about,
                floor,
            )?;
        }
    }
    Some((sheet.values, placed))
}

/// A download rank as a share of the list, by its logarithm.
fn rank_log(rank: f32) -> f32 {
    logf(rank) / logf(15_000.0)
}

fn is(condition: bool) -> f32 {
    f32::from(u8::from(condition))
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
