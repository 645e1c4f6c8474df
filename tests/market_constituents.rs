//! Pages of constituents over real HTTP: parsed while they arrive, and given up when nobody waits for them any more.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod source_server;

use std::sync::mpsc;
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::MarketConfig;
use evenkeel::market::model::SourceName;
use evenkeel::market::source::{Failure, Gates, SourceError, Sources, client_config};
use jiff::Timestamp;
use source_server::{Answer, COINGECKO, MARKETS, SourceServer, whole};

const PAGE: &[u8] = include_bytes!("fixtures/market/coingecko_markets.json");

fn sources(config: &MarketConfig, gates: &Gates) -> Sources {
    let start: Timestamp = "2026-05-07T10:20:05Z".parse().unwrap();
    Sources::new(config, client_config().unwrap(), gates.clone(), Clock::scaled(start, 0.001)).unwrap()
}

fn failure(answer: Result<Vec<evenkeel::market::model::Constituent>, SourceError>) -> Failure {
    match answer.unwrap_err() {
        SourceError::Failed { name: SourceName::Coingecko, failure } => failure,
        other => panic!("{other}"),
    }
}

#[actix_web::test]
async fn a_page_is_fetched_whole_and_the_minimum_interval_does_not_apply() {
    let server = SourceServer::start();
    let sources = sources(&server.config(), &Gates::default());
    sources.snapshot(None).await;
    let coins = sources.constituents(1, 250).await.unwrap();
    assert_eq!(coins.len(), 5);
    assert_eq!((coins[0].symbol.as_str(), coins[0].sparkline.len()), ("BTC", 168));
    assert_eq!(sources.constituents(2, 3).await.unwrap().len(), 3, "more coins than asked for");
    let asked = server.asked(MARKETS);
    assert!(asked[0].contains("per_page=250&page=1&sparkline=true"), "{asked:?}");

    server.answer(MARKETS, whole(200, "application/json", b"[]"));
    assert_eq!(sources.constituents(99, 250).await, Ok(Vec::new()));
    // Pages do not make the overview appear fresh.
    sources.snapshot(None).await;
    assert_eq!(server.asked(COINGECKO).len(), 1);
}

#[actix_web::test]
async fn a_page_that_fails_is_an_error_and_never_half_a_page() {
    let server = SourceServer::start();
    let mut config = server.config();
    config.sources.coingecko.max_body = bytesize::ByteSize::kib(64);
    let half = PAGE[..PAGE.len() / 2].to_vec();

    server.answer(MARKETS, whole(200, "application/json", &half));
    assert!(matches!(
        failure(sources(&config, &Gates::default()).constituents(1, 250).await),
        Failure::Unusable(_)
    ));
    server.answer(MARKETS, Answer::BreaksOff(half.clone()));
    assert!(matches!(
        failure(sources(&config, &Gates::default()).constituents(1, 250).await),
        Failure::BrokenOff(_)
    ));
    server.answer(MARKETS, Answer::Streams(1 << 20));
    let too_long = Failure::TooLong { limit: 64 * 1024 };
    assert_eq!(failure(sources(&config, &Gates::default()).constituents(1, 250).await), too_long);
    server.answer(MARKETS, whole(200, "application/json", br#"{"error":"no"}"#));
    assert!(matches!(
        failure(sources(&config, &Gates::default()).constituents(1, 250).await),
        Failure::Unusable(_)
    ));

    config.sources.coingecko.time_limit = Duration::from_millis(250);
    server.answer(MARKETS, Answer::Stalls(half));
    let timed_out = Failure::TimedOut { limit: Duration::from_millis(250) };
    assert_eq!(failure(sources(&config, &Gates::default()).constituents(1, 250).await), timed_out);

    server.behave(MARKETS);
    config.sources.coingecko.time_limit = Duration::from_secs(10);
    assert_eq!(sources(&config, &Gates::default()).constituents(1, 250).await.unwrap().len(), 5);
}

#[actix_web::test]
async fn a_refusal_closes_the_source_for_pages_and_for_the_overview_alike() {
    let server = SourceServer::start();
    let gates = Gates::default();
    let sources = sources(&server.config(), &gates);
    server.answer(MARKETS, whole(200, "text/html", b"<!DOCTYPE html>"));
    assert!(matches!(failure(sources.constituents(1, 250).await), Failure::Refused { status: 200, .. }));
    assert!(matches!(sources.constituents(2, 250).await, Err(SourceError::CoolingDown { .. })));
    let snapshot = sources.snapshot(None).await;
    assert_eq!((server.asked(MARKETS).len(), server.asked(COINGECKO).len()), (1, 0));
    assert_eq!(snapshot.crypto.unwrap().known().unwrap().source, SourceName::Coinpaprika);
}

#[actix_web::test]
async fn without_crypto_there_are_no_constituents() {
    let server = SourceServer::start();
    let config = MarketConfig { crypto: false, ..server.config() };
    let disabled = Err(SourceError::Disabled(SourceName::Coingecko));
    assert_eq!(sources(&config, &Gates::default()).constituents(1, 250).await, disabled);
}

#[actix_web::test]
async fn dropping_the_request_ends_the_thread_that_parses() {
    let server = SourceServer::start();
    server.answer(MARKETS, Answer::Stalls(PAGE[..PAGE.len() / 2].to_vec()));
    let config = server.config();
    let (ended, waiting) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sources = sources(&config, &Gates::default());
            let page = sources.constituents(1, 250);
            assert!(tokio::time::timeout(Duration::from_millis(250), page).await.is_err());
        });
        // Waits for every blocking thread of the runtime.
        drop(runtime);
        ended.send(()).unwrap();
    });
    assert_eq!(
        waiting.recv_timeout(Duration::from_secs(20)),
        Ok(()),
        "a thread still waits for the rest of the page"
    );
}
