//! When a report is due, whether it is still worth writing, and what follows a failure: pure functions of values.
//!
//! No clock and no I/O here. Due times depend on the schedule alone, never on when the daemon was started, so that a
//! restart changes none of them.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::config::ReportConfig;

/// Intervals are counted from the midnight that begins this day, in the schedule's zone: a Monday, so that an
/// interval of a week means Mondays.
const ANCHOR: Date = jiff::civil::date(2024, 1, 1);
const NANOS_OF_SECOND: i128 = 1_000_000_000;

/// When reports are due.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule(Plan);

#[derive(Debug, Clone, PartialEq)]
enum Plan {
    Every {
        every: Duration,
        anchor: Timestamp,
    },
    /// `times` is sorted and not empty.
    At {
        times: Vec<Time>,
        zone: TimeZone,
    },
}

/// A schedule that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// `report.zone` is not a time zone.
    #[error("report.zone = \"{0}\": write the IANA name of a time zone, for example Asia/Ho_Chi_Minh")]
    UnknownZone(String),
}

/// What a due time means at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Too early; the due time is this far ahead.
    Early(Duration),
    /// Within the tolerance of the due time, before or after it.
    Due,
    /// The due time passed this long ago: skip it, say so, and go on with [`Schedule::first_due`].
    Missed(Duration),
}

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try again at this time, which is within the due window.
    RetryAt(Timestamp),
    /// Wait for the next due time.
    GiveUp(GiveUpReason),
}

/// Why no further attempt is made for a due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GiveUpReason {
    /// All attempts of the window failed.
    #[error("attempts failed: {0}")]
    AttemptsUsed(u32),
    /// The next attempt would begin after the due window.
    #[error("the next attempt would begin {} s after the due window", .0.as_secs())]
    WindowClosed(Duration),
}

impl Schedule {
    /// The schedule of the configuration: its `times` if there are any, else its interval.
    pub fn from_config(config: &ReportConfig) -> Result<Self, ScheduleError> {
        let zone =
            TimeZone::get(&config.zone).map_err(|_| ScheduleError::UnknownZone(config.zone.clone()))?;
        Ok(Self::at(&config.times, &zone).unwrap_or_else(|| Self::every(config.every, &zone)))
    }

    /// Every `every` (at least 1 s), counted from midnight of 1 January 2024 in `zone`.
    ///
    /// The interval is time that passes, not time on the wall: it is the same on days of 23 and 25 hours. 3 h means
    /// 00:00, 03:00, 06:00 … where clocks are never changed, and an hour later while daylight saving is in force.
    pub fn every(every: Duration, zone: &TimeZone) -> Self {
        let midnight = ANCHOR.at(0, 0, 0, 0);
        let anchor = zone.to_timestamp(midnight).unwrap_or(Timestamp::UNIX_EPOCH);
        Self(Plan::Every { every: every.max(Duration::from_secs(1)), anchor })
    }

    /// Every day at `times` on the wall of `zone`; none if `times` is empty.
    ///
    /// A time that does not exist, because clocks are set forward over it, is due as much later as they are set
    /// forward. A time that exists twice is due the first time only. Two times that meet are due once.
    pub fn at(times: &[Time], zone: &TimeZone) -> Option<Self> {
        if times.is_empty() {
            return None;
        }
        let mut times = times.to_vec();
        times.sort_unstable();
        times.dedup();
        Some(Self(Plan::At { times, zone: zone.clone() }))
    }

    /// The first due time after `after`, never `after` itself.
    ///
    /// The scheduler asks with the due time that it has just dealt with, not with the time at which it finished, and
    /// at start with [`Schedule::first_due`]. At the end of what a [`Timestamp`] can hold there is no next time and
    /// [`Timestamp::MAX`] is returned.
    pub fn next_due(&self, after: Timestamp) -> Timestamp {
        match &self.0 {
            Plan::Every { every, anchor } => next_multiple(*every, *anchor, after),
            Plan::At { times, zone } => next_time(times, zone, after),
        }
        .unwrap_or(Timestamp::MAX)
    }

