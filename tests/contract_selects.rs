//! The statements that the old service's readers run, run by psql on a real Postgres: they see what was reported, in the
//! types that they know, and a listing reads no report.
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

use common::house::House;
use common::program::{evenkeel, run, stderr, stdout};
use evenkeel::config::DatabaseUrl;
use jiff::Timestamp;
use postgres::Postgres;
use tempfile::tempdir;

const COLUMNS: &str = "id, html_content, css_content, js_content, html_content_en, js_content_en, created_at";

/// The five statements, by name, as the readers prepare them.
fn statements() -> [(&'static str, String); 5] {
    [
        ("newest", format!("SELECT {COLUMNS} FROM crypto_report ORDER BY created_at DESC LIMIT 1")),
        ("one", format!("SELECT {COLUMNS} FROM crypto_report WHERE id = $1")),
        (
            "page",
            "SELECT id, created_at FROM crypto_report ORDER BY created_at DESC LIMIT $1 OFFSET $2".to_owned(),
        ),
        ("count", "SELECT COUNT(*) FROM crypto_report".to_owned()),
        ("older", format!("SELECT {COLUMNS} FROM crypto_report WHERE id < $1 ORDER BY id DESC LIMIT $2")),
    ]
}

/// What `evenkeel report show` says of a report: its id, its time, and each artifact with its length and digest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    id: String,
    created: String,
    artifacts: Vec<String>,
}

fn shown(server: &Postgres, id: i32) -> Shown {
    let directory = tempdir().unwrap();
    let mut command = evenkeel(directory.path());
    command.args(["report", "show", &id.to_string()]).env("DATABASE_URL", server.url());
    let output = run(&mut command);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let artifact = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        format!("{} {}", words[1], words[3])
    };
    let artifacts = ["html_vi", "css", "js_vi", "html_en", "js_en"].map(artifact).to_vec();
    Shown { id: field("report"), created: field("created"), artifacts }
}

/// What a statement answers, in the terms of [`Shown`]: psql fetches the very rows, and digests them where they are.
fn seen(server: &Postgres, name: &str, parameters: &str) -> Vec<Shown> {
    let statement = statements().into_iter().find(|(known, _)| *known == name).unwrap().1;
    let digests = ["html_content", "css_content", "js_content", "html_content_en", "js_content_en"]
        .map(|column| {
            let bytes = format!("convert_to({column}, 'UTF8')");
            format!("octet_length({column}) || ' ' || encode(sha256({bytes}), 'hex')")
        })
        .join(", ");
    let types = match name {
        "newest" => "",
        "one" => "(int)",
        _ => "(int, int)",
    };
    let text = server.run_sql(&format!(
        "PREPARE {name}{types} AS SELECT id, to_char(created_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD HH24:MI')
         || ' +07:00', {digests} FROM ({statement}) r; EXECUTE {name}{parameters}"
    ));
    let row = |line: &str| {
        let mut fields = line.split('|').map(str::to_owned);
        Shown { id: fields.next().unwrap(), created: fields.next().unwrap(), artifacts: fields.collect() }
    };
    text.lines().map(row).collect()
}

#[actix_rt::test]
async fn readers_see_what_was_reported() {
    let server = Postgres::start();
    let house = House::open(|config| config.database.url = Some(DatabaseUrl::new(server.url()))).await;
    let mut reports = Vec::new();
    for _ in 0..3 {
        reports.push(house.report().await.unwrap());
    }
    let [first, second, third]: [Shown; 3] =
        reports.iter().map(|report| shown(&server, report.id)).collect::<Vec<_>>().try_into().unwrap();
    assert_ne!(first.artifacts, third.artifacts);

    assert_eq!(seen(&server, "newest", ""), vec![third.clone()]);
    assert_eq!(seen(&server, "one", &format!("({})", second.id)), vec![second.clone()]);
    assert_eq!(seen(&server, "one", "(99)"), []);
    assert_eq!(seen(&server, "older", &format!("({}, 10)", third.id)), [second.clone(), first.clone()]);
    assert_eq!(seen(&server, "older", &format!("({}, 1)", third.id)), vec![second.clone()]);

    let prepared: String =
        statements().iter().map(|(name, statement)| format!("PREPARE {name} AS {statement}; ")).collect();
    let answers = |question: &str| server.run_sql(&format!("{prepared}{question}"));
    assert_eq!(answers("EXECUTE count").trim(), "3");
    let page = answers("SET timezone = 'UTC'; EXECUTE page(2, 1)");
    let expected: String = reports[..2]
        .iter()
        .rev()
        .map(|report| {
            // As exact as it is stored.
            let created_at = Timestamp::from_microsecond(report.created_at.as_microsecond()).unwrap();
            format!("{}|{}+00\n", report.id, created_at.strftime("%Y-%m-%d %H:%M:%S%.f"))
        })
        .collect();
    assert_eq!(page, expected);
    // The whole row as it reaches a reader, for what digests would not show: a fragment, in the reader's encoding.
    let newest = answers("EXECUTE newest");
    assert!(
        newest.starts_with(&format!("{}|<", third.id)) && newest.contains("thị trường"),
        "{:.200}",
        newest
    );
    let of_readers = "SELECT string_agg(DISTINCT x, ', ') FROM crypto_report,
        unnest(ARRAY[pg_typeof(id), pg_typeof(created_at), pg_typeof(html_content), pg_typeof(css_content),
                     pg_typeof(js_content), pg_typeof(html_content_en), pg_typeof(js_content_en)]::text[]) x";
    assert_eq!(server.run_sql(of_readers).trim(), "integer, text, timestamp with time zone");
    assert_eq!(server.run_sql(&format!("SELECT {TYPES}")).trim(), CONTRACT);
    a_listing_reads_no_report(&server);
}

/// Every column with its type, as the catalogue has them: what a driver is told.
const TYPES: &str = "string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attname)
    FROM pg_attribute WHERE attrelid = 'crypto_report'::regclass AND attnum > 0";

const CONTRACT: &str = "created_at timestamp with time zone, css_content text, html_content text, html_content_en text, \
    id integer, js_content text, js_content_en text";

/// Fifty thousand reports without a word in them: enough for a plan by cost.
fn a_listing_reads_no_report(server: &Postgres) {
    server.run_sql(
        "INSERT INTO reports (edition, created_at) SELECT 'market', n * 1000000::bigint FROM generate_series(1, 50000) n",
    );
    server.run_sql("ANALYZE");
    let [_, _, (_, page), (_, count), _] = statements();
    let page = page.replace("$1", "20").replace("$2", "40");
    let plan = server.run_sql(&format!("EXPLAIN {page}"));
    assert!(
        plan.contains("reports_shown_at") && !plan.contains("Sort") && !plan.contains("artifact"),
        "{plan}"
    );
    let plan = server.run_sql(&format!("EXPLAIN {count}"));
    assert!(!plan.contains("artifact"), "{plan}");
    let [(_, newest), ..] = statements();
    let plan = server.run_sql(&format!("EXPLAIN {newest}"));
    assert!(plan.contains("reports_shown_at") && !plan.contains("Sort  "), "{plan}");
}
