//! The ways in which one name is taken for another, and how a difference is told.

use super::affixes::{self, Kind};
use super::candidates::{Query, Route};
use super::features::affix_words;
use super::steps::{Placed, Step};
use crate::knowledge::{Names, ranked::Ranked};

/// A way in which one name is taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// A letter is missing.
    Omission,
    /// A letter is doubled, or not.
    Repetition,
    /// A letter too many.
    Insertion,
    /// Two letters have changed places.
    Transposition,
    /// A key beside the right one.
    NeighbourKey,
    /// A letter that looks like the right one.
    LookAlike,
    /// A letter that differs in one bit.
    BitFlip,
    /// Another vowel.
    Vowel,
    /// A letter that sounds alike.
    SoundAlike,
    /// Another letter.
    Replacement,
    /// Several steps at once.
    SeveralSteps,
    /// Other delimiters, or none.
    Delimiters,
    /// One thing and many.
    Plural,
    /// Another version digit.
    VersionDigit,
    /// The same parts in another order.
    WordOrder,
    /// The name with empty words around it.
    Affix,
    /// A known name with another word.
    Combination,
    /// A language said otherwise, or said at all.
    Language,
    /// The name of another ecosystem beside it.
    Ecosystem,
    /// A scope, as npm has them.
    Scope,
    /// The name without a part of it.
    Shortening,
    /// Characters beyond ASCII that look like others.
    Unicode,
    /// A module of the standard library, or nearly.
    StandardLibrary,
    /// What is no project at all: `python`, `requirements.txt`.
    NoProject,
}

impl Mechanism {
    /// Whether other words or digits make the difference, as a private project's or a fork's name has them; not the
    /// writing, where somebody mistyped.
    pub fn is_of_words(self) -> bool {
        (Self::Plural..=Self::Shortening).contains(&self)
    }

    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Omission => "omission",
            Self::Repetition => "repetition",
            Self::Insertion => "insertion",
            Self::Transposition => "transposition",
            Self::NeighbourKey => "neighbour-key",
            Self::LookAlike => "look-alike",
            Self::BitFlip => "bit-flip",
            Self::Vowel => "vowel",
            Self::SoundAlike => "sound-alike",
            Self::Replacement => "replacement",
            Self::SeveralSteps => "several-steps",
            Self::Delimiters => "delimiters",
            Self::Plural => "plural",
            Self::VersionDigit => "version-digit",
            Self::WordOrder => "word-order",
            Self::Affix => "affix",
            Self::Combination => "combination",
            Self::Language => "language",
            Self::Ecosystem => "ecosystem",
            Self::Scope => "scope",
            Self::Shortening => "shortening",
            Self::Unicode => "unicode",
            Self::StandardLibrary => "standard-library",
            Self::NoProject => "no-project",
        }
    }
}

/// The mechanism of a candidate and the difference in words, names and letters in backticks.
pub(super) fn tell(
    query: &Query<'_>,
    route: &Route,
    target: Ranked,
    placed: &[Placed],
    names: &Names,
) -> (Mechanism, String) {
    let target_name = names.ranked.name(target);
    let squeezed = names.ranked.squeezed(target);
    match route {
        Route::Steps(0) => (Mechanism::Delimiters, "the same letters with other delimiters".to_owned()),
        Route::Steps(_) => (by_steps(query, squeezed, placed), steps_in_words(&query.squeezed, squeezed, placed)),
        Route::Skeleton => {
            (Mechanism::LookAlike, format!("letters that look alike: `{}` and `{target_name}`", query.name))
        }
        Route::Order => (Mechanism::WordOrder, format!("the parts of `{target_name}` in another order")),
        Route::Language => (Mechanism::Language, format!("`{target_name}` with the language said otherwise")),
        Route::Part => (Mechanism::Shortening, format!("`{target_name}` without a part of it")),
        Route::Affix { before, after, steps } => {
            let words = affix_words(query, before, after);
            let kinds: Vec<Kind> = words.iter().map(|word| affixes::kind(word)).collect();
            let mechanism = if kinds.iter().all(|kind| *kind == Kind::Language) {
                Mechanism::Language
            } else if kinds.contains(&Kind::Ecosystem) {
                Mechanism::Ecosystem
            } else if kinds.iter().any(|kind| matches!(kind, Kind::Other | Kind::Part)) {
                Mechanism::Combination
            } else {
                Mechanism::Affix
            };
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let misspelled = if *steps > 0 { ", misspelled," } else { "" };
            (mechanism, format!("`{target_name}`{misspelled} with {} added", words.join(" and ")))
        }
    }
}

fn by_steps(query: &Query<'_>, target: &[u8], placed: &[Placed]) -> Mechanism {
    let name = query.squeezed.as_slice();
    if name.strip_suffix(b"s") == Some(target) || target.strip_suffix(b"s") == Some(name) {
        return Mechanism::Plural;
    }
    let digit = |text: &[u8], at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    match placed {
        [one] => match one.step {
            Step::Insertion | Step::SlippedKey | Step::Repetition
                if digit(name, one.at) && name.len() > target.len() =>
            {
                Mechanism::VersionDigit
            }
            Step::Omission if digit(target, one.target_at) => Mechanism::VersionDigit,
            Step::Omission => Mechanism::Omission,
            Step::Repetition => Mechanism::Repetition,
            Step::Insertion | Step::SlippedKey => Mechanism::Insertion,
            Step::Transposition => Mechanism::Transposition,
            Step::NeighbourKey => Mechanism::NeighbourKey,
            Step::LookAlike => Mechanism::LookAlike,
            Step::BitFlip => Mechanism::BitFlip,
            Step::Vowel => Mechanism::Vowel,
            Step::SoundAlike => Mechanism::SoundAlike,
            Step::Digit => Mechanism::VersionDigit,
            Step::Replacement => Mechanism::Replacement,
        },
        _ => Mechanism::SeveralSteps,
    }
}

/// The steps in words, letters in backticks.
pub(super) fn steps_in_words(name: &[u8], target: &[u8], placed: &[Placed]) -> String {
    let letters = |text: &[u8], at: usize, count: usize| {
        text.iter().skip(at).take(count).map(|byte| char::from(*byte)).collect::<String>()
    };
    let words = placed.iter().map(|placed| {
        let (here, there) = (|count| letters(name, placed.at, count), |count| letters(target, placed.target_at, count));
        match placed.step {
            Step::Omission => format!("`{}` is missing", there(1)),
            Step::Repetition if name.len() < target.len() => format!("`{}` stands once", there(1)),
            Step::Repetition => format!("`{}` stands twice", here(1)),
            Step::Insertion | Step::SlippedKey => format!("`{}` is added", here(1)),
            Step::Transposition => format!("`{}` for `{}`", here(2), there(2)),
            Step::NeighbourKey => format!("`{}` for `{}`, the key beside it", here(1), there(1)),
            Step::LookAlike => format!("`{}` for `{}`, which looks like it", here(1), there(1)),
            Step::SoundAlike => format!("`{}` for `{}`, which sounds like it", here(1), there(1)),
            Step::Vowel | Step::BitFlip | Step::Digit | Step::Replacement => {
                format!("`{}` for `{}`", here(1), there(1))
            }
        }
    });
    words.collect::<Vec<_>>().join("; ")
}
