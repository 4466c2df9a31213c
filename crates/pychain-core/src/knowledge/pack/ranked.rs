//! Packs ranked names as [`RankedNames`](crate::knowledge::ranked::RankedNames) reads them.

use super::Unpackable;
use crate::knowledge::bytes::{self, hash};
use crate::knowledge::crowd;
use crate::knowledge::filter::NameFilter;
use crate::knowledge::letters::{Spelling, letter_set, skeleton, squeeze};
use crate::knowledge::ranked::{EMPTY, MAGIC, MAX_LENGTH};

struct Name<'a> {
    written: &'a str,
    squeezed: Vec<u8>,
    delimiters: u64,
    rank: u16,
}

/// Packs normalized names with their ranks; `date` is the day of the ranks, like `2026-06-15`.
///
/// `index` tells how many names lie beside each; without it none do.
pub fn ranked(names: &[(u16, &str)], date: &str, index: Option<&NameFilter>) -> Result<Vec<u8>, Unpackable> {
    let mut names = names.iter().map(|(rank, name)| read(*rank, name)).collect::<Result<Vec<_>, _>>()?;
    if names.len() >= usize::from(EMPTY) || date.len() != 10 {
        return Err(Unpackable(format!("{} names of `{date}`", names.len())));
    }
    names.sort_by_key(|name| (name.squeezed.len(), name.rank));

    let mut out = MAGIC.to_vec();
    out.extend(index.map_or(date, NameFilter::date).bytes().chain(date.bytes()).chain([0; 4]));
    let table = table(&names);
    let text: usize = names.iter().map(|name| name.squeezed.len()).sum();
    for number in [names.len(), table.len(), text] {
        out.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
    for length in 0..=MAX_LENGTH + 1 {
        let start = names.partition_point(|name| name.squeezed.len() < length);
        out.extend(u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
    }
    out.extend(names.iter().flat_map(|name| letter_set(&name.squeezed).to_le_bytes()));
    for name in &names {
        let words = if name.squeezed.len() <= 32 { 4 } else { 8 };
        out.extend(name.delimiters.to_le_bytes().into_iter().take(words));
    }
    out.extend(names.iter().flat_map(|name| name.rank.to_le_bytes()));
    let crowd = |name: &Name<'_>| index.map_or(0, |index| crowd::count(name.written, index));
    out.extend(names.iter().map(|name| u8::try_from(crowd(name)).unwrap_or(u8::MAX)));
    out.extend(table.iter().flat_map(|slot| slot.to_le_bytes()));
    out.extend(spellings(&names, 4 * table.len()));
    out.extend(names.iter().flat_map(|name| name.squeezed.iter().copied()));
    Ok(out)
}

fn read(rank: u16, written: &str) -> Result<Name<'_>, Unpackable> {
    let mut buffer = [0; MAX_LENGTH];
    let Some(squeezed) = squeeze(written, &mut buffer) else {
        return Err(Unpackable(format!("`{written}` is too long or not normalized")));
    };
    let (mut delimiters, mut at) = (0, 0);
    for byte in written.bytes() {
        match byte {
            b'-' => delimiters |= 1u64.checked_shl(at).unwrap_or_default(),
            _ => at += 1,
        }
    }
    Ok(Name { written, squeezed: squeezed.to_vec(), delimiters, rank })
}

/// Where the names of each skeleton are, the most popular first.
fn table(names: &[Name<'_>]) -> Vec<u16> {
    let slots = (names.len() * 2).next_power_of_two().max(2);
    let mut table = vec![EMPTY; slots];
    let mut by_rank: Vec<(u16, u16, &Name<'_>)> = (0u16..).zip(names).map(|(at, name)| (name.rank, at, name)).collect();
    by_rank.sort_by_key(|(rank, at, _)| (*rank, *at));
    for (_, at, name) in by_rank {
        let mut buffer = [0; MAX_LENGTH];
        let start = bytes::start(hash(skeleton(&name.squeezed, &mut buffer), 0));
        let free =
            (0..slots).map(|step| start.wrapping_add(step) & (slots - 1)).find(|slot| table.get(*slot) == Some(&EMPTY));
        if let Some(slot) = free.and_then(|slot| table.get_mut(slot)) {
            *slot = at;
        }
    }
    table
}

/// A Bloom filter of how the names are spelled, of so many bits.
fn spellings(names: &[Name<'_>], bits: usize) -> Vec<u8> {
    let mut filter = vec![0; bits / 8];
    for bit in names.iter().flat_map(|name| Spelling::of(&name.squeezed).bits(bits)) {
        if let Some(byte) = filter.get_mut(bit / 8) {
            *byte |= 1 << (bit % 8);
        }
    }
    filter
}
