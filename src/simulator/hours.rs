//! When an instrument is traded, and the bars that its trading day is cut into.
//!
//! All times are seconds since 1970. Simulated markets never close (see the module's invariants); only Vietnam's
//! two breaks within the day are kept, so that clients meet bars at uneven distances.

/// Vietnam's offset from UTC; it has no daylight saving time.
pub(crate) const VIETNAM_S: i64 = 7 * 3600;
/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;
/// First second of the closing auction's bar, counted from local midnight.
const CLOSING_AUCTION_S: i64 = 14 * 3600 + 45 * 60;
/// Lunch, and the minutes in which the closing auction collects orders.
const BREAKS: [(i64, i64); 2] = [(11 * 3600 + 30 * 60, 13 * 3600), (14 * 3600 + 30 * 60, CLOSING_AUCTION_S)];

/// When an instrument is traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hours {
    /// Always.
    RoundTheClock,
    /// Always but in the two breaks.
    Vietnam,
}

impl Hours {
    /// Whether there is trading in the minute that begins at `t`.
    pub(crate) fn open(self, t: i64) -> bool {
        self.break_began(t).is_none()
    }

    /// `t`, or the beginning of the break that it falls into.
    pub(crate) fn last_trade(self, t: i64) -> i64 {
        self.break_began(t).unwrap_or(t)
    }

    /// How much busier than usual the minute that begins at `t` is.
    pub(crate) fn crowd(self, t: i64) -> f64 {
        match self {
            Self::Vietnam if second_of_day(t) == CLOSING_AUCTION_S => 12.0,
            Self::Vietnam | Self::RoundTheClock => 1.0,
        }
    }

    /// Ordinary minutes of trading that a day is worth.
    pub(crate) fn minutes_of_day(self) -> f64 {
        match self {
            Self::RoundTheClock => 1440.0,
            Self::Vietnam => 1346.0,
        }
    }

    /// The stretches of `from` to `to` in which there is trading, in order; the moment in which a break begins belongs to
    /// the stretch before it.
    pub(crate) fn stretches(self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let mut stretches = Vec::new();
        let mut begin = from;
        if self == Self::Vietnam {
            let midnight = |t: i64| t - second_of_day(t);
            let days = (midnight(from)..=to).step_by(DAY_S as usize);
            for (pause, end) in days.flat_map(|day| BREAKS.map(|(pause, end)| (day + pause, day + end))) {
                if end > begin && pause < to {
                    if pause > begin {
                        stretches.push((begin, pause));
                    }
                    begin = end;
                }
            }
        }
        if begin < to {
            stretches.push((begin, to));
        }
        stretches
    }

    fn break_began(self, t: i64) -> Option<i64> {
        match self {
            Self::RoundTheClock => None,
            Self::Vietnam => {
                let second = second_of_day(t);
                let (from, _) = BREAKS.iter().find(|(from, until)| (*from..*until).contains(&second))?;
                Some(t - (second - from))
            }
        }
    }
}

fn second_of_day(t: i64) -> i64 {
    (t + VIETNAM_S).rem_euclid(DAY_S)
}

/// The length of a bar, where bars begin, and how they are stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Seconds.
    pub(crate) length: i64,
    /// The zone's offset from UTC in seconds: bars begin at multiples of their length in local time.
    pub(crate) offset: i64,
    /// From the beginning of a bar to the time that it is stamped with, in seconds.
    pub(crate) stamp: i64,
}

impl Step {
    /// A bar of UTC, stamped with its beginning.
    pub(crate) fn utc(length: i64) -> Self {
        Self { length, offset: 0, stamp: 0 }
    }

    /// A bar of Vietnam. One of a day is stamped 00:00 UTC of the trading date, which is 07:00 there.
    pub(crate) fn vietnam(length: i64) -> Self {
        Self { length, offset: VIETNAM_S, stamp: if length == DAY_S { VIETNAM_S } else { 0 } }
    }

    /// When the bar that contains `t` began.
    pub(crate) fn floor(self, t: i64) -> i64 {
        t - (t + self.offset).rem_euclid(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02 00:00 in Vietnam.
    const MIDNIGHT: i64 = 1_772_384_400;

    #[test]
    fn vietnam_rests_at_lunch_and_before_the_closing_auction() {
        let at = |hour: i64, minute: i64| MIDNIGHT + hour * 3600 + minute * 60;
        let table = [
            (at(11, 29), at(11, 29)),
            (at(11, 30), at(11, 30)),
            (at(12, 59), at(11, 30)),
            (at(13, 0), at(13, 0)),
            (at(14, 29), at(14, 29)),
            (at(14, 44), at(14, 30)),
            (at(14, 45), at(14, 45)),
            (at(3, 0), at(3, 0)),
        ];
        for (t, last_trade) in table {
            assert_eq!(Hours::Vietnam.last_trade(t), last_trade, "at {t}");
        }
        assert!(!Hours::Vietnam.open(at(11, 30)));
        assert!(Hours::RoundTheClock.open(at(11, 30)));
    }

    #[test]
    fn a_day_is_worth_the_crowds_of_its_open_minutes() {
        for hours in [Hours::Vietnam, Hours::RoundTheClock] {
            let minutes = (0..1440).map(|minute| MIDNIGHT + minute * 60).filter(|start| hours.open(*start));
            assert_eq!(minutes.map(|start| hours.crowd(start)).sum::<f64>(), hours.minutes_of_day());
        }
    }

    #[test]
    fn a_day_of_vietnam_begins_at_its_midnight_and_is_stamped_at_midnight_utc() {
        let day = Step::vietnam(DAY_S);
        assert_eq!(day.floor(MIDNIGHT + 5), MIDNIGHT);
        assert_eq!(day.floor(MIDNIGHT - 1), MIDNIGHT - DAY_S);
        assert_eq!((MIDNIGHT + day.stamp).rem_euclid(DAY_S), 0);
    }
}
