//! The simulated exchange, asked over real HTTP: the shape of every source, and every fault.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test helpers outside of #[test] functions")]

mod faults;
mod shapes;

use evenkeel::clock::Clock;
use evenkeel::market::model::SourceName;
use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use evenkeel::simulator::source::SourceKind;
use serde_json::Value;

/// 2026-05-18 in the afternoon of Vietnam, 15:10:21; nearly standing still.
const NOW: i64 = 1_779_091_821;

/// One small request for each source.
const ONE_EACH: [(SourceKind, &str); 8] = [
    (SourceKind::Vietcap, "/api/price/marketIndex/getList"),
    (SourceKind::Entrade, "/chart-api/v2/ohlcs/index?symbol=VN30&resolution=1&from=1779091200&to=1779092000"),
    (SourceKind::Kbs, "/iis-server/investment/index/VN30/data_60P?sdate=18-05-2026&edate=18-05-2026"),
    (SourceKind::Binance, "/api/v3/ticker/24hr?symbol=BTCUSDT"),
    (SourceKind::Coingecko, "/api/v3/coins/markets?vs_currency=usd&per_page=3"),
    (SourceKind::Coinpaprika, "/v1/global"),
    (SourceKind::AlternativeMe, "/fng/?limit=2"),
    (SourceKind::Yahoo, "/v8/finance/chart/%5EVIX?interval=1d&range=5d"),
];

fn config(coins: u32) -> ExchangeConfig {
    let start = jiff::Timestamp::from_second(NOW).unwrap();
    ExchangeConfig { coins, ..ExchangeConfig::new(Clock::scaled(start, 0.001)) }
}

fn exchange(coins: u32) -> Exchange {
    Exchange::start(config(coins)).unwrap()
}

fn client() -> reqwest::Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Sends the request of [`ONE_EACH`], whose Vietcap entry is a POST.
async fn ask(
    client: &reqwest::Client,
    exchange: &Exchange,
    source: SourceKind,
    path: &str,
) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}{path}", exchange.url(source));
    match source {
        SourceKind::Vietcap => post(client, url, r#"{"symbols":["VNINDEX"]}"#).await,
        _ => client.get(url).send().await,
    }
}

async fn post(client: &reqwest::Client, url: String, body: &str) -> reqwest::Result<reqwest::Response> {
    client.post(url).header("content-type", "application/json").body(body.to_owned()).send().await
}

async fn json(response: reqwest::Response) -> Value {
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/json"));
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// GET below the source's prefix, which must answer 200 and JSON.
async fn get(exchange: &Exchange, source: SourceKind, path: &str) -> Value {
    json(client().get(format!("{}{path}", exchange.url(source))).send().await.unwrap()).await
}

/// The simulator stands below the market and cannot ask it for the names.
#[test]
fn every_simulated_source_is_one_that_the_market_knows() {
    for kind in SourceKind::ALL {
        let name = SourceName::try_from(kind.to_string()).unwrap();
        assert!(!matches!(name, SourceName::Own(_)), "{kind} would be an application's own source");
    }
    let unknown = "nobody".parse::<SourceKind>().unwrap_err().to_string();
    assert!(
        unknown.ends_with(
            "use one of vietcap, entrade, kbs, binance, coingecko, coinpaprika, alternative-me, yahoo"
        ),
        "{unknown}"
    );
}
