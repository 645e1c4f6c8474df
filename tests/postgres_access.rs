//! How the program gets into a Postgres server and how it is kept out: with TLS and without, with a password that is
//! right, wrong or missing. Whatever goes wrong, the password is told to nobody.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

use std::process::{Command, Output};
use std::time::Duration;

use tempfile::{TempDir, tempdir};

mod common;
#[path = "common/postgres.rs"]
mod postgres;
use common::SOON;
use common::program::{Running, evenkeel, run, stderr, stdout};
use postgres::{PASSWORD, PASSWORD_IN_URL, Postgres, Schema};

/// What none of the outputs may hold: the password as it is, and as a URL has it.
const SECRETS: [&str; 2] = [PASSWORD, PASSWORD_IN_URL];

struct Operator {
    directory: TempDir,
    url: String,
}

impl Operator {
    fn with(url: String) -> Self {
        Self { directory: tempdir().unwrap(), url }
    }

    /// A command that says everything that it can say.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = evenkeel(self.directory.path());
        command.args(arguments).env("DATABASE_URL", &self.url).env("RUST_LOG", "trace").env("PORT", "0");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = run(&mut self.command(arguments));
        told_nobody(&(stdout(&output) + &stderr(&output)));
        output
    }

    /// The complaint of a command that is refused for what is configured.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {}: {complaint}", self.url);
        complaint.lines().last().unwrap().to_owned()
    }
}

fn told_nobody(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

fn with(url: &str, parameters: &str) -> String {
    format!("{url}{}{parameters}", if url.contains('?') { '&' } else { '?' })
}

#[test]
fn tls_is_used_when_it_is_required_and_the_certificate_is_checked_when_it_is_to_be() {
    let server = Postgres::with_tls();
    let certificate = server.certificate();
    for parameters in ["sslmode=require".to_owned(), format!("sslmode=verify-ca&sslrootcert={certificate}")] {
        let operator = Operator::with(with(&server.url(), &parameters));
        let migrated = operator.run(&["migrate"]);
        assert!(migrated.status.success(), "{}", stderr(&migrated));
    }
    let strangers = tempdir().unwrap();
    std::fs::write(strangers.path().join("none.pem"), "").unwrap();
    let unknown = format!("sslmode=verify-ca&sslrootcert={}/none.pem", strangers.path().display());
    let line = Operator::with(with(&server.url(), &unknown)).refused(&["migrate"]);
    assert!(line.contains("DATABASE_URL") && line.contains("certificate"), "{line}");
    let other_name = format!("sslmode=verify-full&sslrootcert={certificate}");
    let line = Operator::with(with(&server.url(), &other_name)).refused(&["run"]);
    assert!(line.contains("DATABASE_URL") && line.contains("certificate"), "{line}");
}

#[actix_rt::test]
async fn all_sessions_of_a_daemon_are_encrypted() {
    let server = Postgres::with_tls();
    let operator = Operator::with(with(&server.url(), "sslmode=require"));
    let mut daemon = Running::start(&mut operator.command(&["run", "--log-format", "text"]));
    daemon.says(SOON, "the next report of edition market is due").await;
    let sessions = server.run_sql(
        "SELECT count(*) >= 2, bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
         WHERE a.backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    assert_eq!(sessions.trim(), "t|t");
    daemon.signal("TERM");
    assert!(daemon.ended(SOON).await.code().is_some());
    told_nobody(&daemon.log());
}

#[test]
fn who_is_not_let_in_is_told_what_is_wrong_and_gives_nothing_away() {
    let server = Postgres::on_a_port();
    let url = server.url();
    let wrong = url.replace(PASSWORD_IN_URL, &format!("{PASSWORD_IN_URL}x"));
    for (url, named) in [
        (wrong, "password authentication failed"),
        (url.replace("evenkeel:", "nobody:"), "password authentication failed"),
        (url.replace("/postgres", "/nowhere"), "\"nowhere\" does not exist"),
        (with(&url, "sslmode=require"), "does not support SSL"),
        (with(&url, "sslmode=maybe"), "sslmode"),
        (url.replace("postgresql:", "postgresq:"), "DATABASE_URL"),
        (url.replace(&format!(":{}/", server.port()), ":port/"), "port"),
    ] {
        let operator = Operator::with(url);
        for arguments in [&["run"][..], &["migrate"], &["report", "list"]] {
            let line = operator.refused(arguments);
            assert!(line.contains("DATABASE_URL") && line.contains(named), "{line}");
        }
        operator.run(&["config", "show"]);
    }
    let absent = url.replace(&server.port().to_string(), "1");
    let output = Operator::with(absent).run(&["migrate"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot be reached"), "{}", stderr(&output));
}

#[test]
fn a_schema_from_a_newer_program_is_refused_with_what_to_do() {
    let schema = Schema::new();
    let operator = Operator::with(schema.url());
    assert!(operator.run(&["migrate"]).status.success());
    schema.run_sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    for arguments in [&["run"][..], &["migrate"], &["report", "list"]] {
        let output = operator.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let line = stderr(&output).lines().last().unwrap().to_owned();
        assert!(line.contains("9999") && line.contains("newer"), "{line}");
    }
}

#[actix_rt::test]
async fn a_daemon_whose_server_is_away_ends_when_it_is_told_to() {
    let mut server = Postgres::on_a_port();
    server.kill();
    let operator = Operator::with(server.url());
    let mut daemon = Running::start(&mut operator.command(&["run", "--log-format", "text"]));
    daemon.says(SOON, "indices are collected meanwhile, and reports wait for it").await;
    daemon.says(SOON, "the next report of edition market is due").await;
    daemon.signal("TERM");
    let status = daemon.ended(Duration::from_secs(30 + 30)).await;
    assert_eq!(status.code(), Some(0), "{}", daemon.log());
    told_nobody(&daemon.log());
}
