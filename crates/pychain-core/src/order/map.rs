//! Maps and sets in the order of their keys, with one search tree for all types: of the standard library's, each pair of
//! types takes some five kilobytes of program.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

use super::apply;

/// Places of entries in the order of their keys, in blocks: two levels of a tree are enough for a million.
#[derive(Debug, Clone, Default)]
struct Places(Vec<Vec<u32>>);

/// Places in a block; a full one is cut in half.
const BLOCK: usize = 256;

/// Where a key belongs: the block, and the place in it.
type Slot = (usize, usize);

impl Places {
    /// Where a key is or would belong, and the place there if its key is the wanted one; `compare` tells how the key of a
    /// place stands to that.
    fn find(&self, compare: &dyn Fn(u32) -> Ordering) -> (Slot, Option<u32>) {
        let first_not_above = |block: &Vec<u32>| block.first().is_none_or(|place| compare(*place) != Ordering::Greater);
        let block = self.0.partition_point(first_not_above).saturating_sub(1);
        let places = self.0.get(block).map(Vec::as_slice).unwrap_or_default();
        match places.binary_search_by(|place| compare(*place)) {
            Ok(at) => ((block, at), places.get(at).copied()),
            Err(at) => ((block, at), None),
        }
    }

    /// Writes another place into a slot.
    fn set(&mut self, (block, at): Slot, place: u32) {
        if let Some(known) = self.0.get_mut(block).and_then(|places| places.get_mut(at)) {
            *known = place;
        }
    }

    /// Takes a slot away, and its block with the last one.
    fn remove(&mut self, (block, at): Slot) {
        let Some(places) = self.0.get_mut(block) else { return };
        if at < places.len() {
            places.remove(at);
        }
        if places.is_empty() {
            self.0.remove(block);
        }
    }

    fn insert(&mut self, (block, at): Slot, place: usize) {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let Some(places) = self.0.get_mut(block) else { return self.0.push(vec![place]) };
        places.insert(at.min(places.len()), place);
        if places.len() > BLOCK {
            // What comes in order leaves full blocks behind.
            let cut = if at + 1 == places.len() { BLOCK } else { BLOCK / 2 };
            let rest = places.split_off(cut);
            self.0.insert(block + 1, rest);
        }
    }

    /// The swaps that bring entries into the order of the places, and then the places of entries so ordered.
    fn settle(&mut self) -> Vec<(usize, usize)> {
        let order: Vec<usize> = self.0.iter().flatten().map(|place| *place as usize).collect();
        for (place, at) in self.0.iter_mut().flatten().zip(0..) {
            *place = at;
        }
        super::swaps_to(order)
    }
}

/// A map in the order of its keys.
#[derive(Clone)]
pub struct Map<K, V> {
    entries: Vec<(K, V)>,
    places: Places,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Map<K, V> {
    /// An empty one.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), places: Places(Vec::new()) }
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, by their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { places: self.places.0.iter().flatten(), entries: &self.entries }
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, by their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The entries, in the order of their keys.
    fn settled(&mut self) -> &mut Vec<(K, V)> {
        apply(&mut self.entries, &self.places.settle());
        &mut self.entries
    }

    /// The values, by their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.settled().iter_mut().map(|(_, value)| value)
    }

    /// The keys.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values, by their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> Map<K, V> {
    fn find<Q: Ord + ?Sized>(&self, wanted: &Q) -> Result<usize, Slot>
    where
        K: Borrow<Q>,
    {
        let (slot, place) = self.slot(wanted);
        place.map(|place| place as usize).ok_or(slot)
    }

    fn slot<Q: Ord + ?Sized>(&self, wanted: &Q) -> (Slot, Option<u32>)
    where
        K: Borrow<Q>,
    {
        self.places.find(&|place| {
            self.entries.get(place as usize).map_or(Ordering::Equal, |(key, _)| key.borrow().cmp(wanted))
        })
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.find(key).ok()?).map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// The key as it was put in, with its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.find(key).ok()?).map(|(key, value)| (key, value))
    }

    /// Whether it has a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Gives a key its value, and back the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => self.entries.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(slot) => {
                self.places.insert(slot, self.entries.len());
                self.entries.push((key, value));
                None
            }
        }
    }

    /// Takes a key out; what was put in last fills its place.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (slot, place) = self.slot(key);
        let place = place?;
        let (of_last, _) = self.slot(self.entries.last()?.0.borrow());
        self.places.set(of_last, place);
        self.places.remove(slot);
        Some(self.entries.swap_remove(place as usize).1)
    }

    /// Keeps the entries for which that is so.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&K, &mut V) -> bool) {
        self.settled().retain_mut(|(key, value)| is_kept(key, value));
        self.recount();
    }

    /// The places of entries that are in order.
    fn recount(&mut self) {
        self.places = Places::default();
        for at in 0..self.entries.len() {
            let block = self.places.0.len().saturating_sub(1);
            self.places.insert((block, BLOCK), at);
        }
    }

    /// The place of a key, to look at or to fill.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let found = self.find(&key);
        Entry { map: self, key, found }
    }
}

/// The place of a key in a map.
pub struct Entry<'m, K, V> {
    map: &'m mut Map<K, V>,
    key: K,
    found: Result<usize, Slot>,
}

impl<'m, K, V> Entry<'m, K, V> {
    /// The value, made where there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'m mut V {
        let Map { entries, places } = self.map;
        let at = self.found.unwrap_or_else(|slot| {
            places.insert(slot, entries.len());
            entries.push((self.key, make()));
            entries.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "a place that was found, or made right here")]
        &mut entries[at].1
    }

    /// The value, this one where there is none.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// The value, the default one where there is none.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// Entries by their keys.
