//! A million messages through a link whose actor is restarted a hundred times: none lost, none doubled.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use actix::prelude::*;
use evenkeel::supervision::child::Child;
use evenkeel::supervision::link::Link;
use evenkeel::supervision::messages::SupervisorError;
use futures_util::future::join_all;

mod common;
use common::worker::{quick, unwatched};
use common::{SOON, eventually};

evenkeel::install_allocator!();

const MESSAGES: usize = 1_000_000;
const SENDERS: usize = 64;
const RESTARTS: u64 = 100;

/// Counts how often each message was handled.
struct Counter {
    handled: Arc<Handled>,
    generation: u64,
}

struct Handled {
    times: Vec<AtomicU8>,
    all: AtomicU64,
    generations: AtomicU64,
}

/// Answered with its own number and the generation that handled it.
#[derive(Message)]
#[rtype(result = "(usize, u64)")]
struct Numbered(usize);

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Numbered> for Counter {
    type Result = MessageResult<Numbered>;
    fn handle(&mut self, message: Numbered, _: &mut Self::Context) -> Self::Result {
        self.handled.times[message.0].fetch_add(1, Ordering::Relaxed);
        self.handled.all.fetch_add(1, Ordering::Relaxed);
        MessageResult((message.0, self.generation))
    }
}

/// Sends every `SENDERS`th message, one after the other; returns how many generations answered.
async fn send(link: Link<Counter>, first: usize) -> usize {
    let (mut generations, mut latest) = (0, 0);
    for number in (first..MESSAGES).step_by(SENDERS) {
        let (answered, generation) = link.send(Numbered(number)).await.unwrap();
        assert_eq!(answered, number, "the answer belongs to another message");
        assert!(generation >= latest, "generation {generation} answered after generation {latest}");
        generations += usize::from(generation > latest);
        latest = generation;
    }
    generations
}

#[actix_rt::test]
async fn a_million_messages_and_a_hundred_restarts_lose_and_double_nothing() {
    let times = (0..MESSAGES).map(|_| AtomicU8::new(0)).collect();
    let handled = Arc::new(Handled { times, all: AtomicU64::new(0), generations: AtomicU64::new(0) });
    let link = Link::new("counter");
    let book = Arc::clone(&handled);
    let counter = Child::new(&link, move || Counter {
        generation: book.generations.fetch_add(1, Ordering::Relaxed) + 1,
        handled: Arc::clone(&book),
    });
    let supervisor = unwatched(quick());
    supervisor.supervise(counter).unwrap();

    let restarts = async {
        for restart in 1..=RESTARTS {
            // Spread over the whole run: each comes in the middle of a stream of messages.
            let due = restart * MESSAGES as u64 / (RESTARTS + 1);
            let reached = async || (handled.all.load(Ordering::Relaxed) >= due).then_some(());
            eventually(SOON, "the messages go on", reached).await;
            let taken = async || match supervisor.restart("counter").await {
                Ok(()) => Some(()),
                Err(SupervisorError::NotRunning { .. }) => None,
                Err(error) => panic!("{error}"),
            };
            eventually(SOON, "the restart begins", taken).await;
        }
    };
    let senders = join_all((0..SENDERS).map(|first| send(link.clone(), first)));
    let (seen, ()) = tokio::join!(senders, restarts);

    let status = supervisor.status().await.unwrap().children.remove(0);
    assert_eq!((status.generation, status.restarts, status.crashes), (RESTARTS + 1, RESTARTS, 0));
    let lost = handled.times.iter().filter(|times| times.load(Ordering::Relaxed) == 0).count();
    let doubled = handled.times.iter().filter(|times| times.load(Ordering::Relaxed) > 1).count();
    assert_eq!((lost, doubled), (0, 0));
    let most = seen.iter().max().unwrap();
    println!(
        "{MESSAGES} messages, {RESTARTS} restarts: none lost, none doubled; a sender met {most} generations"
    );
    assert!(*most > 90, "the restarts were not spread over the messages: a sender met {most} generations");
}
