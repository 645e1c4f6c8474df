//! What the supervisor has to know of a child: its link, how to make a value of it, how many threads it may block.

use std::fmt;
use std::io;
use std::sync::Arc;

use actix::{Actor, Context};

use super::generation::{self, EndReport, Factory, Generation};
use super::link::Link;
use crate::memory::arena::Arena;

/// Blocking threads of a child that says nothing of them.
const BLOCKING_THREADS: usize = 1;

/// A child of the supervisor. Its value is made anew for every generation, on the generation's own thread.
pub struct Child<A: Actor<Context = Context<A>>> {
    link: Link<A>,
    factory: Factory<A>,
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
        Self { link: link.clone(), factory, blocking_threads: BLOCKING_THREADS }
    }

    /// How many threads the child's runtime may have for blocking calls, besides the actor's own; at least 1.
    #[must_use]
    pub fn blocking_threads(mut self, threads: usize) -> Self {
        self.blocking_threads = threads.max(1);
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
    fn start(&self, number: u64, arena: Option<Arena>, report: EndReport) -> io::Result<Generation>;
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

    fn start(&self, number: u64, arena: Option<Arena>, report: EndReport) -> io::Result<Generation> {
        let shared = Arc::clone(self.link.shared());
        generation::start(shared, Arc::clone(&self.factory), number, arena, self.blocking_threads, report)
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
