//! The old service's SQLite file: imported into either database, adopted where it is, and named where it does not fit.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a helper that fails fails its test"
)]

mod common;
#[path = "common/postgres.rs"]
mod postgres;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::program::{evenkeel, run, stderr, stdout};
use common::{SOON, eventually};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use postgres::Postgres;
use tempfile::{TempDir, tempdir};

/// The table as SQLAlchemy makes it, and a thousand rows like those of the service: null and empty columns, times with
/// and without microseconds, texts of several chunks with characters of two to four bytes at every place of a chunk's end.
const OLD: &str = "
    CREATE TABLE crypto_report (id INTEGER NOT NULL, html_content TEXT NOT NULL, css_content TEXT, js_content TEXT,
        html_content_en TEXT, js_content_en TEXT, created_at DATETIME NOT NULL, PRIMARY KEY (id));
    WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1000)
    INSERT INTO crypto_report
    SELECT n + 2,
           substr('xxx', 1, n % 4) || replace(printf('%.*c', CASE n % 100 WHEN 0 THEN 20000 ELSE n END, '.'), '.', 'thị 📈, '),
           CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'p{}' || n END,
           CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'let giá = ' || n END,
           CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE replace(printf('%.*c', 1 + n % 90 * 1000, '.'), '.', 'é') END,
           CASE n % 2 WHEN 0 THEN NULL ELSE '' END,
           datetime(1735689599 + n * 28801, 'unixepoch') || CASE n % 9 WHEN 0 THEN '' ELSE printf('.%06d', n * 977) END
    FROM g;";

diesel::table! {
    reports (id) {
        id -> Integer,
    }
}

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = Text)]
    created_at: String,
    #[diesel(sql_type = Nullable<Text>)]
    html_content: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    css_content: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    js_content: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    html_content_en: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    js_content_en: Option<String>,
}

const TEXTS: &str = "html_content, css_content, js_content, html_content_en, js_content_en";

fn in_file(path: &Path, relation: &str) -> Vec<Row> {
    let time = "CASE length(created_at) WHEN 19 THEN created_at || '.000000' ELSE created_at END";
    let query = format!("SELECT id, {TEXTS}, {time} AS created_at FROM {relation} ORDER BY id");
    diesel::sql_query(query).load(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()).unwrap()
}

fn on_server(server: &Postgres) -> Vec<Row> {
    let time = "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    let query = format!("SELECT id, {TEXTS}, {time} AS created_at FROM crypto_report ORDER BY id");
    diesel::sql_query(query).load(&mut PgConnection::establish(&server.url()).unwrap()).unwrap()
}

/// A directory with the old service's file in it.
struct Operator {
    directory: TempDir,
}

