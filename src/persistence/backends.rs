//! What a statement and a row need to be both databases'.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;

/// A statement that can be executed on any connection.
pub(super) trait Statement:
    QueryId + QueryFragment<Sqlite> + ExecuteDsl<SqliteConnection> + QueryFragment<Pg> + ExecuteDsl<PgConnection>
{
}

impl<T> Statement for T where
    T: QueryId
        + QueryFragment<Sqlite>
        + ExecuteDsl<SqliteConnection>
        + QueryFragment<Pg>
        + ExecuteDsl<PgConnection>
{
}

/// A row that any connection can give.
pub(super) trait Row: QueryableByName<Sqlite> + QueryableByName<Pg> + 'static {}

impl<T> Row for T where T: QueryableByName<Sqlite> + QueryableByName<Pg> + 'static {}
