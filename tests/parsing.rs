//! What every source's parser makes of well-formed and of ill-formed bodies.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

use evenkeel::market::model::{Breadth, Constituent};
use evenkeel::market::parse::bars::Session;
use evenkeel::market::parse::{
    Demultiplexed, ParseError, alternative_me, binance, coingecko, coinpaprika, entrade, kbs, vietcap, yahoo,
};
use jiff::Timestamp;
use jiff::tz::Offset;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/market/", $name)).as_slice()
    };
}

const ICT: Offset = Offset::constant(7);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn of<'a, T>(rows: &'a Demultiplexed<T>, symbol: &str) -> &'a Result<T, ParseError> {
    &rows.iter().find(|(found, _)| found == symbol).unwrap().1
}

fn constituents(body: &[u8]) -> (Vec<Constituent>, Result<u32, ParseError>) {
    let mut coins = Vec::new();
    let result = coingecko::parse_constituents(body, &mut |coin| coins.push(coin));
    (coins, result)
}

#[test]
fn vietcaps_snapshot_is_told_apart_by_symbol_whatever_the_order() {
    let rows = vietcap::parse_snapshot(fixture!("vietcap_snapshot.json")).unwrap();
    let vnindex = of(&rows, "VNINDEX").as_ref().unwrap();
    assert_eq!(vnindex.at, Some(at("2026-05-07T07:45:02.130Z")));
    assert_eq!(
        (vnindex.close, vnindex.previous_close, vnindex.volume),
        (1212.48, Some(1204.15), Some(702_118_400.0))
    );
    let breadth = Breadth { advances: 212, declines: 141, unchanged: 48, ceiling: 9, floor: 2 };
    assert_eq!(vnindex.breadth, Some(breadth));
    // Numbers in strings.
    assert_eq!(of(&rows, "HNX30").as_ref().unwrap().close, 528.31);
}

#[test]
fn a_bad_row_of_vietcaps_snapshot_costs_its_own_index_only() {
    let rows = vietcap::parse_snapshot(fixture!("vietcap_snapshot_bad_rows.json")).unwrap();
    assert!(matches!(of(&rows, "VN30"), Err(ParseError::OutOfRange { field: "price", .. })));
    assert_eq!(of(&rows, "HNX30"), &Err(ParseError::Missing("price")));
    assert_eq!(of(&rows, "HNXUpcomIndex"), &Err(ParseError::Missing("price")));
    assert!(of(&rows, "VNINDEX").is_ok() && of(&rows, "HNXIndex").is_ok());
}

#[test]
fn vietcaps_chart_takes_times_as_strings_or_numbers() {
    let charts = vietcap::parse_chart(fixture!("vietcap_chart.json")).unwrap();
    for (symbol, close) in [("VNINDEX", 1212.48), ("HNX30", 528.31)] {
        let session = Session::last(of(&charts, symbol).as_ref().unwrap(), ICT).unwrap();
        assert_eq!((session.date, session.close), (jiff::civil::date(2026, 5, 7), close));
    }
}

#[test]
fn a_ragged_chart_is_rejected_as_a_whole_and_alone() {
    let charts = vietcap::parse_chart(fixture!("vietcap_chart_ragged.json")).unwrap();
    let ragged = ParseError::Ragged { column: "volume", length: 1, expected: 2 };
    assert_eq!(of(&charts, "VNINDEX"), &Err(ragged));
    assert!(of(&charts, "VN30").is_ok());
}

#[test]
fn nothing_is_an_error_and_not_a_value() {
    assert_eq!(vietcap::parse_chart(fixture!("vietcap_chart_empty.json")), Err(ParseError::Empty));
    let columns = vietcap::parse_chart(fixture!("vietcap_chart_empty_columns.json")).unwrap();
    assert_eq!(of(&columns, "VNINDEX"), &Err(ParseError::Empty));
    assert_eq!(entrade::parse_chart(fixture!("entrade_empty.json")), Err(ParseError::Empty));
    assert_eq!(vietcap::parse_snapshot(b"[]"), Err(ParseError::Empty));
    assert_eq!(binance::parse_tickers(b"[]"), Err(ParseError::Empty));
    assert_eq!(
        kbs::parse_chart(b"{\"symbol\":\"VNINDEX\",\"data_1P\":[]}", "VNINDEX"),
        Err(ParseError::Empty)
    );
}

