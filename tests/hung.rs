//! Generations that hang, and what hangs on them: messages, senders, neighbours, arenas, the end.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use actix_rt::task::JoinHandle;
use evenkeel::config::SupervisionConfig;
use evenkeel::supervision::link::{Link, LinkError};

mod common;
use common::worker::{ArenaIndex, Block, Hang, Panic, Rig, Serial, quick, rig, unwatched, worker};
use common::{SOON, eventually};

evenkeel::install_allocator!();

/// Makes the living generation hang until the returned sender is used or dropped.
async fn hang(rig: &Rig) -> (mpsc::Sender<()>, JoinHandle<Result<(), LinkError>>) {
    let (taken, is_taken) = tokio::sync::oneshot::channel();
    let (wake, asleep) = mpsc::channel();
    let link = rig.link.clone();
    let stuck = actix_rt::spawn(async move { link.send(Hang(taken, asleep)).await });
    is_taken.await.unwrap();
    (wake, stuck)
}

fn impatient(answer_within: Duration) -> SupervisionConfig {
    SupervisionConfig { answer_within, ..quick() }
}

#[actix_rt::test]
async fn a_generation_that_comes_to_takes_no_message_that_came_after_it_was_abandoned() {
    let pause = Duration::from_secs(1);
    let config = SupervisionConfig {
        backoff_first: pause,
        backoff_max: pause,
        ..impatient(Duration::from_millis(300))
    };
    let rig = rig(config);
    let (wake, stuck) = hang(&rig).await;
    rig.until("it is abandoned", |status| status.abandoned == 1).await;
    let link = rig.link.clone();
    let later = actix_rt::spawn(async move { link.send(Serial).await });
    while rig.link.depth() == 0 {
        tokio::task::yield_now().await;
    }
    wake.send(()).unwrap();
    rig.until("the abandoned thread ends", |status| status.abandoned == 0).await;
    assert_eq!(later.await.unwrap(), Ok(2));
    assert!(stuck.await.unwrap().is_err());
}

#[actix_rt::test]
async fn whoever_waits_for_a_generation_that_never_wakes_is_told() {
    let rig = rig(impatient(Duration::from_millis(300)));
    let (_wake, stuck) = hang(&rig).await;
    let told = tokio::time::timeout(SOON, stuck).await.unwrap().unwrap();
    assert_eq!(told, Err(LinkError::Unanswered { child: "worker".into() }));
}

#[actix_rt::test]
async fn the_long_back_off_of_one_child_does_not_delay_another() {
    let (first, second) = (Link::new("first"), Link::new("second"));
    let config = SupervisionConfig {
        backoff_first: Duration::from_secs(600),
        backoff_max: Duration::from_secs(600),
        ..quick()
    };
    let supervisor = unwatched(config);
    for link in [&first, &second] {
        supervisor.supervise(worker(link, &Arc::default(), &Arc::default())).unwrap();
    }
    assert!(first.send(Panic).await.is_err());
    assert_eq!(second.send(Serial).await, Ok(1));
    supervisor.restart("second").await.unwrap();
    // Until the drain has ended it is the first that answers.
    eventually(SOON, "the second generation answers", async || {
        (second.send(Serial).await == Ok(2)).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn arenas_are_used_again_when_hung_generations_have_come_to() {
    let rig = rig(impatient(Duration::from_millis(300)));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let generation = rig.status().await.generation;
        seen.insert(rig.link.send(ArenaIndex).await.unwrap());
        let (wake, _stuck) = hang(&rig).await;
        rig.until("the successor", |status| status.generation > generation).await;
        seen.insert(rig.link.send(ArenaIndex).await.unwrap());
        drop(wake);
        rig.until("the abandoned thread ends", |status| status.abandoned == 0).await;
        let generation = rig.status().await.generation;
        rig.supervisor.restart("worker").await.unwrap();
        rig.until("the restart", |status| status.generation > generation).await;
    }
    // One for the child, one for the time in which a generation hangs, one while its thread is being joined.
    assert!(seen.len() <= 3, "{seen:?}");
}

#[test]
fn a_thread_that_hangs_is_left_behind_at_the_end_and_said() {
    let (wake, asleep) = mpsc::channel();
    let (ended, has_ended) = mpsc::channel();
    let system = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        actix_rt::System::with_tokio_rt(|| runtime).block_on(async {
            let rig = rig(quick());
            rig.link.send(Block(asleep)).await.unwrap();
            let report = rig.supervisor.shut_down(Duration::from_secs(1)).await.unwrap();
            assert_eq!((report.drained.len(), report.cut_short), (0, vec!["worker".to_owned()]));
        });
        ended.send(()).unwrap();
    });
    has_ended.recv_timeout(SOON).expect("the system does not end while a thread hangs");
    drop(wake);
    system.join().unwrap();
}

#[actix_rt::test]
async fn a_second_shutdown_is_answered_like_the_first() {
    let rig = rig(quick());
    rig.link.send(Serial).await.unwrap();
    let first = rig.supervisor.shut_down(SOON).await.unwrap();
    assert_eq!(first.drained, ["worker"]);
    let second = tokio::time::timeout(SOON, rig.supervisor.shut_down(SOON)).await.unwrap();
    assert_eq!(second.unwrap(), first);
}
