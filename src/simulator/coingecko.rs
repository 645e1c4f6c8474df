//! CoinGecko: the whole market, and the list of coins, which is written coin by coin.

use std::collections::BTreeMap;
use std::convert::Infallible;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use super::coin_row::{self, Extras, WINDOWS};
use super::crypto_total::CryptoTotal;
use super::floor::Floor;
use super::ranking;

/// A page has no more coins than that, whatever was asked for.
const LARGEST_PAGE: u32 = 250;
const DEFAULT_PAGE: u32 = 100;
/// What a dollar is worth.
const EUR: f64 = 0.86;
const VND: f64 = 26_300.0;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/api/v3/ping", web::get().to(ping))
        .route("/api/v3/global", web::get().to(global))
        .route("/api/v3/coins/markets", web::get().to(markets));
}

async fn ping() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "gecko_says": "(V3) To the Moon!" }))
}

#[derive(Debug, Serialize)]
struct Global {
    active_cryptocurrencies: u32,
    upcoming_icos: u32,
    ongoing_icos: u32,
    ended_icos: u32,
    markets: u32,
    total_market_cap: BTreeMap<&'static str, f64>,
    total_volume: BTreeMap<&'static str, f64>,
    market_cap_percentage: BTreeMap<&'static str, f64>,
    market_cap_change_percentage_24h_usd: f64,
    volume_change_percentage_24h_usd: f64,
    updated_at: i64,
}

async fn global(floor: web::Data<Floor>) -> HttpResponse {
    let now = floor.now();
    let total = CryptoTotal::at(&floor, now);
    let (cap_change, volume_change) = total.change_percent(&floor, now);
    let in_currencies = |usd: f64| {
        BTreeMap::from([
            ("btc", usd / total.btc_usd),
            ("eth", usd / total.eth_usd),
            ("usd", usd),
            ("eur", usd * EUR),
            ("vnd", usd * VND),
        ])
    };
    let data = Global {
        active_cryptocurrencies: floor.coins,
        upcoming_icos: 0,
        ongoing_icos: 49,
        ended_icos: 3376,
        markets: 1476,
        total_market_cap: in_currencies(total.market_cap_usd),
        total_volume: in_currencies(total.volume_24h_usd),
        market_cap_percentage: total.shares.iter().take(10).copied().collect(),
        market_cap_change_percentage_24h_usd: cap_change,
        volume_change_percentage_24h_usd: volume_change,
        updated_at: now,
    };
    HttpResponse::Ok().json(BTreeMap::from([("data", data)]))
}

#[derive(Debug, Deserialize)]
struct MarketsQuery {
    vs_currency: Option<String>,
    per_page: Option<u32>,
    page: Option<u32>,
    sparkline: Option<bool>,
    price_change_percentage: Option<String>,
}

async fn markets(floor: web::Data<Floor>, query: web::Query<MarketsQuery>) -> HttpResponse {
    if query.vs_currency.as_deref() != Some("usd") {
        return HttpResponse::BadRequest().json(serde_json::json!({ "error": "invalid vs_currency" }));
    }
    let wanted = query.price_change_percentage.as_deref().unwrap_or_default();
    let extras = Extras {
        sparkline: query.sparkline.unwrap_or(false),
        windows: WINDOWS.into_iter().filter(|(name, _)| wanted.split(',').any(|one| one == *name)).collect(),
    };
    let per_page = query.per_page.unwrap_or(DEFAULT_PAGE).clamp(1, LARGEST_PAGE);
    let page = query.page.unwrap_or(1).max(1);
    let body = listing(floor.get_ref().clone(), per_page, page, extras).map(Ok::<_, Infallible>);
    HttpResponse::Ok().content_type(ContentType::json()).streaming(stream::iter(body))
}

/// The chunks of one page: a bracket, one chunk a coin, a bracket. A coin is computed when its chunk is asked for,
/// and that happens only while the connection has room for it.
fn listing(floor: Floor, per_page: u32, page: u32, extras: Extras) -> impl Iterator<Item = Bytes> {
    let now = floor.now();
    let before = (page - 1).saturating_mul(per_page);
    let last = before.saturating_add(per_page);
    let rows = ranking::coins(floor, before, last, now).map(move |(rank, coin)| {
        let row = coin_row::row(rank, &coin, &extras, now);
        if rank == before + 1 { row } else { [b",\n".as_slice(), &row].concat().into() }
    });
    std::iter::once(Bytes::from_static(b"[")).chain(rows).chain(std::iter::once(Bytes::from_static(b"]")))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::coin::Coin;
    use super::*;
    use crate::clock::Clock;

    fn floor(coins: u32) -> Floor {
        let start = "2026-05-18T12:49:21Z".parse().unwrap();
        Floor { seed: 1, coins, odd_names: true, clock: Clock::scaled(start, 0.001) }
    }

    fn all_extras() -> Extras {
        Extras { sparkline: true, windows: WINDOWS[..3].to_vec() }
    }

    #[test]
    fn twenty_thousand_coins_are_written_in_pieces_of_a_coin_each() {
        let (mut coins, mut largest, mut total) = (0, 0, 0);
        // Every 8th page: all of them take a debug build several seconds.
        for page in (1..=80).step_by(8) {
            let chunks = listing(floor(20_000), 250, page, all_extras());
            for chunk in chunks.filter(|chunk| chunk.len() > 1) {
                coins += 1;
                total += chunk.len();
                largest = largest.max(chunk.len());
            }
        }
        assert_eq!(coins, 2500);
        assert!(largest < 8 * 1024, "{largest}");
        assert!(total / coins > 3000, "{}", total / coins);
    }

    #[test]
    fn every_standing_of_a_coin_occurs_and_ids_are_unique() {
        let floor = floor(3000);
        let mut ids = std::collections::BTreeSet::new();
        let mut seen = Vec::new();
        for number in 1..=3000 {
            let coin = Coin::numbered(&floor, number);
            if !seen.contains(&coin.standing) {
                seen.push(coin.standing);
            }
            assert!(ids.insert(coin.id.clone()), "{}", coin.id);
        }
        assert_eq!(seen.len(), 5);
    }

    #[test]
    fn ranks_follow_capitalisation_and_do_not_depend_on_the_page_size() {
        let read = |per_page, page| -> Vec<Value> {
            let body: Vec<u8> = listing(floor(700), per_page, page, Extras::default()).flatten().collect();
            serde_json::from_slice(&body).unwrap()
        };
        let first = read(250, 1);
        let capitalisations: Vec<f64> =
            first.iter().map(|row| row["market_cap"].as_f64().unwrap_or_default()).collect();
        assert!(capitalisations.is_sorted_by(|left, right| left >= right));
        assert_eq!(first[0]["market_cap_rank"], 1);
        let (small, large) = (read(60, 5), [first, read(250, 2)].concat());
        assert_eq!(small[..], large[240..300]);
    }

    #[test]
    fn the_last_page_is_short_and_the_next_one_empty() {
        let read = |page| -> Vec<Value> {
            let body: Vec<u8> = listing(floor(260), 250, page, Extras::default()).flatten().collect();
            serde_json::from_slice(&body).unwrap()
        };
        assert_eq!(read(2).len(), 10);
        assert!(read(3).is_empty());
        assert!(read(u32::MAX).is_empty());
    }
}
