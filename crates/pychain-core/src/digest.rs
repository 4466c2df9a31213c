//! Hash algorithms and digests as requirements files write them.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A hash algorithm that pip knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5; only in a URL's fragment.
    Md5,
    /// SHA-1; only in a URL's fragment.
    Sha1,
    /// SHA-224; only in a URL's fragment.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// In the order in which pip looks for them in a URL's fragment.
    pub const ALL: [Self; 6] = [Self::Sha512, Self::Sha384, Self::Sha256, Self::Sha224, Self::Sha1, Self::Md5];

    /// pip's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The algorithm of exactly that name; pip folds no case here.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha224" => Self::Sha224,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Whether `--hash` takes it (pip's `STRONG_HASHES`).
    pub fn is_strong(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha384 | Self::Sha512)
    }

    /// Length of its digest in hexadecimal digits.
    pub fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }

    /// Whether `digest` could be one of its digests: the right number of hexadecimal digits.
    pub fn accepts(self, digest: &str) -> bool {
        digest.len() == self.hex_len() && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The digest of `bytes` in lower-case hexadecimal, or `None` for an algorithm that `--hash` does not take.
    pub fn hash(self, bytes: &[u8]) -> Option<String> {
        let hex = |digest: &[u8]| {
            digest.iter().fold(String::with_capacity(2 * digest.len()), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        };
        match self {
            Self::Sha256 => Some(hex(&Sha256::digest(bytes))),
            Self::Sha384 => Some(hex(&Sha384::digest(bytes))),
            Self::Sha512 => Some(hex(&Sha512::digest(bytes))),
            Self::Md5 | Self::Sha1 | Self::Sha224 => None,
        }
    }
}

/// The value of a hash, as somebody wrote it.
///
/// Equal where pip takes one for the other: it compares hexadecimal digits without regard to case.
#[derive(Debug, Clone)]
pub struct Digest(Written);

/// A file has more digests than anything else, and nearly all are the first: no allocation each.
#[derive(Debug, Clone)]
enum Written {
    /// 64 lower-case hexadecimal digits.
    Sha256([u8; 32]),
    /// Anything else.
    Other(Box<str>),
}

impl Digest {
    /// Keeps what is written, whatever it is.
    pub fn new(written: &str) -> Self {
        Self(parse_hex(written.as_bytes()).map_or_else(|| Written::Other(written.into()), Written::Sha256))
    }

    /// Whether it could be a digest of `algorithm`.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        match &self.0 {
            Written::Sha256(_) => algorithm.hex_len() == 64,
            Written::Other(written) => algorithm.accepts(written),
        }
    }

    /// In lower case, for comparing.
    fn folded(&self) -> String {
        self.to_string().to_lowercase()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Written::Sha256(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Written::Other(written) => f.write_str(written),
        }
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Digest {}

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Digest {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Written::Sha256(one), Written::Sha256(other)) => one.cmp(other),
            _ => self.folded().cmp(&other.folded()),
        }
    }
}

/// The bytes that 64 lower-case hexadecimal digits stand for.
fn parse_hex(digits: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = digits.try_into().ok()?;
    let mut bytes = [0; 32];
    let mut odd = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (high, low) = (nibble(*high), nibble(*low));
        odd |= high | low;
        *byte = high << 4 | low & 0x0f;
    }
    // One look at the end instead of a branch a digit.
    (odd & 0xf0 == 0).then_some(bytes)
}

/// The value of a lower-case hexadecimal digit; 255 for every other byte.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => 255,
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_shown_as_written_and_compared_without_case() {
        let lower = "ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28";
        let upper = lower.to_uppercase();
        for written in [lower, &upper, &lower[1..], "", "${HASH}"] {
            assert_eq!(Digest::new(written).to_string(), written);
        }
        assert_eq!(Digest::new(lower), Digest::new(&upper));
        assert_ne!(Digest::new(lower), Digest::new(&lower.replace('a', "b")));
        assert!(Digest::new(lower).fits(Algorithm::Sha256) && Digest::new(&upper).fits(Algorithm::Sha256));
        assert!(!Digest::new(lower).fits(Algorithm::Sha512) && !Digest::new(&lower[1..]).fits(Algorithm::Sha256));
        assert!(parse_hex(upper.as_bytes()).is_none() && parse_hex(lower.replace('a', "g").as_bytes()).is_none());
    }

    #[test]
    fn digests_have_the_right_length_and_digits() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512] {
            let digest = algorithm.hash(b"").expect("strong");
            assert!(algorithm.accepts(&digest) && algorithm.accepts(&digest.to_uppercase()));
            assert!(!algorithm.accepts(&digest[1..]) && !algorithm.accepts(&digest.replace('e', "g")));
        }
    }
}
