//! Two simulated days through the whole program, with their limits: what it holds at the end of them is what it held
//! before.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use evenkeel::soak::{Findings, read};
use tempfile::tempdir;

mod common;
use common::program::{evenkeel, run, stderr, stdout};

#[test]
fn two_days_leave_nothing_behind() {
    let directory = tempdir().unwrap();
    let output = run(evenkeel(directory.path()).args(["soak", "--days", "2", "--log-format", "text"]));
    let (said, complaints) = (stdout(&output), stderr(&output));
    println!("{said}");
    assert!(output.status.success(), "{said}\n{complaints}");
    assert!(!complaints.contains("WARN") && !complaints.contains("ERROR"), "{complaints}");
    let folder = directory.path().join("evenkeel-soak");
    let hours = read(&folder.join("hours.csv")).unwrap();
    assert_eq!(hours.len(), 48);
    let findings = Findings::of(&hours).unwrap();
    // One at the very beginning, and one every three minutes; a report at midnight, and one every three hours.
    assert_eq!((findings.refreshes, findings.reports, findings.restarts), (961, 17, 0));
    assert!(findings.retained_a_report < 4096.0, "{findings:?}");
    let timeline = std::fs::read_to_string(folder.join("timeline.svg")).unwrap();
    assert!(timeline.contains("over 48 simulated hours"));
}

#[test]
fn the_habits_of_the_old_service_are_seen_and_fail_the_soak() {
    let directory = tempdir().unwrap();
    let mut command = evenkeel(directory.path());
    command.args(["soak", "--days", "1", "--constituents", "60", "--before", "--monitor", "off"]);
    let output = run(command.args(["--edition", "before"]));
    let (said, complaints) = (stdout(&output), stderr(&output));
    println!("{said}");
    assert_eq!(output.status.code(), Some(1), "{said}\n{complaints}");
    assert!(complaints.contains("; the limit is 512.0 KiB"), "{complaints}");
    let hours = read(&directory.path().join("evenkeel-soak").join("hours.csv")).unwrap();
    let findings = Findings::of(&hours).unwrap();
    assert!(findings.rises(), "{findings:?}");
    // A report of 60 rows is some 380 KB.
    assert!(findings.retained_a_report > 300_000.0, "{findings:?}");
    let [_, market, builder, ..] = findings.actors[..] else { panic!("{findings:?}") };
    assert!(market > 500_000.0 && builder > 2_000_000.0, "{findings:?}");
}
