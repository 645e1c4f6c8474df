//! Daily candles over real HTTP: from the simulated exchange, from the next source when one fails, and never of a day that
//! is not over.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

#[allow(dead_code, reason = "other tests use the rest")]
mod source_server;

use evenkeel::clock::Clock;
use evenkeel::config::MarketConfig;
use evenkeel::market::candles::MOST_CLOSES;
use evenkeel::market::model::{CATALOGUE, Index, Market, SourceName};
use evenkeel::market::source::{Gates, Sources, client_config};
use evenkeel::market::technicals::{KEPT_DAYS, Technicals};
use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use source_server::{CHART, ENTRADE, KBS, KLINES, SourceServer, whole};

/// In the afternoon of a Thursday, the session over.
const NOW: &str = "2026-05-07T10:20:05Z";

fn sources(config: &MarketConfig) -> Sources {
    let clock = Clock::scaled(NOW.parse().unwrap(), 0.001);
    Sources::new(config, client_config().unwrap(), Gates::default(), clock).unwrap()
}

fn of(name: &str) -> &'static Index {
    Index::named(name).unwrap()
}

#[actix_web::test]
async fn every_index_has_its_indicators_from_the_simulated_exchange() {
    let clock = Clock::scaled(NOW.parse().unwrap(), 0.001);
    let exchange = Exchange::start(ExchangeConfig { coins: 10, ..ExchangeConfig::new(clock) }).unwrap();
    let mut config = MarketConfig { us: true, ..MarketConfig::default() };
    config.sources = exchange.sources(&config.sources);
    let sources = sources(&config);
    let mut all = Vec::new();
    for index in &CATALOGUE {
        let daily = sources.daily(index).await.unwrap();
        // 450 days of the calendar hold a little more or less than 300 days of trading.
        assert!((290..=MOST_CLOSES).contains(&daily.days.len()), "{}: {}", index.name, daily.days.len());
        assert!(daily.days.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", index.name);
        let last = match index.market {
            Market::Vietnam => "2026-05-07",
            Market::Crypto | Market::Us => "2026-05-06",
        };
        let technicals = Technicals::of(index, &daily).unwrap();
        assert_eq!((technicals.last_day.to_string().as_str(), technicals.closes.len()), (last, KEPT_DAYS));
        for value in [technicals.rsi_14, technicals.sma_50, technicals.macd_signal, technicals.atr_14] {
            assert!(value.is_some_and(f64::is_finite), "{}", index.name);
        }
        assert!((0.0..=100.0).contains(&technicals.rsi_21.unwrap()));
        assert!((-1.0..=0.0).contains(&technicals.max_drawdown.unwrap()));
        let [upper, middle, lower] = technicals.bands.each_ref().map(|line| line[KEPT_DAYS - 1].unwrap());
        assert!(lower <= middle && middle <= upper);
        assert!((middle - technicals.sma_20.unwrap()).abs() <= 1e-9 * middle);
        all.push(technicals);
    }
    for left in &all {
        let (itself, returns) = left.correlation(left).unwrap();
        assert!((itself - 1.0).abs() < 1e-9 && returns == KEPT_DAYS - 1);
        for right in &all {
            assert_eq!(
                left.correlation(right).map(|found| found.1),
                right.correlation(left).map(|found| found.1)
            );
        }
    }
}

#[actix_web::test]
async fn the_running_day_is_left_out_and_the_rest_is_in_order() {
    let server = SourceServer::start();
    let daily = sources(&server.config()).daily(of("btc")).await.unwrap();
    assert_eq!(daily.source, SourceName::Binance);
    assert_eq!(daily.days.last().unwrap().0.to_string(), "2026-05-06");
    assert_eq!(daily.days.len(), MOST_CLOSES);
    let asked = server.asked(KLINES);
    assert!(asked[0].contains("symbol=BTCUSDT&interval=1d&limit=300"), "{asked:?}");
}

#[actix_web::test]
async fn the_next_source_is_asked_when_one_fails_and_every_error_is_told() {
    let server = SourceServer::start();
    let refusal = || whole(403, "text/html", b"<html>Attention Required</html>");
    server.answer(CHART, refusal());
    let daily = sources(&server.config()).daily(of("hnxindex")).await.unwrap();
    assert_eq!(daily.source, SourceName::Entrade);
    assert!(server.asked(ENTRADE)[0].contains("symbol=HNX&resolution=1D"));

    server.answer(ENTRADE, whole(200, "application/json", b"{\"t\":null}"));
    let daily = sources(&server.config()).daily(of("vn30")).await.unwrap();
    assert_eq!(daily.source, SourceName::Kbs);
    assert!(server.asked(KBS)[0].contains("VN30/data_day?sdate=11-02-2025&edate=07-05-2026"));

    server.answer(KBS, whole(500, "text/plain", b"no"));
    let errors = sources(&server.config()).daily(of("vn30")).await.unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (told, source) in told.iter().zip(["vietcap", "entrade", "kbs"]) {
        assert!(told.contains(source), "{told}");
    }
}

#[actix_web::test]
async fn a_market_that_is_not_collected_has_no_candles_and_no_errors() {
    let server = SourceServer::start();
    let config = MarketConfig { us: false, ..server.config() };
    assert_eq!(sources(&config).daily(of("gspc")).await, Err(Vec::new()));
}
