//! What became of a commit whose answer was lost.
//!
//! A connection that ends during COMMIT leaves open whether the server has carried it out, or is about to. The
//! transaction of a report therefore holds a lock with the session's number: whoever gets that lock knows that the
//! transaction has ended, and what it left is final.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiff::Timestamp;

use super::connection::AnyConnection;
use super::messages::SessionId;
use super::schema::reports;

/// Takes the lock for the rest of the transaction. A file needs none: it has one writer, who asks after the fact.
pub(super) fn mark(connection: &mut AnyConnection, session: SessionId) -> QueryResult<()> {
    if let AnyConnection::Postgres(connection) = connection {
        run(connection, "SELECT pg_advisory_xact_lock($1)", session)?;
    }
    Ok(())
}

/// Whether the report is there, once the transaction that wrote it has ended; waits no longer for that than for any
/// other lock.
pub(super) fn is_there(
    connection: &mut AnyConnection,
    session: SessionId,
    report_id: i32,
    created_at: Timestamp,
) -> QueryResult<bool> {
    if let AnyConnection::Postgres(connection) = connection {
        run(connection, "SELECT pg_advisory_lock($1)", session)?;
    }
    let found = reports::table
        .find(report_id)
        .filter(reports::created_at.eq(created_at.as_microsecond()))
        .select(reports::id)
        .first::<i32>(connection)
        .optional()?;
    if let AnyConnection::Postgres(connection) = connection {
        run(connection, "SELECT pg_advisory_unlock($1)", session)?;
    }
    Ok(found.is_some())
}

fn run(connection: &mut PgConnection, statement: &str, session: SessionId) -> QueryResult<()> {
    // The same 64 bits, which is all that matters.
    let key = i64::from_ne_bytes(session.0.to_ne_bytes());
    diesel::sql_query(statement).bind::<BigInt, _>(key).execute(connection).map(drop)
}
