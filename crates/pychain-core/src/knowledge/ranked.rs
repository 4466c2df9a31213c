//! The most downloaded names, packed so that they are searched where they lie.

use std::borrow::Cow;
use std::ops::Range;

use super::bytes::{hash, section, start, u16_at, u32_at};

/// Names with their download rank, at most 65,535 of them.
///
/// Names lie without their delimiters ("squeezed"), grouped by length, in each group by rank.
/// Header, little-endian: `pyrank01`, the days of names and ranks (ten bytes each), four zero bytes,
/// count, slots of the table, bytes of text (four bytes each). Sections: first name of each length
/// 0…65; sets of letters; places of delimiters (one word, two for names longer than 32); ranks
/// (two bytes); how many names of the index lie a step away (a byte, at most 255); table from skeletons to names (two bytes, open addressing, 0xffff empty); text.
#[derive(Debug, Clone)]
pub struct RankedNames {
    bytes: Cow<'static, [u8]>,
    letters: Range<usize>,
    delimiters: Range<usize>,
    ranks: Range<usize>,
    crowds: Range<usize>,
    table: Range<usize>,
    text: Range<usize>,
}

/// The mark of the format.
pub const MAGIC: &[u8; 8] = b"pyrank01";
/// Bytes before the sections.
pub const HEADER: usize = 44;
/// The longest name that is held, without its delimiters.
pub const MAX_LENGTH: usize = 64;
/// An empty slot of the table.
pub const EMPTY: u16 = u16::MAX;

/// The number of a ranked name, by its place in the packed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranked(pub u16);

