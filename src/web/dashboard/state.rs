//! The head of the page: how the daemon is, what it does next; and the newest reports.

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;

use super::super::face::Face;
use super::super::problem::Problem;
use super::super::survey;
use super::asked::Asked;
use crate::memory::bytes::size;
use crate::report::listing::{Listing, ListingView};

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
    warnings: Vec<String>,
    dry_run: bool,
}

pub(super) async fn head(face: &web::Data<Face>, asked: Asked) -> Result<Head, Problem> {
    let locale = asked.locale(face);
    let course = survey::course(face, &face.supervisor.status().await).await;
    let now = course.now;
    let memory = face.memory.status();
    let process = survey::process(face, memory.as_ref(), now);
    let snapshot = face.store.latest().await.ok().flatten();
    Ok(Head {
        state: course.state.as_str(),
        fault: course.fault,
        now: Moment { text: with_seconds(face, asked, now), ..Moment::day(asked, face, now) },
        zone: locale.offset(now),
        uptime: locale.age(course.begun, now).map_err(Problem::internal)?,
        refreshed: snapshot.map(|snapshot| Moment::time(face, snapshot.taken_at)),
        next_refresh: Moment::time(face, course.next_refresh),
        next_report: course.next_report.map(|due| Moment::day(asked, face, due)),
        rss: process.rss.map(size),
        rss_range: process.low.zip(process.high).map(|(low, high)| [size(low), size(high)]),
        warnings: process.warnings,
        dry_run: process.dry_run,
    })
}

fn with_seconds(face: &Face, asked: Asked, at: Timestamp) -> String {
    let seconds = at.to_zoned_datetime(face.zone.clone()).strftime(":%S").to_string();
    asked.locale(face).date_time(at) + &seconds
}

/// The newest reports, as the list of all of them shows them.
pub(super) async fn reports(face: &web::Data<Face>, asked: Asked) -> ListingView {
    let reports = face.dashboard.shelf().reports().await.newest;
    let newest = &reports[..reports.len().min(REPORTS)];
    Listing { reports: newest, older: None, zone: &face.zone }.view(asked.language)
}
