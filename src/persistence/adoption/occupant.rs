//! What bears the name `crypto_report` in a database before the view does. Looks, and never writes.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::error::AdoptionError;
use super::old_table::{EDITION, KEPT_TABLE, OLD_TABLE};
use super::shape::{Dialect, Found, differences};
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

const KIND_IN_POSTGRES: &str = "\
    SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'a view'
           WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table' WHEN 'S' THEN 'a sequence'
           ELSE 'an index or a type' END AS kind
    FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)";

const KIND_IN_SQLITE: &str = "\
    SELECT CASE type WHEN 'table' THEN 'table' WHEN 'index' THEN 'an index' ELSE 'a ' || type END AS kind
    FROM sqlite_master WHERE lower(name) = $1 AND type <> 'trigger'";

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

fn about_the_name<T>(connection: &mut AnyConnection, query: &str) -> QueryResult<Vec<T>>
where
    T: 'static + QueryableByName<diesel::pg::Pg> + QueryableByName<diesel::sqlite::Sqlite>,
{
    let query = diesel::sql_query(query).bind::<Text, _>(OLD_TABLE);
    match connection {
        AnyConnection::Sqlite(connection) => query.load(connection),
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

#[derive(QueryableByName)]
struct Circumstances {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Bool)]
    is_owner: bool,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    first_schema: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Bool)]
    has_policies: bool,
}

const CIRCUMSTANCES: &str = "\
    SELECT pg_get_userbyid(c.relowner)::text AS owner, pg_has_role(c.relowner, 'USAGE') AS is_owner,
           c.relnamespace::regnamespace::text AS schema, coalesce(quote_ident(current_schema()), 'none') AS first_schema,
           current_setting('server_encoding') AS encoding, c.relrowsecurity AS has_policies
    FROM pg_class c WHERE c.oid = to_regclass($1)";

#[derive(QueryableByName)]
struct Ambiguous {
    #[diesel(sql_type = Text)]
    id: String,
}

/// What would keep a server's table from being adopted in the end, and what to do about it.
pub(super) fn obstacle(connection: &mut PgConnection) -> QueryResult<Option<String>> {
    let found: Circumstances =
        diesel::sql_query(CIRCUMSTANCES).bind::<Text, _>(OLD_TABLE).get_result(connection)?;
    let Circumstances { owner, is_owner, schema, first_schema, encoding, has_policies } = found;
    if !is_owner {
        return Ok(Some(format!("it belongs to {owner}: connect as {owner}, or as a member of that role")));
    }
    if schema != first_schema {
        return Ok(Some(format!(
            "it is in schema {schema}, and the view would come into schema {first_schema}: add \
             options=-csearch_path%3D{schema} to DATABASE_URL"
        )));
    }
    if encoding != "UTF8" {
        let remedy = "restore a dump of it into a database in UTF8 first";
        return Ok(Some(format!("the database is encoded in {encoding}: {remedy}")));
    }
    if has_policies {
        let remedy =
            "decide who may read all of it, then ALTER TABLE crypto_report DISABLE ROW LEVEL SECURITY";
        return Ok(Some(format!("it has row security, which the view would not have: {remedy}")));
    }
    let ambiguous: Option<Ambiguous> = diesel::sql_query(
        "SELECT coalesce(id::text, 'null') AS id FROM crypto_report \
         GROUP BY crypto_report.id HAVING count(*) > 1 OR crypto_report.id IS NULL LIMIT 1",
    )
    .get_result(connection)
    .optional()?;
    Ok(ambiguous.map(|row| format!("its ids are not unique: {} is one that is not; correct it", row.id)))
}
