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
            _ => (look(*first), 1),
        };
        let Some(slot) = buffer.get_mut(length) else { break };
        *slot = letter;
        length += 1;
        rest = rest.get(taken..).unwrap_or_default();
    }
    buffer.get(..length).unwrap_or_default()
}

/// The letter that a letter or digit is taken for.
fn look(byte: u8) -> u8 {
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
