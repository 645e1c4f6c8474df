//! Opening a file of SQLite's: the write connection, and the settings of reading connections.
//!
//! A file that cannot be used is refused in one line and left as it was.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::AnyConnection;
use super::error::PersistenceError;
use super::migrations::{self, Difference};
use super::open_error::OpenError;
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

/// Opens `path` for writing, creating the file if there is none, as its only writer.
pub(super) fn open_writer(
    path: &Path,
    lock_wait: Duration,
) -> Result<(AnyConnection, WriterLock), OpenError> {
    let exists = check_place(path)?;
    let existing = if exists { Some(connect_existing(path, lock_wait)?) } else { None };
    let lock = WriterLock::take(path)?;
    let mut connection = match existing {
        Some(connection) => connection,
        None => connect(path, Access::Create, lock_wait)?,
    };
    prepare_writer(&mut connection, path, lock_wait)?;
    Ok((connection, lock))
}

/// Opens `path` again for whoever is its only writer already.
pub(super) fn reopen_writer(path: &Path, lock_wait: Duration) -> Result<AnyConnection, OpenError> {
    let mut connection = connect(path, Access::Write, lock_wait)?;
    prepare_writer(&mut connection, path, lock_wait)?;
    Ok(connection)
}

/// Opens `path` for reading only; the file must exist. See [`prepare_reader`].
pub(super) fn open_reader(path: &Path, lock_wait: Duration) -> Result<AnyConnection, PersistenceError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(OpenError::NotAFile { path: path.to_path_buf() }.into()),
        Err(_) => return Err(OpenError::Absent { path: path.to_path_buf() }.into()),
    }
    let mut connection = connect(path, Access::Read, lock_wait)?;
    prepare_reader(&mut connection, lock_wait)
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))?;
    Ok(connection)
}

/// The settings of a connection that only reads. Nothing is mapped and next to nothing is cached: a reader costs as
/// much memory as the chunk that it fetches.
fn prepare_reader(connection: &mut AnyConnection, lock_wait: Duration) -> QueryResult<()> {
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE_KIB}; \
         PRAGMA mmap_size = 0; PRAGMA temp_store = FILE;",
        lock_wait.as_millis()
    ))
}

/// What a connection may do to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Create,
    Write,
    Read,
}

/// The address of `path` in the form that carries the access mode.
fn address(path: &Path, access: Access) -> Result<String, OpenError> {
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

fn connect(path: &Path, access: Access, lock_wait: Duration) -> Result<AnyConnection, OpenError> {
    SqliteConnection::establish(&address(path, access)?)
        .map(AnyConnection::Sqlite)
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

fn connect_existing(path: &Path, lock_wait: Duration) -> Result<AnyConnection, OpenError> {
    let mut connection = connect(path, Access::Write, lock_wait)?;
    set_lock_wait(&mut connection, path, lock_wait)?;
    // The first read of the connection, and therefore also the proof that the file is a database.
    let difference = look(&mut connection, path, lock_wait)?;
    difference.refuse_strangers(&path.display().to_string())?;
    Ok(connection)
}

fn look(connection: &mut AnyConnection, path: &Path, lock_wait: Duration) -> Result<Difference, OpenError> {
    migrations::difference(connection)
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))
}

fn set_lock_wait(connection: &mut AnyConnection, path: &Path, lock_wait: Duration) -> Result<(), OpenError> {
    connection
        .batch_execute(&format!("PRAGMA busy_timeout = {}", lock_wait.as_millis()))
        .map_err(|error| OpenError::from_sqlite(path, lock_wait, &error.to_string()))
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn prepare_writer(connection: &mut AnyConnection, path: &Path, lock_wait: Duration) -> Result<(), OpenError> {
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
