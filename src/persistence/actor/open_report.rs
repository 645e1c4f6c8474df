//! The report that is open: one at a time, from its first message to its last or to the end of its builder.
//!
//! Its messages are the only way to open, fill and end the transaction of a report.

use actix::prelude::*;
use jiff::Timestamp;

use super::Persistence;
use crate::clock::Stopwatch;
use crate::persistence::error::{PersistenceError, SessionError};
use crate::persistence::messages::{
    AbortReport, AppendChunk, ArtifactDigest, ArtifactName, BeginReport, CommitReport, Lease, LeaseHolder,
    SessionId, StoredReport,
};
use crate::persistence::session::{Session, check_artifacts};
use crate::persistence::slot_messages::SlotClaim;
use crate::persistence::{reports, transaction};

/// What is kept of a report while it is open.
pub(super) struct OpenReport {
    pub(super) session: Session,
    stopwatch: Stopwatch,
    pub(super) slot: Option<SlotInWork>,
    /// Dropped with the report, it ends the future that waits for the builder's end.
    _watched: LeaseHolder,
}

/// The due slot that the open report answers.
pub(super) struct SlotInWork {
    pub(super) claim: SlotClaim,
    /// Since its lease was extended.
    pub(super) extended: Stopwatch,
}

impl Persistence {
    pub(super) fn begin(
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

    pub(super) fn append(
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

    pub(super) fn commit(
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

    fn session(&mut self, id: SessionId) -> Result<&mut Session, SessionError> {
        match &mut self.open {
            Some(report) if report.session.id == id => Ok(&mut report.session),
            _ => Err(SessionError::Unknown { session: id.0 }),
        }
    }

    /// Ends the open report without a trace and writes what waited for its end.
    pub(super) fn end_by_rollback(&mut self, reason: &str) {
        self.roll_back(reason);
        self.write_waiting_or_warn();
    }

    pub(super) fn roll_back(&mut self, reason: &str) {
        if self.open.is_none() {
            return;
        }
        if transaction::roll_back(&mut self.database).is_err() {
            self.database.give_up_connection();
        }
        self.forget_report(reason);
    }

    pub(super) fn forget_report(&mut self, reason: &str) {
        let Some(report) = self.open.take() else { return };
        self.reports_aborted += 1;
        let (session, duration_ms) = (report.session.id, report.stopwatch.elapsed_ms());
        log::warn!(
            event = "report-rolled-back", session = session.0, reason = reason, duration_ms = duration_ms;
            "report session {session} rolled back after {duration_ms} ms: {reason}"
        );
    }
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
