//! How fast a leak grows: so much an hour of the daemon's clock, or so much a message.

use std::fmt;
use std::time::Duration;

use bytesize::ByteSize;

use super::error::AilmentError;
use crate::config::render_size;

/// The most that may leak in an hour.
const MOST_AN_HOUR: u64 = 1 << 30;

/// The most that may leak with a message.
const MOST_A_MESSAGE: u64 = 16 << 20;

/// A leak's speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Bytes; at least 1.
    pub bytes: u64,
    /// What they are counted by.
    pub per: Per,
}

/// What a leak is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// An hour of the daemon's clock.
    Hour,
    /// A message that the actor has taken.
    Message,
}

impl Rate {
    /// So much an hour, or a message.
    ///
    /// # Errors
    /// When it is nothing, or more than a machine could take.
    pub fn new(bytes: u64, per: Per) -> Result<Self, AilmentError> {
        let rate = Self { bytes, per };
        let most = Self { bytes: if per == Per::Hour { MOST_AN_HOUR } else { MOST_A_MESSAGE }, per };
        if bytes == 0 {
            let least = Self { bytes: 1, per }.to_string();
            return Err(AilmentError::TooLittle { amount: rate.to_string(), least });
        }
        if bytes > most.bytes {
            return Err(AilmentError::TooMuch { amount: rate.to_string(), most: most.to_string() });
        }
        Ok(rate)
    }

    /// What has leaked of a generation of this age, in time of the daemon's clock, that has taken `work` messages.
    pub(super) fn due(&self, age: Duration, work: u64) -> u64 {
        match self.per {
            Per::Hour => {
                let milliseconds = u128::from(self.bytes) * age.as_millis();
                u64::try_from(milliseconds / 3_600_000).unwrap_or(u64::MAX)
            }
            Per::Message => self.bytes.saturating_mul(work),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = render_size(ByteSize::b(self.bytes)).replace(' ', "");
        match self.per {
            Per::Hour => write!(f, "{size}/h"),
            Per::Message => write!(f, "{size}/message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_follows_the_clock_or_the_work() {
        let hourly = Rate::new(7 << 20, Per::Hour).unwrap();
        for (minutes, bytes) in [(0, 0), (30, 7 << 19), (60, 7 << 20), (24 * 60, 24 * (7 << 20))] {
            assert_eq!(hourly.due(Duration::from_secs(minutes * 60), 1000), bytes, "{minutes} min");
        }
        let by_message = Rate::new(65_536, Per::Message).unwrap();
        assert_eq!(by_message.due(Duration::from_secs(3600), 0), 0);
        assert_eq!(by_message.due(Duration::ZERO, 3), 196_608);
    }
}
