//! Writes into the log what a day came to: at midnight in the zone of the reports, and when the daemon ends.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;

use super::day::{ActorTally, Day, Tally};
use crate::clock::Clock;
use crate::memory::timeline::Range;
use crate::report::instruments::Instruments;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::memory_monitor::logbook::Logbook;

/// How long the supervisor may take to say how its actors are: the end of the daemon does not wait for long.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The diary of a running daemon. Its nightly entries end when it is dropped.
pub(super) struct Diary {
    writer: Rc<Writer>,
    nights: JoinHandle<()>,
}

/// Whom to ask, and what was known at the last entry.
pub(super) struct Writer {
    pub(super) supervisor: SupervisorHandle,
    pub(super) memory: Logbook,
    pub(super) instruments: Instruments,
    pub(super) editions: Vec<String>,
    pub(super) clock: Clock,
    pub(super) zone: TimeZone,
    pub(super) before: RefCell<Tally>,
}

impl Diary {
    /// Begins, on the current thread's runtime.
    pub(super) fn begin(writer: Writer) -> Self {
        let writer = Rc::new(writer);
        let nightly = Rc::clone(&writer);
        let nights = actix_rt::spawn(async move {
            loop {
                let midnight = next_midnight(nightly.clock.now(), &nightly.zone);
                nightly.clock.sleep_until(midnight).await;
                nightly.write().await;
            }
        });
        Self { writer, nights }
    }

    /// The last entry: of the day so far.
    pub(super) async fn close(self) {
        self.nights.abort();
        self.writer.write().await;
    }
}

impl Drop for Diary {
    fn drop(&mut self) {
        self.nights.abort();
    }
}

impl Writer {
    async fn write(&self) {
        let now = self.tally().await;
        let before = self.before.replace(now.clone());
        let day = Day::between(&before, &now, self.rss(before.at, now.at));
        let growth: serde_json::Map<String, serde_json::Value> =
            day.actors.iter().map(|actor| (actor.name.clone(), actor.growth.into())).collect();
        let [refreshes_complete, refreshes_partial, refreshes_failed] = day.refreshes;
        let [reports_stored, reports_failed] = day.reports;
        let [restarts_memory, restarts_crash, restarts_requested] = day.restarts;
        let (rss_low_bytes, rss_high_bytes) = day.rss.unzip();
        log::info!(
            event = "day-summary", from:% = day.from, to:% = day.to,
            refreshes_complete, refreshes_partial, refreshes_failed, reports_stored, reports_failed,
            restarts_memory, restarts_crash, restarts_requested, rss_low_bytes:serde, rss_high_bytes:serde,
            growth_bytes:serde = growth, table = day.table().as_str();
            "{}", day.sentence(&self.zone)
        );
    }

    async fn tally(&self) -> Tally {
        let status = tokio::time::timeout(ANSWER_WITHIN, self.supervisor.status()).await;
        let memory = self.memory.status();
        let children = status.ok().and_then(Result::ok).map(|status| status.children).unwrap_or_default();
        Tally {
            at: self.clock.now(),
            refreshes: self.instruments.market.refreshes(),
            reports: self.instruments.report.reports(self.editions.iter().map(String::as_str)),
            actors: children.iter().map(|child| ActorTally::of(child, memory.as_ref())).collect(),
        }
    }

    /// The lowest and the highest resident set, as far as the timeline of a day reaches back.
    fn rss(&self, from: Timestamp, to: Timestamp) -> Option<(u64, u64)> {
        let stretch = self.memory.stretch(Range::Day, to);
        let points = || stretch.points.iter().filter(|point| point.at_ms >= from.as_millisecond());
        let low = points().filter_map(|point| point.low).min()?;
        Some((low, points().filter_map(|point| point.rss).max()?))
    }
}

/// The end of the day in which `now` lies.
fn next_midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let tomorrow =
        now.to_zoned_datetime(zone.clone()).tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    tomorrow.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_of_its_zone_also_where_the_clocks_change() {
        let night = |now: &str, zone: &str| {
            next_midnight(now.parse().unwrap(), &TimeZone::get(zone).unwrap()).to_string()
        };
        assert_eq!(night("2026-03-02T02:00:00Z", "Asia/Ho_Chi_Minh"), "2026-03-02T17:00:00Z");
        assert_eq!(night("2026-03-02T17:00:00Z", "Asia/Ho_Chi_Minh"), "2026-03-03T17:00:00Z");
        assert_eq!(night("2026-03-29T00:30:00Z", "Europe/Berlin"), "2026-03-29T22:00:00Z", "23 hours");
    }
}
