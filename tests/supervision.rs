//! Restarts as the user of a link and the operator see them.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use evenkeel::config::SupervisionConfig;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::ending::{Ending, RestartCause};
use evenkeel::supervision::link::{Link, LinkError};
use evenkeel::supervision::messages::SupervisorError;
use evenkeel::supervision::status::{ChildState, SupervisorState};
use evenkeel::supervision::supervisor::Supervisor;

mod common;
use common::worker::{Allocate, Hang, Panic, Serial, Slow, Worker, quick, rig, unwatched, worker};
use common::{SOON, eventually};

evenkeel::install_allocator!();

#[actix_rt::test]
async fn a_panic_restarts_the_actor_and_a_message_sent_meanwhile_reaches_the_next_generation() {
    let rig = rig(quick());
    assert_eq!(rig.link.send(Serial).await, Ok(1));
    let lost = rig.link.send(Panic).await;
    assert_eq!(lost, Err(LinkError::Unanswered { child: "worker".into() }));
    assert_eq!(rig.link.send(Serial).await, Ok(2));
    let status = rig.status().await;
    assert_eq!((status.generation, status.crashes, status.restarts), (2, 1, 0));
    assert_eq!(status.last_ending, Some(Ending::Panicked { message: "told to".to_owned() }));
}

#[actix_rt::test]
async fn messages_queued_behind_a_panic_are_handled_once_each_by_the_next_generation() {
    let rig = rig(quick());
    let (taken, _) = tokio::sync::oneshot::channel();
    let (release, hold) = tokio::sync::oneshot::channel();
    let slow = rig.link.send(Slow(taken, hold));
    let queued = futures_util::future::join_all((0..50).map(|_| rig.link.send(Serial)));
    let (panicked, answers, _) = tokio::join!(rig.link.send(Panic), queued, async {
        drop(release);
        slow.await
    });
    assert!(panicked.is_err());
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(rig.handled.load(Ordering::SeqCst), 50);
}

#[actix_rt::test]
async fn a_planned_restart_finishes_what_is_open_first() {
    let rig = rig(quick());
    rig.link.send(Serial).await.unwrap();
    let (taken, is_taken) = tokio::sync::oneshot::channel();
    let (release, hold) = tokio::sync::oneshot::channel();
    let link = rig.link.clone();
    let slow = actix_rt::spawn(async move { link.send(Slow(taken, hold)).await });
    is_taken.await.unwrap();
    rig.supervisor.restart("worker").await.unwrap();
    let refused = rig.supervisor.restart("worker").await;
    assert_eq!(refused, Err(SupervisorError::NotRunning { name: "worker".to_owned() }));
    assert_eq!(rig.status().await.state, ChildState::Draining);
    release.send(()).unwrap();
    assert_eq!(slow.await.unwrap(), Ok(1));
    assert_eq!(rig.link.send(Serial).await, Ok(2));
    let status = rig.status().await;
    assert_eq!((status.crashes, status.restarts), (0, 1));
    assert_eq!(status.last_ending, Some(Ending::Restarted(RestartCause::Requested)));
}

#[actix_rt::test]
async fn a_child_that_hangs_is_replaced_abandoned_and_ends_when_it_comes_to() {
    let rig = rig(SupervisionConfig { answer_within: Duration::from_millis(200), ..quick() });
    let (taken, _) = tokio::sync::oneshot::channel();
    let (wake, hang) = std::sync::mpsc::channel();
    let link = rig.link.clone();
    let stuck = actix_rt::spawn(async move { link.send(Hang(taken, hang)).await });
    let status = rig.until("the hung generation is replaced", |status| status.generation == 2).await;
    assert_eq!((status.abandoned, status.last_ending), (1, Some(Ending::Unresponsive)));
    assert_eq!(rig.link.send(Serial).await, Ok(2));
    // Whoever waits for the hung generation is told; nobody knows whether it will ever answer.
    assert_eq!(stuck.await.unwrap(), Err(LinkError::Unanswered { child: "worker".into() }));
    wake.send(()).unwrap();
    rig.until("the abandoned thread ends", |status| status.abandoned == 0).await;
    assert_eq!(rig.link.send(Serial).await, Ok(2));
    assert_eq!(rig.made.load(Ordering::SeqCst), 2);
}

#[actix_rt::test]
async fn a_crash_budget_that_is_used_up_is_said_with_its_root_cause() {
    let rig = rig(SupervisionConfig { crash_budget: 2, ..quick() });
    for _ in 0..3 {
        let _ = rig.link.send(Panic).await;
    }
    let fault = tokio::time::timeout(SOON, rig.supervisor.gave_up()).await.unwrap().unwrap();
    assert_eq!((fault.child.as_str(), fault.crashes), ("worker", 3));
    assert_eq!(fault.root_cause, Ending::Panicked { message: "told to".to_owned() });
    assert_eq!(rig.link.send(Serial).await, Err(LinkError::Closed { child: "worker".into() }));
    assert_eq!(rig.supervisor.status().await.unwrap().state, SupervisorState::GaveUp);
}

