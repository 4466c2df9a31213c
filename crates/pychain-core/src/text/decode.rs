//! From bytes to text as pip does it: byte order mark, coding comment, UTF-8, in that order.

use std::borrow::Cow;

/// How a file's bytes became text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark, the ordinary case.
    Utf8,
    /// A byte order mark decided.
    Bom(Unicode),
    /// A `coding:` comment in the first two lines decided; the codec's name as written.
    Declared(Codec, String),
    /// Not UTF-8: pip falls back to the locale's encoding, which in a UTF-8 locale refuses the file.
    Locale,
}

/// A Unicode encoding form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unicode {
    /// UTF-8.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// UTF-32, little endian.
    Utf32Le,
    /// UTF-32, big endian.
    Utf32Be,
}

/// A Python codec that a coding comment may name and that this crate decodes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// A Unicode form, byte order mark optional.
    Unicode(Unicode),
    /// ASCII only.
    Ascii,
    /// ISO-8859-1.
    Latin1,
    /// Windows-1252.
    Cp1252,
    /// A codec that Python has and this crate does not; read as UTF-8, which agrees on ASCII.
    Other,
}

/// Why pip would refuse the file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes are not of the encoding that the file claims (`UnicodeDecodeError`).
    Malformed {
        /// The encoding's name.
        encoding: String,
    },
    /// The coding comment names no codec (`LookupError`).
    UnknownCodec {
        /// The name in the comment.
        name: String,
    },
}

impl Encoding {
    /// `text` in this encoding, or `None` where this crate does not write it.
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 | Self::Declared(Codec::Unicode(Unicode::Utf8), _) => Some(text.as_bytes().to_vec()),
            Self::Bom(Unicode::Utf8) => Some([b"\xef\xbb\xbf", text.as_bytes()].concat()),
            Self::Bom(Unicode::Utf16Le) => {
                Some([0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect())
            }
            Self::Bom(Unicode::Utf16Be) => {
                Some([0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect())
            }
            Self::Declared(Codec::Ascii, _) if text.is_ascii() => Some(text.as_bytes().to_vec()),
            _ => None,
        }
    }
}

/// The order matters: the UTF-16 little-endian mark is a prefix of the UTF-32 one.
const MARKS: [(&[u8], Unicode); 5] = [
    (b"\xef\xbb\xbf", Unicode::Utf8),
    (b"\xff\xfe\0\0", Unicode::Utf32Le),
    (b"\0\0\xfe\xff", Unicode::Utf32Be),
    (b"\xff\xfe", Unicode::Utf16Le),
    (b"\xfe\xff", Unicode::Utf16Be),
];

/// Mirrors pip's `_decode_req_file`; on an error the text is the bytes read as UTF-8, lossily.
pub(super) fn decode(bytes: Cow<'_, [u8]>) -> (String, Encoding, Option<DecodeError>) {
    for (mark, form) in MARKS {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let (text, error) = from_unicode(rest, form);
            return (text, Encoding::Bom(form), error);
        }
    }
    if let Some(name) = declared(&bytes) {
        let Some(codec) = codec(&name) else {
            return (
                lossy(&bytes),
                Encoding::Declared(Codec::Other, name.clone()),
                Some(DecodeError::UnknownCodec { name }),
            );
        };
        let (text, error) = from_codec(&bytes, codec, &name);
        return (text, Encoding::Declared(codec, name), error);
    }
    match String::from_utf8(bytes.into_owned()) {
        Ok(text) => (text, Encoding::Utf8, None),
        Err(error) => (lossy(error.as_bytes()), Encoding::Locale, Some(malformed("utf-8"))),
    }
}

/// The codec of the first `coding[:=] NAME` in a line among the first two that starts with `#`.
fn declared(bytes: &[u8]) -> Option<String> {
    bytes.split(|byte| *byte == b'\n').take(2).filter(|line| line.starts_with(b"#")).find_map(|line| {
        let mut rest = line;
        while let Some(at) = memchr::memmem::find(rest, b"coding") {
            rest = rest.get(at + 6..)?;
            let Some(value) = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"=")) else { continue };
            let value = value.trim_ascii_start();
            let value = value.strip_prefix(b"\x0b").unwrap_or(value);
            let end = value.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_-.".contains(byte)));
            let name = value.get(..end.unwrap_or(value.len()))?;
            if !name.is_empty() {
                return Some(String::from_utf8_lossy(name).into_owned());
            }
        }
        None
    })
}

/// Python's codec registry, as far as text codecs go: `None` for a name that Python does not know.
fn codec(name: &str) -> Option<Codec> {
    let key: String = name.to_ascii_lowercase().chars().map(|c| if c == '-' || c == '.' { '_' } else { c }).collect();
    Some(match key.as_str() {
        "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" | "utf_8_sig" => {
            Codec::Unicode(Unicode::Utf8)
        }
        "utf_16" | "utf16" | "u16" | "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => {
            Codec::Unicode(Unicode::Utf16Le)
        }
        "utf_16_be" | "utf_16be" | "unicodebigunmarked" => Codec::Unicode(Unicode::Utf16Be),
        "utf_32" | "utf32" | "u32" | "utf_32_le" | "utf_32le" => Codec::Unicode(Unicode::Utf32Le),
        "utf_32_be" | "utf_32be" => Codec::Unicode(Unicode::Utf32Be),
        "ascii" | "us_ascii" | "646" | "ansi_x3_4_1968" | "cp367" | "iso646_us" => Codec::Ascii,
        "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "8859" | "iso8859" | "cp819" => {
            Codec::Latin1
        }
        "cp1252" | "1252" | "windows_1252" => Codec::Cp1252,
        _ if OTHER_CODECS.contains(&key.as_str()) || is_numbered(&key) => Codec::Other,
        _ => return None,
    })
}

