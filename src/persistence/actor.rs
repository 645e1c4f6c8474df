//! `Persistence`: the one writer. A report is stored whole or not at all; history is kept whatever becomes of reports.
//!
//! One transaction spans all messages of one report. The connection is part of the promise: after any failure of the
//! database it is closed, which rolls the transaction back, and the next message opens another one. Between messages
//! the actor holds the open session (names, lengths and running digests) and the points that wait, never content.

use actix::prelude::*;
use jiff::Timestamp;

use super::backlog::Backlog;
use super::database::Database;
use super::error::{PersistenceError, SessionError};
use super::lapse::Lapse;
use super::location::Location;
use super::messages::{
    AbortReport, AppendChunk, ArtifactDigest, ArtifactName, BeginReport, CommitReport, Lease, LeaseHolder,
    Observe, PersistenceStatus, Point, RecordIndices, SessionId, StoredReport,
};
use super::session::{Session, check_artifacts};
use super::slot_messages::SlotClaim;
use super::{reports, transaction};
use crate::clock::{Clock, Stopwatch};

mod slots;
mod waiting;

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
    reports_committed: u64,
    reports_aborted: u64,
    points_written: u64,
}

struct OpenReport {
    session: Session,
    stopwatch: Stopwatch,
    slot: Option<SlotInWork>,
    /// Dropped with the report, it ends the future that waits for the builder's end.
    _watched: LeaseHolder,
}

/// The due slot that the open report answers.
struct SlotInWork {
    claim: SlotClaim,
    /// Since its lease was extended.
    extended: Stopwatch,
}