#[test]
fn entrade_and_kbs_tell_the_same_session_from_opposite_orders() {
    let from_entrade =
        Session::last(&entrade::parse_chart(fixture!("entrade_chart.json")).unwrap(), ICT).unwrap();
    let from_kbs =
        Session::last(&kbs::parse_chart(fixture!("kbs_chart.json"), "VNINDEX").unwrap(), ICT).unwrap();
    assert_eq!(from_entrade, from_kbs);
    assert_eq!(from_kbs.at, at("2026-05-07T07:45:00Z"));
    assert_eq!(
        (from_kbs.open, from_kbs.high, from_kbs.low, from_kbs.close),
        (1205.1, 1214.3, 1204.8, 1212.48)
    );
    assert_eq!((from_kbs.volume, from_kbs.previous_close), (Some(54_754_000.0), Some(1204.15)));
}

#[test]
fn an_answer_about_another_symbol_is_refused() {
    let other = ParseError::OtherSymbol { asked: "VN30".to_owned(), found: "VNINDEX".to_owned() };
    assert_eq!(kbs::parse_chart(fixture!("kbs_chart.json"), "VN30"), Err(other));
    assert!(matches!(
        yahoo::parse_chart(fixture!("yahoo_chart.json"), "^DJI"),
        Err(ParseError::OtherSymbol { .. })
    ));
}

#[test]
fn binances_strings_become_quotes_by_pair() {
    let quotes = binance::parse_tickers(fixture!("binance_tickers.json")).unwrap();
    let btc = of(&quotes, "BTCUSDT").as_ref().unwrap();
    assert_eq!(btc.at, at("2026-05-07T10:20:01.250Z"));
    assert_eq!((btc.close, btc.previous_close, btc.high), (81_240.25, Some(80_115.5), Some(81_900.0)));
    assert_eq!(btc.volume, Some(15_620.25));
    assert!((btc.change_percent().unwrap() - 1.4039).abs() < 1e-3);
}

#[test]
fn the_crypto_market_as_a_whole_from_either_source() {
    let coingecko = coingecko::parse_global(fixture!("coingecko_global.json")).unwrap();
    assert_eq!(coingecko.at, at("2026-05-07T10:19:00Z"));
    assert_eq!(
        (coingecko.market_cap_usd, coingecko.volume_24h_usd),
        (2_714_400_118_211.5, 104_118_202_911.25)
    );
    assert_eq!(
        (coingecko.btc_dominance_percent, coingecko.eth_dominance_percent),
        (Some(59.8125), Some(10.6875))
    );
    let coinpaprika = coinpaprika::parse_global(fixture!("coinpaprika_global.json")).unwrap();
    assert_eq!((coinpaprika.btc_dominance_percent, coinpaprika.eth_dominance_percent), (Some(59.5), None));
    assert_eq!(coinpaprika.market_cap_change_24h_percent, Some(1.25));
}

