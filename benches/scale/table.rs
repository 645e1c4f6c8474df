//! Tables in Markdown, and what the process holds.

use std::time::Duration;

use evenkeel::memory::arena::Arenas;

use crate::common::footprint;

pub(crate) fn head(title: &str, columns: &[&str]) {
    println!("\n{title}\n\n| {} |\n|{}", columns.join(" | "), " ---: |".repeat(columns.len()));
}

pub(crate) fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// What is resident after the allocator has given back what it holds in reserve.
pub(crate) async fn idle() -> u64 {
    let arenas = Arenas::probe().unwrap();
    let mut lowest = u64::MAX;
    for _ in 0..5 {
        // Threads without work end within a tenth of a second.
        tokio::time::sleep(Duration::from_millis(100)).await;
        arenas.purge_all().unwrap();
        lowest = lowest.min(footprint::resident());
    }
    lowest
}
