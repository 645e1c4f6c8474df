//! The schema of Postgres and that of SQLite are one schema.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

#[path = "common/postgres.rs"]
mod postgres;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use evenkeel::config::{Config, DatabaseUrl};
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use postgres::Schema;

/// A table's column as both databases would describe it: table, column, type, nullable, position in the primary key.
type Columns = BTreeSet<String>;

fn migrations(database: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(!found.is_empty(), "no migrations for {database}");
    found
}

fn names(migrations: &[PathBuf]) -> Vec<&str> {
    migrations.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect()
}

fn sql(migration: &Path, file: &str) -> String {
    std::fs::read_to_string(migration.join(file)).unwrap()
}

const POSTGRES_COLUMNS: &str = "
    SELECT c.table_name || ' ' || c.column_name || ' ' || c.data_type || ' ' || lower(c.is_nullable) || ' ' ||
           coalesce(k.ordinal_position, 0)
    FROM information_schema.columns c
    LEFT JOIN information_schema.table_constraints t
      ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
    LEFT JOIN information_schema.key_column_usage k
      ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name
     AND k.column_name = c.column_name
    WHERE c.table_schema = current_schema() AND EXISTS (
        SELECT FROM pg_tables b WHERE b.schemaname = c.table_schema AND b.tablename = c.table_name)";

/// The columns that views show; their types are those of the readers of one database.
const POSTGRES_VIEWS: &str = "
    SELECT c.table_name || ' ' || c.column_name
    FROM information_schema.columns c JOIN information_schema.views v USING (table_schema, table_name)
    WHERE c.table_schema = current_schema()";

const SQLITE_VIEWS: &str = "
    SELECT t.name || ' ' || c.name AS line FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'view'";

const SQLITE_COLUMNS: &str = "
    SELECT t.name || ' ' || c.name || ' ' || lower(c.type) || ' ' ||
           CASE WHEN c.\"notnull\" = 1 THEN 'no' ELSE 'yes' END || ' ' || c.pk AS line
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

const POSTGRES_INDICES: &str = "
    SELECT t.relname || ' ' || CASE WHEN x.indisunique THEN 'unique' ELSE 'plain' END || ' ' ||
           string_agg(a.attname, ',' ORDER BY a.attnum)
    FROM pg_index x
    JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
    JOIN pg_attribute a ON a.attrelid = x.indexrelid
    -- An index on an expression serves a view, which each database words in its own way.
    WHERE NOT x.indisprimary AND x.indexprs IS NULL
    GROUP BY t.relname, x.indexrelid, x.indisunique";

const SQLITE_INDICES: &str = "
    SELECT t.name || ' ' || CASE WHEN i.\"unique\" = 1 THEN 'unique' ELSE 'plain' END || ' ' ||
           (SELECT group_concat(k.name, ',') FROM pragma_index_info(i.name) k) AS line
    FROM sqlite_master t, pragma_index_list(t.name) i
    WHERE t.type = 'table' AND i.origin <> 'pk'";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn sqlite_lines(connection: &mut SqliteConnection, query: &str) -> Columns {
    let lines: Vec<Line> = diesel::sql_query(query).load(connection).unwrap();
    lines.into_iter().map(|row| row.line.replace(" blob ", " bytea ")).collect()
}

fn postgres_lines(server: &Schema, query: &str) -> Columns {
    server.run_sql(query).lines().map(str::to_owned).collect()
}

#[test]
fn both_databases_have_the_same_tables_columns_and_keys() {
    let (for_sqlite, for_postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(names(&for_sqlite), names(&for_postgres));
    let server = Schema::new();
    let mut sqlite = SqliteConnection::establish(":memory:").unwrap();
    for migration in &for_sqlite {
        sqlite.batch_execute(&sql(migration, "up.sql")).unwrap();
    }

    let apply = |file| for_postgres.iter().for_each(|migration| drop(server.run_sql(&sql(migration, file))));
    apply("up.sql");
    for migration in for_postgres.iter().rev() {
        server.run_sql(&sql(migration, "down.sql"));
    }
    let left = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace";
    assert_eq!(postgres_lines(&server, left), Columns::new(), "down.sql leaves nothing");
    apply("up.sql");

    assert_eq!(postgres_lines(&server, POSTGRES_COLUMNS), sqlite_lines(&mut sqlite, SQLITE_COLUMNS));
    assert_eq!(postgres_lines(&server, POSTGRES_VIEWS), sqlite_lines(&mut sqlite, SQLITE_VIEWS));
    assert_eq!(postgres_lines(&server, POSTGRES_INDICES), sqlite_lines(&mut sqlite, SQLITE_INDICES));
    the_chunks_of_an_artifact_become_one_text(&server);
}

/// What a view for readers of plain text relies on, with a character that lies across two chunks.
fn the_chunks_of_an_artifact_become_one_text(server: &Schema) {
    server.run_sql(
        "INSERT INTO reports (edition, created_at) VALUES ('daily', 1772416800123456);
         INSERT INTO artifacts (report_id, name, bytes, chunks, sha256) VALUES (1, 'html', 9, 2, '');
         INSERT INTO artifact_chunks VALUES (1, 1, '\\xa06f'), (1, 0, '\\x58696e206368c3');",
    );
    let text = "SELECT convert_from(string_agg(body, ''::bytea ORDER BY seq), 'UTF8') FROM artifact_chunks";
    assert_eq!(server.run_sql(text).trim(), "Xin chào");
    let time = "SELECT ('epoch'::timestamptz + created_at * interval '1 microsecond') AT TIME ZONE 'UTC' FROM reports";
    assert_eq!(server.run_sql(time).trim(), "2026-03-02 02:00:00.123456");
}

/// Replicas that are started together find a schema that is half made by one of them.
#[test]
fn whoever_looks_at_a_database_while_another_migrates_it_takes_it_for_ours() {
    for _ in 0..10 {
        let schema = Schema::new();
        let mut config = Config::default();
        config.database.url = Some(DatabaseUrl::new(schema.url()));
        let (location, is_migrated) = (&Location::of(&config).unwrap(), &AtomicBool::new(false));
        let look = move || {
            while !is_migrated.load(Ordering::Relaxed) {
                Database::open(location).unwrap();
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(look);
            }
            let migrated = Database::open(location).unwrap().migrate();
            is_migrated.store(true, Ordering::Relaxed);
            assert!(!migrated.unwrap().is_empty());
        });
    }
}
