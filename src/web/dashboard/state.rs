//! The head of the page: how the daemon is, what it does next; and the newest reports.

use std::time::Duration;

use actix_web::web;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::super::face::Face;
use super::super::problem::Problem;
use super::asked::Asked;
use crate::memory::bytes::size;
use crate::memory::timeline::Range;
use crate::report::listing::{Listing, ListingView};
use crate::report::messages::ObserveSchedule;
use crate::supervision::status::SupervisorState;

/// Reports that the page lists.
const REPORTS: usize = 8;

/// A moment, for machines and for people.
#[derive(Debug, Serialize)]
pub(super) struct Moment {
    iso: String,
    text: String,
}

impl Moment {
    /// Day and time of day.
    pub(super) fn day(asked: Asked, face: &Face, at: Timestamp) -> Self {
        Self { iso: format!("{at:.0}"), text: asked.locale(face).date_time(at) }
    }

    /// Time of day, to the second.
    pub(super) fn time(face: &Face, at: Timestamp) -> Self {
        let local = at.to_zoned_datetime(face.zone.clone());
        Self { iso: format!("{at:.0}"), text: local.strftime("%H:%M:%S").to_string() }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Head {
    /// `supervising`, `gave-up`, `shutting-down` or `gone`.
    state: &'static str,
    /// Why it gave up.
    fault: Option<String>,
    now: Moment,
    zone: String,
    uptime: String,
    refreshed: Option<Moment>,
    next_refresh: Moment,
    /// Nothing where no report is scheduled.
    next_report: Option<Moment>,
    rss: Option<String>,
    /// The lowest and the highest resident set of 24 hours.
    rss_range: Option<[String; 2]>,
    warnings: Vec<&'static str>,
    dry_run: bool,
}

pub(super) async fn head(face: &web::Data<Face>, asked: Asked) -> Result<Head, Problem> {
    let (now, locale) = (face.clock.now(), asked.locale(face));
    let supervisor = face.supervisor.status().await;
    let state = match supervisor.as_ref().map(|status| status.state) {
        Ok(SupervisorState::Supervising) => "supervising",
        Ok(SupervisorState::GaveUp) => "gave-up",
        Ok(SupervisorState::ShuttingDown) => "shutting-down",
        Err(_) => "gone",
    };
    let begun = begun(face, now);
    let memory = face.memory.status();
    let next_due = match &face.schedule {
        Some(schedule) => schedule.send(ObserveSchedule).await.ok().and_then(|status| status.next_due),
        None => None,
    };
    let snapshot = face.store.latest().await.ok().flatten();
    Ok(Head {
        state,
        fault: face.supervisor.fault().map(|fault| format!("{} {}", fault.child, fault.root_cause)),
        now: Moment { text: with_seconds(face, asked, now), ..Moment::day(asked, face, now) },
        zone: locale.offset(now),
        uptime: locale.age(begun, now).map_err(Problem::internal)?,
        refreshed: snapshot.map(|snapshot| Moment::time(face, snapshot.taken_at)),
        next_refresh: Moment::time(face, next_multiple(now, face.refresh_every)),
        next_report: next_due.map(|due| Moment::day(asked, face, due)),
        rss: memory.as_ref().and_then(|memory| memory.process).map(|process| size(process.rss)),
        rss_range: rss_range(face, now),
        warnings: memory.as_ref().map(|memory| memory.instrument.warnings()).unwrap_or_default(),
        dry_run: memory.is_some_and(|memory| memory.dry_run),
    })
}

/// When the daemon was started, by its own clock, which may run faster than real time.
fn begun(face: &Face, now: Timestamp) -> Timestamp {
    let speed = Some(face.clock.speed()).filter(|speed| speed.is_finite()).unwrap_or(1.0);
    let elapsed = SignedDuration::from_secs_f64(face.opened.elapsed().as_secs_f64() * speed);
    now.saturating_sub(elapsed).unwrap_or(now)
}

fn with_seconds(face: &Face, asked: Asked, at: Timestamp) -> String {
    let seconds = at.to_zoned_datetime(face.zone.clone()).strftime(":%S").to_string();
    asked.locale(face).date_time(at) + &seconds
}

fn rss_range(face: &Face, now: Timestamp) -> Option<[String; 2]> {
    let day = face.memory.stretch(Range::Day, now);
    let low = day.points.iter().filter_map(|point| point.low).min()?;
    let high = day.points.iter().filter_map(|point| point.rss).max()?;
    Some([size(low), size(high)])
}

/// Refreshes lie at the multiples of their interval, counted from 1970.
fn next_multiple(now: Timestamp, every: Duration) -> Timestamp {
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
    let next = (now.as_millisecond().div_euclid(every) + 1).saturating_mul(every);
    Timestamp::from_millisecond(next).unwrap_or(Timestamp::MAX)
}

/// The newest reports, as the list of all of them shows them.
pub(super) async fn reports(face: &web::Data<Face>, asked: Asked) -> ListingView {
    let reports = face.dashboard.shelf().reports().await;
    let newest = &reports[..reports.len().min(REPORTS)];
    Listing { reports: newest, older: None, zone: &face.zone }.view(asked.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_refresh_lies_ahead() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let every = Duration::from_secs(180);
        assert_eq!(next_multiple(at("2026-03-02T02:00:00Z"), every), at("2026-03-02T02:03:00Z"));
        assert_eq!(next_multiple(at("2026-03-02T02:02:59Z"), every), at("2026-03-02T02:03:00Z"));
    }
}
