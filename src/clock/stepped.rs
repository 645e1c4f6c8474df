//! A clock without waiting: it stands still while anybody works, and is set forward when all who sleep are asleep.
//!
//! Who steers it holds the [`Hand`]. Sleeping is registered before it begins and ended by the hand, so that the number of
//! sleepers never counts somebody who has been woken and does not know it yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

/// What the clock shows, and who sleeps until when.
#[derive(Debug)]
pub(super) struct Steps {
    sleeping: Mutex<Sleeping>,
    now: watch::Sender<Timestamp>,
    sleepers: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Sleeping {
    next_id: u64,
    until: BTreeMap<(Timestamp, u64), ()>,
}

/// Sets a stepped clock forward.
///
/// ```
/// use std::time::Duration;
///
/// use evenkeel::clock::{Clock, Hand};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let start = "2026-03-02T02:00:00Z".parse().unwrap();
/// let (clock, hand): (Clock, Hand) = Clock::stepped(start);
/// let sleeper = async { clock.sleep(Duration::from_secs(3600)).await };
/// // As soon as one sleeps, the hour is over.
/// let steered = async { hand.advance_to(hand.next(1).await) };
/// futures_util::future::join(sleeper, steered).await;
/// assert_eq!(clock.now(), "2026-03-02T03:00:00Z".parse().unwrap());
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Hand(pub(super) Arc<Steps>);

impl Steps {
    pub(super) fn new(start: Timestamp) -> Self {
        let (now, sleepers) = (watch::Sender::new(start), watch::Sender::new(0));
        Self { sleeping: Mutex::default(), now, sleepers }
    }

    pub(super) fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    pub(super) async fn sleep_until(&self, deadline: Timestamp) {
        let Some(_place) = self.lie_down(deadline) else { return };
        // The sender lives in the clock that the caller holds.
        let _ = self.now.subscribe().wait_for(|now| *now >= deadline).await;
    }

    /// A place among the sleepers; none for a time that has come.
    fn lie_down(&self, deadline: Timestamp) -> Option<Place<'_>> {
        let mut sleeping = self.sleeping();
        // Under the lock, so that the hand does not pass in between.
        if self.now() >= deadline {
            return None;
        }
        let place = (deadline, sleeping.next_id);
        sleeping.next_id += 1;
        sleeping.until.insert(place, ());
        self.sleepers.send_replace(sleeping.until.len());
        Some(Place { steps: self, place })
    }

    fn sleeping(&self) -> MutexGuard<'_, Sleeping> {
        self.sleeping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Left when the sleep ends, or is given up.
struct Place<'a> {
    steps: &'a Steps,
    place: (Timestamp, u64),
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut sleeping = self.steps.sleeping();
        if sleeping.until.remove(&self.place).is_some() {
            self.steps.sleepers.send_replace(sleeping.until.len());
        }
    }
}

impl Hand {
    /// Waits until at least `sleepers` sleep on this clock, which is when nobody works, and says when the first of them is
    /// to be woken.
    pub async fn next(&self, sleepers: usize) -> Timestamp {
        loop {
            let mut count = self.0.sleepers.subscribe();
            // The sender lives in the clock.
            let _ = count.wait_for(|count| *count >= sleepers.max(1)).await;
            if let Some(((next, _), ())) = self.0.sleeping().until.first_key_value() {
                return *next;
            }
        }
    }

    /// Sets the clock to `time`, unless it is later already, and wakes all whose time has come.
    pub fn advance_to(&self, time: Timestamp) {
        let mut sleeping = self.0.sleeping();
        sleeping.until = sleeping.until.split_off(&(time, u64::MAX));
        self.0.sleepers.send_replace(sleeping.until.len());
        self.0.now.send_if_modified(|now| {
            let is_later = time > *now;
            *now = time.max(*now);
            is_later
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use jiff::SignedDuration;

    use super::super::Clock;

    #[tokio::test]
    async fn time_passes_only_when_all_who_sleep_are_asleep() {
        let start: jiff::Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::stepped(start);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        for (name, minutes) in [("three", 3), ("five", 5)] {
            let (clock, tell) = (clock.clone(), tell.clone());
            tokio::spawn(async move {
                let mut due = start;
                loop {
                    due += SignedDuration::from_mins(minutes);
                    clock.sleep_until(due).await;
                    tell.send((name, clock.now().duration_since(start).as_secs() / 60)).unwrap();
                }
            });
        }
        for _ in 0..6 {
            let next = hand.next(2).await;
            hand.advance_to(next);
        }
        hand.next(2).await;
        let mut seen = Vec::new();
        while let Ok(line) = told.try_recv() {
            seen.push(line);
        }
        seen.sort_by_key(|(_, minutes)| *minutes);
        let expected = [("three", 3), ("five", 5), ("three", 6), ("three", 9), ("five", 10), ("three", 12)];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn a_time_that_has_come_is_not_slept_for_and_a_sleep_that_is_given_up_is_not_counted() {
        let start: jiff::Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::stepped(start);
        clock.sleep_until(start).await;
        {
            let sleep = clock.sleep_until(start + SignedDuration::from_secs(1));
            tokio::pin!(sleep);
            assert!((&mut sleep).now_or_never().is_none());
            assert_eq!(*hand.0.sleepers.borrow(), 1);
        }
        assert_eq!(*hand.0.sleepers.borrow(), 0);
        hand.advance_to(start + SignedDuration::from_secs(2));
        hand.advance_to(start + SignedDuration::from_secs(1));
        assert_eq!(clock.now(), start + SignedDuration::from_secs(2), "never back");
    }
}
