//! A memory monitor that proves slow growth within seconds.

use std::time::Duration;

use bytesize::ByteSize;
use evenkeel::clock::Clock;
use evenkeel::config::{LimitsConfig, MemoryConfig};
use evenkeel::daemon::Daemon;

const MINUTE: Duration = Duration::from_secs(60);

/// A clock that runs so fast that 20 ms are the time between two measurements of [`watchful`].
pub fn fast() -> Clock {
    Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 1000.0)
}

/// Proves growth over 12 times 8 minutes of the clock's time, 5.8 s with [`fast`]. Limits, which follow from what was
/// measured unless they are configured, are out of reach: nothing but the proof can be what speaks.
pub fn watchful() -> MemoryConfig {
    let out_of_reach = LimitsConfig { soft: Some(ByteSize::gib(8)), hard: None };
    MemoryConfig {
        sample_every: Duration::from_secs(20),
        warm_up: 2 * MINUTE,
        bucket: MINUTE,
        window: 12 * MINUTE,
        jitter: Duration::ZERO,
        process: out_of_reach,
        limits: Daemon::ACTORS.iter().map(|name| ((*name).to_owned(), out_of_reach)).collect(),
        ..MemoryConfig::default()
    }
}
