//! What the rules about text say of single characters: code point, name, which other one it looks like.

/// `U+00A0`.
pub(super) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Code point of a hidden character and, for the common ones, Unicode's name.
pub(super) fn describe(c: char) -> String {
    let name = match c {
        '\0' => "NULL",
        '\u{8}' => "BACKSPACE",
        '\u{b}' => "LINE TABULATION",
        '\u{c}' => "FORM FEED",
        '\r' => "CARRIAGE RETURN",
        '\u{1b}' => "ESCAPE",
        '\u{7f}' => "DELETE",
        '\u{85}' => "NEXT LINE",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{61c}' => "ARABIC LETTER MARK",
        '\u{180e}' => "MONGOLIAN VOWEL SEPARATOR",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2028}' => "LINE SEPARATOR",
        '\u{2029}' => "PARAGRAPH SEPARATOR",
        '\u{202a}' => "LEFT-TO-RIGHT EMBEDDING",
        '\u{202b}' => "RIGHT-TO-LEFT EMBEDDING",
        '\u{202c}' => "POP DIRECTIONAL FORMATTING",
        '\u{202d}' => "LEFT-TO-RIGHT OVERRIDE",
        '\u{202e}' => "RIGHT-TO-LEFT OVERRIDE",
        '\u{2060}' => "WORD JOINER",
        '\u{2066}' => "LEFT-TO-RIGHT ISOLATE",
        '\u{2067}' => "RIGHT-TO-LEFT ISOLATE",
        '\u{2068}' => "FIRST STRONG ISOLATE",
        '\u{2069}' => "POP DIRECTIONAL ISOLATE",
        '\u{3164}' => "HANGUL FILLER",
        '\u{fe0f}' => "VARIATION SELECTOR-16",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        '\u{e0020}'..='\u{e007f}' => "a tag character",
        _ if c.is_control() => "a control character",
        _ => "an invisible character",
    };
    format!("{} {name}", code_point(c))
}

/// The ASCII character that another one is taken for.
pub(super) fn looks_like(c: char) -> Option<char> {
    // Fullwidth forms stand in ASCII's order.
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        return u32::from(c).checked_sub(0xfee0).and_then(char::from_u32);
    }
    LOOK_ALIKES.iter().find(|(_, others)| others.contains(c)).map(|(plain, _)| *plain)
}

/// The commonest look-alikes of letters and of what stands between them: Cyrillic, Greek, Armenian, others.
const LOOK_ALIKES: [(char, &str); 41] = [
    ('a', "\u{430}\u{3b1}"),
    ('c', "\u{441}\u{3f2}"),
    ('d', "\u{501}"),
    ('e', "\u{435}"),
    ('g', "\u{261}"),
    ('h', "\u{4bb}"),
    ('i', "\u{456}\u{3b9}\u{131}"),
    ('j', "\u{458}"),
    ('k', "\u{43a}\u{3ba}"),
    ('l', "\u{4cf}"),
    ('n', "\u{578}"),
    ('o', "\u{43e}\u{3bf}\u{585}"),
    ('p', "\u{440}\u{3c1}"),
    ('q', "\u{51b}\u{566}"),
    ('s', "\u{455}"),
    ('u', "\u{57d}"),
    ('v', "\u{475}\u{3bd}"),
    ('w', "\u{51d}"),
    ('x', "\u{445}"),
    ('y', "\u{443}"),
    ('A', "\u{410}\u{391}"),
    ('B', "\u{412}\u{392}"),
    ('C', "\u{421}"),
    ('E', "\u{415}\u{395}"),
    ('H', "\u{41d}\u{397}"),
    ('I', "\u{406}\u{399}"),
    ('J', "\u{408}"),
    ('K', "\u{41a}\u{39a}"),
    ('M', "\u{41c}\u{39c}"),
    ('N', "\u{39d}"),
    ('O', "\u{41e}\u{39f}"),
    ('P', "\u{420}\u{3a1}"),
    ('S', "\u{405}"),
    ('T', "\u{422}\u{3a4}"),
    ('X', "\u{425}\u{3a7}"),
    ('Y', "\u{3a5}"),
    ('Z', "\u{396}"),
    ('-', "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}\u{fe63}"),
    ('.', "\u{2024}"),
    ('/', "\u{2044}\u{2215}\u{29f8}"),
    (':', "\u{2236}"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Set;

    #[test]
    fn characters_are_named_by_code_point() {
        assert_eq!(describe('\u{202e}'), "U+202E RIGHT-TO-LEFT OVERRIDE");
        assert_eq!(describe('\u{e0041}'), "U+E0041 a tag character");
        assert_eq!(describe('\u{3}'), "U+0003 a control character");
    }

    #[test]
    fn look_alikes_are_no_ascii_and_stand_for_one_character() {
        let mut seen = Set::new();
        for (plain, others) in LOOK_ALIKES {
            assert!(plain.is_ascii() && others.chars().all(|c| !c.is_ascii() && seen.insert(c)), "{plain}");
        }
        assert_eq!((looks_like('\u{ff41}'), looks_like('\u{e9}')), (Some('a'), None));
    }
}
