//! Opening a database file: the one write connection, and the settings of reading connections.
//!
//! A file that cannot be used is refused in one line and left as it was. Whoever holds a [`Database`] is the file's
//! only writer, among processes and among generations of one process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::error::{OpenError, PersistenceError};
use super::migrations;
use super::writer_lock::WriterLock;

/// Page size of a new file. Larger pages mean fewer entries in the index of the write-ahead log, which is mapped into
/// memory; smaller ones mean less to write for one point of history. Measured with a report of 70 MB: this size adds
/// the least to the process, 4 KiB and 16 KiB add up to twice as much.
const PAGE_BYTES: u32 = 8 * 1024;

/// Page cache of the writer. Full, it spills into the write-ahead log: a transaction may be larger than memory. Twice as
/// much made no report faster.
const WRITER_CACHE_KIB: u32 = 256;

/// Page cache of a reader: the path from the root to one chunk.
const READER_CACHE_KIB: u32 = 128;

/// The write-ahead log is copied into the database after a commit that leaves it longer than this many pages, and cut
/// back to as many bytes by the commit after that.
const LOG_PAGES: u32 = 256;

/// The writer of one database file.
pub struct Database {
    path: PathBuf,
    lock_wait: Duration,
    /// Absent after a failure, until somebody asks for it again.
    connection: Option<SqliteConnection>,
    _lock: WriterLock,
}

impl Database {
    /// Opens `path` for writing, creating the file if there is none. `lock_wait` is how long each statement waits for
    /// a lock that another program holds; a second [`Database`] on the same file is refused without waiting.
    ///
    /// Nothing is migrated; see [`Database::migrate`].
    pub fn open(path: &Path, lock_wait: Duration) -> Result<Self, OpenError> {
        let exists = check_place(path)?;
        let existing = if exists { Some(connect_existing(path, lock_wait)?) } else { None };
        let lock = WriterLock::take(path)?;
        let mut connection = match existing {
            Some(connection) => connection,
            None => connect(path, Access::Create, lock_wait)?,
        };
        prepare_writer(&mut connection, path, lock_wait)?;
        Ok(Self { path: path.to_path_buf(), lock_wait, connection: Some(connection), _lock: lock })
    }

    /// Applies the migrations that the file lacks, each in a transaction of its own, and names them in order.
    pub fn migrate(&mut self) -> Result<Vec<String>, PersistenceError> {
        migrations::apply(self.connection()?)
    }

    /// Refuses a file whose schema is older than the program.
    pub fn require_migrated(&mut self) -> Result<(), PersistenceError> {
        let pending = migrations::difference(self.connection()?)?.pending;
        refuse_pending(&self.path, &pending)?;
        Ok(())
    }

    /// The write connection; a new one after [`Database::give_up_connection`].
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, PersistenceError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let mut connection = connect(&self.path, Access::Write, self.lock_wait)?;
                prepare_writer(&mut connection, &self.path, self.lock_wait)?;
                connection
            }
        };
        Ok(self.connection.insert(connection))
    }

    /// Closes the write connection. SQLite rolls an open transaction back, whatever state the connection is in.
    pub(super) fn give_up_connection(&mut self) {
        self.connection = None;
    }
}

/// Opens `path` for reading only; the file must exist. See [`prepare_reader`].
pub(super) fn open_reader(path: &Path, lock_wait: Duration) -> Result<SqliteConnection, PersistenceError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(OpenError::NotAFile { path: path.to_path_buf() }.into()),
        Err(_) => return Err(OpenError::Absent { path: path.to_path_buf() }.into()),
    }
    let mut connection = connect(path, Access::Read, lock_wait)?;
    prepare_reader(&mut connection, lock_wait)
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))?;
    let difference = look(&mut connection, path, lock_wait)?;
    refuse_foreign(path, &difference.foreign)?;
    refuse_unknown(path, &difference.unknown)?;
    refuse_pending(path, &difference.pending)?;
    Ok(connection)
}

/// The settings of a connection that only reads. Nothing is mapped and next to nothing is cached: a reader costs as
/// much memory as the chunk that it fetches.
pub(super) fn prepare_reader(connection: &mut SqliteConnection, lock_wait: Duration) -> QueryResult<()> {
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE_KIB}; \
         PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;",
        lock_wait.as_millis()
    ))
}

/// What a connection may do to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Create,
    Write,
    Read,
}

