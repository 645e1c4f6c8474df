//! `evenkeel migrate --adopt` on a real Postgres: the old service's table becomes reports, and whoever reads it notices
//! nothing; interrupted, it goes on; what cannot be adopted is left alone and named.
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

use std::process::{Command, Stdio};

use common::program::{evenkeel, run, stderr, stdout};
use common::{SOON, eventually};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use postgres::Postgres;
use tempfile::{TempDir, tempdir};

/// The table as the old service made it.
const OLD_TABLE: &str = "CREATE TABLE crypto_report (id serial PRIMARY KEY, html_content text NOT NULL, css_content text,
    js_content text, html_content_en text, js_content_en text, created_at timestamptz NOT NULL DEFAULT now());";

/// A thousand rows, from id 3 on: null and empty columns in every combination, times to the microsecond, texts of up to
/// several chunks in which characters of two to four bytes lie at every position of a chunk's end.
const THOUSAND_ROWS: &str = "
    INSERT INTO crypto_report
    SELECT n + 2,
           repeat('x', n % 4) || CASE n % 100 WHEN 0 THEN repeat('thị trường 📈 tăng, ', 20000) ELSE repeat('ớ', n) END,
           CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE repeat('p{}', n) END,
           CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'let giá = ' || n END,
           CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE repeat('p', n % 4) || repeat('é', n % 90 * 1000) END,
           CASE n % 2 WHEN 0 THEN NULL ELSE '' END,
           '2024-12-31 23:59:59.999999+00'::timestamptz + n * interval '28801 seconds 123457 microseconds'
    FROM generate_series(1, 1000) n;";

/// Everything of a row that readers see, from either of the two.
fn row(relation: &str) -> String {
    let columns = ["html_content", "css_content", "js_content", "html_content_en", "js_content_en"];
    let digests = columns.map(|column| format!("octet_length({column}), md5({column})")).join(", ");
    format!("SELECT id, created_at, {digests} FROM {relation}")
}

struct Operator {
    server: Postgres,
    directory: TempDir,
}

impl Operator {
    fn new() -> Self {
        Self { server: Postgres::start(), directory: tempdir().unwrap() }
    }

    fn evenkeel(&self, arguments: &[&str]) -> Command {
        let mut command = evenkeel(self.directory.path());
        command.args(arguments).env("DATABASE_URL", self.server.url()).env("PORT", "0");
        command
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = run(&mut self.evenkeel(arguments));
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    /// Runs a command that refuses; its last line.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = run(&mut self.evenkeel(arguments));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        said.lines().last().unwrap().to_owned()
    }

    fn sql(&self, statements: &str) -> String {
        self.server.run_sql(statements).trim().to_owned()
    }

    /// What of the old rows is not in the view, and the other way round.
    fn differences(&self) -> String {
        let (old, new) = (row("crypto_report_before_evenkeel"), row("crypto_report"));
        self.sql(&format!("({old} EXCEPT {new}) UNION ALL ({new} EXCEPT {old})"))
    }

    /// All of the table, as one number.
    fn old_table(&self) -> String {
        self.sql(&format!(
            "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM ({}) t",
            row("crypto_report")
        ))
    }

    fn is_waiting(&self) -> bool {
        self.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"
    }
}

#[test]
fn readers_of_an_adopted_table_notice_nothing() {
    let operator = Operator::new();
    operator.sql(OLD_TABLE);
    operator.sql(THOUSAND_ROWS);
    operator.sql("CREATE ROLE reader; GRANT SELECT ON crypto_report TO reader; CREATE ROLE \"the web\";
        GRANT SELECT (id, created_at) ON crypto_report TO \"the web\"; CREATE VIEW digest AS SELECT id FROM crypto_report");
    let before = operator.old_table();
    for command in [&["migrate"][..], &["run"], &["report", "now"]] {
        let line = operator.refused(command);
        assert!(
            line.contains("nothing was changed") && line.contains("`evenkeel migrate --adopt`"),
            "{line}"
        );
    }
    assert_eq!(operator.sql("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"), "crypto_report");
    assert_eq!(operator.old_table(), before);

    let said = operator.done(&["migrate", "--adopt"]);
    assert!(said.starts_with("1000 rows: 1000 imported now"), "{said}");
    assert!(
        said.contains("crypto_report_before_evenkeel")
            && said.contains("view digest still reads the old table"),
        "{said}"
    );
    assert_eq!(operator.differences(), "");
    assert_eq!(operator.old_table(), before);
    let combinations = "SELECT count(DISTINCT (css_content IS NULL, css_content = '', js_content_en IS NULL)) FROM crypto_report";
    assert_eq!(operator.sql(combinations), "6");

    // The rights of readers are theirs still, and they need none on the tables below.
    assert_eq!(operator.sql("SET ROLE reader; SELECT count(html_content) FROM crypto_report"), "1000");
    assert_eq!(operator.sql("SET ROLE \"the web\"; SELECT max(id) FROM crypto_report"), "1002");
    assert_eq!(operator.sql("SELECT has_table_privilege('the web', 'crypto_report', 'SELECT')"), "f");
    assert_eq!(
        operator.sql("INSERT INTO reports (edition, created_at) VALUES ('market', 0) RETURNING id"),
        "1003"
    );

    assert!(operator.done(&["migrate", "--adopt"]).contains("was adopted before"));
    assert!(operator.done(&["migrate"]).contains("has the schema of this program"));
    assert_eq!(operator.sql("SELECT count(*) FROM crypto_report"), "1001");
    let listed = operator.done(&["report", "list", "--limit", "2"]);
    assert!(listed.contains("1003") && listed.contains("imported"), "{listed}");
}

