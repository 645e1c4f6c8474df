//! What the supervision says to the application: that it gives up, and that the process is to go, once each; and
//! everything that happens, to whoever listens.

use std::sync::Arc;

use tokio::sync::watch;

use super::departure::Departure;
use super::event::{Event, Voice};
use super::roll::Roll;
use super::status::Fault;

/// The application's ends of all. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    pub(super) fault: watch::Receiver<Option<Fault>>,
    pub(super) voice: Voice,
    pub(super) roll: Roll,
    departure: Arc<watch::Sender<Option<Departure>>>,
}

impl Signals {
    pub(super) fn new(fault: watch::Receiver<Option<Fault>>, voice: Voice, roll: Roll) -> Self {
        Self { fault, voice, roll, departure: Arc::new(watch::Sender::new(None)) }
    }

    /// The first wish counts. Tells whether anybody waits for one.
    pub(super) fn leave(&self, departure: Departure) -> bool {
        let is_heard = self.departure.receiver_count() > 0;
        self.voice.say(|| Event::ProcessShouldGo(departure.clone()));
        self.departure.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert(departure);
            is_first
        });
        is_heard
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
