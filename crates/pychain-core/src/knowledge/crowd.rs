//! How many names of an index lie one step from a name: where many do, one more says little.

use super::filter::NameFilter;

const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Counts the index's names that are one omission, insertion, replacement or transposition away.
pub fn count(name: &str, index: &NameFilter) -> u32 {
    let name = name.as_bytes();
    let mut count = 0;
    each(name, &mut |other| count += u32::from(index.contains_bytes(other)));
    count
}

/// Calls for each name one step away, once for each step that leads there.
pub fn each(name: &[u8], found: &mut impl FnMut(&[u8])) {
    let mut other = name.to_vec();
    for at in 0..name.len() {
        let Some(original) = name.get(at).copied() else { return };
        for letter in LETTERS.iter().filter(|letter| **letter != original) {
            if let Some(slot) = other.get_mut(at) {
                *slot = *letter;
            }
            found(&other);
        }
        if let Some(slot) = other.get_mut(at) {
            *slot = original;
        }
        if name.get(at + 1).is_some_and(|next| *next != original) {
            other.swap(at, at + 1);
            found(&other);
            other.swap(at, at + 1);
        }
        // Of two equal letters side by side leaving out either is the same.
        if name.get(at + 1) != Some(&original) {
            other.remove(at);
            found(&other);
            other.insert(at, original);
        }
    }
    for at in 0..=name.len() {
        for letter in LETTERS.iter().filter(|letter| name.get(at) != Some(letter)) {
            other.insert(at, *letter);
            found(&other);
            other.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::order::Set;

    #[test]
    fn every_name_one_step_away_is_tried_once() {
        let mut all = Vec::new();
        each(b"aab", &mut |other| all.push(other.to_vec()));
        let distinct: Set<_> = all.iter().cloned().collect();
        assert_eq!(distinct.len(), all.len());
        for other in [&b"ab"[..], b"aa", b"aba", b"aabc", b"xaab", b"a0b"] {
            assert!(distinct.contains(other), "{}", String::from_utf8_lossy(other));
        }
        assert!(!distinct.contains(&b"aab"[..]));
    }
}
