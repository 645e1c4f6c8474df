//! The embedded migrations: what a database has, what it lacks, and bringing it up to date.
//!
//! Looking never writes, so that a database which is to be refused is left as it was.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
#[cfg(feature = "postgres")]
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
#[cfg(feature = "postgres")]
use diesel::sql_types::{BigInt, Oid};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::adoption::AdoptionError;
use super::adoption::occupant::{self, Occupant};
use super::connection::AnyConnection;
use super::error::PersistenceError;
use super::open_error::OpenError;

/// The tables that the migrations make.
const OURS: [&str; 5] = ["reports", "artifacts", "artifact_chunks", "index_points", "slots"];

/// The migration that needs a name which the table of the old service may have.
const VIEW: &str = "0004_crypto_report";

const FOR_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const FOR_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Held by whoever migrates a Postgres database: two replicas that start together take turns. Any number would do.
#[cfg(feature = "postgres")]
const TURN: i64 = 0x6576_656e_6b65_656c;

#[cfg(feature = "postgres")]
define_sql_function! {
    /// Whether a statement that names no schema finds it.
    fn pg_table_is_visible(table: Oid) -> Bool;
}

define_sql_function! {
    /// SQLite compares the names of tables without their case.
    fn lower(text: Text) -> Text;
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

diesel::table! {
    sqlite_master (name) {
        #[sql_name = "type"]
        kind -> Text,
        name -> Text,
    }
}

#[cfg(feature = "postgres")]
diesel::table! {
    pg_class (oid) {
        oid -> Oid,
        relname -> Text,
        relkind -> diesel::sql_types::CChar,
    }
}

/// How a database and this program differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Difference {
    /// Versions in the database that the program does not know.
    pub(super) unknown: Vec<String>,
    /// Names of the migrations that the database lacks, in order.
    pub(super) pending: Vec<String>,
    /// Tables with our names in a database to which no migration of ours was applied: another program made them.
    pub(super) foreign: Vec<String>,
    /// What has the name of the view before a migration makes it, or a table that has come back in the view's place.
    pub(super) occupant: Option<Occupant>,
}

impl Difference {
    /// Refuses a database that somebody else has made or changed. `database` is shown, and holds no password.
    pub(super) fn refuse_strangers(&self, database: &str) -> Result<(), OpenError> {
        let database = || database.to_owned();
        if !self.foreign.is_empty() {
            return Err(OpenError::Foreign { database: database(), tables: self.foreign.join(", ") });
        }
        if !self.unknown.is_empty() {
            return Err(OpenError::Newer { database: database(), unknown: self.unknown.join(", ") });
        }
        Ok(())
    }

    /// Refuses a database in which a pending migration would fail, before any of them is applied.
    pub(super) fn refuse_occupant(&self, database: &str) -> Result<(), AdoptionError> {
        self.occupant.as_ref().map_or(Ok(()), |occupant| Err(occupant.refusal(database)))
    }

    /// Refuses a database whose schema is older than the program.
    pub(super) fn refuse_pending(&self, database: &str) -> Result<(), OpenError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        Err(OpenError::NotMigrated { database: database.to_owned(), pending: self.pending.join(", ") })
    }
}

/// One migration of the program.
struct Known {
    version: String,
    name: String,
}

/// Compares.
pub(super) fn difference(connection: &mut AnyConnection) -> Result<Difference, PersistenceError> {
    // Before the versions: a replica that migrates at the same time makes its tables, the view and their versions known at
    // once, and whoever has seen the one will see the other.
    let (occupant, tables) = (occupant::look(connection)?, tables(connection, &OURS)?);
    let applied = applied_versions(connection)?;
    let known = match connection {
        AnyConnection::Sqlite(_) => known::<Sqlite>(&FOR_SQLITE)?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => known::<Pg>(&FOR_POSTGRES)?,
    };
    let is_known = |version: &String| known.iter().any(|migration| migration.version == *version);
    let foreign = if applied.iter().any(is_known) { Vec::new() } else { tables };
    let unknown = applied.iter().filter(|version| !is_known(version)).cloned().collect();
    let pending = known.into_iter().filter(|migration| !applied.contains(&migration.version));
    let pending: Vec<String> = pending.map(|migration| migration.name).collect();
    let is_view_pending = pending.iter().any(|name| name == VIEW);
    let occupant = occupant.filter(|occupant| is_view_pending || occupant.is_a_table());
    Ok(Difference { unknown, pending, foreign, occupant })
}

/// Whether a migration of ours was applied.
pub(super) fn is_ours(connection: &mut AnyConnection) -> Result<bool, PersistenceError> {
    let known = known::<Sqlite>(&FOR_SQLITE)?;
    let applied = applied_versions(connection)?;
    Ok(known.iter().any(|migration| applied.contains(&migration.version)))
}

/// Applies what is missing, one transaction a migration, and names it in order.
pub(super) fn apply(connection: &mut AnyConnection) -> Result<Vec<String>, PersistenceError> {
    apply_those(connection, |_| true)
}

/// The same, as far as no name is needed that the table of the old service may have.
pub(super) fn apply_before_the_view(connection: &mut AnyConnection) -> Result<(), PersistenceError> {
    apply_those(connection, |name| name < VIEW).map(drop)
}

