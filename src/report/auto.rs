//! The `AutoReport` actor: asks for a report when one is due, tries again within the due window, drops the receipt.
//!
//! When a report is due, whether it is still worth writing and what follows a failure is decided in
//! [`schedule`](super::schedule). Here is the waiting and the asking. Of all replicas with one database one asks for the
//! report of a due time: the one that holds its slot, from the first attempt until it is stored or given up.

use std::ops::ControlFlow;
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
use crate::persistence::turn::{Held, Turn, Turns};
use crate::supervision::recipient::Recipient;

/// The first pause of a report that waits for the database; doubled until it is as long as after a failure.
const OUTAGE_PAUSE: Duration = Duration::from_secs(2);

/// The shortest pause, whatever is configured.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// The actor. See the module's documentation.
pub struct AutoReport {
    /// One an edition; none waits for another.
    planners: Vec<Rc<Planner>>,
}

struct Planner {
    schedule: Schedule,
    builder: Recipient<BuildReport>,
    archive: Archive,
    turns: Turns,
    config: ReportConfig,
    clock: Clock,
    status: watch::Sender<AutoReportStatus>,
}

impl AutoReport {
    /// A scheduler that asks `builder` for each edition at its times; `archive` tells which due time has its report
    /// already, `turns` which is another replica's.
    pub fn new(
        editions: Vec<(Schedule, ReportConfig)>,
        builder: &Recipient<BuildReport>,
        archive: &Archive,
        turns: &Turns,
        clock: &Clock,
    ) -> Self {
        let planner = |(schedule, config)| {
            Rc::new(Planner {
                schedule,
                builder: builder.clone(),
                archive: archive.clone(),
                turns: turns.clone(),
                config,
                clock: clock.clone(),
                status: watch::Sender::default(),
            })
        };
        Self { planners: editions.into_iter().map(planner).collect() }
    }
}

impl Planner {
    async fn run(self: Rc<Self>) {
        let mut due = self.schedule.first_due(self.clock.now(), self.config.tolerance, self.latest().await);
        loop {
            self.status.send_modify(|status| status.next_due = Some(due));
            log::info!(event = "report-due", due:%; "the next report of edition {} is due at {due:.0}", self.config.edition);
            self.clock.sleep_until(due).await;
            due = match decide(due, self.clock.now(), self.config.tolerance) {
                // The clock was set back while this slept.
                Timing::Early(_) => due,
                Timing::Due => {
                    self.answer(due).await;
                    self.schedule.next_due(due)
                }
                Timing::Missed(by) => {
                    self.missed(due, by);
                    self.schedule.first_due(self.clock.now(), self.config.tolerance, self.latest().await)
                }
            };
        }
    }

    /// When the newest report of the edition was begun, whoever asked for it.
    async fn latest(&self) -> Option<Timestamp> {
        let (archive, edition) = (self.archive.clone(), self.config.edition.clone());
        let latest = tokio::task::spawn_blocking(move || archive.latest_of(&edition)).await;
        match latest {
            Ok(Ok(report)) => report.map(|report| report.created_at),
            Ok(Err(error)) => {
                log::warn!(event = "newest-report-unknown"; "the newest report is not known, so that one may be written twice: {error}");
                None
            }
            Err(_) => None,
        }
    }

    fn missed(&self, due: Timestamp, by: Duration) {
        let (edition, missed_by_s) = (&self.config.edition, by.as_secs());
        log::warn!(event = "report-skipped", due:%, missed_by_s; "the report of edition {edition} due at {due:.0} is skipped: missed by {missed_by_s} s");
    }

    /// Whether the due time has its report already: another attempt at it, or somebody else, may have written it.
    async fn is_answered(&self, due: Timestamp) -> bool {
        let window_begins = due.checked_sub(self.tolerance()).unwrap_or(Timestamp::MIN);
        self.latest().await.is_some_and(|begun| begun >= window_begins)
    }

