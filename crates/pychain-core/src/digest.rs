//! Hash algorithms and digests as requirements files write them.

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
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
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

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_have_the_right_length_and_digits() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512] {
            let digest = algorithm.hash(b"").expect("strong");
            assert!(algorithm.accepts(&digest) && algorithm.accepts(&digest.to_uppercase()));
            assert!(!algorithm.accepts(&digest[1..]) && !algorithm.accepts(&digest.replace('e', "g")));
        }
    }
}
