//! The file that is measured: hashed requirements as pip-compile writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Blocks of more lines are left out: numpy's dozens of wheels would stand for everybody else.
const MAX_LINES: usize = 40;

/// A hashed requirement.
pub(crate) struct Block {
    /// None where it is made up.
    name: Option<String>,
    /// The text that follows the name, lines after the first included.
    rest: String,
}

/// The hashed requirements of files, each version of a project once, in a fixed order.
pub(crate) fn real<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Vec<Block> {
    let mut blocks = BTreeMap::new();
    for bytes in files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let mut lines = text.lines().peekable();
        while let Some(first) = lines.next() {
            let end = first.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(first.len());
            let (name, after) = first.split_at(end);
            if name.is_empty() || !after.starts_with("==") {
                continue;
            }
            let mut rest = format!("{after}\n");
            while let Some(next) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
                rest.push_str(next);
                rest.push('\n');
            }
            if rest.contains("--hash=") && rest.lines().count() <= MAX_LINES {
                blocks.entry(first.to_owned()).or_insert(Block { name: Some(name.to_owned()), rest });
            }
        }
    }
    blocks.into_values().collect()
}

/// Made-up requirements of the same shape, the same ones every time.
pub(crate) fn generated() -> Vec<Block> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        // Vigna's xorshift64*.
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        random.wrapping_mul(0x2545_F491_4F6C_DD1D)
    };
    let mut block = |_| {
        let mut rest = format!("=={}.{}.{}", next() % 9, next() % 30, next() % 10);
        for _ in 0..2 + next() % 4 {
            let [a, b, c, d] = [next(), next(), next(), next()];
            let _ = write!(rest, " \\\n    --hash=sha256:{a:016x}{b:016x}{c:016x}{d:016x}");
        }
        rest.push_str("\n    # via -r requirements.in\n");
        Block { name: None, rest }
    };
    (0..1000).map(&mut block).collect()
}

/// A file of at least `lines` lines; no name stands there twice, so that it could be installed. `another`
/// gives a name to write instead of one that is there already.
pub(crate) fn file(blocks: &[Block], lines: usize, mut another: impl FnMut(&str) -> String) -> String {
    let mut names = BTreeSet::new();
    let mut text = String::new();
    let mut count = 0;
    for block in blocks.iter().cycle() {
        if count >= lines {
            break;
        }
        let mut name = block.name.clone().unwrap_or_else(|| another("project"));
        while !names.insert(name.to_ascii_lowercase().replace(['_', '.'], "-")) {
            name = another(&name);
        }
        let _ = write!(text, "{name}{}", block.rest);
        count += 1 + block.rest.matches('\n').count().saturating_sub(1);
    }
    text
}

/// Names that nobody has: the worst case of the name check, which cannot excuse them.
pub(crate) fn invented() -> impl FnMut(&str) -> String {
    let mut number = 0;
    move |name| {
        number += 1;
        format!("{name}-other-{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_blocks_are_taken_whole_and_once() {
        let text = "# top\na==1 \\\n    --hash=sha256:aa\n    # via b\nb==2\nc>=1 --hash=sha256:cc\n";
        let blocks = real([text.as_bytes(), text.as_bytes()]);
        let all: Vec<String> =
            blocks.iter().map(|block| format!("{}{}", block.name.as_deref().unwrap_or("?"), block.rest)).collect();
        assert_eq!(all, ["a==1 \\\n    --hash=sha256:aa\n    # via b\n"]);
    }

    #[test]
    fn the_generated_file_is_the_same_every_time_and_as_long_as_asked() {
        let text = file(&generated(), 10_000, invented());
        assert_eq!(text, file(&generated(), 10_000, invented()));
        assert!((10_000..10_020).contains(&text.lines().count()), "{}", text.lines().count());
    }

    #[test]
    fn a_name_stands_there_once() {
        let text = file(&generated(), 10_000, invented());
        let names: Vec<&str> = text.lines().filter_map(|line| line.split_once("==")).map(|(name, _)| name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
