//! The one transaction of a report: opened by its first message, ended by its last.
//!
//! After an error of any function here the state of the connection is unknown: whoever called it closes it, which
//! rolls back.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use jiff::Timestamp;

use super::connection::Database;
use super::error::PersistenceError;
use super::messages::ArtifactName;
use super::reports;
use super::session::Confirmed;

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
    // Immediate: a report that cannot be written is refused here and not at its first chunk.
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")?;
    let report_id = reports::insert_report(connection, edition, created_at)?;
    let mut ids = Vec::with_capacity(artifacts.len());
    for name in artifacts {
        ids.push((*name, reports::insert_artifact(connection, report_id, name)?));
    }
    Ok((report_id, ids))
}

/// Writes down what the artifacts have come to, and makes everything visible.
pub(super) fn commit(database: &mut Database, confirmed: &[Confirmed]) -> Result<(), PersistenceError> {
    let connection = database.connection()?;
    for part in confirmed {
        reports::seal_artifact(connection, part.artifact_id, part.bytes, part.chunks, &part.sha256)?;
    }
    AnsiTransactionManager::commit_transaction(connection)?;
    Ok(())
}

/// Forgets everything since [`begin`].
pub(super) fn roll_back(database: &mut Database) -> Result<(), PersistenceError> {
    AnsiTransactionManager::rollback_transaction(database.connection()?)?;
    Ok(())
}
