//! No parser panics or lets an impossible number through, whatever the bytes are.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

use std::fs;
use std::path::Path;

use evenkeel::market::model::Quote;
use evenkeel::market::parse::bars::Bar;
use evenkeel::market::parse::{
    alternative_me, binance, coingecko, coinpaprika, entrade, kbs, vietcap, yahoo,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Damaged copies of each fixture.
const FLIPS: usize = 400;

fn fixtures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/market");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "fixtures are missing");
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn possible(price: f64) -> bool {
    price > 0.0 && price <= 1e12
}

fn check_quote(quote: &Quote) {
    assert!(possible(quote.close));
    for price in [quote.open, quote.high, quote.low, quote.previous_close].into_iter().flatten() {
        assert!(possible(price));
    }
    assert!(quote.volume.is_none_or(|volume| volume.is_finite() && volume >= 0.0));
}

fn check_bars(bars: &[Bar]) {
    assert!(bars.windows(2).all(|pair| pair[0].at < pair[1].at));
    for bar in bars {
        assert!([bar.open, bar.high, bar.low, bar.close].into_iter().all(possible) && bar.low <= bar.high);
    }
}

/// Every parser on one body.
fn feed(body: &[u8]) {
    for (_, index) in vietcap::parse_snapshot(body).unwrap_or_default() {
        assert!(index.is_err() || index.is_ok_and(|index| possible(index.close)));
    }
    for (_, bars) in vietcap::parse_chart(body).unwrap_or_default() {
        check_bars(&bars.unwrap_or_default());
    }
    check_bars(&entrade::parse_chart(body).unwrap_or_default());
    check_bars(&kbs::parse_chart(body, "VNINDEX").unwrap_or_default());
    for (_, quote) in binance::parse_tickers(body).unwrap_or_default() {
        quote.iter().for_each(check_quote);
    }
    yahoo::parse_chart(body, "^GSPC").iter().for_each(check_quote);
    for overview in coingecko::parse_global(body).into_iter().chain(coinpaprika::parse_global(body)) {
        assert!(overview.market_cap_usd > 0.0 && overview.market_cap_usd.is_finite());
        assert!(overview.volume_24h_usd >= 0.0 && overview.volume_24h_usd.is_finite());
    }
    if let Ok(day) = alternative_me::parse_fear_greed(body) {
        assert!(day.value <= 100 && day.label.chars().count() <= 40);
    }
    let _ = coingecko::parse_constituents(body, &mut |coin| {
        assert!(coin.symbol.chars().count() <= 24 && coin.name.chars().count() <= 80);
        assert!(coin.price.is_none_or(possible));
        assert!(coin.sparkline.iter().all(|price| price.is_finite()) && coin.sparkline.len() <= 336);
    });
}

#[test]
fn every_fixture_cut_off_at_every_byte() {
    for body in fixtures() {
        for length in 0..=body.len() {
            feed(&body[..length]);
        }
    }
}

#[test]
fn every_fixture_with_random_damage() {
    for body in fixtures() {
        // The seed is the length: a failure comes back in the next run.
        let mut random = StdRng::seed_from_u64(body.len() as u64);
        for _ in 0..FLIPS {
            let mut damaged = body.clone();
            for _ in 0..random.random_range(1..=8) {
                if damaged.is_empty() {
                    break;
                }
                let at = random.random_range(0..damaged.len());
                match random.random_range(0..3) {
                    0 => damaged[at] ^= 1 << random.random_range(0..8),
                    1 => damaged[at] = b"0123456789-+eE.,:\"[]{}nu\\"[random.random_range(0..25)],
                    _ => drop(damaged.remove(at)),
                }
            }
            feed(&damaged);
        }
    }
}

#[test]
fn deep_nesting_and_bare_rubbish() {
    for open in ["[", "{\"a\":", "[{\"symbol\":"] {
        feed(open.repeat(10_000).as_bytes());
    }
    for rubbish in
        [&b""[..], b"\0", b"\xff\xfe", b"null", b"true", b"1e400", b"\"\"", b"error code: 1015", b"Throttled"]
    {
        feed(rubbish);
    }
}
