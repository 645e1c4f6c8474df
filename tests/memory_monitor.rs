//! The memory monitor as an operator meets it: real actors, real memory, compressed time.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails fails its test")]

use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;
use evenkeel::clock::Clock;
use evenkeel::config::{LimitsConfig, MemoryConfig};
use evenkeel::memory::arena::Arenas;
use evenkeel::memory::policy::{Evidence, Leg};
use evenkeel::memory::record::{Action, PROCESS, Reason, Record, Wish};
use evenkeel::memory::status::MemoryStatus;
use evenkeel::supervision::departure::Leaving;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::memory_monitor::logbook::Logbook;
use evenkeel::supervision::memory_monitor::whole_process::WholeProcess;
use evenkeel::supervision::status::ChildState;
use evenkeel::supervision::supervisor::Supervisor;

mod common;
use common::keeper::{Forget, Keep, Keeper, Make, keeper};
use common::worker::quick;
use common::{SOON, eventually};

evenkeel::install_allocator!();

const MIB: usize = 1 << 20;
/// A tick every 20 ms.
const SPEED: f64 = 500.0;

struct Rig {
    keepers: Vec<Link<Keeper>>,
    supervisor: SupervisorHandle,
    logbook: Logbook,
}

fn config(limited: &[&str]) -> MemoryConfig {
    let limits = LimitsConfig { soft: None, hard: Some(ByteSize::mib(24)) };
    MemoryConfig {
        // Nothing is judged by what it held at first: these tests are about limits that are configured.
        warm_up: Duration::from_secs(1_000_000),
        limits: limited.iter().map(|name| ((*name).to_owned(), limits)).collect(),
        ..MemoryConfig::default()
    }
}

fn rig_with(config: MemoryConfig, names: &[&str], arenas: Option<Arenas>, logbook: Logbook) -> Rig {
    let clock = Clock::scaled("2026-03-02T02:00:00Z".parse().unwrap(), SPEED);
    let keepers: Vec<Link<Keeper>> = names.iter().map(|name| Link::new(name)).collect();
    let supervisor = Supervisor::builder()
        .clock(&clock)
        .config(quick())
        .memory(config)
        .arenas(arenas)
        .logbook(logbook.clone())
        // Tests run side by side in one process.
        .process(WholeProcess::Judged)
        .start();
    for link in &keepers {
        supervisor.supervise(keeper(link)).unwrap();
    }
    Rig { keepers, supervisor, logbook }
}

fn rig(config: MemoryConfig, names: &[&str]) -> Rig {
    let logbook = Logbook::in_memory(&config);
    rig_with(config, names, Some(Arenas::probe().unwrap()), logbook)
}

impl Rig {
    /// `from` allocates, `by` keeps.
    async fn hold(&self, from: usize, by: usize, bytes: usize) {
        let made = self.keepers[from].send(Make(bytes)).await.unwrap();
        self.keepers[by].send(Keep(made)).await.unwrap();
    }

    async fn until(&self, what: &str, condition: impl Fn(&[Record]) -> bool) -> Vec<Record> {
        eventually(SOON, what, async || Some(self.logbook.ledger().records()).filter(|it| condition(it)))
            .await
    }

    async fn ticks(&self, count: usize) {
        for _ in 0..count {
            self.supervisor.look().await.unwrap();
        }
    }

    async fn status(&self) -> MemoryStatus {
        self.supervisor.look().await.unwrap();
        self.supervisor.memory().unwrap()
    }
}

fn settled(records: &[Record], count: usize) -> bool {
    records.iter().filter(|record| record.outcome.is_some()).count() >= count
}

fn actions(records: &[Record]) -> Vec<(&str, Action)> {
    records.iter().map(|record| (record.child.as_str(), record.action.clone())).collect()
}

