//! The first thing that a newcomer does: the demo for a minute, its reports, a page in a browser.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::process::Command;

use tempfile::tempdir;

mod common;
use common::SOON;
use common::page::{document_of, picture_of};
use common::program::{Running, evenkeel, run, stderr, stdout};

#[test]
fn a_demo_of_a_minute_refreshes_reports_and_exports_a_page_that_renders() {
    let directory = tempdir().unwrap();
    let demo = run(evenkeel(directory.path()).args(["demo", "--for", "60s", "--port", "0"]));
    let log = stderr(&demo);
    assert_eq!(demo.status.code(), Some(0), "{log}");
    assert!(log.matches("refreshed 16 of 16 indices").count() >= 10, "{log}");
    assert!(log.contains("is stored: ") && log.contains("🧹"), "{log}");
    for child in ["persistence", "market-indices", "report-builder", "auto-report"] {
        assert!(log.contains(&format!("{child} generation 1 started: first start")), "{log}");
    }
    assert!(!log.contains("\"level\":\"error\"") && !log.contains("generation 2"), "{log}");

    // The command that it prints is the one that is run.
    let said = stdout(&demo);
    let command: Vec<&str> = said.lines().last().unwrap().split_whitespace().collect();
    let list = Command::new(command[0]).args(&command[1..]).current_dir(directory.path()).output().unwrap();
    let listed = stdout(&list);
    assert!(list.status.success() && listed.contains("market"), "{listed}");
    let id = listed.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();

    for (language, headline) in [("vi", "<html lang=\"vi\">"), ("en", "<html lang=\"en\">")] {
        let page = directory.path().join(format!("{language}.html"));
        let arguments = ["report", "export", &id, "--lang", language, "--data-dir", "evenkeel-demo", "--out"];
        let export = run(evenkeel(directory.path()).args(arguments).arg(&page));
        assert!(export.status.success(), "{}", stderr(&export));
        let document = document_of(&page);
        assert!(document.contains(headline) && document.contains("VN-Index"), "{language}");
        assert!(document.matches("<svg").count() > 1000, "a sparkline for every coin");
        // An empty page compresses to a few kilobytes.
        assert!(picture_of(&page).len() > 50_000, "{language}");
    }
}

#[actix_rt::test]
async fn a_day_is_summed_up_at_midnight_and_at_the_end() {
    let directory = tempdir().unwrap();
    // Days of 24 seconds, beginning shortly before midnight in Ho Chi Minh City.
    let mut demo = evenkeel(directory.path());
    demo.args(["--log-format", "json", "demo", "--speed", "3600", "--port", "0"]);
    let mut demo = Running::start(demo.args(["--from", "2026-03-01T16:30:00Z"]));
    demo.says_times(3 * SOON, "\"event\":\"day-summary\"", 2).await;
    demo.signal("TERM");
    assert!(demo.ended(SOON).await.success());
    let log = demo.log();
    let days: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| line["event"] == "day-summary")
        .map(|mut line| line["fields"].take())
        .collect();
    let Some((end, nights)) = days.split_last() else { panic!("{log}") };
    assert!(nights.len() >= 2, "{log}");
    for night in nights {
        // 17:00 in UTC; a busy machine may be an hour or two of this clock late.
        let hour = &night["to"].as_str().unwrap()[11..13];
        assert!(("17".."22").contains(&hour), "{night}");
        let low = night["rss_low_bytes"].as_u64().unwrap();
        assert!(low > 1 << 20 && night["rss_high_bytes"].as_u64().unwrap() >= low, "{night}");
    }
    for pair in days.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"], "no moment is left out or counted twice");
    }
    let refreshes = log.matches("\"event\":\"refreshed\"").count() as u64;
    let told = |day: &serde_json::Value| {
        let count = |name: &str| day[name].as_u64().unwrap();
        count("refreshes_complete") + count("refreshes_partial") + count("refreshes_failed")
    };
    assert_eq!(days.iter().map(told).sum::<u64>(), refreshes, "each refresh belongs to one day");
    assert!(end["growth_bytes"]["persistence"].is_i64(), "{end}");
}
