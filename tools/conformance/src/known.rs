//! The committed list of differences from pip, each with its reason.

use anyhow::{Result, ensure};
use serde::Deserialize;

/// All of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    #[serde(default)]
    pub(crate) difference: Vec<Entry>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Which file, case or experiment; `*` stands for any text.
    pub(crate) id: String,
    /// Which field differs; `*` stands for any text.
    pub(crate) field: String,
    /// Why that is right, or at least harmless.
    reason: String,
}

impl Known {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let known: Self = toml::from_str(text)?;
        for entry in &known.difference {
            ensure!(!entry.reason.trim().is_empty(), "the known difference in `{}` has no reason", entry.id);
        }
        Ok(known)
    }
}

/// Whether `text` is what `pattern` says, `*` standing for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| matches(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*b*", "abc", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_committed_list_is_well_formed_and_every_entry_has_a_reason() {
        Known::parse(include_str!("../known-differences.toml")).expect("well-formed");
        assert!(Known::parse("[[difference]]\nid = \"a\"\nfield = \"*\"\nreason = \" \"\n").is_err());
    }
}
