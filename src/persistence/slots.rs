//! The SQL of due slots: plain functions on a connection.
//!
//! Each is one statement, so that what it decides is decided at one moment. Leases are compared with the clock of the
//! database only; a claim that has lost its slot changes nothing.

use std::time::Duration;

use diesel::prelude::*;
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use jiff::Timestamp;

use super::backends::Statement;
use super::connection::AnyConnection;
use super::error::PersistenceError;
use super::slot_messages::{ClaimSlot, Claimed, SlotClaim};

/// The names of the bound values stand in the order in which they are bound: SQLite numbers them as they appear.
const CLAIM: &str = "\
    INSERT INTO slots (job, due, holder, fence, lease_until, attempts)
    VALUES ($1, $2, $3, 1, {now} + $4, 1)
    ON CONFLICT (job, due) DO UPDATE
    SET holder = excluded.holder, fence = slots.fence + 1, lease_until = {now} + $4, attempts = slots.attempts + 1
    WHERE slots.done_at IS NULL AND slots.lease_until <= {now}
    RETURNING fence, attempts";

const LOOK: &str = "\
    SELECT holder, lease_until - {now} AS remaining, done_at IS NOT NULL AS done
    FROM slots WHERE job = $1 AND due = $2";

const OURS: &str = "job = $1 AND due = $2 AND holder = $3 AND fence = $4 AND done_at IS NULL";

/// Not one that somebody holds: he is about to finish it.
const PRUNE: &str = "\
    DELETE FROM slots WHERE job = $1 AND due IN (
        SELECT due FROM slots
        WHERE job = $1 AND due < $2 AND (done_at IS NOT NULL OR lease_until <= {now})
        ORDER BY due LIMIT $3
    )";

#[derive(QueryableByName)]
struct WonRow {
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

#[derive(QueryableByName)]
struct SlotRow {
    #[diesel(sql_type = Text)]
    holder: String,
    #[diesel(sql_type = BigInt)]
    remaining: i64,
    #[diesel(sql_type = Bool)]
    done: bool,
}

/// Claims a slot that nobody holds and nobody has done, or says who.
pub(super) fn claim(connection: &mut AnyConnection, request: &ClaimSlot) -> QueryResult<Claimed> {
    let ClaimSlot { job, due, replica, lease } = request;
    let query = diesel::sql_query(text(connection, CLAIM))
        .bind::<Text, _>(job)
        .bind::<BigInt, _>(due.as_microsecond())
        .bind::<Text, _>(replica.as_str())
        .bind::<BigInt, _>(micros(*lease));
    let won: Option<WonRow> = match connection {
        AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => query.get_result(connection).optional()?,
    };
    if let Some(WonRow { fence, attempts }) = won {
        let claim = SlotClaim { job: job.clone(), due: *due, replica: replica.clone(), fence, lease: *lease };
        return Ok(Claimed::Won { claim, attempt: u32::try_from(attempts).unwrap_or(u32::MAX) });
    }
    Ok(match look(connection, job, *due)? {
        Some(SlotRow { holder, done: true, .. }) => Claimed::Done { holder },
        Some(SlotRow { holder, remaining, .. }) => {
            let remaining = Duration::from_micros(u64::try_from(remaining).unwrap_or(0));
            Claimed::Held { holder, remaining }
        }
        // Forgotten between the two statements.
        None => Claimed::Held { holder: nobody(), remaining: Duration::ZERO },
    })
}

/// Extends the lease of a claim; false when the slot is done or somebody else's.
pub(super) fn extend(connection: &mut AnyConnection, claim: &SlotClaim) -> QueryResult<bool> {
    let statement = format!("UPDATE slots SET lease_until = {{now}} + {} WHERE {OURS}", micros(claim.lease));
    change(connection, claim, &statement)
}

/// Marks the slot as done; false when it is done already or somebody else's.
pub(super) fn finish(connection: &mut AnyConnection, claim: &SlotClaim) -> QueryResult<bool> {
    change(connection, claim, &format!("UPDATE slots SET done_at = {{now}} WHERE {OURS}"))
}

/// Ends the lease now; false when the slot is done or somebody else's. The fence rises, so that an extension which is
/// still on its way brings nothing back.
pub(super) fn release(connection: &mut AnyConnection, claim: &SlotClaim) -> QueryResult<bool> {
    change(
        connection,
        claim,
        &format!("UPDATE slots SET lease_until = {{now}}, fence = fence + 1 WHERE {OURS}"),
    )
}

/// Ends all leases now, whoever has them.
pub(super) fn end_all(connection: &mut AnyConnection) -> QueryResult<usize> {
    let statement =
        "UPDATE slots SET lease_until = 0, fence = fence + 1 WHERE done_at IS NULL AND lease_until > {now}";
    let query = diesel::sql_query(text(connection, statement));
    execute(connection, query)
}

/// Forgets at most `limit` slots of `job` that were due before `before`, the oldest first, and says how many.
pub(super) fn prune(
    connection: &mut AnyConnection,
    job: &str,
    before: Timestamp,
    limit: u32,
) -> QueryResult<usize> {
    let query = diesel::sql_query(text(connection, PRUNE))
        .bind::<Text, _>(job)
        .bind::<BigInt, _>(before.as_microsecond())
        .bind::<BigInt, _>(i64::from(limit));
    execute(connection, query)
}

/// What to say to whoever holds `claim` and has lost its slot.
pub(super) fn fenced(connection: &mut AnyConnection, claim: &SlotClaim) -> QueryResult<PersistenceError> {
    let holder = look(connection, &claim.job, claim.due)?.map_or_else(nobody, |row| row.holder);
    Ok(PersistenceError::Fenced { slot: claim.to_string(), holder })
}

fn look(connection: &mut AnyConnection, job: &str, due: Timestamp) -> QueryResult<Option<SlotRow>> {
    let query = diesel::sql_query(text(connection, LOOK))
        .bind::<Text, _>(job)
        .bind::<BigInt, _>(due.as_microsecond());
    match connection {
        AnyConnection::Sqlite(connection) => query.get_result(connection).optional(),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => query.get_result(connection).optional(),
    }
}

fn change(connection: &mut AnyConnection, claim: &SlotClaim, statement: &str) -> QueryResult<bool> {
    let query = diesel::sql_query(text(connection, statement))
        .bind::<Text, _>(&claim.job)
        .bind::<BigInt, _>(claim.due.as_microsecond())
        .bind::<Text, _>(claim.replica.as_str())
        .bind::<BigInt, _>(claim.fence);
    Ok(execute(connection, query)? == 1)
}

fn execute(connection: &mut AnyConnection, query: impl Statement) -> QueryResult<usize> {
    match connection {
        AnyConnection::Sqlite(connection) => ExecuteDsl::execute(query, connection),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => ExecuteDsl::execute(query, connection),
    }
}

/// The statement with the time of the database: when it is executed, and not when its transaction began.
fn text(connection: &AnyConnection, statement: &str) -> String {
    let now = match connection {
        AnyConnection::Sqlite(_) => "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    };
    statement.replace("{now}", now)
}

fn micros(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}

fn nobody() -> String {
    "nobody".to_owned()
}
