//! The points that one snapshot adds to the history.
//!
//! Only what the refresh itself fetched: a value that was carried over is in the history already. Each point is dated
//! by its source, so a market that is closed adds the same point again and again, which the history ignores.

use super::model::{CATALOGUE, Good, Reading, Snapshot};
use crate::persistence::messages::Point;

/// The series of the whole crypto market's capitalisation, in USD; its volume is that of 24 hours, in USD.
pub const CRYPTO_MARKET_CAP: &str = "crypto_market_cap";
/// The series of Bitcoin's share of the capitalisation, in per cent.
pub const BTC_DOMINANCE: &str = "btc_dominance";
/// The series of Ether's share of the capitalisation, in per cent.
pub const ETH_DOMINANCE: &str = "eth_dominance";
/// The series of the Fear & Greed index, 0 to 100.
pub const FEAR_GREED: &str = "fear_greed";

/// The names of all series.
pub fn series() -> impl Iterator<Item = &'static str> {
    let market = [CRYPTO_MARKET_CAP, BTC_DOMINANCE, ETH_DOMINANCE, FEAR_GREED];
    CATALOGUE.iter().map(|index| index.name).chain(market)
}

/// The points of everything that was fetched for this snapshot. An index is a series of its own name.
pub fn points(snapshot: &Snapshot) -> Vec<Point> {
    let mut points = Vec::with_capacity(snapshot.indices.len() + 4);
    for index in &snapshot.indices {
        if let Some(good) = fetched(snapshot, &index.reading) {
            points.push(Point {
                series: index.name.clone(),
                at: good.value.at,
                value: good.value.close,
                volume: good.value.volume,
                source: good.source.as_str().to_owned(),
            });
        }
    }
    if let Some(good) = snapshot.crypto.as_ref().and_then(|reading| fetched(snapshot, reading)) {
        let overview = &good.value;
        let shares = [
            (CRYPTO_MARKET_CAP, Some(overview.market_cap_usd), Some(overview.volume_24h_usd)),
            (BTC_DOMINANCE, overview.btc_dominance_percent, None),
            (ETH_DOMINANCE, overview.eth_dominance_percent, None),
        ];
        points.extend(shares.into_iter().filter_map(|(series, value, volume)| {
            let source = good.source.as_str().to_owned();
            Some(Point { series: series.to_owned(), at: overview.at, value: value?, volume, source })
        }));
    }
    if let Some(good) = snapshot.fear_greed.as_ref().and_then(|reading| fetched(snapshot, reading)) {
        points.push(Point {
            series: FEAR_GREED.to_owned(),
            at: good.value.at,
            value: f64::from(good.value.value),
            volume: None,
            source: good.source.as_str().to_owned(),
        });
    }
    points
}

/// The value, if this very refresh fetched it.
fn fetched<'a, T>(snapshot: &Snapshot, reading: &'a Reading<T>) -> Option<&'a Good<T>> {
    reading.known().filter(|good| good.fetched_at >= snapshot.taken_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::model::{CryptoOverview, FearGreed, IndexReading, Quote, SourceName};

    fn quote(close: f64) -> Quote {
        Quote {
            at: "2026-05-07T07:45:00Z".parse().unwrap(),
            open: None,
            high: None,
            low: None,
            close,
            volume: Some(12.0),
            previous_close: None,
            breadth: None,
        }
    }

    #[test]
    fn carried_and_failed_values_add_nothing_to_the_history() {
        let taken_at = "2026-05-07T08:00:00Z".parse().unwrap();
        let earlier = "2026-05-07T07:57:00Z".parse().unwrap();
        let good = |close, fetched_at| Good { value: quote(close), source: SourceName::Vietcap, fetched_at };
        let index = |name: &str, reading| IndexReading { name: name.to_owned(), own: None, reading };
        let snapshot = Snapshot {
            taken_at,
            indices: vec![
                index("vnindex", Reading::Known(good(1210.5, taken_at))),
                index("vn30", Reading::Known(good(1305.0, earlier))),
                index(
                    "hnx30",
                    Reading::Failed { error: "no".into(), last_good: Some(good(480.0, taken_at)) },
                ),
            ],
            crypto: Some(Reading::Known(Good {
                value: CryptoOverview {
                    at: earlier,
                    market_cap_usd: 2.5e12,
                    volume_24h_usd: 9.0e10,
                    market_cap_change_24h_percent: None,
                    btc_dominance_percent: Some(56.0),
                    eth_dominance_percent: None,
                },
                source: SourceName::Coinpaprika,
                fetched_at: taken_at,
            })),
            fear_greed: Some(Reading::Known(Good {
                value: FearGreed { at: earlier, value: 40, label: "Fear".into() },
                source: SourceName::AlternativeMe,
                fetched_at: earlier,
            })),
            btc_rsi_14: None,
            sources: Vec::new(),
            fetch_duration_ms: 0,
        };
        let found: Vec<_> =
            points(&snapshot).into_iter().map(|point| (point.series, point.value, point.source)).collect();
        let expected = [
            ("vnindex".to_owned(), 1210.5, "vietcap".to_owned()),
            (CRYPTO_MARKET_CAP.to_owned(), 2.5e12, "coinpaprika".to_owned()),
            (BTC_DOMINANCE.to_owned(), 56.0, "coinpaprika".to_owned()),
        ];
        assert_eq!(found, expected);
    }
}
