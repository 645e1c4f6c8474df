//! The embedded migrations: what a database file has, what it lacks, and bringing it up to date.
//!
//! Looking never writes, so that a file which is to be refused is left as it was.

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::error::PersistenceError;

/// The tables that the migrations make.
const OURS: [&str; 4] = ["reports", "artifacts", "artifact_chunks", "index_points"];

const EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

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

/// How a database file and this program differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Difference {
    /// Versions in the file that the program does not know.
    pub(super) unknown: Vec<String>,
    /// Names of the migrations that the file lacks, in order.
    pub(super) pending: Vec<String>,
    /// Tables with our names in a file to which no migration of ours was applied: another program made them.
    pub(super) foreign: Vec<String>,
}

/// Compares; the first read of a connection, and therefore also the proof that the file is a database.
pub(super) fn difference(connection: &mut SqliteConnection) -> Result<Difference, PersistenceError> {
    let applied = applied_versions(connection)?;
    let known = embedded()?;
    let is_known = |version: &String| known.iter().any(|migration| version_of(migration) == *version);
    let foreign = if applied.iter().any(is_known) { Vec::new() } else { tables(connection, &OURS)? };
    let unknown = applied.iter().filter(|version| !is_known(version)).cloned().collect();
    let pending = known
        .iter()
        .filter(|migration| !applied.contains(&version_of(migration)))
        .map(|migration| migration.name().to_string())
        .collect();
    Ok(Difference { unknown, pending, foreign })
}

/// Applies what is missing, one transaction a migration, and names it in order.
pub(super) fn apply(connection: &mut SqliteConnection) -> Result<Vec<String>, PersistenceError> {
    let pending = difference(connection)?.pending;
    connection
        .run_pending_migrations(EMBEDDED)
        .map_err(|error| PersistenceError::Database(error.to_string()))?;
    Ok(pending)
}

fn applied_versions(connection: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    if tables(connection, &["__diesel_schema_migrations"])?.is_empty() {
        return Ok(Vec::new());
    }
    __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(connection)
}

/// Which of `names`, in alphabetical order, the file has. A view of such a name is in the way like a table.
fn tables(connection: &mut SqliteConnection, names: &[&str]) -> QueryResult<Vec<String>> {
    sqlite_master::table
        .filter(sqlite_master::kind.eq_any(["table", "view"]))
        .filter(lower(sqlite_master::name).eq_any(names))
        .select(sqlite_master::name)
        .order(sqlite_master::name)
        .load(connection)
}

fn embedded() -> Result<Vec<Box<dyn Migration<Sqlite>>>, PersistenceError> {
    let mut migrations =
        EMBEDDED.migrations().map_err(|error| PersistenceError::Database(error.to_string()))?;
    migrations.sort_by_key(version_of);
    Ok(migrations)
}

#[allow(clippy::borrowed_box, reason = "what a slice of migrations hands out")]
fn version_of(migration: &Box<dyn Migration<Sqlite>>) -> String {
    migration.name().version().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_can_be_undone_and_applied_again() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let applied = apply(&mut connection).unwrap();
        assert_eq!(applied.first().map(String::as_str), Some("0001_reports"));
        assert_eq!(difference(&mut connection).unwrap(), Difference::default());
        assert_eq!(tables(&mut connection, &OURS).unwrap().len(), OURS.len());

        connection.revert_all_migrations(EMBEDDED).unwrap();
        assert_eq!(difference(&mut connection).unwrap().pending, applied);
        assert_eq!(apply(&mut connection).unwrap(), applied);
    }

    #[test]
    fn a_version_from_the_future_is_named() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        apply(&mut connection).unwrap();
        diesel::insert_into(__diesel_schema_migrations::table)
            .values(__diesel_schema_migrations::version.eq("9999"))
            .execute(&mut connection)
            .unwrap();
        assert_eq!(difference(&mut connection).unwrap().unknown, ["9999"]);
    }
}
