//! What happens when a report is due: attempts within the window, receipts, and patience until the next time.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix::prelude::*;
use evenkeel::clock::Clock;
use evenkeel::config::ReportConfig;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::messages::StoredReport;
use evenkeel::persistence::replica::Replica;
use evenkeel::persistence::turn::Turns;
use evenkeel::report::auto::AutoReport;
use evenkeel::report::messages::{self, AutoReportStatus, BuildError, BuildReport, ObserveSchedule};
use evenkeel::report::schedule::Schedule;
use evenkeel::simulator::fault::Fault;
use evenkeel::simulator::source::SourceKind;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tempfile::TempDir;

mod common;
use common::house::House;
use common::{SOON, eventually};

evenkeel::install_allocator!();

/// Fails a given number of times, then succeeds; counts.
struct Builder {
    asked: Arc<AtomicU32>,
    failures: u32,
}

impl Actor for Builder {
    type Context = Context<Self>;
}

impl Handler<BuildReport> for Builder {
    type Result = Result<StoredReport, BuildError>;
    fn handle(&mut self, request: BuildReport, _: &mut Self::Context) -> Self::Result {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        if asked < self.failures {
            return Err(BuildError::Writing("not this time".to_owned()));
        }
        let created_at = Timestamp::UNIX_EPOCH;
        Ok(StoredReport { id: 1, edition: request.edition, created_at, artifacts: Vec::new() })
    }
}

struct Rig {
    auto: Link<AutoReport>,
    asked: Arc<AtomicU32>,
    _supervisor: SupervisorHandle,
    _directory: TempDir,
}

/// A report every ten minutes, due now; ten minutes pass in five seconds.
fn rig(failures: u32) -> Rig {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("market.db");
    Database::open(&Location::sqlite(&path, SOON)).unwrap().migrate().unwrap();
    let archive = Archive::open(&Location::sqlite(&path, SOON), 1).unwrap();
    let config = ReportConfig {
        every: Duration::from_secs(600),
        tolerance: Duration::from_secs(120),
        retry_after: Duration::from_secs(20),
        max_attempts: 3,
        ..ReportConfig::default()
    };
    let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), 120.0);
    let (auto, builder, keeper) =
        (Link::new("auto-report"), Link::new("report-builder"), Link::new("persistence"));
    let turns = Turns::new(&keeper, Replica::of_this_process(), Duration::from_secs(5), clock.clone());
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let recipient = builder.recipient();
    let supervisor = Supervisor::builder().without_monitor().start();
    let shared = clock.clone();
    let persistence =
        Child::fallible(&keeper, move || Persistence::new(&Location::sqlite(&path, SOON), shared.clone()));
    supervisor.supervise(persistence).unwrap();
    let builder = Child::new(&builder, move || Builder { asked: Arc::clone(&counter), failures });
    supervisor.supervise(builder).unwrap();
    let scheduler = Child::new(&auto, move || {
        let schedule = Schedule::every(config.every, &TimeZone::UTC);
        AutoReport::new(vec![(schedule, config.clone())], &recipient, &archive, &turns, &clock)
    });
    supervisor.supervise(scheduler).unwrap();
    Rig { auto, asked, _supervisor: supervisor, _directory: directory }
}

impl Rig {
    async fn until(&self, what: &str, condition: impl Fn(&AutoReportStatus) -> bool) -> AutoReportStatus {
        let look = async || Some(self.auto.send(ObserveSchedule).await.unwrap()).filter(&condition);
        eventually(SOON, what, look).await
    }
}

fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[actix_rt::test]
async fn a_report_that_fails_once_is_tried_again_within_its_window() {
    let rig = rig(1);
    let status = rig.until("the report", |status| status.reports == 1).await;
    assert_eq!(rig.asked.load(Ordering::SeqCst), 2);
    assert_eq!(status.failures_in_a_row, 0);
    let status =
        rig.until("the next due time", |status| status.next_due != time("2026-03-02T02:00:00Z")).await;
    assert_eq!(status.next_due, time("2026-03-02T02:10:00Z"));
}

#[actix_rt::test]
async fn after_three_failures_the_next_due_time_is_waited_for_and_tried_anew() {
    let rig = rig(4);
    let status = rig.until("three failures", |status| status.next_due == time("2026-03-02T02:10:00Z")).await;
    assert_eq!((status.reports, status.failures_in_a_row), (0, 3));
    assert_eq!(rig.asked.load(Ordering::SeqCst), 3);
    let status = rig.until("a report at the next time", |status| status.reports == 1).await;
    assert_eq!(status.failures_in_a_row, 0);
    assert_eq!(rig.asked.load(Ordering::SeqCst), 5);
}

#[actix_rt::test]
async fn a_scheduler_that_is_restarted_during_a_build_does_not_write_the_report_twice() {
    // Two minutes before the due time, which are three seconds.
    let clock = Clock::scaled("2026-03-02T01:58:00Z".parse().unwrap(), 40.0);
    let house = House::open_at(clock, |config| config.report.every = Duration::from_secs(3600)).await;
    house.exchange.faults().set(SourceKind::Coingecko, Fault::SlowBody { bytes: 1, pause_ms: 100 });
    let building =
        async || house.daemon.builder.send(messages::Observe).await.unwrap().building.then_some(());
    eventually(SOON, "the build", building).await;
    house.daemon.supervisor.drill("auto-report").await.unwrap();
    let replaced = async || (house.child("auto-report").await.generation == 2).then_some(());
    eventually(SOON, "a new scheduler", replaced).await;
    house.exchange.faults().clear_all();
    let idle = async || (!house.daemon.builder.send(messages::Observe).await.unwrap().building).then_some(());
    eventually(SOON, "the report", idle).await;
    // The due window closes five minutes after the due time.
    house.clock.sleep_until("2026-03-02T02:06:00Z".parse().unwrap()).await;
    assert_eq!(house.daemon.archive.count().unwrap(), 1);
}