/// The schema of this program without the view, as an adoption that began has left it.
fn without_the_view(operator: &Operator) {
    operator.done(&["migrate"]);
    operator.sql(include_str!("../migrations/postgres/0004_crypto_report/down.sql"));
    operator.sql("DELETE FROM __diesel_schema_migrations WHERE version = '0004'");
}

#[tokio::test]
async fn an_adoption_that_was_killed_goes_on_where_it_stopped() {
    let operator = Operator::new();
    without_the_view(&operator);
    operator.sql(OLD_TABLE);
    operator.sql(THOUSAND_ROWS);
    let patient = "[database]\nlock_wait = \"50s\"\n[supervision]\nanswer_within = \"60s\"\n";
    std::fs::write(operator.directory.path().join("evenkeel.toml"), patient).unwrap();
    // Somebody is about to take the id of the middle row: the adoption gets as far as that and waits.
    let mut other = PgConnection::establish(&operator.server.url()).unwrap();
    other
        .batch_execute("BEGIN; INSERT INTO reports (id, edition, created_at) VALUES (503, 'other', 0)")
        .unwrap();
    let mut command = operator.evenkeel(&["migrate", "--adopt"]);
    let mut adopting = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    eventually(SOON, "half of the rows are in", async || operator.is_waiting().then_some(())).await;
    assert_eq!(operator.sql("SELECT count(*), max(id) FROM reports"), "500|502");
    let line = operator.refused(&["migrate", "--adopt"]);
    assert!(line.contains("another process adopts or imports into postgresql://"), "{line}");
    adopting.kill().unwrap();
    adopting.wait().unwrap();
    drop(other);
    let let_go = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
    eventually(SOON, "its session is over", async || (operator.sql(let_go) == "0").then_some(())).await;

    for command in [&["migrate"][..], &["run"]] {
        let line = operator.refused(command);
        assert!(line.contains("was interrupted: run `evenkeel migrate --adopt`"), "{line}");
    }
    assert_eq!(operator.sql("SELECT count(*) FROM reports"), "500");
    let said = operator.done(&["migrate", "--adopt"]);
    assert!(
        said.starts_with("1000 rows: 500 imported now") && said.contains("500 were here before"),
        "{said}"
    );
    assert_eq!(operator.differences(), "");
    assert_eq!(
        operator.sql("INSERT INTO reports (edition, created_at) VALUES ('market', 0) RETURNING id"),
        "1003"
    );
}

/// The statements that the guide gives for going back.
fn going_back() -> &'static str {
    let guide = include_str!("../docs/adoption.md");
    let from = guide.find("BEGIN;\n").unwrap() + "BEGIN;\n".len();
    &guide[from..guide.find("COMMIT;\n").unwrap()]
}

#[test]
fn the_way_back_leads_forth_again() {
    let operator = Operator::new();
    operator.sql(OLD_TABLE);
    operator.sql(THOUSAND_ROWS);
    operator.done(&["migrate", "--adopt"]);
    let report = "INSERT INTO reports (edition, created_at) VALUES ('market', 1772416800123456);
        INSERT INTO artifacts (report_id, name, bytes, chunks, sha256)
        SELECT 1003, name, 3, 1, sha256('<p>') FROM unnest(ARRAY['html_vi', 'css', 'js_vi', 'html_en', 'js_en']) AS name;
        INSERT INTO artifact_chunks SELECT id, 0, '<p>' FROM artifacts WHERE report_id = 1003";
    operator.sql(report);
    operator.sql(going_back());
    let old = "SELECT count(*), max(id), (SELECT relkind FROM pg_class WHERE relname = 'crypto_report') FROM crypto_report";
    assert_eq!(operator.sql(old), "1001|1003|r");
    let next = "INSERT INTO crypto_report (html_content) VALUES ('of the old service') RETURNING id";
    assert_eq!(operator.sql(next), "1004");

    let line = operator.refused(&["run"]);
    assert!(line.contains("`evenkeel migrate --adopt`"), "{line}");
    let said = operator.done(&["migrate", "--adopt"]);
    assert!(
        said.starts_with("1002 rows: 1 imported now") && said.contains(" 1001 were here before"),
        "{said}"
    );
    assert_eq!(operator.differences(), "");
}

