//! CoinPaprika: the whole market, refreshed every ten minutes as the real one is.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::calendar;
use super::crypto_total::CryptoTotal;
use super::floor::Floor;

const REFRESH_S: i64 = 600;
const HIGHEST_CAP_USD: f64 = 4_379_331_002_110.0;
const HIGHEST_VOLUME_USD: f64 = 1_011_442_203_311.0;
/// 2025-10-06 and 2024-12-05.
const HIGHEST_CAP_AT: i64 = 1_759_777_500;
const HIGHEST_VOLUME_AT: i64 = 1_733_440_200;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/v1/global", web::get().to(global));
}

#[derive(Debug, Serialize)]
struct Global {
    market_cap_usd: i64,
    volume_24h_usd: i64,
    bitcoin_dominance_percentage: f64,
    cryptocurrencies_number: u32,
    market_cap_ath_value: i64,
    market_cap_ath_date: String,
    volume_24h_ath_value: i64,
    volume_24h_ath_date: String,
    volume_24h_percent_to_ath: f64,
    volume_24h_percent_from_ath: f64,
    market_cap_change_24h: f64,
    volume_24h_change_24h: f64,
    last_updated: i64,
}

async fn global(floor: web::Data<Floor>) -> HttpResponse {
    let now = floor.now();
    let refreshed = now - now.rem_euclid(REFRESH_S);
    let total = CryptoTotal::at(&floor, refreshed);
    let (cap_change, volume_change) = total.change_percent(&floor, refreshed);
    let bitcoin = total.shares.first().map_or(0.0, |(_, share)| *share);
    HttpResponse::Ok().json(Global {
        market_cap_usd: total.market_cap_usd as i64,
        volume_24h_usd: total.volume_24h_usd as i64,
        bitcoin_dominance_percentage: hundredths(bitcoin),
        cryptocurrencies_number: 12_639,
        market_cap_ath_value: HIGHEST_CAP_USD as i64,
        market_cap_ath_date: calendar::iso_seconds(HIGHEST_CAP_AT),
        volume_24h_ath_value: HIGHEST_VOLUME_USD as i64,
        volume_24h_ath_date: calendar::iso_seconds(HIGHEST_VOLUME_AT),
        volume_24h_percent_to_ath: hundredths((HIGHEST_VOLUME_USD / total.volume_24h_usd - 1.0) * 100.0),
        volume_24h_percent_from_ath: hundredths((total.volume_24h_usd / HIGHEST_VOLUME_USD - 1.0) * 100.0),
        market_cap_change_24h: hundredths(cap_change),
        volume_24h_change_24h: hundredths(volume_change),
        last_updated: refreshed,
    })
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
