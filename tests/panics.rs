//! A panic in each actor in turn: that actor is restarted, nothing else is, and the work goes on.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

mod common;
use common::house::House;
use common::{SOON, eventually};

evenkeel::install_allocator!();

const CHILDREN: [&str; 5] =
    ["persistence", "market-indices", "report-builder", "auto-report", "memory-monitor"];

async fn panic_in(victim: &str) {
    let house = House::open(|_| {}).await;
    assert_eq!(house.report().await.unwrap().id, 1);
    house.daemon.supervisor.drill(victim).await.unwrap();
    eventually(SOON, "the next generation", async || {
        (house.child(victim).await.generation == 2).then_some(())
    })
    .await;
    for name in CHILDREN {
        let child = house.child(name).await;
        let expected = if name == victim { (2, 1) } else { (1, 0) };
        assert_eq!((child.generation, child.crashes), expected, "{name} after a panic in {victim}");
    }
    let outcome = house.refresh().await;
    assert!(outcome.stored && outcome.indices_failed == 0, "{outcome:?}");
    assert_eq!(house.report().await.unwrap().id, 2);
    assert_eq!(house.get("/health").await, (200, r#"{"status":"healthy"}"#.to_owned()));
    let ended = house.daemon.shut_down().await.unwrap();
    assert_eq!((ended.drained.len(), ended.cut_short.len()), (5, 0), "{ended:?}");
}

#[actix_rt::test]
async fn a_panic_in_persistence_restarts_persistence_only() {
    panic_in("persistence").await;
}

#[actix_rt::test]
async fn a_panic_in_market_indices_restarts_market_indices_only() {
    panic_in("market-indices").await;
}

#[actix_rt::test]
async fn a_panic_in_the_report_builder_restarts_the_report_builder_only() {
    panic_in("report-builder").await;
}

#[actix_rt::test]
async fn a_panic_in_auto_report_restarts_auto_report_only() {
    panic_in("auto-report").await;
}

#[actix_rt::test]
async fn a_panic_in_the_memory_monitor_restarts_the_memory_monitor_only() {
    panic_in("memory-monitor").await;
}
