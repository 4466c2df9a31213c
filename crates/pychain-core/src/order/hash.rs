//! Hashes of names, and what they tell apart without a search.

/// A number of 64 bits that depends on every byte: FNV-1a, then the finalizer of `MurmurHash3`.
pub fn hash(text: &[u8], seed: u64) -> u64 {
    let folded = text
        .iter()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut hash = folded ^ (folded >> 33);
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// Where a table of at most 2³² slots is looked at first: by the low half of a hash, which an address of 32 bits
/// holds too, so that a browser looks where the packer put it.
pub(crate) fn start(hash: u64) -> usize {
    usize::try_from(hash & 0xffff_ffff).unwrap_or_default()
}

/// Which of some keys no other can be equal to, by their hashes. Nearly every project stands in a file once, and to sort
/// them all takes ten times as long.
pub(crate) fn alone(hashes: impl ExactSizeIterator<Item = u64>) -> Vec<bool> {
    let mut counts = vec![0_u8; (hashes.len() * 8).next_power_of_two()];
    let last = counts.len() - 1;
    let buckets: Vec<usize> = hashes.map(|hash| start(hash) & last).collect();
    for bucket in &buckets {
        if let Some(count) = counts.get_mut(*bucket) {
            *count = count.saturating_add(1);
        }
    }
    buckets.iter().map(|bucket| counts.get(*bucket) == Some(&1)).collect()
}
