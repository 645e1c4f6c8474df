//! What all clones of a link and all generations of its child share: the messages that wait, and what became of the child.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll, Waker};

use actix::Actor;
use tokio::sync::{mpsc, watch};

use super::envelope::Deliver;
use super::waits::Waits;

/// Messages that wait in a link before senders have to.
pub(super) const CAPACITY: usize = 256;

pub(super) struct Shared<A: Actor> {
    pub(super) name: Arc<str>,
    pub(super) sender: mpsc::Sender<Box<dyn Deliver<A>>>,
    // Behind a mutex because generations follow each other on different threads; it is held for one poll only.
    receiver: Mutex<mpsc::Receiver<Box<dyn Deliver<A>>>>,
    living: AtomicU64,
    pub(super) waits: Arc<Waits>,
    /// Messages that the living generation has taken.
    pub(super) work: Arc<AtomicU64>,
    /// A child stands at its end.
    led: AtomicBool,
    pub(super) fate: watch::Sender<Fate>,
}

/// What became of the child as far as waiting senders are concerned.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// The child has ended for good.
    pub(super) closed: bool,
    /// Generations up to this number will never answer what they took.
    pub(super) abandoned: u64,
}

impl<A: Actor> Shared<A> {
    pub(super) fn new(name: &str) -> Self {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        Self {
            name: name.into(),
            sender,
            receiver: Mutex::new(receiver),
            living: AtomicU64::new(0),
            work: Arc::default(),
            waits: Arc::default(),
            led: AtomicBool::new(false),
            fate: watch::Sender::default(),
        }
    }

    /// From now on only this generation is given messages; 0 means none.
    pub(super) fn set_living(&self, generation: u64) {
        // Under the lock of `poll_next`: whoever has lost the messages takes none and leaves no waker behind.
        let _receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        self.living.store(generation, Ordering::Release);
    }

    /// Whether this is the first child at the end of the link.
    pub(super) fn lead(&self) -> bool {
        !self.led.swap(true, Ordering::AcqRel)
    }

    /// How long messages waited until they were taken.
    pub(super) fn waits(&self) -> &Waits {
        &self.waits
    }

    /// Counts the messages that the living generation takes.
    pub(super) fn work(&self) -> &Arc<AtomicU64> {
        &self.work
    }

    pub(super) fn is_living(&self, generation: u64) -> bool {
        self.living.load(Ordering::Acquire) == generation
    }

    /// The next message for `generation`; none if another one lives.
    pub(super) fn poll_next(
        &self,
        generation: u64,
        task: &mut task::Context<'_>,
    ) -> Poll<Option<Box<dyn Deliver<A>>>> {
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_living(generation) {
            return Poll::Ready(None);
        }
        let next = receiver.poll_recv(task);
        if matches!(next, Poll::Ready(Some(_))) {
            self.work.fetch_add(1, Ordering::Relaxed);
        }
        next
    }

    /// Tells the senders whose messages this generation took that no answer will come.
    pub(super) fn abandon(&self, generation: u64) {
        self.set_living(0);
        self.fate.send_modify(|fate| fate.abandoned = generation);
    }

    /// Ends the link for good: waiting messages are refused, further ones too.
    pub(super) fn close(&self) {
        self.set_living(0);
        self.fate.send_modify(|fate| fate.closed = true);
        let mut receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.close();
        while receiver.try_recv().is_ok() {}
        // The last generation's waker goes with this one, and with it what holds on to that generation's runtime.
        let _ = receiver.poll_recv(&mut task::Context::from_waker(Waker::noop()));
    }
}
