//! Which characters beyond ASCII look like which ASCII ones: the part of Unicode's tables that names need.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use pychain_core::prose::is_hidden;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// A long vowel mark, to which UTS #39 maps the long dashes.
const LONG: char = '\u{30fc}';

/// Writes `ASCII<TAB>CHARACTERS`, a line for each text that characters look like.
pub(crate) fn run(out: &Path) -> Result<()> {
    let mut alike: BTreeMap<String, String> = BTreeMap::new();
    for c in ('\u{80}'..=char::MAX).filter(|c| !is_hidden(*c) && !is_combining_mark(*c)) {
        if let Some(ascii) = look(c) {
            alike.entry(ascii).or_default().push(c);
        }
    }
    let mut text = String::new();
    for (ascii, characters) in &alike {
        let _ = writeln!(text, "{ascii}\t{characters}");
    }
    fs::write(out, text).with_context(|| out.display().to_string())
}

/// By compatibility decomposition, then by the skeleton of UTS #39; only what is left as letters, digits and delimiters.
fn look(c: char) -> Option<String> {
    let mut shown = String::new();
    for part in c.nfkd().filter(|part| !is_combining_mark(*part)).flat_map(char::to_lowercase).nfkd() {
        match part {
            _ if part.is_ascii() => shown.push(part),
            _ if is_combining_mark(part) => {}
            '\u{df}' | '\u{3b2}' => shown.push('b'),
            _ => {
                let alike: String =
                    skeleton(part.encode_utf8(&mut [0; 4])).filter(|part| !is_combining_mark(*part)).collect();
                // In a skeleton `m` is written `rn`, because the two are confusable.
                shown.push_str(&if alike == "rn" { "m".to_owned() } else { alike.to_lowercase() });
            }
        }
    }
    let shown = if shown.chars().eq([LONG]) { "-".to_owned() } else { shown };
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!shown.is_empty() && shown.chars().all(is_of_names)).then_some(shown)
}