    /// The due time to begin with at start, given when the latest report was begun or committed, if there is one.
    ///
    /// A due time that passed less than `tolerance` ago is still good, unless its report has been begun already: a
    /// restart within the window neither skips a report nor writes it twice.
    pub fn first_due(&self, now: Timestamp, tolerance: Duration, latest: Option<Timestamp>) -> Timestamp {
        let just_before_window = shifted(now, -signed(tolerance) - SignedDuration::from_nanos(1));
        let due = self.next_due(just_before_window);
        let covered = latest.is_some_and(|begun| begun >= shifted(due, -signed(tolerance)));
        if covered { self.next_due(due) } else { due }
    }
}

/// The next `anchor + n * every`, `n` being any whole number.
fn next_multiple(every: Duration, anchor: Timestamp, after: Timestamp) -> Option<Timestamp> {
    let every_ns = i128::from(every.as_secs()) * NANOS_OF_SECOND + i128::from(every.subsec_nanos());
    let passed = after.as_nanosecond() - anchor.as_nanosecond();
    let number = passed.div_euclid(every_ns) + 1;
    let next = number.checked_mul(every_ns)?.checked_add(anchor.as_nanosecond())?;
    Timestamp::from_nanosecond(next).ok()
}

/// The earliest of the times of the days around `after` that is later than it.
fn next_time(times: &[Time], zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let today = after.to_zoned_datetime(zone.clone()).date();
    // A time that is moved forward may end on the next day, and a zone that moves over the date line leaves out a
    // day: the next due time need not belong to today or tomorrow.
    let yesterday = today.yesterday().unwrap_or(today);
    let days = yesterday.series(jiff::Span::new().days(1)).take(4);
    days.flat_map(|day| times.iter().map(move |time| day.to_datetime(*time)))
        // jiff's "compatible" reading: forward over a gap, the earlier of two.
        .filter_map(|datetime| zone.to_timestamp(datetime).ok())
        .filter(|due| *due > after)
        .min()
}

/// Judges a due time at `now`.
///
/// The scheduler sleeps until the due time before it asks. [`Timing::Due`] before the due time is for a machine whose
/// clock was set back meanwhile, by less than `tolerance`.
pub fn decide(due: Timestamp, now: Timestamp, tolerance: Duration) -> Timing {
    let late = now.duration_since(due);
    let off = late.unsigned_abs();
    if off <= tolerance {
        Timing::Due
    } else if late.is_negative() {
        Timing::Early(off)
    } else {
        Timing::Missed(off)
    }
}

/// What follows when attempt number `attempt` (from 1) for the report that was due at `due` failed at `now`.
///
/// The pause is `retry_after`, doubled with every further attempt. An attempt begins within `tolerance` of the due
/// time or not at all; after `max_attempts` of them the scheduler waits for the next due time.
pub fn after_failure(
    attempt: u32,
    max_attempts: u32,
    now: Timestamp,
    due: Timestamp,
    tolerance: Duration,
    retry_after: Duration,
) -> AfterFailure {
    if attempt >= max_attempts {
        return AfterFailure::GiveUp(GiveUpReason::AttemptsUsed(attempt));
    }
    let doubled = 2u32.saturating_pow(attempt.saturating_sub(1));
    let retry_at = shifted(now, signed(retry_after.saturating_mul(doubled)));
    let window_ends = shifted(due, signed(tolerance));
    if retry_at > window_ends {
        let late = retry_at.duration_since(window_ends).unsigned_abs();
        return AfterFailure::GiveUp(GiveUpReason::WindowClosed(late));
    }
    AfterFailure::RetryAt(retry_at)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// `time + by`, held within what a [`Timestamp`] can be.
fn shifted(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests;
