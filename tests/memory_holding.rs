//! A builder that keeps 7 MB of every report: it is restarted, the process is as small as it was, no report is lost.
//!
//! One test, so that the process is its own; the exchange runs in a process of its own, so that what it needs to
//! answer is not counted.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::collections::BTreeSet;
use std::time::Duration;

use evenkeel::daemon::{Circumstances, Daemon, Extent};
use evenkeel::laboratory::{Ailment, Laboratory};
use evenkeel::market::messages::Refresh;
use evenkeel::memory::policy::Leg;
use evenkeel::memory::record::{Action, Reason, Record, Wish};
use evenkeel::report::messages::{BuildReport, Progress};
use evenkeel::supervision::status::ChildState;
use tempfile::TempDir;

mod common;
use common::exchange::Apart;
use common::house::quiet;
use common::proving::{fast, watchful};
use common::{SOON, eventually, footprint};

evenkeel::install_allocator!();

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const LEAK: &str = "report-builder=7MB/message,hold";

/// What happened to the process.
#[derive(Debug)]
struct Story {
    /// The resident set before the first report that counts, and after the last one.
    start: u64,
    end: u64,
    /// Reports that were asked for from the first on, and the receipts that came, by id.
    asked: usize,
    receipts: Vec<i32>,
    /// Reports in the archive.
    archived: Vec<i32>,
    /// Restarts because of memory, by child.
    restarts: Vec<(String, u64)>,
    records: Vec<Record>,
}

impl Story {
    /// What an operator was promised.
    fn is_as_promised(&self) -> Result<(), String> {
        let builder = |(name, restarts): &(String, u64)| *restarts == u64::from(name == "report-builder");
        if !self.restarts.iter().all(builder) {
            return Err(format!("restarted because of memory: {:?}", self.restarts));
        }
        if self.end > self.start + MIB {
            return Err(format!("{} bytes at the start, {} at the end", self.start, self.end));
        }
        let ids = |ids: &[i32]| ids.iter().copied().collect::<BTreeSet<_>>();
        let once = ids(&self.receipts).len() == self.asked && self.archived.len() == self.asked;
        if !once || ids(&self.receipts) != ids(&self.archived) {
            let (receipts, archived) = (&self.receipts, &self.archived);
            return Err(format!("{} reports asked for: {receipts:?}, {archived:?}", self.asked));
        }
        let acted: Vec<&Record> = self.records.iter().filter(|record| record.is_restart()).collect();
        let [record] = acted[..] else { return Err(format!("{:?}", self.records)) };
        let outcome = record.outcome.as_ref().ok_or("no outcome")?;
        let growth = outcome.floor_before.saturating_sub(outcome.floor_after);
        let said = (record.child.as_str(), &record.action, record.leg, outcome.helped);
        // Pages in the caches of connections that others read with too.
        let leak_out = outcome.leak_out.ok_or("no leak-out")?;
        let proven = record.evidence.growth.is_some_and(|bytes| bytes > 0)
            && record.evidence.p.is_some_and(|p| p < 0.01)
            && record.floors.len() > 1;
        match said == ("report-builder", &Action::Restart, Leg::Trend, true)
            && proven
            && growth > 7 * MIB
            && leak_out < 256 * KIB
            && outcome.resident_after < 4 * MIB
        {
            true => Ok(()),
            false => Err(format!("{record:?}")),
        }
    }
}

struct Scene {
    daemon: Daemon,
    laboratory: Laboratory,
    asked: usize,
    receipts: Vec<i32>,
    _exchange: Apart,
    _directory: TempDir,
}

impl Scene {
    async fn open(dry_run: bool) -> Self {
        let directory = TempDir::new().unwrap();
        let mut config = quiet(&directory);
        config.report.constituents = 400;
        config.memory = watchful();
        config.memory.dry_run = dry_run;
        let exchange = Apart::start(&directory, 1000, &mut config);
        let laboratory = Laboratory::new([Ailment::parse(LEAK, Daemon::ACTORS).unwrap()]);
        let circumstances = Circumstances { laboratory: laboratory.clone(), ..Circumstances::default() };
        let daemon = Daemon::start_under(circumstances, config, fast(), Extent::Whole).unwrap();
        daemon.market.send(Refresh).await.unwrap();
        Self { daemon, laboratory, asked: 0, receipts: vec![], _exchange: exchange, _directory: directory }
    }

