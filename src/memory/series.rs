//! The floors of an account over time: the lowest readings of short and of long buckets.
//!
//! Holds two windows of closed buckets and the open bucket of each, nothing else; a reading is forgotten as soon as its
//! bucket knows it. Buckets follow each other in measured time: a stretch in which nothing was measured (a suspended
//! daemon) is left out, not bridged.

use std::collections::VecDeque;

use super::rules::{LONG, Rules};
use super::sample::Sample;

/// What is kept of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Fewest living bytes.
    pub floor: u64,
    /// Fewest bytes of physical memory.
    pub resident: u64,
    /// Work done within the bucket, where it is known.
    pub work: Option<u64>,
}

/// The buckets of one account.
#[derive(Debug, Clone)]
pub struct Series {
    bucket_ms: i64,
    readings: u32,
    buckets: usize,
    open: Option<Open>,
    short: VecDeque<Bucket>,
    /// Closed short buckets that wait to become one long bucket, merged.
    pending: Option<(Bucket, usize)>,
    long: VecDeque<Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    since_ms: i64,
    readings: u32,
    work_before: Option<u64>,
    work_now: Option<u64>,
    floor: u64,
    resident: u64,
}

/// What a reading completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// No bucket.
    Nothing,
    /// A short bucket.
    Short,
    /// A short bucket, and with it a long one.
    Long,
}

impl Series {
    /// An empty series.
    pub fn new(rules: &Rules) -> Self {
        Self {
            bucket_ms: rules.bucket_ms,
            readings: rules.readings,
            buckets: rules.buckets,
            open: None,
            short: VecDeque::with_capacity(rules.buckets),
            pending: None,
            long: VecDeque::with_capacity(rules.buckets),
        }
    }

    /// The closed short buckets of the window, oldest first.
    pub fn short(&self) -> &VecDeque<Bucket> {
        &self.short
    }

    /// The closed long buckets of the window, oldest first.
    pub fn long(&self) -> &VecDeque<Bucket> {
        &self.long
    }

    /// Takes a reading that is not older than the one before it.
    ///
    /// A bucket that got too few readings to have a floor, because the daemon was suspended or starved, is dropped.
    pub fn push(&mut self, sample: &Sample) -> Closed {
        match self.open.take() {
            Some(open) if sample.at_ms.saturating_sub(open.since_ms) < self.bucket_ms => {
                self.open = Some(open.with(sample));
                Closed::Nothing
            }
            finished => {
                self.open = Some(Open::at(sample));
                match finished.filter(|open| open.readings >= self.readings) {
                    Some(open) => self.close(open.bucket()),
                    None => Closed::Nothing,
                }
            }
        }
    }

    fn close(&mut self, bucket: Bucket) -> Closed {
        keep(&mut self.short, bucket, self.buckets);
        let (merged, count) = match self.pending.take() {
            Some((merged, count)) => (merged.merge(bucket), count + 1),
            None => (bucket, 1),
        };
        if count < LONG {
            self.pending = Some((merged, count));
            return Closed::Short;
        }
        keep(&mut self.long, merged, self.buckets);
        Closed::Long
    }
}

impl Bucket {
    /// What both were together.
    pub fn merge(self, later: Self) -> Self {
        Self {
            floor: self.floor.min(later.floor),
            resident: self.resident.min(later.resident),
            work: self.work.zip(later.work).map(|(a, b)| a.saturating_add(b)),
        }
    }
}

impl Open {
    fn at(sample: &Sample) -> Self {
        Self {
            since_ms: sample.at_ms,
            readings: 1,
            work_before: sample.work,
            work_now: sample.work,
            floor: sample.allocated,
            resident: sample.resident,
        }
    }

    fn with(self, sample: &Sample) -> Self {
        Self {
            readings: self.readings.saturating_add(1),
            work_now: sample.work,
            floor: self.floor.min(sample.allocated),
            resident: self.resident.min(sample.resident),
            ..self
        }
    }

    fn bucket(self) -> Bucket {
        // A counter that ran backwards says nothing about work.
        let work = self.work_now.zip(self.work_before).and_then(|(now, before)| now.checked_sub(before));
        Bucket { floor: self.floor, resident: self.resident, work }
    }
}

fn keep(window: &mut VecDeque<Bucket>, bucket: Bucket, most: usize) {
    if window.len() >= most {
        window.pop_front();
    }
    window.push_back(bucket);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::memory::{LimitsConfig, MemoryConfig};

    const TICK: i64 = 10_000;

    fn series() -> Series {
        Series::new(&Rules::new(&MemoryConfig::default(), LimitsConfig::default()))
    }

    fn sample(tick: i64, allocated: u64, work: Option<u64>) -> Sample {
        Sample { at_ms: tick * TICK, generation: 1, allocated, resident: allocated + 1, work }
    }

    #[test]
    fn a_bucket_is_its_lowest_readings_and_the_work_within() {
        let mut series = series();
        for tick in 0..=60 {
            series.push(&sample(tick, if tick == 30 { 5 } else { 9 }, Some(100 + tick.unsigned_abs())));
        }
        let found: Vec<_> = series.short().iter().copied().collect();
        assert_eq!(found, [Bucket { floor: 5, resident: 6, work: Some(59) }]);
    }

    #[test]
    fn eight_short_buckets_are_a_long_one_and_the_windows_are_bounded() {
        let mut series = series();
        let closed: Vec<_> = (0..60 * 8 * 40).map(|tick| series.push(&sample(tick, 7, None))).collect();
        assert_eq!(closed.iter().filter(|closed| **closed == Closed::Long).count(), 39);
        assert_eq!((series.short().len(), series.long().len()), (18, 18));
        assert_eq!(series.long()[0], Bucket { floor: 7, resident: 8, work: None });
    }

    #[test]
    fn a_gap_is_left_out() {
        let mut series = series();
        for tick in (0..100).chain(5_000..5_061) {
            series.push(&sample(tick, 7, None));
        }
        assert_eq!(series.short().len(), 3, "the first, most of the second, the one after the gap");
        for tick in (10_000..10_004).chain(20_000..20_001) {
            series.push(&sample(tick, 1, None));
        }
        assert!(series.short().iter().all(|bucket| bucket.floor == 7), "4 readings are no bucket");
    }

    #[test]
    fn work_that_runs_backwards_is_unknown() {
        let mut series = series();
        for tick in 0..=60 {
            series.push(&sample(tick, 7, Some(1000 - tick.unsigned_abs())));
        }
        assert_eq!(series.short()[0].work, None);
    }
}
