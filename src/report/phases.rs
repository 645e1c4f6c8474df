//! What the time of a build went into.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::clock::{Clock, Stopwatch};

/// The phases of one build, in microseconds of real time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// Waiting for sources and for the history.
    pub fetch_us: u64,
    /// Computing indicators.
    pub analytics_us: u64,
    /// Composing and rendering, without waiting for the database.
    pub render_us: u64,
    /// Waiting for the database: opening, appending, committing.
    pub persist_us: u64,
}

/// Adds up a build's phases; clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    fetch: AtomicU64,
    analytics: AtomicU64,
    /// Rendering, and the waiting within it.
    writing: AtomicU64,
    persist: AtomicU64,
    /// The part of `persist` that lies within `writing`.
    appending: AtomicU64,
}

impl Meter {
    pub(super) fn stopwatch(&self) -> Stopwatch {
        Clock::system().stopwatch()
    }

    pub(super) fn fetched(&self, since: &Stopwatch) {
        add(&self.0.fetch, since);
    }

    pub(super) fn analysed(&self, since: &Stopwatch) {
        add(&self.0.analytics, since);
    }

    pub(super) fn wrote(&self, since: &Stopwatch) {
        add(&self.0.writing, since);
    }

    pub(super) fn persisted(&self, since: &Stopwatch) {
        add(&self.0.persist, since);
    }

    pub(super) fn appended(&self, since: &Stopwatch) {
        add(&self.0.persist, since);
        add(&self.0.appending, since);
    }

    pub(super) fn phases(&self) -> Phases {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Phases {
            fetch_us: of(&self.0.fetch),
            analytics_us: of(&self.0.analytics),
            render_us: of(&self.0.writing).saturating_sub(of(&self.0.appending)),
            persist_us: of(&self.0.persist),
        }
    }
}

fn add(count: &AtomicU64, since: &Stopwatch) {
    let passed: Duration = since.elapsed();
    count.fetch_add(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
}
