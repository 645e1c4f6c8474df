//! How children are restarted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits of the supervisor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SupervisionConfig {
    /// A child that does not answer a probe within this, in real time, is replaced
    /// (`supervision.answer_within`; default 30 s); more than `database.lock_wait`.
    #[serde(with = "super::duration")]
    pub answer_within: Duration,
    /// How long the whole program may take to end, in real time (`supervision.drain_within`; default 20 s).
    #[serde(with = "super::duration")]
    pub drain_within: Duration,
    /// Crashes within `crash_window` after which the supervisor gives up (`supervision.crash_budget`; default 5).
    pub crash_budget: u32,
    /// The window of `crash_budget`, in real time (`supervision.crash_window`; default 10 min).
    #[serde(with = "super::duration")]
    pub crash_window: Duration,
    /// Pause before the first restart, doubled with every further crash (`supervision.backoff_first`; default 200 ms).
    #[serde(with = "super::duration")]
    pub backoff_first: Duration,
    /// The longest pause (`supervision.backoff_max`; default 30 s).
    #[serde(with = "super::duration")]
    pub backoff_max: Duration,
}

impl Default for SupervisionConfig {
    fn default() -> Self {
        Self {
            answer_within: Duration::from_secs(30),
            drain_within: Duration::from_secs(20),
            crash_budget: 5,
            crash_window: Duration::from_secs(600),
            backoff_first: Duration::from_millis(200),
            backoff_max: Duration::from_secs(30),
        }
    }
}
