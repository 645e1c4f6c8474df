//! The judge of one account's memory: a pure function of its samples.
//!
//! No clock, no I/O: what was decided can be decided again from recorded samples. A [`Policy`] holds two windows of
//! buckets and the last few strikes, a few KiB, however long it lives.

use super::growth::{Growth, Rise};
use super::level::Level;
use super::sample::Sample;
use super::series::{Bucket, Closed, Series};

pub use super::decision::{Decision, Evidence, Leg, Verdict};
pub use super::rules::{LONG, Rules};

/// Buckets after the warm-up that the baseline is the lowest of.
const BASELINE: u32 = 3;

const DAY_MS: f64 = 86_400_000.0;

/// The judge of one account.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Rules,
    current: Option<Generation>,
}

/// What is known of the living generation.
#[derive(Debug, Clone)]
struct Generation {
    number: u64,
    began_ms: i64,
    last_ms: i64,
    level: Level,
    series: Series,
    /// Buckets that the baseline was measured in.
    measured: u32,
    baseline: Option<Bucket>,
    short: Option<Growth>,
    long: Option<Growth>,
}

impl Policy {
    /// A judge who has seen nothing yet.
    pub fn new(rules: Rules) -> Self {
        Self { rules, current: None }
    }

    /// Whether the sample is above the soft or the hard limit, so that garbage has to be ruled out: purge, flush,
    /// measure again and call [`tick`](Self::tick) with the second sample.
    pub fn wants_purge(&self, sample: &Sample) -> bool {
        let current = self.current.as_ref().filter(|current| current.goes_on_with(sample));
        let soft = self.rules.soft_limit(current.and_then(Generation::resident_baseline));
        [soft, self.rules.hard].into_iter().flatten().any(|limit| sample.resident > limit)
    }

    /// Takes a sample into account and judges.
    ///
    /// A sample of another generation, or one that is older than the last, begins a new series.
    pub fn tick(&mut self, sample: &Sample) -> Decision {
        let rules = self.rules;
        let current = match self.current.take() {
            Some(current) if current.goes_on_with(sample) => current,
            _ => Generation::new(&rules, sample),
        };
        let current = self.current.insert(current);
        current.observe(&rules, sample);
        current.decide(&rules, sample)
    }

    /// The buckets' floors of the short window, oldest first, in bytes.
    pub fn floors(&self) -> Vec<u64> {
        let current = self.current.iter();
        current.flat_map(|current| current.series.short()).map(|bucket| bucket.floor).collect()
    }

    /// The lowest floor of the first three buckets after the warm-up, in bytes; known from the first one on.
    pub fn baseline(&self) -> Option<u64> {
        self.current.as_ref()?.baseline.map(|baseline| baseline.floor)
    }
}

impl Generation {
    fn new(rules: &Rules, first: &Sample) -> Self {
        Self {
            number: first.generation,
            began_ms: first.at_ms,
            last_ms: first.at_ms,
            level: Level::new(rules.strikes, rules.strikes_of),
            series: Series::new(rules),
            measured: 0,
            baseline: None,
            short: None,
            long: None,
        }
    }

    fn goes_on_with(&self, sample: &Sample) -> bool {
        sample.generation == self.number && sample.at_ms >= self.last_ms
    }

    fn resident_baseline(&self) -> Option<u64> {
        self.baseline.map(|baseline| baseline.resident)
    }

    fn observe(&mut self, rules: &Rules, sample: &Sample) {
        self.last_ms = sample.at_ms;
        if sample.at_ms.saturating_sub(self.began_ms) < rules.warm_up_ms {
            return;
        }
        let closed = self.series.push(sample);
        if closed == Closed::Nothing {
            return;
        }
        if let Some(latest) = self.series.short().back().filter(|_| self.measured < BASELINE) {
            self.measured += 1;
            self.baseline = Some(self.baseline.map_or(*latest, |lowest| lowest.merge(*latest)));
        }
        // A window that is not full is not judged: a part of a cycle looks like a trend.
        let full = |window: &std::collections::VecDeque<Bucket>| window.len() >= rules.buckets;
        if full(self.series.short()) {
            self.short = Growth::of(self.series.short());
        }
        if closed == Closed::Long && full(self.series.long()) {
            self.long = Growth::of(self.series.long());
        }
    }

