//! An old table in a file of SQLite's, read only: its rows, and their texts piece by piece.

use std::path::Path;
use std::time::Duration;

use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use jiff::Timestamp;

use super::created_at;
use super::error::AdoptionError;
use super::occupant::{self, Occupant};
use super::old_table::{CHUNK_BYTES, COLUMNS, Column};
use super::text_check::{Flaw, TextCheck};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::open_error::OpenError;
use crate::persistence::{migrations, sqlite};

/// The old table.
pub(super) struct OldFile {
    connection: SqliteConnection,
    place: String,
}

/// A row without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OldRow {
    pub(super) id: i32,
    pub(super) created_at: Timestamp,
    /// The length of every column in bytes, in the order of [`COLUMNS`]; nothing for null.
    pub(super) bytes: [Option<u64>; 5],
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    encoding: String,
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    text: Option<String>,
}

#[derive(QueryableByName)]
struct Length {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    bytes: Option<i64>,
}

#[derive(QueryableByName)]
struct Piece {
    #[diesel(sql_type = Binary)]
    body: Vec<u8>,
}

impl OldFile {
    /// Opens the old service's own file and sees to it that it is one.
    pub(super) fn open(path: &Path, lock_wait: Duration) -> Result<Self, PersistenceError> {
        if !path.is_file() {
            return Err(AdoptionError::NoFile { path: path.to_path_buf() }.into());
        }
        let mut connection = sqlite::open_reader(path, lock_wait).map_err(|error| match error {
            PersistenceError::Open(OpenError::NotADatabase { path }) => {
                AdoptionError::NotSqlite { path }.into()
            }
            other => other,
        })?;
        if migrations::is_ours(&mut connection)? {
            return Err(AdoptionError::OwnDatabase { path: path.to_path_buf() }.into());
        }
        let place = path.display().to_string();
        match occupant::look(&mut connection)? {
            Some(Occupant::OldTable { .. }) => {}
            Some(other) => return Err(other.refusal(&place).into()),
            None => return Err(AdoptionError::NoTable { path: path.to_path_buf() }.into()),
        }
        Self::on(connection, path)
    }

    /// The old table in this program's own file, on a connection beside that of the writer.
    pub(super) fn within(path: &Path, lock_wait: Duration) -> Result<Self, PersistenceError> {
        Self::on(sqlite::open_reader(path, lock_wait)?, path)
    }

    fn on(connection: AnyConnection, path: &Path) -> Result<Self, PersistenceError> {
        let Some(mut connection) = connection.into_file() else {
            return Err(AdoptionError::NoFile { path: path.to_path_buf() }.into());
        };
        let word: Word = diesel::sql_query("PRAGMA encoding").get_result(&mut connection)?;
        if word.encoding != "UTF-8" {
            return Err(AdoptionError::Encoding { path: path.to_path_buf(), encoding: word.encoding }.into());
        }
        Ok(Self { connection, place: path.display().to_string() })
    }

    /// The file, as it is named in messages.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// How many rows there are.
    pub(super) fn count(&mut self) -> QueryResult<u64> {
        let count: Number = diesel::sql_query("SELECT count(*) AS number FROM crypto_report")
            .get_result(&mut self.connection)?;
        Ok(count.number.unsigned_abs())
    }

    /// The greatest id; nothing in an empty table.
    pub(super) fn greatest_id(&mut self) -> Result<Option<i32>, PersistenceError> {
        let greatest: Option<Number> =
            diesel::sql_query("SELECT id AS number FROM crypto_report ORDER BY id DESC LIMIT 1")
                .get_result(&mut self.connection)
                .optional()?;
        greatest.map(|greatest| self.fitting(greatest.number)).transpose()
    }

