//! A database that cannot be used is refused in one line that names it, and nothing is written.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on has failed")]

#[path = "common/store.rs"]
mod store;

use std::collections::BTreeMap;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::{OpenError, PersistenceError};
use store::{LOCK_WAIT, Store, writer};
use tempfile::TempDir;

/// Every file below `directory` with its content.
fn content(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

/// Opens `path` and expects a one-line refusal that says `expected` and changes nothing in the directory.
fn refused(path: &Path, expected: &str) -> OpenError {
    let directory = path.parent().unwrap();
    let before = if directory.is_dir() { content(directory) } else { BTreeMap::new() };
    let error = Database::open(&Location::sqlite(path, LOCK_WAIT)).err().unwrap();
    let line = error.to_string();
    assert!(line.contains(expected) && line.contains(path.to_str().unwrap()), "{line}");
    assert!(!line.contains('\n'), "{line}");
    if directory.is_dir() {
        assert_eq!(content(directory), before, "{line}");
    }
    error
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("notes.db");
    for text in ["hello".to_owned(), "not a database\n".repeat(10_000)] {
        std::fs::write(&path, text).unwrap();
        refused(&path, "is not an SQLite database");
    }
}

#[test]
fn a_place_without_a_file_is_refused() {
    let directory = TempDir::new().unwrap();
    refused(&directory.path().join("missing/evenkeel.db"), "the directory of database");
    std::fs::create_dir(directory.path().join("folder.db")).unwrap();
    refused(&directory.path().join("folder.db"), "is not a file");
}

#[test]
fn a_read_only_file_or_directory_is_refused() {
    let store = Store::new();
    let path = store.path();
    let writable = std::fs::metadata(&path).unwrap().permissions();
    let mut read_only = writable.clone();
    read_only.set_readonly(true);
    std::fs::set_permissions(&path, read_only).unwrap();
    refused(&path, "is not writable: the file is read-only");
    std::fs::set_permissions(&path, writable).unwrap();

    let directory = path.parent().unwrap();
    let writable = std::fs::metadata(directory).unwrap().permissions();
    let mut read_only = writable.clone();
    read_only.set_readonly(true);
    std::fs::set_permissions(directory, read_only).unwrap();
    refused(&path, "is not writable: its directory is read-only");
    std::fs::set_permissions(directory, writable).unwrap();
}

#[test]
fn a_database_of_another_program_is_refused_before_anything_is_written() {
    let directory = TempDir::new().unwrap();
    let cases = [
        ("CREATE TABLE reports (title TEXT)", "(reports)"),
        ("CREATE TABLE Index_Points (x); CREATE VIEW artifacts AS SELECT 1", "(Index_Points, artifacts)"),
        (
            "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP);
             INSERT INTO __diesel_schema_migrations (version) VALUES ('20240101'); CREATE TABLE reports (x)",
            "(reports)",
        ),
    ];
    for (number, (tables, named)) in cases.into_iter().enumerate() {
        let path = directory.path().join(format!("{number}.db"));
        let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        other.batch_execute(tables).unwrap();
        drop(other);
        let right = "set database.url or DATABASE_URL to another one";
        refused(&path, &format!("holds tables of another program {named}: {right}"));
        let reader = Archive::open(&Location::sqlite(&path, LOCK_WAIT), 1).unwrap_err().to_string();
        assert!(reader.contains("holds tables of another program"), "{reader}");
    }
}

/// In their order, from the folder that they come from.
fn all_migrations() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_database_that_only_shares_its_file_is_migrated() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("shared.db");
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other.batch_execute("CREATE TABLE notes (x)").unwrap();
    drop(other);
    assert_eq!(
        Database::open(&Location::sqlite(&path, LOCK_WAIT)).unwrap().migrate().unwrap(),
        all_migrations()
    );
    assert!(Database::open(&Location::sqlite(&path, LOCK_WAIT)).is_ok());
}

#[test]
fn a_database_from_a_newer_program_is_refused() {
    let store = Store::new();
    let mut other = SqliteConnection::establish(store.path().to_str().unwrap()).unwrap();
    other
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9998'), ('9999')")
        .unwrap();
    drop(other);
    refused(&store.path(), "is newer than this program: it has the unknown migrations 9998, 9999");
    let reader = Archive::open(&Location::sqlite(&store.path(), LOCK_WAIT), 1).unwrap_err();
    assert!(reader.to_string().contains("is newer than this program"), "{reader}");
}

#[test]
fn a_database_that_has_a_writer_is_refused_until_the_writer_is_gone() {
    let store = Store::new();
    let holder = writer(&store.path());
    refused(&store.path(), &format!("is in use by process {}", std::process::id()));
    drop(holder);
    assert!(Database::open(&Location::sqlite(&store.path(), LOCK_WAIT)).is_ok());
}

#[test]
fn a_database_that_another_program_locks_is_refused_after_the_wait() {
    let store = Store::new();
    let mut other = SqliteConnection::establish(store.path().to_str().unwrap()).unwrap();
    other
        .batch_execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE other (id); COMMIT;")
        .unwrap();
    refused(&store.path(), "is locked by another process: waited 100 ms (database.lock_wait)");
}

#[test]
fn a_new_database_is_migrated_as_a_step_of_its_own() {
    let directory = TempDir::new().unwrap();
    // Characters that have a meaning in SQLite's own addresses.
    let path = directory.path().join("50% of #1?.db");
    assert!(matches!(
        Archive::open(&Location::sqlite(&path, LOCK_WAIT), 1),
        Err(PersistenceError::Open(OpenError::Absent { .. }))
    ));
    let mut database = Database::open(&Location::sqlite(&path, LOCK_WAIT)).unwrap();
    drop(database);
    let early =
        Persistence::new(&Location::sqlite(&path, LOCK_WAIT), Clock::system()).err().unwrap().to_string();
    assert!(
        early.contains(&format!(
            "lacks the migrations {}: run `evenkeel migrate`",
            all_migrations().join(", ")
        )),
        "{early}"
    );
    let early = Archive::open(&Location::sqlite(&path, LOCK_WAIT), 1).unwrap_err().to_string();
    assert!(early.contains("lacks the migrations"), "{early}");

    database = Database::open(&Location::sqlite(&path, LOCK_WAIT)).unwrap();
    assert_eq!(database.migrate().unwrap(), all_migrations());
    assert_eq!(database.migrate().unwrap(), Vec::<String>::new());
    drop(database);
    assert!(Persistence::new(&Location::sqlite(&path, LOCK_WAIT), Clock::system()).is_ok());
    assert_eq!(Archive::open(&Location::sqlite(&path, LOCK_WAIT), 1).unwrap().latest().unwrap(), None);
}
