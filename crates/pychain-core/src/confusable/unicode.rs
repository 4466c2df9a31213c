//! Names in characters beyond ASCII: which ASCII name the eye reads.

use crate::prose::is_hidden;

/// `ASCII<TAB>CHARACTERS` a line: Unicode's compatibility decompositions and the confusables of UTS #39,
/// as far as names need them. `cargo xtask data characters` writes it.
const LOOKALIKES: &str = include_str!("lookalikes.txt");

/// The ASCII name that a name looks like, normalized, and its characters beyond ASCII.
pub fn read(name: &str) -> (String, Vec<char>) {
    let odd: Vec<char> = name.chars().filter(|c| !c.is_ascii()).collect();
    let mut shown = String::new();
    for c in turned(name) {
        if c.is_ascii() {
            shown.push(c.to_ascii_lowercase());
        } else {
            shown.push_str(look(c).unwrap_or_default());
        }
    }
    let normalized = crate::name::normalize(&shown);
    (normalized.trim_matches('-').to_owned(), odd)
}

/// The characters in the order in which they are shown: what stands in a right-to-left override is turned.
fn turned(name: &str) -> Vec<char> {
    const OVERRIDE: char = '\u{202e}';
    const END: [char; 2] = ['\u{202c}', '\u{202d}'];
    let mut out = Vec::new();
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        if c == OVERRIDE {
            let mut inside: Vec<char> = rest.by_ref().take_while(|c| !END.contains(c)).collect();
            inside.reverse();
            out.extend(inside);
        } else {
            out.push(c);
        }
    }
    out
}

/// What one character looks like in ASCII; the empty text for what is not seen, `None` for what looks like nothing.
pub fn look(c: char) -> Option<&'static str> {
    if is_hidden(c) || is_mark(c) {
        return Some("");
    }
    LOOKALIKES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(_, characters)| characters.contains(c))
        .map(|(ascii, _)| ascii)
}

/// Marks that are set on the letter before: the blocks that hold nothing else.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}'..='\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// `U+0430` for a character.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}