/// Makes the view, in the transaction that is open; makes it anew where somebody has dropped it.
pub(super) fn apply_the_view(connection: &mut AnyConnection) -> Result<(), PersistenceError> {
    match connection {
        AnyConnection::Sqlite(connection) => make_the_view(connection, FOR_SQLITE),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => {
            // Given back with the end of the transaction.
            diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<BigInt, _>(TURN)
                .execute(connection)?;
            make_the_view(connection, FOR_POSTGRES)
        }
    }
    .map_err(|error| PersistenceError::Database(error.to_string()))
}

fn make_the_view<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
) -> diesel::migration::Result<()> {
    let applied = connection.applied_migrations()?;
    let migrations = MigrationSource::<DB>::migrations(&embedded)?;
    for migration in migrations.iter().filter(|migration| migration.name().to_string() == VIEW) {
        if applied.contains(&migration.name().version()) {
            connection.revert_migration(migration)?;
        }
        connection.run_migration(migration)?;
    }
    Ok(())
}

fn apply_those(
    connection: &mut AnyConnection,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<String>, PersistenceError> {
    if difference(connection)?.pending.is_empty() {
        return Ok(Vec::new());
    }
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(connection) = connection {
        diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(TURN).execute(connection)?;
    }
    let applied = run(connection, wanted);
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(connection) = connection {
        diesel::sql_query("SELECT pg_advisory_unlock($1)").bind::<BigInt, _>(TURN).execute(connection)?;
    }
    applied
}

fn run(
    connection: &mut AnyConnection,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<String>, PersistenceError> {
    match connection {
        AnyConnection::Sqlite(connection) => run_on(connection, FOR_SQLITE, wanted),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => run_on(connection, FOR_POSTGRES, wanted),
    }
    .map_err(|error| PersistenceError::Database(error.to_string()))
}

fn run_on<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    embedded: EmbeddedMigrations,
    wanted: impl Fn(&str) -> bool,
) -> diesel::migration::Result<Vec<String>> {
    let mut applied = Vec::new();
    for migration in connection.pending_migrations(embedded)? {
        let name = migration.name().to_string();
        if wanted(&name) {
            connection.run_migration(&migration)?;
            applied.push(name);
        }
    }
    Ok(applied)
}

fn applied_versions(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    if tables(connection, &["__diesel_schema_migrations"])?.is_empty() {
        return Ok(Vec::new());
    }
    __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(connection)
}

/// Which of `names`, in alphabetical order, the database has. A view of such a name is in the way like a table.
fn tables(connection: &mut AnyConnection, names: &[&str]) -> QueryResult<Vec<String>> {
    match connection {
        AnyConnection::Sqlite(connection) => sqlite_master::table
            .filter(sqlite_master::kind.eq_any(["table", "view"]))
            .filter(lower(sqlite_master::name).eq_any(names))
            .select(sqlite_master::name)
            .order(sqlite_master::name)
            .load(connection),
        // Only what a statement without a schema's name would mean.
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => pg_class::table
            .filter(pg_class::relkind.eq_any([b'r', b'v', b'm', b'p', b'f']))
            .filter(pg_class::relname.eq_any(names))
            .filter(pg_table_is_visible(pg_class::oid))
            .select(pg_class::relname)
            .order(pg_class::relname)
            .load(connection),
    }
}

fn known<DB: Backend>(embedded: &EmbeddedMigrations) -> Result<Vec<Known>, PersistenceError> {
    let migrations: Vec<Box<dyn Migration<DB>>> =
        embedded.migrations().map_err(|error| PersistenceError::Database(error.to_string()))?;
    let mut known: Vec<Known> = migrations
        .iter()
        .map(|migration| Known {
            version: migration.name().version().to_string(),
            name: migration.name().to_string(),
        })
        .collect();
    known.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_memory() -> AnyConnection {
        AnyConnection::Sqlite(SqliteConnection::establish(":memory:").unwrap())
    }

    #[test]
    fn every_migration_can_be_undone_and_applied_again() {
        let mut connection = in_memory();
        let applied = apply(&mut connection).unwrap();
        assert_eq!(applied.first().map(String::as_str), Some("0001_reports"));
        assert_eq!(difference(&mut connection).unwrap(), Difference::default());
        assert_eq!(tables(&mut connection, &OURS).unwrap().len(), OURS.len());

        let mut sqlite = connection.into_file().unwrap();
        sqlite.revert_all_migrations(FOR_SQLITE).unwrap();
        let mut connection = AnyConnection::Sqlite(sqlite);
        assert_eq!(difference(&mut connection).unwrap().pending, applied);
        assert_eq!(apply(&mut connection).unwrap(), applied);
    }

    #[test]
    fn a_version_from_the_future_is_named() {
        let mut connection = in_memory();
        apply(&mut connection).unwrap();
        diesel::insert_into(__diesel_schema_migrations::table)
            .values(__diesel_schema_migrations::version.eq("9999"))
            .execute(&mut connection)
            .unwrap();
        assert_eq!(difference(&mut connection).unwrap().unknown, ["9999"]);
    }
}
