//! One connection of either database.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;

/// A connection of either database.
#[allow(missing_docs, reason = "the derive adds items of its own")]
#[derive(diesel::MultiConnection)]
pub(super) enum AnyConnection {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// Postgres.
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

impl AnyConnection {
    /// The connection itself, if it is one of a file.
    pub(super) fn into_file(self) -> Option<SqliteConnection> {
        match self {
            Self::Sqlite(connection) => Some(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    /// Begins a transaction that is going to write.
    pub(super) fn begin(&mut self) -> QueryResult<()> {
        match self {
            // Immediate: what cannot be written is refused here and not at the first statement.
            Self::Sqlite(connection) => {
                AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => AnsiTransactionManager::begin_transaction(connection),
        }
    }

    /// Ends the transaction and keeps what it did.
    pub(super) fn commit(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => AnsiTransactionManager::commit_transaction(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => AnsiTransactionManager::commit_transaction(connection),
        }
    }

    /// Ends the transaction and undoes what it did.
    pub(super) fn roll_back(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => AnsiTransactionManager::rollback_transaction(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => AnsiTransactionManager::rollback_transaction(connection),
        }
    }

    /// Runs `work` in a transaction of its own. After an error of the database the connection is to be given up.
    pub(super) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> QueryResult<T>,
    ) -> QueryResult<T> {
        self.begin()?;
        let done = work(self)?;
        self.commit()?;
        Ok(done)
    }
}
