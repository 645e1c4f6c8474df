//! The course of a soak: from rest to rest, an hour a line.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::before::Before;
use super::error::SoakError;
use super::exchange::Exchange;
use super::hour::{Hour, Writer};
use super::plan::Plan;
use crate::clock::{Clock, Hand};
use crate::daemon::{Circumstances, Daemon, Extent};
use crate::market::messages::Observe as ObserveMarket;
use crate::memory::arena::Arenas;
use crate::memory::probe;
use crate::persistence::messages::Observe as ObservePersistence;
use crate::supervision::BLOCKING_KEEP_ALIVE;

/// Who sleeps on the clock while nothing is to be done: the refreshes, the schedule, the monitor, the daily removal, the
/// diary.
const SLEEPERS: usize = 5;

/// How long work may take, in real time.
const RESTLESS_AFTER: Duration = Duration::from_secs(300);

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A soak under way.
struct Course {
    exchange: Exchange,
    daemon: Daemon,
    clock: Clock,
    hand: Hand,
    /// In seconds.
    refresh_every: i64,
    arenas: Option<Arenas>,
    before: Option<Before>,
    record: Writer,
    hour: Hour,
    hour_ends: Timestamp,
    /// How many reports there were at the last look.
    reports_seen: u64,
}

/// Runs a soak to its end; `after_hour` is told of every hour.
///
/// # Errors
/// See [`SoakError`]; the hours up to there are written down.
pub async fn run(mut plan: Plan, after_hour: &mut dyn FnMut(&Hour)) -> Result<(), SoakError> {
    let written = |reason| SoakError::Record { path: plan.record.clone(), reason };
    let record = Writer::create(&plan.record).map_err(written)?;
    let coins = plan.config.report.constituents;
    let refresh_every = i64::try_from(plan.config.market.refresh_every.as_secs()).unwrap_or(i64::MAX).max(1);
    let exchange = Exchange::start(&plan.program, coins, plan.start, &mut plan.config.market.sources)?;
    let (clock, hand) = Clock::stepped(plan.start);
    let before = plan.before.then(|| Before::with(exchange.address(), plan.config.redis.url.as_ref()));
    let keepsakes = before.iter().flat_map(Before::keepsakes);
    let laboratory = plan.laboratory.with_keepsakes(keepsakes);
    let circumstances = Circumstances { laboratory, ..Circumstances::default() };
    let daemon = Daemon::start_under(circumstances, plan.config, clock.clone(), Extent::Whole)?;
    let (hour, hour_ends) = (begun(1), plan.start + HOUR);
    let arenas = Arenas::probe().ok();
    let mut course = Course {
        exchange,
        daemon,
        clock,
        hand,
        refresh_every,
        arenas,
        before,
        record,
        hour,
        hour_ends,
        reports_seen: 0,
    };
    while course.hour.number <= plan.days * 24 {
        if let Some(hour) = course.step().await? {
            course.record.write(&hour).map_err(written)?;
            after_hour(&hour);
        }
    }
    let ended = course.daemon.shut_down().await.map_err(|error| SoakError::Ended(error.to_string()))?;
    match ended.cut_short.as_slice() {
        [] => Ok(()),
        cut => Err(SoakError::Ended(format!("{} had to be cut short", cut.join(", ")))),
    }
}

fn begun(number: u32) -> Hour {
    // The kernel counts the peak anew; where it does not, peaks only ever rise.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    Hour { number, rss_low: u64::MAX, ..Hour::default() }
}

impl Course {
    /// Waits for rest, looks, and sets the clocks forward. The hour that is over, if one is.
    async fn step(&mut self) -> Result<Option<Hour>, SoakError> {
        let rest = tokio::time::timeout(RESTLESS_AFTER, self.hand.next(SLEEPERS)).await;
        let restless = |_| SoakError::Restless { at: self.clock.now(), waited_s: RESTLESS_AFTER.as_secs() };
        let next = rest.map_err(restless)?;
        if let Some(fault) = self.daemon.supervisor.fault() {
            let (child, cause) = (fault.child, fault.root_cause);
            return Err(SoakError::Ended(format!("it gave up on {child}: {cause}")));
        }
        if next.as_second().rem_euclid(self.refresh_every) == 0 {
            self.look().await?;
        }
        let over = if next > self.hour_ends { Some(self.end_of_hour().await?) } else { None };
        self.exchange.set_time(next)?;
        self.hand.advance_to(next);
        Ok(over)
    }

    /// Just before a refresh, and as long as possible after the one before, like somebody who looks at an idle daemon.
    /// In three minutes the blocking threads that made a report would have ended, and the allocator would have given
    /// its unused pages back; here none have passed.
    async fn look(&mut self) -> Result<(), SoakError> {
        let stored = self.daemon.persistence.send(ObservePersistence).await;
        let reports = stored.map_err(|error| SoakError::Ended(error.to_string()))?.reports_committed;
        let is_new = reports != std::mem::replace(&mut self.reports_seen, reports);
        if let Some(before) = &self.before {
            before.after_refresh(&self.daemon.store).await;
            if is_new {
                before.after_report(&self.daemon.archive).await;
            }
        }
        if is_new {
            tokio::time::sleep(BLOCKING_KEEP_ALIVE * 3 / 2).await;
        }
        if let Some(Err(error)) = self.arenas.as_ref().map(Arenas::purge_all) {
            log::debug!("unused pages stay: {error}");
        }
        if let Ok(rss) = probe::process_rss() {
            self.hour.rss_low = self.hour.rss_low.min(rss);
            self.hour.rss_high = self.hour.rss_high.max(rss);
        }
        Ok(())
    }

    async fn end_of_hour(&mut self) -> Result<Hour, SoakError> {
        let gone = |error: &dyn std::fmt::Display| SoakError::Ended(error.to_string());
        let status = self.daemon.supervisor.status().await.map_err(|error| gone(&error))?;
        let market = self.daemon.market.send(ObserveMarket).await.map_err(|error| gone(&error))?;
        let stored = self.daemon.persistence.send(ObservePersistence).await.map_err(|error| gone(&error))?;
        let hour = &mut self.hour;
        for (place, name) in Daemon::ACTORS.iter().enumerate() {
            let Some(child) = status.children.iter().find(|child| child.name == **name) else { continue };
            let usage = child.memory.unwrap_or_default();
            hour.actors[place] = usage.resident;
            hour.allocated += usage.allocated;
            hour.restarts += child.generation.saturating_sub(1);
        }
        hour.refreshes = market.refreshes + market.refreshes_not_stored;
        hour.refreshes_not_stored = market.refreshes_not_stored;
        hour.reports = stored.reports_committed;
        hour.connections = self.daemon.store.connections_opened() + self.daemon.archive.connections_opened();
        hour.peak = peak().unwrap_or_default();
        let next = begun(hour.number + 1);
        self.hour_ends += HOUR;
        Ok(std::mem::replace(&mut self.hour, next))
    }
}

/// The most resident memory since the count was begun, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}
