//! The SQL of reports, artifacts and chunks: plain functions on a connection.
//!
//! None opens or ends a transaction. The writing half is called inside the one transaction of a report; the reading
//! half sees what is committed.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use jiff::Timestamp;

use super::connection::AnyConnection;
use super::messages::{StoredArtifact, StoredReport};
use super::schema::{artifact_chunks, artifacts, reports};

/// Inserts an empty report and returns its id.
pub(super) fn insert_report(
    connection: &mut AnyConnection,
    edition: &str,
    created_at: Timestamp,
) -> QueryResult<i32> {
    diesel::insert_into(reports::table)
        .values((reports::edition.eq(edition), reports::created_at.eq(created_at.as_microsecond())))
        .returning(reports::id)
        .get_result(connection)
}

/// Inserts an artifact without content and returns its id. The order of ids is the order of a report's artifacts.
pub(super) fn insert_artifact(
    connection: &mut AnyConnection,
    report_id: i32,
    name: &str,
) -> QueryResult<i32> {
    let nothing: &[u8] = &[];
    diesel::insert_into(artifacts::table)
        .values((
            artifacts::report_id.eq(report_id),
            artifacts::name.eq(name),
            artifacts::bytes.eq(0_i64),
            artifacts::chunks.eq(0),
            artifacts::sha256.eq(nothing),
        ))
        .returning(artifacts::id)
        .get_result(connection)
}

/// Inserts one chunk.
pub(super) fn insert_chunk(
    connection: &mut AnyConnection,
    artifact_id: i32,
    seq: u32,
    body: &[u8],
) -> QueryResult<()> {
    let seq = i32::try_from(seq).map_err(unstorable)?;
    diesel::insert_into(artifact_chunks::table)
        .values((
            artifact_chunks::artifact_id.eq(artifact_id),
            artifact_chunks::seq.eq(seq),
            artifact_chunks::body.eq(body),
        ))
        .execute(connection)?;
    Ok(())
}

/// Writes down what an artifact has come to.
pub(super) fn seal_artifact(
    connection: &mut AnyConnection,
    artifact_id: i32,
    bytes: u64,
    chunks: u32,
    sha256: &[u8; 32],
) -> QueryResult<()> {
    let bytes = i64::try_from(bytes).map_err(unstorable)?;
    let chunks = i32::try_from(chunks).map_err(unstorable)?;
    diesel::update(artifacts::table.find(artifact_id))
        .set((
            artifacts::bytes.eq(bytes),
            artifacts::chunks.eq(chunks),
            artifacts::sha256.eq(sha256.as_slice()),
        ))
        .execute(connection)?;
    Ok(())
}

/// The newest reports, newest first, at most `limit`; with `before_id`, only those with a smaller id.
pub(super) fn list(
    connection: &mut AnyConnection,
    limit: u32,
    before_id: Option<i32>,
) -> QueryResult<Vec<StoredReport>> {
    let newest_first = reports::table.order(reports::id.desc()).limit(i64::from(limit));
    let rows: Vec<ReportRow> = match before_id {
        Some(id) => newest_first.filter(reports::id.lt(id)).load(connection)?,
        None => newest_first.load(connection)?,
    };
    rows.into_iter().map(|row| complete(connection, row)).collect()
}

/// The newest report of one edition. Walks back from the newest of all, which is rarely far.
pub(super) fn latest_of(connection: &mut AnyConnection, edition: &str) -> QueryResult<Option<StoredReport>> {
    let row: Option<ReportRow> = reports::table
        .filter(reports::edition.eq(edition))
        .order(reports::id.desc())
        .first(connection)
        .optional()?;
    row.map(|row| complete(connection, row)).transpose()
}

/// One report.
pub(super) fn get(connection: &mut AnyConnection, id: i32) -> QueryResult<Option<StoredReport>> {
    let row: Option<ReportRow> = reports::table.find(id).first(connection).optional()?;
    row.map(|row| complete(connection, row)).transpose()
}

/// How many reports there are.
pub(super) fn count(connection: &mut AnyConnection) -> QueryResult<u64> {
    let count: i64 = reports::table.count().get_result(connection)?;
    u64::try_from(count).map_err(unreadable)
}

/// The bytes of one chunk.
pub(super) fn chunk(
    connection: &mut AnyConnection,
    report_id: i32,
    artifact: &str,
    seq: u32,
) -> QueryResult<Option<Vec<u8>>> {
    // Nothing is stored beyond what the column can hold.
    let Ok(seq) = i32::try_from(seq) else { return Ok(None) };
    artifact_chunks::table
        .inner_join(artifacts::table)
        .filter(artifacts::report_id.eq(report_id))
        .filter(artifacts::name.eq(artifact))
        .filter(artifact_chunks::seq.eq(seq))
        .select(artifact_chunks::body)
        .first(connection)
        .optional()
}

type ReportRow = (i32, String, i64);
type ArtifactRow = (String, i64, i32, Vec<u8>);

fn complete(connection: &mut AnyConnection, row: ReportRow) -> QueryResult<StoredReport> {
    let (id, edition, created_at) = row;
    let rows: Vec<ArtifactRow> = artifacts::table
        .filter(artifacts::report_id.eq(id))
        .order(artifacts::id)
        .select((artifacts::name, artifacts::bytes, artifacts::chunks, artifacts::sha256))
        .load(connection)?;
    let artifacts = rows.into_iter().map(stored_artifact).collect::<QueryResult<_>>()?;
    let created_at = Timestamp::from_microsecond(created_at).map_err(unreadable)?;
    Ok(StoredReport { id, edition, created_at, artifacts })
}

fn stored_artifact(row: ArtifactRow) -> QueryResult<StoredArtifact> {
    let (name, bytes, chunks, sha256) = row;
    let bytes = u64::try_from(bytes).map_err(unreadable)?;
    let chunks = u32::try_from(chunks).map_err(unreadable)?;
    Ok(StoredArtifact::new(name, bytes, chunks, &sha256))
}

fn unstorable(error: impl std::error::Error + Send + Sync + 'static) -> DieselError {
    DieselError::SerializationError(Box::new(error))
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> DieselError {
    DieselError::DeserializationError(Box::new(error))
}
