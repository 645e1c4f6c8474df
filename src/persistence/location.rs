//! Where a database is: which file, or which server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::open_error::OpenError;
#[cfg(feature = "postgres")]
use crate::config::PostgresUrl;
use crate::config::{Config, ConfigError, DatabaseTarget};

/// Where a database is. Displays without a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite's.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// How long a statement waits for another program's lock.
        lock_wait: Duration,
    },
    /// A database of a Postgres server. Needs the feature `postgres`.
    #[cfg(feature = "postgres")]
    Postgres {
        /// The server and the database.
        url: PostgresUrl,
        /// How long a statement waits for another session's lock.
        lock_wait: Duration,
    },
}

impl Location {
    /// The one that is configured.
    ///
    /// # Errors
    /// When `database.url` cannot be read; in a valid configuration it can.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let lock_wait = config.database.lock_wait;
        Ok(match config.database_target()? {
            DatabaseTarget::Sqlite(path) => Self::Sqlite { path, lock_wait },
            #[cfg(feature = "postgres")]
            DatabaseTarget::Postgres(url) => Self::Postgres { url, lock_wait },
        })
    }

    /// Whether it is a server, which may be away for a while and has other writers.
    pub(super) fn is_server(&self) -> bool {
        !matches!(self, Self::Sqlite { .. })
    }

    /// How long a statement waits for a lock that somebody else holds.
    pub(super) fn lock_wait(&self) -> Duration {
        match self {
            Self::Sqlite { lock_wait, .. } => *lock_wait,
            #[cfg(feature = "postgres")]
            Self::Postgres { lock_wait, .. } => *lock_wait,
        }
    }

    /// Why it could not be opened, as the database itself has said it.
    pub(super) fn refused(&self, said: &str) -> OpenError {
        match self {
            Self::Sqlite { path, lock_wait } => OpenError::from_sqlite(path, *lock_wait, said),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, .. } => OpenError::from_postgres(url, said),
        }
    }

    /// The file at `path`.
    pub fn sqlite(path: &Path, lock_wait: Duration) -> Self {
        Self::Sqlite { path: path.to_path_buf(), lock_wait }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path, .. } => path.display().fmt(f),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, .. } => url.fmt(f),
        }
    }
}
