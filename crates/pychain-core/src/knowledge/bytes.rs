//! Numbers and sections of packed data, read where they lie; what is cut short reads as nothing.

pub use crate::order::hash;
pub(crate) use crate::order::start;

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
