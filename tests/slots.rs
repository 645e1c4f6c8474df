//! Who may do what is due, and who may not any more: the same cases on a file and on a server.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that cannot go on has failed"
)]

#[path = "common/draft.rs"]
mod draft;
#[path = "common/postgres.rs"]
mod postgres;

use std::time::Duration;

use actix::prelude::*;
use draft::Draft;
use evenkeel::clock::Clock;
use evenkeel::config::PostgresUrl;
use evenkeel::persistence::PersistenceError;
use evenkeel::persistence::actor::Persistence;
use evenkeel::persistence::archive::Archive;
use evenkeel::persistence::database::Database;
use evenkeel::persistence::location::Location;
use evenkeel::persistence::replica::Replica;
use evenkeel::persistence::slot_messages::{
    ClaimSlot, Claimed, ExtendLease, FinishSlot, ReleaseSlot, SlotClaim,
};
use evenkeel::persistence::turn::{Turn, Turns};
use evenkeel::supervision::child::Child;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::supervisor::Supervisor;
use jiff::{SignedDuration, Timestamp};
use postgres::Postgres;
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(50);
const SOON: Duration = Duration::from_secs(30);

/// One database, and as many writers as it can have: two on a server, and on a file twice the same.
struct Bench {
    writers: [Addr<Persistence>; 2],
    replicas: [Replica; 2],
    location: Location,
}

impl Bench {
    fn on(location: Location) -> Self {
        Database::open(&location).unwrap().migrate().unwrap();
        let writer = || Persistence::new(&location, Clock::system()).unwrap().start();
        let first = writer();
        let second = match location {
            Location::Sqlite { .. } => first.clone(),
            Location::Postgres { .. } => writer(),
        };
        let replicas = [Replica::of_this_process(), Replica::of_this_process()];
        Self { writers: [first, second], replicas, location }
    }

    async fn try_claim(&self, who: usize, due: Timestamp, lease: Duration) -> Claimed {
        let claim =
            ClaimSlot { job: "report:daily".to_owned(), due, replica: self.replicas[who].clone(), lease };
        self.writers[who].send(claim).await.unwrap().unwrap()
    }

