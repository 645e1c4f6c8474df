//! SIGTERM in the middle of a report: the program ends within its deadline, and the report is absent or whole.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::location::Location;
use tempfile::tempdir;

mod common;
use common::SOON;
use common::exchange::slow_down_the_constituents;
use common::program::{Running, evenkeel};

/// `supervision.drain_within` of the demo, and something for a busy machine.
const DEADLINE: Duration = Duration::from_secs(20 + 10);

#[actix_rt::test]
async fn a_report_that_is_under_way_at_sigterm_is_absent_or_whole() {
    let directory = tempdir().unwrap();
    let mut demo =
        Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "text"]));
    let line = demo.says(SOON, "simulated exchange listens on").await;
    slow_down_the_constituents(&line).await;
    demo.says(SOON, "a report of edition market is begun").await;
    demo.signal("TERM");
    let status = demo.ended(DEADLINE).await;
    let log = demo.log();
    assert_eq!(status.code(), Some(4), "{log}");
    assert!(log.contains("SIGTERM received") && log.contains("report-builder"), "{log}");
    let archive =
        Archive::open(&Location::sqlite(&directory.path().join("evenkeel-demo/evenkeel.db"), SOON), 1)
            .unwrap();
    assert_eq!(archive.count().unwrap(), 0, "{log}");
}

#[actix_rt::test]
async fn sigterm_between_reports_ends_the_program_with_code_0() {
    let directory = tempdir().unwrap();
    let mut demo =
        Running::start(evenkeel(directory.path()).args(["demo", "--port", "0", "--log-format", "json"]));
    demo.says(SOON, "refreshed 16 of 16 indices").await;
    demo.signal("TERM");
    assert_eq!(demo.ended(DEADLINE).await.code(), Some(0), "{}", demo.log());
    let log = demo.log();
    for line in log.lines().filter(|line| line.starts_with('{')) {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(log.contains("\"generation\":1"), "{log}");
}
