//! When a child that crashed is started again, as a pure function of its crashes.

use std::time::Duration;

use crate::config::SupervisionConfig;

/// The rule: exponential back-off with jitter, within a crash budget.
///
/// ```
/// use std::time::Duration;
///
/// use evenkeel::RestartPolicy;
///
/// // Tried again every minute at most, for as long as it takes.
/// let patient = RestartPolicy {
///     budget: u32::MAX,
///     backoff_max: Duration::from_secs(60),
///     ..RestartPolicy::default()
/// };
/// # assert_eq!(patient.backoff_first, Duration::from_millis(200));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RestartPolicy {
    /// Crashes within `window` that are forgiven; the one after them is not.
    pub budget: u32,
    /// How long a crash is remembered.
    pub window: Duration,
    /// The pause after the first crash of a window; doubled with every further one.
    pub backoff_first: Duration,
    /// The longest pause.
    pub backoff_max: Duration,
}

/// What follows a crash.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Start the next generation after this pause.
    RestartAfter(Duration),
    /// The budget is used up.
    GiveUp {
        /// Crashes within the window, the last one included.
        crashes: u32,
    },
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self::new(&SupervisionConfig::default())
    }
}

impl RestartPolicy {
    /// The rule that the configuration describes.
    pub fn new(config: &SupervisionConfig) -> Self {
        Self {
            budget: config.crash_budget,
            window: config.crash_window,
            backoff_first: config.backoff_first,
            backoff_max: config.backoff_max,
        }
    }

    /// Forgets the crashes that lie outside the window. `crashes` and `now` count from the same moment.
    #[doc(hidden)]
    pub fn forget(&self, crashes: &mut Vec<Duration>, now: Duration) {
        crashes.retain(|crash| now.saturating_sub(*crash) < self.window);
    }

    /// What follows the last of `crashes`, all of which lie within the window.
    ///
    /// `jitter` is a random number from 0 to 1: the pause is that share of a half longer than the back-off, so that
    /// children that fell together do not rise together.
    #[doc(hidden)]
    pub fn decide(&self, crashes: &[Duration], jitter: f64) -> Verdict {
        let count = u32::try_from(crashes.len()).unwrap_or(u32::MAX);
        if count > self.budget {
            return Verdict::GiveUp { crashes: count };
        }
        let doublings = count.saturating_sub(1).min(31);
        let backoff = self.backoff_first.saturating_mul(1 << doublings).min(self.backoff_max);
        Verdict::RestartAfter(backoff.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RestartPolicy {
        RestartPolicy {
            budget: 4,
            window: Duration::from_secs(600),
            backoff_first: Duration::from_millis(200),
            backoff_max: Duration::from_secs(1),
        }
    }

    fn seconds(seconds: &[u64]) -> Vec<Duration> {
        seconds.iter().copied().map(Duration::from_secs).collect()
    }

    #[test]
    fn the_pause_doubles_up_to_its_limit_and_then_the_supervisor_gives_up() {
        let after = |ms| Verdict::RestartAfter(Duration::from_millis(ms));
        let table = [
            (&[0][..], 0.0, after(200)),
            (&[0], 1.0, after(300)),
            (&[0, 1], 0.0, after(400)),
            (&[0, 1, 2], 0.0, after(800)),
            (&[0, 1, 2, 3], 0.0, after(1000)),
            (&[0, 1, 2, 3], 0.5, after(1250)),
            (&[0, 1, 2, 3, 4], 0.0, Verdict::GiveUp { crashes: 5 }),
        ];
        for (crashes, jitter, expected) in table {
            assert_eq!(policy().decide(&seconds(crashes), jitter), expected, "{crashes:?} {jitter}");
        }
    }

    #[test]
    fn a_crash_is_forgotten_when_its_window_is_over() {
        let mut crashes = seconds(&[0, 1, 500]);
        policy().forget(&mut crashes, Duration::from_secs(600));
        assert_eq!(crashes, seconds(&[1, 500]));
        assert_eq!(policy().decide(&crashes, 0.0), Verdict::RestartAfter(Duration::from_millis(400)));
    }

    #[test]
    fn a_budget_of_nothing_forgives_nothing() {
        let strict = RestartPolicy { budget: 0, ..policy() };
        assert_eq!(strict.decide(&seconds(&[0]), 0.0), Verdict::GiveUp { crashes: 1 });
    }
}
