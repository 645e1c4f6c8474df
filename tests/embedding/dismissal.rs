//! Children that are dismissed: nothing of them is left, and their names are free.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use evenkeel::config::SupervisionConfig;
use evenkeel::memory::probe::process_rss;
use evenkeel::supervision::{ChildState, Ending};
use evenkeel::{Child, Event, Link, LinkError, Supervisor, SupervisorError, WholeProcess};
use tokio::sync::oneshot;

use crate::common::worker::{ArenaIndex, Hang, Serial, quick, unwatched, worker};
use crate::common::{SOON, eventually};
use crate::{Break, Hoard, Keep, MIB, PROCESS_WIDE, heard, hoard, status, watchful};

#[actix_rt::test]
async fn a_dismissed_child_is_drained_and_forgotten_and_its_memory_comes_back() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(quick());
    let mut events = supervisor.events();
    let written = Arc::new(AtomicU64::new(0));
    let held = Arc::clone(&written);
    let child = Child::named("tenant", move || Hoard { written: Arc::clone(&held), ..Hoard::default() })
        .drain_with(|hoard, _| {
            let (count, written) = (hoard.unwritten, Arc::clone(&hoard.written));
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                written.fetch_add(count, Ordering::SeqCst);
            }
        });
    let (tenant, other) =
        (supervisor.supervise(child).unwrap(), supervisor.supervise(hoard("other")).unwrap());
    tenant.send(Keep(8 * MIB)).await.unwrap();

    let proof = supervisor.dismiss("tenant").await.unwrap().unwrap();
    assert!(proof.before.allocated >= 8 * MIB && proof.returned() >= 8 * MIB, "{proof:?}");
    assert_eq!((proof.generation, written.load(Ordering::SeqCst)), (1, 1), "it was drained");
    assert_eq!(Arc::strong_count(&written), 1, "what the factory held is let go");
    assert_eq!(tenant.send(Keep(1)).await, Err(LinkError::Closed { child: "tenant".into() }));
    let ended = |event| match event {
        Event::Ended { child, ending, .. } => Some((child, ending)),
        _ => None,
    };
    assert_eq!(heard(&mut events, ended).await, ("tenant".to_owned(), Ending::Dismissed));

    let children = supervisor.status().await.unwrap().children;
    assert_eq!(children.iter().map(|child| child.name.as_str()).collect::<Vec<_>>(), ["other"]);
    let unknown = SupervisorError::UnknownChild { name: "tenant".to_owned(), known: "other".to_owned() };
    assert_eq!(supervisor.dismiss("tenant").await, Err(unknown.clone()));
    assert_eq!(supervisor.restart("tenant").await, Err(unknown));
    // Another one of the name, and who was there all the time.
    let tenant = supervisor.supervise(hoard("tenant")).unwrap();
    assert_eq!((tenant.send(Keep(1)).await, other.send(Keep(1)).await), (Ok(1), Ok(1)));
    assert_eq!(status(&supervisor, "tenant").await.generation, 1);
    assert_eq!(supervisor.shut_down(SOON).await.unwrap().drained, ["tenant", "other"]);
}

#[actix_rt::test]
async fn a_child_that_waits_for_its_next_generation_is_dismissed_at_once_and_never_begins_it() {
    let _beside = PROCESS_WIDE.read().await;
    let pause = Duration::from_secs(600);
    let supervisor = unwatched(SupervisionConfig {
        backoff_first: pause,
        backoff_max: pause,
        ..SupervisionConfig::default()
    });
    let link = supervisor.supervise(hoard("broken")).unwrap();
    assert!(link.send(Break).await.is_err());
    let mut events = supervisor.events();
    let waits = async || {
        let child = status(&supervisor, "broken").await;
        (child.state == ChildState::Restarting && child.crashes == 1).then_some(())
    };
    eventually(SOON, "it waits", waits).await;
    let waiting = tokio::spawn(async move { link.send(Keep(1)).await });
    tokio::time::timeout(SOON, supervisor.dismiss("broken")).await.unwrap().unwrap();
    assert_eq!(waiting.await.unwrap(), Err(LinkError::Closed { child: "broken".into() }));
    assert!(supervisor.status().await.unwrap().children.is_empty());
    // The next event is not one of it.
    supervisor.supervise(hoard("next")).unwrap();
    let started = |event| match event {
        Event::Started { child, generation } => Some((child, generation)),
        _ => None,
    };
    assert_eq!(heard(&mut events, started).await, ("next".to_owned(), 1));
}

