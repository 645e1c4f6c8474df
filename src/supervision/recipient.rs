//! Links seen from one type of message, so that actors know each other's messages and not each other.

use std::fmt;
use std::sync::Arc;

use actix::{Actor, Context, Handler, Message};
use futures_util::future::BoxFuture;

use super::link::{Link, LinkError};

/// A link seen from one type of message: whoever holds it does not know which actor answers.
///
/// ```
/// # use actix::prelude::*;
/// # use evenkeel::{Child, LinkError, Recipient, Supervisor};
/// #[derive(Message)]
/// #[rtype(result = "usize")]
/// struct Count(String);
///
/// async fn letters(counter: &Recipient<Count>) -> Result<usize, LinkError> {
///     counter.send(Count("evenkeel".to_owned())).await
/// }
/// # struct Counter;
/// # impl Actor for Counter {
/// #     type Context = Context<Self>;
/// # }
/// # impl Handler<Count> for Counter {
/// #     type Result = usize;
/// #     fn handle(&mut self, Count(text): Count, _: &mut Self::Context) -> usize {
/// #         text.len()
/// #     }
/// # }
/// # System::new().block_on(async {
/// # let supervisor = Supervisor::start();
/// let counter = supervisor.supervise(Child::named("counter", || Counter)).unwrap();
/// assert_eq!(letters(&counter.recipient()).await, Ok(8));
/// # });
/// ```
pub struct Recipient<M: Message> {
    target: Arc<dyn Accept<M>>,
}

trait Accept<M: Message>: Send + Sync {
    fn accept(self: Arc<Self>, message: M) -> BoxFuture<'static, Result<M::Result, LinkError>>;
    fn queue(&self, message: M) -> Result<(), LinkError>;
}

impl<A: Actor<Context = Context<A>>> Link<A> {
    /// A handle for one type of message, which does not name the actor.
    pub fn recipient<M>(&self) -> Recipient<M>
    where
        A: Handler<M>,
        M: Message + Send + 'static,
        M::Result: Send,
    {
        Recipient { target: Arc::new(self.clone()) }
    }
}

impl<A, M> Accept<M> for Link<A>
where
    A: Actor<Context = Context<A>> + Handler<M>,
    M: Message + Send + 'static,
    M::Result: Send,
{
    fn accept(self: Arc<Self>, message: M) -> BoxFuture<'static, Result<M::Result, LinkError>> {
        Box::pin(async move { self.send(message).await })
    }

    fn queue(&self, message: M) -> Result<(), LinkError> {
        self.try_send(message)
    }
}

impl<M: Message> Recipient<M> {
    /// Sends a message and waits for its answer; see [`Link::send`].
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&self, message: M) -> Result<M::Result, LinkError> {
        Arc::clone(&self.target).accept(message).await
    }

    /// Queues a message whose answer nobody waits for; see [`Link::try_send`].
    ///
    /// # Errors
    /// See there.
    pub fn try_send(&self, message: M) -> Result<(), LinkError> {
        self.target.queue(message)
    }
}

impl<M: Message> Clone for Recipient<M> {
    fn clone(&self) -> Self {
        Self { target: Arc::clone(&self.target) }
    }
}

impl<M: Message> fmt::Debug for Recipient<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("message", &std::any::type_name::<M>()).finish()
    }
}
