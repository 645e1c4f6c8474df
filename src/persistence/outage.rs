//! How often a server that did not answer is asked again: at once never, and ever more rarely.
//!
//! An attempt to connect can take seconds, and the thread that makes it does nothing else meanwhile. After a failed
//! one, everybody is therefore refused at once for a pause that grows, with the reason of the failure.

use std::time::Duration;

use super::error::PersistenceError;
use crate::clock::{Clock, Stopwatch};

/// The pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause, and so about how late a server's return is noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What the last attempt to connect came to.
#[derive(Debug)]
pub(super) struct Outage {
    error: PersistenceError,
    failed: Stopwatch,
    attempts: u32,
}

impl Outage {
    /// One more attempt has failed, after those that `before` knows of.
    pub(super) fn after(before: Option<&Self>, error: PersistenceError, clock: &Clock) -> Self {
        let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
        Self { error, failed: clock.stopwatch(), attempts }
    }

    /// Why nobody may try now; nothing when the pause is over.
    pub(super) fn refusal(&self) -> Option<PersistenceError> {
        (self.failed.elapsed() < pause(self.attempts)).then(|| self.error.clone())
    }
}

/// The pause after so many failed attempts in a row.
fn pause(attempts: u32) -> Duration {
    let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit() {
        let pauses: Vec<u64> =
            [1, 2, 3, 4, 5, 6, 40, u32::MAX].map(|attempts| pause(attempts).as_secs()).to_vec();
        assert_eq!(pauses, [1, 2, 4, 8, 15, 15, 15, 15]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_tries_again_before_the_pause_is_over() {
        let error = PersistenceError::Unavailable("refused".to_owned());
        let clock = Clock::system();
        let first = Outage::after(None, error.clone(), &clock);
        assert_eq!(first.refusal(), Some(error.clone()));
        tokio::time::sleep(FIRST_PAUSE).await;
        assert_eq!(first.refusal(), None);

        let second = Outage::after(Some(&first), error.clone(), &clock);
        tokio::time::sleep(FIRST_PAUSE).await;
        assert_eq!(second.refusal(), Some(error));
        tokio::time::sleep(FIRST_PAUSE).await;
        assert_eq!(second.refusal(), None);
    }
}
