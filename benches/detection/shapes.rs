//! Simulated accounts: healthy and leaking shapes of memory over days, one sample every 10 s.
//!
//! Reproducible: a shape, a rate and a seed give the same samples. Every size and time of a shape is drawn anew for each
//! seed from the range that stands beside it; docs/detection.md repeats them in words. Also used by
//! tests/memory_policy.rs.

use evenkeel::memory::sample::Sample;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Time from one sample to the next.
pub(crate) const TICK_MS: i64 = 10_000;

const MIB: f64 = 1024.0 * 1024.0;
const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// How an account's memory behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Flat,
    Sawtooth,
    WarmUp,
    Step,
    Bursts,
    WaveKnown,
    WaveUnknown,
    GrowingLoad,
    Cache,
    Holding,
    HoldingSawtooth,
    PerWork,
    SlowStart,
    Staircase,
    HoldingWaveKnown,
    HoldingWaveUnknown,
    HoldingGrowingLoad,
}

impl Shape {
    pub(crate) const HEALTHY: [Self; 9] = [
        Self::Flat,
        Self::Sawtooth,
        Self::WarmUp,
        Self::Step,
        Self::Bursts,
        Self::WaveKnown,
        Self::WaveUnknown,
        Self::GrowingLoad,
        Self::Cache,
    ];

    pub(crate) const LEAKS: [Self; 8] = [
        Self::Holding,
        Self::HoldingSawtooth,
        Self::PerWork,
        Self::SlowStart,
        Self::Staircase,
        Self::HoldingWaveKnown,
        Self::HoldingWaveUnknown,
        Self::HoldingGrowingLoad,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Sawtooth => "sawtooth",
            Self::WarmUp => "warm-up plateau",
            Self::Step => "one step",
            Self::Bursts => "bursts",
            Self::WaveKnown => "daily wave, work known",
            Self::WaveUnknown => "daily wave, work unknown",
            Self::GrowingLoad => "load that grows, work known",
            Self::Cache => "cache that fills and stays",
            Self::Holding => "holding",
            Self::HoldingSawtooth => "holding, under a sawtooth",
            Self::PerWork => "per work item",
            Self::SlowStart => "begins after a day",
            Self::Staircase => "staircase of 7 MB",
            Self::HoldingWaveKnown => "under a daily wave, work known",
            Self::HoldingWaveUnknown => "under a daily wave, work unknown",
            Self::HoldingGrowingLoad => "under a load that grows, work known",
        }
    }

    fn saws(self) -> bool {
        matches!(self, Self::Sawtooth | Self::HoldingSawtooth)
    }

    fn waves(self) -> bool {
        matches!(
            self,
            Self::WaveKnown | Self::WaveUnknown | Self::HoldingWaveKnown | Self::HoldingWaveUnknown
        )
    }

    fn grows(self) -> bool {
        matches!(self, Self::GrowingLoad | Self::HoldingGrowingLoad)
    }

    fn work_is_known(self) -> bool {
        !matches!(self, Self::WaveUnknown | Self::HoldingWaveUnknown)
    }
}

/// One account of one seed, second by second its own past.
pub(crate) struct World {
    shape: Shape,
    traits: Traits,
    rng: StdRng,
    at: f64,
    generation: u64,
    began: f64,
    leaked: f64,
    next_stair: f64,
    drift: f64,
    work: f64,
    burst: Burst,
}

/// What is drawn once for a seed.
struct Traits {
    base: f64,
    jitter: f64,
    drift: f64,
    fragmentation: f64,
    /// Bytes a second.
    rate: f64,
    saw: (f64, f64),
    plateau: (f64, f64),
    step: (f64, f64),
    bursts_a_day: f64,
    wave: Wave,
    growing: f64,
    cache: Cache,
    work: f64,
}

struct Wave {
    height: f64,
    sharpness: f64,
    phase: f64,
    weekday: u64,
    days: [f64; 16],
}

struct Cache {
    capacity: f64,
    fill: f64,
    even: bool,
}

#[derive(Default)]
struct Burst {
    height: f64,
    until: f64,
}

