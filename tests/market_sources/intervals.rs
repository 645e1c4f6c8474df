//! What is not asked for at every refresh, and carried meanwhile.

use evenkeel::market::model::SourceName;
use evenkeel::market::points::points;
use evenkeel::market::source::Gates;

use crate::source_server::{COINGECKO, FEAR_GREED, KLINES, SourceServer, TICKERS, whole};
use crate::{COINS, all_known, sources};

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
