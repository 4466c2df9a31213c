//! Packs the ranked names as `pychain_core::knowledge::ranked` reads them.

use std::collections::HashSet;

use anyhow::{Context as _, Result, ensure};
use pychain_core::confusable::crowd::each;
use pychain_core::knowledge::hash;
use pychain_core::knowledge::letters::{letter_set, skeleton, squeeze};
use pychain_core::knowledge::ranked::{EMPTY, MAGIC, MAX_LENGTH};

struct Name {
    squeezed: Vec<u8>,
    delimiters: u64,
    rank: u16,
}

impl Name {
    fn written(&self) -> Vec<u8> {
        let letter = |(at, byte): (usize, &u8)| {
            let delimiter = (self.delimiters >> at & 1 == 1).then_some(b'-');
            delimiter.into_iter().chain([*byte])
        };
        self.squeezed.iter().enumerate().flat_map(letter).collect()
    }
}

/// How many names of the index lie one step away.
fn crowd(name: &[u8], all: &HashSet<&[u8]>) -> u8 {
    let mut count = 0u8;
    each(name, &mut |other| count = count.saturating_add(u8::from(all.contains(other))));
    count
}

pub(crate) fn build(ranks: &str, all: &[&str], names_date: &str, ranked_date: &str) -> Result<Vec<u8>> {
    let mut names = Vec::new();
    for line in ranks.lines().skip(1) {
        let (rank, name) = line.split_once('\t').with_context(|| format!("no rank and name: `{line}`"))?;
        let mut buffer = [0; MAX_LENGTH];
        let squeezed = squeeze(name, &mut buffer).with_context(|| format!("too long, or not normalized: `{name}`"))?;
        let mut delimiters = 0;
        let mut at = 0;
        for byte in name.bytes() {
            if byte == b'-' {
                delimiters |= 1 << at;
            } else {
                at += 1;
            }
        }
        names.push(Name { squeezed: squeezed.to_vec(), delimiters, rank: rank.parse().context("a rank")? });
    }
    ensure!(names.len() < usize::from(EMPTY), "too many names");
    names.sort_by_key(|name| (name.squeezed.len(), name.rank));

    let slots = (names.len() * 2).next_power_of_two();
    let mut table = vec![EMPTY; slots];
    let mut by_rank: Vec<usize> = (0..names.len()).collect();
    by_rank.sort_by_key(|at| names[*at].rank);
    for at in by_rank {
        let mut buffer = [0; MAX_LENGTH];
        let hash = hash(skeleton(&names[at].squeezed, &mut buffer), 0);
        let mut slot = usize::try_from(hash)? & (slots - 1);
        while table[slot] != EMPTY {
            slot = (slot + 1) & (slots - 1);
        }
        table[slot] = u16::try_from(at)?;
    }

    let mut out = MAGIC.to_vec();
    out.extend(names_date.bytes().chain(ranked_date.bytes()).chain([0; 4]));
    let text: usize = names.iter().map(|name| name.squeezed.len()).sum();
    for number in [names.len(), slots, text] {
        out.extend(u32::try_from(number)?.to_le_bytes());
    }
    for length in 0..=MAX_LENGTH + 1 {
        let start = names.partition_point(|name| name.squeezed.len() < length);
        out.extend(u32::try_from(start)?.to_le_bytes());
    }
    out.extend(names.iter().flat_map(|name| letter_set(&name.squeezed).to_le_bytes()));
    for name in &names {
        let bytes = name.delimiters.to_le_bytes();
        out.extend(&bytes[..if name.squeezed.len() <= 32 { 4 } else { 8 }]);
    }
    out.extend(names.iter().flat_map(|name| name.rank.to_le_bytes()));
    let all: HashSet<&[u8]> = all.iter().map(|name| name.as_bytes()).collect();
    out.extend(names.iter().map(|name| crowd(&name.written(), &all)));
    out.extend(table.iter().flat_map(|slot| slot.to_le_bytes()));
    out.extend(names.iter().flat_map(|name| name.squeezed.iter().copied()));
    Ok(out)
}
