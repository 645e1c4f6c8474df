//! One start of a child: a thread with a runtime of its own, bound to the child's arena, and a fresh value on it.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Actor, AsyncContext, Context, Message, Recipient};
use actix_rt::Arbiter;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};

use super::account::Account;
use super::companion::{Beside, Companion};
use super::ending::Ending;
use super::pump::{Control, Farewell, Pump};
use super::shared::Shared;
use crate::memory::arena::Arena;

/// A blocking thread that has had nothing to do for this long ends, in real time. With it go its stack and its cache
/// of freed objects, which the arena would otherwise count as in use.
pub const BLOCKING_KEEP_ALIVE: Duration = Duration::from_millis(100);

/// Makes a child's value.
pub(super) type Factory<A> = Arc<dyn Fn() -> Result<A, String> + Send + Sync>;

/// Tells the supervisor that a generation has ended.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct GenerationEnded {
    pub(super) child: usize,
    pub(super) generation: u64,
    pub(super) ending: Ending,
}

/// Sends [`GenerationEnded`] when it is dropped, however that comes about.
pub(super) struct EndReport {
    to: Recipient<GenerationEnded>,
    child: usize,
    generation: u64,
    ending: Ending,
}

impl EndReport {
    pub(super) fn new(to: Recipient<GenerationEnded>, child: usize, generation: u64) -> Self {
        Self { to, child, generation, ending: Ending::Stopped }
    }
}

impl Drop for EndReport {
    fn drop(&mut self) {
        let ending = std::mem::replace(&mut self.ending, Ending::Stopped);
        self.to.do_send(GenerationEnded { child: self.child, generation: self.generation, ending });
    }
}

/// The supervisor's hold on a running generation.
pub(super) struct Generation {
    arbiter: Arbiter,
    control: mpsc::UnboundedSender<Control>,
    pub(super) account: Option<Account>,
}

impl Generation {
    /// Asks for a sign of life. The receiver ends without one when the generation ends.
    pub(super) fn probe(&self) -> oneshot::Receiver<()> {
        let (answer, answered) = oneshot::channel();
        // A generation that has just ended reports its ending by itself.
        let _ = self.control.send(Control::Probe(answer));
        answered
    }

    /// Asks its thread to give its cache of freed objects back. The receiver ends without an answer when the
    /// generation ends, and with it its caches.
    pub(super) fn flush(&self) -> oneshot::Receiver<()> {
        let (done, flushed) = oneshot::channel();
        let _ = self.control.send(Control::Flush(done));
        flushed
    }

    /// Asks it to take no more messages, to finish what is open, and to stop. `for_good`: there will be no other
    /// generation, so that the messages which wait now are taken first.
    pub(super) fn drain(&self, for_good: bool) {
        let _ = self.control.send(Control::Drain { for_good });
    }

    /// Makes the actor panic.
    pub(super) fn panic(&self) {
        let _ = self.control.send(Control::Panic);
    }

    /// Drops everything that the generation still does, as soon as its thread looks up.
    pub(super) fn halt(&self) {
        self.arbiter.stop();
    }

    /// Ends the thread and waits until it is gone. Blocks.
    pub(super) fn join(self) {
        self.arbiter.stop();
        // An arbiter whose thread panicked is gone as well.
        let _ = self.arbiter.join();
    }
}

/// What a child's generations have in common.
pub(super) struct Recipe<A: Actor> {
    pub(super) shared: Arc<Shared<A>>,
    pub(super) factory: Factory<A>,
    pub(super) companions: Vec<Companion>,
    pub(super) farewell: Option<Farewell<A>>,
    pub(super) blocking_threads: usize,
}

/// Starts generation `number`. An account that could not be used comes back with the error.
pub(super) fn start<A: Actor<Context = Context<A>>>(
    recipe: Recipe<A>,
    number: u64,
    account: Option<Account>,
    report: EndReport,
) -> Result<Generation, (io::Error, Option<Account>)> {
    let (control, controlled) = mpsc::unbounded_channel();
    let arena = account.as_ref().map(|account| account.arena.clone());
    let (bound, blocking_threads) = (arena.clone(), recipe.blocking_threads);
    let arbiter = match Arbiter::try_with_tokio_rt(move || runtime(bound, blocking_threads)) {
        Ok(arbiter) => arbiter,
        Err(error) => return Err((error, account)),
    };
    // Here and not on the new thread: one that hangs in its factory and comes to later must not take the messages.
    recipe.shared.work().store(0, Ordering::Relaxed);
    recipe.shared.set_living(number);
    arbiter.spawn(run(recipe, number, arena, controlled, report));
    Ok(Generation { arbiter, control, account })
}

fn runtime(arena: Option<Arena>, blocking_threads: usize) -> io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(blocking_threads).thread_keep_alive(BLOCKING_KEEP_ALIVE);
    if let Some(arena) = arena {
        arena.bind_current_thread().map_err(io::Error::other)?;
        builder.on_thread_start(move || {
            if let Err(error) = arena.bind_current_thread() {
                log::error!(event = "thread-not-charged", arena = arena.index(); "a blocking thread is charged to nobody: {error}");
            }
        });
    }
    builder.build()
}

async fn run<A: Actor<Context = Context<A>>>(
    recipe: Recipe<A>,
    number: u64,
    arena: Option<Arena>,
    control: mpsc::UnboundedReceiver<Control>,
    mut report: EndReport,
) {
    // A task of its own, so that a panic of the factory or of the actor comes back as a value with its message.
    let life = actix_rt::spawn(async move {
        let Recipe { shared, factory, companions, farewell, .. } = recipe;
        let actor = factory()?;
        for companion in companions {
            // Dropped with the generation's runtime.
            actix_rt::spawn(companion(Beside { generation: number, work: Arc::clone(shared.work()) }));
        }
        let mut ctx = Context::new();
        ctx.spawn(Pump {
            shared,
            generation: number,
            arena,
            control,
            open: FuturesUnordered::new(),
            draining: false,
            farewell,
        });
        ctx.into_future(actor).await;
        Ok::<(), String>(())
    });
    report.ending = match life.await {
        Ok(Ok(())) => Ending::Stopped,
        Ok(Err(reason)) => Ending::FailedToStart { reason },
        Err(error) => match error.try_into_panic() {
            Ok(payload) => Ending::Panicked { message: panic_message(payload.as_ref()) },
            // Cancelled: the thread is being ended.
            Err(_) => Ending::Stopped,
        },
    };
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value that is not text").to_owned()
}
