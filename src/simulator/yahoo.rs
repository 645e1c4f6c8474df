//! Yahoo: the chart of the four US indices, with nulls in the middle of the columns.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::floor::Floor;
use super::hours::{DAY_S, Hours, Step};
use super::instrument::{Bar, Instrument, MOST_BARS, Window};

const RANGES: [(&str, i64); 6] = [("1d", 1), ("5d", 5), ("1mo", 30), ("3mo", 91), ("6mo", 182), ("1y", 365)];
/// About one bar in so many within the day is null.
const NULL_ODDS: i64 = 37;
/// Eastern standard time, should the zone not be known.
const EASTERN_S: i64 = -5 * 3600;

struct UsIndex {
    symbol: &'static str,
    name: &'static str,
    exchange: &'static str,
    level: f64,
    volatility: f64,
    minute_volume: f64,
}

#[rustfmt::skip]
static INDICES: [UsIndex; 4] = [
    UsIndex { symbol: "^GSPC", name: "S&P 500", exchange: "SNP", level: 7100.0, volatility: 0.008, minute_volume: 2e6 },
    UsIndex { symbol: "^IXIC", name: "NASDAQ Composite", exchange: "NIM", level: 23_900.0, volatility: 0.011, minute_volume: 5e6 },
    UsIndex { symbol: "^DJI", name: "Dow Jones Industrial Average", exchange: "DJI", level: 48_200.0, volatility: 0.007, minute_volume: 4e5 },
    UsIndex { symbol: "^VIX", name: "CBOE Volatility Index", exchange: "WCB", level: 17.5, volatility: 0.055, minute_volume: 0.0 },
];

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/v8/finance/chart/{symbol}", web::get().to(chart));
}

#[derive(Debug, Deserialize)]
struct ChartQuery {
    interval: Option<String>,
    range: Option<String>,
    period1: Option<i64>,
    period2: Option<i64>,
}

#[derive(Debug, Default, Serialize)]
struct Columns {
    open: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    close: Vec<Option<f64>>,
    volume: Vec<Option<i64>>,
}

/// What is asked for, after the words of the query have been understood.
struct Wanted {
    interval: String,
    range: String,
    step: Step,
    window: Window,
    session: i64,
}

async fn chart(
    floor: web::Data<Floor>,
    symbol: web::Path<String>,
    query: web::Query<ChartQuery>,
) -> HttpResponse {
    let Some(index) = INDICES.iter().find(|index| index.symbol == symbol.as_str()) else {
        return HttpResponse::NotFound().json(refusal("Not Found", "No data found, symbol may be delisted"));
    };
    let Some(wanted) = wanted(query.into_inner(), floor.now()) else {
        return HttpResponse::UnprocessableEntity()
            .json(refusal("Unprocessable Entity", "Invalid input - interval or range is not supported"));
    };
    let instrument = Instrument::new(
        floor.dice(index.symbol),
        Hours::RoundTheClock,
        index.level,
        index.volatility,
        index.minute_volume,
        2,
    );
    let result = result(index, &instrument, &wanted);
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=10, stale-while-revalidate=20"))
        .json(json!({ "chart": { "result": [result], "error": null } }))
}

fn wanted(query: ChartQuery, now: i64) -> Option<Wanted> {
    let interval = query.interval.unwrap_or_else(|| "1d".to_owned());
    let length = match interval.as_str() {
        "1m" => 60,
        "2m" => 120,
        "5m" => 300,
        "15m" => 900,
        "30m" => 1800,
        "60m" | "1h" => 3600,
        "1d" => DAY_S,
        _ => return None,
    };
    let step = Step { length, offset: new_york_offset(now), stamp: 0 };
    let session = Step { length: DAY_S, ..step }.floor(now);
    let (range, from, to) = match query.period1 {
        Some(from) => (String::new(), from, query.period2.unwrap_or(now) - 1),
        None => {
            let range = query.range.unwrap_or_else(|| "1d".to_owned());
            let (_, days) = RANGES.iter().find(|(name, _)| *name == range)?;
            (range, session - (days - 1) * DAY_S, now)
        }
    };
    let window = Window { from, to, now, most: MOST_BARS };
    Some(Wanted { interval, range, step, window, session })
}