impl Persistence {
    /// Opens a file as its only writer; see [`Database::open`]. The file must be migrated. A server is asked with the
    /// first statement only, so that one that is away is no reason not to start.
    ///
    /// Called anew for every generation, after the one before was dropped.
    ///
    /// # Errors
    /// Why the file cannot be written.
    pub fn new(location: &Location, clock: Clock) -> Result<Self, PersistenceError> {
        let mut database = Database::open_when_reachable(location)?;
        let slots = match location {
            Location::Sqlite { .. } => {
                database.require_migrated()?;
                None
            }
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
            reports_committed: 0,
            reports_aborted: 0,
            points_written: 0,
        })
    }

    fn begin(
        &mut self,
        edition: String,
        created_at: Timestamp,
        artifacts: &[ArtifactName],
        watched: LeaseHolder,
        slot: Option<SlotClaim>,
    ) -> Result<SessionId, PersistenceError> {
        check_artifacts(artifacts)?;
        // There is one builder: it asks for another report only when it was replaced.
        self.roll_back("another report was begun");
        let slot = self.enter_slot(slot)?;
        // They would wait for the end of this report as well.
        self.write_waiting().or_else(|error| if error.is_unavailable() { Err(error) } else { Ok(()) })?;
        // By chance, so that a session of an earlier generation is never taken for one of this.
        let id = SessionId(rand::random());
        let stopwatch = self.clock.stopwatch();
        let (report_id, artifacts) =
            self.on_database(|database| transaction::begin(database, id, &edition, created_at, artifacts))?;
        self.recovered(0);
        let session = Session::new(id, report_id, edition, created_at, artifacts);
        self.open = Some(OpenReport { session, stopwatch, slot, _watched: watched });
        log::debug!(session = id.0, report = report_id; "report session {id} opened");
        Ok(id)
    }

    fn append(
        &mut self,
        session: SessionId,
        artifact: ArtifactName,
        seq: u32,
        body: &[u8],
    ) -> Result<(), PersistenceError> {
        self.keep_slot()?;
        let artifact_id = self.session(session)?.accept(artifact, seq, body)?;
        self.on_database(|database| {
            Ok(reports::insert_chunk(database.connection()?, artifact_id, seq, body)?)
        })
    }

    fn commit(
        &mut self,
        session: SessionId,
        digests: &[ArtifactDigest],
    ) -> Result<StoredReport, PersistenceError> {
        let confirmed = match self.session(session)?.confirm(digests) {
            Ok(confirmed) => confirmed,
            Err(refusal) => {
                self.end_by_rollback(&refusal.to_string());
                return Err(refusal.into());
            }
        };
        // Taken out: the database may have to be asked what became of it.
        let Some(report) = self.open.take() else {
            return Err(SessionError::Unknown { session: session.0 }.into());
        };
        let slot = report.slot.as_ref().map(|slot| &slot.claim);
        if let Err(error) = transaction::commit(&mut self.database, &report.session, &confirmed, slot) {
            self.open = Some(report);
            self.failed(&error);
            return Err(error);
        }
        let duration_ms = report.stopwatch.elapsed_ms();
        let stored = report.session.stored(confirmed);
        self.reports_committed += 1;
        let (id, bytes, chunks) = (stored.id, stored.total_bytes(), stored.total_chunks());
        log::debug!(
            report = id, edition = stored.edition.as_str(), bytes = bytes, chunks = chunks, duration_ms = duration_ms;
            "report {id} stored: {bytes} bytes in {chunks} chunks, {duration_ms} ms"
        );
        self.write_waiting_or_warn();
        Ok(stored)
    }

    fn abort(&mut self, session: SessionId, reason: &str) -> Result<(), PersistenceError> {
        self.session(session)?;
        self.end_by_rollback(reason);
        Ok(())
    }

    fn lease_ended(&mut self, session: SessionId) {
        if self.session(session).is_ok() {
            self.end_by_rollback("its builder is gone");
        }
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

    fn session(&mut self, id: SessionId) -> Result<&mut Session, SessionError> {
        match &mut self.open {
            Some(report) if report.session.id == id => Ok(&mut report.session),
            _ => Err(SessionError::Unknown { session: id.0 }),
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

    /// Ends the open report without a trace and writes what waited for its end.
    fn end_by_rollback(&mut self, reason: &str) {
        self.roll_back(reason);
        self.write_waiting_or_warn();
    }

    fn roll_back(&mut self, reason: &str) {
        if self.open.is_none() {
            return;
        }
        if transaction::roll_back(&mut self.database).is_err() {
            self.database.give_up_connection();
        }
        self.forget_report(reason);
    }

    fn forget_report(&mut self, reason: &str) {
        let Some(report) = self.open.take() else { return };
        self.reports_aborted += 1;
        let (session, duration_ms) = (report.session.id, report.stopwatch.elapsed_ms());
        log::warn!(
            session = session.0, reason = reason, duration_ms = duration_ms;
            "report session {session} rolled back after {duration_ms} ms: {reason}"
        );
    }
}

impl Drop for Persistence {
    /// Stopped, panicked or torn down with its thread: an open report is rolled back, what waited is written or lost.
    fn drop(&mut self) {
        self.roll_back("persistence is stopping");
        if let Err(lost) = self.write_last() {
            log::warn!(points = self.backlog.len(); "{lost}");
        }
    }
}

impl Actor for Persistence {
    type Context = Context<Self>;
}

impl Handler<BeginReport> for Persistence {
    type Result = Result<SessionId, PersistenceError>;

    fn handle(&mut self, message: BeginReport, ctx: &mut Self::Context) -> Self::Result {
        let BeginReport { edition, created_at, artifacts, lease, slot } = message;
        let (watched, over) = Lease::new();
        let session = self.begin(edition, created_at, &artifacts, watched, slot)?;
        let builder_gone = async move {
            tokio::select! {
                () = lease.ended() => {}
                () = over.ended() => {}
            }
        };
        ctx.spawn(builder_gone.into_actor(self).map(move |(), actor, _| actor.lease_ended(session)));
        Ok(session)
    }
}

impl Handler<AppendChunk> for Persistence {
    type Result = Result<(), PersistenceError>;

    fn handle(&mut self, message: AppendChunk, _: &mut Self::Context) -> Self::Result {
        self.append(message.session, message.artifact, message.seq, &message.body)
    }
}

impl Handler<CommitReport> for Persistence {
    type Result = Result<StoredReport, PersistenceError>;

    fn handle(&mut self, message: CommitReport, _: &mut Self::Context) -> Self::Result {
        self.commit(message.session, &message.digests)
    }
}

impl Handler<AbortReport> for Persistence {
    type Result = Result<(), PersistenceError>;

    fn handle(&mut self, message: AbortReport, _: &mut Self::Context) -> Self::Result {
        self.abort(message.session, &message.reason)
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