    /// The row with the smallest id above `last`.
    pub(super) fn next(&mut self, last: Option<i32>) -> Result<Option<OldRow>, PersistenceError> {
        // A text that is no text is not read as one, however long it is.
        let row: Option<Shown> = diesel::sql_query(
            "SELECT id, typeof(created_at) AS kind, CAST(substr(created_at, 1, 40) AS TEXT) AS text \
             FROM crypto_report WHERE id > ?1 ORDER BY id LIMIT 1",
        )
        .bind::<BigInt, _>(last.map_or(i64::MIN, i64::from))
        .get_result(&mut self.connection)
        .optional()?;
        let Some(Shown { id, kind, text }) = row else { return Ok(None) };
        let id = self.fitting(id)?;
        let text = text.unwrap_or_else(|| "null".to_owned());
        let is_text = kind == "text";
        let created_at = created_at::parse(&text).filter(|_| is_text).ok_or_else(|| {
            self.bad(id, "created_at", format!("is {text:?} ({kind}); right is {}", created_at::RIGHT))
        })?;
        let mut bytes = [None; 5];
        for (length, column) in bytes.iter_mut().zip(COLUMNS) {
            *length = self.length(id, column)?;
        }
        Ok(Some(OldRow { id, created_at, bytes }))
    }

    fn length(&mut self, id: i32, column: Column) -> Result<Option<u64>, PersistenceError> {
        let name = column.name;
        let length: Length = diesel::sql_query(format!(
            "SELECT typeof({name}) AS kind, octet_length({name}) AS bytes FROM crypto_report WHERE id = ?1"
        ))
        .bind::<BigInt, _>(i64::from(id))
        .get_result(&mut self.connection)?;
        match length.kind.as_str() {
            "text" | "null" => Ok(length.bytes.map(i64::unsigned_abs)),
            other => Err(self.bad(id, name, format!("is of type {other}; right is text or null"))),
        }
    }

    /// Hands over a text that is not null, in chunks: all full but the last, none empty, checked to be text.
    pub(super) fn pieces(
        &mut self,
        id: i32,
        column: Column,
        bytes: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), PersistenceError>,
    ) -> Result<(), PersistenceError> {
        // The row is the outer loop: SQLite reads a long text once and cuts all pieces from it. Numbered with a question
        // mark: SQLite takes $1 for a name, and numbers names as they come.
        let query = format!(
            "WITH RECURSIVE piece(first) AS ( \
                 SELECT 1 WHERE ?2 > 0 UNION ALL \
                 SELECT first + {CHUNK_BYTES} FROM piece WHERE first + {CHUNK_BYTES} <= ?2) \
             SELECT substr(CAST(o.{name} AS BLOB), first, {CHUNK_BYTES}) AS body \
             FROM crypto_report o CROSS JOIN piece WHERE o.id = ?1",
            name = column.name
        );
        let pieces = diesel::sql_query(query)
            .bind::<BigInt, _>(i64::from(id))
            .bind::<BigInt, _>(i64::try_from(bytes).unwrap_or(i64::MAX))
            .load_iter::<Piece, DefaultLoadingMode>(&mut self.connection)?;
        let mut check = TextCheck::default();
        let mut flaw = None;
        for piece in pieces {
            let body = piece?.body;
            if let Err(found) = check.push(&body) {
                flaw = Some(found);
                break;
            }
            take(&body)?;
        }
        match flaw.map_or_else(|| check.finish(), Err) {
            Ok(()) => Ok(()),
            Err(Flaw::Nul(at)) => {
                Err(self.bad(id, column.name, format!("has a NUL at byte {at}; right is text without")))
            }
            Err(Flaw::NotUtf8(at)) => Err(self.bad(id, column.name, format!("is not UTF-8 at byte {at}"))),
        }
    }

    fn fitting(&self, id: i64) -> Result<i32, PersistenceError> {
        let what = || "is not from -2147483648 to 2147483647".to_owned();
        i32::try_from(id).map_err(|_| self.bad(id, "id", what()))
    }

    fn bad(&self, id: impl ToString, column: &'static str, what: String) -> PersistenceError {
        AdoptionError::BadValue { place: self.place.clone(), id: id.to_string(), column, what }.into()
    }
}
