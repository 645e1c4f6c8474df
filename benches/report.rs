//! What the time of a report goes into, and its memory: the full edition, a thousand coins in both languages with every chart,
//! from a simulated exchange in a process of its own into SQLite on a disk.
//!
//! `cargo bench --bench report` prints the medians of 15 reports; without `--bench`, as under `cargo test --all-targets`, it
//! builds two small ones.

#![allow(clippy::unwrap_used, missing_docs)] // what fails here fails the benchmark
#![allow(dead_code)] // another benchmark uses the rest

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "scale/reports.rs"]
mod reports;
#[path = "scale/table.rs"]
mod table;

use actix::System;
use evenkeel::report::messages::Observe;
use evenkeel::report::phases::Phases;

use common::footprint;
use reports::Bench;
use table::{head, idle, mib, row};

evenkeel::install_allocator!();

/// What the builder may take above what the daemon is between two reports.
const BOUND: u64 = 2 << 20;

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rows, rounds) = if is_bench { (1000, 15) } else { (60, 2) };
    System::new().block_on(run(rows, rounds));
}

async fn run(rows: u32, rounds: u32) {
    let bench = Bench::of(rows).await;
    // The first two fill caches and connections that stay, and give the next one something to compare with.
    for _ in 0..2 {
        bench.report("market").await;
    }
    let (mut phases, mut took, mut peaks, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let before = idle().await;
        footprint::forget_peak();
        let (report, duration) = bench.report("market").await;
        peaks.push(footprint::peak().saturating_sub(before));
        took.push(u64::try_from(duration.as_micros()).unwrap());
        phases.push(bench.daemon.builder.send(Observe).await.unwrap().phases.unwrap());
        bytes = report.total_bytes();
    }
    bench.daemon.shut_down().await.unwrap();

    head("Where the time of a report goes", &["phase", "median", "share"]);
    let whole = median(took);
    let of = |name: &str, part: fn(&Phases) -> u64| {
        let part = median(phases.iter().map(part).collect());
        let share = format!("{:.0} %", part as f64 / whole as f64 * 100.0);
        row(&[name.to_owned(), format!("{:.1} ms", part as f64 / 1e3), share]);
    };
    of("fetch", |phases| phases.fetch_us);
    of("analytics", |phases| phases.analytics_us);
    of("render", |phases| phases.render_us);
    of("persist", |phases| phases.persist_us);
    row(&["whole".to_owned(), format!("{:.1} ms", whole as f64 / 1e3), "100 %".to_owned()]);

    let highest = peaks.iter().copied().max().unwrap_or(0);
    println!(
        "\n{rows} coins, {:.1} MB, {rounds} reports: highest peak above idle {}",
        bytes as f64 / 1e6,
        mib(highest)
    );
    assert!(highest <= BOUND, "the peak is {highest} bytes above idle");
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}
