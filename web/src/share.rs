//! A link that carries the files in its fragment, which browsers do not send to any server.

use crate::state::Saved;

/// Begins the fragment; the number is that of the form.
pub const PREFIX: &str = "#s1=";
/// Characters that a link may have behind the prefix: what mail and chat programs still pass on.
pub const MAX_LINK: usize = 32_000;
/// Bytes that a link may unpack to.
pub const MAX_UNPACKED: usize = 4 * 1024 * 1024;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The fragment that carries deflated bytes, or why there is none.
pub fn fragment(deflated: &[u8]) -> Result<String, String> {
    let text = to_base64(deflated);
    if text.len() > MAX_LINK {
        return Err(format!(
            "The text is too long for a link: packed it has {} characters, and {MAX_LINK} is what links may have. Send the files instead.",
            text.len()
        ));
    }
    Ok(format!("{PREFIX}{text}"))
}

/// The deflated bytes of a fragment; none where it is another one or damaged.
pub fn packed(fragment: &str) -> Option<Vec<u8>> {
    // A browser may have taken a longer one from somewhere; it is as good.
    from_base64(fragment.strip_prefix(PREFIX)?)
}

/// What is deflated.
pub fn to_bytes(saved: &Saved) -> Vec<u8> {
    saved.write().into_bytes()
}

/// The files of inflated bytes.
pub fn from_bytes(bytes: &[u8]) -> Option<Saved> {
    Saved::read(str::from_utf8(bytes).ok()?)
}

/// Base64 with the alphabet for URLs, without padding (RFC 4648, section 5).
fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for sextet in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * sextet) & 63) as usize]));
        }
    }
    out
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0u32;
        for byte in chunk {
            let value = ALPHABET.iter().position(|letter| letter == byte)?;
            word = word << 6 | u32::try_from(value).ok()?;
        }
        if chunk.len() == 1 {
            return None;
        }
        let word = word << (6 * (4 - chunk.len()));
        out.extend(word.to_be_bytes().into_iter().skip(1).take(chunk.len() - 1));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Mode, SavedFile};

    #[test]
    fn bytes_survive_the_link() {
        let bytes: Vec<u8> = (0..=255).chain(0..77).collect();
        for end in 0..bytes.len() {
            let fragment = fragment(&bytes[..end]).unwrap();
            assert_eq!(packed(&fragment).as_deref(), Some(&bytes[..end]));
        }
        assert_eq!(to_base64(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn files_survive_the_link() {
        let file = SavedFile { path: "a/uv.lock".to_owned(), kind: None, text: "é\r\n".to_owned() };
        let saved = Saved { mode: Mode::Compare, head: vec![file.clone()], base: vec![file] };
        assert_eq!(from_bytes(&to_bytes(&saved)), Some(saved));
    }

    #[test]
    fn damaged_and_hostile_links_are_none() {
        for fragment in ["", "#", "#s1=a", "#s1=a+b=", "#s2=YQ", "#s1=Y Q"] {
            assert_eq!(packed(fragment), None, "{fragment}");
        }
        for json in ["", "[]", r#"{"mode":"audit","head":[{"path":"../x","text":""}]}"#] {
            assert_eq!(from_bytes(json.as_bytes()), None, "{json}");
        }
        assert!(fragment(&vec![1; MAX_LINK]).is_err());
    }
}
