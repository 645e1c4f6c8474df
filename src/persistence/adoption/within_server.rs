//! An old table in the Postgres database that takes its rows over: every row is copied by the server, in one transaction,
//! and none of its content comes here.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::error::AdoptionError;
use super::old_table::{CHUNK_BYTES, COLUMNS, Column, EDITION};
use super::tally::Tally;
use crate::persistence::error::PersistenceError;

/// An old time in microseconds since 1970-01-01 UTC. Exact, also where `extract` gives a double.
const MICROSECONDS: &str = "(extract(epoch FROM o.created_at) * 1000000)::bigint";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Integer)]
    id: i32,
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Difference {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Bad {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = Text)]
    shown: String,
}

/// How many rows the old table has.
pub(super) fn count(connection: &mut PgConnection) -> QueryResult<u64> {
    let count: Count =
        diesel::sql_query("SELECT count(*) AS count FROM crypto_report").get_result(connection)?;
    Ok(count.count.unsigned_abs())
}

/// Refuses a table with a time that a report cannot have, before any row is imported.
pub(super) fn check_times(connection: &mut PgConnection, place: &str) -> Result<(), PersistenceError> {
    let bad: Option<Bad> = diesel::sql_query(
        "SELECT id, coalesce('is ' || created_at::text, 'is null') AS shown FROM crypto_report \
         WHERE created_at IS NULL OR NOT created_at BETWEEN '1900-01-01' AND '2200-01-01' ORDER BY id LIMIT 1",
    )
    .get_result(connection)
    .optional()?;
    let Some(Bad { id, shown }) = bad else { return Ok(()) };
    let what = format!("{shown}, which is no time from 1900 to 2199");
    Err(AdoptionError::BadValue { place: place.to_owned(), id: id.to_string(), column: "created_at", what }
        .into())
}

/// Has new ids follow those of the old rows; done first, so that no report written meanwhile takes one of them.
pub(super) fn reserve_ids(connection: &mut PgConnection, greatest: i32) -> QueryResult<()> {
    diesel::sql_query(
        "SELECT setval(ids, $1) FROM (SELECT pg_get_serial_sequence('reports', 'id')::regclass AS ids) s \
         WHERE $1 > coalesce(pg_sequence_last_value(ids), 0)",
    )
    .bind::<BigInt, _>(i64::from(greatest))
    .execute(connection)
    .map(drop)
}

/// The greatest id of the old rows.
pub(super) fn greatest_id(connection: &mut PgConnection) -> QueryResult<Option<i32>> {
    let greatest: Option<Id> = diesel::sql_query("SELECT id FROM crypto_report ORDER BY id DESC LIMIT 1")
        .get_result(connection)
        .optional()?;
    Ok(greatest.map(|row| row.id))
}

/// Imports every row that is not here yet.
pub(super) fn import(
    connection: &mut PgConnection,
    place: &str,
    tally: &mut Tally,
    progress: &mut dyn FnMut(&Tally),
) -> Result<(), PersistenceError> {
    let mut last = None;
    while let Some(id) = next_id(connection, last)? {
        let is_here: Option<Id> = diesel::sql_query("SELECT id FROM reports WHERE id = $1")
            .bind::<Integer, _>(id)
            .get_result(connection)
            .optional()?;
        if is_here.is_some() {
            if let Some(difference) = difference(connection, id)? {
                return Err(AdoptionError::Collision { place: place.to_owned(), id, difference }.into());
            }
            tally.skipped += 1;
        } else {
            tally.bytes += connection.transaction(|connection| import_row(connection, id))?;
            tally.imported += 1;
        }
        progress(tally);
        last = Some(id);
    }
    Ok(())
}

fn next_id(connection: &mut PgConnection, last: Option<i32>) -> QueryResult<Option<i32>> {
    let next: Option<Id> =
        diesel::sql_query("SELECT id FROM crypto_report WHERE $1 IS NULL OR id > $1 ORDER BY id LIMIT 1")
            .bind::<Nullable<Integer>, _>(last)
            .get_result(connection)
            .optional()?;
    Ok(next.map(|row| row.id))
}

