//! How many steps lie between two names: omissions, insertions, replacements and transpositions.

/// A name to compare others with, at most 64 letters, prepared once.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// For each letter, the places where it stands, a bit each.
    places: [u64; 128],
    length: u32,
}

impl Pattern {
    /// `None` for the empty name, for one of more than 64 letters and for one beyond ASCII.
    pub(super) fn new(squeezed: &[u8]) -> Option<Self> {
        let length = u32::try_from(squeezed.len()).ok().filter(|length| (1..=64).contains(length))?;
        let mut places = [0; 128];
        for (at, byte) in squeezed.iter().enumerate() {
            *places.get_mut(usize::from(*byte))? |= 1 << at;
        }
        Some(Self { places, length })
    }

    /// The optimal string alignment distance where it is at most `reach`, all places at once (Hyyrö, "A
    /// bit-vector algorithm for computing Levenshtein and Damerau edit distances", 2003).
    pub(super) fn distance(&self, other: &[u8], reach: u32) -> Option<u32> {
        let last = 1u64 << (self.length - 1);
        let (mut up, mut down, mut diagonal, mut before) = (u64::MAX, 0u64, 0u64, 0u64);
        let mut distance = self.length;
        // What it may be after each letter: every one that follows takes away one at most.
        let mut limit = reach.saturating_add(u32::try_from(other.len()).unwrap_or(u32::MAX));
        for byte in other {
            let here = self.places.get(usize::from(*byte)).copied().unwrap_or_default();
            let swapped = ((!diagonal & here) << 1) & before;
            diagonal = (((here & up).wrapping_add(up)) ^ up) | here | down | swapped;
            let mut right = down | !(diagonal | up);
            let left = up & diagonal;
            distance += u32::from(right & last != 0);
            distance -= u32::from(left & last != 0);
            limit -= 1;
            if distance > limit {
                return None;
            }
            right = (right << 1) | 1;
            up = (left << 1) | !(diagonal | right);
            down = right & diagonal;
            before = here;
        }
        (distance <= reach).then_some(distance)
    }

    /// Whether it is at most `reach`.
    pub(super) fn is_within(&self, other: &[u8], reach: u32) -> bool {
        self.distance(other, reach).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook table.
    fn plain(a: &[u8], b: &[u8]) -> u32 {
        let mut table = vec![vec![0u32; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    (i + j).try_into().unwrap()
                } else {
                    let replaced = table[i - 1][j - 1] + u32::from(a[i - 1] != b[j - 1]);
                    let mut best = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn as_the_textbook_has_it(a in "[a-c1]{1,14}", b in "[a-c1]{0,14}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let expected = plain(a, b);
            for reach in [0, 1, 2, 3, 99] {
                let found = Pattern::new(a).unwrap().distance(b, reach);
                proptest::prop_assert_eq!(found, (expected <= reach).then_some(expected));
            }
        }
    }

    #[test]
    fn a_name_of_every_length_is_compared() {
        let long = [b'x'; 64];
        assert_eq!(Pattern::new(&long).unwrap().distance(&long, 0), Some(0));
        assert_eq!(Pattern::new(&long).unwrap().distance(b"", 64), Some(64));
        assert_eq!(Pattern::new(&long).unwrap().distance(b"", 63), None);
        assert!(Pattern::new(&[b'x'; 65]).is_none() && Pattern::new(b"").is_none());
    }
}