    /// A report, and no other one before the monitor has measured 25 times: a dozen reports prove a leak as well as
    /// 200 do.
    async fn report(&mut self) {
        let ticks = || self.daemon.memory.status().map_or(0, |status| status.ticks);
        let before = ticks();
        self.asked += 1;
        let request = BuildReport { edition: "market".to_owned(), progress: Progress::default(), slot: None };
        self.receipts.push(self.daemon.builder.send(request).await.unwrap().unwrap().id);
        eventually(SOON, "25 measurements", async || (ticks() >= before + 25).then_some(())).await;
    }

    /// The first report fills caches and connections that stay; a new builder then is what it is for months. One report proves
    /// no growth, however long it takes: the monitor is not faster than this.
    async fn settle_in(&mut self) {
        self.report().await;
        self.daemon.supervisor.restart("report-builder").await.unwrap();
        self.renewed(1).await;
    }

    /// Waits until the builder's generation after `generation` is there; returns its number.
    async fn renewed(&self, generation: u64) -> u64 {
        eventually(SOON, "the builder's next generation", async || {
            let status = self.daemon.supervisor.status().await.unwrap();
            let builder = status.children.into_iter().find(|child| child.name == "report-builder").unwrap();
            let is_there = builder.state == ChildState::Running && builder.generation > generation;
            is_there.then_some(builder.generation)
        })
        .await
    }

    /// The resident set once the allocator has given back what it is going to: no fall in ten looks. Without what the
    /// laboratory has the builder's `generation` hold: the restart may fall between two reports.
    async fn size(&self, generation: u64) -> u64 {
        let (mut lowest, mut looks) = (u64::MAX, 0);
        while looks < 10 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = footprint::resident();
            looks = if now < lowest { 0 } else { looks + 1 };
            lowest = lowest.min(now);
        }
        lowest.saturating_sub(self.laboratory.bytes("report-builder", generation).unwrap())
    }

    fn has(&self, action: &Action) -> bool {
        self.daemon.memory.ledger().records().iter().any(|record| record.action == *action)
    }

    async fn end(self, start: u64, end: u64) -> Story {
        let status = self.daemon.supervisor.status().await.unwrap();
        let restarts = status.children.into_iter().map(|child| (child.name, child.memory_restarts)).collect();
        let archived = self.daemon.archive.list(1000, None).unwrap();
        let story = Story {
            start,
            end,
            asked: self.asked,
            receipts: self.receipts,
            archived: archived.into_iter().map(|report| report.id).collect(),
            restarts,
            records: self.daemon.memory.ledger().records(),
        };
        self.daemon.shut_down().await.unwrap();
        story
    }
}

#[actix_rt::test]
async fn what_a_builder_holds_comes_back_and_without_the_monitor_it_does_not() {
    let mut scene = Scene::open(false).await;
    scene.settle_in().await;
    let start = scene.size(2).await;
    let enough = scene.asked + 1000;
    while !scene.has(&Action::Restart) {
        assert!(scene.asked < enough, "{:?}", scene.daemon.memory.status());
        scene.report().await;
    }
    let generation = scene.renewed(2).await;
    eventually(SOON, "the outcome is known", async || {
        scene.daemon.memory.ledger().records().iter().any(|record| record.outcome.is_some()).then_some(())
    })
    .await;
    let end = scene.size(generation).await;
    let reports_before = scene.asked;
    // Life goes on.
    scene.report().await;
    let story = scene.end(start, end).await;
    println!("{} reports, {start} bytes at the start, {end} at the end", story.asked);
    story.records.iter().for_each(|record| println!("{record}"));
    assert_eq!(story.is_as_promised(), Ok(()));

    // The same with a monitor that acts on nothing: a check that would not notice it would be worth nothing.
    let mut scene = Scene::open(true).await;
    scene.settle_in().await;
    let start = scene.size(2).await;
    let held = Action::HeldBack { instead_of: Wish::Restart, reason: Reason::DryRun };
    while scene.asked < reports_before || !scene.has(&held) {
        assert!(scene.asked < enough, "{:?}", scene.daemon.memory.status());
        scene.report().await;
    }
    let end = footprint::resident();
    let mut story = scene.end(start, end).await;
    println!("dry run: {} reports, {start} bytes at the start, {end} at the end", story.asked);
    // All but the first report's, which the builder before this one took with it.
    let held = 7_000_000 * (story.asked as u64 - 1);
    assert!(held > 7 * MIB && end > start + held / 10 * 9, "{start} and {end}, of which {held} are held");
    assert!(story.is_as_promised().is_err());
    // Neither would it be if it only counted restarts.
    story.restarts.iter_mut().filter(|(name, _)| name == "report-builder").for_each(|it| it.1 = 1);
    let error = story.is_as_promised().unwrap_err();
    assert!(error.contains("at the start"), "{error}");
}
