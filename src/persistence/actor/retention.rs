//! How `Persistence` removes what is older than it is to be kept: once a day, by one of all replicas.
//!
//! The day's work is a due slot like any other. It is done in batches, each a message that the actor sends to itself
//! through its link, so that reports and points come in between. At start the day's work is done at once unless it is
//! done already: a machine that sleeps at night misses nothing.

use std::time::Duration;

use actix::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::Persistence;
use crate::clock::Clock;
use crate::config::KeepConfig;
use crate::persistence::messages::{RemoveOld, Removed};
use crate::persistence::turn::{Held, Turn, TurnError, Turns};
use crate::persistence::{PersistenceError, retention};
use crate::supervision::link::Link;

/// The job whose slots are the days.
const JOB: &str = "retention";

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Of the day in UTC: 3 o'clock at night in Vietnam.
const HOUR: SignedDuration = SignedDuration::from_hours(20);

/// How long a report that is being written is waited for at a time, in real time.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// When work that has failed is tried again, on the daemon's clock.
const RETRY_AFTER: Duration = Duration::from_secs(600);

/// What a [`Persistence`] needs to remove what is old.
pub struct Retention {
    /// How long what is kept.
    pub keep: KeepConfig,
    /// Whose work a day's is.
    pub turns: Turns,
    /// The actor's own link.
    pub me: Link<Persistence>,
    /// Tells ages and days.
    pub clock: Clock,
}

/// What a day's work has removed.
#[derive(Debug, Default)]
struct Sum {
    points: u64,
    reports: u64,
}

impl Retention {
    pub(super) async fn run(self) {
        if self.keep.history.limit().is_none() && self.keep.reports.limit().is_none() {
            return;
        }
        loop {
            let due = due_before(self.clock.now());
            let next = due.saturating_add(DAY).unwrap_or(Timestamp::MAX);
            let tried = match self.turns.take(JOB, due, next).await {
                Turn::Mine(held) => self.day(held).await,
                Turn::DoneElsewhere { .. } | Turn::HeldElsewhere { .. } => Ok(()),
                Turn::Unavailable(error) => Err(error),
            };
            match tried {
                Ok(()) => self.clock.sleep_until(next).await,
                Err(error) => {
                    log::warn!(event = "retention-failed", due:%; "what is older than it is to be kept is not removed, the next attempt follows in {} s: {error}", RETRY_AFTER.as_secs());
                    self.clock.sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    async fn day(&self, held: Held) -> Result<(), TurnError> {
        let now = self.clock.now();
        let before =
            |age: Duration| SignedDuration::try_from(age).ok().and_then(|age| now.checked_sub(age).ok());
        let points_before = self.keep.history.limit().and_then(before);
        let reports_before = self.keep.reports.limit().and_then(before);
        let (mut sum, stopwatch) = (Sum::default(), self.clock.stopwatch());
        loop {
            let slot = held.claim().clone();
            match self.me.send(RemoveOld { points_before, reports_before, slot }).await?? {
                Removed::Points(points) => sum.points += points,
                Removed::Report(_) => sum.reports += 1,
                Removed::Busy => tokio::time::sleep(BUSY_PAUSE).await,
                Removed::Done => break,
            }
        }
        let (Sum { points, reports }, duration_ms) = (sum, stopwatch.elapsed_ms());
        if points + reports > 0 {
            log::info!(event = "retention-done", points, reports, duration_ms;
                "removed what is older than it is to be kept: {points} history points (keep.history: {}) and {reports} reports (keep.reports: {}), {duration_ms} ms",
                self.keep.history, self.keep.reports);
        }
        held.finish().await.map(drop)
    }
}

/// The newest due time that is not after `now`.
fn due_before(now: Timestamp) -> Timestamp {
    let (day, hour) = (DAY.as_secs(), HOUR.as_secs());
    let passed = (now.as_second() - hour).rem_euclid(day);
    Timestamp::from_second(now.as_second() - passed).unwrap_or(now)
}

impl Persistence {
    /// Has the actor remove what is old, from when it is started.
    #[must_use]
    #[doc(hidden)]
    pub fn with_retention(mut self, retention: Retention) -> Self {
        self.retention = Some(retention);
        self
    }

    fn remove_old(&mut self, request: &RemoveOld) -> Result<Removed, PersistenceError> {
        if self.open.is_some() {
            return Ok(Removed::Busy);
        }
        self.extend_or_refuse(&request.slot)?;
        if let Some(cutoff) = request.points_before {
            let points = self.on_database(|database| {
                Ok(retention::remove_points(database.connection()?, cutoff, retention::POINTS_AT_ONCE)?)
            })?;
            if points > 0 {
                return Ok(Removed::Points(points));
            }
        }
        let Some(cutoff) = request.reports_before else { return Ok(Removed::Done) };
        let report =
            self.on_database(|database| Ok(retention::remove_report(database.connection()?, cutoff)?))?;
        Ok(report.map_or(Removed::Done, Removed::Report))
    }
}

impl Handler<RemoveOld> for Persistence {
    type Result = Result<Removed, PersistenceError>;

    fn handle(&mut self, message: RemoveOld, _: &mut Self::Context) -> Self::Result {
        self.remove_old(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_three_in_vietnam() {
        let table = [
            ("2026-03-02T19:59:59Z", "2026-03-01T20:00:00Z"),
            ("2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z"),
            ("2026-03-03T02:00:00Z", "2026-03-02T20:00:00Z"),
            ("1969-12-31T19:00:00Z", "1969-12-30T20:00:00Z"),
        ];
        for (now, due) in table {
            assert_eq!(due_before(now.parse().unwrap()), due.parse().unwrap(), "{now}");
        }
    }
}
