//! The lock of a session on a server; a file has none.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::persistence::connection::AnyConnection;
use crate::persistence::messages::SessionId;

pub(super) fn hold(connection: &mut AnyConnection, session: SessionId) -> QueryResult<()> {
    run(connection, "SELECT pg_advisory_xact_lock($1)", session)
}

pub(super) fn wait(connection: &mut AnyConnection, session: SessionId) -> QueryResult<()> {
    run(connection, "SELECT pg_advisory_lock($1)", session)
}

pub(super) fn release(connection: &mut AnyConnection, session: SessionId) -> QueryResult<()> {
    run(connection, "SELECT pg_advisory_unlock($1)", session)
}

fn run(connection: &mut AnyConnection, statement: &str, session: SessionId) -> QueryResult<()> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(()) };
    // The same 64 bits, which is all that matters.
    let key = i64::from_ne_bytes(session.0.to_ne_bytes());
    diesel::sql_query(statement).bind::<BigInt, _>(key).execute(connection).map(drop)
}
