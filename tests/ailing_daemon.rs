//! Real actors that ail: a whole daemon in the laboratory, and the demo as an operator types it.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use evenkeel::clock::Clock;
use evenkeel::daemon::Daemon;
use evenkeel::laboratory::{Ailment, Laboratory};
use evenkeel::supervision::account::RestartProof;
use evenkeel::supervision::measure::ChildMemory;
use tempfile::tempdir;

mod common;
use common::house::House;
use common::program::{evenkeel, run, stderr};
use common::{SOON, eventually};

evenkeel::install_allocator!();

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

fn laboratory(ailments: impl IntoIterator<Item = String>) -> Laboratory {
    Laboratory::new(ailments.into_iter().map(|text| Ailment::parse(&text, Daemon::ACTORS).unwrap()))
}

async fn children(house: &House) -> Vec<ChildMemory> {
    house.daemon.supervisor.measure(Vec::new()).await.unwrap().children
}

async fn restart(house: &House, name: &str) -> RestartProof {
    let generation = house.child(name).await.generation;
    house.daemon.supervisor.restart(name).await.unwrap();
    eventually(SOON, "the next generation", async || {
        let child = children(house).await.into_iter().find(|child| child.name == name).unwrap();
        child.last_restart.filter(|proof| proof.generation == generation && child.generation > generation)
    })
    .await
}

#[actix_rt::test]
async fn every_actor_can_ail() {
    let ailments =
        Daemon::ACTORS.iter().enumerate().map(|(at, name)| format!("{name}={}MiB,flat", 8 * (at + 1)));
    let house = House::open_in(laboratory(ailments), Clock::system(), |_| {}).await;
    eventually(SOON, "every actor holds what it was given", async || {
        let children = children(&house).await;
        let names: Vec<&str> = children.iter().map(|child| child.name.as_str()).collect();
        assert_eq!(names, Daemon::ACTORS);
        let held = children.iter().map(|child| child.memory.unwrap().allocated / (8 * MIB));
        held.eq(1..=Daemon::ACTORS.len() as u64).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn what_a_builder_forgets_at_work_is_left_out() {
    let laboratory = laboratory(["report-builder=1MiB/message,forget".to_owned()]);
    let house = House::open_in(laboratory.clone(), Clock::system(), |_| {}).await;
    for generation in 1..=2 {
        house.report().await.unwrap();
        let forgotten = async || laboratory.bytes("report-builder", generation).filter(|bytes| *bytes == MIB);
        let forgotten = eventually(SOON, "a report has cost a MiB", forgotten).await;
        let proof = restart(&house, "report-builder").await;
        // A build leaves something with others: pages in the cache of the connection that it has read with.
        let others = proof.leak_out.saturating_sub(forgotten);
        assert!(proof.leak_out >= forgotten && others <= 64 * KIB, "{proof:?}");
    }
}

#[test]
fn the_demo_leaks_as_it_is_told_and_says_so() {
    let directory = tempdir().unwrap();
    let leaks = ["--leak", "persistence=60MiB/h,forget", "--leak", "report-builder=7MiB,flat"];
    let demo = run(evenkeel(directory.path())
        .args(["demo", "--for", "3s", "--port", "0", "--log-format", "text"])
        .args(leaks));
    let log = stderr(&demo);
    assert_eq!(demo.status.code(), Some(0), "{log}");
    for said in [
        "persistence is given an ailment on purpose: 60MiB/h,forget",
        "report-builder is given an ailment on purpose: 7MiB,flat",
        "persistence generation 1 has forgotten ",
        "report-builder generation 1 held last 7340032 bytes",
    ] {
        assert!(log.contains(said), "{said}: {log}");
    }
}

#[test]
fn a_leak_that_cannot_be_is_refused_in_one_line_before_anything_starts() {
    let directory = tempdir().unwrap();
    for (leak, said) in [
        ("bob=1MiB/h", "there is no actor \"bob\"; the actors are persistence, market-indices, "),
        ("persistence=1/h", "\"1\" is not a size with a unit"),
        ("persistence=1MiB/h,drip", "there is no shape \"drip\""),
    ] {
        let refused = run(evenkeel(directory.path()).args(["demo", "--leak", leak]));
        let line = stderr(&refused);
        assert_eq!(refused.status.code(), Some(2), "{line}");
        assert!(line.contains(said) && line.contains("--leak") && line.contains(leak), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
