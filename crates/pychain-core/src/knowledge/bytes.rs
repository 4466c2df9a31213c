//! Numbers and sections of packed data, read where they lie; what is cut short reads as nothing.

/// The bytes of one section.
pub(crate) fn section(bytes: &[u8], start: usize, length: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(length)?)
}

/// Little-endian number `at` of a section of such numbers.
pub(crate) fn u16_at(section: &[u8], at: usize) -> Option<u16> {
    let start = at.checked_mul(2)?;
    section.get(start..start.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

/// Little-endian number `at` of a section of such numbers.
pub(crate) fn u32_at(section: &[u8], at: usize) -> Option<u32> {
    let start = at.checked_mul(4)?;
    section.get(start..start.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

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
