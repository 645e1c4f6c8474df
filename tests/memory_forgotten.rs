//! What an actor forgets comes back through no restart: one is tried, seen to the byte to be of no use, and not repeated;
//! then who may hold it; then the process is to go.
//!
//! One test, so that the process is its own: what a daemon beside it allocates is growth that no child owns.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::time::Duration;

use evenkeel::daemon::Daemon;
use evenkeel::laboratory::{Ailment, Laboratory};
use evenkeel::memory::policy::Leg;
use evenkeel::memory::record::{Action, Outcome, Reason, Record, Wish};
use evenkeel::supervision::departure::Leaving;
use evenkeel::supervision::status::ChildState;

mod common;
use common::house::House;
use common::proving::{fast, watchful};
use common::{SOON, eventually};

evenkeel::install_allocator!();

const MIB: u64 = 1 << 20;

/// Who forgets: an actor that has nothing else to do.
const CHILD: &str = "auto-report";

/// Its generation that forgets, and the one that comes after it.
const FORGETFUL: u64 = 4;
const NEXT: u64 = FORGETFUL + 1;

/// Two proofs of 6 s and some more, on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(180);

/// A daemon whose child has been restarted before, on request: the first generations of every child make what stays for
/// as long as the process does, and are charged with it.
async fn forgetting(dry_run: bool) -> (House, Laboratory) {
    let ailment = Ailment::parse(&format!("{CHILD}=10MB/h,forget"), Daemon::ACTORS).unwrap();
    let laboratory = Laboratory::new([ailment]);
    let house = House::open_in(laboratory.clone(), fast(), |config| {
        // What is read for one generation lies in the cache of the connection for the next one.
        config.database.readers = 1;
        config.memory = watchful();
        config.memory.dry_run = dry_run;
    })
    .await;
    for generation in 1..FORGETFUL {
        house.daemon.supervisor.restart(CHILD).await.unwrap();
        let others = eventually(SOON, "the next generation", async || {
            let children = house.daemon.supervisor.measure(Vec::new()).await.unwrap().children;
            let child = children.into_iter().find(|child| child.name == CHILD).unwrap();
            let proof = child.last_restart.filter(|proof| proof.generation == generation)?;
            let is_there = child.state == ChildState::Running && child.generation > generation;
            is_there.then(|| proof.leak_out - laboratory.bytes(CHILD, generation).unwrap())
        })
        .await;
        println!("generation {generation} has left {others} bytes besides what it forgot");
    }
    (house, laboratory)
}

/// What was done, near misses and purges left out: they depend on the moment.
fn actions(records: &[Record]) -> Vec<(&str, u64, &Action)> {
    let acted = records.iter().filter(|record| !matches!(record.action, Action::NearMiss | Action::Purge));
    acted.map(|record| (record.child.as_str(), record.generation, &record.action)).collect()
}

/// The child was restarted once, in vain and to the byte, then one who might have held it, then the process was to go.
fn climbed(records: &[Record], forgotten: u64) -> Result<(), String> {
    let of = Action::RestartSuspect { of: CHILD.to_owned() };
    let actions = actions(records);
    let [(CHILD, FORGETFUL, Action::Restart), (suspect, 1, action), (CHILD, NEXT, Action::ReplaceProcess)] =
        actions[..]
    else {
        return Err(format!("{actions:?}"));
    };
    if suspect == CHILD || *action != of {
        return Err(format!("{suspect} is suspected: {action:?}"));
    }
    let outcomes: Vec<&Outcome> = records.iter().filter_map(|record| record.outcome.as_ref()).collect();
    let [own, suspected] = outcomes[..] else { return Err(format!("{outcomes:?}")) };
    if own.helped || suspected.helped || own.leak_out != Some(forgotten) {
        return Err(format!("{forgotten} bytes were forgotten: {own:?}, {suspected:?}"));
    }
    match records.iter().all(|record| record.leg == Leg::Trend) {
        true => Ok(()),
        false => Err(format!("{records:?}")),
    }
}

#[actix_rt::test]
async fn a_restart_that_does_not_help_is_seen_to_the_byte_and_not_repeated_and_then_the_process_goes() {
    let (house, laboratory) = forgetting(false).await;
    let departure = tokio::time::timeout(PATIENCE, house.daemon.supervisor.departure()).await.unwrap();
    assert_eq!(departure.how, Leaving::Replace);
    let records = house.daemon.memory.ledger().records();
    let forgotten = laboratory.bytes(CHILD, FORGETFUL).unwrap();
    println!("{forgotten} bytes were forgotten; the process goes: {}", departure.reason);
    records.iter().for_each(|record| println!("{record}"));
    assert!(forgotten > MIB);
    assert_eq!(climbed(&records, forgotten), Ok(()));
    assert!(climbed(&records, forgotten + 1).is_err(), "to the byte");
    assert_eq!(house.child(CHILD).await.memory_restarts, 1);
    house.daemon.shut_down().await.unwrap();

    // A monitor that acts on nothing does none of it.
    let (house, laboratory) = forgetting(true).await;
    let held = Action::HeldBack { instead_of: Wish::Restart, reason: Reason::DryRun };
    let records = eventually(PATIENCE, "the monitor says what it would do", async || {
        let records = house.daemon.memory.ledger().records();
        records.iter().any(|record| record.action == held).then_some(records)
    })
    .await;
    assert!(climbed(&records, laboratory.bytes(CHILD, FORGETFUL).unwrap()).is_err());
    assert_eq!(actions(&records), [(CHILD, FORGETFUL, &held)]);
    assert_eq!(house.child(CHILD).await.generation, FORGETFUL);
    house.daemon.shut_down().await.unwrap();
}
