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
                log::info!(child = name, generation = number; "{name} generation {number}, abandoned earlier, has ended after all");
                self.bury((index, number), generation, ctx, |_, _, _| {});
            }
            return;
        }
        slot.note_before();
        let Some(generation) = slot.generation.take() else { return };
        let ending = slot.ended(ending, self.shutdown.is_some());
        self.bury((index, number), generation, ctx, move |supervisor, gone, ctx| {
            supervisor.buried(index, ending, gone, ctx);
        });
    }

    /// Joins an ended generation's thread aside, settles its account and goes on with `then`, which is told whether the
    /// thread is gone.
    fn bury(
        &self,
        (index, number): (usize, u64),
        generation: Generation,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, bool, &mut Context<Self>) + 'static,
    ) {
        generation.halt();
        let (done, joined) = oneshot::channel();
        // Not on the runtime's blocking threads: the runtime would wait at its end for a thread that hangs.
        let joiner = std::thread::Builder::new().name("evenkeel-join".to_owned());
        if let Err(error) = joiner.spawn(move || done.send(generation.join())) {
            log::warn!("the thread of an ended generation is not waited for: {error}");
        }
        let limit = self.shutdown.as_ref().map_or(JOIN_WITHIN, |shutdown| {
            JOIN_WITHIN.min(shutdown.left(&self.stopwatch) / 4).max(LEAST_SHARE)
        });
        let joined = tokio::time::timeout(limit, joined);
        let settled = wrap_future::<_, Self>(joined).then(|joined, supervisor, _| {
            // At the end of everything nobody asks any more who left what.
            let flushed = supervisor.shutdown.is_none().then(|| supervisor.flush_all());
            wrap_future(async move {
                let settled =
                    OptionFuture::from(flushed).await.is_some_and(|all| all.iter().all(|flushed| *flushed));
                if let Ok(Ok(Some(account))) = &joined {
                    purge(std::slice::from_ref(&account.arena)).await;
                }
                (joined, settled)
            })
        });
        ctx.spawn(settled.map(move |(joined, settled), supervisor, ctx| {
            let Some(slot) = supervisor.slots.get_mut(index) else { return };
            let gone = if let Ok(Ok(account)) = joined {
                slot.settle(number, account, settled);
                true
            } else {
                let name = slot.name();
                log::error!(child = name; "a thread of {name} did not end within {limit:?} after its actor and is left behind");
                false
            };
            then(supervisor, gone, ctx);
        }));
    }

    fn buried(&mut self, index: usize, ending: Ending, gone: bool, ctx: &mut Context<Self>) {
        if self.shutdown.is_some() {
            return self.child_drained(index, &ending, gone, ctx);
        }
        match &ending {
            Ending::Restarted(_) => self.start_later(index, Duration::ZERO, ending.to_string(), ctx),
            Ending::Stopped
            | Ending::Panicked { .. }
            | Ending::FailedToStart { .. }
            | Ending::Unresponsive => {
                self.crashed(index, ending, ctx);
            }
            Ending::ShutDown => {}
        }
    }
}

impl Handler<GenerationEnded> for Supervisor {
    type Result = ();

    fn handle(&mut self, ended: GenerationEnded, ctx: &mut Self::Context) {
        self.generation_ended(ended, ctx);
    }
}
