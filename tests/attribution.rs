//! Every child is charged for what it allocates: in Rust, in SQLite, on blocking threads, and for what it hands over.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use evenkeel::memory::arena::Arenas;
use evenkeel::supervision::account::RestartProof;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::measure::Measurement;
use evenkeel::supervision::supervisor::Supervisor;

mod common;
use common::keeper::{
    Forget, Keep, KeepBlocking, KeepSmall, KeepSqlite, KeepUnbound, Keeper, Make, Release, SMALL, account,
    keeper,
};
use common::worker::quick;
use common::{SOON, eventually};

evenkeel::install_allocator!();

const MIB: usize = 1 << 20;

/// How far an account may be from what is known, in bytes.
const TOLERANCE: u64 = 64 * 1024;

fn start(links: &[&Link<Keeper>], arenas: Option<Arenas>) -> SupervisorHandle {
    let supervisor = Supervisor::builder().config(quick()).arenas(arenas).without_monitor().start();
    for link in links {
        supervisor.supervise(keeper(link)).unwrap();
    }
    supervisor
}

/// Whether the account of `child` grew by what is known.
fn grew_by(child: &str, known: u64, before: &Measurement, after: &Measurement) -> Result<(), String> {
    let allocated = |measurement: &Measurement| {
        let child = measurement.children.iter().find(|it| it.name == child).unwrap();
        child.memory.unwrap().allocated
    };
    let charged = allocated(after).saturating_sub(allocated(before));
    println!("{child}: {known} bytes known, {charged} charged");
    let right = charged.abs_diff(known) <= TOLERANCE;
    if right { Ok(()) } else { Err(format!("{child}: {known} bytes known, {charged} charged")) }
}

#[actix_rt::test]
async fn each_of_four_ways_to_allocate_is_charged_to_the_child_that_does_it() {
    let [rust, sqlite, blocking, maker, holder] =
        ["rust", "sqlite", "blocking", "maker", "holder"].map(Link::<Keeper>::new);
    let supervisor = start(&[&rust, &sqlite, &blocking, &maker, &holder], Some(Arenas::probe().unwrap()));
    // What the first use of everything leaves in statics is not what is measured here.
    sqlite.send(KeepSqlite).await.unwrap();
    let before = supervisor.measure(Vec::new()).await.unwrap();

    rust.send(KeepSmall(65_536)).await.unwrap();
    let in_sqlite = sqlite.send(KeepSqlite).await.unwrap();
    blocking.send(KeepBlocking(8 * MIB)).await.unwrap();
    let made = maker.send(Make(16 * MIB)).await.unwrap();
    holder.send(Keep(made)).await.unwrap();

    let after = supervisor.measure(Vec::new()).await.unwrap();
    let small = 65_536 * (SMALL + size_of::<usize>()) as u64;
    let known =
        [("rust", small), ("sqlite", in_sqlite), ("blocking", 8 << 20), ("maker", 16 << 20), ("holder", 0)];
    for (child, bytes) in known {
        grew_by(child, bytes, &before, &after).unwrap();
    }

    // Whoever holds it, it is charged to where it came from, and given back there.
    holder.send(Release).await.unwrap();
    let released = supervisor.measure(Vec::new()).await.unwrap();
    grew_by("maker", 0, &before, &released).unwrap();
}

#[actix_rt::test]
async fn the_check_fails_for_a_thread_that_is_bound_to_nothing() {
    let link = Link::new("unbound");
    let supervisor = start(&[&link], Some(Arenas::probe().unwrap()));
    let before = supervisor.measure(Vec::new()).await.unwrap();
    link.send(KeepUnbound(8 * MIB)).await.unwrap();
    let after = supervisor.measure(Vec::new()).await.unwrap();
    grew_by("unbound", 8 << 20, &before, &after).unwrap_err();
}

#[actix_rt::test]
async fn without_the_allocators_arenas_nothing_is_made_up() {
    let link = Link::new("unmeasured");
    let supervisor = start(&[&link], None);
    link.send(KeepSmall(1000)).await.unwrap();
    let measurement = supervisor.measure(vec!["unmeasured".to_owned()]).await.unwrap();
    assert_eq!(measurement.children[0].memory, None);
    assert_eq!((measurement.unattributed, measurement.automatic), (None, None));
    assert!(measurement.process.unwrap().rss > 0);
}

/// Restarts the child and returns what that did to its account.
async fn restart(supervisor: &SupervisorHandle, name: &str) -> RestartProof {
    let generation = account(supervisor, name).await.generation;
    supervisor.restart(name).await.unwrap();
    let settled = async || {
        let child = account(supervisor, name).await;
        child.last_restart.filter(|proof| proof.generation == generation && child.generation > generation)
    };
    let proof = eventually(SOON, "the account is settled", settled).await;
    assert!(proof.settled, "a child did not give its cache back");
    proof
}

/// Restarts the child and returns the leak-out of the generation that ended.
async fn leak_out(supervisor: &SupervisorHandle, name: &str) -> u64 {
    restart(supervisor, name).await.leak_out
}

#[actix_rt::test]
async fn what_a_generation_held_is_back_with_the_kernel_before_the_next_one_begins() {
    let link = Link::new("large");
    let supervisor = start(&[&link], Some(Arenas::probe().unwrap()));
    for round in 1..=10 {
        link.send(KeepBlocking(32 * MIB)).await.unwrap();
        link.send(KeepSmall(100_000)).await.unwrap();
        let proof = restart(&supervisor, "large").await;
        assert!(proof.before.resident > 32 << 20, "round {round}: {proof:?}");
        // Bookkeeping of the allocator stays: a few hundredths of the most that there was.
        assert!(proof.after.resident < 2 << 20, "round {round}: {proof:?}");
    }
}

#[actix_rt::test]
async fn the_leak_out_of_a_generation_is_exact_to_the_byte() {
    let [leaky, holder] = ["leaky", "holder"].map(Link::<Keeper>::new);
    let supervisor = start(&[&leaky, &holder], Some(Arenas::probe().unwrap()));
    // The first generation also leaves what the program makes once.
    leaky.send(KeepSmall(1)).await.unwrap();
    leak_out(&supervisor, "leaky").await;

    leaky.send(KeepSmall(50_000)).await.unwrap();
    assert_eq!(leak_out(&supervisor, "leaky").await, 0, "what was only held comes back");

    leaky.send(Forget(1000)).await.unwrap();
    assert_eq!(leak_out(&supervisor, "leaky").await, 1_024_000, "what was leaked does not");

    leaky.send(KeepSmall(50_000)).await.unwrap();
    leaky.send(Forget(1)).await.unwrap();
    assert_eq!(leak_out(&supervisor, "leaky").await, 1024, "each generation has its own");

    let made = leaky.send(Make(MIB)).await.unwrap();
    holder.send(Keep(made)).await.unwrap();
    assert_eq!(leak_out(&supervisor, "leaky").await, MIB as u64, "what others hold is out as well");
    holder.send(Release).await.unwrap();
    assert_eq!(leak_out(&supervisor, "leaky").await, 0, "and is back when they let it go");
}
