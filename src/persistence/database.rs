//! The writer's hold on a database.
//!
//! Whoever holds a [`Database`] on a file is the file's only writer, among processes and among generations of one
//! process. A server has many writers; whose turn it is, is agreed upon in the database itself.

use std::time::Duration;

use diesel::QueryResult;

use super::connection::AnyConnection;
use super::error::PersistenceError;
use super::location::Location;
use super::migrations;
use super::open_error::OpenError;
use super::outage::Outage;
#[cfg(feature = "postgres")]
use super::postgres;
use super::writer_lock::WriterLock;
use super::{slots, sqlite};
use crate::clock::Clock;

/// The pauses before a statement is tried again. Together they hold the writer's thread up for a third of a second.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(100), Duration::from_millis(200)];

/// The writer of one database.
pub struct Database {
    location: Location,
    /// Absent after a failure, until somebody asks for it again.
    connection: Option<AnyConnection>,
    /// Since the last attempt to connect to the server has failed.
    outage: Option<Outage>,
    _lock: Option<WriterLock>,
}

impl Database {
    /// Opens the database for writing. A file is created if there is none, and a second [`Database`] on it is refused
    /// without waiting.
    ///
    /// Nothing is migrated; see [`Database::migrate`].
    ///
    /// # Errors
    /// See [`OpenError`]; nothing was written.
    pub fn open(location: &Location) -> Result<Self, OpenError> {
        let (connection, lock) = match location {
            Location::Sqlite { path, lock_wait } => {
                let (connection, lock) = sqlite::open_writer(path, *lock_wait)?;
                (connection, Some(lock))
            }
            #[cfg(feature = "postgres")]
            Location::Postgres { .. } => (connect(location)?, None),
        };
        let mut database = Self { connection: Some(connection), _lock: lock, ..Self::unconnected(location) };
        database.refuse_strangers()?;
        Ok(database)
    }

    /// The same, but a server that cannot be reached now is asked again whenever its connection is needed, and migrated
    /// when it answers.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing was written.
    pub fn open_when_reachable(location: &Location) -> Result<Self, OpenError> {
        match location {
            Location::Sqlite { .. } => Self::open(location),
            #[cfg(feature = "postgres")]
            Location::Postgres { .. } => Ok(Self::unconnected(location)),
        }
    }

    fn unconnected(location: &Location) -> Self {
        Self { location: location.clone(), connection: None, outage: None, _lock: None }
    }

    /// Applies the migrations that the database lacks, each in a transaction of its own, and names them in order.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses; the migrations before the refused one stand. When something has
    /// the name that the view needs: nothing was written then.
    pub fn migrate(&mut self) -> Result<Vec<String>, PersistenceError> {
        let database = self.location.to_string();
        let connection = self.connection()?;
        migrations::difference(connection)?.refuse_occupant(&database)?;
        migrations::apply(connection)
    }

    /// Ends the leases of a file at the start of a process: it is the file's only writer, so whoever held one is gone. On
    /// a server they run out.
    ///
    /// # Errors
    /// When the file refuses.
    pub fn end_leases_of_the_dead(&mut self) -> Result<(), PersistenceError> {
        if !self.location.is_server() {
            slots::end_all(self.connection()?)?;
        }
        Ok(())
    }

    /// Refuses a database whose schema is older than the program.
    ///
    /// # Errors
    /// [`OpenError::NotMigrated`], or why the database could not be asked.
    pub fn require_migrated(&mut self) -> Result<(), PersistenceError> {
        let difference = migrations::difference(self.connection()?)?;
        Ok(difference.refuse_pending(&self.location.to_string())?)
    }

    /// The write connection; a new one after [`Database::give_up_connection`].
    pub(super) fn connection(&mut self) -> Result<&mut AnyConnection, PersistenceError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect_unless_refused()?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Runs `work`, and up to three times more, each on a new connection, when what failed it may pass at once: a
    /// session that has ended, two transactions in each other's way. Connecting itself is tried once: a server that is
    /// away for longer is for the next message.
    ///
    /// For work that may be done twice. After an error there is no connection: whatever was open is rolled back.
    pub(super) fn persist<T>(
        &mut self,
        mut work: impl FnMut(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, PersistenceError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match self.connection().map(&mut work) {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => PersistenceError::from(error),
                Err(error) => return Err(error),
            };
            self.give_up_connection();
            let passes = self.location.is_server() && matches!(error, PersistenceError::Unavailable(_));
            let Some(pause) = pauses.next().filter(|_| passes) else { return Err(error) };
            log::debug!("a statement is tried again in {pause:?}: {error}");
            // The writer's thread serves nothing else. Woken early, it merely tries early.
            std::thread::park_timeout(pause);
        }
    }

    /// Closes the write connection. The database rolls an open transaction back, whatever state the connection is in.
    pub(super) fn give_up_connection(&mut self) {
        self.connection = None;
    }

    /// Connects, or says at once why that has failed a moment ago.
    fn connect_unless_refused(&mut self) -> Result<AnyConnection, PersistenceError> {
        if let Some(refusal) = self.outage.as_ref().and_then(Outage::refusal) {
            return Err(refusal);
        }
        let connected = self.reconnect();
        self.outage = match &connected {
            Err(error) if self.location.is_server() => {
                Some(Outage::after(self.outage.as_ref(), error.clone(), &Clock::system()))
            }
            Ok(_) | Err(_) => None,
        };
        connected
    }

    fn reconnect(&self) -> Result<AnyConnection, PersistenceError> {
        if !self.location.is_server() {
            return Ok(connect(&self.location)?);
        }
        // Another server may answer now than the one that was left, or one that was never reached before.
        let mut connection = connect(&self.location)?;
        let difference = migrations::difference(&mut connection)?;
        difference.refuse_strangers(&self.location.to_string())?;
        difference.refuse_occupant(&self.location.to_string())?;
        for migration in migrations::apply(&mut connection)? {
            log::info!(event = "database-migrated", migration = migration.as_str(); "the database has been migrated: {migration}");
        }
        Ok(connection)
    }

    fn refuse_strangers(&mut self) -> Result<(), OpenError> {
        if !self.location.is_server() {
            return Ok(());
        }
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let difference =
            migrations::difference(connection).map_err(|error| self.location.refused(&error.to_string()))?;
        difference.refuse_strangers(&self.location.to_string())
    }
}

fn connect(location: &Location) -> Result<AnyConnection, OpenError> {
    match location {
        Location::Sqlite { path, lock_wait } => Ok(sqlite::reopen_writer(path, *lock_wait)?),
        #[cfg(feature = "postgres")]
        Location::Postgres { url, lock_wait } => {
            Ok(postgres::connect(url, postgres::Access::Write, *lock_wait)?)
        }
    }
}

/// Opens a connection that only reads.
pub(super) fn connect_reader(location: &Location) -> Result<AnyConnection, PersistenceError> {
    Ok(match location {
        Location::Sqlite { path, lock_wait } => sqlite::open_reader(path, *lock_wait)?,
        #[cfg(feature = "postgres")]
        Location::Postgres { url, lock_wait } => postgres::connect(url, postgres::Access::Read, *lock_wait)?,
    })
}
