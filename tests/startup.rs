//! What an operator gets for a mistake: one line that says what is wrong, an exit code, and nothing started or written.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use tempfile::tempdir;

mod common;
use common::program::{evenkeel, run, stderr, stdout};

/// Runs and expects exactly one line of complaint, the last one, after whatever the log has said before it.
fn refused(directory: &Path, arguments: &[&str], environment: &[(&str, &str)], code: i32) -> String {
    let output = run(evenkeel(directory).args(arguments).envs(environment.iter().copied()));
    let complaint = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    assert_eq!(stdout(&output), "");
    let (log, lines): (Vec<&str>, Vec<&str>) = complaint.lines().partition(|line| line.starts_with('{'));
    assert_eq!(lines.len(), 1, "{arguments:?} {environment:?}: {complaint}");
    // Whatever cannot be understood is refused before there is a log.
    assert!(code != 2 || log.is_empty(), "{complaint}");
    lines[0].to_owned()
}

#[test]
fn a_malformed_setting_is_named_with_its_value_and_what_would_be_right() {
    let directory = tempdir().unwrap();
    for (name, value, expected) in [
        ("PORT", "80a", "PORT = \"80a\": a port is a whole number from 0 to 65535"),
        ("DATABASE_URL", "mysql://u:secret@h/d", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://u:secret@h:x/d", "DATABASE_URL"),
        ("AUTO_REPORT_SCHEDULE_TIMES", "7.30", "AUTO_REPORT_SCHEDULE_TIMES"),
        (
            "HOST",
            "0.0.0.0",
            "HOST = \"0.0.0.0\": listening on anything but loopback needs a bearer token; set server.token",
        ),
        ("EVENKEEL_TOKEN", "a secret", "EVENKEEL_TOKEN = (hidden)"),
        ("MAX_REPORT_ATTEMPTS", "many", "MAX_REPORT_ATTEMPTS"),
    ] {
        let line = refused(directory.path(), &["run"], &[(name, value)], 2);
        assert!(line.contains(expected) && !line.contains("secret"), "{line}");
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "something was written");
}

#[test]
fn a_malformed_file_or_argument_is_refused_too() {
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("evenkeel.toml"), "[market]\nrefresh_every = \"3\"\n").unwrap();
    let line = refused(directory.path(), &["run"], &[], 2);
    assert!(line.contains("market.refresh_every") && line.contains("3m"), "{line}");
    let line = refused(directory.path(), &["demo", "--speed", "0"], &[], 2);
    assert!(line.contains("--speed") && line.contains("1 to 3600"), "{line}");
    let line = refused(directory.path(), &["rnu"], &[], 2);
    assert!(line.contains("rnu"), "{line}");
    let line = refused(directory.path(), &["config", "check", "--config", "absent.toml"], &[], 2);
    assert!(line.contains("absent.toml"), "{line}");
}

#[test]
fn a_file_that_is_not_a_database_is_left_as_it_is() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("market.db");
    fs::write(&path, "these are not the bytes of a database, and they are precious to somebody").unwrap();
    let before = fs::read(&path).unwrap();
    for command in [&["run"][..], &["migrate"], &["report", "list"]] {
        let line = refused(directory.path(), command, &[("DATABASE_URL", "market.db"), ("PORT", "0")], 1);
        assert!(line.contains("market.db") && line.contains("not a"), "{line}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_that_is_newer_than_the_program_is_refused() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("market.db");
    let migrated = run(evenkeel(directory.path()).args(["migrate", "--database", "market.db"]));
    assert!(migrated.status.success(), "{}", stderr(&migrated));
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')")
        .unwrap();
    drop(connection);
    let line = refused(directory.path(), &["run"], &[("DATABASE_URL", "market.db"), ("PORT", "0")], 1);
    assert!(line.contains("market.db") && line.contains("newer"), "{line}");
}

#[test]
fn a_database_that_another_program_writes_is_refused() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("market.db");
    let _held = Database::open(&Location::sqlite(&path, Duration::from_millis(50))).unwrap();
    let line = refused(directory.path(), &["run"], &[("DATABASE_URL", "market.db"), ("PORT", "0")], 1);
    assert!(line.contains("market.db"), "{line}");
}

#[test]
fn a_port_in_use_is_said_before_anything_is_written() {
    let directory = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let line = refused(directory.path(), &["run"], &[("PORT", &port)], 1);
    assert!(line.contains(&format!("127.0.0.1:{port}")) && line.contains("PORT"), "{line}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "something was written");
}

#[test]
fn a_report_that_does_not_exist_is_said_to_be_missing() {
    let directory = tempdir().unwrap();
    let line = refused(directory.path(), &["report", "list"], &[], 1);
    assert!(line.contains("evenkeel.db"), "{line}");
    assert!(run(evenkeel(directory.path()).arg("migrate")).status.success());
    let line = refused(directory.path(), &["report", "show", "7"], &[], 1);
    assert!(line.contains("there is no report 7"), "{line}");
    let line = refused(directory.path(), &["report", "export", "7", "--out", "x.html"], &[], 1);
    assert!(line.contains("there is no report 7"), "{line}");
    assert!(!directory.path().join("x.html").exists());
}

#[test]
fn the_configuration_is_shown_without_secrets() {
    let directory = tempdir().unwrap();
    let output =
        run(evenkeel(directory.path()).args(["config", "show"]).env("COINGECKO_API_KEY", "CG-precious"));
    assert!(output.status.success(), "{}", stderr(&output));
    let shown = stdout(&output);
    assert!(shown.contains("refresh_every") && shown.contains("COINGECKO_API_KEY"), "{shown}");
    assert!(!shown.contains("precious"), "{shown}");
}
