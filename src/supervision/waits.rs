//! How long messages wait in a link until a generation takes them: counts within bounds, over all generations.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

/// The bounds of the buckets, in microseconds; what waited longer counts in the last one, which has none.
const BOUNDS_US: [u64; 7] = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 60_000_000];

/// Counts; cheap enough for every message.
#[derive(Debug, Default)]
pub(super) struct Waits {
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

/// How long messages have waited until they were taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waited {
    /// For each bound in seconds, the last being infinite, how many messages waited at most as long as that and longer than
    /// the bound before.
    pub buckets: Vec<(f64, u64)>,
    /// All of them together, in seconds.
    pub sum_s: f64,
}

impl Waits {
    pub(super) fn note(&self, waited: Duration) {
        let us = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(BOUNDS_US.len());
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Waited {
        let bounds = BOUNDS_US.iter().map(|bound| *bound as f64 / 1e6).chain([f64::INFINITY]);
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        Waited {
            buckets: bounds.zip(counts).collect(),
            sum_s: self.sum_us.load(Ordering::Relaxed) as f64 / 1e6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_counts_in_the_first_bucket_that_holds_it() {
        let waits = Waits::default();
        for us in [100, 101, 70_000_000] {
            waits.note(Duration::from_micros(us));
        }
        let read = waits.read();
        let counts: Vec<u64> = read.buckets.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [1, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!((read.buckets[0].0, read.buckets[7].0, read.sum_s), (1e-4, f64::INFINITY, 70.000_201));
    }
}
