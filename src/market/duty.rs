//! Which ticks are this replica's: of all that share an index store, one refreshes for all.
//!
//! A replica with a store of its own refreshes at every tick, and so does each one that cannot ask the others: a market
//! fetched twice does less harm than one that nobody fetched. A refresh counts as done when the store has taken its
//! snapshot; one that the store refused is left to the next replica, which then has at least a snapshot of its own.

use std::sync::Arc;

use jiff::Timestamp;

use super::store::IndexStore;
use crate::persistence::turn::{Held, Turn, Turns};

/// The job whose slots are the ticks.
const JOB: &str = "refresh";

/// Asks whose turn a tick is.
pub(super) struct Duty {
    turns: Turns,
    store: Arc<dyn IndexStore>,
}

/// What a tick is to this replica.
#[derive(Debug)]
pub(super) enum Tick {
    /// It refreshes, for all with the slot in hand, or else for itself.
    Refresh(Option<Held>),
    /// Another replica refreshes, or has done so.
    Leave,
}

impl Duty {
    pub(super) fn new(turns: Turns, store: Arc<dyn IndexStore>) -> Self {
        Self { turns, store }
    }

    /// Whose the tick due at `due` is. While another replica works on it this waits, until `next` at the latest, and
    /// takes over if that one dies.
    pub(super) async fn of_tick(&self, due: Timestamp, next: Timestamp) -> Tick {
        if !self.store.is_shared() {
            return Tick::Refresh(None);
        }
        match self.turns.take(JOB, due, next).await {
            Turn::Mine(held) => Tick::Refresh(Some(held)),
            Turn::DoneElsewhere { holder } if self.is_served().await => {
                log::debug!(due:%, holder = holder.as_str(); "the refresh due at {due:.0} is done by replica {holder}");
                Tick::Leave
            }
            Turn::DoneElsewhere { .. } => Tick::Refresh(None),
            Turn::HeldElsewhere { holder } => {
                log::warn!(event = "refresh-left-to-replica", due:%, holder = holder.as_str(); "the refresh due at {due:.0} is left to replica {holder}, which is not done with it");
                Tick::Leave
            }
            // The points of the refresh meet the same database: what is wrong with it is said with them.
            Turn::Unavailable(error) => {
                log::debug!(due:%; "nobody knows whose the refresh due at {due:.0} is: {error}");
                Tick::Refresh(None)
            }
        }
    }

    /// After the refresh for which `held` was taken; `is_stored`: the others have its snapshot.
    pub(super) async fn refreshed(&self, held: Option<Held>, is_stored: bool) {
        let Some(held) = held else { return };
        if !is_stored {
            return held.release().await;
        }
        let claim = held.claim().clone();
        match held.finish().await {
            Ok(true) => {}
            Ok(false) => {
                log::warn!(event = "refresh-passed"; "{claim} passed to another replica before this one was done with it")
            }
            Err(error) => log::debug!("{claim} is not marked as done: {error}"),
        }
    }

    /// Whether there is a snapshot to serve: the one that was put there may be gone.
    async fn is_served(&self) -> bool {
        matches!(self.store.latest().await, Ok(Some(_)))
    }
}
