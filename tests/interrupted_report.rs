//! A report that is interrupted, at any point and by anything, is absent; the next one is unaffected.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::report::messages::{BuildReport, Progress};
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;

mod common;
use common::house::House;
use common::{SOON, eventually};

evenkeel::install_allocator!();

/// A house in the middle of a report: the second page of constituents trickles in for ever.
async fn in_the_middle() -> (House, tokio::task::JoinHandle<Result<bool, String>>) {
    let house = House::open(|config| {
        config.supervision.drain_within = Duration::from_millis(500);
        config.market.sources.coingecko.time_limit = Duration::from_secs(4);
        config.report.constituents = 300;
    })
    .await;
    assert_eq!(house.report().await.unwrap().id, 1);
    // The first page comes before the first section, the second one after the seventh.
    house.exchange.faults().set_after(SourceKind::Coingecko, 1, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    let progress = Progress::default();
    let request = BuildReport { edition: "market".to_owned(), progress: progress.clone(), slot: None };
    let builder = house.daemon.builder.clone();
    let building = actix_rt::spawn(async move {
        builder.send(request).await.map(|built| built.is_ok()).map_err(|error| error.to_string())
    });
    eventually(SOON, "the report is half written", async || (progress.get().0 == 7).then_some(())).await;
    (house, building)
}

async fn the_next_is_unaffected(house: &House) {
    house.exchange.faults().clear_all();
    eventually(SOON, "the builder is back", async || house.report().await.ok()).await;
    let reports = house.daemon.archive.list(10, None).unwrap();
    assert_eq!(reports.len(), 2, "{reports:?}");
    for report in reports {
        assert_eq!(report.artifacts.len(), 5);
    }
}

#[actix_rt::test]
async fn a_builder_that_panics_leaves_no_trace_of_its_report() {
    let (house, building) = in_the_middle().await;
    house.daemon.supervisor.drill("report-builder").await.unwrap();
    assert_eq!(building.await.unwrap(), Err("report-builder ended before it answered".to_owned()));
    the_next_is_unaffected(&house).await;
}

#[actix_rt::test]
async fn a_builder_that_is_restarted_is_cut_short_after_its_limit() {
    let (house, building) = in_the_middle().await;
    house.daemon.supervisor.restart("report-builder").await.unwrap();
    assert!(building.await.unwrap().is_err());
    the_next_is_unaffected(&house).await;
}

#[actix_rt::test]
async fn a_writer_that_panics_fails_the_report_and_keeps_the_history() {
    let (house, building) = in_the_middle().await;
    house.daemon.supervisor.drill("persistence").await.unwrap();
    eventually(SOON, "a new writer", async || {
        (house.child("persistence").await.generation == 2).then_some(())
    })
    .await;
    house.exchange.faults().clear_all();
    assert_ne!(building.await.unwrap(), Ok(true));
    the_next_is_unaffected(&house).await;
}

#[actix_rt::test]
async fn ending_in_the_middle_of_a_report_keeps_the_deadline_and_stores_nothing_of_it() {
    let (house, building) = in_the_middle().await;
    let archive = house.daemon.archive.clone();
    let ended = house.daemon.shut_down().await.unwrap();
    assert_eq!(ended.cut_short, ["report-builder"]);
    assert_eq!(ended.drained, ["memory-monitor", "auto-report", "market-indices", "persistence"]);
    assert!(building.await.unwrap().is_err());
    assert_eq!(archive.count().unwrap(), 1);
}

#[actix_rt::test]
async fn a_second_report_at_the_same_time_is_refused_and_the_first_one_finishes() {
    let (house, building) = in_the_middle().await;
    let refused = house.report().await.unwrap_err();
    assert_eq!(refused.to_string(), "another report is being built");
    drop(building);
}
