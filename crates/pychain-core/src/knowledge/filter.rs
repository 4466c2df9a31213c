//! Which names exist: a binary fuse filter over a whole index, twelve bits a name.

use std::borrow::Cow;

use super::bytes::{hash, section, u32_at};

/// The names of an index, as a filter: every name of the snapshot is known, and of names that are
/// not in it one in 4,096 is taken to be.
///
/// A four-wise binary fuse filter with fingerprints of twelve bits (Graf and Lemire, "Binary fuse
/// filters: fast and smaller than xor filters", 2022). Header, little-endian: `pyfuse02`, the date of
/// the snapshot (ten bytes), two zero bytes, count of names, seed, length of a segment, count of
/// segments that a first position may fall in (four bytes each); then the fingerprints, two in three bytes.
#[derive(Debug, Clone)]
pub struct NameFilter {
    bytes: Cow<'static, [u8]>,
    count: u32,
    shape: Shape,
}

/// Where a name's four fingerprints lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Mixed into the hash.
    pub seed: u32,
    /// A power of two, at most 4,096.
    pub segment: u32,
    /// How many segments the first position may fall in; three more follow.
    pub segments: u32,
}

/// The mark of the format.
pub const MAGIC: &[u8; 8] = b"pyfuse02";
/// Bytes before the fingerprints.
pub const HEADER: usize = 36;

impl NameFilter {
    /// Reads the header; `None` where the bytes are not a whole filter.
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let numbers = section(&bytes, 20, 16).filter(|_| bytes.starts_with(MAGIC))?;
        let count = u32_at(numbers, 0)?;
        let shape = Shape { seed: u32_at(numbers, 1)?, segment: u32_at(numbers, 2)?, segments: u32_at(numbers, 3)? };
        let is_sound = shape.segment.is_power_of_two()
            && shape.segment <= 4096
            && shape.segments > 0
            && packed_length(shape.length())?.checked_add(HEADER)? == bytes.len();
        is_sound.then_some(Self { bytes, count, shape })
    }

    /// The day of the snapshot, `2026-11-22`.
    pub fn date(&self) -> &str {
        section(&self.bytes, 8, 10).and_then(|date| std::str::from_utf8(date).ok()).unwrap_or_default()
    }

    /// How many names the snapshot has.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether a normalized name is in the snapshot; wrongly so for one absent name in 4,096.
    pub fn contains(&self, name: &str) -> bool {
        self.contains_bytes(name.as_bytes())
    }

    pub(crate) fn contains_bytes(&self, name: &[u8]) -> bool {
        let hash = hash(name, u64::from(self.shape.seed));
        let Some(table) = self.bytes.get(HEADER..) else { return false };
        let xored = self
            .shape
            .positions(hash)
            .into_iter()
            .try_fold(fingerprint(hash), |found, position| Some(found ^ unpack(table, position)?));
        xored == Some(0)
    }
}

impl Shape {
    /// How many fingerprints there are.
    pub fn length(&self) -> usize {
        (self.segments as usize + 3) * self.segment as usize
    }

    /// The four places whose fingerprints, joined by exclusive or, are the name's own.
    pub fn positions(&self, hash: u64) -> [usize; 4] {
        let range = u64::from(self.segments) * u64::from(self.segment);
        // The high half chooses the first segment, twelve bits of the low half a place in each other one.
        let first = ((hash >> 32) * range) >> 32;
        let mask = u64::from(self.segment) - 1;
        let step = u64::from(self.segment);
        let place = |index: u64| (first + index * step) ^ ((hash >> (12 * (index - 1))) & mask);
        [first, place(1), place(2), place(3)].map(|position| usize::try_from(position).unwrap_or(usize::MAX))
    }
}

/// The twelve bits that stand for a name.
pub fn fingerprint(hash: u64) -> u16 {
    u16::try_from(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52).unwrap_or_default()
}

/// Bytes that so many fingerprints take.
pub fn packed_length(count: usize) -> Option<usize> {
    Some(count.checked_mul(3)?.div_ceil(2))
}

/// A fingerprint of a packed table.
fn unpack(table: &[u8], position: usize) -> Option<u16> {
    let at = position / 2 * 3;
    let middle = u16::from(*table.get(at + 1)?);
    Some(if position.is_multiple_of(2) {
        u16::from(*table.get(at)?) | (middle & 0xf) << 8
    } else {
        middle >> 4 | u16::from(*table.get(at + 2)?) << 4
    })
}

/// Packs fingerprints, two in three bytes.
pub fn pack(fingerprints: &[u16]) -> Vec<u8> {
    let pairs = fingerprints.chunks(2).map(|pair| (pair.first().copied(), pair.get(1).copied()));
    let mut packed: Vec<u8> = pairs
        .flat_map(|(even, odd)| {
            let bits = u32::from(even.unwrap_or_default()) | u32::from(odd.unwrap_or_default()) << 12;
            bits.to_le_bytes().into_iter().take(3)
        })
        .collect();
    packed.truncate(packed_length(fingerprints.len()).unwrap_or_default());
    packed
}
