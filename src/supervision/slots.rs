//! All slots of a supervisor, in the order in which their children were added.
//!
//! A slot has a key that is never used twice: what is on its way for a child that was dismissed finds nobody. A dismissed
//! child's slot stays for as long as a thread of it has not ended, and is not shown.

use std::collections::BTreeMap;
use std::ops::{Index, IndexMut};

use super::slot::Slot;

#[derive(Default)]
pub(super) struct Slots {
    slots: BTreeMap<usize, Slot>,
    next: usize,
}

impl Slots {
    /// Adds a slot and returns its key.
    pub(super) fn push(&mut self, slot: Slot) -> usize {
        let key = self.next;
        self.next += 1;
        self.slots.insert(key, slot);
        key
    }

    pub(super) fn get(&self, key: usize) -> Option<&Slot> {
        self.slots.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut Slot> {
        self.slots.get_mut(&key)
    }

    /// Those of children that there are.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.all().filter(|slot| !slot.forgotten)
    }

    /// The same with their keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().filter(|(_, slot)| !slot.forgotten).map(|(key, slot)| (*key, slot))
    }

    /// Those of dismissed children as well.
    pub(super) fn all(&self) -> impl Iterator<Item = &Slot> {
        self.slots.values()
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.values_mut()
    }

    pub(super) fn keys(&self) -> Vec<usize> {
        self.slots.keys().copied().collect()
    }

    /// The key of the first child of which that holds.
    pub(super) fn find(&self, holds: impl Fn(&Slot) -> bool) -> Option<usize> {
        self.slots.iter().find(|(_, slot)| !slot.forgotten && holds(slot)).map(|(key, _)| *key)
    }

    /// The key of the last one.
    pub(super) fn find_last(&self, holds: impl Fn(&Slot) -> bool) -> Option<usize> {
        self.slots.iter().rfind(|(_, slot)| !slot.forgotten && holds(slot)).map(|(key, _)| *key)
    }

    /// Lets go of a forgotten child's slot as soon as none of its threads is left.
    pub(super) fn sweep(&mut self, key: usize) {
        if self.get(key).is_some_and(|slot| slot.forgotten && !slot.has_threads()) {
            self.slots.remove(&key);
        }
    }
}

/// The slot of a key that was just found.
impl Index<usize> for Slots {
    type Output = Slot;

    fn index(&self, key: usize) -> &Slot {
        &self.slots[&key]
    }
}

impl IndexMut<usize> for Slots {
    fn index_mut(&mut self, key: usize) -> &mut Slot {
        match self.slots.get_mut(&key) {
            Some(slot) => slot,
            None => panic!("no slot has the key {key}"),
        }
    }
}
