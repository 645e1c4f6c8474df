//! One message on its way through a link.
//!
//! A message is handled at most once: whoever moves its ticket from `QUEUED` first, the generation that takes it or
//! the sender that withdraws it, has it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix::dev::MessageResponse;
use actix::{Actor, Handler, Message};
use tokio::sync::oneshot;

use super::waits::Waits;
use crate::clock::Stopwatch;

const QUEUED: u64 = 0;
const WITHDRAWN: u64 = u64::MAX;

/// Decides who has the message: nobody yet, a generation (by its number, from 1), or its sender again.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket(Arc<AtomicU64>);

impl Ticket {
    fn take(&self, generation: u64) -> bool {
        self.0.compare_exchange(QUEUED, generation, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// True if the message will never be handled.
    pub(super) fn withdraw(&self) -> bool {
        self.0.compare_exchange(QUEUED, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The generation that took the message.
    pub(super) fn taken_by(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Acquire)).filter(|holder| !matches!(*holder, QUEUED | WITHDRAWN))
    }
}

/// An answer that is still being worked on.
pub(super) type Pending = Pin<Box<dyn Future<Output = ()>>>;

/// A message of any type for an actor of type `A`.
pub(super) trait Deliver<A: Actor>: Send {
    /// Has the actor handle the message; returns the answer's future if the answer is not there yet.
    fn deliver(self: Box<Self>, generation: u64, actor: &mut A, ctx: &mut A::Context) -> Option<Pending>;
}

pub(super) struct Envelope<M: Message> {
    pub(super) message: M,
    pub(super) reply: oneshot::Sender<M::Result>,
    pub(super) ticket: Ticket,
    pub(super) queued: Stopwatch,
    pub(super) waits: Arc<Waits>,
}

impl<A, M> Deliver<A> for Envelope<M>
where
    A: Handler<M>,
    M: Message + Send,
    M::Result: Send,
{
    fn deliver(self: Box<Self>, generation: u64, actor: &mut A, ctx: &mut A::Context) -> Option<Pending> {
        let Self { message, reply, ticket, queued, waits } = *self;
        if !ticket.take(generation) {
            return None;
        }
        waits.note(queued.elapsed());
        // The answer passes through here and not straight to the sender, so that a drain knows what is still open.
        let (answer, mut answered) = oneshot::channel();
        actor.handle(message, ctx).handle(ctx, Some(answer));
        match answered.try_recv() {
            Ok(result) => {
                // A sender that no longer waits is not an error.
                let _ = reply.send(result);
                None
            }
            Err(oneshot::error::TryRecvError::Closed) => None,
            Err(oneshot::error::TryRecvError::Empty) => Some(Box::pin(async move {
                if let Ok(result) = answered.await {
                    let _ = reply.send(result);
                }
            })),
        }
    }
}