#[test]
fn fear_and_greed_is_the_newest_day_and_between_0_and_100() {
    let value = alternative_me::parse_fear_greed(fixture!("fear_greed.json")).unwrap();
    assert_eq!((value.at, value.value, value.label.as_str()), (at("2026-05-07T00:00:00Z"), 61, "Greed"));
    let reported = ParseError::Reported("temporarily out of order".to_owned());
    assert_eq!(alternative_me::parse_fear_greed(fixture!("fear_greed_error.json")), Err(reported));
    for wrong in ["101", "-1", "47.5", "N/A"] {
        let body = format!(r#"{{"data":[{{"value":"{wrong}","timestamp":"1778112000"}}]}}"#);
        assert!(alternative_me::parse_fear_greed(body.as_bytes()).is_err(), "{wrong}");
    }
    let date = br#"{"data":[{"value":"47","timestamp":"07-05-2026"}]}"#;
    assert_eq!(alternative_me::parse_fear_greed(date), Err(ParseError::Missing("timestamp")));
}

#[test]
fn yahoo_counts_whole_minutes_only() {
    let quote = yahoo::parse_chart(fixture!("yahoo_chart.json"), "^GSPC").unwrap();
    assert_eq!(quote.at, at("2026-05-06T13:33:00Z"));
    assert_eq!((quote.open, quote.high, quote.low), (Some(7194.0), Some(7216.25), Some(7193.5)));
    assert_eq!(
        (quote.close, quote.previous_close, quote.volume),
        (7214.5, Some(7190.25), Some(38_140_311.0))
    );
}

#[test]
fn yahoos_empty_window_placeholder_and_error_are_no_quotes() {
    assert_eq!(yahoo::parse_chart(fixture!("yahoo_no_timestamp.json"), "^GSPC"), Err(ParseError::Empty));
    assert_eq!(yahoo::parse_chart(fixture!("yahoo_placeholder.json"), "^GSPC"), Err(ParseError::Empty));
    let reported = ParseError::Reported("No data found for this symbol".to_owned());
    assert_eq!(yahoo::parse_chart(fixture!("yahoo_not_found.json"), "^GSPC"), Err(reported));
}

#[test]
fn constituents_keep_what_is_known_and_no_more() {
    let (coins, count) = constituents(fixture!("coingecko_markets.json"));
    assert_eq!((count, coins.len()), (Ok(5), 5));

    let bitcoin = &coins[0];
    assert_eq!((bitcoin.rank, bitcoin.symbol.as_str(), bitcoin.price), (Some(1), "BTC", Some(81_240.0)));
    assert_eq!(
        (bitcoin.change_1h, bitcoin.change_24h, bitcoin.change_7d),
        (Some(-0.25), Some(1.5), Some(4.75))
    );
    assert_eq!(bitcoin.sparkline.len(), 168);
    assert_eq!(bitcoin.sparkline.capacity(), 168);
    assert_eq!(coins[1].market_cap, Some(290_118_211_000.0), "a number in a string");

    let tiny = &coins[2];
    assert_eq!((tiny.rank, tiny.price, tiny.market_cap), (None, Some(8.547e-5), Some(0.0)));
    assert_eq!(tiny.name, "Tiny <script>alert(1)</script>", "markup is the renderer's business");
    assert_eq!(tiny.sparkline, [8.5e-5_f32, 8.6e-5]);

    let halted = &coins[3];
    assert_eq!((halted.price, halted.market_cap, halted.change_24h), (None, None, None));
    assert!(halted.sparkline.is_empty());

    let long = &coins[4];
    assert_eq!((long.symbol.chars().count(), long.name.chars().count()), (24, 80));
    assert!(long.symbol.starts_with("STRASSE-"));
    assert_eq!(long.change_24h, Some(-3.5), "the rounded twin stands in");
}

#[test]
fn a_page_past_the_end_is_empty_and_a_page_cut_short_is_an_error() {
    assert_eq!(constituents(fixture!("coingecko_markets_empty.json")), (Vec::new(), Ok(0)));
    let whole = fixture!("coingecko_markets.json");
    let (_, cut) = constituents(&whole[..whole.len() / 2]);
    assert!(matches!(cut, Err(ParseError::Json(_))));
    let (_, not_a_page) = constituents(br#"{"status":{"error_code":429}}"#);
    assert!(matches!(not_a_page, Err(ParseError::Json(_))));
}

#[test]
fn a_row_that_cannot_be_read_costs_its_own_symbol_only() {
    // Null, other types, a number that no float can hold, a key that comes twice.
    for bad in ["null", "7", "\"x\"", "[]", "{}", r#"{"symbol":1e999}"#, r#"{"symbol":"A","symbol":"B"}"#] {
        let snapshot =
            format!(r#"[{{"symbol":"VN30","price":1305.5}},{bad},{{"symbol":"HNX30","price":480}}]"#);
        let rows = vietcap::parse_snapshot(snapshot.as_bytes()).unwrap();
        assert!(of(&rows, "VN30").is_ok() && of(&rows, "HNX30").is_ok(), "{bad}");

        let chart = |symbol: &str| {
            format!(r#"{{"symbol":"{symbol}","o":[5],"h":[7],"l":[4],"c":[6],"v":[9],"t":[1777015200]}}"#)
        };
        let charts = format!("[{},{bad},{}]", chart("VN30"), chart("HNX30"));
        let rows = vietcap::parse_chart(charts.as_bytes()).unwrap();
        assert!(of(&rows, "VN30").is_ok() && of(&rows, "HNX30").is_ok(), "{bad}");

        let ticker =
            |symbol: &str| format!(r#"{{"symbol":"{symbol}","lastPrice":"2","closeTime":1778149201250}}"#);
        let tickers = format!("[{bad},{},{}]", ticker("BTCUSDT"), ticker("ETHUSDT"));
        let rows = binance::parse_tickers(tickers.as_bytes()).unwrap();
        assert!(of(&rows, "BTCUSDT").is_ok() && of(&rows, "ETHUSDT").is_ok(), "{bad}");

        let page =
            format!(r#"[{{"symbol":"btc","name":"Bitcoin"}},{bad},{{"symbol":"eth","name":"Ether"}}]"#);
        let (coins, count) = constituents(page.as_bytes());
        assert_eq!(count, Ok(u32::try_from(coins.len()).unwrap()), "{bad}");
        let symbols: Vec<&str> = coins.iter().map(|coin| coin.symbol.as_str()).collect();
        assert_eq!(symbols, ["BTC", "ETH"], "{bad}");
        assert_eq!(constituents(format!("[{bad}]").as_bytes()).1, Err(ParseError::Empty), "{bad}");
    }
}

#[test]
fn a_column_of_nothing_costs_its_own_symbol_only() {
    let body = br#"[{"symbol":"VN30","o":null,"h":[7],"l":[4],"c":[6],"v":[9],"t":[1777015200]},
        {"symbol":"HNX30","o":[5],"h":[7],"l":[4],"c":[6],"v":[9],"t":[1777015200]}]"#;
    let rows = vietcap::parse_chart(body).unwrap();
    let ragged = ParseError::Ragged { column: "open", length: 0, expected: 1 };
    assert_eq!(of(&rows, "VN30"), &Err(ragged));
    assert!(of(&rows, "HNX30").is_ok());
}

#[test]
fn yahoo_may_leave_out_volumes_but_not_prices() {
    let chart = |quote: &str| {
        format!(
            r#"{{"chart":{{"result":[{{"meta":{{"symbol":"^GSPC"}},"timestamp":[1777015200,1777015260],
            "indicators":{{"quote":[{quote}]}}}}],"error":null}}}}"#
        )
    };
    let prices = r#""open":[5,6],"high":[7,8],"low":[4,5],"close":[6,7]"#;
    for volume in ["", r#","volume":null"#] {
        let quote = yahoo::parse_chart(chart(&format!("{{{prices}{volume}}}")).as_bytes(), "^GSPC").unwrap();
        assert_eq!((quote.open, quote.close, quote.volume), (Some(5.0), 7.0, None));
    }
    assert_eq!(yahoo::parse_chart(chart("null").as_bytes(), "^GSPC"), Err(ParseError::Empty));
    let short = yahoo::parse_chart(chart(&format!(r#"{{{prices},"volume":[1]}}"#)).as_bytes(), "^GSPC");
    assert_eq!(short, Err(ParseError::Ragged { column: "volume", length: 1, expected: 2 }));
}

#[test]
fn numbers_that_cannot_be_true_are_rejected() {
    for price in ["1e999", "NaN", "-1", "0", "1e15", "\"inf\""] {
        let body = format!(r#"[{{"symbol":"BTCUSDT","lastPrice":{price},"closeTime":1778149201250}}]"#);
        let known =
            binance::parse_tickers(body.as_bytes()).is_ok_and(|rows| rows.iter().any(|(_, row)| row.is_ok()));
        assert!(!known, "{price} became a quote");
    }
}