    /// Claims until the claim is won.
    async fn claim(&self, who: usize, due: Timestamp, lease: Duration) -> (SlotClaim, u32) {
        let asking = async {
            loop {
                if let Claimed::Won { claim, attempt } = self.try_claim(who, due, lease).await {
                    return (claim, attempt);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(SOON, asking).await.expect("a claim that is won")
    }

    async fn extend(&self, who: usize, claim: &SlotClaim) -> bool {
        self.writers[who].send(ExtendLease(claim.clone())).await.unwrap().unwrap()
    }

    async fn finish(&self, who: usize, claim: &SlotClaim) -> bool {
        self.writers[who].send(FinishSlot(claim.clone())).await.unwrap().unwrap()
    }

    async fn release(&self, who: usize, claim: &SlotClaim) -> bool {
        self.writers[who].send(ReleaseSlot(claim.clone())).await.unwrap().unwrap()
    }

    fn name(&self, who: usize) -> String {
        self.replicas[who].to_string()
    }

    async fn report(&self, who: usize, slot: SlotClaim) -> Result<Draft, PersistenceError> {
        let mut draft = Draft::begin_for(&self.writers[who], &["html"], Some(slot)).await?;
        draft.append("html", b"<p>".to_vec()).await?;
        Ok(draft)
    }
}

fn due(minute: i64) -> Timestamp {
    "2026-03-02T02:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

async fn a_slot_is_held_by_one_and_done_once(bench: &Bench) {
    let (claim, attempt) = bench.claim(0, due(1), LONG).await;
    assert_eq!((claim.fence, attempt), (1, 1));
    let Claimed::Held { holder, remaining } = bench.try_claim(1, due(1), LONG).await else {
        panic!("two hold it")
    };
    assert_eq!(holder, bench.name(0));
    assert!(remaining <= LONG && remaining > LONG / 2, "{remaining:?}");
    assert!(bench.extend(0, &claim).await);
    let strangers = SlotClaim { replica: bench.replicas[1].clone(), ..claim.clone() };
    assert!(!bench.finish(1, &strangers).await, "a stranger has finished it");
    assert!(bench.finish(0, &claim).await);
    for who in [0, 1] {
        let done = Claimed::Done { holder: bench.name(0) };
        assert_eq!(bench.try_claim(who, due(1), LONG).await, done, "{who}");
    }
    assert!(
        !bench.finish(0, &claim).await && !bench.extend(0, &claim).await && !bench.release(0, &claim).await
    );
    // The next due time, and another job at the same time, are slots of their own.
    assert_eq!(bench.claim(1, due(2), LONG).await.0.fence, 1);
}

async fn a_lease_that_runs_out_is_taken_over_and_the_fence_rises(bench: &Bench) {
    let (late, _) = bench.claim(0, due(3), SHORT).await;
    let (claim, attempt) = bench.claim(1, due(3), LONG).await;
    assert_eq!((claim.fence, attempt), (late.fence + 1, 2));
    assert!(!bench.extend(0, &late).await && !bench.finish(0, &late).await && !bench.release(0, &late).await);
    assert!(bench.finish(1, &claim).await);
}

async fn a_lease_that_ran_out_and_was_not_taken_is_still_good(bench: &Bench) {
    let (claim, _) = bench.claim(0, due(4), Duration::ZERO).await;
    assert!(bench.extend(0, &claim).await && bench.finish(0, &claim).await);
}

async fn a_slot_that_is_given_back_is_free_at_once(bench: &Bench) {
    let (claim, _) = bench.claim(0, due(5), LONG).await;
    assert!(bench.release(0, &claim).await);
    assert!(!bench.extend(0, &claim).await, "an extension that was on its way brings it back");
    let Claimed::Won { attempt, .. } = bench.try_claim(1, due(5), LONG).await else { panic!("not free") };
    assert_eq!(attempt, 2);
}

async fn a_report_is_committed_with_its_slot_or_not_at_all(bench: &Bench) {
    let archive = Archive::open(&bench.location, 1).unwrap();
    let (claim, _) = bench.claim(0, due(6), LONG).await;
    bench.report(0, claim).await.unwrap().commit().await.unwrap();
    assert_eq!(archive.count(), Ok(1));
    assert_eq!(bench.try_claim(1, due(6), LONG).await, Claimed::Done { holder: bench.name(0) });

    let (late, _) = bench.claim(0, due(7), SHORT).await;
    let draft = bench.report(0, late.clone()).await.unwrap();
    let (claim, _) = bench.claim(1, due(7), LONG).await;
    let refused = draft.commit().await.unwrap_err();
    let slot = "the slot of report:daily due at 2026-03-02T02:07:00Z".to_owned();
    assert_eq!(refused, PersistenceError::Fenced { slot, holder: bench.name(1) });
    assert_eq!(archive.count(), Ok(1), "nothing of the fenced report is to be seen");
    // On a file the other claim was made inside the report that is gone, and has gone with it.
    if let Location::Postgres { .. } = bench.location {
        assert_eq!(bench.report(0, late).await.err(), Some(refused), "nor is another one begun");
        bench.report(1, claim).await.unwrap().commit().await.unwrap();
        assert_eq!(archive.count(), Ok(2));
    }
}

/// A file has one connection: with the report goes a claim that was won meanwhile, and its holder learns of it.
async fn what_was_claimed_during_a_report_that_failed(bench: &Bench) {
    let report = Draft::begin(&bench.writers[0], &["html"]).await.unwrap();
    let (claim, _) = bench.claim(0, due(8), LONG).await;
    assert!(bench.extend(0, &claim).await);
    assert!(report.commit().await.is_err(), "a report without content");
    let survives = matches!(bench.location, Location::Postgres { .. });
    assert_eq!(bench.extend(0, &claim).await, survives);
}

async fn slots_are_forgotten_when_they_are_old_and_nobody_holds_them(bench: &Bench) {
    let old = due(-8 * 24 * 60);
    let (done, _) = bench.claim(0, old, LONG).await;
    assert!(bench.finish(0, &done).await);
    let held = old + SignedDuration::from_mins(1);
    bench.claim(0, held, LONG).await;
    bench.claim(0, due(9), LONG).await;
    let Claimed::Won { attempt: 1, .. } = bench.try_claim(1, old, LONG).await else { panic!("still known") };
    assert!(matches!(bench.try_claim(1, held, LONG).await, Claimed::Held { .. }));
}

async fn all_cases(bench: &Bench) {
    a_slot_is_held_by_one_and_done_once(bench).await;
    a_lease_that_runs_out_is_taken_over_and_the_fence_rises(bench).await;
    a_lease_that_ran_out_and_was_not_taken_is_still_good(bench).await;
    a_slot_that_is_given_back_is_free_at_once(bench).await;
    a_report_is_committed_with_its_slot_or_not_at_all(bench).await;
    what_was_claimed_during_a_report_that_failed(bench).await;
    slots_are_forgotten_when_they_are_old_and_nobody_holds_them(bench).await;
}

#[actix::test]
async fn on_a_file() {
    let directory = TempDir::new().unwrap();
    all_cases(&Bench::on(Location::sqlite(&directory.path().join("evenkeel.db"), SOON))).await;
}

#[actix::test]
async fn on_a_server() {
    let server = Postgres::start();
    let url = PostgresUrl::parse(&server.url()).unwrap();
    all_cases(&Bench::on(Location::Postgres { url, lock_wait: SOON })).await;
}

/// What an actor held is dropped on a thread that ends, and then the daemon's other actors end.
#[actix::test]
async fn a_slot_that_is_dropped_with_everything_is_given_back() {
    let directory = TempDir::new().unwrap();
    let location = Location::sqlite(&directory.path().join("evenkeel.db"), SOON);
    Database::open(&location).unwrap().migrate().unwrap();
    let keeper: Link<Persistence> = Link::new("persistence");
    let supervisor = Supervisor::builder().without_monitor().start();
    let place = location.clone();
    let child = Child::fallible(&keeper, move || Persistence::new(&place, Clock::system()));
    supervisor.supervise(child).unwrap();
    let turns = Turns::new(&keeper, Replica::of_this_process(), LONG, Clock::system());
    let Turn::Mine(held) = turns.take("report:daily", due(1), Timestamp::MAX).await else {
        panic!("not ours")
    };
    std::thread::spawn(move || drop(held)).join().unwrap();
    assert_eq!(supervisor.shut_down(SOON).await.unwrap().drained, ["persistence"]);

    let Claimed::Won { attempt, .. } = Bench::on(location).try_claim(0, due(1), LONG).await else {
        panic!("not free")
    };
    assert_eq!(attempt, 2);
}

/// A heartbeat must reach the others while the report is written, and must not wait for it.
#[actix::test]
async fn a_lease_is_extended_beside_the_transaction_of_the_report() {
    let server = Postgres::start();
    let url = PostgresUrl::parse(&server.url()).unwrap();
    let bench = Bench::on(Location::Postgres { url, lock_wait: SOON });
    let (claim, _) = bench.claim(0, due(1), Duration::from_secs(1)).await;
    let draft = bench.report(0, claim.clone()).await.unwrap();
    assert!(bench.extend(0, &SlotClaim { lease: LONG, ..claim }).await);
    let Claimed::Held { remaining, .. } = bench.try_claim(1, due(1), LONG).await else { panic!("not held") };
    assert!(remaining > LONG / 2, "{remaining:?}");
    draft.commit().await.unwrap();
    assert!(matches!(bench.try_claim(1, due(1), LONG).await, Claimed::Done { .. }));
}