fn import_row(connection: &mut PgConnection, id: i32) -> QueryResult<u64> {
    diesel::sql_query(format!(
        "INSERT INTO reports (id, edition, created_at) SELECT o.id, $2, {MICROSECONDS} FROM crypto_report o WHERE o.id = $1"
    ))
    .bind::<Integer, _>(id)
    .bind::<Text, _>(EDITION)
    .execute(connection)?;
    let mut total = 0;
    for column in COLUMNS {
        let imported: Option<Bytes> = diesel::sql_query(import_column(column))
            .bind::<Integer, _>(id)
            .get_result(connection)
            .optional()?;
        total += imported.map_or(0, |artifact| artifact.bytes.unsigned_abs());
    }
    Ok(total)
}

/// One column of row `$1` becomes an artifact with its chunks. Answers with its length, or nothing where it is null.
fn import_column(column: Column) -> String {
    let Column { name, artifact } = column;
    // Named twice, `old` is computed once: the text is decompressed once, not for every chunk of it.
    format!(
        "WITH old AS (SELECT convert_to(o.{name}, 'UTF8') AS body FROM crypto_report o \
                      WHERE o.id = $1 AND o.{name} IS NOT NULL), \
         artifact AS (INSERT INTO artifacts (report_id, name, bytes, chunks, sha256) \
                      SELECT $1, '{artifact}', octet_length(body), (octet_length(body) + {last}) / {size}, sha256(body) \
                      FROM old RETURNING id, bytes, chunks), \
         pieces AS (INSERT INTO artifact_chunks (artifact_id, seq, body) \
                    SELECT a.id, seq, substring(old.body FROM seq * {size} + 1 FOR {size}) \
                    FROM artifact a, old, generate_series(0, a.chunks - 1) AS seq) \
         SELECT bytes FROM artifact",
        size = CHUNK_BYTES,
        last = CHUNK_BYTES - 1,
    )
}

/// The first column in which row `id` and report `id` differ.
fn difference(connection: &mut PgConnection, id: i32) -> QueryResult<Option<String>> {
    let mut queries = vec![format!(
        "SELECT 'created_at' AS name FROM crypto_report o JOIN reports r ON r.id = o.id \
         WHERE o.id = $1 AND r.created_at <> {MICROSECONDS}"
    )];
    queries.extend(COLUMNS.map(|Column { name, artifact }| {
        format!(
            "SELECT '{name}' AS name FROM crypto_report o \
             LEFT JOIN artifacts a ON a.report_id = o.id AND a.name = '{artifact}' \
             WHERE o.id = $1 AND (a.bytes IS DISTINCT FROM octet_length(o.{name}) \
                                  OR a.sha256 IS DISTINCT FROM sha256(convert_to(o.{name}, 'UTF8')))"
        )
    }));
    for query in queries {
        let found: Option<Difference> =
            diesel::sql_query(query).bind::<Integer, _>(id).get_result(connection).optional()?;
        if found.is_some() {
            return Ok(found.map(|difference| difference.name));
        }
    }
    Ok(None)
}

/// The first difference between the old table and what was imported: rows, times, and the length of every column, as it
/// is written down and as its chunks add up to. Lengths are known without reading the texts.
pub(super) fn unequal(connection: &mut PgConnection, tally: &Tally) -> QueryResult<Option<String>> {
    let rows = count(connection)?;
    let imported = tally.imported + tally.skipped;
    if rows != imported {
        return Ok(Some(format!("it has {rows} rows, and {imported} were imported")));
    }
    let mut queries = vec![format!(
        "SELECT 'created_at of row ' || o.id AS name FROM crypto_report o LEFT JOIN reports r ON r.id = o.id \
         WHERE r.created_at IS DISTINCT FROM {MICROSECONDS} ORDER BY o.id LIMIT 1"
    )];
    queries.extend(COLUMNS.map(|Column { name, artifact }| {
        format!(
            "SELECT '{name} of row ' || o.id AS name FROM crypto_report o \
             LEFT JOIN artifacts a ON a.report_id = o.id AND a.name = '{artifact}' \
             LEFT JOIN LATERAL (SELECT coalesce(sum(octet_length(c.body)), 0) AS bytes, count(*) AS chunks \
                                FROM artifact_chunks c WHERE c.artifact_id = a.id) c ON a.id IS NOT NULL \
             WHERE a.bytes IS DISTINCT FROM octet_length(o.{name}) OR c.bytes IS DISTINCT FROM a.bytes \
                   OR c.chunks IS DISTINCT FROM a.chunks \
             ORDER BY o.id LIMIT 1"
        )
    }));
    for query in queries {
        let found: Option<Difference> = diesel::sql_query(query).get_result(connection).optional()?;
        if found.is_some() {
            return Ok(found.map(|difference| difference.name));
        }
    }
    Ok(None)
}
