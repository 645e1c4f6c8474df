//! Reports on demand: begun, followed, waited for, and what becomes of those that come to nothing.

use std::net::TcpStream;
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::report::messages::Observe;
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;
use jiff::Timestamp;
use serde_json::Value;

use crate::common::house::{House, reqwest_client};
use crate::common::{SOON, eventually};
use crate::json;

const NOT_FOUND: &str = r#"{"detail":"Session not found"}"#;

async fn post(house: &House, path: &str, body: Option<String>) -> (u16, Value) {
    let request = reqwest_client().post(house.url(path));
    let request = body.into_iter().fold(request, |request, body| request.body(body));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), json(&answer.text().await.unwrap()))
}

/// Begins a report, and returns the path of its progress.
async fn begin(house: &House) -> String {
    let (status, begun) = post(house, "/api/v1/generate-auto-report", None).await;
    assert_eq!((status, &begun["success"]), (200, &Value::Bool(true)), "{begun}");
    assert!(begun["message"].is_string());
    let id = begun["session_id"].as_str().unwrap();
    assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'), "a UUID of version 4: {id}");
    format!("/api/v1/progress/{id}")
}

async fn progress(house: &House, path: &str) -> Value {
    let (status, body) = house.get(path).await;
    assert_eq!(status, 200, "{body}");
    json(&body)
}

async fn until(house: &House, path: &str, status: &str) -> Value {
    let look = async || Some(progress(house, path).await).filter(|progress| progress["status"] == status);
    eventually(SOON, status, look).await
}

/// A house whose next report stops at its fourth step for four seconds.
async fn stuck() -> House {
    let four_seconds = Duration::from_secs(4);
    let house = House::open(|config| config.market.sources.coingecko.time_limit = four_seconds).await;
    house.exchange.faults().set(SourceKind::Coingecko, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    house
}

async fn building(house: &House, whether: bool) {
    let look = async || (house.daemon.builder.send(Observe).await.unwrap().building == whether).then_some(());
    eventually(SOON, "the builder builds, or not", look).await;
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[actix_rt::test]
async fn a_report_in_the_background_can_be_followed_to_its_id() {
    let house = stuck().await;
    let path = begin(&house).await;
    let begun = async || {
        Some(progress(&house, &path).await).filter(|progress| progress["current_step_name"] == "summary")
    };
    let running = eventually(SOON, "the first section", begun).await;
    assert_eq!((&running["status"], &running["step"]), (&"running".into(), &0.into()));
    assert_eq!((&running["total_steps"], &running["percentage"]), (&9.into(), &0.into()));
    assert_eq!(running["details"], "writing section summary, step 1 of 9");
    assert!(running.get("end_time").is_none() && running.get("report_id").is_none(), "{running}");
    assert!(time(&running["last_update"]) >= time(&running["start_time"]));
    house.exchange.faults().clear_all();
    let done = until(&house, &path, "completed").await;
    assert_eq!((&done["step"], &done["percentage"]), (&done["total_steps"], &100.into()));
    assert_eq!((&done["report_id"], &done["details"]), (&1.into(), &"report 1 is stored".into()));
    assert!(time(&done["end_time"]) >= time(&running["last_update"]));
    assert_eq!(house.daemon.archive.latest().unwrap().unwrap().id, 1);
}

#[actix_rt::test]
async fn while_one_report_is_built_another_is_refused_and_says_so() {
    let house = stuck().await;
    let first = begin(&house).await;
    building(&house, true).await;
    let second = begin(&house).await;
    let refused = until(&house, &second, "error").await;
    assert_eq!(refused["details"], "another report is being built");
    assert!(refused["end_time"].is_string() && refused.get("report_id").is_none(), "{refused}");
    let (status, refused) = post(&house, "/api/v1/manual-generate", None).await;
    assert_eq!((status, refused["detail"].as_str()), (500, Some("another report is being built")));
    house.exchange.faults().clear_all();
    until(&house, &first, "completed").await;
}

#[actix_rt::test]
async fn a_builder_that_panics_or_ends_ends_the_session_too() {
    let house = stuck().await;
    let path = begin(&house).await;
    building(&house, true).await;
    house.daemon.supervisor.drill("report-builder").await.unwrap();
    let failed = until(&house, &path, "error").await;
    assert_eq!(failed["details"], "report-builder ended before it answered");
    assert_eq!(house.daemon.archive.count(), Ok(0));
}

#[actix_rt::test]
async fn a_report_is_finished_although_the_client_that_waits_for_it_hangs_up() {
    let house = stuck().await;
    let mut client = TcpStream::connect(house.daemon.address.unwrap()).unwrap();
    let request = b"POST /api/v1/manual-generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    std::io::Write::write_all(&mut client, request).unwrap();
    building(&house, true).await;
    drop(client);
    house.exchange.faults().clear_all();
    building(&house, false).await;
    assert_eq!(house.daemon.archive.count(), Ok(1));
}

#[actix_rt::test]
async fn a_report_that_is_waited_for_is_there_when_the_answer_comes() {
    let house = House::open(|_| {}).await;
    let (status, written) =
        post(&house, "/api/v1/manual-generate", Some("{\"ignored\": 1}".to_owned())).await;
    assert_eq!((status, &written["success"], &written["report_id"]), (200, &Value::Bool(true), &1.into()));
    assert_eq!(written["message"], "report 1 is stored");
    assert!(written["duration"].as_f64().unwrap() > 0.0, "{written}");
    assert_eq!(house.daemon.archive.latest().unwrap().unwrap().id, 1);
}

#[actix_rt::test]
async fn a_long_body_is_refused_before_anything_is_begun() {
    let house = House::open(|_| {}).await;
    let (status, _) = post(&house, "/api/v1/manual-generate", Some("x".repeat(64 * 1024))).await;
    assert_eq!(status, 200);
    let (status, refused) = post(&house, "/api/v1/manual-generate", Some("x".repeat(64 * 1024 + 1))).await;
    let detail = "the body is longer than 65536 bytes; send none";
    assert_eq!((status, refused["detail"].as_str()), (413, Some(detail)));
    assert_eq!(house.daemon.archive.count(), Ok(1));
}

#[actix_rt::test]
async fn a_session_that_is_not_known_is_not_found() {
    let house = House::open(|_| {}).await;
    for id in ["2f7c1c5e-93a5-4a3c-9f3f-0d3a1b0c9f11", "7", "%20", "..%2f", "%ff"] {
        let answer = house.get(&format!("/api/v1/progress/{id}")).await;
        assert_eq!(answer, (404, NOT_FOUND.to_owned()), "{id}");
    }
}

#[actix_rt::test]
async fn a_session_is_forgotten_an_hour_after_its_end() {
    // An hour passes in two seconds.
    let clock = Clock::scaled("2026-03-02T01:30:00Z".parse().unwrap(), 1800.0);
    let house = House::open_at(clock, |_| {}).await;
    let path = begin(&house).await;
    let done = until(&house, &path, "completed").await;
    let forgotten = time(&done["end_time"]) + Duration::from_secs(3600);
    let gone = async || (house.get(&path).await.0 == 404).then(|| house.clock.now());
    assert!(eventually(SOON, "the session is forgotten", gone).await >= forgotten);
}
