//! Sources that refuse, break off or say nothing, and for how long they are left alone.

use std::net::TcpListener;
use std::time::Duration;

use evenkeel::market::model::{Snapshot, SourceName};
use evenkeel::market::points::points;
use evenkeel::market::source::Gates;

use crate::source_server::{Answer, SourceServer, TICKERS, YAHOO, whole};
use crate::{COINS, US, VIETNAM, all_known, sources, start};

fn error_of(snapshot: &Snapshot, source: SourceName) -> Option<String> {
    snapshot.sources.iter().find(|outcome| outcome.source == source).unwrap().error.clone()
}

/// Seconds from the start to the end of a source's cool-down.
fn cooling(gates: &Gates, source: SourceName) -> Option<i64> {
    let until = gates.gate(source).cooling(start())?.until;
    Some(until.duration_since(start()).as_secs())
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
    let page = include_bytes!("../fixtures/market/challenge.html");
    let half = &include_bytes!("../fixtures/market/binance_tickers.json")[..900];
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