impl Operator {
    fn new() -> Self {
        let operator = Self { directory: tempdir().unwrap() };
        operator.on("old.db", OLD);
        operator
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn on(&self, name: &str, statements: &str) {
        let path = self.path(name);
        let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        connection.batch_execute(statements).unwrap();
    }

    fn evenkeel(&self, database: &str, arguments: &[&str]) -> Command {
        let mut command = evenkeel(self.directory.path());
        command.args(arguments).env("DATABASE_URL", database).env("PORT", "0");
        command
    }

    fn done(&self, database: &str, arguments: &[&str]) -> String {
        let output = run(&mut self.evenkeel(database, arguments));
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    fn refused(&self, database: &str, arguments: &[&str]) -> String {
        let output = run(&mut self.evenkeel(database, arguments));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stderr(&output).lines().last().unwrap().to_owned()
    }
}

/// An import that stops in the middle and is run again, and again.
fn imported_in_two_halves(operator: &Operator, database: &str) {
    operator.on("old.db", "UPDATE crypto_report SET created_at = '31.12.2025' WHERE id = 503");
    let line = operator.refused(database, &["import", "old.db"]);
    let expected = "row 503 of table crypto_report in old.db: created_at is \"31.12.2025\" (text); right is YYYY-MM-DD HH:MM:SS";
    assert!(line.contains(expected), "{line}");
    operator
        .on("old.db", "UPDATE crypto_report SET created_at = '2025-12-31 23:59:59.000001' WHERE id = 503");
    let before = std::fs::read(operator.path("old.db")).unwrap();
    let said = operator.done(database, &["import", "old.db"]);
    assert!(
        said.starts_with("1000 rows: 500 imported now") && said.contains(", 500 were here before;"),
        "{said}"
    );
    let said = operator.done(database, &["import", "old.db"]);
    assert!(said.starts_with("1000 rows: 0 imported now (0 B), 1000 were here before;"), "{said}");
    assert!(std::fs::read(operator.path("old.db")).unwrap() == before, "the file was written");
}

#[test]
fn a_file_is_imported_into_postgres_as_it_is() {
    let (operator, server) = (Operator::new(), Postgres::start());
    imported_in_two_halves(&operator, &server.url());
    assert!(on_server(&server) == in_file(&operator.path("old.db"), "crypto_report"));
    let next = "INSERT INTO reports (edition, created_at) VALUES ('market', 0) RETURNING id";
    assert_eq!(server.run_sql(next).trim(), "1003");
}

#[test]
fn a_file_is_imported_into_sqlite_as_it_is() {
    let operator = Operator::new();
    imported_in_two_halves(&operator, "new.db");
    let old = in_file(&operator.path("old.db"), "crypto_report");
    assert!(in_file(&operator.path("new.db"), "crypto_report") == old);
    assert_eq!(old.len(), 1000);
    operator.on("new.db", "INSERT INTO reports (edition, created_at) VALUES ('market', -1)");
    let newest = in_file(&operator.path("new.db"), "crypto_report").pop().unwrap();
    assert_eq!((newest.id, newest.created_at.as_str()), (1003, "1969-12-31 23:59:59.999999"));
}

/// Somewhere in the middle SQLite begins to count and never ends.
const HOLD: &str = "CREATE TRIGGER hold BEFORE INSERT ON reports WHEN NEW.id = 503 BEGIN
    SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r); END";

/// Kills a command that imports into `database` when half of the rows are in, and lets it run to its end after that.
async fn killed_half_way(operator: &Operator, database: &str, arguments: &[&str]) {
    operator.on(database, HOLD);
    let mut command = operator.evenkeel(database, arguments);
    let mut importing = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let path = operator.path(database);
    let count = || {
        reports::table.count().get_result(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap())
    };
    eventually(SOON, "half of the rows are in", async || (count() == Ok(500)).then_some(())).await;
    let line = operator.refused(database, arguments);
    assert!(line.contains(&format!("{database} is in use by process {}", importing.id())), "{line}");
    importing.kill().unwrap();
    importing.wait().unwrap();
    operator.on(database, "DROP TRIGGER hold");
    assert_eq!(count(), Ok(500));
    let said = operator.done(database, arguments);
    assert!(
        said.starts_with("1000 rows: 500 imported now") && said.contains(", 500 were here before;"),
        "{said}"
    );
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_stopped() {
    let operator = Operator::new();
    operator.done("new.db", &["migrate"]);
    killed_half_way(&operator, "new.db", &["import", "old.db"]).await;
    assert!(
        in_file(&operator.path("new.db"), "crypto_report")
            == in_file(&operator.path("old.db"), "crypto_report")
    );
}

#[tokio::test]
async fn an_adoption_of_a_file_that_was_killed_goes_on_where_it_stopped() {
    let operator = Operator::new();
    operator.done("own.db", &["migrate"]);
    operator.on("own.db", include_str!("../migrations/sqlite/0004_crypto_report/down.sql"));
    operator.on("own.db", "DELETE FROM __diesel_schema_migrations WHERE version = '0004'");
    operator.on("own.db", OLD);
    killed_half_way(&operator, "own.db", &["migrate", "--adopt"]).await;
    assert!(
        in_file(&operator.path("own.db"), "crypto_report")
            == in_file(&operator.path("old.db"), "crypto_report")
    );
}

#[test]
fn a_file_is_adopted_where_it_is() {
    let operator = Operator::new();
    operator.on("old.db", "CREATE VIEW digest AS SELECT id FROM crypto_report");
    let old = in_file(&operator.path("old.db"), "crypto_report");
    for command in [&["migrate"][..], &["run"]] {
        let line = operator.refused("old.db", command);
        assert!(
            line.contains("nothing was changed") && line.contains("`evenkeel migrate --adopt`"),
            "{line}"
        );
    }
    operator.on("old.db", "UPDATE crypto_report SET css_content = x'00' WHERE id = 503");
    let line = operator.refused("old.db", &["migrate", "--adopt"]);
    assert!(
        line.contains("row 503") && line.contains("css_content is of type blob; right is text or null"),
        "{line}"
    );
    let line = operator.refused("old.db", &["migrate"]);
    assert!(line.contains("was interrupted: run `evenkeel migrate --adopt`"), "{line}");
    operator.on("old.db", "UPDATE crypto_report SET css_content = NULL WHERE id = 503");
    let said = operator.done("old.db", &["migrate", "--adopt"]);
    assert!(
        said.starts_with("1000 rows: 500 imported now") && said.contains("view digest still reads"),
        "{said}"
    );
    let adopted = in_file(&operator.path("old.db"), "crypto_report");
    let mut expected = old;
    expected.iter_mut().filter(|row| row.id == 503).for_each(|row| row.css_content = None);
    assert!(adopted == expected);
    assert!(in_file(&operator.path("old.db"), "crypto_report_before_evenkeel") == expected);
    assert!(operator.done("old.db", &["migrate", "--adopt"]).contains("was adopted before"));
    assert!(operator.done("old.db", &["report", "show", "1002"]).contains("imported"));
}

#[test]
fn what_cannot_be_imported_is_named_and_nothing_is_lost() {
    let operator = Operator::new();
    std::fs::write(operator.path("notes.txt"), "these are not the bytes of a database, and they are many")
        .unwrap();
    operator.on("other.db", "CREATE TABLE notes (x)");
    operator.on(
        "wrong.db",
        "CREATE TABLE crypto_report (id TEXT PRIMARY KEY, html_content TEXT, created_at TEXT)",
    );
    for (file, expected) in [
        ("absent.db", "there is no file absent.db: name the SQLite file of the old service"),
        ("notes.txt", "notes.txt is not an SQLite database"),
        ("other.db", "other.db has no table crypto_report"),
        (
            "wrong.db",
            "wrong.db is not that of the old service and was not touched: id is text primary key instead of integer primary key, css_content is missing",
        ),
    ] {
        let line = operator.refused("new.db", &["import", file]);
        assert!(line.contains(expected), "{line}");
        assert!(!operator.path("new.db").exists(), "a mistake in {file} made a database");
    }
    let line = operator.refused("old.db", &["import", "old.db"]);
    assert!(line.contains("`evenkeel migrate --adopt`"), "{line}");

    for (change, expected) in [
        ("js_content = 'a' || char(0)", "js_content has a NUL at byte 1"),
        ("js_content = CAST(x'6162c3' AS TEXT)", "js_content is not UTF-8 at byte 2"),
        ("created_at = 1735689600", "created_at is \"1735689600\" (integer)"),
        ("id = 3000000000", "row 3000000000 of table crypto_report in bad.db: id is not from"),
    ] {
        operator.on(
            "bad.db",
            &format!(
                "{OLD} DELETE FROM crypto_report WHERE id > 4; UPDATE crypto_report SET {change} WHERE id = 4"
            ),
        );
        let line = operator.refused("new.db", &["import", "bad.db"]);
        assert!(line.contains(expected) && line.contains("correct it"), "{line}");
        std::fs::remove_file(operator.path("bad.db")).unwrap();
    }

    operator.on("new.db", "UPDATE artifacts SET sha256 = x'00' WHERE report_id = 3 AND name = 'html_vi'");
    let line = operator.refused("new.db", &["import", "old.db"]);
    assert!(
        line.contains(
            "row 3 of table crypto_report in old.db is not report 3 of this database: html_content differs"
        ),
        "{line}"
    );
    assert!(line.contains("DELETE FROM reports WHERE id = 3"), "{line}");
    operator.on("new.db", "PRAGMA foreign_keys = ON; DELETE FROM reports WHERE id = 3");
    operator.done("new.db", &["import", "old.db"]);
    assert!(
        in_file(&operator.path("new.db"), "crypto_report")
            == in_file(&operator.path("old.db"), "crypto_report")
    );
    let line = operator.refused("new.db", &["import", "new.db"]);
    assert!(line.contains("new.db is a database of Evenkeel, not of the old service"), "{line}");
}
