//! Bytes looked at eight at a time, in one number: whole files are gone through so, on every machine and in a browser.

/// A byte in each place.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGH: u64 = 0x80 * ONES;

/// Eight bytes. What is asked of them is answered by the highest bit of each.
#[derive(Clone, Copy)]
struct Eight(u64);

impl Eight {
    /// Which are not ASCII. The others are asked for below; a carry never leaves one.
    fn beyond_ascii(self) -> u64 {
        self.0 & HIGH
    }

    /// Which are at least `least`, itself ASCII.
    fn at_least(self, least: u8) -> u64 {
        ((self.0 & !HIGH) + u64::from(0x80 - least) * ONES) & HIGH
    }

    /// Which are `byte`, itself ASCII.
    fn equal(self, byte: u8) -> u64 {
        !Self(self.0 ^ (u64::from(byte) * ONES)).at_least(1) & HIGH
    }
}

/// Whether a text is nothing but printable ASCII, tabs and line feeds, as nearly all files are.
pub(crate) fn is_plain(text: &str) -> bool {
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    let is_odd = |bytes: &[u8; 8]| {
        let eight = Eight(u64::from_le_bytes(*bytes));
        let control = !eight.at_least(b' ') & !eight.equal(b'\n') & !eight.equal(b'\t') & HIGH;
        (eight.beyond_ascii() | eight.at_least(0x7f) | control) != 0
    };
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    !eights.iter().any(is_odd) && rest.iter().all(is_printable)
}

/// Where the first byte is that may end a shell word: white space, a quote or a backslash.
pub(crate) fn end_of_word(text: &str) -> Option<usize> {
    let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\'' | b'"' | b'\\');
    let (eights, _) = text.as_bytes().as_chunks::<8>();
    // What is no letter, digit or sign of a hash: `'` is the last of the others below `(`.
    let may_end = |bytes: &[u8; 8]| {
        let eight = Eight(u64::from_le_bytes(*bytes));
        (!eight.at_least(b'(') & HIGH | eight.equal(b'\\')) != 0
    };
    let mut at = 0;
    loop {
        at += 8 * eights.get(at / 8..).unwrap_or_default().iter().take_while(|bytes| !may_end(bytes)).count();
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let near = rest.get(..8).unwrap_or(rest);
        if let Some(found) = near.iter().position(ends) {
            return Some(at + found);
        }
        if near.len() < 8 {
            return None;
        }
        at += 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn as_byte_by_byte(text in "([ -~]|[\\t\\n]|\\PC|[\\x00-\\x1f\\x7f\\u{80}]){0,40}", plain in "[ -~\\t\\n]{0,40}") {
            for text in [text, plain] {
                let by_byte = text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
                proptest::prop_assert_eq!(is_plain(&text), by_byte);
            }
        }

        #[test]
        fn words_end_where_they_end(text in "([a-z0-9:=]{0,20}|[ \\t\\r\\n'\"\\\\]|[!#$%&()é\\x7f\\x00]){0,6}") {
            let by_byte = text.bytes().position(|byte| b" \t\r\n'\"\\".contains(&byte));
            proptest::prop_assert_eq!(end_of_word(&text), by_byte);
        }
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..0x80u8 {
            for at in 0..17 {
                let mut bytes = [b'a'; 17];
                bytes[at] = byte;
                let text = std::str::from_utf8(&bytes).unwrap();
                assert_eq!(is_plain(text), matches!(byte, b' '..=b'~' | b'\n' | b'\t'), "{byte} at {at}");
                assert_eq!(end_of_word(text), b" \t\r\n'\"\\".contains(&byte).then_some(at), "{byte} at {at}");
            }
        }
    }
}