#[actix_rt::test]
async fn a_factory_that_fails_or_panics_is_tried_again() {
    let link = Link::<Worker>::new("worker");
    let attempts = Arc::new(AtomicU32::new(0));
    let tried = Arc::clone(&attempts);
    let supervisor = Supervisor::builder().config(quick()).arenas(None).without_monitor().start();
    let child = Child::fallible(&link, move || match tried.fetch_add(1, Ordering::SeqCst) {
        0 => Err("not yet"),
        1 => panic!("not like this"),
        serial => Ok(Worker { serial, handled: Arc::default() }),
    });
    supervisor.supervise(child).unwrap();
    assert_eq!(link.send(Serial).await, Ok(2));
    let status = supervisor.status().await.unwrap().children.remove(0);
    assert_eq!(status.last_ending, Some(Ending::Panicked { message: "not like this".to_owned() }));
    assert_eq!(status.memory, None);
}

#[actix_rt::test]
async fn children_are_drained_in_the_opposite_order_and_the_late_are_cut_short() {
    let (first, second) = (Link::new("first"), Link::new("second"));
    let (made, handled) = (Arc::default(), Arc::default());
    let supervisor = unwatched(quick());
    supervisor.supervise(worker(&first, &made, &handled)).unwrap();
    supervisor.supervise(worker(&second, &made, &handled)).unwrap();
    first.send(Serial).await.unwrap();
    let (taken, is_taken) = tokio::sync::oneshot::channel();
    let (_never, hold) = tokio::sync::oneshot::channel();
    let stuck = second.clone();
    let open = actix_rt::spawn(async move { stuck.send(Slow(taken, hold)).await });
    is_taken.await.unwrap();
    let report = supervisor.shut_down(Duration::from_secs(2)).await.unwrap();
    assert_eq!(report.drained, ["first"]);
    assert_eq!(report.cut_short, ["second"]);
    assert_eq!(open.await.unwrap(), Err(LinkError::Unanswered { child: "second".into() }));
    assert_eq!(first.send(Serial).await, Err(LinkError::Closed { child: "first".into() }));
}

#[actix_rt::test]
async fn what_was_sent_before_a_shutdown_is_handled_however_late_the_child_looks_up() {
    let link: Link<Worker> = Link::new("worker");
    let (look_up, looked_up) = std::sync::mpsc::channel();
    let looked_up = Mutex::new(looked_up);
    let child = Child::new(&link, move || {
        looked_up.lock().unwrap().recv().unwrap();
        Worker { serial: 1, handled: Arc::default() }
    });
    let supervisor = unwatched(quick());
    supervisor.supervise(child).unwrap();
    let sender = link.clone();
    let sent = actix_rt::spawn(async move { sender.send(Serial).await });
    eventually(SOON, "it is queued", async || (link.depth() == 1).then_some(())).await;
    let ending = supervisor.clone();
    let ended = actix_rt::spawn(async move { ending.shut_down(SOON).await });
    eventually(SOON, "it is told to end", async || {
        let status = supervisor.status().await.unwrap();
        (status.children[0].state == ChildState::Draining).then_some(())
    })
    .await;
    look_up.send(()).unwrap();
    assert_eq!(sent.await.unwrap(), Ok(1));
    assert_eq!(ended.await.unwrap().unwrap().drained, ["worker"]);
}

#[actix_rt::test]
async fn a_message_that_nobody_takes_in_time_is_withdrawn_and_never_handled() {
    let rig = rig(quick());
    rig.link.send(Serial).await.unwrap();
    let (taken, is_taken) = tokio::sync::oneshot::channel();
    let (wake, hang) = std::sync::mpsc::channel();
    let link = rig.link.clone();
    let hung = actix_rt::spawn(async move { link.send(Hang(taken, hang)).await });
    is_taken.await.unwrap();
    let impatient = rig.link.with_patience(Duration::from_millis(20));
    let refused = impatient.send(Serial).await;
    assert!(matches!(refused, Err(LinkError::NotTaken { .. })), "{refused:?}");
    wake.send(()).unwrap();
    hung.await.unwrap().unwrap();
    rig.link.send(Serial).await.unwrap();
    assert_eq!(rig.handled.load(Ordering::SeqCst), 2);
}

#[actix_rt::test]
async fn an_unknown_child_is_named_with_those_that_exist() {
    let rig = rig(quick());
    let refused = rig.supervisor.restart("walker").await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no child named \"walker\"; there are worker");
}

#[actix_rt::test]
async fn memory_is_charged_to_the_child_that_allocates_it_in_every_generation() {
    const SIZE: usize = 8 << 20;
    let rig = rig(quick());
    for generation in 1..=3 {
        rig.link.send(Serial).await.unwrap();
        let before = rig.status().await.memory.unwrap().allocated;
        let block = rig.link.send(Allocate(SIZE)).await.unwrap();
        let during = rig.status().await.memory.unwrap().allocated;
        drop(block);
        let charged = during.saturating_sub(before);
        assert!(
            charged.abs_diff(SIZE as u64) < 64 * 1024,
            "generation {generation}: {charged} bytes charged"
        );
        rig.supervisor.restart("worker").await.unwrap();
        rig.until("the next generation runs", |status| status.generation == generation + 1).await;
    }
}
