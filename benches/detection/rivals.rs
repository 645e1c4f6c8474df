//! The rules that are compared: Evenkeel's policy and four that are in use elsewhere.
//!
//! Every rule sees the same samples and says at each of them whether it would restart the account.

use std::collections::VecDeque;
use std::time::Duration;

use evenkeel::config::memory::{LimitsConfig, MemoryConfig};
use evenkeel::memory::policy::{Policy, Rules, Verdict};
use evenkeel::memory::sample::Sample;
use evenkeel::memory::trend::mann_kendall;

const MIB: u64 = 1024 * 1024;

/// Readings of 10 minutes, whose mean is one point of a regression.
const POINT: u64 = 60;

/// Points of 3 hours.
const POINTS: usize = 18;

/// A rule to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Evenkeel,
    Memmon,
    Pm2,
    LeastSquares,
    MannKendall,
}

impl Rule {
    pub(crate) const ALL: [Self; 5] =
        [Self::Evenkeel, Self::Memmon, Self::Pm2, Self::LeastSquares, Self::MannKendall];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Evenkeel => "Evenkeel",
            Self::Memmon => "memmon, 96 MiB",
            Self::Pm2 => "PM2, 48 MiB",
            Self::LeastSquares => "least squares, R² ≥ 0.8",
            Self::MannKendall => "raw Mann–Kendall",
        }
    }

    pub(crate) fn judge(self) -> Judge {
        match self {
            Self::Evenkeel => {
                let rules = Rules::new(&MemoryConfig::default(), LimitsConfig::default());
                Judge::Evenkeel(Box::new(Policy::new(rules)))
            }
            Self::Memmon => Judge::Limit { bytes: 96 * MIB, every: Duration::from_secs(60) },
            Self::Pm2 => Judge::Limit { bytes: 48 * MIB, every: Duration::from_secs(30) },
            Self::LeastSquares => Judge::Regression { test: fits_a_line, points: Points::default() },
            Self::MannKendall => Judge::Regression { test: rises_surely, points: Points::default() },
        }
    }
}

/// A rule at work on one account.
pub(crate) enum Judge {
    Evenkeel(Box<Policy>),
    Limit { bytes: u64, every: Duration },
    Regression { test: fn(&[f64]) -> bool, points: Points },
}

impl Judge {
    /// Whether the account would be restarted now.
    pub(crate) fn restarts(&mut self, sample: &Sample) -> bool {
        match self {
            Self::Evenkeel(policy) => matches!(policy.tick(sample).verdict, Verdict::Case(_)),
            Self::Limit { bytes, every } => {
                sample.at_ms % every.as_millis() as i64 == 0 && sample.resident > *bytes
            }
            Self::Regression { test, points } => points.push(sample) && test(points.window.make_contiguous()),
        }
    }
}

/// Means of resident memory over 10 minutes, the last 3 hours of a generation that is older than 30 minutes.
#[derive(Default)]
pub(crate) struct Points {
    generation: u64,
    readings: u64,
    sum: f64,
    window: VecDeque<f64>,
}

impl Points {
    /// Whether a point was completed and the window is full.
    fn push(&mut self, sample: &Sample) -> bool {
        if sample.generation != self.generation {
            *self = Self { generation: sample.generation, ..Self::default() };
        }
        self.readings += 1;
        self.sum += sample.resident as f64;
        if !self.readings.is_multiple_of(POINT) {
            return false;
        }
        let mean = std::mem::take(&mut self.sum) / POINT as f64;
        if self.readings <= 3 * POINT {
            return false;
        }
        if self.window.len() == POINTS {
            self.window.pop_front();
        }
        self.window.push_back(mean);
        self.window.len() == POINTS
    }
}

fn rises_surely(points: &[f64]) -> bool {
    mann_kendall(points).is_some_and(|test| test.p_rising < 0.01)
}

/// R² of at least 0.8, rising by at least 1 MiB over the window.
fn fits_a_line(points: &[f64]) -> bool {
    let n = points.len() as f64;
    let (x, y) = ((n - 1.0) / 2.0, points.iter().sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (at, point) in points.iter().enumerate() {
        let (dx, dy) = (at as f64 - x, point - y);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    let rise = xy / xx * (n - 1.0);
    rise >= MIB as f64 && xy * xy / (xx * yy) >= 0.8
}
