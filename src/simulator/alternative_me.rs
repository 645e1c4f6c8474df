//! alternative.me: the Fear & Greed index, one value a day, every number as text.

use std::convert::Infallible;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use super::floor::Floor;
use super::hours::{DAY_S, Hours};
use super::instrument::Instrument;

/// 2018-02-01, the first day of the index.
const FIRST_DAY: i64 = 1_517_443_200;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/fng", web::get().to(index)).route("/fng/", web::get().to(index));
}

#[derive(Debug, Deserialize)]
struct Query {
    /// 0 means all.
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
struct Day {
    value: String,
    value_classification: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_until_update: Option<String>,
}

async fn index(floor: web::Data<Floor>, query: web::Query<Query>) -> HttpResponse {
    let now = floor.now();
    let today = now - now.rem_euclid(DAY_S);
    let all = (today - FIRST_DAY).max(0) / DAY_S + 1;
    let days = match query.limit {
        Some(0) => all,
        limit => i64::from(limit.unwrap_or(1)).min(all),
    };

    let rows = (0..days).map(move |ago| {
        let mut row = if ago == 0 { Vec::new() } else { vec![b','] };
        // Cannot fail: a vector takes everything and every key is text.
        let _ = serde_json::to_writer(&mut row, &day(&floor, today, ago, now));
        Bytes::from(row)
    });
    let body = std::iter::once(Bytes::from_static(br#"{"name":"Fear and Greed Index","data":["#))
        .chain(rows)
        .chain(std::iter::once(Bytes::from_static(br#"],"metadata":{"error":null}}"#)))
        .map(Ok::<_, Infallible>);
    HttpResponse::Ok().content_type(ContentType::json()).streaming(stream::iter(body))
}

fn day(floor: &Floor, today: i64, ago: i64, now: i64) -> Day {
    let start = today - ago * DAY_S;
    let mood = Instrument::new(floor.dice("fear and greed"), Hours::RoundTheClock, 45.0, 0.12, 0.0, 0);
    let value = mood.value(start).clamp(3.0, 97.0) as u8;
    Day {
        value: value.to_string(),
        value_classification: match value {
            0..25 => "Extreme Fear",
            25..47 => "Fear",
            47..55 => "Neutral",
            55..75 => "Greed",
            75.. => "Extreme Greed",
        },
        timestamp: start.to_string(),
        time_until_update: (ago == 0).then(|| (today + DAY_S - now).to_string()),
    }
}
