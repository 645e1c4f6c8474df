//! What became of a commit whose answer was lost.
//!
//! A connection that ends during COMMIT leaves open whether the server has carried it out, or is about to. The
//! transaction of a report therefore holds a lock with the session's number: whoever gets that lock knows that the
//! transaction has ended, and what it left is final.

#[cfg(feature = "postgres")]
mod lock;
#[cfg(not(feature = "postgres"))]
#[path = "commit/no_lock.rs"]
mod lock;

use diesel::prelude::*;
use jiff::Timestamp;

use super::connection::AnyConnection;
use super::messages::SessionId;
use super::schema::reports;

/// Takes the lock for the rest of the transaction. A file needs none: it has one writer, who asks after the fact.
pub(super) fn mark(connection: &mut AnyConnection, session: SessionId) -> QueryResult<()> {
    lock::hold(connection, session)
}

/// Whether the report is there, once the transaction that wrote it has ended; waits no longer for that than for any
/// other lock.
pub(super) fn is_there(
    connection: &mut AnyConnection,
    session: SessionId,
    report_id: i32,
    created_at: Timestamp,
) -> QueryResult<bool> {
    lock::wait(connection, session)?;
    let found = reports::table
        .find(report_id)
        .filter(reports::created_at.eq(created_at.as_microsecond()))
        .select(reports::id)
        .first::<i32>(connection)
        .optional()?;
    lock::release(connection, session)?;
    Ok(found.is_some())
}
