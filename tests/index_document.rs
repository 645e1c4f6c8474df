//! The `market_indices` document, to the letter.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

use evenkeel::market::document::Document;
use evenkeel::market::model::{Good, IndexReading, Quote, Reading, Snapshot, SourceName};
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn good(close: f64, volume: Option<f64>, source: SourceName) -> Good<Quote> {
    let value = Quote {
        at: at("2026-05-07T07:45:02.130Z"),
        open: Some(close - 7.0),
        high: Some(close + 2.0),
        low: None,
        close,
        volume,
        previous_close: Some(close - 8.0),
        breadth: None,
    };
    Good { value, source, fetched_at: at("2026-05-07T07:46:00Z") }
}

fn failed(error: &str, last_good: Option<Good<Quote>>) -> Reading<Quote> {
    Reading::Failed { error: error.to_owned(), last_good }
}

fn snapshot(indices: Vec<(&str, Reading<Quote>)>) -> Snapshot {
    let named =
        |(name, reading): (&str, Reading<Quote>)| IndexReading { name: name.to_owned(), own: None, reading };
    Snapshot {
        taken_at: at("2026-05-07T07:46:00Z"),
        indices: indices.into_iter().map(named).collect(),
        crypto: None,
        fear_greed: None,
        btc_rsi_14: None,
        sources: Vec::new(),
        fetch_duration_ms: 12,
    }
}

#[test]
fn the_document_reads_as_its_readers_expect() {
    let snapshot = snapshot(vec![
        ("vnindex", Reading::Known(good(1212.0, Some(702_118_400.0), SourceName::Vietcap))),
        (
            "vn30",
            failed("vietcap refused with status 403: a web page", Some(good(1298.5, None, SourceName::Kbs))),
        ),
        ("hnxindex", failed("entrade did not answer within 20000 ms", None)),
        ("hnx30", Reading::Known(good(528.25, None, SourceName::Entrade))),
        ("upcomindex", Reading::Known(good(92.5, Some(0.0), SourceName::Vietcap))),
        ("btc", Reading::Known(good(81_240.25, Some(15_620.75), SourceName::Binance))),
    ]);
    let expected = concat!(
        r#"{"success":true,"indices":{"#,
        r#""vnindex":{"value":{"code":"VNINDEX","date":"2026-05-07T14:45:02","open":1205.0,"high":1214.0,"low":null,"close":1212.0,"volume":702118400},"error":null,"source":"vietcap"},"#,
        r#""vn30":{"value":null,"error":"vietcap refused with status 403: a web page","#,
        r#""stale":{"value":{"code":"VN30","date":"2026-05-07T14:45:02","open":1291.5,"high":1300.5,"low":null,"close":1298.5,"volume":null},"age_seconds":540,"source":"kbs"}},"#,
        r#""hnxindex":{"value":null,"error":"entrade did not answer within 20000 ms"},"#,
        r#""hnx30":{"value":{"code":"HNX30","date":"2026-05-07T14:45:02","open":521.25,"high":530.25,"low":null,"close":528.25,"volume":null},"error":null,"source":"entrade"},"#,
        r#""upcomindex":{"value":{"code":"UPCOMINDEX","date":"2026-05-07T14:45:02","open":85.5,"high":94.5,"low":null,"close":92.5,"volume":0},"error":null,"source":"vietcap"},"#,
        r#""btc":{"value":{"code":"BTC","date":"2026-05-07T14:45:02","open":81233.25,"high":81242.25,"low":null,"close":81240.25,"volume":15621},"error":null,"source":"binance"}"#,
        r#"}}"#,
    );
    let document = Document::new(&snapshot, at("2026-05-07T07:55:00Z")).to_json().unwrap();
    assert_eq!(document, expected);
}

#[test]
fn the_five_vietnamese_indices_are_there_even_when_they_are_not_collected() {
    let snapshot = snapshot(vec![("btc", Reading::Known(good(81_240.25, None, SourceName::Binance)))]);
    let document = Document::new(&snapshot, snapshot.taken_at).to_json().unwrap();
    let positions: Vec<usize> = ["vnindex", "vn30", "hnxindex", "hnx30", "upcomindex", "btc"]
        .iter()
        .map(|name| document.find(&format!("\"{name}\":{{\"value\":")).unwrap())
        .collect();
    assert!(positions.is_sorted(), "{document}");
    assert_eq!(document.matches("not collected: market.vietnam is false").count(), 5);
}
