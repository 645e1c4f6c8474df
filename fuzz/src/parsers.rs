//! No bytes make a parser panic, and what comes out of it holds only finite numbers within the stated bounds.

use evenkeel::market::model::{Constituent, CryptoOverview, FearGreed, Quote};
use evenkeel::market::parse::bars::Bar;
use evenkeel::market::parse::{
    alternative_me, binance, coingecko, coinpaprika, entrade, kbs, vietcap, yahoo,
};
use jiff::Timestamp;

/// The first byte says which parser the rest is for.
pub fn check(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else { return };
    let now = Timestamp::from_second(1_778_150_000).unwrap_or(Timestamp::MAX);
    match choice % 12 {
        0 => alternative_me::parse_fear_greed(body).iter().for_each(mood),
        1 => {
            for (_, found) in binance::parse_tickers(body).into_iter().flatten() {
                found.iter().for_each(quote);
            }
        }
        2 => binance::parse_candles(body, now).iter().for_each(|candles| bars(candles)),
        3 => coingecko::parse_global(body).iter().for_each(overview),
        4 => drop(coingecko::parse_constituents(body, &mut |coin| constituent(&coin))),
        5 => coinpaprika::parse_global(body).iter().for_each(overview),
        6 => entrade::parse_chart(body).iter().for_each(|found| bars(found)),
        7 => kbs::parse_chart(body, "VNINDEX").iter().for_each(|found| bars(found)),
        8 => {
            for (_, index) in vietcap::parse_snapshot(body).into_iter().flatten() {
                index.iter().for_each(|index| positive(&[index.close]));
            }
        }
        9 => {
            for (_, chart) in vietcap::parse_chart(body).into_iter().flatten() {
                chart.iter().for_each(|found| bars(found));
            }
        }
        10 => yahoo::parse_chart(body, "^GSPC").iter().for_each(quote),
        _ => yahoo::parse_bars(body, "^GSPC").iter().for_each(|(found, _)| bars(found)),
    }
}

fn mood(found: &FearGreed) {
    assert!(found.value <= 100, "{}", found.value);
}

fn quote(found: &Quote) {
    positive(&[found.close]);
    let others = [found.open, found.high, found.low, found.previous_close];
    others.into_iter().flatten().for_each(|price| positive(&[price]));
    assert!(found.volume.is_none_or(|volume| volume.is_finite() && volume >= 0.0));
}

fn overview(found: &CryptoOverview) {
    positive(&[found.market_cap_usd]);
    assert!(found.volume_24h_usd.is_finite() && found.volume_24h_usd >= 0.0);
    let shares = [found.btc_dominance_percent, found.eth_dominance_percent];
    assert!(shares.into_iter().flatten().all(|share| (0.0..=100.0).contains(&share)));
}

fn constituent(found: &Constituent) {
    found.price.iter().for_each(|price| positive(&[*price]));
    assert!(found.symbol.chars().count() <= 24 && found.name.chars().count() <= 80);
    let changes = [found.change_1h, found.change_24h, found.change_7d, found.change_30d];
    assert!(changes.into_iter().flatten().all(f64::is_finite));
    assert!(found.sparkline.len() <= 336);
}

fn bars(found: &[Bar]) {
    for bar in found {
        positive(&[bar.open, bar.high, bar.low, bar.close]);
    }
    assert!(found.windows(2).all(|pair| pair[0].at <= pair[1].at), "bars are in the order of time");
}

fn positive(values: &[f64]) {
    assert!(values.iter().all(|value| value.is_finite() && *value > 0.0), "{values:?}");
}
