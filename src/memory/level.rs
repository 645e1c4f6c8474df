//! The level leg: readings above the soft limit, counted; the hard limit, at once.
//!
//! Holds the last few answers to "was it above?", nothing else.

use std::collections::VecDeque;

use super::decision::{Leg, Verdict};

/// The last readings of an account against its soft limit.
#[derive(Debug, Clone)]
pub struct Level {
    strikes: u32,
    strikes_of: usize,
    above: VecDeque<bool>,
}

impl Level {
    /// `strikes` readings above the limit of the last `strikes_of` make a case.
    pub fn new(strikes: u32, strikes_of: u32) -> Self {
        Self { strikes, strikes_of: strikes_of as usize, above: VecDeque::new() }
    }

    /// Readings above the soft limit among those that count.
    pub fn strikes(&self) -> u32 {
        u32::try_from(self.above.iter().filter(|above| **above).count()).unwrap_or(u32::MAX)
    }

    /// Counts a reading and says what the limits say, the graver of both first.
    pub fn judge(&mut self, resident: u64, soft: Option<u64>, hard: Option<u64>) -> Option<Verdict> {
        if self.above.len() >= self.strikes_of {
            self.above.pop_front();
        }
        self.above.push_back(soft.is_some_and(|soft| resident > soft));
        let strikes = self.strikes();
        if hard.is_some_and(|hard| resident > hard) {
            Some(Verdict::Case(Leg::Hard))
        } else if strikes >= self.strikes {
            Some(Verdict::Case(Leg::Soft))
        } else if hard.is_some_and(|hard| resident > hard - hard / 10) {
            Some(Verdict::Close(Leg::Hard))
        } else if strikes > 0 && strikes >= self.strikes.div_ceil(2) {
            Some(Verdict::Close(Leg::Soft))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_within_the_last_readings_make_a_case() {
        let mut level = Level::new(3, 5);
        let judged: Vec<_> =
            [11, 10, 11, 9, 11, 9, 9, 9].iter().map(|bytes| level.judge(*bytes, Some(10), None)).collect();
        let (close, case) = (Some(Verdict::Close(Leg::Soft)), Some(Verdict::Case(Leg::Soft)));
        assert_eq!(judged, [None, None, close, close, case, close, close, None]);
    }

    #[test]
    fn the_hard_limit_acts_at_once_and_before_the_soft_one() {
        let mut level = Level::new(1, 1);
        assert_eq!(level.judge(90, Some(200), Some(100)), None);
        assert_eq!(level.judge(91, Some(200), Some(100)), Some(Verdict::Close(Leg::Hard)));
        assert_eq!(level.judge(101, Some(50), Some(100)), Some(Verdict::Case(Leg::Hard)));
        assert_eq!(level.judge(u64::MAX, Some(u64::MAX), Some(u64::MAX)), Some(Verdict::Close(Leg::Hard)));
    }

    #[test]
    fn without_limits_there_is_nothing_to_say() {
        let mut level = Level::new(6, 10);
        assert!((0..100).all(|_| level.judge(u64::MAX, None, None).is_none()));
    }
}
