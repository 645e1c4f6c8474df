//! An application's own actors under supervision, through the public face only.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails fails its test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix::prelude::*;
use evenkeel::config::{LimitsConfig, MemoryConfig};
use evenkeel::memory::arena::Arenas;
use evenkeel::memory::record::{Action, PROCESS, Reason, Wish};
use evenkeel::supervision::ending::{Ending, RestartCause};
use evenkeel::supervision::event;
use evenkeel::supervision::status::{ChildState, ChildStatus, SupervisorState};
use evenkeel::{
    Child, Event, Events, Limit, Link, LinkError, RestartPolicy, Supervisor, SupervisorError,
    SupervisorHandle, Trend, WholeProcess,
};
use futures_util::StreamExt;
use tokio::sync::RwLock;

mod common;
use common::worker::{quick, unwatched};
use common::{SOON, eventually};

#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

const MIB: u64 = 1 << 20;

/// Tests run side by side in one process, but for the one that is about two supervisors in it.
static PROCESS_WIDE: RwLock<()> = RwLock::const_new(());

/// Keeps what it is sent, and writes it down when it is told to end.
#[derive(Default)]
struct Hoard {
    kept: Vec<Vec<u8>>,
    unwritten: u64,
    written: Arc<AtomicU64>,
}

/// Answers with the number of things that are kept.
#[derive(Message)]
#[rtype(result = "usize")]
struct Keep(u64);

#[derive(Message)]
#[rtype(result = "()")]
struct Break;

impl Actor for Hoard {
    type Context = Context<Self>;
}

impl Handler<Keep> for Hoard {
    type Result = usize;

    fn handle(&mut self, Keep(bytes): Keep, _: &mut Self::Context) -> usize {
        self.kept.push(vec![1; usize::try_from(bytes).unwrap()]);
        self.unwritten += 1;
        self.kept.len()
    }
}

impl Handler<Break> for Hoard {
    type Result = ();

    fn handle(&mut self, _: Break, _: &mut Self::Context) {
        panic!("told to");
    }
}

fn hoard(name: &str) -> Child<Hoard> {
    Child::named(name, Hoard::default)
}

/// Looks ten times a second, and judges limits only.
fn watchful() -> MemoryConfig {
    MemoryConfig {
        sample_every: Duration::from_millis(100),
        warm_up: Duration::from_secs(100_000),
        ..MemoryConfig::default()
    }
}

async fn status(supervisor: &SupervisorHandle, name: &str) -> ChildStatus {
    let children = supervisor.status().await.unwrap().children;
    children.into_iter().find(|child| child.name == name).unwrap()
}