    fn decide(&mut self, rules: &Rules, sample: &Sample) -> Decision {
        let soft = rules.soft_limit(self.resident_baseline());
        let level = self.level.judge(sample.resident, soft, rules.hard);
        let needed = self.baseline.map(|baseline| rules.growth_needed(baseline.floor));
        let trend = needed.filter(|_| rules.judges_trend).and_then(|needed| self.trend(needed, soft));
        let quiet = if self.baseline.is_some() { Verdict::Steady } else { Verdict::WarmingUp };
        let case = |verdict: &Option<Verdict>| matches!(verdict, Some(Verdict::Case(_)));
        let verdict = [level, trend].into_iter().find(case).flatten().or(level).or(trend).unwrap_or(quiet);
        let evidence = self.evidence(rules, sample, soft, needed);
        Decision { verdict, evidence }
    }

    fn trend(&self, needed: u64, soft: Option<u64>) -> Option<Verdict> {
        let rises = [self.long, self.short].map(|growth| growth.map(|growth| growth.deciding(needed)));
        let proven = |rise: &Rise| rise.is_proven(needed);
        if rises[0].is_some_and(|long| proven(&long) && long.is_even()) || self.is_urgent(needed, soft) {
            return Some(Verdict::Case(Leg::Trend));
        }
        rises.iter().flatten().any(proven).then_some(Verdict::Close(Leg::Trend))
    }

    /// Whether the short window proves growth that reaches the soft limit within half of its length.
    ///
    /// A slice of a cycle, or a cache that fills, looks like a leak in a window this short. It is not worth a restart
    /// as long as there is time to wait for the long one.
    fn is_urgent(&self, needed: u64, soft: Option<u64>) -> bool {
        let rise = self.short.map(|growth| growth.deciding(needed));
        let proven = rise.filter(|rise| rise.is_proven(needed) && rise.is_even());
        let Some((rise, latest)) = proven.zip(self.series.short().back()) else { return false };
        soft.is_some_and(|soft| latest.resident.saturating_add_signed(rise.bytes / 2) >= soft)
    }

    fn evidence(&self, rules: &Rules, sample: &Sample, soft: Option<u64>, needed: Option<u64>) -> Evidence {
        let urgent = needed.is_some_and(|needed| self.is_urgent(needed, soft));
        let proven = |growth: Option<Growth>| {
            growth.zip(needed).is_some_and(|(growth, needed)| growth.deciding(needed).is_proven(needed))
        };
        let short_only = urgent || (proven(self.short) && !proven(self.long));
        let (growth, window, bucket_ms) = match self.long {
            Some(long) if !short_only => {
                (Some(long), self.series.long(), rules.bucket_ms.saturating_mul(LONG as i64))
            }
            _ => (self.short, self.series.short(), rules.bucket_ms),
        };
        let span_ms = bucket_ms.saturating_mul(i64::try_from(rules.buckets).unwrap_or(i64::MAX));
        let rise = growth.zip(needed).map(|(growth, needed)| growth.deciding(needed));
        Evidence {
            floor: self.series.short().back().map_or(sample.allocated, |bucket| bucket.floor),
            resident: sample.resident,
            baseline: self.baseline.map(|baseline| baseline.floor),
            soft,
            hard: rules.hard,
            strikes: self.level.strikes(),
            buckets: u32::try_from(window.len()).unwrap_or(u32::MAX),
            window_ms: growth.map(|_| span_ms.unsigned_abs()),
            growth: rise.map(|rise| rise.bytes),
            explained: growth
                .and_then(|growth| Some(growth.floors.bytes.saturating_sub(growth.beyond_work?.bytes))),
            growth_needed: needed,
            slope_per_day: rise.map(|rise| rise.per_bucket * DAY_MS / bucket_ms as f64),
            p: rise.map(|rise| rise.p),
            halves: rise.and_then(|rise| rise.halves),
        }
    }
}