    /// Sees to it that the due time gets its report, from this replica or from another.
    async fn answer(&self, due: Timestamp) {
        let edition = &self.config.edition;
        let job = format!("report:{edition}");
        let mut pause = OUTAGE_PAUSE;
        loop {
            let next = match self.turns.take(&job, due, self.window_ends(due)).await {
                Turn::Mine(held) => self.attempt(due, held).await,
                Turn::DoneElsewhere { holder } => {
                    log::info!(event = "report-done-elsewhere", due:%, holder = holder.as_str(); "the report of edition {edition} due at {due:.0} is done by another replica ({holder})");
                    return;
                }
                Turn::HeldElsewhere { holder } => {
                    log::warn!(event = "report-left-to-replica", due:%, holder = holder.as_str(); "the report of edition {edition} due at {due:.0} is left to another replica ({holder}), which is not done with it");
                    return;
                }
                Turn::Unavailable(error) => self.outlast(due, &mut pause, &error.to_string()).await,
            };
            if next.is_break() {
                return;
            }
        }
    }

    /// One attempt with the slot in hand; continues when the slot is to be claimed anew.
    async fn attempt(&self, due: Timestamp, mut held: Held) -> ControlFlow<()> {
        let (edition, attempt) = (&self.config.edition, held.attempt());
        if attempt > self.config.max_attempts {
            let failure = "all attempts failed, the last by another replica";
            self.note_failure(due, failure);
            log::error!(event = "report-failed-for-good", due:%; "no report of edition {edition} for the due time {due:.0}: {failure}");
            held.release().await;
            return ControlFlow::Break(());
        }
        let mut pause = OUTAGE_PAUSE;
        let failure = loop {
            if self.is_answered(due).await {
                return self.found_answered(due, held).await;
            }
            let (edition, slot) = (edition.clone(), Some(held.hand_over()));
            match self.builder.send(BuildReport { edition, progress: Progress::default(), slot }).await {
                Ok(Ok(report)) => {
                    self.succeeded(due, attempt, report.id);
                    return ControlFlow::Break(());
                }
                // Somebody else's report may be the one that is due; an attempt was not made.
                Ok(Err(BuildError::Busy)) if self.in_window(due) => {
                    self.clock.sleep(self.config.retry_after.max(SHORTEST_PAUSE)).await;
                }
                // Nor here, and the slot stays in hand: claimed anew it would be an attempt.
                Ok(Err(BuildError::NotOpened(error))) => {
                    if self.outlast(due, &mut pause, &error).await.is_break() {
                        held.release().await;
                        return ControlFlow::Break(());
                    }
                }
                Ok(Err(BuildError::SlotLost(reason))) => {
                    log::warn!(event = "report-too-late", attempt, due:%; "attempt {attempt} at the report of edition {} came too late: {reason}", self.config.edition);
                    return ControlFlow::Continue(());
                }
                Ok(Err(error)) => break error.to_string(),
                Err(error) => break error.to_string(),
            }
        };
        self.failed(due, held, &failure).await
    }

    /// After a failure: waits with the slot in hand, so that no other replica tries sooner than this one would, and
    /// gives it back.
    async fn failed(&self, due: Timestamp, held: Held, failure: &str) -> ControlFlow<()> {
        self.note_failure(due, failure);
        let ReportConfig { edition, max_attempts, tolerance, retry_after, .. } = &self.config;
        let (attempt, now) = (held.attempt(), self.clock.now());
        let next = after_failure(attempt, *max_attempts, now, due, *tolerance, *retry_after);
        match next {
            AfterFailure::RetryAt(at) => {
                log::warn!(event = "report-attempt-failed", attempt, due:%; "attempt {attempt} at the report of edition {edition} failed, the next one follows at {at:.0}: {failure}");
                self.clock.sleep_until(at).await;
            }
            AfterFailure::GiveUp(reason) => {
                log::error!(event = "report-failed-for-good", attempt, due:%; "no report of edition {edition} for the due time {due:.0}: {reason}; the last failure: {failure}");
            }
        }
        match next {
            AfterFailure::RetryAt(_) => self.give_back(due, held).await,
            AfterFailure::GiveUp(_) => {
                held.release().await;
                ControlFlow::Break(())
            }
        }
    }

