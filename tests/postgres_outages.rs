//! A Postgres server that dies in mid-report, was never there, or ends all sessions: the daemon lives, indices flow, what
//! waits is written when the server is back, and a due report is written within its window.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::DatabaseUrl;
use evenkeel::persistence::messages::{Observe, PersistenceStatus, Point, RecordIndices};
use evenkeel::report::messages::BuildError;
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;
use jiff::{SignedDuration, Timestamp};

mod common;
#[path = "common/postgres.rs"]
mod postgres;
use common::house::House;
use common::redis::RedisServer;
use common::{SOON, eventually, log_lines};
use postgres::{PASSWORD, PASSWORD_IN_URL, Postgres};

evenkeel::install_allocator!();

/// The lines about the server on this port.
fn said(server: &Postgres) -> Vec<String> {
    log_lines::with(&format!("127.0.0.1:{}", server.port()))
}

async fn status(house: &House) -> PersistenceStatus {
    house.daemon.persistence.send(Observe).await.unwrap()
}

async fn nobody_was_restarted(house: &House) {
    for child in house.daemon.supervisor.status().await.unwrap().children {
        assert_eq!(child.generation, 1, "{child:?}");
    }
}

fn nothing_was_given_away() {
    for secret in [PASSWORD, PASSWORD_IN_URL] {
        assert_eq!(log_lines::with(secret), Vec::<String>::new());
    }
}

#[actix_rt::test]
async fn killed_during_a_due_report() {
    log_lines::keep();
    let mut server = Postgres::on_a_port();
    // Twenty seconds before the report is due; the window of ± 5 min takes 75 s at this speed.
    let clock = Clock::scaled("2026-03-02T00:29:40Z".parse().unwrap(), 4.0);
    let house = House::open_at(clock, |config| {
        config.database.url = Some(DatabaseUrl::new(server.url()));
        config.market.sources.coingecko.time_limit = Duration::from_secs(4);
        config.report.times = vec!["07:30".parse().unwrap()];
        config.report.retry_after = Duration::from_secs(4);
    })
    .await;
    house.exchange.faults().set(SourceKind::Coingecko, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    eventually(SOON, "the due report is under way", async || status(&house).await.open_session).await;
    server.kill();
    house.exchange.faults().clear_all();
    eventually(SOON, "it is given up", async || (status(&house).await.reports_aborted == 1).then_some(()))
        .await;

    let waiting = status(&house).await.points_waiting;
    for _ in 0..3 {
        let lines = said(&server).len();
        assert!(house.refresh().await.stored);
        let new = said(&server).split_off(lines);
        // One for the points, and the scheduler's now and then.
        assert!(new.iter().filter(|line| line.contains("history points")).count() == 1, "{new:?}");
    }
    assert!(status(&house).await.points_waiting > waiting);
    assert!(matches!(house.report().await, Err(BuildError::NotOpened(_))));
    assert_eq!(house.get("/health").await.0, 200);
    assert_eq!(house.get("/api/v1/market/indices").await.0, 200);
    let (code, answer) = house.get("/api/v1/reports/latest").await;
    assert!(code == 503 && answer.contains("detail") && !answer.contains(PASSWORD), "{code} {answer}");

    server.start_again();
    let after = eventually(SOON, "the report is written, and the points", async || {
        Some(status(&house).await).filter(|now| now.reports_committed == 1 && now.points_waiting == 0)
    })
    .await;
    assert_eq!(after.points_dropped, 0);
    assert_eq!(server.run_sql("SELECT count(*) FROM reports").trim(), "1");
    let artifacts = "SELECT count(DISTINCT artifact_id) = 5 FROM artifact_chunks";
    assert_eq!(server.run_sql(artifacts).trim(), "t", "something of the other one is left");
    assert_eq!(
        server.run_sql("SELECT done_at IS NOT NULL FROM slots WHERE job = 'report:market'").trim(),
        "t"
    );
    assert_eq!(server.run_sql("SELECT count(*) FROM index_points").trim(), after.points_written.to_string());
    assert!(!log_lines::with("the database answers again").is_empty());
    assert_eq!(house.get("/api/v1/reports/latest").await.0, 200);
    nobody_was_restarted(&house).await;
    nothing_was_given_away();
}

#[actix_rt::test]
async fn neither_postgres_nor_redis_there_at_start() {
    log_lines::keep();
    let mut server = Postgres::on_a_port();
    server.kill();
    let mut redis = RedisServer::start().await;
    redis.kill();
    let house = House::open(|config| {
        config.database.url = Some(DatabaseUrl::new(server.url()));
        config.redis.url = Some(redis.url());
    })
    .await;
    assert!(!house.refresh().await.stored);
    assert_eq!(house.get("/api/v1/market/indices").await.0, 200);
    assert!(matches!(house.report().await, Err(BuildError::NotOpened(_))));
    let too_many = (0..10_500).map(|second| Point {
        series: "vnindex".to_owned(),
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second),
        value: 1.0,
        volume: None,
        source: "vietcap".to_owned(),
    });
    let record = RecordIndices { points: too_many.collect() };
    assert!(house.daemon.persistence.send(record).await.unwrap().is_err());
    let full = status(&house).await;
    assert_eq!(full.points_waiting, 10_000);
    assert!(full.points_dropped >= 500, "{full:?}");

    redis.start_again().await;
    server.start_again();
    eventually(SOON, "the points are written, without another message", async || {
        (status(&house).await.points_waiting == 0).then_some(())
    })
    .await;
    assert_eq!(house.report().await.unwrap().id, 1);
    assert!(house.refresh().await.stored);
    let oldest = server.run_sql("SELECT min(at) >= 500 * 1000000 FROM index_points WHERE series = 'vnindex'");
    assert_eq!(oldest.trim(), "t", "the newest were dropped");
    nobody_was_restarted(&house).await;
    nothing_was_given_away();
}

#[actix_rt::test]
async fn sessions_that_the_server_has_ended() {
    log_lines::keep();
    let server = Postgres::on_a_port();
    let house = House::open(|config| config.database.url = Some(DatabaseUrl::new(server.url()))).await;
    assert_eq!(house.report().await.unwrap().id, 1);
    assert_eq!(house.get("/api/v1/reports/latest").await.0, 200);
    let ended = server.run_sql(
        "SELECT count(pg_terminate_backend(pid)) >= 3 FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    assert_eq!(ended.trim(), "t", "the writer's, the slots' and a reader's");
    assert_eq!(house.get("/api/v1/reports/latest").await.0, 200);
    house.refresh().await;
    assert_eq!(status(&house).await.points_waiting, 0);
    assert_eq!(house.report().await.unwrap().id, 2);
    let warned: Vec<String> = said(&server).into_iter().filter(|line| !line.starts_with("INFO")).collect();
    assert_eq!(warned, Vec::<String>::new());
    nobody_was_restarted(&house).await;
}