impl RankedNames {
    /// Reads the header; `None` where the bytes are not whole.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let numbers = section(&bytes, 32, 12).filter(|_| bytes.starts_with(MAGIC))?;
        let (count, slots, text) =
            (u32_at(numbers, 0)? as usize, u32_at(numbers, 1)? as usize, u32_at(numbers, 2)? as usize);
        let starts = section(&bytes, HEADER, 4 * (MAX_LENGTH + 2))?;
        let long = count.checked_sub(u32_at(starts, 33)? as usize)?;
        let mut end = HEADER + starts.len();
        let mut next = |length: usize| {
            end += length;
            end - length..end
        };
        let letters = next(4 * count);
        let delimiters = next(4 * (count + long));
        let (ranks, crowds, table, text) = (next(2 * count), next(count), next(2 * slots), next(text));
        let is_sound = end == bytes.len() && slots.is_power_of_two() && slots > count;
        is_sound.then_some(Self { bytes, letters, delimiters, ranks, crowds, table, text })
    }

    /// The day of the ranks, `2026-06-15`.
    pub fn date(&self) -> &str {
        section(&self.bytes, 18, 10).and_then(|date| std::str::from_utf8(date).ok()).unwrap_or_default()
    }

    /// How many names there are.
    pub fn count(&self) -> usize {
        self.ranks.len() / 2
    }

    /// All names, in the order of the packed form.
    pub fn iter(&self) -> impl Iterator<Item = Ranked> {
        (0..u16::try_from(self.count()).unwrap_or(u16::MAX)).map(Ranked)
    }

    /// Names of one squeezed length; the more popular ones first.
    pub fn of_length(&self, length: usize) -> Range<u16> {
        let at = |length| u16::try_from(self.start(length)?).ok();
        at(length).zip(at(length + 1)).map_or(0..0, |(start, end)| start..end)
    }

    fn start(&self, length: usize) -> Option<u32> {
        u32_at(self.bytes.get(HEADER..self.letters.start)?, length)
    }

    /// The sets of letters of consecutive names, four bytes each.
    pub(crate) fn letters_of(&self, names: &Range<u16>) -> &[[u8; 4]] {
        let (start, end) = (usize::from(names.start), usize::from(names.end));
        let all = self.bytes.get(self.letters.clone()).map(|section| section.as_chunks().0);
        all.and_then(|all| all.get(start..end)).unwrap_or_default()
    }

    /// The download rank, from 1.
    pub fn rank(&self, name: Ranked) -> u16 {
        self.bytes.get(self.ranks.clone()).and_then(|ranks| u16_at(ranks, name.0.into())).unwrap_or(u16::MAX)
    }

    /// How many names of the index lie one step away, at most 255.
    pub fn crowd(&self, name: Ranked) -> u8 {
        let crowds = self.bytes.get(self.crowds.clone()).unwrap_or_default();
        crowds.get(usize::from(name.0)).copied().unwrap_or_default()
    }

    /// The name without its delimiters.
    pub fn squeezed(&self, name: Ranked) -> &[u8] {
        self.find_squeezed(name).unwrap_or_default()
    }

    fn find_squeezed(&self, name: Ranked) -> Option<&[u8]> {
        let starts = self.bytes.get(HEADER..self.letters.start)?;
        // The groups before have a length each; there are few of them.
        let (mut length, mut offset, mut first) = (0, 0, 0);
        while length <= MAX_LENGTH {
            let end = u32_at(starts, length + 1)?;
            if u32::from(name.0) < end {
                let within = (u32::from(name.0) - first) as usize * length;
                return section(self.bytes.get(self.text.clone())?, offset + within, length);
            }
            offset += (end - first) as usize * length;
            first = end;
            length += 1;
        }
        None
    }

    /// The normalized name.
    pub fn name(&self, name: Ranked) -> String {
        let squeezed = self.squeezed(name);
        let delimiters = self.delimiters(name, squeezed.len());
        let mut out = String::with_capacity(squeezed.len() + 4);
        for (at, byte) in squeezed.iter().enumerate() {
            if delimiters >> at & 1 == 1 {
                out.push('-');
            }
            out.push(char::from(*byte));
        }
        out
    }

    /// Bit `n`: a delimiter stands before letter `n`.
    pub(crate) fn delimiters(&self, name: Ranked, length: usize) -> u64 {
        let words = self.bytes.get(self.delimiters.clone()).unwrap_or_default();
        let at = usize::from(name.0);
        let first_long = self.start(33).map_or(usize::MAX, |start| start as usize);
        let word = |at| u32_at(words, at).map(u64::from).unwrap_or_default();
        if length <= 32 {
            return word(at);
        }
        let at = first_long + 2 * (at - first_long);
        word(at) | word(at + 1) << 32
    }

    /// Names of a skeleton, the most popular first.
    pub fn of_skeleton<'a>(&'a self, skeleton: &'a [u8]) -> impl Iterator<Item = Ranked> + 'a {
        let table = self.bytes.get(self.table.clone()).unwrap_or_default();
        let slots = table.len() / 2;
        let start = start(hash(skeleton, 0));
        let chain = (0..slots).map_while(move |step| {
            let slot = u16_at(table, (start.wrapping_add(step)) & (slots - 1))?;
            (slot != EMPTY).then_some(Ranked(slot))
        });
        chain.filter(move |name| {
            let mut buffer = [0; MAX_LENGTH];
            super::letters::skeleton(self.squeezed(*name), &mut buffer) == skeleton
        })
    }

    /// The names that are spelled so when delimiters are left out.
    pub(crate) fn spelled<'a>(&'a self, squeezed: &'a [u8]) -> Option<Ranked> {
        let mut buffer = [0; MAX_LENGTH];
        let skeleton = super::letters::skeleton(squeezed, &mut buffer);
        self.of_skeleton(skeleton).find(|name| self.squeezed(*name) == squeezed)
    }

    /// A normalized name, where it is ranked.
    pub fn find(&self, normalized: &str) -> Option<Ranked> {
        let mut buffer = [0; MAX_LENGTH];
        let squeezed = super::letters::squeeze(normalized, &mut buffer)?;
        let mut skeleton = [0; MAX_LENGTH];
        let skeleton = super::letters::skeleton(squeezed, &mut skeleton);
        self.of_skeleton(skeleton).find(|name| self.squeezed(*name) == squeezed && self.name(*name) == normalized)
    }
}
