//! Every fault of the exchange, in turn and all at once: a fault costs its own indices only, the snapshot is stored,
//! a report can be written, and everything comes back by itself.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::Config;
use evenkeel::market::model::{CATALOGUE, Market, SourceName};
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;

mod common;
use common::house::House;
use common::{SOON, eventually};

evenkeel::install_allocator!();

/// Cool-downs of minutes are over in a fraction of a second.
const SPEED: f64 = 3600.0;

fn impatient(config: &mut Config) {
    for source in config.market.sources.each_mut() {
        source.time_limit = Duration::from_secs(2);
    }
}

async fn open() -> House {
    let start = "2026-03-02T02:00:00Z".parse().unwrap();
    let house = House::open_at(Clock::scaled(start, SPEED), impatient).await;
    assert_eq!(house.refresh().await.indices_ok, 16);
    house
}

/// The fault, in a form that no answer survives.
fn certain(fault: Fault) -> Fault {
    match fault {
        Fault::SlowBody { .. } => Fault::SlowBody { bytes: 1, pause_ms: 500 },
        other => other,
    }
}

async fn until_all_is_well(house: &House) {
    house.exchange.faults().clear_all();
    let well = async || {
        let outcome = house.refresh().await;
        (outcome.indices_failed == 0 && outcome.sources_failed == 0).then_some(())
    };
    eventually(SOON, "every source is back", well).await;
}

#[actix_rt::test]
async fn with_any_fault_everywhere_the_snapshot_is_stored_with_errors_and_last_good_values() {
    for fault in Fault::EVERY {
        let house = open().await;
        house.exchange.faults().set_all(certain(fault));
        let outcome = house.refresh().await;
        assert!(outcome.stored && outcome.indices_ok == 0, "{fault:?}: {outcome:?}");
        let snapshot = house.daemon.store.latest().await.unwrap().unwrap();
        for index in &snapshot.indices {
            assert!(index.reading.error().is_some_and(|error| !error.is_empty()), "{fault:?}: {index:?}");
            assert!(index.reading.latest().is_some(), "{fault:?}: {index:?}");
        }
        let (status, document) = house.get("/api/v1/market/indices").await;
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        assert_eq!(status, 200);
        let vnindex = &document["indices"]["vnindex"];
        assert!(vnindex["value"].is_null() && vnindex["error"].is_string(), "{fault:?}: {vnindex}");
        assert!(vnindex["stale"]["value"]["close"].is_f64(), "{fault:?}: {vnindex}");
        let report = house.report().await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(report.artifacts.len(), 5, "{fault:?}");
        until_all_is_well(&house).await;
    }
}

#[actix_rt::test]
async fn all_faults_at_once_on_different_sources_are_survived_too() {
    let house = open().await;
    let every = Fault::EVERY.iter().copied().map(certain);
    for shift in [0, 4, 8, 12] {
        for (source, fault) in SourceKind::ALL.into_iter().zip(every.clone().cycle().skip(shift)) {
            house.exchange.faults().set(source, fault);
        }
        let outcome = house.refresh().await;
        assert!(outcome.stored, "{outcome:?}");
        assert_eq!(outcome.indices_ok, 0, "{outcome:?}");
        house.report().await.unwrap();
    }
    until_all_is_well(&house).await;
}

#[actix_rt::test]
async fn a_source_that_fails_costs_only_its_own_indices() {
    let house = open().await;
    for (source, market) in [(SourceKind::Binance, Market::Crypto), (SourceKind::Yahoo, Market::Us)] {
        house.exchange.faults().set(source, Fault::ServerError);
        house.refresh().await;
        let snapshot = house.daemon.store.latest().await.unwrap().unwrap();
        for (index, entry) in CATALOGUE.iter().zip(&snapshot.indices) {
            assert_eq!(index.name, entry.name);
            assert_eq!(entry.reading.error().is_some(), index.market == market, "{source}: {entry:?}");
        }
        until_all_is_well(&house).await;
    }
}

#[actix_rt::test]
async fn the_fallbacks_for_vietnam_are_asked_in_their_order() {
    let house = open().await;
    let source_of_vnindex = async || {
        house.refresh().await;
        let snapshot = house.daemon.store.latest().await.unwrap().unwrap();
        snapshot.index("vnindex").unwrap().known().map(|good| good.source)
    };
    assert_eq!(source_of_vnindex().await, Some(SourceName::Vietcap));
    house.exchange.faults().set(SourceKind::Vietcap, Fault::OkHtml);
    assert_eq!(source_of_vnindex().await, Some(SourceName::Entrade));
    house.exchange.faults().set(SourceKind::Entrade, Fault::TruncatedJson);
    assert_eq!(source_of_vnindex().await, Some(SourceName::Kbs));
    house.exchange.faults().set(SourceKind::Kbs, Fault::ConnectionReset);
    assert_eq!(source_of_vnindex().await, None);
    until_all_is_well(&house).await;
    assert_eq!(source_of_vnindex().await, Some(SourceName::Vietcap));
}
