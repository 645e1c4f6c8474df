//! What was read from the database lately, for everybody who looks at a page.
//!
//! The list of reports is read once a second at most, and the course of the indices once a refresh. A database that
//! cannot be read now leaves what was known before; the log says why.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web;
use jiff::{SignedDuration, Timestamp};

use crate::clock::{Clock, Stopwatch};
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;
use crate::persistence::messages::StoredReport;
use crate::report::sparkline::{self, ROW};

/// How long a list of reports is good for, in real time.
const FRESH: Duration = Duration::from_secs(1);

/// Reports of the list: more than a week of them.
const REPORTS: u32 = 100;

/// The course of an index goes back this far.
const COURSE: SignedDuration = SignedDuration::from_hours(24);

/// Points of a course.
const POINTS: u32 = 96;

/// The shelf.
#[derive(Debug)]
pub(in crate::web) struct Shelf {
    archive: Archive,
    clock: Clock,
    reports: tokio::sync::Mutex<Option<(Stopwatch, Reports)>>,
    courses: tokio::sync::Mutex<Option<(Timestamp, Courses)>>,
    /// What went wrong last, so that it is said once.
    said: Mutex<String>,
}

/// The reports that are stored.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Reports {
    /// The newest of them, the newest first.
    pub(in crate::web) newest: Arc<[StoredReport]>,
    /// How many there are.
    pub(in crate::web) count: u64,
}

/// The line of each index that has one, by its name.
pub(super) type Courses = Arc<[(String, String)]>;

impl Shelf {
    pub(super) fn new(archive: Archive) -> Self {
        Self {
            archive,
            clock: Clock::system(),
            reports: tokio::sync::Mutex::default(),
            courses: tokio::sync::Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// The newest reports, and how many there are.
    pub(in crate::web) async fn reports(&self) -> Reports {
        let mut kept = self.reports.lock().await;
        let before = match &*kept {
            Some((read, reports)) if read.elapsed() < FRESH => return reports.clone(),
            Some((_, reports)) => reports.clone(),
            None => Reports::default(),
        };
        let archive = self.archive.clone();
        let read = move || {
            let newest: Arc<[StoredReport]> = archive.list(REPORTS, None)?.into();
            // A list that is not full has all of them.
            let full = newest.len() >= REPORTS as usize;
            let count = if full { archive.count()? } else { newest.len() as u64 };
            Ok(Reports { newest, count })
        };
        let reports = self.read(read).await.unwrap_or(before);
        *kept = Some((self.clock.stopwatch(), reports.clone()));
        reports
    }

    /// The courses of these indices over the last day, as of the snapshot taken at `taken_at`.
    pub(super) async fn courses(&self, names: Vec<String>, taken_at: Timestamp) -> Courses {
        let mut kept = self.courses.lock().await;
        let before = match &*kept {
            Some((of, courses)) if *of == taken_at => return Arc::clone(courses),
            Some((_, courses)) => Arc::clone(courses),
            None => Arc::default(),
        };
        let archive = self.archive.clone();
        let since = taken_at.saturating_sub(COURSE).unwrap_or(Timestamp::MIN);
        let read = move || {
            let mut courses = Vec::with_capacity(names.len());
            for name in names {
                let points = archive.series(&name, since, POINTS)?;
                let trace = sparkline::trace(points.into_iter().map(|(_, value)| value), None, ROW);
                courses.extend(trace.map(|trace| (name, trace.line)));
            }
            Ok(courses)
        };
        let courses = self.read(read).await.map_or(before, Into::into);
        *kept = Some((taken_at, Arc::clone(&courses)));
        courses
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, PersistenceError> + Send + 'static,
    ) -> Option<T> {
        let outcome = web::block(read).await.ok()?;
        let trouble = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !trouble.is_empty() && *said != trouble {
            log::warn!(event = "dashboard-stale"; "the dashboard shows what it read before: {trouble}");
        }
        *said = trouble;
        outcome.ok()
    }
}
