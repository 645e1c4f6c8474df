//! The history of an index, thinned out.

use evenkeel::persistence::messages::{Point, RecordIndices};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::common::house::House;

fn start() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

/// A house in which one point of `dji` a minute is recorded, from [`start`] on; its value is the minute's number.
async fn recorded(minutes: i64) -> House {
    let house = House::open(|_| {}).await;
    let point = |minute: i64| Point {
        series: "dji".to_owned(),
        at: start() + SignedDuration::from_mins(minute),
        value: minute as f64,
        volume: (minute % 2 == 0).then_some(1000.0),
        source: if minute == 61 { "kbs" } else { "yahoo" }.to_owned(),
    };
    let points: Vec<Point> = (0..minutes).map(point).collect();
    for some in points.chunks(500) {
        house.daemon.persistence.send(RecordIndices { points: some.to_vec() }).await.unwrap().unwrap();
    }
    house
}

async fn ask(house: &House, query: &str) -> Value {
    let (status, body) = house.get(&format!("/api/v1/market/history?index=dji&{query}")).await;
    assert_eq!(status, 200, "{body}");
    crate::json(&body)
}

fn values(history: &Value) -> Vec<i64> {
    let points = history["points"].as_array().unwrap();
    points.iter().map(|point| point["value"].as_f64().unwrap() as i64).collect()
}

#[actix_rt::test]
async fn the_last_point_of_every_step_is_told_with_its_source() {
    let house = recorded(180).await;
    let history = ask(&house, "from=2026-03-02T00:10:00Z&to=2026-03-02T01:01:00Z&step=30m").await;
    let expected = json!({
        "index": "dji", "from": "2026-03-02T00:10:00Z", "to": "2026-03-02T01:01:00Z", "step": "30m",
        "points": [
            { "at": "2026-03-02T00:29:00Z", "value": 29.0, "volume": null, "source": "yahoo" },
            { "at": "2026-03-02T00:59:00Z", "value": 59.0, "volume": null, "source": "yahoo" },
            { "at": "2026-03-02T01:01:00Z", "value": 61.0, "volume": null, "source": "kbs" },
        ],
    });
    assert_eq!(history, expected);
    let edges = ask(&house, "from=2026-03-02T00:10:00Z&to=2026-03-02T00:12:00Z&step=1m").await;
    assert_eq!((values(&edges), &edges["points"][0]["volume"]), (vec![10, 11, 12], &json!(1000.0)));
    let every = ask(&house, "from=2026-03-02T00:00:00Z&to=2026-03-02T02:59:59Z&step=7m").await;
    // Steps are counted from 1970: midnight is two minutes after the beginning of one.
    let offset = start().as_second() / 60 % 7;
    let expected: Vec<i64> = (0..180).filter(|minute| *minute == 179 || (minute + offset) % 7 == 6).collect();
    assert_eq!(values(&every), expected);
}

#[actix_rt::test]
async fn a_long_answer_comes_whole_in_many_pieces() {
    let house = recorded(3000).await;
    let history = ask(&house, "from=2026-03-01T00:00:00Z&to=2026-03-04T10:00:00Z&step=1m").await;
    assert_eq!(values(&history), (0..3000).collect::<Vec<_>>());
    let none = ask(&house, "from=2020-01-01&to=2020-01-02").await;
    assert_eq!((&none["points"], &none["step"]), (&json!([]), &json!("10m")));
}

#[actix_rt::test]
async fn every_series_that_is_recorded_can_be_asked_for() {
    let house = House::open(|_| {}).await;
    let sixteen = evenkeel::market::model::CATALOGUE.iter().map(|index| index.name);
    for series in sixteen.chain(["crypto_market_cap", "btc_dominance", "eth_dominance", "fear_greed"]) {
        let (status, body) =
            house.get(&format!("/api/v1/market/history?index={series}&from=2000-01-01")).await;
        let points = crate::json(&body)["points"].as_array().map(Vec::len);
        assert_eq!((status, points), (200, Some(1)), "{series}: {body}");
    }
}

#[actix_rt::test]
async fn what_cannot_be_understood_is_named() {
    let house = House::open(|_| {}).await;
    for (query, beginning) in [
        ("", "index: say which; there are vnindex, "),
        ("?index=ftse", "index: there is none named \"ftse\"; there are vnindex, "),
        ("?index=vnindex&from=noon", "from: \"noon\" is neither a time nor a date"),
        ("?index=vnindex&from=2000-01-01&step=1s", "step: 1s makes "),
        ("?index=vnindex&index=vn30", "Query deserialize error: "),
    ] {
        let (status, body) = house.get(&format!("/api/v1/market/history{query}")).await;
        let detail = crate::json(&body)["detail"].as_str().unwrap().to_owned();
        assert!(status == 400 && detail.starts_with(beginning), "{query}: {detail}");
    }
}