#[actix_rt::test]
async fn a_child_that_hangs_is_forgotten_and_its_arena_given_to_nobody_until_it_comes_to() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(SupervisionConfig { drain_within: Duration::from_millis(100), ..quick() });
    let link = Link::new("stuck");
    supervisor.supervise(worker(&link, &Arc::default(), &Arc::default())).unwrap();
    let arena = link.send(ArenaIndex).await.unwrap();
    let ((taken, is_taken), (wake, asleep)) = (oneshot::channel(), mpsc::channel());
    let stuck = actix_rt::spawn(async move { link.send(Hang(taken, asleep)).await });
    is_taken.await.unwrap();

    let dismissed = tokio::time::timeout(SOON, supervisor.dismiss("stuck")).await.unwrap();
    assert_eq!(dismissed, Ok(None), "nothing is proven of a thread that has not ended");
    assert!(stuck.await.unwrap().is_err());
    assert!(supervisor.status().await.unwrap().children.is_empty());
    let successor = async |name: &str| {
        let link = Link::new(name);
        supervisor.supervise(worker(&link, &Arc::default(), &Arc::default())).unwrap();
        let arena = link.send(ArenaIndex).await.unwrap();
        supervisor.dismiss(name).await.unwrap();
        arena
    };
    assert_ne!(successor("stuck").await, arena, "its thread still allocates from it");
    let measured = supervisor.measure(Vec::new()).await.unwrap();
    assert!(measured.children.is_empty(), "{measured:?}");
    wake.send(()).unwrap();
    eventually(SOON, "the arena is let again", async || {
        // Both free arenas are tried: the second is taken while the first is in use.
        let link = Link::new("first");
        supervisor.supervise(worker(&link, &Arc::default(), &Arc::default())).unwrap();
        let first = link.send(ArenaIndex).await.unwrap();
        let second = successor("second").await;
        supervisor.dismiss(link.name()).await.unwrap();
        [first, second].contains(&arena).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn what_attends_is_not_dismissed_nor_anything_while_everything_ends() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = Supervisor::builder().process(WholeProcess::Shown).memory(watchful()).start();
    let link = supervisor.supervise(hoard("first")).unwrap();
    link.send(Keep(1)).await.unwrap();
    supervisor.look().await.unwrap();
    let refused = supervisor.dismiss("memory-monitor").await.unwrap_err();
    assert!(refused.to_string().starts_with("memory-monitor attends to the others"), "{refused}");
    assert_eq!(status(&supervisor, "memory-monitor").await.state, ChildState::Running);
    supervisor.dismiss("first").await.unwrap();
    supervisor.look().await.unwrap();
    let accounts = supervisor.memory().unwrap().children;
    assert_eq!(accounts.iter().map(|account| account.name.as_str()).collect::<Vec<_>>(), ["memory-monitor"]);
    supervisor.supervise(hoard("second")).unwrap();
    supervisor.shut_down(SOON).await.unwrap();
    let refused = supervisor.dismiss("second").await;
    assert_eq!(refused, Err(SupervisorError::NotRunning { name: "second".to_owned() }));
}

#[actix_rt::test]
async fn children_that_come_and_go_leave_nothing() {
    let _alone = PROCESS_WIDE.write().await;
    let supervisor = Supervisor::builder().memory(watchful()).start();
    let mut arenas = std::collections::BTreeSet::new();
    let mut come_and_go = async |from: u32, to: u32| {
        for number in from..to {
            let link = Link::new(&format!("tenant-{number}"));
            supervisor.supervise(worker(&link, &Arc::default(), &Arc::default())).unwrap();
            assert_eq!(link.send(Serial).await, Ok(1));
            arenas.insert(link.send(ArenaIndex).await.unwrap());
            supervisor.look().await.unwrap();
            supervisor.dismiss(link.name()).await.unwrap();
        }
        process_rss().unwrap()
    };
    let before = come_and_go(0, 50).await;
    let after = come_and_go(50, 300).await;
    assert!(after < before + 2 * MIB, "{before} B after 50 of them, {after} B after 300");
    assert!(arenas.len() <= 4, "they have one arena after the other: {arenas:?}");
    assert_eq!(supervisor.status().await.unwrap().children.len(), 1);
}