pub struct Iter<'m, K, V> {
    places: std::iter::Flatten<std::slice::Iter<'m, Vec<u32>>>,
    entries: &'m [(K, V)],
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { places: self.places.clone(), entries: self.entries }
    }
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.get(*self.places.next()? as usize).map(|(key, value)| (key, value))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.get(*self.places.next_back()? as usize).map(|(key, value)| (key, value))
    }
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(mut self) -> Self::IntoIter {
        self.settled();
        self.entries.into_iter()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

/// A set in the order of its members.
#[derive(Clone)]
pub struct Set<T>(Map<T, ()>);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Set<T> {
    /// An empty one.
    pub const fn new() -> Self {
        Self(Map::new())
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.0.keys()
    }

    /// Takes all members out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The least.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The greatest.
    pub fn last(&self) -> Option<&T> {
        self.iter().next_back()
    }
}

impl<T: Ord> Set<T> {
    /// Whether it has a member.
    pub fn contains<Q: Ord + ?Sized>(&self, member: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(member)
    }

    /// The member as it was put in.
    pub fn get<Q: Ord + ?Sized>(&self, member: &Q) -> Option<&T>
    where
        T: Borrow<Q>,
    {
        self.0.get_key_value(member).map(|(member, ())| member)
    }

    /// Takes a member in; whether it is new.
    pub fn insert(&mut self, member: T) -> bool {
        self.0.insert(member, ()).is_none()
    }

    /// Takes a member out; whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, member: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(member).is_some()
    }

    /// The members that both have.
    pub fn intersection<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s T> {
        self.iter().filter(|member| other.contains(*member))
    }

    /// The members that the other one does not have.
    pub fn difference<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s T> {
        self.iter().filter(|member| !other.contains(*member))
    }

    /// Whether they have no member in common.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).next().is_none()
    }
}

impl<'s, T> IntoIterator for &'s Set<T> {
    type Item = &'s T;
    type IntoIter = std::iter::Map<Iter<'s, T, ()>, fn((&'s T, &'s ())) -> &'s T>;

    fn into_iter(self) -> Self::IntoIter {
        let member: fn((&'s T, &'s ())) -> &'s T = |(member, ())| member;
        self.0.iter().map(member)
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::iter::Map<std::vec::IntoIter<(T, ())>, fn((T, ())) -> T>;

    fn into_iter(self) -> Self::IntoIter {
        let member: fn((T, ())) -> T = |(member, ())| member;
        self.0.into_iter().map(member)
    }
}

impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(members: [T; N]) -> Self {
        members.into_iter().collect()
    }
}

impl<T: fmt::Debug> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Set<T> {}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_map_is_as_the_standard_librarys(keys in prop::collection::vec(0_u16..900, 0..1500), gone in prop::collection::vec(0_u16..900, 1..900)) {
            let (mut ours, mut theirs) = (Map::new(), BTreeMap::new());
            for (value, key) in keys.iter().enumerate() {
                match value % 3 {
                    0 => prop_assert_eq!(ours.insert(*key, value), theirs.insert(*key, value)),
                    1 => *ours.entry(*key).or_default() += value,
                    _ => *ours.entry(*key).or_insert(7) += 1,
                }
                match value % 3 {
                    0 => {}
                    1 => *theirs.entry(*key).or_default() += value,
                    _ => *theirs.entry(*key).or_insert(7) += 1,
                }
            }
            prop_assert_eq!(ours.len(), theirs.len());
            prop_assert!(ours.iter().eq(theirs.iter()) && ours.iter().rev().eq(theirs.iter().rev()));
            for key in 0..900 {
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
            }
            for gone in &gone {
                prop_assert_eq!(ours.remove(gone), theirs.remove(gone));
            }
            prop_assert!(ours.iter().eq(theirs.iter()));
            let gone = gone[0];
            let mut settled = ours.clone();
            settled.values_mut().zip(theirs.values()).for_each(|(ours, theirs)| assert_eq!(ours, theirs));
            prop_assert_eq!(&settled, &ours);
            settled.insert(1000, 1);
            settled.insert(gone, 2);
            ours.retain(|key, value| (usize::from(*key) + *value) % 3 > 0);
            theirs.retain(|key, value| (usize::from(*key) + *value) % 3 > 0);
            prop_assert!(ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values()));
            ours.extend(settled.clone());
            theirs.extend(settled);
            prop_assert_eq!(ours.into_iter().collect::<Vec<_>>(), theirs.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn a_set_is_as_the_standard_librarys(a in prop::collection::vec(0_u8..99, 0..60), b in prop::collection::vec(0_u8..99, 0..60)) {
            let (ours, other): (Set<u8>, Set<u8>) = (a.iter().copied().collect(), b.iter().copied().collect());
            let (theirs, of_them): (BTreeSet<u8>, BTreeSet<u8>) = (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert!(ours.iter().eq(theirs.iter()));
            prop_assert_eq!((ours.first(), ours.last(), ours.len()), (theirs.first(), theirs.last(), theirs.len()));
            prop_assert!(ours.intersection(&other).eq(theirs.intersection(&of_them)));
            prop_assert!(ours.difference(&other).eq(theirs.difference(&of_them)));
            prop_assert_eq!(ours.is_disjoint(&other), theirs.is_disjoint(&of_them));
            prop_assert_eq!(ours == other, theirs == of_them);
            prop_assert_eq!(ours.into_iter().collect::<Vec<_>>(), theirs.into_iter().collect::<Vec<_>>());
        }
    }
}
