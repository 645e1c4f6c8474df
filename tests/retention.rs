//! What is older than it is to be kept goes, once a day and by one of those who share the database; the rest stays.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

use std::time::Duration;

use actix::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::config::{Age, Config, DatabaseUrl};
use evenkeel::persistence::PersistenceError;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::{AbortReport, Point, RecordIndices, RemoveOld, Removed};
use evenkeel::persistence::replica::Replica;
use evenkeel::persistence::slot_messages::{ClaimSlot, Claimed, ReleaseSlot, SlotClaim};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

mod common;
#[path = "common/draft.rs"]
mod draft;
#[path = "common/postgres.rs"]
mod postgres;
use common::house::House;
use common::{SOON, eventually};
use draft::Draft;
use postgres::Schema;

evenkeel::install_allocator!();

const OLD_POINTS: i64 = 12_000;

/// The time of every [`Draft`], and of points every second after it.
fn long_ago() -> Timestamp {
    "2026-03-02T02:00:00.123456Z".parse().unwrap()
}

fn old_points() -> Vec<Point> {
    let at = |second| long_ago() + SignedDuration::from_secs(second);
    let point = |second| Point {
        series: ["vn30", "vnindex", "btc"][usize::try_from(second % 3).unwrap()].to_owned(),
        at: at(second),
        value: 1.0,
        volume: None,
        source: "vietcap".to_owned(),
    };
    (0..OLD_POINTS).map(point).collect()
}

fn location(url: &str) -> Location {
    Location::of(&Config { database: database(url), ..Config::default() }).unwrap()
}

fn database(url: &str) -> evenkeel::config::DatabaseConfig {
    evenkeel::config::DatabaseConfig { url: Some(DatabaseUrl::new(url.to_owned())), ..Default::default() }
}

/// A database with two old reports and old points, and its writer.
async fn filled(url: &str) -> Addr<Persistence> {
    let location = location(url);
    Database::open(&location).unwrap().migrate().unwrap();
    let writer = Persistence::new(&location, Clock::system()).unwrap().start();
    for points in old_points().chunks(5_000) {
        writer.send(RecordIndices { points: points.to_vec() }).await.unwrap().unwrap();
    }
    for _ in 0..2 {
        let mut report = Draft::begin(&writer, &["html"]).await.unwrap();
        report.append("html", vec![b'x'; 100_000]).await.unwrap();
        report.commit().await.unwrap();
    }
    writer
}

fn old_points_left(archive: &Archive) -> usize {
    let series = ["vn30", "vnindex", "btc"];
    let until = long_ago() + SignedDuration::from_hours(24);
    let step = Duration::from_secs(1);
    series.iter().map(|name| archive.history(name, long_ago(), until, step).unwrap().len()).sum()
}

async fn the_daemon_removes_what_is_old(url: &str) {
    drop(filled(url).await);
    eventually(SOON, "the writer is gone", async || Database::open(&location(url)).ok().map(drop)).await;
    let archive = Archive::open(&location(url), 1).unwrap();
    assert!(old_points_left(&archive) > 0);
    let house = House::open(|config| {
        config.database = database(url);
        config.keep.history = Age::days(30);
        config.keep.reports = Age::days(30);
    })
    .await;
    eventually(SOON, "the old points are gone", async || (old_points_left(&archive) == 0).then_some(()))
        .await;
    let ids = || archive.list(10, None).unwrap().iter().map(|report| report.id).collect::<Vec<_>>();
    eventually(SOON, "the older report is gone and the newest stays", async || (ids() == [2]).then_some(()))
        .await;
    let yesterday = Clock::system().now() - SignedDuration::from_hours(48);
    let tomorrow = Clock::system().now() + SignedDuration::from_hours(48);
    let young = archive.history("btc", yesterday, tomorrow, Duration::from_secs(60)).unwrap();
    assert!(!young.is_empty(), "what the daemon has just recorded stays");

    let next = house.report().await.unwrap();
    assert_eq!(ids(), [next.id, 2], "today's work is done: the older one goes tomorrow");
}

#[actix_rt::test]
async fn a_daemon_removes_what_is_old_from_a_file() {
    let directory = TempDir::new().unwrap();
    the_daemon_removes_what_is_old(directory.path().join("old.db").to_str().unwrap()).await;
}

#[actix_rt::test]
async fn a_daemon_removes_what_is_old_from_a_server() {
    let schema = Schema::new();
    the_daemon_removes_what_is_old(&schema.url()).await;
    let slots =
        schema.run_sql("SELECT job, done_at IS NOT NULL, attempts FROM slots WHERE job = 'retention'");
    assert_eq!(slots.trim(), "retention|t|1");
    assert_eq!(schema.run_sql("SELECT count(*) FROM artifact_chunks WHERE artifact_id = 1").trim(), "0");
}

async fn claimed(writer: &Addr<Persistence>) -> SlotClaim {
    let (job, replica) = ("retention".to_owned(), Replica::of_this_process());
    let claim = ClaimSlot { job, due: long_ago(), replica, lease: Duration::from_secs(600) };
    match writer.send(claim).await.unwrap().unwrap() {
        Claimed::Won { claim, .. } => claim,
        other => panic!("{other:?}"),
    }
}

#[actix_rt::test]
async fn it_gives_way_to_a_report_and_needs_the_slot() {
    let directory = TempDir::new().unwrap();
    let writer = filled(directory.path().join("old.db").to_str().unwrap()).await;
    let slot = claimed(&writer).await;
    let remove = async |slot: &SlotClaim| {
        let (before, slot) = (Some(Clock::system().now()), slot.clone());
        writer.send(RemoveOld { points_before: before, reports_before: before, slot }).await.unwrap()
    };
    let report = Draft::begin(&writer, &["html"]).await.unwrap();
    assert_eq!(remove(&slot).await, Ok(Removed::Busy));
    let abort = AbortReport { session: report.session, reason: "a test".to_owned() };
    writer.send(abort).await.unwrap().unwrap();
    let mut points = 0;
    let report = loop {
        match remove(&slot).await.unwrap() {
            Removed::Points(batch) => {
                assert!(batch <= 5_000, "{batch} at once");
                points += batch;
            }
            other => break other,
        }
    };
    assert_eq!(points, u64::try_from(OLD_POINTS).unwrap());
    assert_eq!(report, Removed::Report(1));
    assert_eq!(remove(&slot).await, Ok(Removed::Done));

    assert_eq!(writer.send(ReleaseSlot(slot.clone())).await.unwrap(), Ok(true));
    let refused = remove(&slot).await.unwrap_err();
    assert!(matches!(refused, PersistenceError::Fenced { .. }), "{refused}");
}
