//! Snapshots from sources that answer well, badly, late or not at all, over real HTTP.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod source_server;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::{MarketConfig, Secret};
use evenkeel::market::model::{Snapshot, SourceName};
use evenkeel::market::points::points;
use evenkeel::market::source::{Gates, SourceError, Sources, client_config};
use jiff::{SignedDuration, Timestamp};
use source_server::{
    Answer, CHART, COINGECKO, COINPAPRIKA, ENTRADE, FEAR_GREED, KBS, KLINES, SNAPSHOT, SourceServer, TICKERS,
    YAHOO, whole,
};

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

fn error_of(snapshot: &Snapshot, source: SourceName) -> Option<String> {
    snapshot.sources.iter().find(|outcome| outcome.source == source).unwrap().error.clone()
}

/// Seconds from the start to the end of a source's cool-down.
fn cooling(gates: &Gates, source: SourceName) -> Option<i64> {
    let until = gates.gate(source).cooling(start())?.until;
    Some(until.duration_since(start()).as_secs())
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
async fn every_fault_is_said_costs_its_own_indices_only_and_cools_down_as_it_should() {
    let server = SourceServer::start();
    let refused = |status, headers, body: &str| Answer::Whole {
        status,
        content_type: "text/plain",
        headers,
        body: body.as_bytes().to_vec(),
    };
    let wait = |value: &str| vec![("retry-after", value.to_owned())];
    let page = include_bytes!("fixtures/market/challenge.html");
    let half = &include_bytes!("fixtures/market/binance_tickers.json")[..900];
    // The answer; what is said of it; the shortest and longest cool-down in seconds, or none.
    type Case = (Answer, &'static str, Option<(i64, i64)>);
    let table: Vec<Case> = vec![
        (
            refused(429, wait("119"), r#"{"code":-1003,"msg":"too much"}"#),
            "status 429: too much",
            Some((119, 119)),
        ),
        (
            refused(429, wait("Thu, 07 May 2026 10:22:05 GMT"), "Throttled"),
            "status 429: Throttled",
            Some((119, 120)),
        ),
        (refused(429, vec![], "error code: 1015"), "status 429: error code: 1015", Some((60, 75))),
        (
            refused(418, wait("7200"), r#"{"code":-1003,"msg":"banned"}"#),
            "status 418: banned",
            Some((7200, 7200)),
        ),
        (
            refused(451, vec![], r#"{"code":0,"msg":"restricted"}"#),
            "status 451: restricted",
            Some((86_400, 86_400)),
        ),
        (whole(403, "text/html", page), "status 403: a web page", Some((300, 375))),
        (whole(200, "text/html", page), "status 200: a web page instead of data", Some((300, 375))),
        (whole(200, "application/json", page), "a web page instead of data", Some((300, 375))),
        (whole(400, "text/html", b""), "status 400: no explanation", Some((300, 375))),
        (
            whole(400, "application/json", br#"{"code":-1121,"msg":"Invalid symbol."}"#),
            "Invalid symbol.",
            None,
        ),
        (refused(503, wait("45"), ""), "status 503", Some((45, 45))),
        (whole(500, "text/plain", b"oops"), "status 500: oops", None),
        (whole(301, "text/html", b""), "status 301", None),
        (whole(200, "application/json", half), "not the expected JSON", None),
        (whole(200, "application/json", b"[]"), "no usable row", None),
        (whole(200, "application/json", &[b' '; 70_000]), "more than 65536 bytes", None),
        (Answer::Streams(1 << 20), "more than 65536 bytes", None),
        (Answer::Stalls(half.to_vec()), "did not answer within 250 ms", None),
        (Answer::BreaksOff(half.to_vec()), "broke off", None),
    ];
    let mut config = server.config();
    config.us = false;
    config.sources.binance.max_body = bytesize::ByteSize::kib(64);
    for (answer, said, expected) in table {
        let stalls = matches!(answer, Answer::Stalls(_));
        config.sources.binance.time_limit = Duration::from_millis(if stalls { 250 } else { 10_000 });
        server.answer(TICKERS, answer);
        let gates = Gates::default();
        let snapshot = sources(&config, &gates, 0).snapshot(None).await;

        let error = error_of(&snapshot, SourceName::Binance).unwrap();
        assert!(error.contains(said), "\"{error}\" does not say \"{said}\"");
        for coin in COINS {
            let reading = snapshot.index(coin).unwrap();
            assert_eq!(reading.error(), Some(format!("binance {error}").as_str()));
            assert_eq!(reading.latest(), None);
        }
        assert!(all_known(&snapshot, &VIETNAM) && snapshot.crypto.as_ref().unwrap().known().is_some());
        match (cooling(&gates, SourceName::Binance), expected) {
            (None, None) => {}
            (Some(seconds), Some((shortest, longest))) => {
                assert!((shortest - 1..=longest + 1).contains(&seconds), "{said}: {seconds} s");
            }
            (found, expected) => panic!("{said}: cool-down {found:?} instead of {expected:?}"),
        }
    }
}

#[actix_web::test]
async fn a_source_that_cannot_be_reached_or_resets_the_connection_is_a_failure_without_cool_down() {
    let server = SourceServer::start();
    let mut config = server.config();
    let free_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    config.sources.binance.base_url = format!("http://{free_port}");
    let resetting = TcpListener::bind("127.0.0.1:0").unwrap();
    config.sources.alternative_me.base_url = format!("http://{}", resetting.local_addr().unwrap());
    std::thread::spawn(move || resetting.incoming().for_each(drop));

    let gates = Gates::default();
    let snapshot = sources(&config, &gates, 0).snapshot(None).await;
    assert!(error_of(&snapshot, SourceName::Binance).unwrap().starts_with("could not be reached"));
    assert!(error_of(&snapshot, SourceName::AlternativeMe).unwrap().starts_with("broke off"));
    assert_eq!(cooling(&gates, SourceName::Binance), None);
    assert!(all_known(&snapshot, &VIETNAM));
}

#[actix_web::test]
async fn fallbacks_are_asked_in_order_and_only_for_what_is_still_missing() {
    let server = SourceServer::start();
    let bad_rows = include_bytes!("fixtures/market/vietcap_snapshot_bad_rows.json");
    server.answer(SNAPSHOT, whole(200, "application/json", bad_rows));
    server.answer(CHART, whole(200, "application/json", b"[]"));
    let config = server.config();
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    let asked = server.asked(ENTRADE);
    let symbols: Vec<&str> = asked.iter().map(|request| request.split(['=', '&']).nth(1).unwrap()).collect();
    assert_eq!(symbols, ["VN30", "HNX30", "UPCOM"]);
    assert!(server.asked(KBS).is_empty());
    let source = |name: &str| snapshot.index(name).unwrap().known().unwrap().source;
    assert_eq!(
        VIETNAM.map(source).map(|name| name.to_string()),
        ["vietcap", "entrade", "vietcap", "entrade", "entrade"]
    );

    server.answer(SNAPSHOT, whole(403, "text/html", b"<html></html>"));
    server.answer(ENTRADE, whole(500, "text/plain", b""));
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    assert_eq!(server.asked(CHART).len(), 1, "the chart is asked for although the snapshot was refused");
    assert_eq!(server.asked(ENTRADE).len(), 1, "a source that fails is asked for the next index");
    assert_eq!(server.asked(KBS).len(), 5);
    assert!(
        VIETNAM.iter().all(|name| snapshot.index(name).unwrap().known().unwrap().source == SourceName::Kbs)
    );

    server.answer(KBS, whole(404, "application/json", br#"{"error":"unknown"}"#));
    let snapshot = sources(&config, &Gates::default(), 0).snapshot(None).await;
    assert_eq!(server.asked(KBS).len(), 5, "one unknown symbol ends the round");
    assert_eq!(
        snapshot.index("vn30").unwrap().error(),
        Some(
            "vietcap refused with status 403: a web page; entrade answered with status 500: no explanation; \
             kbs answered with status 404: unknown"
        )
    );
}

#[actix_web::test]
async fn a_chart_that_refuses_is_left_alone_and_costs_the_snapshot_nothing() {
    let server = SourceServer::start();
    server.answer(CHART, whole(400, "text/html", b""));
    let (config, gates) = (server.config(), Gates::default());
    let first = sources(&config, &gates, 0).snapshot(None).await;
    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!(
        (server.asked(SNAPSHOT).len(), server.asked(CHART).len(), server.asked(ENTRADE).len()),
        (2, 1, 0)
    );
    let vnindex = second.index("vnindex").unwrap().known().unwrap();
    assert_eq!(
        (vnindex.source, vnindex.value.close, vnindex.value.open),
        (SourceName::Vietcap, 1212.48, None)
    );

    server.behave(CHART);
    let third = sources(&config, &gates, 400).snapshot(Some(&second)).await;
    assert_eq!(third.index("vnindex").unwrap().known().unwrap().value.open, Some(1205.05));
}

#[actix_web::test]
async fn in_a_cool_down_a_source_is_left_alone_and_its_last_good_values_are_kept() {
    let server = SourceServer::start();
    let config = server.config();
    let gates = Gates::default();
    let first = sources(&config, &gates, 0).snapshot(None).await;
    server.answer(YAHOO, whole(429, "text/html", b"Too Many Requests\r\n"));
    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!(server.asked(YAHOO).len(), 4 + 1, "a refusal does not end the round");
    assert!(second.index("dji").unwrap().error().is_some());
    assert_eq!(second.index("dji").unwrap().latest(), first.index("dji").unwrap().latest());

    // The source would answer well again, but nobody asks: not even a new generation.
    server.behave(YAHOO);
    let third = sources(&config, &gates, 200).snapshot(Some(&second)).await;
    assert_eq!(server.asked(YAHOO).len(), 0);
    let error = third.index("dji").unwrap().error().unwrap();
    assert!(error.starts_with("yahoo is not asked before 2026-05-07T10:2"), "{error}");
    assert!(error.ends_with("it refused with status 429: Too Many Requests"), "{error}");
    assert_eq!(third.index("dji").unwrap().latest(), first.index("dji").unwrap().latest());
    assert!(points(&third).iter().all(|point| point.series != "dji"));

    let fourth = sources(&config, &gates, 360).snapshot(Some(&third)).await;
    assert!(all_known(&fourth, &US));
}

#[actix_web::test]
async fn within_its_minimum_interval_a_source_is_not_asked_and_its_value_is_carried() {
    let server = SourceServer::start();
    let config = server.config();
    let gates = Gates::default();
    let first = sources(&config, &gates, 0).snapshot(None).await;
    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!((server.asked(COINGECKO).len(), server.asked(FEAR_GREED).len()), (1, 1));
    assert_eq!(second.crypto, first.crypto);
    assert_eq!(second.fear_greed, first.fear_greed);
    assert!(second.sources.iter().all(|outcome| outcome.source != SourceName::Coingecko));
    let series: Vec<String> = points(&second).into_iter().map(|point| point.series).collect();
    assert!(!series.iter().any(|series| series == "btc_dominance" || series == "fear_greed"), "{series:?}");

    // Ten minutes later CoinGecko is due, alternative.me is not.
    let third = sources(&config, &gates, 601).snapshot(Some(&second)).await;
    assert_eq!((server.asked(COINGECKO).len(), server.asked(FEAR_GREED).len()), (1, 0));
    assert_ne!(third.crypto, first.crypto, "the value is as old as before");

    // A snapshot that was lost leaves nothing to carry: then the source is asked.
    let fourth = sources(&config, &gates, 780).snapshot(None).await;
    assert_eq!((server.asked(COINGECKO).len(), server.asked(FEAR_GREED).len()), (1, 1));
    assert!(fourth.fear_greed.unwrap().known().is_some());
}

#[actix_web::test]
async fn coinpaprika_stands_in_for_coingecko_and_is_not_asked_too_often_either() {
    let server = SourceServer::start();
    let config = server.config();
    let gates = Gates::default();
    server.answer(
        COINGECKO,
        whole(429, "application/json", br#"{"status":{"error_code":429,"error_message":"limit"}}"#),
    );
    let first = sources(&config, &gates, 0).snapshot(None).await;
    assert_eq!(first.crypto.as_ref().unwrap().known().unwrap().source, SourceName::Coinpaprika);

    let second = sources(&config, &gates, 180).snapshot(Some(&first)).await;
    assert_eq!(server.asked(COINPAPRIKA).len(), 1);
    assert_eq!(second.crypto, first.crypto);
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

#[actix_web::test]
async fn daily_candles_are_asked_for_every_half_hour_and_what_they_cost_is_one_number() {
    let server = SourceServer::start();
    let (config, gates) = (server.config(), Gates::default());
    let first = sources(&config, &gates, 0).snapshot(None).await;
    let known = first.btc_rsi_14.clone().unwrap();
    let within = sources(&config, &gates, 29 * 60).snapshot(Some(&first)).await;
    assert_eq!((within.btc_rsi_14.clone().unwrap(), server.asked(KLINES).len()), (known.clone(), 1));

    server.answer(KLINES, whole(500, "text/plain", b"no"));
    let after = sources(&config, &gates, 31 * 60).snapshot(Some(&within)).await;
    assert_eq!(server.asked(KLINES).len(), 1);
    let rsi = after.btc_rsi_14.as_ref().unwrap();
    assert!(
        rsi.error().is_some_and(|error| error.starts_with("binance answered with status 500")),
        "{rsi:?}"
    );
    assert_eq!(rsi.latest(), known.known());
    assert!(all_known(&after, &COINS));
    // Once the source says no to one question, the other is not asked either.
    server.answer(KLINES, whole(429, "text/plain", b"slow down"));
    let refused = sources(&config, &gates, 34 * 60).snapshot(Some(&after)).await;
    sources(&config, &gates, 34 * 60 + 10).snapshot(Some(&refused)).await;
    assert_eq!((server.asked(KLINES).len(), server.asked(TICKERS).len()), (1, 4));
}
