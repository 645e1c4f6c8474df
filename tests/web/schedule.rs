//! What is said of the schedule.

use std::time::Duration;

use evenkeel::clock::Clock;
use serde_json::{Value, json};

use crate::common::house::House;
use crate::common::{SOON, eventually};

async fn status(house: &House) -> Value {
    let (status, body) = house.get("/api/v1/scheduler/status").await;
    assert_eq!(status, 200, "{body}");
    crate::json(&body)
}

#[actix_rt::test]
async fn the_next_due_time_and_what_became_of_the_last_are_told() {
    // Twenty minutes before the due time, which are two seconds.
    let clock = Clock::scaled("2026-03-02T01:40:00Z".parse().unwrap(), 600.0);
    let house = House::open_at(clock, |config| config.report.every = Duration::from_secs(3 * 3600)).await;
    let before = status(&house).await;
    let expected = json!({
        "scheduler_enabled": true, "interval_hours": 3, "max_attempts": 3, "times": [], "zone": "Asia/Ho_Chi_Minh",
        "next_due": "2026-03-02T02:00:00Z", "reports": 0, "failures_in_a_row": 0, "last": null,
    });
    assert_eq!(before, expected);
    let reported = async || Some(status(&house).await).filter(|status| status["reports"] == 1);
    let after = eventually(SOON, "the report", reported).await;
    assert_eq!(
        (&after["last"]["due"], &after["last"]["report_id"]),
        (&"2026-03-02T02:00:00Z".into(), &1.into())
    );
    assert!(after["last"]["error"].is_null() && after["last"]["ended"].is_string(), "{after}");
    let next = async || Some(status(&house).await).filter(|status| status["next_due"] != before["next_due"]);
    assert_eq!(eventually(SOON, "the next due time", next).await["next_due"], "2026-03-02T05:00:00Z");
}

#[actix_rt::test]
async fn where_nothing_is_scheduled_nothing_is_due() {
    let house = House::open(|config| {
        config.report.scheduled = false;
        config.report.times = vec!["07:30".parse().unwrap(), "15:00".parse().unwrap()];
        config.report.max_attempts = 5;
    })
    .await;
    let expected = json!({
        "scheduler_enabled": false, "interval_hours": null, "max_attempts": 5, "times": ["07:30", "15:00"],
        "zone": "Asia/Ho_Chi_Minh", "next_due": null, "reports": 0, "failures_in_a_row": 0, "last": null,
    });
    assert_eq!(status(&house).await, expected);
}