/// The next event that `wanted` takes.
async fn heard<T>(events: &mut Events, wanted: impl Fn(Event) -> Option<T>) -> T {
    let listening = async {
        loop {
            let event = events.next().await.expect("the events end too early");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(SOON, listening).await.expect("the event does not come")
}

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
async fn events_come_in_the_order_of_what_happens_and_end_with_the_supervisor() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(quick());
    let events = supervisor.events();
    let link = supervisor.supervise(hoard("a")).unwrap();
    link.send(Keep(1)).await.unwrap();
    supervisor.restart("a").await.unwrap();
    eventually(SOON, "the second generation", async || {
        (status(&supervisor, "a").await.generation == 2).then_some(())
    })
    .await;
    assert_eq!(link.send(Break).await, Err(LinkError::Unanswered { child: "a".into() }));
    assert_eq!(link.send(Keep(1)).await, Ok(1));
    supervisor.shut_down(SOON).await.unwrap();
    let told: Vec<String> = events
        .into_stream()
        .map(|event| match event {
            Event::Started { generation, .. } => format!("started {generation}"),
            Event::Draining { generation, cause, .. } => format!("draining {generation} {}", cause.is_some()),
            Event::Ended { generation, ending, .. } => format!("ended {generation}: {ending}"),
            Event::Restarted { generation, proof, .. } => {
                format!("restarted {generation}, proven: {}", proof.is_some_and(|it| it.generation == 1))
            }
            Event::Crashed { generation, crashes, ending, .. } => {
                assert_eq!(ending, Ending::Panicked { message: "told to".to_owned() });
                format!("crashed {generation}: {crashes}")
            }
            Event::ShutDown(report) => format!("shut down: {:?}", report.drained),
            other => format!("{other:?}"),
        })
        .collect()
        .await;
    let expected = [
        "started 1",
        "draining 1 true",
        "ended 1: was restarted on request",
        "started 2",
        "restarted 2, proven: true",
        "ended 2: panicked: told to",
        "crashed 2: 1",
        "started 3",
        "draining 3 false",
        "ended 3: was shut down",
        "shut down: [\"a\"]",
    ];
    assert_eq!(told, expected);
}

#[actix_rt::test]
async fn a_listener_that_sleeps_is_told_how_much_it_missed() {
    let _beside = PROCESS_WIDE.read().await;
    let supervisor = unwatched(quick());
    let mut events = supervisor.events();
    let link = supervisor.supervise(hoard("a")).unwrap();
    // A crash is three events: ended, crashed, started.
    let crashes = event::CAPACITY as u64 / 3 + 10;
    for _ in 0..crashes {
        assert!(link.send(Break).await.is_err());
    }
    eventually(SOON, "the last restart", async || {
        (status(&supervisor, "a").await.generation == crashes + 1).then_some(())
    })
    .await;
    let happened = 1 + 3 * crashes;
    assert_eq!(events.next().await, Some(Event::Missed { events: happened - event::CAPACITY as u64 }));
    supervisor.shut_down(SOON).await.unwrap();
    let mut seen = 0;
    while events.next().await.is_some() {
        seen += 1;
    }
    // Three more of the shutdown: as many old ones are missed, and one event says so.
    assert_eq!(seen, event::CAPACITY + 1);
}

#[actix_rt::test]
async fn two_supervisors_in_one_process_do_not_meet() {
    let _alone = PROCESS_WIDE.write().await;
    let process = LimitsConfig { soft: None, hard: Some(bytesize::ByteSize::mib(1)) };
    let [one, other] = [WholeProcess::Shown, WholeProcess::Judged].map(|whole| {
        let memory = MemoryConfig { process, dry_run: true, ..watchful() };
        Supervisor::builder().config(quick()).memory(memory).process(whole).start()
    });
    // The same name, in each of them.
    let [mine, yours] = [&one, &other].map(|supervisor| supervisor.supervise(hoard("cache")).unwrap());
    yours.send(Keep(32 * MIB)).await.unwrap();
    one.look().await.unwrap();
    other.look().await.unwrap();
    one.restart("cache").await.unwrap();
    eventually(SOON, "the restart", async || (status(&one, "cache").await.generation == 2).then_some(()))
        .await;
    mine.send(Keep(1)).await.unwrap();
    assert_eq!(status(&other, "cache").await.generation, 1);
    assert_eq!(yours.send(Keep(1)).await, Ok(2), "what the other one keeps is still there");

    // What a child of one holds is not what nobody owns to the other. Of the tests before, something may be left.
    let [mine, yours] = eventually(SOON, "each sees what the other one's children hold", async || {
        one.look().await.unwrap();
        other.look().await.unwrap();
        let both = [&one, &other].map(|supervisor| supervisor.memory().unwrap());
        Some(both).filter(|[mine, yours]| mine.elsewhere > yours.elsewhere + 24 * MIB)
    })
    .await;
    for status in [&mine, &yours] {
        let children: u64 = status.children.iter().map(|child| child.rss.unwrap()).sum();
        let known = (children + status.elsewhere).cast_signed() + status.unattributed.unwrap();
        assert_eq!(known, status.process.unwrap().rss.cast_signed());
    }
    // Both show the process, and the one that is told to judges it.
    let judges = |status: &evenkeel::memory::status::MemoryStatus| status.decision.is_some();
    assert_eq!([judges(&mine), judges(&yours)], [false, true]);
    let about_the_process = |record: &evenkeel::memory::record::Record| record.child == PROCESS;
    assert!(!one.decisions().iter().any(about_the_process));
    let held = Action::HeldBack { instead_of: Wish::ReplaceProcess, reason: Reason::DryRun };
    assert!(other.decisions().iter().any(|record| record.child == PROCESS && record.action == held));
}

#[actix_rt::test]
async fn a_supervisor_that_has_ended_leaves_its_arenas_to_the_next() {
    #[derive(Message)]
    #[rtype(result = "u32")]
    struct Where;

    impl Handler<Where> for Hoard {
        type Result = u32;

        fn handle(&mut self, _: Where, _: &mut Self::Context) -> u32 {
            Arenas::probe().unwrap().bound().unwrap().index()
        }
    }

    let _alone = PROCESS_WIDE.write().await;
    let mut seen = BTreeSet::new();
    for _ in 0..8 {
        let supervisor = unwatched(quick());
        let link = supervisor.supervise(hoard("a")).unwrap();
        seen.insert(link.send(Where).await.unwrap());
        link.send(Keep(4 * MIB)).await.unwrap();
        supervisor.shut_down(SOON).await.unwrap();
    }
    // Never two at once; a thread that is late to let go of one makes for a second.
    assert!(seen.len() <= 3, "{seen:?}");
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
