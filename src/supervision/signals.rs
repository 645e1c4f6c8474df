//! What the supervision says to the application, once each: that it gives up, and that the process is to go.

use std::sync::Arc;

use tokio::sync::watch;

use super::departure::Departure;
use super::status::Fault;

/// The application's ends of both. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    pub(super) fault: watch::Receiver<Option<Fault>>,
    departure: Arc<watch::Sender<Option<Departure>>>,
}

impl Signals {
    pub(super) fn new(fault: watch::Receiver<Option<Fault>>) -> Self {
        Self { fault, departure: Arc::new(watch::Sender::new(None)) }
    }

    /// The first wish counts.
    pub(super) fn leave(&self, departure: Departure) {
        self.departure.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(departure);
            is_first
        });
    }

    pub(super) async fn departure(&self) -> Departure {
        let mut wishes = self.departure.subscribe();
        loop {
            if let Some(departure) = wishes.borrow_and_update().clone() {
                return departure;
            }
            // The sender lives in `self`.
            let _ = wishes.changed().await;
        }
    }
}
