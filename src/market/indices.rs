//! The `MarketIndices` actor: on every tick it fetches all indices, stores one snapshot, records its points, and
//! drops everything.
//!
//! Between two refreshes it holds its connections and its counters and no market data. A tick is a [`Refresh`] that
//! the actor sends to itself through its own link, so that a drain waits for it like for any other message.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, ResponseActFuture, WrapFuture};
use jiff::{SignedDuration, Timestamp};

use super::duty::{Duty, Tick};
use super::instruments::MarketInstruments;
use super::messages::{MarketStatus, Observe, Refresh, RefreshOutcome};
use super::model::{IndexReading, Snapshot, SourceOutcome};
use super::points::points;
use super::source::Sources;
use super::store::{IndexStore, StoreError};
use crate::clock::Clock;
use crate::persistence::PersistenceError;
use crate::persistence::messages::{Point, RecordIndices};
use crate::persistence::turn::Turns;
use crate::supervision::link::{Link, LinkError};
use crate::supervision::recipient::Recipient;

/// The actor. See the module's documentation.
pub struct MarketIndices {
    collector: Rc<Collector>,
    me: Link<Self>,
    status: MarketStatus,
}

/// What a refresh needs; shared with the refresh that is under way.
struct Collector {
    sources: Sources,
    store: Arc<dyn IndexStore>,
    history: Recipient<RecordIndices>,
    duty: Duty,
    instruments: MarketInstruments,
    clock: Clock,
    /// Nothing: only when somebody asks.
    every: Option<Duration>,
    ttl: Duration,
    /// Held by the refresh that is under way: two never overlap, whoever asked for them.
    pass: tokio::sync::Mutex<()>,
}

/// How a [`MarketIndices`] reaches the rest of the world.
pub struct Outlets {
    /// The actor's own link.
    pub me: Link<MarketIndices>,
    /// Where the snapshot is kept.
    pub store: Arc<dyn IndexStore>,
    /// Where the points go.
    pub history: Recipient<RecordIndices>,
    /// Which ticks are this replica's.
    pub turns: Turns,
    /// Where refreshes are counted.
    pub instruments: MarketInstruments,
}

impl MarketIndices {
    /// An actor that refreshes at once and then at every multiple of `every`, or without it only when it is asked to; a
    /// snapshot is served for `ttl`.
    #[doc(hidden)]
    pub fn new(
        sources: Sources,
        outlets: Outlets,
        clock: Clock,
        every: Option<Duration>,
        ttl: Duration,
    ) -> Self {
        let Outlets { me, store, history, turns, instruments } = outlets;
        let duty = Duty::new(turns, Arc::clone(&store));
        let pass = tokio::sync::Mutex::new(());
        let collector = Collector { sources, store, history, duty, instruments, clock, every, ttl, pass };
        let status = MarketStatus { refreshes: 0, refreshes_not_stored: 0, last: None };
        Self { collector: Rc::new(collector), me, status }
    }

    fn refreshed(&mut self, outcome: &RefreshOutcome) {
        if outcome.stored && self.status.last.as_ref().is_some_and(|last| !last.stored) {
            log::info!(event = "store-recovered"; "the index store takes snapshots again");
        }
        if outcome.stored {
            self.status.refreshes += 1;
        } else {
            self.status.refreshes_not_stored += 1;
        }
        self.status.last = Some(outcome.clone());
    }
}

impl Collector {
    async fn refresh(&self) -> RefreshOutcome {
        let _pass = self.pass.lock().await;
        let stopwatch = self.clock.stopwatch();
        // If the store is not to be had, it is said once: when it does not take the new snapshot either.
        let previous = self.store.latest().await.unwrap_or_default();
        let snapshot = Arc::new(self.sources.snapshot(previous.as_deref()).await);
        drop(previous);
        let points = points(&snapshot);
        let mut outcome = summary(&snapshot, points.len());
        log_failures(&snapshot.sources);
        let indices = outcome.indices_ok + outcome.indices_failed;
        self.instruments.refreshed(outcome.indices_ok, indices, &snapshot.sources);
        match self.store.put(snapshot, self.ttl).await {
            Ok(()) => outcome.stored = true,
            Err(error) => log_unstored(&error),
        }
        self.record(points).await;
        outcome.duration_ms = stopwatch.elapsed_ms();
        outcome
    }

