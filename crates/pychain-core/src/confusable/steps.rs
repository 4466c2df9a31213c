//! The steps from one name to another, and what kind of slip or trick each of them is.

/// One step, from the name that is judged to the one that it resembles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A letter is missing.
    Omission,
    /// A letter stands twice, or once where it belongs twice.
    Repetition,
    /// There is a letter too many; one that lies beside its neighbour on the keyboard.
    SlippedKey,
    /// There is a letter too many.
    Insertion,
    /// Two letters have changed places.
    Transposition,
    /// A letter looks like the right one (`l`, `1`, `i`; `0`, `o`).
    LookAlike,
    /// A letter lies beside the right one on the keyboard.
    NeighbourKey,
    /// A vowel stands for another.
    Vowel,
    /// A letter sounds like the right one (`c`, `k`, `s`; `f`, `v`).
    SoundAlike,
    /// A letter differs from the right one in one bit.
    BitFlip,
    /// A digit stands for another digit.
    Digit,
    /// A letter stands for another, without a reason.
    Replacement,
}

/// A step and where it is, as places in the judged name and in the one that it resembles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// What it is.
    pub step: Step,
    /// Place in the judged name, in letters without delimiters.
    pub at: usize,
    /// Place in the resembled name, counted alike.
    pub target_at: usize,
}

/// What a step costs: what happens to careful people costs least.
pub(super) fn cost(step: Step) -> f32 {
    match step {
        Step::LookAlike => 0.45,
        Step::Repetition => 0.5,
        Step::Transposition => 0.6,
        Step::NeighbourKey | Step::SlippedKey => 0.7,
        Step::Vowel | Step::SoundAlike => 0.75,
        Step::Omission => 0.8,
        Step::Insertion | Step::BitFlip => 0.9,
        Step::Digit | Step::Replacement => 1.0,
    }
}

/// Longest names that are aligned.
const MAX: usize = 64;