/// The address of `path` in the form that carries the access mode.
pub(super) fn address(path: &Path, access: Access) -> Result<String, OpenError> {
    let failed = |reason: String| OpenError::Failed { path: path.to_path_buf(), reason };
    let absolute = std::path::absolute(path).map_err(|error| failed(error.to_string()))?;
    let text = absolute.to_str().ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
    let mode = match access {
        Access::Create => "rwc",
        Access::Write => "rw",
        Access::Read => "ro",
    };
    // These three would end the path early; everything else stands for itself.
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{escaped}?mode={mode}"))
}

fn connect(path: &Path, access: Access, lock_wait: Duration) -> Result<SqliteConnection, OpenError> {
    SqliteConnection::establish(&address(path, access)?)
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))
}

/// Whether the file exists; refuses a place where no database can be.
fn check_place(path: &Path) -> Result<bool, OpenError> {
    let not_writable =
        |reason: &str| OpenError::NotWritable { path: path.to_path_buf(), reason: reason.to_owned() };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match std::fs::metadata(directory) {
        Ok(found) if !found.is_dir() => return Err(OpenError::DirectoryMissing { path: path.to_path_buf() }),
        Ok(found) if found.permissions().readonly() => {
            return Err(not_writable("its directory is read-only"));
        }
        Ok(_) => {}
        Err(_) => return Err(OpenError::DirectoryMissing { path: path.to_path_buf() }),
    }
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => Err(OpenError::NotAFile { path: path.to_path_buf() }),
        Ok(found) if found.permissions().readonly() => Err(not_writable("the file is read-only")),
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(not_writable(&error.to_string())),
    }
}

fn connect_existing(path: &Path, lock_wait: Duration) -> Result<SqliteConnection, OpenError> {
    let mut connection = connect(path, Access::Write, lock_wait)?;
    set_lock_wait(&mut connection, path, lock_wait)?;
    let difference = look(&mut connection, path, lock_wait)?;
    refuse_foreign(path, &difference.foreign)?;
    refuse_unknown(path, &difference.unknown)?;
    Ok(connection)
}

fn look(
    connection: &mut SqliteConnection,
    path: &Path,
    lock_wait: Duration,
) -> Result<migrations::Difference, OpenError> {
    migrations::difference(connection)
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))
}

fn refuse_foreign(path: &Path, tables: &[String]) -> Result<(), OpenError> {
    if tables.is_empty() {
        return Ok(());
    }
    Err(OpenError::Foreign { path: path.to_path_buf(), tables: tables.join(", ") })
}

fn refuse_unknown(path: &Path, unknown: &[String]) -> Result<(), OpenError> {
    if unknown.is_empty() {
        return Ok(());
    }
    Err(OpenError::Newer { path: path.to_path_buf(), unknown: unknown.join(", ") })
}

fn refuse_pending(path: &Path, pending: &[String]) -> Result<(), OpenError> {
    if pending.is_empty() {
        return Ok(());
    }
    Err(OpenError::NotMigrated { path: path.to_path_buf(), pending: pending.join(", ") })
}

fn set_lock_wait(
    connection: &mut SqliteConnection,
    path: &Path,
    lock_wait: Duration,
) -> Result<(), OpenError> {
    connection
        .batch_execute(&format!("PRAGMA busy_timeout = {}", lock_wait.as_millis()))
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn prepare_writer(
    connection: &mut SqliteConnection,
    path: &Path,
    lock_wait: Duration,
) -> Result<(), OpenError> {
    let failed = |error: diesel::result::Error| OpenError::from_sqlite(path, lock_wait, &error.to_string());
    set_lock_wait(connection, path, lock_wait)?;
    // The page size of a new file has to be said before anything is written to it.
    connection.batch_execute(&format!("PRAGMA page_size = {PAGE_BYTES}")).map_err(failed)?;
    let mode: JournalMode =
        diesel::sql_query("PRAGMA journal_mode = WAL").get_result(connection).map_err(failed)?;
    if mode.journal_mode != "wal" {
        // Without it a report in writing would shut every reader out.
        let reason = format!("its file system allows no write-ahead log, only {}", mode.journal_mode);
        return Err(OpenError::Failed { path: path.to_path_buf(), reason });
    }
    let log_bytes = LOG_PAGES * PAGE_BYTES;
    connection
        .batch_execute(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -{WRITER_CACHE_KIB}; \
             PRAGMA cache_spill = ON; PRAGMA wal_autocheckpoint = {LOG_PAGES}; \
             PRAGMA journal_size_limit = {log_bytes}; PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;"
        ))
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_characters_that_would_end_it() {
        let address = address(Path::new("/data/50% off?/#1.db"), Access::Read).unwrap();
        assert_eq!(address, "file:/data/50%25 off%3f/%231.db?mode=ro");
    }
}
