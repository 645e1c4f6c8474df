//! What one ailment has come to: the bytes of the latest generation and of the one before.

use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    generation: u64,
    bytes: u64,
}

/// Counts for a generation at a time; of a fixed size, so that it is charged to nobody while it counts.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<[Entry; 2]>);

impl Tally {
    /// Begins to count for a generation.
    pub(super) fn begin(&self, generation: u64) {
        let mut entries = self.entries();
        *entries = [Entry { generation, bytes: 0 }, entries[0]];
    }

    /// Notes what a generation has come to.
    pub(super) fn note(&self, generation: u64, bytes: u64) {
        if let Some(entry) = self.entries().iter_mut().find(|entry| entry.generation == generation) {
            entry.bytes = bytes;
        }
    }

    /// What a generation has come to; nothing when it is neither the latest nor the one before.
    pub(super) fn of(&self, generation: u64) -> Option<u64> {
        let entries = self.entries();
        entries.iter().find(|entry| entry.generation == generation && generation > 0).map(|entry| entry.bytes)
    }

    fn entries(&self) -> MutexGuard<'_, [Entry; 2]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
