//! "Did you mean": the known word that a mistyped one is nearest to.

/// The candidate that `word` was most likely meant to be, if one is near enough.
///
/// Near is one edit in four letters at most; case and the choice between `-` and `_` cost nothing.
/// Of equally near candidates the first is taken.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let allowed = (folded.len() / 4).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Longer words are no slips of the pen, and comparing them would cost the product of their lengths.
const LONGEST: usize = 64;

fn fold(word: &str) -> Vec<char> {
    word.chars().take(LONGEST).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, &x) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut left = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut cost =
                (at(&last, column) + usize::from(x != y)).min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            if previous == Some(y) && left == Some(x) {
                cost = cost.min(at(&before, column.wrapping_sub(1)) + 1);
            }
            current.push(cost);
            left = Some(y);
        }
        before = std::mem::replace(&mut last, current);
        previous = Some(x);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 4] = ["fail-on", "policy", "exclude", "unhashed-requirement"];

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        for (word, meant) in [
            ("fail_on", Some("fail-on")),
            ("Policy", Some("policy")),
            ("polciy", Some("policy")),
            ("exlude", Some("exclude")),
            ("unhashed-requirements", Some("unhashed-requirement")),
            ("", None),
            ("something-else", None),
        ] {
            assert_eq!(closest(word, WORDS), meant, "{word}");
        }
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        let of = |a: &str, b: &str| distance(&fold(a), &fold(b));
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("abc", ""), 3);
        assert_eq!(of("abc", "abc"), 0);
        assert_eq!(of("abc", "acb"), 1);
        assert_eq!(of("kitten", "sitting"), 3);
    }
}
