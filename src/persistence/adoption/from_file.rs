//! Rows of an old SQLite file into either database: one transaction a row, one chunk in memory.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::error::AdoptionError;
use super::old_file::{OldFile, OldRow};
use super::old_table::{COLUMNS, Column, EDITION};
use super::tally::Tally;
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::messages::{StoredArtifact, StoredReport};
use crate::persistence::reports;
use crate::persistence::schema::{artifact_chunks, artifacts, reports as reports_table};

/// Imports every row that is not here yet.
pub(super) fn import(
    connection: &mut AnyConnection,
    old: &mut OldFile,
    tally: &mut Tally,
    progress: &mut dyn FnMut(&Tally),
) -> Result<(), PersistenceError> {
    let mut last = None;
    while let Some(row) = old.next(last)? {
        last = Some(row.id);
        match reports::get(connection, row.id)? {
            Some(report) => {
                if let Some(difference) = difference(old, &row, &report)? {
                    let (place, id) = (old.place().to_owned(), row.id);
                    return Err(
                        AdoptionError::Collision { place, id, difference: difference.to_owned() }.into()
                    );
                }
                tally.skipped += 1;
            }
            None => {
                connection.begin()?;
                import_row(connection, old, &row)?;
                connection.commit()?;
                tally.bytes += row.bytes.iter().flatten().sum::<u64>();
                tally.imported += 1;
            }
        }
        progress(tally);
    }
    Ok(())
}

fn import_row(
    connection: &mut AnyConnection,
    old: &mut OldFile,
    row: &OldRow,
) -> Result<(), PersistenceError> {
    diesel::insert_into(reports_table::table)
        .values((
            reports_table::id.eq(row.id),
            reports_table::edition.eq(EDITION),
            reports_table::created_at.eq(row.created_at.as_microsecond()),
        ))
        .execute(connection)?;
    for (column, bytes) in present(row) {
        let artifact = reports::insert_artifact(connection, row.id, column.artifact)?;
        let (mut chunks, mut hash) = (0, Sha256::new());
        old.pieces(row.id, column, bytes, |piece| {
            reports::insert_chunk(connection, artifact, chunks, piece)?;
            hash.update(piece);
            chunks += 1;
            Ok(())
        })?;
        reports::seal_artifact(connection, artifact, bytes, chunks, &hash.finalize().into())?;
    }
    Ok(())
}

/// The columns that are not null, with their lengths.
fn present(row: &OldRow) -> impl Iterator<Item = (Column, u64)> {
    COLUMNS.into_iter().zip(row.bytes).filter_map(|(column, bytes)| Some((column, bytes?)))
}

/// The first column in which a row and the report of its id differ, to the last byte.
fn difference(
    old: &mut OldFile,
    row: &OldRow,
    report: &StoredReport,
) -> Result<Option<&'static str>, PersistenceError> {
    if row.created_at != report.created_at {
        return Ok(Some("created_at"));
    }
    for (column, bytes) in COLUMNS.into_iter().zip(row.bytes) {
        let artifact = report.artifacts.iter().find(|artifact| artifact.name == column.artifact);
        let (Some(bytes), Some(artifact)) = (bytes, artifact) else {
            match (bytes, artifact) {
                (None, None) => continue,
                _ => return Ok(Some(column.name)),
            }
        };
        let mut hash = Sha256::new();
        old.pieces(row.id, column, bytes, |piece| {
            hash.update(piece);
            Ok(())
        })?;
        let was = StoredArtifact::new(artifact.name.clone(), bytes, artifact.chunks, &hash.finalize());
        if was != *artifact {
            return Ok(Some(column.name));
        }
    }
    Ok(None)
}

/// The first difference between the old table and what was imported: rows, times, and the length of every column, as it
/// is written down and as its chunks add up to. Both databases add up, no text is read.
pub(super) fn unequal(
    connection: &mut AnyConnection,
    old: &mut OldFile,
    tally: &Tally,
) -> Result<Option<String>, PersistenceError> {
    let (rows, imported) = (old.count()?, tally.imported + tally.skipped);
    if rows != imported {
        return Ok(Some(format!("it has {rows} rows, and {imported} were imported")));
    }
    let mut last = None;
    while let Some(row) = old.next(last)? {
        let id = row.id;
        last = Some(id);
        let report = reports::get(connection, id)?;
        let Some(report) = report.filter(|report| report.created_at == row.created_at) else {
            return Ok(Some(format!("created_at of row {id}")));
        };
        for (column, bytes) in COLUMNS.into_iter().zip(row.bytes) {
            let artifact = report.artifacts.iter().find(|artifact| artifact.name == column.artifact);
            let stored = stored_bytes(connection, id, column)?;
            if artifact.map(|artifact| artifact.bytes) != bytes || stored != bytes.filter(|bytes| *bytes > 0)
            {
                return Ok(Some(format!("{} of row {id}", column.name)));
            }
        }
    }
    Ok(None)
}

diesel::define_sql_function! {
    /// The length in bytes, known without reading the bytes.
    fn octet_length(body: diesel::sql_types::Binary) -> Integer;
}

/// What the chunks of an artifact add up to; nothing where there are none.
fn stored_bytes(connection: &mut AnyConnection, id: i32, column: Column) -> QueryResult<Option<u64>> {
    let sum: Option<i64> = artifact_chunks::table
        .inner_join(artifacts::table)
        .filter(artifacts::report_id.eq(id))
        .filter(artifacts::name.eq(column.artifact))
        .select(diesel::dsl::sum(octet_length(artifact_chunks::body)))
        .get_result(connection)?;
    Ok(sum.map(i64::unsigned_abs))
}
