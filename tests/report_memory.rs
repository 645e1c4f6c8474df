//! A report costs at most a mebibyte of memory, its builder's and the whole process's, at 7 MB and at 70 MB alike.
//!
//! One test, so that the process is its own; the exchange runs in a process of its own, so that what it needs to
//! answer is not counted.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::daemon::{Daemon, Extent};
use evenkeel::market::messages::Refresh;
use evenkeel::persistence::messages::StoredReport;
use evenkeel::report::messages::{BuildReport, Progress};
use tempfile::TempDir;

mod common;
use common::exchange::Apart;
use common::footprint;
use common::house::quiet;

evenkeel::install_allocator!();

const MIB: u64 = 1 << 20;
const MB: u64 = 1_000_000;

/// The builder's arena now: bytes of pages that it holds.
async fn builder_resident(daemon: &Daemon) -> u64 {
    let status = daemon.supervisor.status().await.unwrap();
    let builder = status.children.iter().find(|child| child.name == "report-builder").unwrap();
    builder.memory.unwrap().resident
}

struct Measured {
    report: StoredReport,
    builder_peak: u64,
    process_peak: u64,
}

/// Waits until the allocator has given back what it is going to: no fall in ten looks.
async fn settled(daemon: &Daemon) {
    let (mut lowest, mut looks) = (u64::MAX, 0);
    while looks < 10 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = footprint::resident() + builder_resident(daemon).await;
        looks = if now < lowest { 0 } else { looks + 1 };
        lowest = lowest.min(now);
    }
}

/// Builds one report and compares the peaks with what there was before it.
async fn measure(daemon: &Daemon) -> Measured {
    settled(daemon).await;
    let builder_idle = builder_resident(daemon).await;
    let process_idle = footprint::resident();
    footprint::forget_peak();
    let mut builder_highest = builder_idle;
    let build = daemon.builder.send(BuildReport {
        edition: "market".to_owned(),
        progress: Progress::default(),
        slot: None,
    });
    tokio::pin!(build);
    let report = loop {
        tokio::select! {
            built = &mut build => break built.unwrap().unwrap(),
            () = tokio::time::sleep(Duration::from_millis(1)) => {
                builder_highest = builder_highest.max(builder_resident(daemon).await);
            }
        }
    };
    let process_peak = footprint::peak().saturating_sub(process_idle);
    Measured { report, builder_peak: builder_highest - builder_idle, process_peak }
}

async fn reports_of(constituents: u32, megabytes: std::ops::Range<u64>) {
    let directory = TempDir::new().unwrap();
    let mut config = quiet(&directory);
    config.report.constituents = constituents;
    let _exchange = Apart::start(&directory, 20_000, &mut config);
    let daemon = Daemon::start(config, Clock::system(), Extent::Whole).unwrap();
    daemon.market.send(Refresh).await.unwrap();
    // The first one fills caches and connections that stay: after it the daemon is what it is for months.
    let first = measure(&daemon).await;
    println!(
        "{constituents} constituents, first report: builder {} KiB and process {} KiB above idle",
        first.builder_peak / 1024,
        first.process_peak / 1024
    );
    for round in 1..=3 {
        let Measured { report, builder_peak, process_peak } = measure(&daemon).await;
        let bytes = report.total_bytes();
        println!(
            "{constituents} constituents, round {round}: report of {bytes} bytes, builder {} KiB and process {} KiB above idle",
            builder_peak / 1024,
            process_peak / 1024
        );
        assert!(megabytes.contains(&(bytes / MB)), "{bytes}");
        assert!(builder_peak > 0, "the sampling saw nothing");
        assert!(builder_peak <= MIB, "the builder's peak is {builder_peak} bytes above idle");
        assert!(process_peak <= MIB, "the process's peak is {process_peak} bytes above idle");
    }
    daemon.shut_down().await.unwrap();
}

#[actix_rt::test]
async fn a_report_of_7_and_of_70_megabytes_costs_a_mebibyte_at_most() {
    reports_of(1_350, 6..8).await;
    reports_of(13_500, 65..75).await;
}
