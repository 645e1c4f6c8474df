//! KB Securities: the index chart, newest bar first, local time as text, prices now as text, now as numbers.

use actix_web::{HttpResponse, web};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::calendar;
use super::floor::Floor;
use super::hours::{DAY_S, Step};
use super::instrument::{Bar, MOST_BARS, Window};
use super::vietnam::VietnamIndex;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/iis-server/investment/index/{symbol}/{series}", web::get().to(chart));
}

/// First and last day, `24-04-2026`.
#[derive(Debug, Deserialize)]
struct Days {
    sdate: String,
    edate: String,
}

/// The bars stand under the name of the series that was asked for.
struct Document {
    symbol: String,
    series: String,
    rows: Vec<Row>,
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("symbol", &self.symbol)?;
        map.serialize_entry(&self.series, &self.rows)?;
        map.end()
    }
}

#[derive(Debug, Serialize)]
struct Row {
    t: String,
    o: Price,
    h: Price,
    l: Price,
    c: Price,
    v: i64,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Price {
    Text(String),
    Number(f64),
}

async fn chart(
    floor: web::Data<Floor>,
    path: web::Path<(String, String)>,
    days: web::Query<Days>,
) -> HttpResponse {
    let (symbol, series) = path.into_inner();
    let length = match series.as_str() {
        "data_1P" => 60,
        "data_5P" => 300,
        "data_15P" => 900,
        "data_30P" => 1800,
        "data_60P" => 3600,
        "data_day" => DAY_S,
        _ => return HttpResponse::NotFound().finish(),
    };
    let first = calendar::vietnamese_day(&days.sdate);
    let last = calendar::vietnamese_day(&days.edate);
    let (Some(first), Some(last)) = (first, last) else { return HttpResponse::BadRequest().finish() };

    let rows: Vec<Row> = VietnamIndex::of_kbs(&symbol)
        .map(|index| {
            let to = last + DAY_S - 1;
            let window = Window { from: first, to, now: floor.now(), most: MOST_BARS };
            index.instrument(&floor).bars(Step::vietnam(length), window)
        })
        .unwrap_or_default()
        .iter()
        .rev()
        .map(row)
        .collect();

    HttpResponse::Ok().json(Document { symbol, series, rows })
}

fn row(bar: &Bar) -> Row {
    // Which of the two forms a price takes is arbitrary at the source; here it changes from row to row.
    let price = |value: f64, column: i64| match (bar.start / 60 + column) % 3 {
        0 => Price::Number(value),
        _ => Price::Text(format!("{value:.2}")),
    };
    Row {
        t: calendar::vietnamese(bar.stamp),
        o: price(bar.open, 0),
        h: price(bar.high, 1),
        l: price(bar.low, 2),
        c: price(bar.close, 3),
        v: bar.volume as i64,
    }
}
