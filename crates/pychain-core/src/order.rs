//! Sorting, and maps and sets in order, with one sort and one search for all types: of the standard library's each type
//! takes some five kilobytes of program, which everybody who opens the page would download.

use std::cmp::Ordering;

mod hash;
mod map;

pub use hash::hash;
pub(crate) use hash::{alone, start};
pub use map::{Entry, Iter, Map, Set};

/// A slice that can be brought into order as the standard library's stable sorts do.
pub trait Arrange<T> {
    /// As `sort`.
    fn arrange(&mut self)
    where
        T: Ord;

    /// As `sort_by`.
    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// As `sort_by_key` and `sort_by_cached_key`: each key is made once.
    fn arrange_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Arrange<T> for [T] {
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }

    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let swaps = swaps(self.len(), &|a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        apply(self, &swaps);
    }

    fn arrange_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        let keys: Vec<K> = self.iter().map(key).collect();
        apply(self, &swaps_of(&keys));
    }
}

/// The swaps, one after the other, that bring values into the order of their keys.
fn swaps_of<K: Ord>(keys: &[K]) -> Vec<(usize, usize)> {
    swaps(keys.len(), &|a, b| match (keys.get(a), keys.get(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => Ordering::Equal,
    })
}

fn swaps(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    swaps_to(order)
}

/// The swaps that bring values into an order that is given by their places.
fn swaps_to(mut order: Vec<usize>) -> Vec<(usize, usize)> {
    let mut swaps = Vec::new();
    for at in 0..order.len() {
        let mut from = order.get(at).copied().unwrap_or(at);
        // What stood before this place has been swapped away, to where the swap of that place says.
        while from < at {
            from = order.get(from).copied().unwrap_or(at);
        }
        if let Some(place) = order.get_mut(at) {
            *place = from;
        }
        if from != at {
            swaps.push((at, from));
        }
    }
    swaps
}

fn apply<T>(items: &mut [T], swaps: &[(usize, usize)]) {
    for (at, from) in swaps {
        items.swap(*at, *from);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(values in prop::collection::vec((0_u8..9, any::<u16>()), 0..60)) {
            let (mut ours, mut theirs) = (values.clone(), values.clone());
            ours.arrange();
            theirs.sort_unstable();
            prop_assert_eq!(&ours, &theirs);

            let (mut ours, mut theirs) = (values.clone(), values.clone());
            ours.arrange_by(|a, b| b.0.cmp(&a.0));
            theirs.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
            prop_assert_eq!(&ours, &theirs);

            let (mut ours, mut theirs) = (values.clone(), values);
            ours.arrange_by_key(|(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(&ours, &theirs);
        }
    }
}
