//! The leak laboratory: each leak and each healthy shape as it shows on the accounts, and what a restart gives back.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::Arc;

use evenkeel::clock::Clock;
use evenkeel::laboratory::{Ailment, Laboratory};
use evenkeel::supervision::account::RestartProof;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::measure::ChildMemory;

mod common;
use common::worker::{Serial, Worker, quick, unwatched, worker};
use common::{SOON, eventually};

evenkeel::install_allocator!();

const KNOWN: [&str; 2] = ["worker", "neighbour"];
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// What a child's account may be off by, besides what the laboratory does to it.
const NOISE: u64 = 64 * KIB;

/// Two workers under a supervisor, the first of which ails.
struct Trial {
    laboratory: Laboratory,
    supervisor: SupervisorHandle,
    worker: Link<Worker>,
}

impl Trial {
    fn begin(ailment: &str, speed: f64) -> Self {
        let ailment = Ailment::parse(ailment, &KNOWN).unwrap();
        let laboratory = Laboratory::new([ailment]);
        let [one, two] = KNOWN.map(Link::new);
        // Midnight UTC: the wave begins with nothing.
        let clock = Clock::scaled("2026-03-02T00:00:00Z".parse().unwrap(), speed);
        let supervisor = unwatched(quick());
        for link in [&one, &two] {
            let child = worker(link, &Arc::default(), &Arc::default());
            supervisor.supervise(laboratory.attach(child, &clock)).unwrap();
        }
        Self { laboratory, supervisor, worker: one }
    }

    /// The same in the second generation of both: what is made once and kept by the process has been made.
    async fn begin_used(ailment: &str) -> Self {
        let trial = Self::begin(ailment, 60.0);
        trial.work(1, 0).await;
        trial.restart("neighbour").await;
        trial.restart("worker").await;
        trial
    }

    async fn child(&self, name: &str) -> ChildMemory {
        let measurement = self.supervisor.measure(Vec::new()).await.unwrap();
        measurement.children.into_iter().find(|child| child.name == name).unwrap()
    }

    async fn allocated(&self, name: &str) -> u64 {
        self.child(name).await.memory.unwrap().allocated
    }

    async fn until(&self, name: &str, what: &str, condition: impl Fn(u64) -> bool) -> u64 {
        eventually(SOON, what, async || Some(self.allocated(name).await).filter(|bytes| condition(*bytes)))
            .await
    }

    /// Sends so many messages, and waits until the ailment has made at least so many bytes of them; tells how many.
    async fn work(&self, messages: u64, at_least: u64) -> u64 {
        for _ in 0..messages {
            self.worker.send(Serial).await.unwrap();
        }
        let generation = self.child("worker").await.generation;
        let bytes = async || self.laboratory.bytes("worker", generation).filter(|bytes| *bytes >= at_least);
        eventually(SOON, "the ailment has taken its course", bytes).await
    }

    /// Restarts a child and tells what that did to its account.
    async fn restart(&self, name: &str) -> RestartProof {
        let generation = self.child(name).await.generation;
        self.supervisor.restart(name).await.unwrap();
        eventually(SOON, "the next generation", async || {
            let child = self.child(name).await;
            child.last_restart.filter(|proof| proof.generation == generation && child.generation > generation)
        })
        .await
    }
}

fn about(bytes: u64, expected: u64) -> bool {
    bytes.abs_diff(expected) <= NOISE
}

#[actix_rt::test]
async fn what_a_generation_holds_is_on_its_account_and_comes_back_with_a_restart() {
    let trial = Trial::begin_used("worker=40KiB/message").await;
    let (before, neighbour) = (trial.allocated("worker").await, trial.allocated("neighbour").await);
    assert_eq!(trial.work(100, 4000 * KIB).await, 4000 * KIB);
    let grown = trial.allocated("worker").await - before;
    assert!(about(grown, 4000 * KIB), "{grown}");
    assert!(about(trial.allocated("neighbour").await, neighbour));
    let proof = trial.restart("worker").await;
    assert!(proof.before.allocated - proof.after.allocated >= 4000 * KIB, "{proof:?}");
    assert!(proof.leak_out <= NOISE, "{proof:?}");
}

#[actix_rt::test]
async fn what_is_forgotten_is_left_out_to_the_byte() {
    let trial = Trial::begin_used("worker=1KiB/message,forget").await;
    let mut settled = 0;
    for messages in [1000, 0, 37] {
        let generation = trial.child("worker").await.generation;
        let forgotten = trial.work(messages, messages * KIB).await;
        assert_eq!(forgotten, messages * KIB);
        let proof = trial.restart("worker").await;
        assert_eq!(trial.laboratory.bytes("worker", generation), Some(forgotten));
        // A machine that is too busy says so: then the number is an upper bound.
        assert!(proof.leak_out >= forgotten, "{proof:?}");
        if proof.settled {
            assert_eq!(proof.leak_out, forgotten, "{proof:?}");
            settled += 1;
        }
    }
    assert!(settled > 0, "no account was settled");
}

