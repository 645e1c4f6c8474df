//! Links: handles that survive restarts.
//!
//! The messages wait in the link, not in a generation's mailbox. A generation that ends therefore takes no message
//! with it but the one it was handling, and a message sent during a restart is handled by the next generation. A
//! message is handled at most once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{oneshot, watch};

use super::envelope::{Deliver, Envelope, Ticket};
use super::shared::{Fate, Shared};
use crate::clock::Stopwatch;

/// How long a message waits for a generation to take it, unless [`Link::with_patience`] says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a message has no answer.
///
/// ```
/// use evenkeel::LinkError;
///
/// /// Whether to send it again does no harm, whatever it asks for.
/// fn was_not_handled(error: &LinkError) -> bool {
///     match error {
///         LinkError::Closed { .. } | LinkError::NotTaken { .. } => true,
///         LinkError::Unanswered { .. } => false,
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The child has ended for good. The message was not handled.
    #[error("{child} has ended")]
    Closed {
        /// The child's name.
        child: Arc<str>,
    },
    /// No generation took the message in time. It was withdrawn and will not be handled.
    #[error("{child} did not take the message within {waited:?}")]
    NotTaken {
        /// The child's name.
        child: Arc<str>,
        /// How long it waited.
        waited: Duration,
    },
    /// The generation that took the message ended before it answered. The message is not repeated: it may have had
    /// its effect, and it may be what ended the generation.
    #[error("{child} ended before it answered")]
    Unanswered {
        /// The child's name.
        child: Arc<str>,
    },
}

/// A cloneable handle that always leads to the living generation of one actor.
///
/// [`supervise`](super::handle::SupervisorHandle::supervise) returns the link to a child. A link can also be made before
/// the actor it leads to, so that actors can be given links to each other; see [`Child::new`](super::child::Child::new).
///
/// ```
/// use actix::prelude::*;
/// use evenkeel::{Child, Supervisor};
///
/// struct Doubler;
///
/// #[derive(Message)]
/// #[rtype(result = "u64")]
/// struct Double(u64);
///
/// impl Actor for Doubler {
///     type Context = Context<Self>;
/// }
///
/// impl Handler<Double> for Doubler {
///     type Result = u64;
///
///     fn handle(&mut self, Double(number): Double, _: &mut Self::Context) -> u64 {
///         2 * number
///     }
/// }
///
/// System::new().block_on(async {
///     let supervisor = Supervisor::start();
///     let doubler = supervisor.supervise(Child::named("doubler", || Doubler)).unwrap();
///     supervisor.restart("doubler").await.unwrap();
///     // Handled by the first generation or by the second, and by one of them only.
///     assert_eq!(doubler.send(Double(21)).await, Ok(42));
/// });
/// ```
pub struct Link<A: Actor<Context = Context<A>>> {
    shared: Arc<Shared<A>>,
    patience: Duration,
}

impl<A: Actor<Context = Context<A>>> Link<A> {
    /// A link to a child that has yet to be started. `name` is the child's name in logs and status.
    pub fn new(name: &str) -> Self {
        Self { shared: Arc::new(Shared::new(name)), patience: PATIENCE }
    }

    /// The same link with another limit for how long a message waits to be taken, in real time.
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { shared: Arc::clone(&self.shared), patience }
    }

    /// The child's name.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Messages that wait to be taken.
    pub fn depth(&self) -> usize {
        self.shared.sender.max_capacity() - self.shared.sender.capacity()
    }

    /// Sends a message and waits for its answer, across restarts.
    ///
    /// Dropping the future withdraws the message if no generation has taken it yet.
    ///
    /// # Errors
    /// See [`LinkError`]: each variant says whether the message may have been handled.
    pub async fn send<M>(&self, message: M) -> Result<M::Result, LinkError>
    where
        A: Handler<M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        let (reply, mut answer) = oneshot::channel();
        let ticket = Ticket::default();
        let _withdrawal = Withdraw(&ticket);
        let envelope = self.envelope(message, reply, ticket.clone());
        let mut fate = self.shared.fate.subscribe();
        let patience = tokio::time::sleep(self.patience);
        tokio::pin!(patience);

        tokio::select! {
            biased;
            () = until(&mut fate, |fate| fate.closed) => return Err(self.closed()),
            sent = self.shared.sender.send(envelope) => if sent.is_err() { return Err(self.closed()) },
            () = &mut patience => return Err(self.not_taken()),
        }
        let lost = |fate: &Fate| ticket.taken_by().is_some_and(|generation| generation <= fate.abandoned);
        tokio::select! {
            biased;
            answered = &mut answer => return answered.map_err(|_| self.no_answer(&ticket)),
            () = until(&mut fate, |fate| fate.closed || lost(fate)) => if ticket.withdraw() { return Err(self.closed()) },
            () = &mut patience => if ticket.withdraw() { return Err(self.not_taken()) },
        }
        // Some generation has it: an answer takes as long as it takes, unless that generation is given up.
        tokio::select! {
            biased;
            answered = &mut answer => answered.map_err(|_| self.no_answer(&ticket)),
            () = until(&mut fate, lost) => Err(self.unanswered()),
        }
    }

    /// Queues a message whose answer nobody waits for: at once and outside of any runtime, so that a destructor can.
    ///
    /// # Errors
    /// [`LinkError::Closed`], or [`LinkError::NotTaken`] when the queue is full.
    pub fn try_send<M>(&self, message: M) -> Result<(), LinkError>
    where
        A: Handler<M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        let (reply, _) = oneshot::channel();
        let envelope = self.envelope(message, reply, Ticket::default());
        self.shared.sender.try_send(envelope).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                LinkError::NotTaken { child: Arc::clone(&self.shared.name), waited: Duration::ZERO }
            }
            TrySendError::Closed(_) => self.closed(),
        })
    }

    fn envelope<M>(
        &self,
        message: M,
        reply: oneshot::Sender<M::Result>,
        ticket: Ticket,
    ) -> Box<dyn Deliver<A>>
    where
        A: Handler<M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        Box::new(Envelope {
            message,
            reply,
            ticket,
            queued: Stopwatch::start(),
            waits: Arc::clone(&self.shared.waits),
        })
    }

    fn closed(&self) -> LinkError {
        LinkError::Closed { child: Arc::clone(&self.shared.name) }
    }

    fn not_taken(&self) -> LinkError {
        LinkError::NotTaken { child: Arc::clone(&self.shared.name), waited: self.patience }
    }

    /// Why the answer's sender was dropped.
    fn no_answer(&self, ticket: &Ticket) -> LinkError {
        if ticket.taken_by().is_some() { self.unanswered() } else { self.closed() }
    }

    fn unanswered(&self) -> LinkError {
        LinkError::Unanswered { child: Arc::clone(&self.shared.name) }
    }

    pub(super) fn shared(&self) -> &Arc<Shared<A>> {
        &self.shared
    }
}

async fn until(fate: &mut watch::Receiver<Fate>, condition: impl FnMut(&Fate) -> bool) {
    // The sender lives in the link that the caller holds.
    let _ = fate.wait_for(condition).await;
}

/// Withdraws the message of a send that was given up by its caller.
struct Withdraw<'a>(&'a Ticket);

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        self.0.withdraw();
    }
}

impl<A: Actor<Context = Context<A>>> Clone for Link<A> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), patience: self.patience }
    }
}

impl<A: Actor<Context = Context<A>>> fmt::Debug for Link<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("child", &self.shared.name).field("depth", &self.depth()).finish()
    }
}
