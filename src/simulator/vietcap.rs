//! Vietcap: the index snapshot and the columnar chart.

use std::convert::Infallible;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use super::calendar;
use super::floor::Floor;
use super::hours::{DAY_S, Step};
use super::instrument::{Bar, Window};
use super::vietnam::{self, VietnamIndex};

/// More symbols than that in one request are not answered.
const MOST_SYMBOLS: usize = 50;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/api/price/marketIndex/getList", web::post().to(snapshot))
        .route("/api/chart/OHLCChart/gap-chart", web::post().to(chart));
}

#[derive(Debug, Deserialize)]
struct SnapshotRequest {
    symbols: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotRow {
    board: &'static str,
    symbol: &'static str,
    price: f64,
    ref_price: f64,
    change: f64,
    change_percent: f64,
    total_shares: i64,
    total_value: f64,
    total_stock_increase: u32,
    total_stock_decline: u32,
    total_stock_no_change: u32,
    total_stock_ceiling: u32,
    total_stock_floor: u32,
    estimated_change: i32,
    estimated_fsp: f64,
    code: &'static str,
    message_type: &'static str,
    time: String,
    sending_time: String,
}

async fn snapshot(floor: web::Data<Floor>, request: web::Json<SnapshotRequest>) -> HttpResponse {
    let now = floor.now();
    let rows: Vec<SnapshotRow> = request
        .symbols
        .iter()
        .take(MOST_SYMBOLS)
        .filter_map(|symbol| VietnamIndex::of_vietcap(symbol))
        .map(|index| snapshot_row(&floor, index, now))
        .collect();
    HttpResponse::Ok().json(rows)
}

fn snapshot_row(floor: &Floor, index: &VietnamIndex, now: i64) -> SnapshotRow {
    let instrument = index.instrument(floor);
    let session = vietnam::session_start(now);
    let (price, reference) = (instrument.value(now), instrument.value(session));
    let change_percent = (price / reference - 1.0) * 100.0;
    let shares = instrument.volume(session, now);

    // The stronger the index, the more members rise; a seventh of them does not move.
    let members = f64::from(index.members);
    let unchanged = (members / 7.0).round();
    let share_of_winners = 0.5 + 0.4 * change_percent.tanh();
    let advances = ((members - unchanged) * share_of_winners).round();
    let declines = members - unchanged - advances;

    SnapshotRow {
        board: index.board,
        symbol: index.vietcap,
        price,
        ref_price: reference,
        change: rounded(price - reference, 2),
        change_percent: rounded(change_percent, 4),
        total_shares: shares as i64,
        total_value: million_vnd(shares, index),
        total_stock_increase: advances as u32,
        total_stock_decline: declines as u32,
        total_stock_no_change: unchanged as u32,
        total_stock_ceiling: (advances / 30.0) as u32,
        total_stock_floor: (declines / 40.0) as u32,
        estimated_change: 0,
        estimated_fsp: reference,
        code: index.code,
        message_type: "M1",
        time: calendar::iso(instrument.last_trade(now)),
        sending_time: calendar::iso(now),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChartRequest {
    time_frame: String,
    symbols: Vec<String>,
    to: i64,
    count_back: usize,
}

#[derive(Debug, Default, Serialize)]
struct Columns {
    symbol: &'static str,
    o: Vec<f64>,
    h: Vec<f64>,
    l: Vec<f64>,
    c: Vec<f64>,
    v: Vec<i64>,
    t: Vec<String>,
    #[serde(rename = "accumulatedVolume")]
    accumulated_volume: Vec<i64>,
    #[serde(rename = "accumulatedValue")]
    accumulated_value: Vec<f64>,
    #[serde(rename = "minBatchTruncTime")]
    first: String,
}

async fn chart(floor: web::Data<Floor>, request: web::Json<ChartRequest>) -> HttpResponse {
    let ChartRequest { time_frame, symbols, to, count_back } = request.into_inner();
    let length = match time_frame.as_str() {
        "ONE_MINUTE" => 60,
        "ONE_HOUR" => 3600,
        "ONE_DAY" => DAY_S,
        _ => return HttpResponse::BadRequest().content_type(ContentType::html()).body(""),
    };
    let step = Step::vietnam(length);
    let window = Window { from: 0, to, now: floor.now(), most: count_back };
    let known: Vec<&VietnamIndex> =
        symbols.iter().take(MOST_SYMBOLS).filter_map(|symbol| VietnamIndex::of_vietcap(symbol)).collect();

    let entries = known.into_iter().enumerate().map(move |(position, index)| {
        let mut entry = if position == 0 { Vec::new() } else { vec![b','] };
        // Cannot fail: a vector takes everything and no key of the columns is anything but text.
        let _ = serde_json::to_writer(&mut entry, &columns(&floor, index, step, window));
        Bytes::from(entry)
    });
    let body = std::iter::once(Bytes::from_static(b"["))
        .chain(entries)
        .chain(std::iter::once(Bytes::from_static(b"]")))
        .map(Ok::<_, Infallible>);
    HttpResponse::Ok().content_type(ContentType::json()).streaming(stream::iter(body))
}

fn columns(floor: &Floor, index: &VietnamIndex, step: Step, window: Window) -> Columns {
    let instrument = index.instrument(floor);
    let bars = instrument.bars(step, window);
    let mut columns = Columns { symbol: index.vietcap, ..Columns::default() };
    columns.first = bars.first().map_or_else(String::new, |bar| bar.stamp.to_string());

    let mut accumulated = 0.0;
    let mut session = None;
    for Bar { start, stamp, open, high, low, close, volume } in bars {
        let its_session = vietnam::session_start(start);
        if session != Some(its_session) {
            session = Some(its_session);
            accumulated = instrument.volume(its_session, start);
        }
        accumulated += volume;
        columns.o.push(open);
        columns.h.push(high);
        columns.l.push(low);
        columns.c.push(close);
        columns.v.push(volume as i64);
        columns.t.push(stamp.to_string());
        columns.accumulated_volume.push(accumulated as i64);
        columns.accumulated_value.push(million_vnd(accumulated, index));
    }
    columns
}

fn million_vnd(shares: f64, index: &VietnamIndex) -> f64 {
    rounded(shares * index.share_vnd / 1e6, 5)
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