/// The cheapest steps from `name` to `target`, in order, with their cost.
pub(super) fn steps(name: &[u8], target: &[u8]) -> (Vec<Placed>, f32) {
    // What both begin and end with needs no table.
    let start = name.iter().zip(target).take_while(|(a, b)| a == b).count();
    // One letter of context stays, so that doubled and swapped letters are seen.
    let start = start.saturating_sub(1);
    let (name_rest, target_rest) = (name.get(start..).unwrap_or_default(), target.get(start..).unwrap_or_default());
    let end = name_rest.iter().rev().zip(target_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let end = end.saturating_sub(1);
    let middle = |text: &'_ [u8]| text.len().saturating_sub(end).min(MAX);
    let (rows, columns) = (middle(name_rest), middle(target_rest));
    let width = columns + 1;
    let letter = |text: &[u8], at: usize| at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or_default();
    let mut table: Vec<(f32, Option<Step>)> = vec![(0.0, None); (rows + 1) * width];
    for i in 0..=rows {
        for j in 0..=columns {
            if i == 0 && j == 0 {
                continue;
            }
            let at = |i: usize, j: usize| table.get(i * width + j).map_or(f32::MAX, |(cost, _)| *cost);
            let (a, b) = (letter(name_rest, i), letter(target_rest, j));
            let before = |text: &[u8], at: usize| letter(text, at.saturating_sub(1));
            let mut best = (f32::MAX, None);
            let mut offer = |so_far: f32, step: Option<Step>| {
                let total = so_far + step.map_or(0.0, cost);
                if total < best.0 {
                    best = (total, step);
                }
            };
            if i > 0 && j > 0 {
                offer(at(i - 1, j - 1), (a != b).then(|| replaced(a, b)));
            }
            if i > 1 && j > 1 && a != b && a == before(target_rest, j) && b == before(name_rest, i) {
                offer(at(i - 2, j - 2), Some(Step::Transposition));
            }
            if i > 0 {
                // A letter too many in the judged name.
                let neighbours = [before(name_rest, i), letter(name_rest, i + 1)];
                offer(at(i - 1, j), Some(inserted(a, neighbours)));
            }
            if j > 0 {
                let is_double = b == before(target_rest, j) || b == letter(target_rest, j + 1);
                offer(at(i, j - 1), Some(if is_double { Step::Repetition } else { Step::Omission }));
            }
            if let Some(slot) = table.get_mut(i * width + j) {
                *slot = best;
            }
        }
    }
    let total = table.get(rows * width + columns).map_or(0.0, |(cost, _)| *cost);
    let mut found = Vec::new();
    let (mut i, mut j) = (rows, columns);
    while i > 0 || j > 0 {
        let Some((_, step)) = table.get(i * width + j) else { break };
        let (down, right) = match step {
            Some(Step::Transposition) => (2, 2),
            Some(Step::Insertion | Step::SlippedKey) => (1, 0),
            Some(Step::Omission) => (0, 1),
            Some(Step::Repetition) => {
                // Either side may have the letter twice.
                let here = table.get(i * width + j).map_or(0.0, |(cost, _)| *cost);
                let from_left = j.checked_sub(1).and_then(|j| table.get(i * width + j)).map_or(f32::MAX, |(c, _)| *c);
                if (from_left + cost(Step::Repetition) - here).abs() < 1e-4 { (0, 1) } else { (1, 0) }
            }
            None | Some(_) => (1, 1),
        };
        (i, j) = (i.saturating_sub(down), j.saturating_sub(right));
        if let Some(step) = step {
            found.push(Placed { step: *step, at: start + i, target_at: start + j });
        }
    }
    found.reverse();
    (found, total)
}

fn inserted(letter: u8, neighbours: [u8; 2]) -> Step {
    if neighbours.contains(&letter) {
        Step::Repetition
    } else if neighbours.iter().any(|neighbour| are_neighbours(letter, *neighbour)) {
        Step::SlippedKey
    } else {
        Step::Insertion
    }
}

fn replaced(a: u8, b: u8) -> Step {
    let either = |pairs: &[[u8; 2]]| pairs.iter().any(|[x, y]| (a, b) == (*x, *y) || (b, a) == (*x, *y));
    let is_vowel = |letter: u8| b"aeiouy".contains(&letter);
    if either(LOOK_ALIKE) {
        Step::LookAlike
    } else if are_neighbours(a, b) {
        Step::NeighbourKey
    } else if is_vowel(a) && is_vowel(b) {
        Step::Vowel
    } else if either(SOUND_ALIKE) {
        Step::SoundAlike
    } else if a.is_ascii_digit() && b.is_ascii_digit() {
        Step::Digit
    } else if (a ^ b).is_power_of_two() {
        Step::BitFlip
    } else {
        Step::Replacement
    }
}

const LOOK_ALIKE: &[[u8; 2]] = &[
    *b"l1", *b"li", *b"i1", *b"ij", *b"o0", *b"s5", *b"e3", *b"a4", *b"b8", *b"t7", *b"z2", *b"g9", *b"g6", *b"b6",
    *b"gq", *b"uv", *b"vw", *b"mn", *b"nh", *b"ce", *b"co", *b"tf", *b"b3", *b"l7",
];

const SOUND_ALIKE: &[[u8; 2]] =
    &[*b"ck", *b"cs", *b"sz", *b"fv", *b"gj", *b"kq", *b"dt", *b"bp", *b"wv", *b"xz", *b"ks", *b"cq", *b"td", *b"iy"];

/// The rows of a keyboard, each a little to the right of the one above.
const ROWS: [&[u8]; 4] = [b"1234567890", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Whether two keys touch.
fn are_neighbours(a: u8, b: u8) -> bool {
    let place = |key: u8| {
        let of_row = |(row, keys): (usize, &&[u8])| Some((row, keys.iter().position(|other| *other == key)?));
        ROWS.iter().enumerate().find_map(of_row)
    };
    let (Some((row, column)), Some((other_row, other_column))) = (place(a), place(b)) else { return false };
    match row.abs_diff(other_row) {
        0 => column.abs_diff(other_column) == 1,
        1 => {
            let (upper, lower) = if row < other_row { (column, other_column) } else { (other_column, column) };
            lower == upper || lower + 1 == upper
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, target: &str, expected: &[(Step, usize, usize)]) {
        let (found, _) = steps(name.as_bytes(), target.as_bytes());
        let found: Vec<_> = found.iter().map(|placed| (placed.step, placed.at, placed.target_at)).collect();
        assert_eq!(found, expected, "{name} {target}");
    }

    #[test]
    fn each_step_is_known_for_what_it_is() {
        check("requsts", "requests", &[(Step::Omission, 4, 4)]);
        check("requessts", "requests", &[(Step::Repetition, 5, 5)]);
        check("requets", "requests", &[(Step::Omission, 5, 5)]);
        check("reqeusts", "requests", &[(Step::Transposition, 3, 3)]);
        check("requedts", "requests", &[(Step::NeighbourKey, 5, 5)]);
        check("requas", "requos", &[(Step::Vowel, 4, 4)]);
        check("pycerial", "pyserial", &[(Step::SoundAlike, 2, 2)]);
        check("c1ick", "click", &[(Step::LookAlike, 1, 1)]);
        check("boto2", "boto9", &[(Step::Digit, 4, 4)]);
        check("same", "same", &[]);
    }

    #[test]
    fn several_steps_keep_their_order() {
        let (found, cost) = steps(b"tensoflaow", b"tensorflow");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(cost > 1.0 && cost < 2.0);
        assert!(found[0].at < found[1].at);
    }

    #[test]
    fn keys_touch_in_their_rows_and_across() {
        for (a, b, expected) in
            [(b'q', b'w', true), (b'q', b'a', true), (b'w', b'a', true), (b'q', b's', false), (b'p', b'q', false)]
        {
            assert_eq!(are_neighbours(a, b), expected, "{} {}", char::from(a), char::from(b));
        }
    }
}
