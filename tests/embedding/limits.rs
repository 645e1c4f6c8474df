//! What memory limits do: to a child that leaks, to one that no restart helps, and where nothing can be measured.

use std::time::Duration;

use actix::prelude::*;
use evenkeel::config::MemoryConfig;
use evenkeel::supervision::ending::RestartCause;
use evenkeel::{Event, Limit, Link, Supervisor, Trend, WholeProcess};

use crate::common::worker::quick;
use crate::common::{SOON, eventually};
use crate::{Hoard, Keep, MIB, PROCESS_WIDE, heard, hoard, status, watchful};

#[actix_rt::test]
async fn a_leaking_child_is_restarted_for_its_own_limit_and_the_others_are_left_alone() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor =
        Supervisor::builder().config(quick()).memory(watchful()).process(WholeProcess::Shown).start();
    let mut events = supervisor.events();
    let limited = Limit::soft("8 MiB").hard("16 MiB").trend(Trend::off());
    let leaking = supervisor.supervise(hoard("leaking").memory(limited)).unwrap();
    let large = supervisor.supervise(hoard("large").memory(Limit::derived().hard("256 MiB"))).unwrap();
    large.send(Keep(32 * MIB)).await.unwrap();
    for _ in 0..24 {
        leaking.send(Keep(MIB)).await.unwrap();
    }
    let (generation, proof) = heard(&mut events, |event| match event {
        Event::Restarted { child, generation, cause: RestartCause::Memory, proof } => {
            assert_eq!(child, "leaking");
            Some((generation, proof))
        }
        _ => None,
    })
    .await;
    let proof = proof.unwrap();
    assert_eq!((generation, proof.generation), (2, 1));
    assert!(proof.before.allocated >= 17 * MIB && proof.returned() >= 16 * MIB, "{proof:?}");
    assert!(proof.after.resident < 4 * MIB && proof.leak_out < 64 * 1024, "{proof:?}");
    let record = heard(&mut events, |event| match event {
        Event::MemoryOutcome(record) => Some(record),
        _ => None,
    })
    .await;
    assert!(record.outcome.as_ref().unwrap().helped, "{record}");
    assert_eq!(record.evidence.hard, Some(16 * MIB));
    assert!(supervisor.decisions().contains(&record));
    let large = status(&supervisor, "large").await;
    assert_eq!((large.generation, large.memory_restarts), (1, 0));
    assert!(large.memory.unwrap().allocated >= 32 * MIB);
    assert_eq!(status(&supervisor, "memory-monitor").await.generation, 1);
}

#[actix_rt::test]
async fn a_process_that_should_go_goes_on_and_so_does_the_monitor() {
    let _beside = PROCESS_WIDE.read().await;
    // Leaks for good: no restart helps.
    #[derive(Message)]
    #[rtype(result = "()")]
    struct Forget(u64);

    impl Handler<Forget> for Hoard {
        type Result = ();

        fn handle(&mut self, Forget(bytes): Forget, _: &mut Self::Context) {
            Box::leak(vec![1_u8; usize::try_from(bytes).unwrap()].into_boxed_slice());
        }
    }

    let memory = MemoryConfig { suspects: 0, jitter: Duration::ZERO, ..watchful() };
    let supervisor =
        Supervisor::builder().config(quick()).memory(memory).process(WholeProcess::Shown).start();
    let mut events = supervisor.events();
    let limit = || Limit::derived().hard("16 MiB").trend(Trend::off());
    let lost = supervisor.supervise(hoard("lost").memory(limit())).unwrap();
    lost.send(Forget(32 * MIB)).await.unwrap();
    let departure = heard(&mut events, |event| match event {
        Event::ProcessShouldGo(departure) => Some(departure),
        _ => None,
    })
    .await;
    assert!(departure.reason.contains("lost"), "{departure:?}");
    // Nobody waits for it, and the monitor does not either: it goes on with the others.
    let held = supervisor.supervise(hoard("held").memory(limit())).unwrap();
    held.send(Keep(32 * MIB)).await.unwrap();
    eventually(SOON, "the other child is restarted", async || {
        (status(&supervisor, "held").await.memory_restarts == 1).then_some(())
    })
    .await;
    assert_eq!(supervisor.departure().await, departure, "whoever asks later is told");
}

#[actix_rt::test]
async fn without_the_allocator_everything_works_and_no_number_is_made_up() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = Supervisor::builder()
        .config(quick())
        .memory(watchful())
        .arenas(None)
        .process(WholeProcess::Shown)
        .start();
    let mut events = supervisor.events();
    let limit = Limit::soft("1 MiB").hard("2 MiB");
    let link: Link<Hoard> = supervisor.supervise(hoard("cache").memory(limit)).unwrap();
    link.send(Keep(8 * MIB)).await.unwrap();
    for _ in 0..20 {
        supervisor.look().await.unwrap();
    }
    let seen = supervisor.memory().unwrap();
    assert!(seen.process.unwrap().rss > 8 * MIB);
    assert!(seen.children.iter().all(|child| child.rss.is_none() && child.decision.is_none()));
    assert_eq!((status(&supervisor, "cache").await.generation, supervisor.decisions()), (1, Vec::new()));
    supervisor.restart("cache").await.unwrap();
    let proof = heard(&mut events, |event| match event {
        Event::Restarted { proof, .. } => Some(proof),
        _ => None,
    })
    .await;
    assert_eq!(proof, None);
}
