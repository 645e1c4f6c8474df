//! `Persistence`: the one writer. A report is stored whole or not at all; history is kept whatever becomes of reports.
//!
//! One transaction spans all messages of one report. The connection is part of the promise: after any failure of the
//! database it is closed, which rolls the transaction back, and the next message opens another one. Between messages
//! the actor holds the open session (names, lengths and running digests) and the points that wait, never content.

use actix::prelude::*;

use super::backlog::Backlog;
use super::database::Database;
use super::error::PersistenceError;
use super::lapse::Lapse;
use super::location::Location;
use super::messages::{Observe, PersistenceStatus, Point, RecordIndices};
use crate::clock::Clock;

mod open_report;
pub mod retention;
mod slots;
mod waiting;

use open_report::OpenReport;
use retention::Retention;

/// The actor that owns the write connection of one database.
pub struct Persistence {
    database: Database,
    /// Where due slots are kept, if that is not the connection above; see `actor/slots.rs`.
    slots: Option<Database>,
    clock: Clock,
    open: Option<OpenReport>,
    backlog: Backlog,
    /// Since a write has failed, and until one succeeds.
    lapse: Option<Lapse>,
    /// Whether the points that wait will be tried again without a message.
    retrying: bool,
    retention: Option<Retention>,
    reports_committed: u64,
    reports_aborted: u64,
    points_written: u64,
}

impl Persistence {
    /// Opens a file as its only writer; see [`Database::open`]. The file must be migrated. A server is asked with the
    /// first statement only, so that one that is away is no reason not to start.
    ///
    /// Called anew for every generation, after the one before was dropped.
    ///
    /// # Errors
    /// Why the file cannot be written.
    #[doc(hidden)]
    pub fn new(location: &Location, clock: Clock) -> Result<Self, PersistenceError> {
        let mut database = Database::open_when_reachable(location)?;
        let slots = match location {
            Location::Sqlite { .. } => {
                database.require_migrated()?;
                None
            }
            #[cfg(feature = "postgres")]
            Location::Postgres { .. } => Some(Database::open_when_reachable(location)?),
        };
        Ok(Self {
            database,
            slots,
            clock,
            open: None,
            backlog: Backlog::default(),
            lapse: None,
            retrying: false,
            retention: None,
            reports_committed: 0,
            reports_aborted: 0,
            points_written: 0,
        })
    }

    fn record(&mut self, points: Vec<Point>) -> Result<(), PersistenceError> {
        self.backlog.push(points)?;
        if self.open.is_some() { Ok(()) } else { self.write_waiting() }
    }

    fn status(&self) -> PersistenceStatus {
        PersistenceStatus {
            open_session: self.open.as_ref().map(|report| report.session.id),
            reports_committed: self.reports_committed,
            reports_aborted: self.reports_aborted,
            points_written: self.points_written,
            points_waiting: self.backlog.len(),
            points_dropped: self.backlog.dropped(),
        }
    }

    /// Runs `work`; if the database fails, the open report, if any, is over and the connection is replaced.
    fn on_database<T>(
        &mut self,
        work: impl FnOnce(&mut Database) -> Result<T, PersistenceError>,
    ) -> Result<T, PersistenceError> {
        let outcome = work(&mut self.database);
        if let Err(error) = &outcome {
            self.failed(error);
        }
        outcome
    }

    fn failed(&mut self, error: &PersistenceError) {
        self.database.give_up_connection();
        self.forget_report(&error.to_string());
        if !matches!(error, PersistenceError::Fenced { .. }) {
            self.lapse.get_or_insert_with(|| Lapse::begin(&self.clock, self.backlog.dropped()));
        }
    }

    fn recovered(&mut self, points: usize) {
        if let Some(lapse) = self.lapse.take() {
            lapse.end(points, self.backlog.dropped());
        }
    }
}

impl Drop for Persistence {
    /// Stopped, panicked or torn down with its thread: an open report is rolled back, what waited is written or lost.
    fn drop(&mut self) {
        self.roll_back("persistence is stopping");
        if let Err(lost) = self.write_last() {
            log::warn!(event = "points-lost", points = self.backlog.len(); "{lost}");
        }
    }
}

impl Actor for Persistence {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some(retention) = self.retention.take() {
            ctx.spawn(retention.run().into_actor(self));
        }
    }
}

impl Handler<RecordIndices> for Persistence {
    type Result = Result<(), PersistenceError>;

    fn handle(&mut self, message: RecordIndices, ctx: &mut Self::Context) -> Self::Result {
        let recorded = self.record(message.points);
        self.retry_later(ctx);
        recorded
    }
}

impl Handler<Observe> for Persistence {
    type Result = PersistenceStatus;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        self.status()
    }
}

#[cfg(test)]
mod tests;