impl World {
    /// An account that leaks `rate` MB (10^6 bytes) an hour if the shape is a leak.
    pub(crate) fn new(shape: Shape, rate: f64, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ shape as u64);
        let traits = Traits::draw(&mut rng, rate);
        let mut world = Self {
            shape,
            traits,
            rng,
            at: 0.0,
            generation: 1,
            began: 0.0,
            leaked: 0.0,
            next_stair: 0.0,
            drift: 0.0,
            work: 0.0,
            burst: Burst::default(),
        };
        world.next_stair = world.stair();
        world
    }

    /// Bytes that have leaked in this generation.
    pub(crate) fn leaked(&self) -> f64 {
        self.leaked
    }

    /// Seconds since the beginning of the simulation.
    pub(crate) fn now(&self) -> f64 {
        self.at
    }

    /// Second at which the leak begins.
    pub(crate) fn leak_begins(&self) -> f64 {
        if self.shape == Shape::SlowStart { DAY } else { 0.0 }
    }

    /// The account is restarted: caches and leaks are gone, the time of day is not.
    pub(crate) fn restart(&mut self) {
        self.generation += 1;
        self.began = self.at;
        self.leaked = 0.0;
        self.work = 0.0;
        self.next_stair = self.at + self.stair();
    }

    /// The sample of the next tick.
    pub(crate) fn tick(&mut self) -> Sample {
        let seconds = TICK_MS as f64 / 1000.0;
        self.at += seconds;
        let load = match self.shape {
            // From a fifth to the whole within the days of `growing`, with some of the day's wave on it.
            shape if shape.grows() => {
                (0.2 + 0.8 * self.at / self.traits.growing).min(1.0) * (0.8 + 0.2 * self.load())
            }
            shape if shape.waves() || shape == Shape::PerWork => self.load(),
            _ => 1.0,
        };
        let done = self.traits.work * load * seconds * (0.6 + 0.8 * self.rng.random::<f64>());
        self.work += done;
        self.leak(done, seconds);
        // An autoregressive drift with a memory of two hours, and the transient allocations of the moment.
        let shock = self.rng.random::<f64>() + self.rng.random::<f64>() + self.rng.random::<f64>() - 1.5;
        self.drift += -self.drift * seconds / (2.0 * HOUR) + shock * (8.0 * seconds / (2.0 * HOUR)).sqrt();
        let jitter = self.rng.random::<f64>().powi(2) * self.traits.jitter;
        let steady = self.traits.base + self.drift * self.traits.drift + jitter;
        let allocated = (steady + self.leaked + self.shape_bytes(load)).max(0.0);
        let resident = allocated * (1.0 + self.traits.fragmentation) + 0.5 * MIB;
        Sample {
            at_ms: (self.at * 1000.0) as i64,
            generation: self.generation,
            allocated: allocated as u64,
            resident: resident as u64,
            work: self.shape.work_is_known().then_some(self.work as u64),
        }
    }

    fn leak(&mut self, done: f64, seconds: f64) {
        let rate = self.traits.rate;
        match self.shape {
            // A message leaks what makes the rate while the load is half of its peak.
            Shape::PerWork => self.leaked += rate * done / (self.traits.work * 0.5),
            Shape::Staircase if self.at >= self.next_stair => {
                self.leaked += 7e6;
                self.next_stair = self.at + self.stair();
            }
            Shape::SlowStart if self.at < self.leak_begins() => {}
            Shape::Holding
            | Shape::HoldingSawtooth
            | Shape::SlowStart
            | Shape::HoldingWaveKnown
            | Shape::HoldingWaveUnknown
            | Shape::HoldingGrowingLoad => {
                self.leaked += rate * seconds * 2.0 * self.rng.random::<f64>();
            }
            _ => {}
        }
    }

    /// Seconds to the next stair, a fifth more or less than what makes the rate.
    fn stair(&mut self) -> f64 {
        7e6 / self.traits.rate.max(1.0) * self.rng.random_range(0.8..1.2)
    }

    /// What the shape adds to the base.
    fn shape_bytes(&mut self, load: f64) -> f64 {
        let age = self.at - self.began;
        let traits = &self.traits;
        match self.shape {
            shape if shape.saws() => traits.saw.0 * (self.at / traits.saw.1).fract(),
            shape if shape.waves() || shape.grows() => traits.wave.height * load,
            Shape::WarmUp => traits.plateau.0 * (1.0 - (-age / traits.plateau.1).exp()),
            Shape::Step if self.at >= traits.step.1 => traits.step.0,
            Shape::Bursts => self.burst(),
            Shape::Cache if traits.cache.even => {
                traits.cache.capacity * (age / (2.0 * traits.cache.fill)).min(1.0)
            }
            Shape::Cache => traits.cache.capacity * (1.0 - (-age / traits.cache.fill).exp()),
            _ => 0.0,
        }
    }

    fn burst(&mut self) -> f64 {
        if self.at < self.burst.until {
            return self.burst.height;
        }
        if self.rng.random::<f64>() < self.traits.bursts_a_day * TICK_MS as f64 / 1000.0 / DAY {
            let length = self.rng.random_range(1.0..40.0) * MINUTE;
            self.burst = Burst { height: self.rng.random_range(4.0..48.0) * MIB, until: self.at + length };
        }
        0.0
    }

    /// Load of this time of day, 0 to 1.15; half of it at the weekend.
    fn load(&self) -> f64 {
        let wave = &self.traits.wave;
        // Days begin at the trough, where one day's height can follow another's without a jump.
        let days = self.at / DAY + wave.phase;
        let day = days as u64;
        let weekend = if (day + wave.weekday) % 7 >= 5 { 0.5 } else { 1.0 };
        let of_day = 0.5 - 0.5 * (std::f64::consts::TAU * days).cos();
        weekend * wave.days[day as usize % wave.days.len()] * of_day.powf(wave.sharpness)
    }
}

impl Traits {
    fn draw(rng: &mut StdRng, rate: f64) -> Self {
        let base = 2.0 * 16f64.powf(rng.random()) * MIB;
        Self {
            base,
            jitter: base * rng.random_range(0.02..0.1),
            drift: base * rng.random_range(0.01..0.03),
            fragmentation: rng.random_range(0.03..0.12),
            rate: rate * 1e6 / HOUR,
            saw: (rng.random_range(1.0..16.0) * MIB, 0.5 * 80f64.powf(rng.random()) * MINUTE),
            plateau: (rng.random_range(4.0..40.0) * MIB, rng.random_range(2.0..40.0) * MINUTE),
            step: (rng.random_range(4.0..40.0) * MIB, rng.random_range(0.0..6.0) * DAY),
            bursts_a_day: rng.random_range(1.0..12.0),
            wave: Wave {
                height: rng.random_range(2.0..24.0) * MIB,
                sharpness: 4f64.powf(rng.random_range(-0.5..1.0)),
                phase: rng.random(),
                weekday: rng.random_range(0..7),
                days: std::array::from_fn(|_| rng.random_range(0.85..1.15)),
            },
            growing: rng.random_range(2.0..6.0) * DAY,
            cache: Cache {
                capacity: rng.random_range(4.0..40.0) * MIB,
                fill: rng.random_range(0.5..4.0) * HOUR,
                even: rng.random(),
            },
            work: rng.random_range(0.2..2.0),
        }
    }
}
