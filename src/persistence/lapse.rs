//! The time during which the database takes nothing: from the first failure to the first success after it.
//!
//! Each failure is told to whoever asked; the end is told to nobody, and is therefore said here, in one line.

use crate::clock::{Clock, Stopwatch};

/// A time during which nothing could be written.
#[derive(Debug)]
pub(super) struct Lapse {
    begun: Stopwatch,
    dropped_before: u64,
}

impl Lapse {
    /// Begins now; `dropped` points have been dropped before it.
    pub(super) fn begin(clock: &Clock, dropped: u64) -> Self {
        Self { begun: clock.stopwatch(), dropped_before: dropped }
    }

    /// Ends with `written` points that had waited; `dropped` counts those from before it, too.
    pub(super) fn end(&self, written: usize, dropped: u64) {
        let (duration_ms, dropped) = (self.begun.elapsed_ms(), dropped.saturating_sub(self.dropped_before));
        log::info!(
            event = "database-recovered", duration_ms, written, dropped;
            "the database answers again after {duration_ms} ms: {written} history points written that had waited, {dropped} dropped"
        );
    }
}
