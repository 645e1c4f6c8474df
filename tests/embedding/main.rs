//! An application's own actors under supervision, through the public face only.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails fails its test")]

#[path = "../common/mod.rs"]
mod common;

mod children;
mod dismissal;
mod events;
mod limits;
mod neighbours;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix::prelude::*;
use common::SOON;
use evenkeel::config::MemoryConfig;
use evenkeel::supervision::status::ChildStatus;
use evenkeel::{Child, Event, Events, SupervisorHandle};
use tokio::sync::RwLock;

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
