//! What the supervisor has to know of a child: its link, how to make a value of it, how many threads it may block.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use actix::{Actor, Context};

use super::account::Account;
use super::companion::{Beside, Companion};
use super::generation::{self, EndReport, Factory, Generation, Recipe};
use super::link::Link;
use super::waits::Waited;

/// Blocking threads of a child that says nothing of them.
const BLOCKING_THREADS: usize = 1;

/// A child of the supervisor. Its value is made anew for every generation, on the generation's own thread.
pub struct Child<A: Actor<Context = Context<A>>> {
    link: Link<A>,
    factory: Factory<A>,
    companions: Vec<Companion>,
    blocking_threads: usize,
}

impl<A: Actor<Context = Context<A>>> Child<A> {
    /// A child whose value cannot fail to be made.
    pub fn new(link: &Link<A>, factory: impl Fn() -> A + Send + Sync + 'static) -> Self {
        Self::fallible(link, move || Ok::<A, std::convert::Infallible>(factory()))
    }

    /// A child whose value may fail to be made; a failure counts as a crash.
    pub fn fallible<E: fmt::Display>(
        link: &Link<A>,
        factory: impl Fn() -> Result<A, E> + Send + Sync + 'static,
    ) -> Self {
        let factory = Arc::new(move || factory().map_err(|error| error.to_string()));
        Self { link: link.clone(), factory, companions: Vec::new(), blocking_threads: BLOCKING_THREADS }
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
    /// Refuses all messages for good.
    fn close(&self);
}

impl<A: Actor<Context = Context<A>>> AnyChild for Child<A> {
    fn name(&self) -> &str {
        self.link.name()
    }

    fn depth(&self) -> usize {
        self.link.depth()
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

    fn close(&self) {
        self.link.shared().close();
    }
}