#[test]
fn what_is_not_the_old_services_table_is_named_and_left_alone() {
    let operator = Operator::new();
    let text = "html_content text, css_content text, js_content text, js_content_en text";
    for (made, expected) in [
        (
            format!("CREATE TABLE crypto_report (id bigint, {text}, created_at timestamp)"),
            "id is bigint instead of integer, html_content_en is missing, created_at is timestamp without time zone \
             instead of timestamp with time zone; rename it, or set DATABASE_URL to another database, then run `evenkeel migrate`",
        ),
        (
            "CREATE VIEW crypto_report AS SELECT 1 AS id".to_owned(),
            "a view named crypto_report that this program did not make",
        ),
        ("CREATE SEQUENCE crypto_report".to_owned(), "a sequence named crypto_report"),
    ] {
        operator.sql(&made);
        for command in [&["migrate"][..], &["migrate", "--adopt"]] {
            let line = operator.refused(command);
            assert!(line.contains(expected) && line.contains("not touched"), "{line}");
        }
        operator.sql(
            "DO $$ BEGIN EXECUTE (SELECT format('DROP %s crypto_report', CASE relkind WHEN 'r' THEN 'TABLE'
            WHEN 'v' THEN 'VIEW' ELSE 'SEQUENCE' END) FROM pg_class WHERE relname = 'crypto_report'); END $$",
        );
    }
    assert_eq!(
        operator.sql("SELECT count(*) FROM pg_class WHERE relname = 'reports'"),
        "0",
        "it was half migrated"
    );
    let said = operator.done(&["migrate", "--adopt"]);
    assert!(said.contains("nothing to adopt") && said.contains("has the schema of this program"), "{said}");
}

#[test]
fn an_obstacle_is_named_before_anything_is_done_and_a_row_that_does_not_fit_by_its_id() {
    let operator = Operator::new();
    operator.sql(OLD_TABLE);
    operator.sql("INSERT INTO crypto_report (html_content, created_at) VALUES ('<p>1</p>', '2025-01-01Z'), ('2', '2025-01-02Z');
        CREATE ROLE guest LOGIN; CREATE SCHEMA guest AUTHORIZATION guest");
    let adopt = ["migrate", "--adopt"];
    let url = operator.server.url().replace("evenkeel@", "guest@");
    let refused = stderr(&run(operator.evenkeel(&adopt).env("DATABASE_URL", url)));
    assert!(refused.contains("it belongs to evenkeel: connect as evenkeel"), "{refused}");
    operator.sql("CREATE SCHEMA evenkeel");
    let line = operator.refused(&adopt);
    assert!(line.contains("in schema public") && line.contains("options=-csearch_path%3Dpublic"), "{line}");
    operator.sql("DROP SCHEMA evenkeel; CREATE TABLE crypto_report_before_evenkeel ()");
    let line = operator.refused(&adopt);
    assert!(line.contains("there is a crypto_report_before_evenkeel already"), "{line}");
    operator.sql(
        "DROP TABLE crypto_report_before_evenkeel; ALTER TABLE crypto_report ALTER created_at DROP NOT NULL",
    );
    for (time, shown) in
        [("NULL", "null"), ("'infinity'", "infinity"), ("'0044-03-15 BC'", "0044-03-15 00:00:00+00 BC")]
    {
        operator.sql(&format!("UPDATE crypto_report SET created_at = {time} WHERE id = 2"));
        let line = operator.refused(&adopt);
        let expected = format!(
            "row 2 of table crypto_report in {}: created_at is {shown}, which",
            operator.server.url()
        );
        assert!(line.contains(&expected), "{line}");
    }
    assert_eq!(
        operator.sql("SELECT count(*) FROM pg_class WHERE relname = 'reports'"),
        "0",
        "it was half migrated"
    );
    operator.sql("UPDATE crypto_report SET created_at = '2025-01-02Z' WHERE id = 2");

    operator.sql("ALTER TABLE crypto_report RENAME TO aside");
    without_the_view(&operator);
    operator.sql("ALTER TABLE aside RENAME TO crypto_report; INSERT INTO reports VALUES (2, 'market', 0)");
    let line = operator.refused(&adopt);
    assert!(
        line.contains("row 2 of table crypto_report in")
            && line.contains("created_at differs. Neither was changed"),
        "{line}"
    );
    operator.sql("UPDATE reports SET created_at = extract(epoch FROM timestamptz '2025-01-02Z') * 1000000 WHERE id = 2");
    let line = operator.refused(&adopt);
    assert!(line.contains("html_content differs. Neither was changed"), "{line}");
    operator.sql("DELETE FROM reports WHERE id = 2");

    // Somebody reads the old table and does not end.
    let mut reader = PgConnection::establish(&operator.server.url()).unwrap();
    reader.batch_execute("BEGIN; SELECT count(*) FROM crypto_report").unwrap();
    let hasty = "[database]\nlock_wait = \"50ms\"\n";
    std::fs::write(operator.directory.path().join("evenkeel.toml"), hasty).unwrap();
    let line = operator.refused(&adopt);
    assert!(line.contains("is in use: waited 50 ms") && line.contains("every row is imported"), "{line}");
    reader.batch_execute("COMMIT").unwrap();
    let said = operator.done(&adopt);
    assert!(said.starts_with("2 rows: 0 imported now (0 B), 2 were here before"), "{said}");
    assert_eq!(operator.differences(), "");
}
