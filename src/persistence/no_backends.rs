//! What a statement and a row need in a build without the feature `postgres`: to be SQLite's.

use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;

/// A statement that can be executed on any connection.
pub(super) trait Statement: QueryId + QueryFragment<Sqlite> + ExecuteDsl<SqliteConnection> {}

impl<T> Statement for T where T: QueryId + QueryFragment<Sqlite> + ExecuteDsl<SqliteConnection> {}

/// A row that any connection can give.
pub(super) trait Row: QueryableByName<Sqlite> + 'static {}

impl<T> Row for T where T: QueryableByName<Sqlite> + 'static {}
