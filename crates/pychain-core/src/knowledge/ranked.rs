//! The most downloaded names, packed so that they are searched where they lie.

use std::borrow::Cow;
use std::ops::Range;

use super::bytes::{hash, section, start, u16_at, u32_at};
use super::letters::Spelling;

/// Names with their download rank, at most 65,535 of them.
///
/// Names lie without their delimiters ("squeezed"), grouped by length, in each group by rank.
/// Header, little-endian: `pyrank03`, the days of names and ranks (ten bytes each), four zero bytes,
/// count, slots of the table, bytes of text (four bytes each). Sections: first name of each length
/// 0…65; sets of letters, by blocks of 64 names of a length: 32 words of 64 bits, one for each letter of a
/// set, with a bit for each name, so that 64 names are looked at side by side; places of delimiters (one word, two for names longer than 32); ranks
/// (two bytes); how many names of the index lie a step away (a byte, at most 255); table from
/// skeletons to names (two bytes, open addressing, 0xffff empty); a Bloom filter of the squeezed names,
/// four bits for each slot of the table; text.
#[derive(Debug, Clone)]
pub struct RankedNames {
    bytes: Cow<'static, [u8]>,
    starts: [Start; MAX_LENGTH + 2],
    letters: Range<usize>,
    delimiters: Range<usize>,
    ranks: Range<usize>,
    crowds: Range<usize>,
    table: Range<usize>,
    spellings: Range<usize>,
    text: Range<usize>,
}

/// Where the names of one length begin.
#[derive(Debug, Clone, Copy, Default)]
struct Start {
    /// The number of the first one.
    name: u16,
    /// Its place in the text.
    text: u32,
    /// Its block of letters.
    block: usize,
}

/// The sets of letters of 64 names: for each letter, a little-endian word with a bit for each name.
pub(crate) type Block = [[u8; 8]; 32];
/// Names of a block.
pub(crate) const BLOCK: usize = 64;

/// The mark of the format.
pub const MAGIC: &[u8; 8] = b"pyrank03";
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
        let firsts = section(&bytes, HEADER, 4 * (MAX_LENGTH + 2))?;
        let long = count.checked_sub(u32_at(firsts, 33)? as usize)?;
        let mut starts = [Start::default(); MAX_LENGTH + 2];
        let mut at = Start::default();
        for (length, start) in starts.iter_mut().enumerate() {
            let name = u16::try_from(u32_at(firsts, length)?).ok()?;
            let shorter = u32::try_from(length.saturating_sub(1)).unwrap_or(u32::MAX);
            let names = name.checked_sub(at.name)?;
            let text = at.text.checked_add(u32::from(names).checked_mul(shorter)?)?;
            at = Start { name, text, block: at.block + usize::from(names).div_ceil(BLOCK) };
            *start = at;
        }
        let mut end = HEADER + firsts.len();
        let mut next = |length: usize| {
            end += length;
            end - length..end
        };
        let letters = next(size_of::<Block>() * at.block);
        let delimiters = next(4 * (count + long));
        let (ranks, crowds, table) = (next(2 * count), next(count), next(2 * slots));
        let (spellings, text) = (next(slots / 2), next(text));
        let is_sound = end == bytes.len() && slots.is_power_of_two() && slots > count.max(1);
        is_sound.then_some(Self { bytes, starts, letters, delimiters, ranks, crowds, table, spellings, text })
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

    /// The names of one squeezed length.
    pub(crate) fn of_length(&self, length: usize) -> Group<'_> {
        self.group(length).unwrap_or_default()
    }

    fn group(&self, length: usize) -> Option<Group<'_>> {
        let (start, end) = (self.starts.get(length)?, self.starts.get(length + 1)?);
        let blocks = self.bytes.get(self.letters.clone())?.as_chunks().0.as_chunks().0;
        Some(Group {
            first: start.name,
            count: usize::from(end.name.checked_sub(start.name)?),
            length,
            blocks: blocks.get(start.block..end.block)?,
            text: self.bytes.get(self.text.clone())?.get(start.text as usize..end.text as usize)?,
        })
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
        // The last length whose names begin at or before this one.
        let length = self.starts.partition_point(|start| start.name <= name.0).checked_sub(1)?;
        let start = self.starts.get(length)?;
        let within = usize::from(name.0 - start.name) * length;
        section(self.bytes.get(self.text.clone())?, start.text as usize + within, length)
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
        let first_long = self.starts.get(33).map_or(usize::MAX, |start| usize::from(start.name));
        let word = |at| u32_at(words, at).map(u64::from).unwrap_or_default();
        if length <= 32 {
            return word(at);
        }
        let at = first_long + 2 * (at - first_long);
        word(at) | word(at + 1) << 32
    }

    /// Names of a skeleton, the most popular first.
    pub fn of_skeleton<'a>(&'a self, skeleton: &'a [u8]) -> impl Iterator<Item = Ranked> + 'a {
        self.beside_skeleton(skeleton).filter(move |name| {
            let mut buffer = [0; MAX_LENGTH];
            super::letters::skeleton(self.squeezed(*name), &mut buffer) == skeleton
        })
    }

    /// Names among which are all of a skeleton, the most popular first.
    fn beside_skeleton(&self, skeleton: &[u8]) -> impl Iterator<Item = Ranked> {
        let table = self.bytes.get(self.table.clone()).unwrap_or_default();
        let slots = table.len() / 2;
        let start = start(hash(skeleton, 0));
        (0..slots).map_while(move |step| {
            let slot = u16_at(table, (start.wrapping_add(step)) & (slots - 1))?;
            (slot != EMPTY).then_some(Ranked(slot))
        })
    }

    /// Whether a name may be spelled so when delimiters are left out; wrongly so for one in twenty-five.
    pub(crate) fn may_be_spelled(&self, spelling: Spelling) -> bool {
        let bits = self.bytes.get(self.spellings.clone()).unwrap_or_default();
        let is_set = |bit: usize| bits.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
        spelling.bits(8 * bits.len()).into_iter().all(is_set)
    }

    /// The name that is spelled so when delimiters are left out.
    pub(crate) fn spelled(&self, squeezed: &[u8]) -> Option<Ranked> {
        let mut buffer = [0; MAX_LENGTH];
        let skeleton = super::letters::skeleton(squeezed, &mut buffer);
        self.beside_skeleton(skeleton).find(|name| self.squeezed(*name) == squeezed)
    }

    /// A normalized name, where it is ranked.
    pub fn find(&self, normalized: &str) -> Option<Ranked> {
        let mut buffer = [0; MAX_LENGTH];
        let squeezed = super::letters::squeeze(normalized, &mut buffer)?;
        let mut skeleton = [0; MAX_LENGTH];
        let skeleton = super::letters::skeleton(squeezed, &mut skeleton);
        let delimiters = super::letters::delimiters(normalized);
        let is_it =
            |name: &Ranked| self.squeezed(*name) == squeezed && self.delimiters(*name, squeezed.len()) == delimiters;
        self.beside_skeleton(skeleton).find(is_it)
    }
}

/// The names of one squeezed length, the more popular ones first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group<'a> {
    /// The number of the first name.
    first: u16,
    pub(crate) count: usize,
    length: usize,
    pub(crate) blocks: &'a [Block],
    text: &'a [u8],
}

impl<'a> Group<'a> {
    /// The name at a place of the group, and its letters.
    pub(crate) fn at(&self, at: usize) -> Option<(Ranked, &'a [u8])> {
        let number = u16::try_from(at).ok()?.checked_add(self.first)?;
        Some((Ranked(number), section(self.text, at.checked_mul(self.length)?, self.length)?))
    }
}