    /// Gives the slot back for the next attempt, whoever makes it. A database that is away is waited for: it would keep
    /// the slot from this replica, too, until the lease has run out.
    async fn give_back(&self, due: Timestamp, mut held: Held) -> ControlFlow<()> {
        let mut pause = OUTAGE_PAUSE;
        while let Err(error) = held.try_release().await {
            self.outlast(due, &mut pause, &error.to_string()).await?;
        }
        ControlFlow::Continue(())
    }

    /// Waits for a database that is away, or gives the due time up when it would be over.
    async fn outlast(&self, due: Timestamp, pause: &mut Duration, error: &str) -> ControlFlow<()> {
        let edition = &self.config.edition;
        let wait = SignedDuration::try_from(*pause).unwrap_or(SignedDuration::MAX);
        let at = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        if at > self.window_ends(due) {
            self.note_failure(due, error);
            log::error!(event = "report-failed-for-good", due:%; "no report of edition {edition} for the due time {due:.0}: the database was away until the end of its window; the last failure: {error}");
            return ControlFlow::Break(());
        }
        log::warn!(event = "report-waits", due:%; "the report of edition {edition} due at {due:.0} waits for the database, the next attempt follows at {at:.0}: {error}");
        self.clock.sleep_until(at).await;
        *pause = (*pause * 2).min(self.config.retry_after.max(OUTAGE_PAUSE));
        ControlFlow::Continue(())
    }

    async fn found_answered(&self, due: Timestamp, held: Held) -> ControlFlow<()> {
        log::info!(event = "report-there-already", due:%; "the report of edition {} due at {due:.0} is there already", self.config.edition);
        if let Err(error) = held.finish().await {
            log::debug!("the slot of the report due at {due:.0} is not marked as done: {error}");
        }
        ControlFlow::Break(())
    }

    fn window_ends(&self, due: Timestamp) -> Timestamp {
        due.checked_add(self.tolerance()).unwrap_or(Timestamp::MAX)
    }

    fn tolerance(&self) -> SignedDuration {
        SignedDuration::try_from(self.config.tolerance).unwrap_or(SignedDuration::MAX)
    }

    fn in_window(&self, due: Timestamp) -> bool {
        matches!(decide(due, self.clock.now(), self.config.tolerance), Timing::Due)
    }

    fn note_failure(&self, due: Timestamp, error: &str) {
        let ended = self.clock.now();
        self.status.send_modify(|status| {
            status.failures_in_a_row += 1;
            status.last = Some(Attempt { due, ended, report_id: None, error: Some(error.to_owned()) });
        });
    }

    fn succeeded(&self, due: Timestamp, attempt: u32, report: i32) {
        self.status.send_modify(|status| {
            status.reports += 1;
            status.failures_in_a_row = 0;
            let ended = self.clock.now();
            status.last = Some(Attempt { due, ended, report_id: Some(report), error: None });
        });
        log::info!(event = "report-answers", report, attempt, due:%; "report {report} answers the due time {due:.0}");
    }
}

impl Actor for AutoReport {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        for planner in &self.planners {
            ctx.spawn(Rc::clone(planner).run().into_actor(self));
        }
    }
}

impl Handler<ObserveSchedule> for AutoReport {
    type Result = AutoReportStatus;

    fn handle(&mut self, _: ObserveSchedule, _: &mut Self::Context) -> Self::Result {
        let all = self.planners.iter().map(|planner| planner.status.borrow().clone());
        all.reduce(AutoReportStatus::beside).unwrap_or_default()
    }
}
