//! The one transaction of a report: opened by its first message, ended by its last.
//!
//! After an error of any function here the state of the connection is unknown: whoever called it closes it, which
//! rolls back. Only whether a lost COMMIT was carried out is asked here.

use jiff::Timestamp;

use super::database::Database;
use super::error::PersistenceError;
use super::messages::{ArtifactName, SessionId};
use super::session::{Confirmed, Session};
use super::slot_messages::SlotClaim;
use super::{commit, reports, slots};

/// A report's id and, in their order, its artifacts with their ids.
pub(super) type OpenedReport = (i32, Vec<(ArtifactName, i32)>);

/// Opens the transaction and inserts the report without content. A connection that has ended since it was used last
/// is no reason not to.
pub(super) fn begin(
    database: &mut Database,
    session: SessionId,
    edition: &str,
    created_at: Timestamp,
    artifacts: &[ArtifactName],
) -> Result<OpenedReport, PersistenceError> {
    database.persist(|connection| {
        connection.begin()?;
        commit::mark(connection, session)?;
        let report_id = reports::insert_report(connection, edition, created_at)?;
        let mut ids = Vec::with_capacity(artifacts.len());
        for name in artifacts {
            ids.push((*name, reports::insert_artifact(connection, report_id, name)?));
        }
        Ok((report_id, ids))
    })
}

/// Writes down what the artifacts have come to, marks the slot that the report answers as done, and makes everything
/// visible; refuses when the slot has passed to another replica. If the connection ends before the answer comes, the
/// database is asked whether the report is there.
///
/// # Errors
/// The report is absent, unless the error is [`PersistenceError::InDoubt`].
pub(super) fn commit(
    database: &mut Database,
    session: &Session,
    confirmed: &[Confirmed],
    slot: Option<&SlotClaim>,
) -> Result<(), PersistenceError> {
    let connection = database.connection()?;
    for part in confirmed {
        reports::seal_artifact(connection, part.artifact_id, part.bytes, part.chunks, &part.sha256)?;
    }
    // Last, because from here on others who look at the slot wait.
    if let Some(claim) = slot
        && !slots::finish(connection, claim)?
    {
        return Err(slots::fenced(connection, claim)?);
    }
    let Err(error) = connection.commit() else { return Ok(()) };
    let error = PersistenceError::from(error);
    database.give_up_connection();
    let (id, report, created_at) = (session.id, session.report_id, session.created_at);
    match database.persist(|connection| commit::is_there(connection, id, report, created_at)) {
        Ok(true) => {
            log::info!(event = "commit-found", report; "report {report} is stored, although the answer to its commit was lost: {error}");
            Ok(())
        }
        Ok(false) => Err(error),
        Err(unknown) => Err(PersistenceError::InDoubt { report, reason: format!("{error}; {unknown}") }),
    }
}

/// Forgets everything since [`begin`].
pub(super) fn roll_back(database: &mut Database) -> Result<(), PersistenceError> {
    database.connection()?.roll_back()?;
    Ok(())
}
