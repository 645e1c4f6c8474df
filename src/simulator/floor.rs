//! The trading floor: what every answer is computed from.

use super::dice::Dice;
use crate::clock::Clock;

/// The seed, the coins and the clock. Holds no prices.
#[derive(Debug, Clone)]
pub(crate) struct Floor {
    pub(crate) seed: u64,
    pub(crate) coins: u32,
    /// Whether some coins have names that are hard to show.
    pub(crate) odd_names: bool,
    pub(crate) clock: Clock,
}

impl Floor {
    /// Now, in whole seconds since 1970: all that is asked within one second agrees.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The dice of one instrument.
    pub(crate) fn dice(&self, name: &str) -> Dice {
        Dice::new(self.seed, name)
    }
}
