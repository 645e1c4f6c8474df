//! The numbers that an account is judged by, worked out from the configuration.
//!
//! Plain numbers, so that a policy can be cloned, replayed and simulated. Every constant that is not configurable stands
//! here with its reason.

use std::time::Duration;

use super::limit::{Limits, TrendRule};
use crate::config::MemoryConfig;

/// Buckets of the short scale in one of the long scale. With the default window of 3 h the long window is a day: one
/// whole cycle of a load that follows the day, so that a rising flank cannot fill it.
pub const LONG: usize = 8;

/// Most buckets of a window: a trend is quadratic in them.
const MOST_BUCKETS: u64 = 64;

/// Readings that are enough for a bucket, however many there could be.
const READINGS: u64 = 5;

const MIB: u64 = 1024 * 1024;

/// What an account is judged by. Times are in milliseconds of the daemon's clock, sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Age of a generation at which its floors begin to count.
    pub warm_up_ms: i64,
    /// Length of a bucket of the short scale.
    pub bucket_ms: i64,
    /// Buckets of a window, on either scale.
    pub buckets: usize,
    /// Fewest readings that a bucket needs to count: half of what it has when nothing is late, but 5 at most.
    pub readings: u32,
    /// Growth over a window that is too little to matter.
    pub growth: u64,
    /// The same in percent of the baseline.
    pub growth_percent: u32,
    /// Readings above the soft limit that make a case.
    pub strikes: u32,
    /// The number of last readings that they are counted in.
    pub strikes_of: u32,
    /// The configured soft limit.
    pub soft: Option<u64>,
    /// The configured hard limit.
    pub hard: Option<u64>,
    /// Where no soft limit is configured, one follows from the baseline.
    pub derives_soft: bool,
    /// Growth that is proven makes a case.
    pub judges_trend: bool,
}

impl Rules {
    /// The rules for an account with these limits.
    ///
    /// A window of more than 64 buckets is divided into 64 longer ones. Values that make no sense, such as a bucket of
    /// no length, are made the smallest that does.
    pub fn new(config: &MemoryConfig, limits: impl Into<Limits>) -> Self {
        let limits = limits.into();
        let window = millis(config.window).max(1);
        let buckets = (window / millis(config.bucket).max(1)).clamp(1, MOST_BUCKETS);
        let bucket = millis(config.bucket).max(window / buckets).max(1);
        // A few are enough for a floor: where ticks are slower than they should be, buckets must not be lost.
        let readings = (bucket / millis(config.sample_every).max(1) / 2).min(READINGS);
        Self {
            warm_up_ms: i64::try_from(millis(config.warm_up)).unwrap_or(i64::MAX),
            bucket_ms: i64::try_from(bucket).unwrap_or(i64::MAX),
            buckets: usize::try_from(buckets).unwrap_or(1),
            readings: u32::try_from(readings).unwrap_or(u32::MAX).max(1),
            growth: match limits.trend {
                TrendRule::Over(size) => size.as_u64(),
                TrendRule::Configured | TrendRule::Off => config.growth.as_u64(),
            },
            growth_percent: config.growth_percent,
            strikes: config.strikes.max(1),
            strikes_of: config.strikes_of.max(config.strikes).max(1),
            soft: limits.soft.map(|soft| soft.as_u64()),
            hard: limits.hard.map(|hard| hard.as_u64()),
            derives_soft: true,
            judges_trend: limits.trend != TrendRule::Off,
        }
    }

    /// The rules for the process. Its resident set is the sum of accounts that have limits of their own: without a
    /// configured limit, only what no child owns is judged, by its trend.
    pub fn of_process(config: &MemoryConfig) -> Self {
        Self { derives_soft: false, ..Self::new(config, config.process) }
    }

    /// Growth over a window that is worth acting on, for an account with this baseline.
    pub fn growth_needed(&self, baseline: u64) -> u64 {
        let share = u128::from(baseline) * u128::from(self.growth_percent) / 100;
        self.growth.max(u64::try_from(share).unwrap_or(u64::MAX))
    }

    /// The soft limit of an account whose physical memory had this baseline: the configured one, or three times the
    /// baseline and at least 64 MiB more than it.
    ///
    /// Generous, because it has to let pass what nobody announced: bursts, caches, a busy day. What grows slowly below
    /// it belongs to the trend.
    pub fn soft_limit(&self, baseline: Option<u64>) -> Option<u64> {
        let derived = |b: u64| b.saturating_mul(3).max(b.saturating_add(64 * MIB));
        self.soft.or_else(|| baseline.filter(|_| self.derives_soft).map(derived))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use bytesize::ByteSize;

    use super::*;
    use crate::config::LimitsConfig;

    #[test]
    fn the_defaults_are_eighteen_buckets_of_ten_minutes() {
        let rules = Rules::new(&MemoryConfig::default(), LimitsConfig::default());
        assert_eq!((rules.buckets, rules.bucket_ms, rules.readings), (18, 600_000, 5));
    }

    #[test]
    fn a_window_of_too_many_buckets_gets_longer_ones() {
        let day = MemoryConfig { window: Duration::from_secs(86_400), ..MemoryConfig::default() };
        let rules = Rules::new(&day, LimitsConfig::default());
        assert_eq!((rules.buckets, rules.bucket_ms), (64, 1_350_000));
    }

    #[test]
    fn numbers_without_sense_are_survived() {
        let zero = Duration::ZERO;
        let config =
            MemoryConfig { window: zero, bucket: zero, sample_every: zero, ..MemoryConfig::default() };
        let rules = Rules::new(&config, LimitsConfig::default());
        assert_eq!((rules.buckets, rules.bucket_ms, rules.readings), (1, 1, 1));
        let endless = MemoryConfig { window: Duration::MAX, bucket: Duration::MAX, ..config };
        assert_eq!(Rules::new(&endless, LimitsConfig::default()).bucket_ms, i64::MAX);
    }

    #[test]
    fn the_larger_of_both_growths_and_the_configured_limit_count() {
        let limits = LimitsConfig { soft: Some(ByteSize::mib(3)), hard: None };
        let derived = Rules::new(&MemoryConfig::default(), LimitsConfig::default());
        let configured = Rules::new(&MemoryConfig::default(), limits);
        assert_eq!(derived.growth_needed(MIB), MIB);
        assert_eq!(derived.growth_needed(100 * MIB), 20 * MIB);
        assert_eq!(derived.growth_needed(u64::MAX), u64::MAX / 5);
        assert_eq!(derived.soft_limit(None), None);
        assert_eq!(Rules::of_process(&MemoryConfig::default()).soft_limit(Some(MIB)), None);
        assert_eq!(derived.soft_limit(Some(MIB)), Some(65 * MIB));
        assert_eq!(derived.soft_limit(Some(100 * MIB)), Some(300 * MIB));
        assert_eq!(derived.soft_limit(Some(u64::MAX)), Some(u64::MAX));
        assert_eq!(configured.soft_limit(Some(100 * MIB)), Some(3 * MIB));
    }
}
