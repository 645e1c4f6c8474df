//! What an application hears of its children, in which order, and what it misses when it does not listen.

use evenkeel::supervision::ending::Ending;
use evenkeel::supervision::event;
use evenkeel::{Event, LinkError};
use futures_util::StreamExt;

use crate::common::worker::{quick, unwatched};
use crate::common::{SOON, eventually};
use crate::{Break, Keep, PROCESS_WIDE, hoard, status};

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
