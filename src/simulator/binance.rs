//! Binance spot: 24-hour tickers and candles of the known coins against USDT.

use actix_web::{HttpResponse, HttpResponseBuilder, web};
use serde::{Deserialize, Serialize};

use super::coin::{Coin, KNOWN};
use super::floor::Floor;
use super::hours::{DAY_S, Step};
use super::instrument::{Bar, Window};

const DEFAULT_CANDLES: usize = 500;
const MOST_CANDLES: usize = 1000;
/// More symbols than that in one request are refused.
const MOST_SYMBOLS: usize = 100;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/api/v3/ticker/24hr", web::get().to(ticker)).route("/api/v3/klines", web::get().to(klines));
}

#[derive(Debug, Deserialize)]
struct TickerQuery {
    symbol: Option<String>,
    /// A JSON array of symbols.
    symbols: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticker {
    symbol: String,
    price_change: String,
    price_change_percent: String,
    weighted_avg_price: String,
    prev_close_price: String,
    last_price: String,
    last_qty: String,
    bid_price: String,
    bid_qty: String,
    ask_price: String,
    ask_qty: String,
    open_price: String,
    high_price: String,
    low_price: String,
    volume: String,
    quote_volume: String,
    open_time: i64,
    close_time: i64,
    first_id: i64,
    last_id: i64,
    count: i64,
}

async fn ticker(floor: web::Data<Floor>, query: web::Query<TickerQuery>) -> HttpResponse {
    let now = floor.now();
    if let Some(symbol) = &query.symbol {
        return match traded(&floor, symbol) {
            Some(coin) => answer(2).json(row(&coin, now)),
            None => invalid_symbol(),
        };
    }
    let symbols: Vec<String> = match &query.symbols {
        Some(list) => match serde_json::from_str(list) {
            Ok(symbols) => symbols,
            Err(_) => return refused(-1100, "Illegal characters found in parameter 'symbols'."),
        },
        None => KNOWN
            .iter()
            .map(|known| format!("{}USDT", known.symbol.to_uppercase()))
            .filter(|symbol| traded(&floor, symbol).is_some())
            .collect(),
    };
    if symbols.len() > MOST_SYMBOLS {
        return refused(-1101, "Too many parameters.");
    }
    let coins: Option<Vec<Coin>> = symbols.iter().map(|symbol| traded(&floor, symbol)).collect();
    match coins {
        Some(coins) => {
            let weight = if coins.len() > 20 { 40 } else { 2 };
            answer(weight).json(coins.iter().map(|coin| row(coin, now)).collect::<Vec<Ticker>>())
        }
        None => invalid_symbol(),
    }
}

fn row(coin: &Coin, now: i64) -> Ticker {
    let instrument = coin.instrument();
    let day = instrument.bar(now - DAY_S, now);
    let tick = if coin.usd >= 10.0 { 0.01 } else { 0.0001 };
    let average = (day.open + day.high + day.low + day.close) / 4.0;
    let trades = (day.volume / 3.0) as i64 + 1;
    let first_id = now / 60 * 1000;
    Ticker {
        symbol: format!("{}USDT", coin.symbol.to_uppercase()),
        price_change: decimals(day.close - day.open),
        price_change_percent: format!("{:.3}", (day.close / day.open - 1.0) * 100.0),
        weighted_avg_price: decimals(average),
        prev_close_price: decimals(day.open),
        last_price: decimals(day.close),
        last_qty: decimals(day.volume / 1e6),
        bid_price: decimals(day.close),
        bid_qty: decimals(day.volume / 1e4),
        ask_price: decimals(day.close + tick),
        ask_qty: decimals(day.volume / 2e4),
        open_price: decimals(day.open),
        high_price: decimals(day.high),
        low_price: decimals(day.low),
        volume: decimals(day.volume),
        quote_volume: decimals(day.volume * average),
        open_time: (now - DAY_S) * 1000,
        close_time: now * 1000,
        first_id,
        last_id: first_id + trades - 1,
        count: trades,
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KlinesQuery {
    symbol: String,
    interval: String,
    limit: Option<usize>,
    /// Milliseconds.
    start_time: Option<i64>,
    /// Milliseconds.
    end_time: Option<i64>,
}

/// The twelve positions of a candle.
type Candle = (i64, String, String, String, String, String, i64, String, i64, String, String, &'static str);

async fn klines(floor: web::Data<Floor>, query: web::Query<KlinesQuery>) -> HttpResponse {
    let Some(length) = seconds_of(&query.interval) else { return refused(-1120, "Invalid interval.") };
    let Some(coin) = traded(&floor, &query.symbol) else { return invalid_symbol() };
    let now = floor.now();
    let limit = query.limit.unwrap_or(DEFAULT_CANDLES).clamp(1, MOST_CANDLES);
    let from = query.start_time.map_or(0, |ms| ms.max(0).div_euclid(1000));
    let mut to = query.end_time.map_or(now, |ms| ms.div_euclid(1000));
    if query.start_time.is_some() {
        // With a start the limit counts from there, not back from the end.
        to = to.min(from.saturating_add(length.saturating_mul(limit as i64 - 1)));
    }
    let window = Window { from, to, now, most: limit };
    let bars = coin.instrument().bars(Step::utc(length), window);
    answer(2).json(bars.iter().map(|bar| candle(bar, length)).collect::<Vec<Candle>>())
}

fn candle(bar: &Bar, length: i64) -> Candle {
    let Bar { stamp, open, high, low, close, volume, .. } = *bar;
    let quote_volume = volume * (open + close) / 2.0;
    (
        stamp * 1000,
        decimals(open),
        decimals(high),
        decimals(low),
        decimals(close),
        decimals(volume),
        (stamp + length) * 1000 - 1,
        decimals(quote_volume),
        (volume / 3.0) as i64 + 1,
        decimals(volume * 0.49),
        decimals(quote_volume * 0.49),
        "0",
    )
}

/// The known coin of a symbol such as `BTCUSDT`; the stable coins have no pair of their own.
fn traded(floor: &Floor, symbol: &str) -> Option<Coin> {
    let base = symbol.strip_suffix("USDT")?;
    let spelled_in_capitals = base.chars().all(|c| c.is_ascii_uppercase());
    (spelled_in_capitals && base != "USDT" && base != "USDC").then(|| Coin::of_symbol(floor, base))?
}

/// The candles of more than a day are not simulated.
fn seconds_of(interval: &str) -> Option<i64> {
    let minutes = match interval {
        "1m" => 1,
        "3m" => 3,
        "5m" => 5,
        "15m" => 15,
        "30m" => 30,
        "1h" => 60,
        "2h" => 120,
        "4h" => 240,
        "6h" => 360,
        "8h" => 480,
        "12h" => 720,
        "1d" => 1440,
        _ => return None,
    };
    Some(minutes * 60)
}

/// The header says the weight of this request, not of the minute: nothing is kept between requests.
fn answer(weight: u32) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header(("x-mbx-used-weight-1m", weight.to_string()));
    response
}

fn invalid_symbol() -> HttpResponse {
    refused(-1121, "Invalid symbol.")
}

fn refused(code: i32, msg: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(serde_json::json!({ "code": code, "msg": msg }))
}

fn decimals(value: f64) -> String {
    format!("{value:.8}")
}
