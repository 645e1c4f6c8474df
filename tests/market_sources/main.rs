//! Snapshots from sources that answer well, badly, late or not at all, over real HTTP.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

#[path = "../source_server/mod.rs"]
mod source_server;

mod fallbacks;
mod faults;
mod intervals;

use std::sync::Arc;

use evenkeel::clock::Clock;
use evenkeel::config::{MarketConfig, Secret};
use evenkeel::market::model::{Snapshot, SourceName};
use evenkeel::market::points::points;
use evenkeel::market::source::{Gates, SourceError, Sources, client_config};
use jiff::{SignedDuration, Timestamp};
use source_server::{CHART, COINPAPRIKA, ENTRADE, KBS, KLINES, SNAPSHOT, SourceServer, TICKERS};

/// Shortly after the fixtures' session.
fn start() -> Timestamp {
    "2026-05-07T10:20:05Z".parse().unwrap()
}

/// Sources at `seconds` after the start. Their clock as good as stands still; a later generation of them shares the
/// gates and has a later clock.
fn sources(config: &MarketConfig, gates: &Gates, seconds: i64) -> Sources {
    let clock = Clock::scaled(start() + SignedDuration::from_secs(seconds), 0.001);
    Sources::new(config, client_config().unwrap(), gates.clone(), clock).unwrap()
}

fn all_known(snapshot: &Snapshot, names: &[&str]) -> bool {
    names.iter().all(|name| snapshot.index(name).unwrap().known().is_some())
}

const VIETNAM: [&str; 5] = ["vnindex", "vn30", "hnxindex", "hnx30", "upcomindex"];
const COINS: [&str; 7] = ["btc", "eth", "sol", "xrp", "ada", "link", "bnb"];
const US: [&str; 4] = ["gspc", "ixic", "dji", "vix"];

#[actix_web::test]
async fn when_everything_answers_everything_is_known_and_no_fallback_is_asked() {
    let server = SourceServer::start();
    let snapshot = sources(&server.config(), &Gates::default(), 0).snapshot(None).await;

    let names: Vec<&str> = snapshot.indices.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, [&VIETNAM[..], &COINS, &US].concat());
    assert!(all_known(&snapshot, &names));
    assert!(snapshot.crypto.as_ref().unwrap().known().is_some());
    assert!(snapshot.fear_greed.as_ref().unwrap().known().is_some());
    let rsi = snapshot.btc_rsi_14.as_ref().unwrap().known().unwrap();
    assert!(rsi.value > 40.0 && rsi.value < 70.0 && server.asked(KLINES).len() == 1, "{rsi:?}");

    let vnindex = &snapshot.index("vnindex").unwrap().known().unwrap().value;
    assert_eq!((vnindex.open, vnindex.high, vnindex.low), (Some(1205.05), Some(1215.23), Some(1202.8)));
    assert_eq!((vnindex.close, vnindex.breadth.unwrap().advances), (1212.48, 212));

    let asked: Vec<SourceName> = snapshot.sources.iter().map(|outcome| outcome.source).collect();
    use SourceName::{AlternativeMe, Binance, Coingecko, Vietcap, Yahoo};
    assert_eq!(asked, [Vietcap, Binance, Coingecko, AlternativeMe, Yahoo]);
    assert!(snapshot.sources.iter().all(|outcome| outcome.error.is_none()), "{:?}", snapshot.sources);
    assert_eq!(
        (server.asked(SNAPSHOT).len(), server.asked(CHART).len(), server.asked(TICKERS).len()),
        (1, 1, 1)
    );
    assert!(
        server.asked(ENTRADE).is_empty()
            && server.asked(KBS).is_empty()
            && server.asked(COINPAPRIKA).is_empty()
    );
    assert_eq!(points(&snapshot).len(), 16 + 3 + 1);
}

#[actix_web::test]
async fn what_is_switched_off_is_neither_asked_nor_named() {
    let server = SourceServer::start();
    let mut config = server.config();
    (config.crypto, config.us) = (false, false);
    config.sources.vietcap.enabled = false;
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    let names: Vec<&str> = snapshot.indices.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, VIETNAM);
    assert!(snapshot.crypto.is_none() && snapshot.fear_greed.is_none());
    assert!(
        VIETNAM
            .iter()
            .all(|name| snapshot.index(name).unwrap().known().unwrap().source == SourceName::Entrade)
    );
    assert!(server.asked(SNAPSHOT).is_empty() && server.asked(TICKERS).is_empty());
}

#[test]
fn a_base_url_or_a_key_that_cannot_work_is_refused_at_the_start() {
    let tls = client_config().unwrap();
    let new = |config: &MarketConfig| {
        Sources::new(config, Arc::clone(&tls), Gates::default(), Clock::system()).map(drop).unwrap_err()
    };
    for url in ["", "api.binance.com", "ftp://host", "http://"] {
        let mut config = MarketConfig::default();
        config.sources.binance.base_url = url.to_owned();
        assert_eq!(new(&config), SourceError::BaseUrl { name: SourceName::Binance, url: url.to_owned() });
    }
    let mut config = MarketConfig::default();
    config.sources.coingecko.api_key = Some(Secret::new("CG-\n"));
    assert_eq!(new(&config), SourceError::ApiKey { name: SourceName::Coingecko });
    assert!(!new(&config).to_string().contains("CG-"));
}
