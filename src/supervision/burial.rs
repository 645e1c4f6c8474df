//! What follows the end of a generation: its thread is waited for, its account is settled, and what is next for the
//! child is decided.
//!
//! The next generation starts only after the account was settled, so that what the ended one left behind is told
//! apart from what the next one needs.

use std::time::Duration;

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context, Handler};
use futures_util::future::OptionFuture;
use tokio::sync::oneshot;

use super::ending::Ending;
use super::generation::{Generation, GenerationEnded};
use super::purge::purge;
use super::slot::Slot;
use super::supervisor::{LEAST_SHARE, Supervisor};

/// How long an ended generation's thread may take to go away before it counts as abandoned.
const JOIN_WITHIN: Duration = Duration::from_secs(5);

impl Supervisor {
    /// The present generation of a child has ended by itself or because it was drained.
    fn generation_ended(&mut self, ended: GenerationEnded, ctx: &mut Context<Self>) {
        let GenerationEnded { child: index, generation: number, ending } = ended;
        let Some(slot) = self.slots.get_mut(index) else { return };
        if slot.number != number || slot.generation.is_none() {
            if let Some(generation) = slot.reclaim(number) {
                let name = slot.name();
                log::info!(event = "abandoned-ended", child = name, generation = number; "{name} generation {number}, abandoned earlier, has ended after all");
                self.bury((index, number), generation, ctx, |_, _, _| {});
            }
            return;
        }
        slot.note_before();
        let Some(generation) = slot.generation.take() else { return };
        let Some(ending) = self.ended(index, ending) else { return };
        self.bury((index, number), generation, ctx, move |supervisor, gone, ctx| {
            supervisor.buried(index, ending, gone, ctx);
        });
    }

    /// Joins an ended generation's thread aside, settles its account and goes on with `then`, which is told whether the
    /// thread is gone. A thread that takes longer is not waited for: its account is settled when it has gone after all.
    fn bury(
        &mut self,
        (index, number): (usize, u64),
        mut generation: Generation,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, bool, &mut Context<Self>) + 'static,
    ) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        generation.halt();
        slot.bury(number, generation.account.take());
        let (done, mut joined) = oneshot::channel();
        // Not on the runtime's blocking threads: the runtime would wait at its end for a thread that hangs.
        let joiner = std::thread::Builder::new().name("evenkeel-join".to_owned());
        if let Err(error) = joiner.spawn(move || {
            generation.join();
            done.send(())
        }) {
            log::warn!(event = "thread-not-awaited"; "the thread of an ended generation is not waited for: {error}");
        }
        let limit = self.shutdown.as_ref().map_or(JOIN_WITHIN, |shutdown| {
            JOIN_WITHIN.min(shutdown.left(&self.stopwatch) / 4).max(LEAST_SHARE)
        });
        let waited = async move {
            let gone = matches!(tokio::time::timeout(limit, &mut joined).await, Ok(Ok(())));
            (gone, joined)
        };
        ctx.spawn(wrap_future::<_, Self>(waited).map(move |(gone, joined), supervisor, ctx| {
            if gone {
                return supervisor.settle((index, number), ctx, |supervisor, ctx| then(supervisor, true, ctx));
            }
            if let Some(name) = supervisor.slots.get(index).map(Slot::name) {
                log::error!(event = "thread-left-behind", child = name; "a thread of {name} did not end within {limit:?} after its actor and is left behind");
            }
            ctx.spawn(wrap_future::<_, Self>(joined).map(move |joined, supervisor, ctx| {
                if joined.is_ok() {
                    supervisor.settle((index, number), ctx, |_, _| {});
                }
            }));
            then(supervisor, false, ctx);
        }));
    }

    /// Purges and reads the account of a generation whose threads have gone.
    fn settle(
        &mut self,
        (index, number): (usize, u64),
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + 'static,
    ) {
        // At the end of everything nobody asks any more who left what.
        let flushed = self.shutdown.is_none().then(|| self.flush_all());
        let arena = self.slots.get(index).and_then(|slot| slot.buried(number)).cloned();
        let ready = async move {
            let settled =
                OptionFuture::from(flushed).await.is_some_and(|all| all.iter().all(|(_, flushed)| *flushed));
            if let Some(arena) = arena {
                purge(std::slice::from_ref(&arena)).await;
            }
            settled
        };
        ctx.spawn(wrap_future::<_, Self>(ready).map(move |settled, supervisor, ctx| {
            if let Some(slot) = supervisor.slots.get_mut(index) {
                slot.settle(number, settled);
            }
            supervisor.slots.sweep(index);
            then(supervisor, ctx);
        }));
    }

    fn buried(&mut self, index: usize, ending: Ending, gone: bool, ctx: &mut Context<Self>) {
        if self.shutdown.is_some() {
            return self.child_drained(index, &ending, gone, ctx);
        }
        if self.slots.get(index).is_some_and(Slot::is_dismissed) {
            return self.forget(index);
        }
        match &ending {
            Ending::Restarted(_) => self.start_later(index, Duration::ZERO, ending.to_string(), ctx),
            Ending::Stopped
            | Ending::Panicked { .. }
            | Ending::FailedToStart { .. }
            | Ending::Unresponsive => {
                self.crashed(index, ending, ctx);
            }
            Ending::Dismissed | Ending::ShutDown => {}
        }
    }
}

impl Handler<GenerationEnded> for Supervisor {
    type Result = ();

    fn handle(&mut self, ended: GenerationEnded, ctx: &mut Self::Context) {
        self.generation_ended(ended, ctx);
    }
}
