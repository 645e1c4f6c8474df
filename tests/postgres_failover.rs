//! A primary that is lost during a report, and a standby that becomes the primary: the daemon follows by its URL alone.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::config::DatabaseUrl;
use evenkeel::persistence::messages::Observe;
use evenkeel::report::messages::{BuildError, BuildReport, Progress};
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;

mod common;
#[path = "common/postgres.rs"]
mod postgres;
use common::house::House;
use common::{SOON, eventually};
use postgres::{PASSWORD_IN_URL, Postgres};

evenkeel::install_allocator!();

#[actix_rt::test]
async fn the_next_report_and_the_points_that_waited_arrive_at_the_promoted_standby() {
    let mut primary = Postgres::on_a_port();
    let standby = primary.standby();
    let (one, other) = (primary.port(), standby.port());
    let url = format!(
        "postgresql://evenkeel:{PASSWORD_IN_URL}@127.0.0.1:{one},127.0.0.1:{other}/postgres?target_session_attrs=read-write"
    );
    let house = House::open(|config| {
        config.database.url = Some(DatabaseUrl::new(url));
        config.market.sources.coingecko.time_limit = Duration::from_secs(4);
        config.report.constituents = 300;
    })
    .await;
    assert_eq!(house.report().await.unwrap().id, 1);
    let arrived = "SELECT count(*) FROM pg_tables WHERE tablename = 'reports'";
    eventually(SOON, "the schema is on the standby", async || {
        (standby.run_sql(arrived).trim() == "1").then_some(())
    })
    .await;
    let is_there = "SELECT count(*) FROM reports";
    eventually(SOON, "the report is on the standby", async || {
        (standby.run_sql(is_there).trim() == "1").then_some(())
    })
    .await;

    // The first page comes before the first section, the second one after the seventh.
    house.exchange.faults().set_after(SourceKind::Coingecko, 1, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    let progress = Progress::default();
    let request = BuildReport { edition: "market".to_owned(), progress: progress.clone(), slot: None };
    let builder = house.daemon.builder.clone();
    let building = actix_rt::spawn(async move { builder.send(request).await.unwrap() });
    eventually(SOON, "the report is half written", async || (progress.get().0 == 7).then_some(())).await;
    primary.kill();
    house.exchange.faults().clear_all();
    assert!(building.await.unwrap().is_err());
    // The standby answers, and is none that could be written to.
    let refused = house.report().await.unwrap_err();
    assert!(matches!(refused, BuildError::NotOpened(_)), "{refused}");
    let refreshed = house.refresh().await;
    assert!(refreshed.stored);
    let status = async || house.daemon.persistence.send(Observe).await.unwrap();
    assert!(status().await.points_waiting >= refreshed.points as usize);

    standby.promote();
    let next = eventually(SOON, "the next report", async || house.report().await.ok()).await;
    let written = eventually(SOON, "the points are written", async || {
        Some(status().await).filter(|status| status.points_waiting == 0)
    })
    .await;
    assert_eq!(written.points_dropped, 0);
    assert_eq!(standby.run_sql(is_there).trim(), "2", "the half-written one is there");
    let newest = standby.run_sql("SELECT max(id) FROM reports");
    assert_eq!(newest.trim(), next.id.to_string());
    assert_eq!(
        standby.run_sql("SELECT count(*) FROM index_points").trim(),
        written.points_written.to_string()
    );
    for child in house.daemon.supervisor.status().await.unwrap().children {
        assert_eq!(child.generation, 1, "{child:?}");
    }
}