    async fn record(&self, points: Vec<Point>) {
        if points.is_empty() {
            return;
        }
        let count = points.len();
        let answer = self.history.send(RecordIndices { points }).await;
        if let Some(fate) = unrecorded(count, answer) {
            log::warn!(event = "points-not-recorded", points = count; "{fate}");
        }
    }

    /// Refreshes for ever: at once, then at every multiple of the interval, each time after the work; what is another
    /// replica's turn is left to it.
    async fn tick(self: Rc<Self>, every: Duration, me: Link<MarketIndices>) {
        loop {
            let next = next_tick(self.clock.now(), every);
            if let Tick::Refresh(held) = self.duty.of_tick(tick_before(next, every), next).await {
                let refreshed = me.send(Refresh).await;
                if let Err(error) = &refreshed {
                    log::warn!(event = "refresh-not-done"; "a refresh was not done: {error}");
                }
                self.duty.refreshed(held, refreshed.is_ok_and(|outcome| outcome.stored)).await;
            }
            self.clock.sleep_until(next_tick(self.clock.now(), every)).await;
        }
    }
}

/// The first multiple of `every` (whole milliseconds), counted from the epoch, that lies after `now`.
fn next_tick(now: Timestamp, every: Duration) -> Timestamp {
    let every_ms = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
    let now_ms = now.as_nanosecond().div_euclid(1_000_000);
    let next_ms = (now_ms.div_euclid(i128::from(every_ms)) + 1) * i128::from(every_ms);
    i64::try_from(next_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(Timestamp::MAX)
}

/// The multiple of `every` before the one at `next`: the same for all replicas, whenever they were started.
fn tick_before(next: Timestamp, every: Duration) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    next.saturating_sub(every).unwrap_or(Timestamp::MIN)
}

/// What became of `count` points that are not in the history; nothing when they are.
fn unrecorded(count: usize, answer: Result<Result<(), PersistenceError>, LinkError>) -> Option<String> {
    let (fate, cause) = match answer {
        Ok(Ok(())) => return None,
        Ok(Err(error @ PersistenceError::NotFinite { .. })) => ("are lost", error.to_string()),
        // What the database refused is kept by the writer.
        Ok(Err(error)) => ("wait to be written", error.to_string()),
        // A writer that ends writes what it has taken, if it can.
        Err(error @ LinkError::Unanswered { .. }) => ("may be lost", error.to_string()),
        Err(error @ (LinkError::Closed { .. } | LinkError::NotTaken { .. })) => {
            ("are lost", error.to_string())
        }
    };
    Some(format!("{count} history points {fate}: {cause}"))
}

fn summary(snapshot: &Snapshot, points: usize) -> RefreshOutcome {
    let count = |found: usize| u32::try_from(found).unwrap_or(u32::MAX);
    let known = |index: &&IndexReading| index.reading.known().is_some();
    let indices_ok = count(snapshot.indices.iter().filter(known).count());
    let sources_ok = count(snapshot.sources.iter().filter(|source| source.error.is_none()).count());
    RefreshOutcome {
        sources_ok,
        sources_failed: count(snapshot.sources.len()) - sources_ok,
        indices_ok,
        indices_failed: count(snapshot.indices.len()) - indices_ok,
        points: count(points),
        stored: false,
        duration_ms: 0,
    }
}

fn log_failures(sources: &[SourceOutcome]) {
    for SourceOutcome { source, error, duration_ms } in sources {
        if let Some(error) = error {
            log::warn!(event = "source-failed", source = source.as_str(), duration_ms; "source {source} failed: {error}");
        }
    }
}