#[actix_rt::test]
async fn memory_that_a_c_library_asks_for_is_charged_to_the_actor_that_uses_it() {
    let trial = Trial::begin_used("worker=256KiB/message,malloc").await;
    let (before, neighbour) = (trial.allocated("worker").await, trial.allocated("neighbour").await);
    let held = trial.work(20, 4 * MIB).await;
    assert!((4 * MIB..=5 * MIB).contains(&held), "{held}");
    let grown = trial.allocated("worker").await - before;
    assert!(grown.abs_diff(held) <= held / 10, "{grown} for {held}");
    assert!(about(trial.allocated("neighbour").await, neighbour));
    let proof = trial.restart("worker").await;
    assert!(proof.leak_out <= NOISE, "{proof:?}");
}

#[actix_rt::test]
async fn what_a_neighbour_hoards_comes_back_only_with_the_neighbour() {
    let trial = Trial::begin_used("worker=20KiB/message,hoard:neighbour").await;
    let (before, neighbour) = (trial.allocated("worker").await, trial.allocated("neighbour").await);
    let handed = trial.work(100, 2000 * KIB).await;
    assert_eq!(handed, 2000 * KIB);
    let charged = trial.allocated("worker").await - before;
    assert!(about(charged, handed), "{charged}");
    assert!(about(trial.allocated("neighbour").await, neighbour), "the holder is not charged");

    let proof = trial.restart("worker").await;
    assert!(proof.leak_out >= handed && about(proof.leak_out, handed), "{proof:?}");
    assert!(trial.allocated("worker").await - before >= handed - NOISE, "its own restart gives nothing back");
    let proof = trial.restart("neighbour").await;
    assert!(proof.leak_out <= NOISE, "{proof:?}");
    let left = trial.allocated("worker").await;
    assert!(about(left, before), "{left}, {before} before");
}

#[actix_rt::test]
async fn a_leak_by_the_hour_follows_the_clock_of_the_daemon() {
    // An hour takes a second.
    let trial = Trial::begin("worker=4MiB/h,forget", 3600.0);
    let first = trial.until("worker", "two hours have leaked", |bytes| bytes >= 8 * MIB).await;
    let leaked = trial.laboratory.bytes("worker", 1).unwrap();
    assert!(leaked + MIB >= first, "{first} of which {leaked} leaked");
    trial.until("worker", "it goes on", |bytes| bytes >= first + 4 * MIB).await;
}

/// Waits until the account has been in all these ranges, one after the other.
async fn passes(trial: &Trial, stations: &[std::ops::Range<u64>]) {
    let idle = trial.allocated("neighbour").await;
    for station in stations {
        let what = format!("an account of {station:?}");
        trial
            .until("worker", &what, |bytes| {
                // The neighbour does nothing, so that it has what any worker has.
                let own = bytes.saturating_sub(idle);
                (station.start.saturating_sub(NOISE)..station.end + NOISE).contains(&own)
            })
            .await;
    }
}

const NOTHING: std::ops::Range<u64> = 0..MIB / 4;
const FULL: std::ops::Range<u64> = 8 * MIB - MIB / 4..8 * MIB + 1;

#[actix_rt::test]
async fn a_flat_actor_holds_all_of_it_from_the_start() {
    let trial = Trial::begin("worker=8MiB,flat", 3600.0);
    passes(&trial, &[FULL]).await;
    let now = trial.allocated("worker").await;
    let proof = trial.restart("worker").await;
    assert!(proof.after.allocated < now - 7 * MIB && proof.leak_out < MIB, "{proof:?}");
}

#[actix_rt::test]
async fn a_saw_grows_and_drops_again_and_again() {
    // A tooth takes two seconds.
    let trial = Trial::begin("worker=8MiB,sawtooth", 1800.0);
    let (low, high) = (0..2 * MIB, 6 * MIB..8 * MIB);
    passes(&trial, &[low.clone(), 3 * MIB..5 * MIB, high.clone(), low.clone(), high, low]).await;
}

#[actix_rt::test]
async fn a_warm_up_gets_slower_and_stays_below_its_size() {
    // Half an hour takes half a second.
    let trial = Trial::begin("worker=8MiB,plateau", 3600.0);
    passes(&trial, &[3 * MIB..6 * MIB, FULL]).await;
}

#[actix_rt::test]
async fn a_step_comes_at_once_and_late() {
    // Two hours take two seconds.
    let trial = Trial::begin("worker=8MiB,step", 3600.0);
    passes(&trial, &[NOTHING]).await;
    passes(&trial, &[FULL]).await;
    let bytes = trial.laboratory.bytes("worker", 1);
    assert_eq!(bytes, Some(8 * MIB));
}

#[actix_rt::test]
async fn bursts_come_and_go() {
    // Two minutes of every twenty take 200 ms of every two seconds.
    let trial = Trial::begin("worker=8MiB,bursts", 600.0);
    passes(&trial, &[NOTHING, FULL, NOTHING, FULL, NOTHING]).await;
}

#[actix_rt::test]
async fn a_wave_takes_a_day() {
    // A day takes four seconds.
    let trial = Trial::begin("worker=8MiB,wave", 21_600.0);
    passes(&trial, &[0..MIB, 3 * MIB..5 * MIB, 7 * MIB..8 * MIB + 1, 3 * MIB..5 * MIB, 0..MIB]).await;
}

#[actix_rt::test]
async fn a_cache_fills_slowly_and_stays_full() {
    // Twelve hours take two seconds.
    let trial = Trial::begin("worker=8MiB,cache", 21_600.0);
    passes(&trial, &[0..2 * MIB, 3 * MIB..5 * MIB, FULL]).await;
}
