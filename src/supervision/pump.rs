//! The future inside an actor's context that feeds a generation from its link.
//!
//! Polled by the actor's own context, it has the actor at hand like the context's mailbox has. What it answers
//! proves that the actor's thread runs and that the actor is not waiting for something.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use actix::{Actor, ActorContext, ActorFuture, AsyncContext, Context};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, oneshot};

use super::envelope::Pending;
use super::shared::{CAPACITY, Shared};
use crate::memory::arena::Arena;

/// Messages handled in a row before other futures of the actor get their turn.
const BATCH: usize = 32;

/// Batches that a link can hold, and one more.
const BATCHES: usize = CAPACITY / BATCH + 1;

/// What a generation does when it is told to end.
pub(super) type Farewell<A> = Arc<dyn Fn(&mut A, &mut <A as Actor>::Context) -> Pending + Send + Sync>;

/// What the supervisor says to a generation.
#[derive(Debug)]
pub(super) enum Control {
    /// Answer, to show that you can.
    Probe(oneshot::Sender<()>),
    /// Give the thread's cache of freed objects back to the accounts.
    Flush(oneshot::Sender<()>),
    /// Take no more messages, finish what is open, then stop.
    Drain {
        /// No other generation will take the messages that wait: they come first.
        for_good: bool,
    },
    /// Panic, for a drill.
    Panic,
}

pub(super) struct Pump<A: Actor> {
    pub(super) shared: Arc<Shared<A>>,
    pub(super) generation: u64,
    pub(super) arena: Option<Arena>,
    pub(super) control: mpsc::UnboundedReceiver<Control>,
    pub(super) open: FuturesUnordered<Pending>,
    pub(super) draining: bool,
    /// Taken when the drain begins.
    pub(super) farewell: Option<Farewell<A>>,
}

impl<A: Actor<Context = Context<A>>> Pump<A> {
    fn poll_control(&mut self, actor: &mut A, ctx: &mut A::Context, task: &mut task::Context<'_>) {
        while let Poll::Ready(control) = self.control.poll_recv(task) {
            match control {
                // The supervisor may have stopped waiting.
                Some(Control::Probe(answer)) => drop(answer.send(())),
                Some(Control::Flush(done)) => self.flush(done),
                Some(Control::Drain { for_good }) => {
                    if for_good && !self.draining {
                        self.take_what_waits(actor, ctx, task);
                    }
                    self.drain(actor, ctx);
                }
                Some(Control::Panic) => panic!("a drill"),
                None => return self.drain(actor, ctx),
            }
        }
    }

    fn drain(&mut self, actor: &mut A, ctx: &mut A::Context) {
        self.draining = true;
        if let Some(farewell) = self.farewell.take() {
            self.open.push(farewell(actor, ctx));
        }
    }

    /// Who ends others in order, as in a shutdown, relies on it that what they sent before their end is handled.
    fn take_what_waits(&mut self, actor: &mut A, ctx: &mut A::Context, task: &mut task::Context<'_>) {
        for _ in 0..BATCHES {
            if !self.poll_messages(actor, ctx, task) {
                return;
            }
        }
    }

    fn flush(&self, done: oneshot::Sender<()>) {
        match self.arena.as_ref().map(Arena::flush_current_thread) {
            Some(Err(error)) => {
                log::warn!(event = "cache-not-flushed"; "a child's thread keeps its cache of freed objects: {error}")
            }
            Some(Ok(())) | None => drop(done.send(())),
        }
    }

    /// True when the batch is full and more may be waiting.
    fn poll_messages(&mut self, actor: &mut A, ctx: &mut A::Context, task: &mut task::Context<'_>) -> bool {
        for _ in 0..BATCH {
            // A handler may have told the context to wait or to stop: then the next message is not for now.
            if ctx.waiting() {
                return false;
            }
            match self.shared.poll_next(self.generation, task) {
                Poll::Ready(Some(envelope)) => {
                    self.open.extend(envelope.deliver(self.generation, actor, ctx))
                }
                Poll::Ready(None) => {
                    self.draining = true;
                    return false;
                }
                Poll::Pending => return false,
            }
        }
        true
    }
}

impl<A: Actor<Context = Context<A>>> ActorFuture<A> for Pump<A> {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        actor: &mut A,
        ctx: &mut A::Context,
        task: &mut task::Context<'_>,
    ) -> Poll<Self::Output> {
        let this = self.get_mut();
        if !this.shared.is_living(this.generation) {
            // Abandoned while it hung, and now it moves again: its successor has the messages.
            ctx.terminate();
            return Poll::Ready(());
        }
        this.poll_control(actor, ctx, task);
        if !this.draining && this.poll_messages(actor, ctx, task) {
            task.waker().wake_by_ref();
        }
        while let Poll::Ready(Some(())) = this.open.poll_next_unpin(task) {}
        if this.draining && this.open.is_empty() && !ctx.waiting() {
            ctx.stop();
            return Poll::Ready(());
        }
        Poll::Pending
    }
}
