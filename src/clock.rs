//! The only source of wall-clock time.
//!
//! Everything that asks what time it is, or waits until some time, holds a [`Clock`] that was handed to it. A demo
//! hands out one that runs sixty times faster, a test hands out one that stands still; `clippy.toml` bans every
//! other way to read the time. Limits on the network and on threads are physical and therefore not scaled: they use
//! `tokio::time::timeout` directly.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

mod stepped;

pub use stepped::Hand;
use stepped::Steps;

/// The longest uninterrupted sleep towards a wall-clock time: after it the clock is read again, so that a suspended
/// or corrected machine is late by this much at most.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// A cloneable source of time.
///
/// ```
/// use evenkeel::clock::Clock;
///
/// let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 60.0);
/// assert!(clock.now() >= "2026-03-02T02:00:00Z".parse().unwrap());
/// ```
#[derive(Debug, Clone)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    /// `start` plus `speed` times the monotonic time since `anchor`.
    Scaled {
        start: Timestamp,
        anchor: tokio::time::Instant,
        speed: f64,
    },
    /// What its hand has set it to.
    Stepped(Arc<Steps>),
}

/// A point of monotonic, real time; see [`Clock::stopwatch`].
///
/// ```
/// use evenkeel::clock::{Clock, Stopwatch};
///
/// let since: Stopwatch = Clock::system().stopwatch();
/// assert!(since.elapsed_ms() < 60_000);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(tokio::time::Instant);

impl Stopwatch {
    /// Starts measuring real time.
    #[allow(clippy::disallowed_methods, reason = "this module is the one place that reads the time")]
    pub fn start() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// Real time since the stopwatch was started.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// [`Stopwatch::elapsed`] in whole milliseconds, the unit of the logs.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that stands at `start` now and runs `speed` times as fast as the machine's monotonic clock.
    ///
    /// It follows `tokio::time::pause`, which makes it the clock of the tests as well.
    ///
    /// `speed` is clamped to 0.001 … 1,000,000.
    #[allow(clippy::disallowed_methods, reason = "this module is the one place that reads the time")]
    pub fn scaled(start: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() { speed.clamp(0.001, 1_000_000.0) } else { 1.0 };
        Self(Arc::new(Source::Scaled { start, anchor: tokio::time::Instant::now(), speed }))
    }

    /// A clock that stands at `start` until its hand sets it forward; whoever sleeps on it sleeps until then.
    pub fn stepped(start: Timestamp) -> (Self, Hand) {
        let steps = Arc::new(Steps::new(start));
        (Self(Arc::new(Source::Stepped(Arc::clone(&steps)))), Hand(steps))
    }

    /// The time now.
    #[allow(clippy::disallowed_methods, reason = "this module is the one place that reads the time")]
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Source::System => Timestamp::now(),
            Source::Scaled { start, anchor, speed } => {
                let elapsed = SignedDuration::from_secs_f64(anchor.elapsed().as_secs_f64() * speed);
                start.saturating_add(elapsed).unwrap_or(*start)
            }
            Source::Stepped(steps) => steps.now(),
        }
    }

    /// How many times faster than real time this clock runs; infinitely when it is set by hand.
    pub fn speed(&self) -> f64 {
        match &*self.0 {
            Source::System => 1.0,
            Source::Scaled { speed, .. } => *speed,
            Source::Stepped(_) => f64::INFINITY,
        }
    }

    /// The real time that `duration` of this clock takes; none when it is set by hand.
    pub fn real(&self, duration: Duration) -> Duration {
        match &*self.0 {
            Source::System => duration,
            Source::Scaled { speed, .. } => {
                Duration::try_from_secs_f64(duration.as_secs_f64() / speed).unwrap_or(Duration::MAX)
            }
            Source::Stepped(_) => Duration::ZERO,
        }
    }

    /// Starts measuring real time.
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch::start()
    }

    /// Sleeps for `duration` of this clock.
    pub async fn sleep(&self, duration: Duration) {
        match &*self.0 {
            Source::System | Source::Scaled { .. } => tokio::time::sleep(self.real(duration)).await,
            Source::Stepped(steps) => {
                let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
                steps.sleep_until(steps.now().saturating_add(duration).unwrap_or(Timestamp::MAX)).await;
            }
        }
    }

    /// Sleeps until this clock shows `deadline` or later.
    pub async fn sleep_until(&self, deadline: Timestamp) {
        if let Source::Stepped(steps) = &*self.0 {
            return steps.sleep_until(deadline).await;
        }
        loop {
            let left = deadline.duration_since(self.now());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            // A timer has a resolution of 1 ms: without the extra one it would fire just before the deadline.
            let nap = self.real(left).min(LONGEST_NAP) + Duration::from_millis(1);
            tokio::time::sleep(nap).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-03-02T02:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_scaled_clock_runs_faster_than_the_timer_it_is_driven_by() {
        let clock = Clock::scaled(start(), 60.0);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(clock.now().duration_since(start()).as_secs(), 180);
    }

    #[tokio::test(start_paused = true)]
    async fn sleeping_until_a_time_ends_at_or_after_it_and_never_before() {
        let clock = Clock::scaled(start(), 60.0);
        let deadline = start() + SignedDuration::from_mins(180);
        clock.sleep_until(deadline).await;
        let late = clock.now().duration_since(deadline);
        assert!(late >= SignedDuration::ZERO && late < SignedDuration::from_secs(1), "{late:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_in_the_past_does_not_sleep() {
        let clock = Clock::scaled(start(), 1.0);
        let stopwatch = clock.stopwatch();
        clock.sleep_until(start() - SignedDuration::from_secs(1)).await;
        assert_eq!(stopwatch.elapsed(), Duration::ZERO);
    }
}
