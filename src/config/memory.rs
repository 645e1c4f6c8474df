//! How memory is measured and judged, and what is done about growth.

use std::collections::BTreeMap;
use std::time::Duration;

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};

/// The daemon's actors, each an account whose limits can be configured.
pub const ACTORS: [&str; 5] =
    ["persistence", "market-indices", "report-builder", "auto-report", "memory-monitor"];

/// The memory monitor. All durations are of the daemon's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemoryConfig {
    /// Time from one measurement to the next (`memory.sample_every`; default 10 s).
    #[serde(with = "super::duration")]
    pub sample_every: Duration,
    /// Decide and record, but do nothing (`memory.dry_run`; default false).
    pub dry_run: bool,
    /// A generation is not judged by its trend before it is this old (`memory.warm_up`; default 30 min).
    #[serde(with = "super::duration")]
    pub warm_up: Duration,
    /// The stretch of time of which the lowest reading counts (`memory.bucket`; default 10 min); at least as long as
    /// a child's longest cycle of work.
    #[serde(with = "super::duration")]
    pub bucket: Duration,
    /// The short stretch of time over which growth is judged (`memory.window`; default 3 h); 12 buckets at least. It makes
    /// a case where the soft limit is near; slower growth has to be proven over eight times as long.
    #[serde(with = "super::duration")]
    pub window: Duration,
    /// Growth over the window that is too little to matter (`memory.growth`; default 1 MiB).
    #[serde(with = "super::size")]
    pub growth: ByteSize,
    /// The same as a share of the baseline, in percent (`memory.growth_percent`; default 20). The larger one counts.
    pub growth_percent: u32,
    /// Readings above the soft limit, of the last `strikes_of`, that make a case (`memory.strikes`; default 6).
    pub strikes: u32,
    /// See `strikes` (`memory.strikes_of`; default 10).
    pub strikes_of: u32,
    /// Restarts of one child because of its memory within `budget_window` (`memory.restarts`; default 3).
    pub restarts: u32,
    /// How long a restart because of memory is remembered (`memory.budget_window`; default 6 h).
    #[serde(with = "super::duration")]
    pub budget_window: Duration,
    /// Other children that are restarted when the one whose account grew was restarted in vain
    /// (`memory.suspects`; default 1).
    pub suspects: u32,
    /// An action waits up to this long, at random, so that many daemons do not act at once (`memory.jitter`;
    /// default 30 s).
    #[serde(with = "super::duration")]
    pub jitter: Duration,
    /// What is done when no restart helps (`memory.on_exhausted`; default replace).
    pub on_exhausted: OnExhausted,
    /// Replacements of the process, or ends for a service manager's sake, within 24 h
    /// (`memory.replacements_per_day`; default 2).
    pub replacements_per_day: u32,
    /// Decision records that are kept (`memory.records`; default 500).
    pub records: u32,
    /// Size of the file of recorded samples, for `evenkeel memory replay` (`memory.samples`; default 8 MiB; 0 B
    /// records none).
    #[serde(with = "super::size")]
    pub samples: ByteSize,
    /// Limits of the whole process (`memory.process.soft`, `memory.process.hard`).
    pub process: LimitsConfig,
    /// Limits of single children by name, for example `memory.limits.report-builder.soft`.
    pub limits: BTreeMap<String, LimitsConfig>,
}

/// Limits of one account's resident memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Exceeded again and again, it makes a case; without it, it follows from the measured baseline.
    #[serde(with = "super::size::optional", skip_serializing_if = "Option::is_none")]
    pub soft: Option<ByteSize>,
    /// Exceeded once, it makes a case at once; none without it, but for a process in a control group that has a limit.
    #[serde(with = "super::size::optional", skip_serializing_if = "Option::is_none")]
    pub hard: Option<ByteSize>,
}

/// What is done when no restart of a child helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExhausted {
    /// The process replaces itself: same PID, same sockets.
    Replace,
    /// The process ends with an exit code of its own, for a service manager that starts it again.
    Exit,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Self {
            sample_every: Duration::from_secs(10),
            dry_run: false,
            warm_up: minutes(30),
            bucket: minutes(10),
            window: minutes(180),
            growth: ByteSize::mib(1),
            growth_percent: 20,
            strikes: 6,
            strikes_of: 10,
            restarts: 3,
            budget_window: minutes(360),
            suspects: 1,
            jitter: Duration::from_secs(30),
            on_exhausted: OnExhausted::Replace,
            replacements_per_day: 2,
            records: 500,
            samples: ByteSize::mib(8),
            process: LimitsConfig::default(),
            limits: BTreeMap::new(),
        }
    }
}
