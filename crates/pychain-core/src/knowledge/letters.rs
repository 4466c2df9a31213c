//! Names as letters: without delimiters, as sets, and as what the eye takes them for.

/// Writes a normalized name without its delimiters; `None` where it is too long or has other characters.
pub fn squeeze<'b, const N: usize>(normalized: &str, buffer: &'b mut [u8; N]) -> Option<&'b [u8]> {
    let mut length = 0;
    for byte in normalized.bytes() {
        match byte {
            b'-' => {}
            b'a'..=b'z' | b'0'..=b'9' => {
                *buffer.get_mut(length)? = byte;
                length += 1;
            }
            _ => return None,
        }
    }
    buffer.get(..length)
}

/// Where a normalized name has delimiters: bit `n`, one stands before letter `n`.
pub fn delimiters(normalized: &str) -> u64 {
    let (mut delimiters, mut at) = (0, 0);
    for byte in normalized.bytes() {
        match byte {
            b'-' => delimiters |= 1u64.checked_shl(at).unwrap_or_default(),
            _ => at += 1,
        }
    }
    delimiters
}

/// The set of a name's letters, a bit each; digits share six bits.
pub fn letter_set(squeezed: &[u8]) -> u32 {
    squeezed.iter().fold(0, |set, byte| {
        set | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'0'..=b'9' => 1 << (26 + (byte - b'0') % 6),
            _ => 0,
        }
    })
}

/// Writes what the eye takes a name for: one letter for all that look alike, so that names which
/// look alike have one skeleton. Never longer than the name.
pub fn skeleton<'b, const N: usize>(squeezed: &[u8], buffer: &'b mut [u8; N]) -> &'b [u8] {
    let mut length = 0;
    let mut rest = squeezed;
    while let Some((first, after)) = rest.split_first() {
        let (letter, taken) = match (first, after.first()) {
            (b'r', Some(b'n')) => (b'm', 2),
            (b'v', Some(b'v')) => (b'w', 2),
            (b'c', Some(b'l' | b'1' | b'i')) => (b'd', 2),
            _ => (LOOKS.get(usize::from(*first)).copied().unwrap_or(*first), 1),
        };
        let Some(slot) = buffer.get_mut(length) else { break };
        *slot = letter;
        length += 1;
        rest = rest.get(taken..).unwrap_or_default();
    }
    buffer.get(..length).unwrap_or_default()
}

/// For each byte, [`look`]: names are looked up by their looks, so that it is asked for every letter of a file's names.
const LOOKS: [u8; 128] = {
    let mut looks = [0; 128];
    let mut byte = 0;
    while let Some((_, [slot, ..])) = looks.split_at_mut_checked(byte as usize) {
        *slot = look(byte);
        byte += 1;
    }
    looks
};

/// The letter that a letter or digit is taken for.
const fn look(byte: u8) -> u8 {
    match byte {
        b'i' | b'1' => b'l',
        b'0' => b'o',
        b'2' => b'z',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'6' | b'9' => b'g',
        b'7' => b't',
        b'8' => b'b',
        other => other,
    }
}

/// A number that stands for a spelling, and that two spellings side by side give without being read again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spelling {
    number: u64,
    /// What the number of a spelling before this one is multiplied with.
    power: u64,
}

/// An odd number without a pattern.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Spelling {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self { number: 0, power: 1 };

    /// Of letters without delimiters.
    pub(crate) fn of(squeezed: &[u8]) -> Self {
        squeezed.iter().fold(Self::EMPTY, |spelling, letter| spelling.with(*letter))
    }

    /// With one more letter.
    pub(crate) fn with(self, letter: u8) -> Self {
        let number = self.number.wrapping_mul(BASE).wrapping_add(u64::from(letter) + 1);
        Self { number, power: self.power.wrapping_mul(BASE) }
    }

    /// This one and then the other.
    pub(crate) fn then(self, other: Self) -> Self {
        let number = self.number.wrapping_mul(other.power).wrapping_add(other.number);
        Self { number, power: self.power.wrapping_mul(other.power) }
    }

    /// What is left of this one without its beginning; `rest` is as long as what is left.
    pub(crate) fn without(self, beginning: Self, rest: Self) -> Self {
        let number = self.number.wrapping_sub(beginning.number.wrapping_mul(rest.power));
        Self { number, power: rest.power }
    }

    /// Its two places in a Bloom filter of so many bits, a power of two.
    pub(crate) fn bits(self, count: usize) -> [usize; 2] {
        let mixed = (self.number ^ self.number >> 32).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        // Thirty-two bits, which an address holds everywhere.
        let place = |bits: u64| usize::try_from(bits & 0xffff_ffff).unwrap_or_default() & count.wrapping_sub(1);
        [place(mixed >> 40), place(mixed >> 16)]
    }
}
