//! Packs all names as [`NameFilter`](crate::knowledge::filter::NameFilter) reads them.

#![cfg_attr(
    not(test),
    expect(clippy::indexing_slicing, reason = "every place is below a length that is computed here")
)]

use super::Unpackable;
use crate::knowledge::bytes::hash;
use crate::knowledge::filter::{MAGIC, Shape, fingerprint, pack};

/// So many seeds are tried; each fails rarely.
const MAX_TRIES: u32 = 64;

/// Packs normalized names, each once; `date` is the day on which the index had them, like `2026-11-22`.
pub fn filter(names: &[&str], date: &str) -> Result<Vec<u8>, Unpackable> {
    if date.len() != 10 {
        return Err(Unpackable(format!("`{date}` is no day")));
    }
    for seed in 0..MAX_TRIES {
        let shape = shape(names.len(), seed);
        let hashes: Vec<u64> = names.iter().map(|name| hash(name.as_bytes(), u64::from(seed))).collect();
        let Some(order) = peel(&hashes, shape) else { continue };
        let mut table = vec![0u16; shape.length()];
        for (name, free) in order.into_iter().rev() {
            let others = shape.positions(hashes[name]).into_iter().filter(|position| *position != free);
            table[free] = others.fold(fingerprint(hashes[name]), |xored, position| xored ^ table[position]);
        }
        let mut out = MAGIC.to_vec();
        out.extend(date.bytes().chain([0; 2]));
        for number in [u32::try_from(names.len()).unwrap_or(u32::MAX), shape.seed, shape.segment, shape.segments] {
            out.extend(number.to_le_bytes());
        }
        out.extend(pack(&table));
        return Ok(out);
    }
    Err(Unpackable(format!("no seed of {MAX_TRIES} gives a filter: are the names unique?")))
}

/// Sizes as in the paper's four-wise filter.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "sizes of a few millions"
)]
fn shape(count: usize, seed: u32) -> Shape {
    let size = (count.max(2) as f64).ln();
    let segment = 1u32 << ((size / 2.91f64.ln() - 0.5).floor().clamp(2.0, 12.0) as u32);
    let factor = (0.77 + 0.305 * 1_000_000f64.ln() / size).max(1.075);
    let length = (count as f64 * factor).round() as u32;
    Shape { seed, segment, segments: length.div_ceil(segment).saturating_sub(3).max(1) }
}

/// Takes names away one by one, each while one of its places is its alone: the order, with those places.
fn peel(hashes: &[u64], shape: Shape) -> Option<Vec<(usize, usize)>> {
    let mut counts = vec![0u32; shape.length()];
    let mut names = vec![0usize; shape.length()];
    for (name, hash) in hashes.iter().enumerate() {
        for position in shape.positions(*hash) {
            counts[position] += 1;
            names[position] ^= name;
        }
    }
    let mut alone: Vec<usize> = (0..counts.len()).filter(|position| counts[*position] == 1).collect();
    let mut order = Vec::with_capacity(hashes.len());
    while let Some(position) = alone.pop() {
        if counts[position] != 1 {
            continue;
        }
        let name = names[position];
        order.push((name, position));
        for other in shape.positions(hashes[name]) {
            counts[other] -= 1;
            names[other] ^= name;
            if counts[other] == 1 {
                alone.push(other);
            }
        }
    }
    (order.len() == hashes.len()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::filter::NameFilter;

    #[test]
    fn every_name_is_known_and_few_others() {
        let mut wrong = 0;
        for count in [1, 2, 7, 100, 3000] {
            let names: Vec<String> = (0..count).map(|number| format!("name-{number}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let filter = NameFilter::new(filter(&names, "2026-11-22").expect("packable")).expect("whole");
            assert!(names.iter().all(|name| filter.contains(name)), "{count}");
            wrong += (0..10_000).filter(|number| filter.contains(&format!("other-{number}"))).count();
            assert_eq!((filter.date(), filter.count()), ("2026-11-22", count));
        }
        // One in 4,096 is 12 of 50,000; with a bit less it would be 24.
        assert!(wrong <= 20, "{wrong}");
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        assert!(filter(&["a", "a"], "2026-11-22").is_err());
    }
}
