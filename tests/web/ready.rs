//! Whether the daemon can do its work, as those see it who send it work.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::{Value, json};

use crate::common::house::House;
use crate::common::{SOON, eventually};

/// Asks until the answer has this status: what was found is told for a second.
async fn ready(house: &House, status: u16) -> Value {
    eventually(SOON, &format!("/ready answers {status}"), async || {
        let (answered, body) = house.get("/ready").await;
        (answered == status).then(|| crate::json(&body))
    })
    .await
}

/// The checks that failed, each with its reason.
fn failed(readiness: &Value) -> Vec<(&str, &str)> {
    let checks = readiness["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false);
    checks.map(|check| (check["name"].as_str().unwrap(), check["reason"].as_str().unwrap())).collect()
}

#[actix_rt::test]
async fn a_daemon_that_works_is_ready_and_names_what_it_needs() {
    let house = House::open(|_| {}).await;
    let readiness = ready(&house, 200).await;
    let good = |name| json!({"name": name, "ok": true});
    let checks = ["supervisor", "actors", "database", "snapshot"].map(good);
    assert_eq!(readiness, json!({"status": "ready", "checks": checks}));
}

#[actix_rt::test]
async fn an_actor_that_is_being_restarted_is_named() {
    let house = House::open(|config| {
        config.supervision.backoff_first = Duration::from_secs(600);
        config.supervision.backoff_max = Duration::from_secs(600);
    })
    .await;
    house.daemon.supervisor.drill("report-builder").await.unwrap();
    let readiness = ready(&house, 503).await;
    assert_eq!(failed(&readiness), [("actors", "report-builder is being restarted")]);
    assert_eq!(readiness["detail"], "actors: report-builder is being restarted");
    // It is alive, and restarts what has crashed.
    assert_eq!(house.get("/health").await.0, 200);
}

#[actix_rt::test]
async fn a_database_that_cannot_be_read_is_a_reason_until_it_can() {
    let house = House::open(|_| {}).await;
    let path = house.daemon.config().data_dir.join("evenkeel.db");
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other.batch_execute("PRAGMA busy_timeout = 60000; ALTER TABLE reports RENAME TO elsewhere").unwrap();
    let readiness = ready(&house, 503).await;
    let [("database", reason)] = failed(&readiness)[..] else { panic!("{readiness}") };
    assert!(reason.contains("no such table"), "{reason}");
    other.batch_execute("ALTER TABLE elsewhere RENAME TO reports").unwrap();
    ready(&house, 200).await;
}

#[actix_rt::test]
async fn a_snapshot_that_is_too_old_is_a_reason_until_the_next_refresh() {
    let ttl = Duration::from_secs(3);
    let house = House::open(|config| config.market.snapshot_ttl = ttl).await;
    let readiness = ready(&house, 503).await;
    let reason = "there is none that is younger than market.snapshot_ttl";
    assert_eq!(failed(&readiness), [("snapshot", reason)]);
    assert!(house.refresh().await.stored);
    ready(&house, 200).await;
}