#[actix_rt::test]
async fn a_child_that_holds_too_much_is_restarted_and_the_record_says_what_came_back() {
    let rig = rig(config(&["a"]), &["a", "b"]);
    rig.hold(0, 0, 32 * MIB).await;
    rig.hold(1, 1, 32 * MIB).await;
    let records = rig.until("the restart is recorded with its outcome", |it| settled(it, 1)).await;
    assert_eq!(actions(&records), [("a", Action::Restart)]);
    let record = &records[0];
    let outcome = record.outcome.as_ref().unwrap();
    assert_eq!((record.leg, record.generation, outcome.helped), (Leg::Hard, 1, true));
    assert!(outcome.floor_before >= 32 * MIB as u64 && outcome.floor_after < MIB as u64, "{outcome:?}");
    assert!(outcome.resident_after < 2 * MIB as u64, "{outcome:?}");
    assert!(outcome.leak_out.unwrap() < 64 * 1024, "{outcome:?}");
    let status = rig.status().await;
    let of = |name: &str| status.children.iter().find(|child| child.name == name).unwrap();
    assert_eq!((of("a").generation, of("a").memory_restarts, of("a").leak_out), (2, 1, outcome.leak_out));
    assert_eq!((of("b").generation, of("b").memory_restarts), (1, 0));
    assert!(of("b").live.unwrap() >= 32 * MIB as u64);
    let sum: i64 = status.children.iter().map(|child| child.rss.unwrap().cast_signed()).sum();
    let known = sum + status.elsewhere.cast_signed() + status.unattributed.unwrap();
    assert_eq!(known, status.process.unwrap().rss.cast_signed());
    assert!(status.instrument.available && status.instrument.charged, "{:?}", status.instrument);
}

#[actix_rt::test]
async fn a_dry_run_says_once_what_it_would_do_and_does_nothing() {
    let rig = rig(MemoryConfig { dry_run: true, ..config(&["a"]) }, &["a"]);
    rig.hold(0, 0, 32 * MIB).await;
    rig.until("the decision is recorded", |it| !it.is_empty()).await;
    rig.ticks(20).await;
    let held = Action::HeldBack { instead_of: Wish::Restart, reason: Reason::DryRun };
    assert_eq!(actions(&rig.logbook.ledger().records()), [("a", held)]);
    let status = rig.status().await;
    assert_eq!((status.children[0].generation, status.dry_run), (1, true));
}

#[actix_rt::test]
async fn a_near_miss_is_recorded_once() {
    let rig = rig(config(&["a"]), &["a"]);
    rig.hold(0, 0, 23 * MIB).await;
    rig.until("the near miss is recorded", |it| !it.is_empty()).await;
    rig.ticks(20).await;
    assert_eq!(actions(&rig.logbook.ledger().records()), [("a", Action::NearMiss)]);
}

#[actix_rt::test]
async fn a_leak_that_no_restart_helps_is_restarted_once_then_its_suspect_then_the_process_goes() {
    let rig = rig(config(&["a"]), &["a", "b"]);
    rig.hold(1, 1, MIB).await;
    rig.keepers[0].send(Forget(32 * 1024)).await.unwrap();
    let departure = tokio::time::timeout(SOON, rig.supervisor.departure()).await.unwrap();
    assert_eq!(departure.how, Leaving::Replace);
    rig.ticks(20).await;
    let records = rig.logbook.ledger().records();
    let suspect = Action::RestartSuspect { of: "a".to_owned() };
    assert_eq!(actions(&records), [("a", Action::Restart), ("b", suspect), ("a", Action::ReplaceProcess)]);
    let outcome = records[0].outcome.as_ref().unwrap();
    assert!(
        outcome.leak_out.unwrap().abs_diff(32 * MIB as u64) < 64 * 1024 && !outcome.helped,
        "{outcome:?}"
    );
    assert!(!records[1].outcome.as_ref().unwrap().helped);
    assert!(departure.reason.contains("the memory of a generation 2 (decision 3)"), "{}", departure.reason);
}

