//! A report whose sources of candles are away: it is written all the same, says so, and does not wait for each index anew.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::time::Duration;

use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;

mod common;
use common::house::House;

evenkeel::install_allocator!();

const KLINES: &str = "/api/v3/klines";

#[actix_rt::test]
async fn a_market_whose_sources_are_away_is_asked_about_once() {
    let house = House::open(|config| {
        config.market.sources.binance.time_limit = Duration::from_millis(300);
        config.report.constituents = 20;
    })
    .await;
    let asked = |house: &House| house.exchange.requests().of_path(SourceKind::Binance, KLINES);
    house.report().await.unwrap();
    let before = asked(&house);
    house.exchange.faults().set(SourceKind::Binance, Fault::Silence);
    let report = house.report().await.unwrap();
    assert_eq!(asked(&house) - before, 1, "one coin for all seven");

    let (_, page) = house.get(&format!("/reports/{}?lang=en", report.id)).await;
    let technicals = page.split("id=\"ek-technicals\"").nth(1).unwrap().split("</section>").next().unwrap();
    let (there, missing) = technicals.split_once("Without indicators").unwrap();
    for coin in ["Bitcoin", "Ethereum", "Solana", "XRP", "Cardano", "Chainlink", "BNB"] {
        assert!(missing.contains(&format!("<b>{coin}:</b>")) && !there.contains(coin), "{coin}");
    }
    assert!(missing.contains("binance") && there.contains("VN-Index") && there.contains("S&amp;P 500"));

    house.exchange.faults().clear_all();
    let report = house.report().await.unwrap();
    let (_, page) = house.get(&format!("/reports/{}?lang=en", report.id)).await;
    assert!(!page.contains("Without indicators"));
}
