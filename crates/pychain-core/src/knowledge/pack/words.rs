//! Counts words and rows of letters as [`Vocabulary`](crate::knowledge::vocabulary::Vocabulary) reads them.

#![cfg_attr(
    not(test),
    expect(clippy::indexing_slicing, reason = "every place is below a length that is computed here")
)]

use crate::knowledge::bytes::hash;
use crate::knowledge::vocabulary::{ALPHABET, END, MAGIC, MIN_NAMES, SCALE, SLOT, letter, slot};
use crate::order::{Map, Set};

#[derive(Default)]
struct Count {
    any: u32,
    first: u32,
    last: u32,
}

/// A row of letters that so few names have counts as one that none has: no name stands out by itself.
const UNCOUNTED: u32 = 8;

/// Packs what the normalized names of an index are made of.
pub fn words(names: &[&str]) -> Vec<u8> {
    let mut counts: Map<&str, Count> = Map::new();
    let mut rows = vec![0u32; ALPHABET.pow(3)];
    for name in names {
        let parts: Vec<&str> = name.split('-').collect();
        for part in parts.iter().collect::<Set<_>>() {
            counts.entry(part).or_default().any += 1;
        }
        if let [first, .., last] = parts.as_slice() {
            counts.entry(first).or_default().first += 1;
            counts.entry(last).or_default().last += 1;
        }
        let mut before = [END, END];
        for letter in name.bytes().map(letter).chain([END]) {
            rows[(before[0] * ALPHABET + before[1]) * ALPHABET + letter] += 1;
            before = [before[1], letter];
        }
    }
    counts.retain(|_, count| count.any >= MIN_NAMES);

    let slots = (counts.len() * 2).next_power_of_two().max(2);
    let mut table = vec![[0u8; SLOT]; slots];
    for (word, count) in &counts {
        let (start, fingerprint) = slot(hash(word.as_bytes(), 1));
        let mut at = start & (slots - 1);
        while table[at][..2] != [0, 0] {
            at = (at + 1) & (slots - 1);
        }
        let [low, high] = fingerprint.to_le_bytes();
        table[at] = [low, high, scaled(count.any), scaled(count.first), scaled(count.last)];
    }
    let mut out = MAGIC.to_vec();
    out.extend(u32::try_from(slots).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(table.iter().flatten());
    out.extend(costs(&rows).as_chunks().0.iter().map(|[low, high]| low | high << 4));
    out
}

/// A binary logarithm of a count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number from 0 to 255")]
fn scaled(count: u32) -> u8 {
    (f64::from(count.max(1)).log2() * f64::from(SCALE)).round().min(255.0) as u8
}

/// The cost of each letter after two others, in whole bits up to 15.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number from 0 to 15")]
fn costs(rows: &[u32]) -> Vec<u8> {
    let counted = |row: usize| f64::from(rows[row].saturating_sub(UNCOUNTED));
    // After one letter, for where two letters were seen too rarely.
    let mut pairs = vec![0f64; ALPHABET * ALPHABET];
    for (row, _) in rows.iter().enumerate() {
        pairs[row % (ALPHABET * ALPHABET)] += counted(row);
    }
    let share = |pair: usize| {
        let first = pair / ALPHABET * ALPHABET;
        (pairs[pair] + 0.5) / (pairs[first..first + ALPHABET].iter().sum::<f64>() + 0.5 * 38.0)
    };
    let cost = |row: usize| {
        let first = row / ALPHABET * ALPHABET;
        let total: f64 = (first..first + ALPHABET).map(counted).sum();
        let chance = (counted(row) + 16.0 * share(row % (ALPHABET * ALPHABET))) / (total + 16.0);
        (-chance.log2()).round().clamp(0.0, 15.0) as u8
    };
    (0..rows.len()).map(cost).collect()
}