#[actix_rt::test]
async fn what_another_child_hoards_comes_back_when_that_one_is_restarted() {
    let rig = rig(config(&["a"]), &["a", "b", "idle"]);
    rig.hold(0, 1, 32 * MIB).await;
    let records = rig.until("both restarts have their outcome", |it| settled(it, 2)).await;
    let suspect = Action::RestartSuspect { of: "a".to_owned() };
    assert_eq!(actions(&records)[..2], [("a", Action::Restart), ("b", suspect)]);
    let helped: Vec<bool> = records.iter().flat_map(|it| &it.outcome).map(|it| it.helped).collect();
    assert_eq!(helped, [false, true]);
    rig.ticks(20).await;
    // What was given back lies in the first one's arena until a purge: that is no case any more.
    let later = rig.logbook.ledger().records().split_off(2);
    assert!(later.iter().all(|record| record.action == Action::Purge), "{later:?}");
}

#[actix_rt::test]
async fn two_children_that_grow_at_once_are_restarted_one_after_the_other() {
    let rig = rig(config(&["a", "b"]), &["a", "b"]);
    tokio::join!(rig.hold(0, 0, 32 * MIB), rig.hold(1, 1, 32 * MIB));
    let records = eventually(SOON, "both are restarted", async || {
        let children = rig.supervisor.status().await.unwrap().children;
        let away = children.iter().filter(|child| child.state != ChildState::Running).count();
        assert!(away <= 1, "{children:?}");
        Some(rig.logbook.ledger().records()).filter(|records| settled(records, 2))
    })
    .await;
    assert!(records.iter().all(|it| it.action == Action::Restart && it.outcome.as_ref().unwrap().helped));
    let mut restarted: Vec<&str> = records.iter().map(|it| it.child.as_str()).collect();
    restarted.sort_unstable();
    assert_eq!(restarted, ["a", "b"]);
}

#[actix_rt::test]
async fn without_the_allocator_the_process_is_observed_and_nothing_is_made_up() {
    let process = LimitsConfig { soft: None, hard: Some(ByteSize::mib(1)) };
    let config = MemoryConfig { process, ..config(&["a"]) };
    let logbook = Logbook::in_memory(&config);
    let rig = rig_with(config, &["a"], None, logbook);
    rig.hold(0, 0, 32 * MIB).await;
    rig.until("the decision is recorded", |it| !it.is_empty()).await;
    let held = Action::HeldBack { instead_of: Wish::ReplaceProcess, reason: Reason::ObserveOnly };
    assert_eq!(actions(&rig.logbook.ledger().records()), [(PROCESS, held)]);
    let status = rig.status().await;
    assert!(!status.instrument.available && status.unattributed.is_none());
    assert!(status.children.iter().all(|child| child.rss.is_none() && child.live.is_none()));
    assert_eq!(status.unread, 0);
    assert!(status.to_string().contains("observed and not acted upon"), "{status}");
}

#[actix_rt::test]
async fn the_records_and_samples_survive_the_process_and_its_replacement_gets_its_outcome() {
    let directory = tempfile::tempdir().unwrap();
    let config = config(&[]);
    let before = Record {
        number: 0,
        at: "2026-03-02T01:59:00Z".parse().unwrap(),
        child: PROCESS.to_owned(),
        generation: 1,
        leg: Leg::Trend,
        action: Action::ReplaceProcess,
        evidence: Evidence {
            floor: 9 << 40,
            resident: 9 << 40,
            growth: Some(1 << 40),
            ..Evidence::default()
        },
        purged: 0,
        floors: vec![],
        outcome: None,
    };
    let number = Logbook::open(directory.path(), &config).ledger().add(before);
    let logbook = Logbook::open(directory.path(), &config);
    let rig = rig_with(config.clone(), &["a"], Some(Arenas::probe().unwrap()), logbook);
    let records = rig.until("the outcome is noted", |it| settled(it, 1)).await;
    assert_eq!(records[0].number, number);
    assert!(records[0].outcome.as_ref().unwrap().helped);
    assert_eq!(Logbook::open(directory.path(), &config).ledger().records(), records);
    rig.ticks(3).await;
    assert!(samples(&directory.path().join("memory-samples.jsonl")) >= 3);
}

fn samples(path: &Path) -> usize {
    evenkeel::memory::tape::read(path).unwrap().map(Result::unwrap).count() - 1
}
