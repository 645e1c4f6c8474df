//! The read side: committed reports and history, at most one chunk in memory for each caller.
//!
//! Readers use connections of their own. They see committed reports only, and neither wait for a report that is being
//! written nor hold it up. Everything here blocks its thread: call it from a blocking one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;
use jiff::Timestamp;
use r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};

use super::connection::AnyConnection;
use super::database::connect_reader;
use super::error::PersistenceError;
use super::location::Location;
use super::messages::{Point, StoredReport};
use super::{history, migrations, reports};
use crate::clock::Clock;

/// How long a caller waits for a connection before it is told that all are busy.
const READER_WAIT: Duration = Duration::from_secs(5);

/// How soon a caller that waits learns that the attempt it waits for has failed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A connection that nobody needed for so long is closed, and its memory given back.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// The most reports that one listing returns.
pub const LONGEST_LIST: u32 = 500;

/// A cloneable handle on everything that is stored; clones share their connections.
#[derive(Debug, Clone)]
pub struct Archive {
    pool: Pool<Readers>,
    location: Arc<Location>,
    failure: Failure,
    opened: Arc<AtomicU64>,
}

/// Why the last attempt to open a connection has failed; nothing after one that has not. While it is there, the pool goes
/// on trying, and nobody waits for that.
type Failure = Arc<Mutex<Option<PersistenceError>>>;

/// Opens what the pool hands out.
#[derive(Debug)]
struct Readers {
    location: Location,
    failure: Failure,
    opened: Arc<AtomicU64>,
}

impl ManageConnection for Readers {
    type Connection = AnyConnection;
    type Error = PersistenceError;

    fn connect(&self) -> Result<AnyConnection, PersistenceError> {
        let connected = connect_reader(&self.location);
        self.opened.fetch_add(u64::from(connected.is_ok()), Ordering::Relaxed);
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = connected.as_ref().err().cloned();
        connected
    }

    /// A session ends with its server, and only a question shows it. Files do not go.
    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), PersistenceError> {
        match connection {
            AnyConnection::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(connection) => Ok(connection.ping()?),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// How a pool of connections is used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// As many as may be open.
    pub most: u32,
}

impl Archive {
    /// Checks that a file is a database of this program's schema, and keeps nothing open; a server is asked with the
    /// first question only. Up to `readers` connections (at least 1) are opened when they are needed.
    ///
    /// # Errors
    /// Why the file cannot be read.
    #[doc(hidden)]
    pub fn open(location: &Location, readers: u32) -> Result<Self, PersistenceError> {
        Self::with_wait(location, readers, READER_WAIT)
    }

    fn with_wait(location: &Location, readers: u32, reader_wait: Duration) -> Result<Self, PersistenceError> {
        if !location.is_server() {
            check(location)?;
        }
        let failure = Failure::default();
        let opened = Arc::new(AtomicU64::new(0));
        let readers_of = Readers {
            location: location.clone(),
            failure: Arc::clone(&failure),
            opened: Arc::clone(&opened),
        };
        let pool = Pool::builder()
            .max_size(readers.max(1))
            .min_idle(Some(0))
            .idle_timeout(Some(IDLE_LIMIT))
            .connection_timeout(reader_wait)
            .test_on_check_out(true)
            // What went wrong is told to the caller that waited for it.
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(readers_of);
        Ok(Self { pool, location: Arc::new(location.clone()), failure, opened })
    }

    /// Whether the database answers and has this program's schema.
    ///
    /// # Errors
    /// Why it does not, or what it has instead.
    pub fn check(&self) -> Result<(), PersistenceError> {
        check(&self.location)
    }

    /// The reading connections now.
    pub fn pool(&self) -> PoolUse {
        let state = self.pool.state();
        PoolUse { open: state.connections, idle: state.idle_connections, most: self.pool.max_size() }
    }

    /// Reading connections that were opened since this archive was.
    pub fn connections_opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// The newest report: the one with the highest id.
    pub fn latest(&self) -> Result<Option<StoredReport>, PersistenceError> {
        self.read(|connection| Ok(reports::list(connection, 1, None)?.pop()))
    }

    /// The newest report of one edition.
    pub fn latest_of(&self, edition: &str) -> Result<Option<StoredReport>, PersistenceError> {
        self.read(|connection| reports::latest_of(connection, edition))
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

    /// The history of one series from `from` to `to`, both included, oldest first: the last point of every step that
    /// has any, whatever its source. Steps (of whole microseconds, at least 1) are counted from 1970-01-01 UTC; the first
    /// and the last one may be cut. Costs one look a step, so that the caller bounds how many there are.
    pub fn history(
        &self,
        series: &str,
        from: Timestamp,
        to: Timestamp,
        step: Duration,
    ) -> Result<Vec<Point>, PersistenceError> {
        self.read(|connection| history::stepwise(connection, series, (from, to), step))
    }

    /// How many reports there are.
    pub fn count(&self) -> Result<u64, PersistenceError> {
        self.read(reports::count)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, PersistenceError> {
        let mut connection = self.connection()?;
        Ok(query(&mut connection)?)
    }

    /// A connection, within [`READER_WAIT`]; sooner the reason why there is none, when the last attempt to open one has
    /// failed.
    fn connection(&self) -> Result<PooledConnection<Readers>, PersistenceError> {
        let wait = self.pool.connection_timeout();
        let waited = Clock::system().stopwatch();
        loop {
            let left = wait.saturating_sub(waited.elapsed());
            let error = match self.pool.get_timeout(left.min(LOOK_EVERY)) {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if let Some(failure) = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone() {
                return Err(failure);
            }
            if left.is_zero() {
                let waited_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                let (readers, reason) = (self.pool.max_size(), error.to_string());
                return Err(PersistenceError::ReadersBusy { readers, waited_ms, reason });
            }
        }
    }
}

fn check(location: &Location) -> Result<(), PersistenceError> {
    let difference = migrations::difference(&mut connect_reader(location)?)?;
    difference.refuse_strangers(&location.to_string())?;
    Ok(difference.refuse_pending(&location.to_string())?)
}

#[cfg(test)]
mod tests {
    use super::super::database::Database;
    use super::*;

    #[test]
    fn a_caller_is_told_when_every_connection_stays_busy() {
        let directory = tempfile::TempDir::new().unwrap();
        let location = Location::sqlite(&directory.path().join("evenkeel.db"), Duration::ZERO);
        Database::open(&location).unwrap().migrate().unwrap();
        let archive = Archive::with_wait(&location, 1, Duration::from_secs(1)).unwrap();

        let busy = archive.read(|_| Ok(archive.count())).unwrap().unwrap_err().to_string();
        let expected = "none of the 1 reader connections became free within 1000 ms";
        assert!(busy.starts_with(expected), "{busy}");
        assert_eq!(archive.count(), Ok(0));
    }
}
