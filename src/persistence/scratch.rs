//! A database without a file: all of it is in memory that SQLite asks the C library for, until it is dropped.

use diesel::prelude::*;

use super::error::PersistenceError;

/// An open, empty database in memory. Nobody else sees it.
pub struct Scratch {
    // Held for its memory only.
    _connection: SqliteConnection,
}

impl Scratch {
    /// Opens one.
    ///
    /// # Errors
    /// [`PersistenceError::Database`] when SQLite has no memory for it.
    pub fn open() -> Result<Self, PersistenceError> {
        let connection = SqliteConnection::establish(":memory:");
        connection
            .map(|connection| Self { _connection: connection })
            .map_err(|error| PersistenceError::Database(error.to_string()))
    }
}
