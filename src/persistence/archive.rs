//! The read side: committed reports and history, at most one chunk in memory for each caller.
//!
//! Readers use connections of their own. They see committed reports only, and neither wait for a report that is being
//! written nor hold it up. Everything here blocks its thread: call it from a blocking one.

use std::path::Path;
use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, NopErrorHandler, Pool};
use jiff::Timestamp;

use super::connection::{Access, address, open_reader, prepare_reader};
use super::error::PersistenceError;
use super::messages::StoredReport;
use super::{history, reports};

/// How long a caller waits for a connection before it is told that all are busy.
const READER_WAIT: Duration = Duration::from_secs(5);

/// A connection that nobody needed for so long is closed, and its memory given back.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// The most reports that one listing returns.
pub const LONGEST_LIST: u32 = 500;

/// A cloneable handle on everything that is stored; clones share their connections.
#[derive(Debug, Clone)]
pub struct Archive {
    pool: Pool<ConnectionManager<SqliteConnection>>,
}

#[derive(Debug)]
struct ReaderSettings {
    lock_wait: Duration,
}

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for ReaderSettings {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        prepare_reader(connection, self.lock_wait).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Archive {
    /// Checks that `path` is a database of this program's schema, and keeps nothing open. Up to `readers` connections
    /// (at least 1) are opened when they are needed.
    pub fn open(path: &Path, readers: u32, lock_wait: Duration) -> Result<Self, PersistenceError> {
        Self::with_wait(path, readers, lock_wait, READER_WAIT)
    }

    fn with_wait(
        path: &Path,
        readers: u32,
        lock_wait: Duration,
        reader_wait: Duration,
    ) -> Result<Self, PersistenceError> {
        open_reader(path, lock_wait)?;
        let manager = ConnectionManager::new(address(path, Access::Read)?);
        let pool = Pool::builder()
            .max_size(readers.max(1))
            .min_idle(Some(0))
            .idle_timeout(Some(IDLE_LIMIT))
            .connection_timeout(reader_wait)
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReaderSettings { lock_wait }))
            // What went wrong is told to the caller that waited for it.
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(manager);
        Ok(Self { pool })
    }

    /// The newest report: the one with the highest id.
    pub fn latest(&self) -> Result<Option<StoredReport>, PersistenceError> {
        self.read(|connection| Ok(reports::list(connection, 1, None)?.pop()))
    }

    /// Reports, newest first: at most `limit` (and [`LONGEST_LIST`]) of those with an id below `before_id`.
    pub fn list(&self, limit: u32, before_id: Option<i32>) -> Result<Vec<StoredReport>, PersistenceError> {
        self.read(|connection| reports::list(connection, limit.min(LONGEST_LIST), before_id))
    }

    /// One report, without its content.
    pub fn get(&self, id: i32) -> Result<Option<StoredReport>, PersistenceError> {
        self.read(|connection| reports::get(connection, id))
    }

    /// The bytes of one chunk, counted from 0 in its artifact; nothing when there is no such chunk. A chunk may end
    /// inside a character.
    pub fn chunk(&self, id: i32, artifact: &str, seq: u32) -> Result<Option<Vec<u8>>, PersistenceError> {
        self.read(|connection| reports::chunk(connection, id, artifact, seq))
    }

    /// The history of one series from `since` on, oldest first: every point if they are at most `max_points`,
    /// otherwise the last one of each of `max_points` equal stretches of time. The newest point is always among them, and
    /// all are of its source: points of other sources are left out.
    pub fn series(
        &self,
        series: &str,
        since: Timestamp,
        max_points: u32,
    ) -> Result<Vec<(Timestamp, f64)>, PersistenceError> {
        self.read(|connection| history::series(connection, series, since, max_points))
    }

    /// How many reports there are.
    pub fn count(&self) -> Result<u64, PersistenceError> {
        self.read(reports::count)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>,
    ) -> Result<T, PersistenceError> {
        let mut connection = self.pool.get().map_err(|error| PersistenceError::ReadersBusy {
            readers: self.pool.max_size(),
            waited_ms: u64::try_from(self.pool.connection_timeout().as_millis()).unwrap_or(u64::MAX),
            reason: error.to_string(),
        })?;
        Ok(query(&mut connection)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::connection::Database;
    use super::*;

    #[test]
    fn a_caller_is_told_when_every_connection_stays_busy() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("evenkeel.db");
        Database::open(&path, Duration::ZERO).unwrap().migrate().unwrap();
        let archive = Archive::with_wait(&path, 1, Duration::ZERO, Duration::from_millis(20)).unwrap();

        let busy = archive.read(|_| Ok(archive.count())).unwrap().unwrap_err().to_string();
        let expected = "none of the 1 reader connections became free within 20 ms";
        assert!(busy.starts_with(expected), "{busy}");
        assert_eq!(archive.count(), Ok(0));
    }
}
