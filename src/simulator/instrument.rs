//! One traded thing: its price at any time, its volume, its bars.
//!
//! Bars and values come from the same walk, so they never contradict each other: the close of a finished bar is the
//! value at its end, the high of an hour is the highest of its minutes.

use super::dice::Dice;
use super::hours::{DAY_S, Hours, Step};
use super::walk::{Cursor, Walk};

/// The longest chart that is answered; of a longer one the newest bars are given. More than a day of minutes.
pub(crate) const MOST_BARS: usize = 1500;

/// One traded thing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instrument {
    dice: Dice,
    walk: Walk,
    hours: Hours,
    minute_volume: f64,
    digits: i32,
}

/// Open, high, low, close, volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    /// First second.
    pub(crate) start: i64,
    /// The second that it is stamped with; see [`Step`].
    pub(crate) stamp: i64,
    pub(crate) open: f64,
    pub(crate) high: f64,
    pub(crate) low: f64,
    pub(crate) close: f64,
    pub(crate) volume: f64,
}

/// Which bars are wanted, by stamp, both ends included; seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Nothing after this has happened yet.
    pub(crate) now: i64,
    /// At most so many, the newest.
    pub(crate) most: usize,
}

impl Instrument {
    /// An instrument around `level`, moving by `volatility` a day, rounded to `digits` decimals, of which
    /// `minute_volume` units are traded in an ordinary minute.
    pub(crate) fn new(
        dice: Dice,
        hours: Hours,
        level: f64,
        volatility: f64,
        minute_volume: f64,
        digits: i32,
    ) -> Self {
        Self { dice: dice.fork(1), walk: Walk::new(dice, level, volatility), hours, minute_volume, digits }
    }

    /// The price at `t`, rounded as it is quoted.
    pub(crate) fn value(&self, t: i64) -> f64 {
        self.rounded(self.exact(t))
    }

    /// The price at `t` with all its digits.
    pub(crate) fn exact(&self, t: i64) -> f64 {
        self.walk.at(self.hours.last_trade(t))
    }

    /// When the last trade at or before `t` was.
    pub(crate) fn last_trade(&self, t: i64) -> i64 {
        self.hours.last_trade(t)
    }

    /// Units traded from `from` until `to`.
    pub(crate) fn volume(&self, from: i64, to: i64) -> f64 {
        let mut total = 0.0;
        let mut minute = from - from.rem_euclid(60);
        while minute < to {
            if self.hours.open(minute) {
                let seconds = to.min(minute + 60) - from.max(minute);
                let crowd = self.hours.crowd(minute) * self.dice.between(minute, 0.4, 1.6);
                total += self.minute_volume * crowd * seconds as f64 / 60.0;
            }
            minute += 60;
        }
        total
    }

    /// What a whole day is told to have: about the volume of its minutes, of which there are too many to add them up for
    /// every day of a year.
    fn volume_of_day(&self, from: i64) -> f64 {
        self.minute_volume * self.hours.minutes_of_day() * self.dice.between(from, 0.97, 1.03)
    }

    /// Everything traded from `from` until `to` as one bar.
    pub(crate) fn bar(&self, from: i64, to: i64) -> Bar {
        self.bar_at(&mut self.walk.cursor(), from, to)
    }

    /// The bars of a window, oldest first. A bar without trading is left out; the last one may be unfinished.
    pub(crate) fn bars(&self, step: Step, window: Window) -> Vec<Bar> {
        let mut cursor = self.walk.cursor();
        let most = window.most.min(MOST_BARS);
        let mut bars = Vec::with_capacity(most.min(64));
        let mut start = step.floor(window.to.saturating_sub(step.stamp).min(window.now));
        while bars.len() < most && start >= 0 && start.saturating_add(step.stamp) >= window.from {
            let end = start + step.length;
            // No break is as long as a day.
            if step.length >= DAY_S || (start..end).step_by(60).any(|minute| self.hours.open(minute)) {
                let mut bar = self.bar_at(&mut cursor, start, end.min(window.now));
                bar.stamp = start + step.stamp;
                bars.push(bar);
            }
            start -= step.length;
        }
        bars.reverse();
        bars
    }

    fn bar_at(&self, cursor: &mut Cursor<'_>, from: i64, to: i64) -> Bar {
        let open = cursor.at(self.hours.last_trade(from));
        let close = cursor.at(self.hours.last_trade(to));
        let (mut low, mut high) = (open.min(close), open.max(close));
        for (begin, end) in self.hours.stretches(from, to) {
            let (lowest, highest) = cursor.extremes(begin, end);
            (low, high) = (low.min(lowest), high.max(highest));
        }
        Bar {
            start: from,
            stamp: from,
            open: self.rounded(open),
            high: self.rounded(high),
            low: self.rounded(low),
            close: self.rounded(close),
            volume: if to - from == DAY_S { self.volume_of_day(from) } else { self.volume(from, to) },
        }
    }

    fn rounded(&self, value: f64) -> f64 {
        let scale = 10_f64.powi(self.digits);
        (value * scale).round() / scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02 15:20:20 in Vietnam.
    const NOW: i64 = 1_772_439_620;

    fn instrument() -> Instrument {
        Instrument::new(Dice::new(7, "x"), Hours::Vietnam, 1850.0, 0.01, 1000.0, 2)
    }

    fn window(most: usize) -> Window {
        Window { from: 0, to: NOW, now: NOW, most }
    }

    #[test]
    fn minutes_are_missing_in_the_breaks_and_join_everywhere_else() {
        let bars = instrument().bars(Step::vietnam(60), window(300));
        assert_eq!(bars.len(), 300);
        for pair in bars.windows(2) {
            match pair[1].start - pair[0].start {
                60 => assert_eq!(pair[0].close, pair[1].open),
                gap => assert!(gap == 91 * 60 || gap == 16 * 60, "{gap}"),
            }
        }
        let gaps = bars.windows(2).filter(|pair| pair[1].start - pair[0].start != 60).count();
        assert_eq!(gaps, 2);
        assert_eq!(bars[299].close, instrument().value(NOW));
    }

    #[test]
    fn an_hour_has_the_extremes_and_the_volume_of_its_minutes() {
        let hours = instrument().bars(Step::vietnam(3600), window(6));
        let minutes = instrument().bars(Step::vietnam(60), window(600));
        // 12:00 lies in the break as a whole.
        assert_eq!(
            hours.iter().map(|bar| (bar.start + 25_200) % DAY_S / 3600).collect::<Vec<_>>(),
            [9, 10, 11, 13, 14, 15]
        );
        for hour in hours {
            let inside = || minutes.iter().filter(|bar| (hour.start..hour.start + 3600).contains(&bar.start));
            assert_eq!(hour.high, inside().map(|bar| bar.high).fold(0.0, f64::max));
            assert_eq!(hour.low, inside().map(|bar| bar.low).fold(f64::MAX, f64::min));
            let volume: f64 = inside().map(|bar| bar.volume).sum();
            assert!((hour.volume - volume).abs() < 1e-6, "{} {volume}", hour.volume);
        }
    }

    #[test]
    fn a_finished_bar_never_changes() {
        let early = instrument().bars(Step::vietnam(60), Window { from: NOW - 7200, ..window(500) });
        let later = Window { from: NOW - 7200, to: NOW, now: NOW + 5000, most: 500 };
        let late = instrument().bars(Step::vietnam(60), later);
        assert_eq!(early[..early.len() - 1], late[..early.len() - 1]);
    }
}
