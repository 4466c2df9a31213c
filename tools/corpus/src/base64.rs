//! The bytes of a case that is not text.

/// Decodes standard base64 with padding; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn every_padding_decodes_and_garbage_does_not() {
        assert_eq!(decode("Zg==").as_deref(), Some(b"f".as_slice()));
        assert_eq!(decode("Zm8=").as_deref(), Some(b"fo".as_slice()));
        assert_eq!(decode("/v8A").as_deref(), Some(b"\xfe\xff\0".as_slice()));
        assert_eq!(decode("").as_deref(), Some(b"".as_slice()));
        assert_eq!(decode("Z*=="), None);
    }
}
