//! One rule against one shape, over many seeds.

use super::rivals::Rule;
use super::shapes::{Shape, TICK_MS, World};

const DAY: f64 = 86_400.0;

/// How often healthy accounts were restarted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Healthy {
    pub(crate) days: f64,
    pub(crate) restarts: u32,
    pub(crate) days_with_a_restart: u32,
}

impl Healthy {
    pub(crate) fn restarts_per_day(&self) -> f64 {
        f64::from(self.restarts) / self.days
    }

    pub(crate) fn share_of_days(&self) -> f64 {
        f64::from(self.days_with_a_restart) / self.days
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            days: self.days + other.days,
            restarts: self.restarts + other.restarts,
            days_with_a_restart: self.days_with_a_restart + other.days_with_a_restart,
        }
    }
}

/// How leaks were found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaks {
    pub(crate) runs: u32,
    /// Restarts before there was a leak.
    pub(crate) early: u32,
    /// Seconds from the beginning of the leak, of those that were caught.
    pub(crate) seconds: Vec<f64>,
    /// Bytes that had leaked, of those that were caught.
    pub(crate) bytes: Vec<f64>,
}

impl Leaks {
    pub(crate) fn caught(&self) -> f64 {
        self.seconds.len() as f64 / f64::from(self.runs)
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.runs += other.runs;
        self.early += other.early;
        self.seconds.extend(other.seconds);
        self.bytes.extend(other.bytes);
        self
    }
}

/// Runs a healthy account for `days` whole days with a seed; a restart begins a new generation.
pub(crate) fn healthy(rule: Rule, shape: Shape, seed: u64, days: u32) -> Healthy {
    let (mut world, mut judge) = (World::new(shape, 0.0, seed), rule.judge());
    let mut found = Healthy { days: f64::from(days), ..Healthy::default() };
    for _ in 0..days {
        let before = found.restarts;
        for _ in 0..(DAY * 1000.0) as i64 / TICK_MS {
            if judge.restarts(&world.tick()) {
                found.restarts += 1;
                world.restart();
            }
        }
        found.days_with_a_restart += u32::from(found.restarts > before);
    }
    found
}

/// Runs a leaking account until it is caught or for `days` of leaking.
pub(crate) fn leaking(rule: Rule, shape: Shape, rate: f64, seed: u64, days: u32) -> Leaks {
    let (mut world, mut judge) = (World::new(shape, rate, seed), rule.judge());
    let mut found = Leaks { runs: 1, ..Leaks::default() };
    while world.now() < world.leak_begins() + f64::from(days) * DAY {
        if !judge.restarts(&world.tick()) {
            continue;
        }
        if world.now() < world.leak_begins() {
            found.early += 1;
            world.restart();
        } else {
            found.seconds.push(world.now() - world.leak_begins());
            found.bytes.push(world.leaked());
            break;
        }
    }
    found
}