fn is_numbered(key: &str) -> bool {
    let number = |prefix: &str| key.strip_prefix(prefix).and_then(|rest| rest.parse::<u16>().ok());
    const PAGES: [u16; 36] = [
        37, 273, 424, 437, 500, 720, 737, 775, 850, 852, 855, 856, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869,
        874, 875, 932, 949, 950, 1006, 1026, 1125, 1140, 1250, 1251, 1253, 1254, 1255,
    ];
    number("cp")
        .or_else(|| number("windows_"))
        .or_else(|| number("ibm"))
        .is_some_and(|page| PAGES.contains(&page) || (1256..=1258).contains(&page))
        || number("iso8859_").or_else(|| number("iso_8859_")).is_some_and(|part| (2..=16).contains(&part) && part != 12)
}

const OTHER_CODECS: [&str; 30] = [
    "big5",
    "big5hkscs",
    "euc_jp",
    "eucjp",
    "euc_jis_2004",
    "euc_jisx0213",
    "euc_kr",
    "euckr",
    "gb2312",
    "gbk",
    "gb18030",
    "hz",
    "iso2022_jp",
    "iso2022_kr",
    "johab",
    "koi8_r",
    "koi8_t",
    "koi8_u",
    "kz1048",
    "mac_cyrillic",
    "mac_greek",
    "mac_latin2",
    "mac_roman",
    "mac_turkish",
    "ptcp154",
    "shift_jis",
    "shiftjis",
    "sjis",
    "shift_jis_2004",
    "utf_7",
];

fn from_codec(bytes: &[u8], codec: Codec, name: &str) -> (String, Option<DecodeError>) {
    match codec {
        Codec::Unicode(Unicode::Utf8) | Codec::Other => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (lossy(bytes), (codec != Codec::Other).then(|| malformed(name))),
        },
        Codec::Unicode(form) => from_unicode(bytes, form),
        Codec::Ascii if bytes.is_ascii() => (lossy(bytes), None),
        Codec::Ascii => (lossy(bytes), Some(malformed(name))),
        Codec::Latin1 => (bytes.iter().map(|byte| char::from(*byte)).collect(), None),
        Codec::Cp1252 => {
            let decoded: Option<String> = bytes.iter().map(|byte| cp1252(*byte)).collect();
            match decoded {
                Some(text) => (text, None),
                None => (lossy(bytes), Some(malformed(name))),
            }
        }
    }
}

fn cp1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '\u{20AC}', '\0', '\u{201A}', '\u{0192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{02C6}',
        '\u{2030}', '\u{0160}', '\u{2039}', '\u{0152}', '\0', '\u{017D}', '\0', '\0', '\u{2018}', '\u{2019}',
        '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{02DC}', '\u{2122}', '\u{0161}', '\u{203A}',
        '\u{0153}', '\0', '\u{017E}', '\u{0178}',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte) - 0x80).copied().filter(|c| *c != '\0'),
        _ => Some(char::from(byte)),
    }
}

fn from_unicode(bytes: &[u8], form: Unicode) -> (String, Option<DecodeError>) {
    let decoded = match form {
        Unicode::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Unicode::Utf16Le => utf16(bytes, u16::from_le_bytes),
        Unicode::Utf16Be => utf16(bytes, u16::from_be_bytes),
        Unicode::Utf32Le => utf32(bytes, u32::from_le_bytes),
        Unicode::Utf32Be => utf32(bytes, u32::from_be_bytes),
    };
    let name = match form {
        Unicode::Utf8 => "utf-8",
        Unicode::Utf16Le | Unicode::Utf16Be => "utf-16",
        Unicode::Utf32Le | Unicode::Utf32Be => "utf-32",
    };
    decoded.map_or_else(|| (lossy(bytes), Some(malformed(name))), |text| (text, None))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(units.iter().map(|pair| unit(*pair))).collect();
    text.ok().filter(|_| rest.is_empty())
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let text: Option<String> = units.iter().map(|quad| char::from_u32(unit(*quad))).collect();
    text.filter(|_| rest.is_empty())
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn malformed(encoding: &str) -> DecodeError {
    DecodeError::Malformed { encoding: encoding.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], text: &str, error: Option<DecodeError>) {
        let (got, _, problem) = decode(Cow::Borrowed(bytes));
        assert_eq!((got.as_str(), problem), (text, error));
    }

    #[test]
    fn a_byte_order_mark_decides_first() {
        check(b"\xef\xbb\xbffoo", "foo", None);
        check(b"\xff\xfef\0o\0o\0", "foo", None);
        check(b"\xfe\xff\0f\0o\0o", "foo", None);
        check(b"\xff\xfe\0\0f\0\0\0", "f", None);
        check(b"\xff\xfef", "f", Some(malformed("utf-16")));
    }

    #[test]
    fn a_coding_comment_decides_next_even_where_it_is_prose() {
        check(b"# -*- coding: latin-1 -*-\nf\xe9", "# -*- coding: latin-1 -*-\nf\u{e9}", None);
        check(b"# coding: cp1252\n\x80", "# coding: cp1252\n\u{20ac}", None);
        let unknown = Some(DecodeError::UnknownCodec { name: "see".into() });
        check(b"# requirements coding: see docs\n", "# requirements coding: see docs\n", unknown);
        check(b"x # coding: nonsense\n", "x # coding: nonsense\n", None);
    }

    #[test]
    fn other_bytes_than_utf8_are_refused_but_still_readable() {
        check(b"f\xe9", "f\u{fffd}", Some(malformed("utf-8")));
    }
}