/// The snapshot is served all the same, by this process.
fn log_unstored(error: &StoreError) {
    match error {
        StoreError::Unavailable(_) => {
            log::warn!(event = "snapshot-not-shared"; "others cannot read the snapshot of this refresh, this process serves it: {error}");
        }
        StoreError::Corrupt(_) | StoreError::WrongType(_) => {
            log::error!(event = "snapshot-not-shared"; "others cannot read all of this refresh, this process serves it: {error}");
        }
    }
}

fn log_refresh(outcome: &RefreshOutcome) {
    let RefreshOutcome {
        sources_ok, sources_failed, indices_ok, indices_failed, points, duration_ms, ..
    } = outcome;
    let (sources, indices) = (sources_ok + sources_failed, indices_ok + indices_failed);
    log::info!(event = "refreshed", sources_ok, sources_failed, indices_ok, indices_failed, points, duration_ms;
        "refreshed {indices_ok} of {indices} indices, {sources_ok} of {sources} sources answered, in {duration_ms} ms");
}

impl Actor for MarketIndices {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some(every) = self.collector.every {
            ctx.spawn(Rc::clone(&self.collector).tick(every, self.me.clone()).into_actor(self));
        }
    }
}

impl Handler<Refresh> for MarketIndices {
    type Result = ResponseActFuture<Self, RefreshOutcome>;

    fn handle(&mut self, _: Refresh, _: &mut Self::Context) -> Self::Result {
        let collector = Rc::clone(&self.collector);
        let refresh = async move { collector.refresh().await };
        Box::pin(refresh.into_actor(self).map(|outcome, actor, _| {
            log_refresh(&outcome);
            actor.refreshed(&outcome);
            outcome
        }))
    }
}

impl Handler<Observe> for MarketIndices {
    type Result = MarketStatus;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        self.status.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_are_not_recorded_are_lost_or_wait() {
        let child: Arc<str> = "persistence".into();
        let not_finite = PersistenceError::NotFinite { series: "vnindex".to_owned(), value: f64::NAN };
        let table = [
            (
                Ok(Err(PersistenceError::Locked)),
                "3 history points wait to be written: the database is locked",
            ),
            (Ok(Err(PersistenceError::Database("full".to_owned()))), "3 history points wait to be written: "),
            (Ok(Err(not_finite)), "3 history points are lost: the point of series vnindex is NaN"),
            (Err(LinkError::Closed { child: Arc::clone(&child) }), "3 history points are lost: persistence"),
            (
                Err(LinkError::NotTaken { child: Arc::clone(&child), waited: Duration::from_secs(1) }),
                "3 history points are lost: persistence",
            ),
            (Err(LinkError::Unanswered { child }), "3 history points may be lost: persistence"),
        ];
        for (answer, expected) in table {
            let said = unrecorded(3, answer).unwrap();
            assert!(said.starts_with(expected), "{said}");
        }
        assert_eq!(unrecorded(3, Ok(Ok(()))), None);
    }

    #[test]
    fn ticks_are_aligned_to_the_clock_and_always_lie_ahead() {
        let table = [
            ("2026-03-02T02:00:00Z", "2026-03-02T02:03:00Z"),
            ("2026-03-02T02:00:00.001Z", "2026-03-02T02:03:00Z"),
            ("2026-03-02T02:02:59.999Z", "2026-03-02T02:03:00Z"),
            // To the nanosecond: replicas know a tick by its time.
            ("2026-03-02T02:02:59.123456789Z", "2026-03-02T02:03:00Z"),
            ("2026-03-02T02:03:00.000000001Z", "2026-03-02T02:06:00Z"),
            ("1969-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z"),
        ];
        for (now, expected) in table {
            let next = next_tick(now.parse().unwrap(), Duration::from_secs(180));
            assert_eq!(next, expected.parse().unwrap(), "{now}");
        }
    }
}
