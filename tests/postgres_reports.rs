//! Reports and history on a real Postgres server, with the code that serves SQLite.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

#[path = "common/draft.rs"]
mod draft;
#[path = "common/postgres.rs"]
mod postgres;

use std::time::Duration;

use actix::prelude::*;
use draft::Draft;
use evenkeel::clock::Clock;
use evenkeel::config::PostgresUrl;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{Point, RecordIndices};
use jiff::{SignedDuration, Timestamp};
use postgres::Schema;

#[actix::test]
async fn a_report_and_its_history_come_back_as_they_were_written() {
    let server = Schema::new();
    let url = PostgresUrl::parse(&server.url()).unwrap();
    let location = Location::Postgres { url, lock_wait: Duration::from_secs(1) };
    assert_eq!(Database::open(&location).unwrap().migrate().unwrap().first().unwrap(), "0001_reports");

    let writer = Persistence::new(&location, Clock::system()).unwrap().start();
    let mut report = Draft::begin(&writer, &["html", "css"]).await.unwrap();
    report.append("html", b"<p>Xin ch\xc3".to_vec()).await.unwrap();
    report.append("css", b"p{}".to_vec()).await.unwrap();
    report.append("html", b"\xa0o</p>".to_vec()).await.unwrap();
    let start: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
    let at = |minute| start + SignedDuration::from_mins(minute);
    let point = |minute: i64| Point {
        series: "vnindex".to_owned(),
        at: at(minute),
        value: minute as f64,
        volume: None,
        source: "vietcap".to_owned(),
    };
    writer.send(RecordIndices { points: (0..9).map(point).collect() }).await.unwrap().unwrap();

    let archive = Archive::open(&location, 2).unwrap();
    archive.check().unwrap();
    assert_eq!(archive.latest(), Ok(None), "nothing is to be seen before the report is committed");
    let stored = report.commit().await.unwrap();
    assert_eq!(archive.latest(), Ok(Some(stored.clone())));
    assert_eq!(archive.chunk(stored.id, "html", 1), Ok(Some(b"\xa0o</p>".to_vec())));
    let thinned = archive.series("vnindex", start, 3).unwrap();
    assert_eq!(thinned, [(at(2), 2.0), (at(5), 5.0), (at(8), 8.0)]);
    assert_eq!(archive.series("vnindex", start, 9).unwrap().len(), 9);
}
