//! `evenkeel report now`: fetches the market and writes one report, with the actors of the daemon.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::{logging, system};
use crate::clock::Clock;
use crate::daemon::{Daemon, Extent};
use crate::market::messages::Refresh;
use crate::persistence::messages::StoredReport;
use crate::report::messages::{BuildReport, Progress};

/// How often the bar is drawn.
const REDRAW: Duration = Duration::from_millis(100);

pub(super) fn now(options: &Options, edition: Option<String>) -> Result<(), Failure> {
    let loaded = system::load(options)?;
    let clock = Clock::system();
    let filter = if std::io::stderr().is_terminal() { logging::QUIET } else { logging::DAEMON };
    let log = system::begin_log(options, &clock, &loaded, filter);
    let report = system::block_on(async {
        let edition = edition.unwrap_or_else(|| loaded.config.report.edition.clone());
        let daemon = Daemon::start(loaded.config, clock, Extent::OneReport)?;
        let written = write(&daemon, edition).await;
        let ended = system::end(daemon).await;
        written.and_then(|report| ended.map(|()| report))
    });
    log.settle();
    let report = report?;
    let (id, bytes) = (report.id, report.total_bytes());
    print(&format!("report {id}: {bytes} bytes\n  evenkeel report export {id} --lang vi --out report.html\n"))
}

async fn write(daemon: &Daemon, edition: String) -> Result<StoredReport, Failure> {
    // Drawn on a terminal only; elsewhere the log tells the same.
    let bar = ProgressBar::new_spinner().with_message("fetching the market");
    bar.enable_steady_tick(REDRAW);
    let refreshed = daemon.market.send(Refresh).await.map_err(Failure::failed)?;
    if refreshed.indices_failed > 0 {
        let indices = refreshed.indices_ok + refreshed.indices_failed;
        log::warn!(
            event = "indices-missing"; "{} of {indices} indices could not be had; the report says which",
            refreshed.indices_failed
        );
    }
    let progress = Progress::default();
    let building = daemon.builder.send(BuildReport { edition, progress: progress.clone(), slot: None });
    tokio::pin!(building);
    let built = loop {
        tokio::select! {
            built = &mut building => break built,
            () = tokio::time::sleep(REDRAW) => draw(&bar, &progress),
        }
    };
    bar.finish_and_clear();
    built.map_err(Failure::failed)?.map_err(Failure::failed)
}

fn draw(bar: &ProgressBar, progress: &Progress) {
    let (done, total) = progress.get();
    if total > 0 && bar.length().is_none() {
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} sections, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message("building the report");
        bar.set_length(u64::from(total));
    }
    bar.set_position(u64::from(done));
}
