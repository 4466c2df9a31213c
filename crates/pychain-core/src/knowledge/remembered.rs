//! Names that something has been found out of, by a hash of their letters: the page looks for ten thousand at each key, and
//! a search among sorted ones takes ten times as long.

use super::bytes::{hash, start};

/// Names, in no order. What it has no room for it forgets: whoever asks finds out anew.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// A power of two of them, at most half of which hold a name; or none.
    slots: Vec<Option<Box<str>>>,
    count: usize,
}

/// Slots that are looked at for one name, so that names which somebody chose for their hashes cost no more than others.
const REACH: usize = 64;
/// Slots to begin with.
const FIRST: usize = 256;

impl Remembered {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether a name is remembered.
    pub fn contains(&self, name: &str) -> bool {
        self.reach(name).map_while(|at| self.slots.get(at)?.as_deref()).any(|known| known == name)
    }

    /// Remembers a name.
    pub fn insert(&mut self, name: &str) {
        if self.contains(name) {
            return;
        }
        if self.count * 2 >= self.slots.len() {
            let names = std::mem::take(&mut self.slots);
            self.slots.resize((names.len() * 2).max(FIRST), None);
            self.count = 0;
            names.into_iter().flatten().for_each(|name| self.put(name));
        }
        self.put(name.into());
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn put(&mut self, name: Box<str>) {
        let free = self.reach(&name).find(|at| matches!(self.slots.get(*at), Some(None)));
        if let Some(slot) = free.and_then(|at| self.slots.get_mut(at)) {
            *slot = Some(name);
            self.count += 1;
        }
    }

    /// Where a name may be, in the order of search.
    fn reach(&self, name: &str) -> impl Iterator<Item = usize> + use<> {
        let (first, last) = (start(hash(name.as_bytes(), 0)), self.slots.len().wrapping_sub(1));
        (0..REACH).map(move |step| first.wrapping_add(step) & last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_remembered() {
        let mut names = Remembered::default();
        assert!(!names.contains("n0") && names.is_empty());
        for number in 0..5_000 {
            names.insert(&format!("n{number}"));
            names.insert(&format!("n{number}"));
        }
        assert_eq!(names.len(), 5_000);
        assert!((0..5_000).all(|number| names.contains(&format!("n{number}"))));
        assert!((5_000..9_000).all(|number| !names.contains(&format!("n{number}"))));
        names.clear();
        assert!(names.is_empty() && !names.contains("n1"));
    }

    #[test]
    fn what_finds_no_room_is_forgotten() {
        let first = |name: &str| start(hash(name.as_bytes(), 0)) & (FIRST - 1);
        let alike = (0..).map(|number| format!("n{number}")).filter(|name| first(name) == 7);
        let mut names = Remembered::default();
        for name in alike.take(REACH + 9) {
            names.insert(&name);
        }
        assert_eq!(names.len(), REACH);
    }
}
