//! The children's accounts and what is unattributed are what the kernel charges the process.
//!
//! One test in this file: what another test of the same process allocates would be unattributed here.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use evenkeel::supervision::link::Link;

mod common;
use common::keeper::{KeepBlocking, KeepSmall, KeepUnbound, Keeper, keeper};
use common::worker::{quick, unwatched};

evenkeel::install_allocator!();

const MIB: usize = 1 << 20;

#[actix_rt::test]
async fn the_sum_is_the_process_and_what_nobody_is_charged_for_is_shown_as_such() {
    let [one, other] = ["one", "other"].map(Link::<Keeper>::new);
    let supervisor = unwatched(quick());
    supervisor.supervise(keeper(&one)).unwrap();
    supervisor.supervise(keeper(&other)).unwrap();
    let mut unattributed = Vec::new();
    for round in 1..=5 {
        one.send(KeepSmall(10_000)).await.unwrap();
        other.send(KeepBlocking(MIB)).await.unwrap();
        let measurement = supervisor.measure(Vec::new()).await.unwrap();
        let charged: u64 = measurement.children.iter().map(|child| child.memory.unwrap().resident).sum();
        let rss = measurement.process.unwrap().rss;
        let rest = measurement.unattributed.unwrap();
        assert_eq!(charged.cast_signed() + rest, rss.cast_signed(), "round {round}");
        assert!(charged > round * MIB as u64 && rss > charged, "{measurement:?}");
        unattributed.push(rest);
    }
    let (lowest, highest) = (unattributed.iter().min().unwrap(), unattributed.iter().max().unwrap());
    assert!(
        highest - lowest < 1 << 20,
        "the children grew by 6 MiB, what is nobody's varied: {unattributed:?}"
    );

    // A thread that is bound to nothing: its memory is nobody's, and is not blamed on the child that holds it.
    one.send(KeepUnbound(8 * MIB)).await.unwrap();
    let measurement = supervisor.measure(Vec::new()).await.unwrap();
    let grown = measurement.unattributed.unwrap() - unattributed[4];
    assert!((7 << 20..10 << 20).contains(&grown), "{grown} bytes");
    let automatic = measurement.automatic.unwrap();
    assert!(automatic.allocated > 8 << 20, "{automatic:?}");
}
