//! What becomes of a child: its name, its drain hook, its restart policy, its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use evenkeel::memory::record::PROCESS;
use evenkeel::supervision::status::{ChildState, SupervisorState};
use evenkeel::{Child, Limit, LinkError, RestartPolicy, Supervisor, SupervisorError, WholeProcess};

use crate::common::worker::{quick, unwatched};
use crate::common::{SOON, eventually};
use crate::{Break, Hoard, Keep, PROCESS_WIDE, hoard, status};

#[actix_rt::test]
async fn a_child_is_added_to_a_running_supervisor_and_its_name_is_taken() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = Supervisor::builder().process(WholeProcess::Shown).start();
    let first = supervisor.supervise(hoard("first")).unwrap();
    assert_eq!(first.send(Keep(1)).await, Ok(1));
    let second = supervisor.supervise(hoard("second")).unwrap();
    assert_eq!(second.send(Keep(1)).await, Ok(1));
    assert_eq!((first.name(), second.name()), ("first", "second"));
    let names: Vec<String> =
        supervisor.status().await.unwrap().children.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["first", "memory-monitor", "second"]);

    let refused = |child| supervisor.supervise(child).unwrap_err().to_string();
    assert_eq!(refused(hoard("first")), "there is a child named \"first\" already; write another name");
    assert!(refused(hoard("memory-monitor")).contains("already"));
    assert!(refused(hoard(PROCESS)).contains("whole process"), "{}", refused(hoard(PROCESS)));
    assert!(refused(hoard(" ")).contains("write one"));
    assert_eq!(
        refused(hoard("third").memory(Limit::soft("64"))),
        "the memory limits of third: \"64\" is not a size; write a number with a unit, for example 64 MiB"
    );
    let error = supervisor.supervise(Child::new(&first, Hoard::default)).unwrap_err();
    assert_eq!(error, SupervisorError::Duplicate { name: "first".to_owned() });
    assert_eq!(first.send(Keep(1)).await, Ok(2), "the first is as it was");
    assert_eq!(status(&supervisor, "first").await.generation, 1);
}

#[actix_rt::test]
async fn the_drain_hook_runs_before_the_end_and_every_message_is_counted_once() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(quick());
    let written = Arc::new(AtomicU64::new(0));
    let shared = Arc::clone(&written);
    let child = Child::named("writer", move || Hoard { written: Arc::clone(&shared), ..Hoard::default() })
        .drain_with(|hoard, _| {
            let (count, written) = (std::mem::take(&mut hoard.unwritten), Arc::clone(&hoard.written));
            async move {
                // Writing takes a moment, and the end waits for it.
                tokio::time::sleep(Duration::from_millis(20)).await;
                written.fetch_add(count, Ordering::SeqCst);
            }
        });
    let link = supervisor.supervise(child).unwrap();
    let sender = link.clone();
    let senders = futures_util::future::join_all((0..16).map(|_| {
        let link = sender.clone();
        async move {
            for _ in 0..200 {
                link.send(Keep(1)).await.unwrap();
            }
        }
    }));
    let restarts = async {
        for number in 2..=6 {
            let restarted = async || supervisor.restart("writer").await.ok();
            eventually(SOON, "the restart begins", restarted).await;
            let follows = async || (status(&supervisor, "writer").await.generation == number).then_some(());
            eventually(SOON, "the next generation follows", follows).await;
        }
    };
    tokio::join!(senders, restarts);
    let report = supervisor.shut_down(SOON).await.unwrap();
    assert_eq!((report.drained, report.cut_short), (vec!["writer".to_owned()], Vec::new()));
    assert_eq!(written.load(Ordering::SeqCst), 16 * 200);
}

#[actix_rt::test]
async fn a_child_has_a_restart_policy_of_its_own() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(quick());
    let strict = RestartPolicy { budget: 1, ..RestartPolicy::new(&quick()) };
    let strict = supervisor.supervise(hoard("strict").restart(strict)).unwrap();
    let lenient = supervisor.supervise(hoard("lenient")).unwrap();
    for _ in 0..5 {
        assert!(lenient.send(Break).await.is_err());
    }
    assert_eq!(lenient.send(Keep(1)).await, Ok(1));
    assert_eq!(supervisor.fault(), None);
    for _ in 0..2 {
        assert!(strict.send(Break).await.is_err());
    }
    let fault = tokio::time::timeout(SOON, supervisor.gave_up()).await.unwrap().unwrap();
    assert_eq!((fault.child.as_str(), fault.crashes), ("strict", 2));
    assert_eq!(strict.send(Keep(1)).await, Err(LinkError::Closed { child: "strict".into() }));
    // Everything else goes on until the application ends it, and nothing is begun any more.
    assert_eq!(lenient.send(Keep(1)).await, Ok(2));
    let error = supervisor.supervise(hoard("late")).unwrap_err();
    assert_eq!(error, SupervisorError::Ending { name: "late".to_owned() });
}

#[actix_rt::test]
async fn a_shutdown_ends_everything_and_nothing_is_begun_after_it() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = Supervisor::builder().config(quick()).process(WholeProcess::Shown).start();
    let shared = Arc::new(AtomicU64::new(0));
    let held = Arc::clone(&shared);
    let child = Child::named("first", move || Hoard { written: Arc::clone(&held), ..Hoard::default() });
    let link = supervisor.supervise(child).unwrap();
    supervisor.supervise(hoard("second")).unwrap();
    link.send(Keep(1)).await.unwrap();
    let report = supervisor.shut_down(SOON).await.unwrap();
    assert_eq!(report.drained, ["memory-monitor", "second", "first"]);
    assert_eq!(link.send(Keep(1)).await, Err(LinkError::Closed { child: "first".into() }));
    let error = supervisor.supervise(hoard("third")).unwrap_err();
    assert_eq!(error.to_string(), "third is not started: its supervisor is ending");
    assert_eq!(
        supervisor.restart("first").await,
        Err(SupervisorError::NotRunning { name: "first".to_owned() })
    );
    let ended = supervisor.status().await.unwrap();
    assert_eq!(ended.state, SupervisorState::ShuttingDown);
    assert!(ended.children.iter().all(|child| child.state == ChildState::Ended));
    assert_eq!(supervisor.look().await, Err(SupervisorError::Ended));
    assert_eq!(Arc::strong_count(&shared), 1, "what the factory held is let go");
}
