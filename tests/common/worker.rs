//! A small actor that does what it is told, under a supervisor of its own.

#![allow(dead_code, unreachable_pub, missing_docs)] // every test binary uses a part of it
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use actix::prelude::*;
use evenkeel::config::SupervisionConfig;
use evenkeel::memory::arena::Arenas;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::handle::SupervisorHandle;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::status::ChildStatus;
use evenkeel::supervision::supervisor::Supervisor;

use super::{SOON, eventually};

/// Answers with its generation's serial number; panics, hangs or takes its time when told to.
pub struct Worker {
    pub serial: u32,
    /// Every `Serial` that was answered.
    pub handled: Arc<AtomicU64>,
}

#[derive(Message)]
#[rtype(result = "u32")]
pub struct Serial;

#[derive(Message)]
#[rtype(result = "()")]
pub struct Panic;

#[derive(Message)]
#[rtype(result = "()")]
pub struct Hang(pub tokio::sync::oneshot::Sender<()>, pub std::sync::mpsc::Receiver<()>);

#[derive(Message)]
#[rtype(result = "u32")]
pub struct Slow(pub tokio::sync::oneshot::Sender<()>, pub tokio::sync::oneshot::Receiver<()>);

#[derive(Message)]
#[rtype(result = "()")]
pub struct Block(pub std::sync::mpsc::Receiver<()>);

#[derive(Message)]
#[rtype(result = "u32")]
pub struct ArenaIndex;

#[derive(Message)]
#[rtype(result = "Vec<u8>")]
pub struct Allocate(pub usize);

impl Actor for Worker {
    type Context = Context<Self>;
}

impl Handler<Serial> for Worker {
    type Result = u32;
    fn handle(&mut self, _: Serial, _: &mut Self::Context) -> u32 {
        self.handled.fetch_add(1, Ordering::SeqCst);
        self.serial
    }
}

impl Handler<Panic> for Worker {
    type Result = ();
    fn handle(&mut self, _: Panic, _: &mut Self::Context) {
        panic!("told to");
    }
}

impl Handler<Hang> for Worker {
    type Result = ();
    fn handle(&mut self, hang: Hang, _: &mut Self::Context) {
        let _ = hang.0.send(());
        let _ = hang.1.recv();
    }
}

impl Handler<Slow> for Worker {
    type Result = ResponseActFuture<Self, u32>;
    fn handle(&mut self, slow: Slow, _: &mut Self::Context) -> Self::Result {
        let _ = slow.0.send(());
        Box::pin(slow.1.into_actor(self).map(|_, worker, _| worker.serial))
    }
}

impl Handler<Block> for Worker {
    type Result = ();
    fn handle(&mut self, block: Block, _: &mut Self::Context) {
        drop(tokio::task::spawn_blocking(move || block.0.recv()));
    }
}

impl Handler<ArenaIndex> for Worker {
    type Result = u32;
    fn handle(&mut self, _: ArenaIndex, _: &mut Self::Context) -> u32 {
        Arenas::probe().unwrap().bound().unwrap().index()
    }
}

impl Handler<Allocate> for Worker {
    type Result = Vec<u8>;
    fn handle(&mut self, allocate: Allocate, _: &mut Self::Context) -> Vec<u8> {
        vec![1; allocate.0]
    }
}

pub struct Rig {
    pub link: Link<Worker>,
    pub supervisor: SupervisorHandle,
    pub made: Arc<AtomicU32>,
    pub handled: Arc<AtomicU64>,
}

pub fn quick() -> SupervisionConfig {
    SupervisionConfig {
        backoff_first: Duration::from_millis(1),
        backoff_max: Duration::from_millis(5),
        crash_budget: 1000,
        ..SupervisionConfig::default()
    }
}

/// A supervisor whose children are all that it has.
pub fn unwatched(config: SupervisionConfig) -> SupervisorHandle {
    Supervisor::builder().config(config).without_monitor().start()
}

pub fn worker(link: &Link<Worker>, made: &Arc<AtomicU32>, handled: &Arc<AtomicU64>) -> Child<Worker> {
    let (made, handled) = (Arc::clone(made), Arc::clone(handled));
    Child::new(link, move || Worker {
        serial: made.fetch_add(1, Ordering::SeqCst) + 1,
        handled: Arc::clone(&handled),
    })
}

pub fn rig(config: SupervisionConfig) -> Rig {
    let link = Link::new("worker");
    let (made, handled) = (Arc::default(), Arc::default());
    let supervisor = unwatched(config);
    supervisor.supervise(worker(&link, &made, &handled)).unwrap();
    Rig { link, supervisor, made, handled }
}

impl Rig {
    pub async fn status(&self) -> ChildStatus {
        self.supervisor.status().await.unwrap().children.remove(0)
    }

    pub async fn until(&self, what: &str, condition: impl Fn(&ChildStatus) -> bool) -> ChildStatus {
        eventually(SOON, what, async || Some(self.status().await).filter(&condition)).await
    }
}
