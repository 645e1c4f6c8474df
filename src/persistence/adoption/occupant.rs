//! What bears the name `crypto_report` in a database before the view does. Looks, and never writes.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::error::AdoptionError;
use super::old_table::{EDITION, KEPT_TABLE, OLD_TABLE};
use super::shape::{Dialect, Found, differences};
use crate::persistence::backends::Row;
use crate::persistence::connection::AnyConnection;
use crate::persistence::schema::reports;

/// What bears the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::persistence) enum Occupant {
    /// The old service's table; some of its rows may have been imported already.
    OldTable { is_half_imported: bool },
    /// A table of another shape, and how it differs.
    OtherTable { differences: String },
    /// Something else, with its article.
    Other { kind: String },
}

impl Occupant {
    pub(in crate::persistence) fn is_a_table(&self) -> bool {
        match self {
            Self::OldTable { .. } | Self::OtherTable { .. } => true,
            Self::Other { .. } => false,
        }
    }

    /// Why the schema cannot be brought up to date while this is there. `database` holds no password.
    pub(in crate::persistence) fn refusal(&self, database: &str) -> AdoptionError {
        let database = database.to_owned();
        match self {
            Self::OldTable { is_half_imported: false } => AdoptionError::InTheWay { database },
            Self::OldTable { is_half_imported: true } => AdoptionError::Interrupted { database },
            Self::OtherTable { differences } => {
                AdoptionError::WrongShape { place: database, differences: differences.clone() }
            }
            Self::Other { kind } => AdoptionError::NotATable { place: database, kind: kind.clone() },
        }
    }
}

#[derive(QueryableByName)]
struct Kind {
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_primary_key: bool,
}

#[cfg(feature = "postgres")]
const KIND_IN_POSTGRES: &str = "\
    SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'a view'
           WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table' WHEN 'S' THEN 'a sequence'
           ELSE 'an index or a type' END AS kind
    FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)";

const KIND_IN_SQLITE: &str = "\
    SELECT CASE type WHEN 'table' THEN 'table' WHEN 'index' THEN 'an index' ELSE 'a ' || type END AS kind
    FROM sqlite_master WHERE lower(name) = $1 AND type <> 'trigger'";

#[cfg(feature = "postgres")]
const COLUMNS_IN_POSTGRES: &str = "\
    SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS kind,
           EXISTS (SELECT FROM pg_index x
                   WHERE x.indrelid = a.attrelid AND x.indisprimary AND a.attnum = ANY (x.indkey)) AS is_primary_key
    FROM pg_attribute a
    WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped";

const COLUMNS_IN_SQLITE: &str =
    "SELECT name, lower(type) AS kind, pk = 1 AS is_primary_key FROM pragma_table_info($1)";

/// Looks who is there.
pub(in crate::persistence) fn look(connection: &mut AnyConnection) -> QueryResult<Option<Occupant>> {
    let (kind_query, columns_query, dialect) = match connection {
        AnyConnection::Sqlite(_) => (KIND_IN_SQLITE, COLUMNS_IN_SQLITE, Dialect::Sqlite),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => (KIND_IN_POSTGRES, COLUMNS_IN_POSTGRES, Dialect::Postgres),
    };
    let kinds: Vec<Kind> = about_the_name(connection, kind_query)?;
    let Some(Kind { kind }) = kinds.into_iter().next() else { return Ok(None) };
    if kind != "table" {
        return Ok(Some(Occupant::Other { kind }));
    }
    let found = |row: ColumnRow| Found { name: row.name, kind: row.kind, is_primary_key: row.is_primary_key };
    let columns: Vec<ColumnRow> = about_the_name(connection, columns_query)?;
    let columns: Vec<Found> = columns.into_iter().map(found).collect();
    Ok(Some(match differences(dialect, &columns) {
        Some(differences) => Occupant::OtherTable { differences },
        None => Occupant::OldTable { is_half_imported: has_imported(connection)? },
    }))
}

fn about_the_name<T: Row>(connection: &mut AnyConnection, query: &str) -> QueryResult<Vec<T>> {
    let query = diesel::sql_query(query).bind::<Text, _>(OLD_TABLE);
    match connection {
        AnyConnection::Sqlite(connection) => query.load(connection),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => query.load(connection),
    }
}

#[derive(QueryableByName)]
struct Presence {
    #[diesel(sql_type = Bool)]
    is_there: bool,
}

/// Whether a table of this name is there, as a statement without a schema's name would see it.
fn has_table(connection: &mut AnyConnection, name: &str) -> QueryResult<bool> {
    let presence: Presence = match connection {
        AnyConnection::Sqlite(connection) => diesel::sql_query(
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE lower(name) = $1) AS is_there",
        )
        .bind::<Text, _>(name)
        .get_result(connection)?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => {
            diesel::sql_query("SELECT to_regclass($1) IS NOT NULL AS is_there")
                .bind::<Text, _>(name)
                .get_result(connection)?
        }
    };
    Ok(presence.is_there)
}

/// Whether an adoption has renamed an old table before, or somebody else has taken the name.
pub(super) fn is_kept(connection: &mut AnyConnection) -> QueryResult<bool> {
    has_table(connection, KEPT_TABLE)
}

fn has_imported(connection: &mut AnyConnection) -> QueryResult<bool> {
    if !has_table(connection, "reports")? {
        return Ok(false);
    }
    let imported: Option<i32> = reports::table
        .filter(reports::edition.eq(EDITION))
        .select(reports::id)
        .first(connection)
        .optional()?;
    Ok(imported.is_some())
}
