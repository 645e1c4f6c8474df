//! Entrade (DNSE): the index chart, columnar with whole seconds.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::floor::Floor;
use super::hours::{DAY_S, Step};
use super::instrument::{Bar, MOST_BARS, Window};
use super::vietnam::VietnamIndex;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/chart-api/v2/ohlcs/index", web::get().to(chart));
}

#[derive(Debug, Deserialize)]
struct ChartQuery {
    symbol: String,
    resolution: String,
    from: i64,
    to: i64,
}

#[derive(Debug, Default, Serialize)]
struct Columns {
    t: Vec<i64>,
    o: Vec<f64>,
    h: Vec<f64>,
    l: Vec<f64>,
    c: Vec<f64>,
    v: Vec<i64>,
    #[serde(rename = "nextTime")]
    next_time: i64,
}

async fn chart(floor: web::Data<Floor>, query: web::Query<ChartQuery>) -> HttpResponse {
    let length = match query.resolution.as_str() {
        "1" => Some(60),
        "5" => Some(300),
        "15" => Some(900),
        "30" => Some(1800),
        "1H" => Some(3600),
        "1D" => Some(DAY_S),
        _ => None,
    };
    let mut columns = Columns::default();
    if let (Some(length), Some(index)) = (length, VietnamIndex::of_entrade(&query.symbol)) {
        let window = Window { from: query.from, to: query.to, now: floor.now(), most: MOST_BARS };
        let bars = index.instrument(&floor).bars(Step::vietnam(length), window);
        for Bar { stamp, open, high, low, close, volume, .. } in bars {
            columns.t.push(stamp);
            columns.o.push(open);
            columns.h.push(high);
            columns.l.push(low);
            columns.c.push(close);
            columns.v.push(volume as i64);
        }
    }
    HttpResponse::Ok().json(columns)
}
