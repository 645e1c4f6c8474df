//! Something that lives beside an actor: a future on the thread and on the account of each of its generations.
//!
//! It begins with the generation and is dropped with it, on the generation's own thread. It is how an application
//! gives an actor that it does not want to touch a heartbeat, a cache that dies with it, or, in a laboratory, a leak.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::LocalBoxFuture;

/// Makes the companion of a generation.
pub(super) type Companion = Arc<dyn Fn(Beside) -> LocalBoxFuture<'static, ()> + Send + Sync>;

/// What a companion knows of the generation that it lives beside.
#[derive(Debug, Clone)]
pub struct Beside {
    /// The generation's number, from 1.
    pub generation: u64,
    pub(super) work: Arc<AtomicU64>,
}

impl Beside {
    /// Messages that the generation has taken since it began.
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }
}
