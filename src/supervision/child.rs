//! What the supervisor has to know of a child: its link, how to make a value of it, how many threads it may block, what
//! it may hold, how it is restarted and how it ends.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use actix::{Actor, Context};

use super::account::Account;
use super::companion::{Beside, Companion};
use super::generation::{self, EndReport, Factory, Generation, Recipe};
use super::link::Link;
use super::pump::Farewell;
use super::restart::RestartPolicy;
use super::waits::Waited;
use crate::memory::limit::{Limit, LimitError, Limits};

/// Blocking threads of a child that says nothing of them.
const BLOCKING_THREADS: usize = 1;

/// A child of the supervisor. Its value is made anew for every generation, on the generation's own thread.
///
/// ```
/// use actix::prelude::*;
/// use evenkeel::{Child, Limit, RestartPolicy, Supervisor};
///
/// #[derive(Default)]
/// struct ImageCache {
///     unsaved: Vec<String>,
/// }
///
/// impl Actor for ImageCache {
///     type Context = Context<Self>;
/// }
///
/// # async fn save(_: Vec<String>) {}
/// # System::new().block_on(async {
/// let supervisor = Supervisor::start();
/// let cache = supervisor.supervise(
///     Child::named("image-cache", ImageCache::default)
///         .memory(Limit::soft("64 MiB").hard("256 MiB"))
///         .restart(RestartPolicy { budget: 3, ..RestartPolicy::default() })
///         .drain_with(|cache, _| save(std::mem::take(&mut cache.unsaved)))
///         .blocking_threads(4),
/// )?;
/// # assert_eq!(cache.name(), "image-cache");
/// # Ok::<(), evenkeel::SupervisorError>(())
/// # }).unwrap();
/// ```
///
/// An actor has [`actix::Context`] and no other: the link has to reach into the context to deliver messages and to
/// know what is still open. What a synchronous actor would do is done on the child's
/// [blocking threads](Self::blocking_threads); [the guide](crate::guide::supervision) says why and how.
pub struct Child<A: Actor<Context = Context<A>>> {
    link: Link<A>,
    factory: Factory<A>,
    companions: Vec<Companion>,
    blocking_threads: usize,
    limit: Limit,
    policy: Option<RestartPolicy>,
    farewell: Option<Farewell<A>>,
}

impl<A: Actor<Context = Context<A>>> Child<A> {
    /// A child of this name, whose value cannot fail to be made. [`supervise`] returns the link to it.
    ///
    /// [`supervise`]: super::handle::SupervisorHandle::supervise
    pub fn named(name: &str, factory: impl Fn() -> A + Send + Sync + 'static) -> Self {
        Self::new(&Link::new(name), factory)
    }

    /// A child at the end of a link that was made before: for actors that are given links to each other. Its value
    /// cannot fail to be made.
    pub fn new(link: &Link<A>, factory: impl Fn() -> A + Send + Sync + 'static) -> Self {
        Self::fallible(link, move || Ok::<A, std::convert::Infallible>(factory()))
    }

    /// The same for a value that may fail to be made; a failure counts as a crash.
    pub fn fallible<E: fmt::Display>(
        link: &Link<A>,
        factory: impl Fn() -> Result<A, E> + Send + Sync + 'static,
    ) -> Self {
        let factory = Arc::new(move || factory().map_err(|error| error.to_string()));
        Self {
            link: link.clone(),
            factory,
            companions: Vec::new(),
            blocking_threads: BLOCKING_THREADS,
            limit: Limit::derived(),
            policy: None,
            farewell: None,
        }
    }

    /// The name of the child and of its link.
    pub fn name(&self) -> &str {
        self.link.name()
    }

    /// How many threads the child's runtime may have for blocking calls, besides the actor's own; at least 1.
    #[must_use]
    pub fn blocking_threads(mut self, threads: usize) -> Self {
        self.blocking_threads = threads.max(1);
        self
    }

    /// What the child may hold; without it, what the memory monitor derives from its first hour.
    #[must_use]
    pub fn memory(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// When the child is started again after a crash; without it, as the supervisor's configuration says.
    #[must_use]
    pub fn restart(mut self, policy: RestartPolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// What a generation does when it is told to end, for example to write what it has not written: it has taken its
    /// last message, and it ends when this and everything else that is open is done. The time limit of the drain
    /// holds for it. A generation that crashes has no such moment.
    ///
    /// The closure has the actor; the future that it returns does not, so that the actor answers what is still open.
    #[must_use]
    pub fn drain_with<F>(
        mut self,
        farewell: impl Fn(&mut A, &mut Context<A>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        self.farewell = Some(Arc::new(move |actor, ctx| Box::pin(farewell(actor, ctx))));
        self
    }

    pub(super) fn link(&self) -> &Link<A> {
        &self.link
    }

    pub(super) fn limits(&self) -> Result<Limits, LimitError> {
        self.limit.check()
    }

    /// Gives every generation a companion: a future on the generation's thread and account, dropped with it.
    #[must_use]
    pub fn beside<F>(mut self, companion: impl Fn(Beside) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        self.companions.push(Arc::new(move |beside| Box::pin(companion(beside))));
        self
    }
}

impl<A: Actor<Context = Context<A>>> fmt::Debug for Child<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child").field("name", &self.link.name()).finish_non_exhaustive()
    }
}

/// A child of any type.
pub(super) trait AnyChild: Send {
    fn name(&self) -> &str;
    fn depth(&self) -> usize;
    /// The child's own, if it has one.
    fn policy(&self) -> Option<&RestartPolicy>;
    /// How long messages have waited in the link.
    fn waited(&self) -> Waited;
    /// Messages that the living generation has taken.
    fn work(&self) -> u64;
    /// Starts a generation; an account that could not be used comes back with the error.
    fn start(
        &self,
        number: u64,
        account: Option<Account>,
        report: EndReport,
    ) -> Result<Generation, (io::Error, Option<Account>)>;
    /// From now on no generation is given messages.
    fn orphan(&self);
    /// As above, and tells those who wait for an answer of this generation that none will come.
    fn abandon(&self, generation: u64);
    /// Refuses all messages for good, and lets go of what generations are made from.
    fn close(&mut self);
}

impl<A: Actor<Context = Context<A>>> AnyChild for Child<A> {
    fn name(&self) -> &str {
        self.link.name()
    }

    fn depth(&self) -> usize {
        self.link.depth()
    }

    fn policy(&self) -> Option<&RestartPolicy> {
        self.policy.as_ref()
    }

    fn waited(&self) -> Waited {
        self.link.shared().waits().read()
    }

    fn work(&self) -> u64 {
        self.link.shared().work().load(Ordering::Relaxed)
    }

    fn start(
        &self,
        number: u64,
        account: Option<Account>,
        report: EndReport,
    ) -> Result<Generation, (io::Error, Option<Account>)> {
        let recipe = Recipe {
            shared: Arc::clone(self.link.shared()),
            factory: Arc::clone(&self.factory),
            companions: self.companions.clone(),
            farewell: self.farewell.clone(),
            blocking_threads: self.blocking_threads,
        };
        generation::start(recipe, number, account, report)
    }

    fn orphan(&self) {
        self.link.shared().set_living(0);
    }

    fn abandon(&self, generation: u64) {
        self.link.shared().abandon(generation);
    }

    fn close(&mut self) {
        self.link.shared().close();
        // What a factory holds may lead back to the supervisor.
        self.factory = Arc::new(|| Err("it has ended".to_owned()));
        self.companions.clear();
        self.farewell = None;
    }
}
