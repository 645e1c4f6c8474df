//! The one transaction of a report: opened by its first message, ended by its last.
//!
//! After an error of any function here the state of the connection is unknown: whoever called it closes it, which
//! rolls back.

use jiff::Timestamp;

use super::database::Database;
use super::error::PersistenceError;
use super::messages::ArtifactName;
use super::session::Confirmed;
use super::slot_messages::SlotClaim;
use super::{reports, slots};

/// A report's id and, in their order, its artifacts with their ids.
pub(super) type OpenedReport = (i32, Vec<(ArtifactName, i32)>);

/// Opens the transaction and inserts the report without content.
pub(super) fn begin(
    database: &mut Database,
    edition: &str,
    created_at: Timestamp,
    artifacts: &[ArtifactName],
) -> Result<OpenedReport, PersistenceError> {
    let connection = database.connection()?;
    connection.begin()?;
    let report_id = reports::insert_report(connection, edition, created_at)?;
    let mut ids = Vec::with_capacity(artifacts.len());
    for name in artifacts {
        ids.push((*name, reports::insert_artifact(connection, report_id, name)?));
    }
    Ok((report_id, ids))
}

/// Writes down what the artifacts have come to, marks the slot that the report answers as done, and makes everything
/// visible; refuses when the slot has passed to another replica.
pub(super) fn commit(
    database: &mut Database,
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
    connection.commit()?;
    Ok(())
}

/// Forgets everything since [`begin`].
pub(super) fn roll_back(database: &mut Database) -> Result<(), PersistenceError> {
    database.connection()?.roll_back()?;
    Ok(())
}
