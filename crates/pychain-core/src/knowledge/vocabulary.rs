//! Words that names of an index are made of, and how its letters follow each other.

use std::borrow::Cow;

use super::bytes::{hash, section, start, u16_at, u32_at};

/// How often words stand in the names of an index, and how natural a name is among them.
///
/// Words of fewer names than [`MIN_NAMES`] are left out, and as many are taken from each count of
/// letters: no name of the index is then known by itself. Header: `pyword01`, slots of the table (four
/// bytes); then the table (fingerprint, two bytes, and a byte each for how many names have the word,
/// begin and end with it, as logarithms), then the cost of each letter after two others, two to a byte.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    bytes: Cow<'static, [u8]>,
    slots: usize,
}

/// The mark of the format.
pub const MAGIC: &[u8; 8] = b"pyword01";
/// Bytes before the table.
pub const HEADER: usize = 12;
/// Bytes of a slot: fingerprint, names with the word, names that begin with it, that end with it.
pub const SLOT: usize = 5;
/// A word or a row of letters that fewer names have is not counted.
pub const MIN_NAMES: u32 = 20;
/// Letters, digits, delimiter, end.
pub const ALPHABET: usize = 38;
/// What the counts of a slot are multiplied with: eighths of a doubling.
pub const SCALE: f32 = 8.0;

/// What is known of a word, as binary logarithms of counts of names; 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Word {
    /// Names that have it.
    pub any: f32,
    /// Names of several words that begin with it.
    pub first: f32,
    /// Names of several words that end with it.
    pub last: f32,
}

impl Vocabulary {
    /// Reads the header; `None` where the bytes are not whole.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let slots = u32_at(section(&bytes, 8, 4).filter(|_| bytes.starts_with(MAGIC))?, 0)? as usize;
        let expected = HEADER + slots.checked_mul(SLOT)? + ALPHABET.pow(3) / 2;
        (slots.is_power_of_two() && expected == bytes.len()).then_some(Self { bytes, slots })
    }

    /// What is known of a word; `None` where few names have it.
    pub fn word(&self, word: &[u8]) -> Option<Word> {
        let table = section(&self.bytes, HEADER, self.slots * SLOT)?;
        let hash = hash(word, 1);
        let (start, fingerprint) = slot(hash);
        for step in 0..self.slots {
            let slot = section(table, ((start + step) & (self.slots - 1)) * SLOT, SLOT)?;
            let found = u16_at(slot, 0)?;
            if found == 0 {
                return None;
            }
            if found == fingerprint {
                let [_, _, any, first, last] = slot else { return None };
                let [any, first, last] = [any, first, last].map(|byte| f32::from(*byte) / SCALE);
                return Some(Word { any, first, last });
            }
        }
        None
    }

    /// How unusual a name is among the index's, in bits a letter.
    pub fn cost(&self, normalized: &[u8]) -> f32 {
        let letters = u16::try_from(normalized.len() + 1).unwrap_or(u16::MAX);
        self.bits(normalized) / f32::from(letters)
    }

    /// How unusual a name is among the index's, in bits.
    pub fn bits(&self, normalized: &[u8]) -> f32 {
        let Some(costs) = self.bytes.get(HEADER + self.slots * SLOT..) else { return 0.0 };
        let (mut before, mut total) = ([END, END], 0u32);
        for letter in normalized.iter().map(|byte| letter(*byte)).chain([END]) {
            let at = (before[0] * ALPHABET + before[1]) * ALPHABET + letter;
            let pair = costs.get(at / 2).copied().unwrap_or_default();
            total += u32::from(if at.is_multiple_of(2) { pair & 15 } else { pair >> 4 });
            before = [before[1], letter];
        }
        u16::try_from(total).map_or(0.0, f32::from)
    }
}

/// The end of a name, as a letter.
pub const END: usize = 37;

/// The number of a letter in the alphabet.
pub fn letter(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'0'..=b'9' => 26 + usize::from(byte - b'0'),
        _ => 36,
    }
}

/// Where a word is looked for first, and its fingerprint, which is never 0.
pub fn slot(hash: u64) -> (usize, u16) {
    let fingerprint = u16::try_from(hash >> 48).unwrap_or_default().max(1);
    (start(hash), fingerprint)
}
