//! Reports: larger ones, and more of them.

use std::time::Duration;

use actix::System;
use evenkeel::clock::Clock;
use evenkeel::config::EditionConfig;
use evenkeel::daemon::{Daemon, Extent};
use evenkeel::market::messages::Refresh;
use evenkeel::persistence::messages::StoredReport;
use evenkeel::report::messages::{BuildReport, Progress};
use tempfile::TempDir;

use crate::common::exchange::Apart;
use crate::common::footprint;
use crate::common::house::quiet;
use crate::table::{head, idle, mib, row};

/// Ample for the exchange to make up its list.
const PATIENCE: Duration = Duration::from_secs(120);

/// A daemon that does only what it is asked to, with its files on a disk and its exchange in another process.
pub(crate) struct Bench {
    pub(crate) daemon: Daemon,
    _exchange: Apart,
    pub(crate) directory: TempDir,
}

impl Bench {
    pub(crate) async fn of(constituents: u32) -> Self {
        Self::with_editions(constituents, 0).await
    }

    /// The same with further editions: `edition-1` and so on.
    pub(crate) async fn with_editions(constituents: u32, editions: u32) -> Self {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut config = quiet(&directory);
        config.report.constituents = constituents;
        let further = (1..=editions).map(|number| (format!("edition-{number}"), EditionConfig::default()));
        config.report.editions = further.collect();
        let exchange = Apart::start(&directory, constituents, &mut config);
        for source in config.market.sources.each_mut() {
            source.min_interval = Duration::ZERO;
            source.time_limit = PATIENCE;
        }
        let daemon = Daemon::start(config, Clock::system(), Extent::Whole).unwrap();
        daemon.market.send(Refresh).await.unwrap();
        Self { daemon, _exchange: exchange, directory }
    }

    pub(crate) async fn report(&self, edition: &str) -> (StoredReport, Duration) {
        let stopwatch = Clock::system().stopwatch();
        let progress = Progress::default();
        let build = BuildReport { edition: edition.to_owned(), progress, slot: None };
        let report = self.daemon.builder.send(build).await.unwrap().unwrap();
        (report, stopwatch.elapsed())
    }
}

/// Reports of so many rows each, in a daemon of their own.
pub(crate) fn sizes(rows: &[u32]) {
    head("Larger reports", &["report", "rows", "RSS before", "peak above it", "RSS after", "time"]);
    for rows in rows {
        System::new().block_on(async {
            let bench = Bench::of(*rows).await;
            // The first one fills caches and connections that stay.
            bench.report("market").await;
            let before = idle().await;
            footprint::forget_peak();
            let (report, took) = bench.report("market").await;
            let peak = footprint::peak().saturating_sub(before);
            let after = idle().await;
            row(&[
                format!("{:.1} MB", report.total_bytes() as f64 / 1e6),
                rows.to_string(),
                mib(before),
                mib(peak),
                mib(after),
                format!("{:.2} s", took.as_secs_f64()),
            ]);
            bench.daemon.shut_down().await.unwrap();
        });
    }
}

/// A report of each of so many editions, in one daemon.
pub(crate) fn editions(counts: &[u32], rows: u32) {
    head("More editions", &["editions", "RSS", "highest peak above the first RSS", "time a report"]);
    System::new().block_on(async {
        let bench = Bench::with_editions(rows, counts.iter().copied().max().unwrap_or(0)).await;
        bench.report("market").await;
        let (first, mut done) = (idle().await, 0);
        footprint::forget_peak();
        let mut spent = Duration::ZERO;
        for count in counts {
            while done < *count {
                done += 1;
                spent += bench.report(&format!("edition-{done}")).await.1;
            }
            let peak = footprint::peak().saturating_sub(first);
            let took = spent / done;
            row(&[done.to_string(), mib(idle().await), mib(peak), format!("{} ms", took.as_millis())]);
        }
        bench.daemon.shut_down().await.unwrap();
    });
}
