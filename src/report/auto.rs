//! The `AutoReport` actor: asks for a report when one is due, tries again within the due window, drops the receipt.
//!
//! When a report is due, whether it is still worth writing and what follows a failure is decided in
//! [`schedule`](super::schedule). Here is the waiting and the asking.

use std::rc::Rc;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context, Handler, WrapFuture};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::messages::{Attempt, AutoReportStatus, BuildError, BuildReport, ObserveSchedule, Progress};
use super::schedule::{AfterFailure, Schedule, Timing, after_failure, decide};
use crate::clock::Clock;
use crate::config::ReportConfig;
use crate::persistence::archive::Archive;
use crate::supervision::link::Recipient;

/// The actor. See the module's documentation.
pub struct AutoReport {
    planner: Rc<Planner>,
}

struct Planner {
    schedule: Schedule,
    builder: Recipient<BuildReport>,
    archive: Archive,
    config: ReportConfig,
    clock: Clock,
    status: watch::Sender<AutoReportStatus>,
}

impl AutoReport {
    /// A scheduler that asks `builder`; `archive` tells which due time has its report already.
    pub fn new(
        schedule: Schedule,
        builder: Recipient<BuildReport>,
        archive: Archive,
        config: ReportConfig,
        clock: Clock,
    ) -> Self {
        let status = AutoReportStatus { next_due: None, reports: 0, failures_in_a_row: 0, last: None };
        let status = watch::Sender::new(status);
        Self { planner: Rc::new(Planner { schedule, builder, archive, config, clock, status }) }
    }
}

impl Planner {
    async fn run(self: Rc<Self>) {
        let mut due = self.schedule.first_due(self.clock.now(), self.config.tolerance, self.latest().await);
        loop {
            self.status.send_modify(|status| status.next_due = Some(due));
            log::info!(due:%; "the next report of edition {} is due at {due:.0}", self.config.edition);
            self.clock.sleep_until(due).await;
            due = match decide(due, self.clock.now(), self.config.tolerance) {
                // The clock was set back while this slept.
                Timing::Early(_) => due,
                Timing::Due => {
                    self.attempt(due).await;
                    self.schedule.next_due(due)
                }
                Timing::Missed(by) => {
                    self.missed(due, by);
                    self.schedule.first_due(self.clock.now(), self.config.tolerance, self.latest().await)
                }
            };
        }
    }

    /// When the newest report was begun, whoever asked for it.
    async fn latest(&self) -> Option<Timestamp> {
        let archive = self.archive.clone();
        let latest = tokio::task::spawn_blocking(move || archive.latest()).await;
        match latest {
            Ok(Ok(report)) => report.map(|report| report.created_at),
            Ok(Err(error)) => {
                log::warn!("the newest report is not known, so that one may be written twice: {error}");
                None
            }
            Err(_) => None,
        }
    }

    fn missed(&self, due: Timestamp, by: Duration) {
        let (edition, missed_by_s) = (&self.config.edition, by.as_secs());
        log::warn!(due:%, missed_by_s; "the report of edition {edition} due at {due:.0} is skipped: missed by {missed_by_s} s");
    }

    /// Whether the due time has its report already: another attempt at it, or somebody else, may have written it.
    async fn is_answered(&self, due: Timestamp) -> bool {
        let tolerance = SignedDuration::try_from(self.config.tolerance).unwrap_or(SignedDuration::MAX);
        let window_begins = due.checked_sub(tolerance).unwrap_or(Timestamp::MIN);
        self.latest().await.is_some_and(|begun| begun >= window_begins)
    }

    async fn attempt(&self, due: Timestamp) {
        let edition = &self.config.edition;
        let mut attempt = 1;
        while !self.is_answered(due).await {
            let request = BuildReport { edition: edition.clone(), progress: Progress::default() };
            let failure = match self.builder.send(request).await {
                Ok(Ok(report)) => return self.succeeded(due, attempt, report.id),
                // Somebody else's report may be the one that is due; an attempt was not made.
                Ok(Err(BuildError::Busy)) if self.in_window(due) => {
                    self.clock.sleep(self.config.retry_after).await;
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            let now = self.clock.now();
            self.status.send_modify(|status| {
                status.failures_in_a_row += 1;
                status.last =
                    Some(Attempt { due, ended: now, report_id: None, error: Some(failure.clone()) });
            });
            let config = &self.config;
            match after_failure(attempt, config.max_attempts, now, due, config.tolerance, config.retry_after)
            {
                AfterFailure::RetryAt(at) => {
                    log::warn!(attempt, due:%; "attempt {attempt} at the report of edition {edition} failed, the next one follows at {at:.0}: {failure}");
                    self.clock.sleep_until(at).await;
                }
                AfterFailure::GiveUp(reason) => {
                    log::error!(attempt, due:%; "no report of edition {edition} for the due time {due:.0}: {reason}; the last failure: {failure}");
                    return;
                }
            }
            attempt += 1;
        }
        log::info!(due:%; "the report of edition {edition} due at {due:.0} is there already");
    }

    fn in_window(&self, due: Timestamp) -> bool {
        matches!(decide(due, self.clock.now(), self.config.tolerance), Timing::Due)
    }

    fn succeeded(&self, due: Timestamp, attempt: u32, report: i32) {
        self.status.send_modify(|status| {
            status.reports += 1;
            status.failures_in_a_row = 0;
            let ended = self.clock.now();
            status.last = Some(Attempt { due, ended, report_id: Some(report), error: None });
        });
        log::info!(report, attempt, due:%; "report {report} answers the due time {due:.0}");
    }
}

impl Actor for AutoReport {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.spawn(Rc::clone(&self.planner).run().into_actor(self));
    }
}

impl Handler<ObserveSchedule> for AutoReport {
    type Result = AutoReportStatus;

    fn handle(&mut self, _: ObserveSchedule, _: &mut Self::Context) -> Self::Result {
        self.planner.status.borrow().clone()
    }
}