fn result(index: &UsIndex, instrument: &Instrument, wanted: &Wanted) -> Value {
    let bars = instrument.bars(wanted.step, wanted.window);
    let meta = meta(index, instrument, wanted);
    if bars.is_empty() {
        return json!({ "meta": meta, "indicators": { "quote": [{}] } });
    }
    let daily = wanted.step.length == DAY_S;
    let mut columns = Columns::default();
    let mut timestamps = Vec::with_capacity(bars.len());
    for (position, bar) in bars.iter().enumerate() {
        // The first and the last bar always have values, as real charts nearly always do.
        let inner = position > 0 && position + 1 < bars.len();
        let missing = !daily && inner && (bar.stamp / wanted.step.length) % NULL_ODDS == 0;
        let Bar { open, high, low, close, volume, .. } = *bar;
        let or_null = |value: f64| (!missing).then_some(value);
        timestamps.push(bar.stamp);
        columns.open.push(or_null(open));
        columns.high.push(or_null(high));
        columns.low.push(or_null(low));
        columns.close.push(or_null(close));
        columns.volume.push((!missing).then_some(volume as i64));
    }
    let mut indicators = json!({});
    if daily {
        indicators["adjclose"] = json!([{ "adjclose": columns.close }]);
    }
    indicators["quote"] = json!([columns]);
    json!({ "meta": meta, "timestamp": timestamps, "indicators": indicators })
}

fn meta(index: &UsIndex, instrument: &Instrument, wanted: &Wanted) -> Value {
    let Wanted { step, window, session, .. } = wanted;
    let today = instrument.bar(*session, window.now);
    let year = (0..365).map(|days| instrument.value(window.now - days * DAY_S));
    let (low, high) =
        year.fold((today.low, today.high), |(low, high), value| (low.min(value), high.max(value)));
    let zone = if step.offset == EASTERN_S { "EST" } else { "EDT" };
    let period = |start: i64, end: i64| json!({ "timezone": zone, "start": start, "end": end, "gmtoffset": step.offset });
    let (start, end) = (*session, session + DAY_S);
    let mut meta = json!({
        "currency": "USD",
        "symbol": index.symbol,
        "exchangeName": index.exchange,
        "fullExchangeName": index.exchange,
        "instrumentType": "INDEX",
        "firstTradeDate": -1_325_583_000,
        "regularMarketTime": window.now,
        "hasPrePostMarketData": false,
        "gmtoffset": step.offset,
        "timezone": zone,
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": today.close,
        "fiftyTwoWeekHigh": high,
        "fiftyTwoWeekLow": low,
        "regularMarketDayHigh": today.high,
        "regularMarketDayLow": today.low,
        "regularMarketVolume": today.volume as i64,
        "longName": index.name,
        "shortName": index.name,
        "chartPreviousClose": instrument.value(step.floor(window.from)),
        "priceHint": 2,
        "currentTradingPeriod": {
            "pre": period(start, start), "regular": period(start, end), "post": period(end, end),
        },
        "dataGranularity": wanted.interval,
        "range": wanted.range,
        "validRanges": RANGES.map(|(name, _)| name),
    });
    if step.length < DAY_S {
        meta["previousClose"] = json!(today.open);
        meta["scale"] = json!(3);
        meta["tradingPeriods"] = json!([[period(start, end)]]);
    }
    meta
}

fn new_york_offset(now: i64) -> i64 {
    let (Ok(zone), Ok(now)) = (TimeZone::get("America/New_York"), Timestamp::from_second(now)) else {
        return EASTERN_S;
    };
    i64::from(zone.to_offset(now).seconds())
}

fn refusal(code: &str, description: &str) -> Value {
    json!({ "chart": { "result": null, "error": { "code": code, "description": description } } })
}
