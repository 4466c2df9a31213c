//! Packs ranked names as [`RankedNames`](crate::knowledge::ranked::RankedNames) reads them.

use super::Unpackable;
use crate::knowledge::bytes::{self, hash};
use crate::knowledge::crowd;
use crate::knowledge::filter::NameFilter;
use crate::knowledge::letters::{Spelling, delimiters, letter_set, skeleton, squeeze};
use crate::knowledge::ranked::{BLOCK, Block, EMPTY, MAGIC, MAX_LENGTH, Ranked, RankedNames};
use crate::order::Arrange as _;

struct Name {
    squeezed: Vec<u8>,
    delimiters: u64,
    rank: u16,
    crowd: u8,
}

/// Packs normalized names with their ranks; `date` is the day of the ranks, like `2026-06-15`.
///
/// `index` tells how many names lie beside each; without it none do.
pub fn ranked(names: &[(u16, &str)], date: &str, index: Option<&NameFilter>) -> Result<Vec<u8>, Unpackable> {
    let crowd = |_: usize, name: &str| {
        let crowd = index.map_or(0, |index| crowd::count(name, index));
        u8::try_from(crowd).unwrap_or(u8::MAX)
    };
    pack(names, index.map_or(date, NameFilter::date), date, &crowd)
}

/// The text of ranked names as it travels: compressed it is less than half of the packed form. A line with the
/// days of names and ranks and with how many lines follow; a line for each rank, empty where the rank has no name;
/// then a byte for each name, how many lie beside it.
pub fn to_lines(ranked: &RankedNames, index: &NameFilter) -> Vec<u8> {
    let mut by_rank: Vec<Ranked> = ranked.iter().collect();
    by_rank.arrange_by_key(|name| ranked.rank(*name));
    let last = by_rank.last().map_or(0, |name| ranked.rank(*name));
    let mut out = format!("{} {} {last}\n", index.date(), ranked.date()).into_bytes();
    let mut next = 1;
    for name in &by_rank {
        while next < ranked.rank(*name) {
            out.push(b'\n');
            next += 1;
        }
        out.extend(ranked.name(*name).bytes().chain([b'\n']));
        next += 1;
    }
    out.extend(by_rank.iter().map(|name| ranked.crowd(*name)));
    out
}

/// Packs what [`to_lines`] gives.
pub fn from_lines(bytes: &[u8]) -> Result<Vec<u8>, Unpackable> {
    let damaged = || Unpackable("the list of ranked names is damaged".to_owned());
    let mut rest = bytes;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let (line, after) = rest.split_at_checked(end)?;
        rest = after.get(1..)?;
        std::str::from_utf8(line).ok()
    };
    let mut words = line().ok_or_else(damaged)?.split(' ');
    let (Some(names_date), Some(ranks_date), Some(last)) = (words.next(), words.next(), words.next()) else {
        return Err(damaged());
    };
    let last: u16 = last.parse().map_err(|_| damaged())?;
    let mut names = Vec::new();
    for rank in 1..=last {
        let name = line().ok_or_else(damaged)?;
        if !name.is_empty() {
            names.push((rank, name));
        }
    }
    if rest.len() != names.len() || names_date.len() != 10 {
        return Err(damaged());
    }
    pack(&names, names_date, ranks_date, &|at, _| rest.get(at).copied().unwrap_or_default())
}

/// `crowd` tells of a name, by its place in `names` and by itself, how many lie beside it.
fn pack(
    names: &[(u16, &str)],
    names_date: &str,
    date: &str,
    crowd: &dyn Fn(usize, &str) -> u8,
) -> Result<Vec<u8>, Unpackable> {
    let read = |(at, (rank, name)): (usize, &(u16, &str))| Ok(Name { crowd: crowd(at, name), ..read(*rank, name)? });
    let mut names = names.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    if names.len() >= usize::from(EMPTY) || date.len() != 10 {
        return Err(Unpackable(format!("{} names of `{date}`", names.len())));
    }
    names.arrange_by_key(|name| (name.squeezed.len(), name.rank));

    let mut out = MAGIC.to_vec();
    out.extend(names_date.bytes().chain(date.bytes()).chain([0; 4]));
    let table = table(&names);
    let text: usize = names.iter().map(|name| name.squeezed.len()).sum();
    for number in [names.len(), table.len(), text] {
        out.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
    for length in 0..=MAX_LENGTH + 1 {
        let start = names.partition_point(|name| name.squeezed.len() < length);
        out.extend(u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
    }
    for group in names.chunk_by(|a, b| a.squeezed.len() == b.squeezed.len()) {
        out.extend(group.chunks(BLOCK).flat_map(letters).flatten());
    }
    for name in &names {
        let words = if name.squeezed.len() <= 32 { 4 } else { 8 };
        out.extend(name.delimiters.to_le_bytes().into_iter().take(words));
    }
    out.extend(names.iter().flat_map(|name| name.rank.to_le_bytes()));
    out.extend(names.iter().map(|name| name.crowd));
    out.extend(table.iter().flat_map(|slot| slot.to_le_bytes()));
    out.extend(spellings(&names, 4 * table.len()));
    out.extend(names.iter().flat_map(|name| name.squeezed.iter().copied()));
    Ok(out)
}

/// The sets of letters of at most [`BLOCK`] names.
fn letters(names: &[Name]) -> Block {
    let mut words = [0u64; 32];
    for (at, name) in names.iter().enumerate() {
        let set = letter_set(&name.squeezed);
        for (letter, word) in words.iter_mut().enumerate() {
            *word |= u64::from(set >> letter & 1) << at;
        }
    }
    words.map(u64::to_le_bytes)
}

fn read(rank: u16, written: &str) -> Result<Name, Unpackable> {
    let mut buffer = [0; MAX_LENGTH];
    let Some(squeezed) = squeeze(written, &mut buffer) else {
        return Err(Unpackable(format!("`{written}` is too long or not normalized")));
    };
    Ok(Name { squeezed: squeezed.to_vec(), delimiters: delimiters(written), rank, crowd: 0 })
}

/// Where the names of each skeleton are, the most popular first.
fn table(names: &[Name]) -> Vec<u16> {
    let slots = (names.len() * 2).next_power_of_two().max(2);
    let mut table = vec![EMPTY; slots];
    let mut by_rank: Vec<(u16, u16, &Name)> = (0u16..).zip(names).map(|(at, name)| (name.rank, at, name)).collect();
    by_rank.arrange_by_key(|(rank, at, _)| (*rank, *at));
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
fn spellings(names: &[Name], bits: usize) -> Vec<u8> {
    let mut filter = vec![0; bits / 8];
    for bit in names.iter().flat_map(|name| Spelling::of(&name.squeezed).bits(bits)) {
        if let Some(byte) = filter.get_mut(bit / 8) {
            *byte |= 1 << (bit % 8);
        }
    }
    filter
}
