//! What happens under a supervisor, as a stream of values that any number of listeners follow.
//!
//! Events come in the order in which they happened. They are never waited for: a listener that is slow misses the
//! oldest, and is told how many. Nothing is kept while nobody listens.

use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::sync::broadcast;

use super::account::RestartProof;
use super::departure::Departure;
use super::ending::{Ending, RestartCause};
use super::status::{Fault, ShutdownReport};
use crate::memory::record::Record;

/// Events that wait for a listener before it misses the oldest of them.
pub const CAPACITY: usize = 256;

/// Something that happened.
///
/// ```
/// use evenkeel::Event;
///
/// fn tell(event: &Event) {
///     match event {
///         Event::Restarted { child, generation, .. } => println!("{child} is generation {generation} now"),
///         Event::ProcessShouldGo(departure) => println!("the process should go: {departure:?}"),
///         // There may be more of them with the next version.
///         _ => {}
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A generation of a child has begun.
    Started {
        /// The child.
        child: String,
        /// Its generation, from 1.
        generation: u64,
    },
    /// A generation takes no more messages, runs its drain hook and finishes what is open.
    Draining {
        /// The child.
        child: String,
        /// The generation.
        generation: u64,
        /// Why it is to be replaced; nothing when it ends for good.
        cause: Option<RestartCause>,
    },
    /// A generation has ended.
    Ended {
        /// The child.
        child: String,
        /// The generation.
        generation: u64,
        /// How.
        ending: Ending,
    },
    /// A generation that was replaced on purpose has a successor; what that came to was measured.
    Restarted {
        /// The child.
        child: String,
        /// The new generation.
        generation: u64,
        /// Why.
        cause: RestartCause,
        /// The child's account before and after; nothing without the allocator, and when a thread did not end.
        proof: Option<RestartProof>,
    },
    /// The ending counted against the crash budget, and the next generation follows.
    Crashed {
        /// The child.
        child: String,
        /// The generation.
        generation: u64,
        /// How it ended.
        ending: Ending,
        /// Crashes within the policy's window, this one included.
        crashes: usize,
        /// Until the next generation.
        pause: Duration,
    },
    /// A child used up its crash budget. It has ended for good; everything else goes on until the application ends it.
    GaveUp(Fault),
    /// The memory monitor has done something, or has not and says why.
    MemoryDecision(Record),
    /// What came of a decision is known.
    MemoryOutcome(Record),
    /// No restart helps: the process should go. Nothing but the application can do that.
    ProcessShouldGo(Departure),
    /// Everything has ended. The last event.
    ShutDown(ShutdownReport),
    /// This listener was too slow.
    Missed {
        /// Events that it will never see.
        events: u64,
    },
}

/// One listener's place in the stream, from the moment when it was made.
///
/// ```
/// # actix::System::new().block_on(async {
/// use std::time::Duration;
///
/// use evenkeel::{Event, Supervisor};
///
/// let supervisor = Supervisor::start();
/// let mut events = supervisor.events();
/// supervisor.shut_down(Duration::from_secs(10)).await.unwrap();
/// let mut last = None;
/// while let Some(event) = events.next().await {
///     last = Some(event);
/// }
/// assert!(matches!(last, Some(Event::ShutDown(_))));
/// # });
/// ```
#[derive(Debug)]
pub struct Events {
    receiver: broadcast::Receiver<Event>,
    over: bool,
}

impl Events {
    /// The next event; nothing after [`Event::ShutDown`].
    pub async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        let event = match self.receiver.recv().await {
            Ok(event) => event,
            Err(broadcast::error::RecvError::Lagged(events)) => return Some(Event::Missed { events }),
            Err(broadcast::error::RecvError::Closed) => {
                self.over = true;
                return None;
            }
        };
        self.over = matches!(event, Event::ShutDown(_));
        Some(event)
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Event> {
        stream::unfold(self, |mut events| async move { events.next().await.map(|event| (event, events)) })
    }
}

/// Tells all listeners. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Voice(broadcast::Sender<Event>);

impl Voice {
    pub(super) fn new() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }

    /// Makes the event only if somebody listens.
    pub(super) fn say(&self, event: impl FnOnce() -> Event) {
        if self.0.receiver_count() > 0 {
            // Whoever listened may have gone meanwhile.
            let _ = self.0.send(event());
        }
    }

    pub(super) fn listen(&self) -> Events {
        Events { receiver: self.0.subscribe(), over: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_listener_is_told_how_many_it_missed_and_goes_on_with_the_rest() {
        let voice = Voice::new();
        let event = |generation: u64| Event::Started { child: "a".to_owned(), generation };
        voice.say(|| unreachable!("nobody listens"));
        let mut events = voice.listen();
        for generation in 0..CAPACITY as u64 + 3 {
            voice.say(|| event(generation));
        }
        assert_eq!(events.next().await, Some(Event::Missed { events: 3 }));
        assert_eq!(events.next().await, Some(event(3)));
    }

    #[tokio::test]
    async fn the_stream_ends_with_the_shutdown() {
        let voice = Voice::new();
        let mut events = voice.listen();
        voice.say(|| Event::ShutDown(ShutdownReport { drained: Vec::new(), cut_short: Vec::new() }));
        assert!(matches!(events.next().await, Some(Event::ShutDown(_))));
        assert_eq!(events.next().await, None);
    }
}
