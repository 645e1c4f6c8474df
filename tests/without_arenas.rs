//! Supervision in a build without the feature `jemalloc`: children are restarted, and memory is that of the process.

#![cfg(not(feature = "jemalloc"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails fails its test")]

use actix::prelude::*;
use evenkeel::memory::arena::Arenas;
use evenkeel::{Child, Supervisor};

mod common;
use common::{SOON, eventually};

#[derive(Default)]
struct Counter(u64);

#[derive(Message)]
#[rtype(result = "u64")]
struct Count;

#[derive(Message)]
#[rtype(result = "()")]
struct Break;

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Count> for Counter {
    type Result = u64;

    fn handle(&mut self, _: Count, _: &mut Self::Context) -> u64 {
        self.0 += 1;
        self.0
    }
}

impl Handler<Break> for Counter {
    type Result = ();

    fn handle(&mut self, _: Break, _: &mut Self::Context) {
        panic!("told to");
    }
}

#[actix_rt::test]
async fn children_are_restarted_and_the_process_is_measured() {
    assert!(Arenas::probe().unwrap_err().to_string().contains("the feature jemalloc"));
    let supervisor = Supervisor::start();
    let counter = supervisor.supervise(Child::named("counter", Counter::default)).unwrap();
    assert_eq!(counter.send(Count).await, Ok(1));
    assert_eq!(counter.send(Count).await, Ok(2));
    counter.send(Break).await.unwrap_err();
    assert_eq!(counter.send(Count).await, Ok(1), "the next generation begins anew");

    let measurement = supervisor.measure(vec!["counter".to_owned()]).await.unwrap();
    assert!(measurement.process.unwrap().rss > 64 * 1024, "{measurement:?}");
    assert!(measurement.children.iter().all(|child| child.memory.is_none()), "{measurement:?}");
    assert_eq!((measurement.automatic, measurement.unattributed), (None, None));

    let looked = async || supervisor.memory();
    let status = eventually(SOON, "the monitor has looked", looked).await;
    assert!(!status.instrument.available && status.process.is_some(), "{status:?}");
    assert_eq!(supervisor.decisions(), []);
    assert!(supervisor.shut_down(SOON).await.is_ok());
}
