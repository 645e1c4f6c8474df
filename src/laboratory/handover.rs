//! Where one actor puts blocks and another one, on its own thread, picks them up.
//!
//! Not a channel: a channel would take memory of its own, and the account is to show the blocks only. What waits is
//! bounded; whoever brings more has to come again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pile::{BLOCK, Pile};

/// The most that waits for an actor that does not come.
const MOST_WAITING: u64 = 8 << 20;

#[derive(Default)]
pub(super) struct Handover(Mutex<Pile>);

impl Handover {
    /// How many blocks may be put down now.
    pub(super) fn room(&self) -> u64 {
        MOST_WAITING.saturating_sub(self.waiting().bytes()) / BLOCK
    }

    pub(super) fn put(&self, mut pile: Pile) {
        let mut waiting = self.waiting();
        pile.set_on(std::mem::take(&mut *waiting));
        *waiting = pile;
    }

    pub(super) fn take(&self) -> Pile {
        std::mem::take(&mut *self.waiting())
    }

    fn waiting(&self) -> MutexGuard<'_, Pile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
