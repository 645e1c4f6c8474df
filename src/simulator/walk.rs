//! A random walk that needs no history: its value at any second is computed from that second alone.
//!
//! The logarithm of the price is value noise in ten octaves. An octave with period P has a hashed value in −1 … 1 at
//! every multiple of P and runs straight between them; its amplitude grows with the square root of P, as the
//! spread of Brownian motion does. Periods go from 15 seconds by factors of 4 to 45 days, so that the walk looks
//! random on every scale that a chart shows and yet stays near its level for ever. All corners lie on multiples of
//! 15 seconds: between two of them the walk is monotonic, so extremes are found exactly by looking at the corners.

use super::dice::Dice;

const OCTAVES: usize = 10;
/// Seconds between two corners of the finest octave.
const CORNER_S: i64 = 15;
const PERIOD_FACTOR: i64 = 4;
/// Values that a search for extremes begins with.
const SAMPLES: i64 = 16;
const DAY_S: f64 = 86_400.0;

/// Makes the standard deviation of the logarithmic return over one day equal to the volatility that was asked for:
/// an octave of amplitude a adds 4/9·a² to its square if its period is shorter than a day, 2/3·(a/P)² if longer.
const AMPLITUDE: f64 = 1.17;

/// A seeded walk around a level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    dice: Dice,
    level: f64,
    /// Standard deviation of the logarithmic return over one day: 0.02 is 2 %.
    volatility: f64,
}

impl Walk {
    pub(crate) fn new(dice: Dice, level: f64, volatility: f64) -> Self {
        Self { dice, level, volatility }
    }

    /// The value at `t`, in seconds since 1970.
    pub(crate) fn at(&self, t: i64) -> f64 {
        self.cursor().at(t)
    }

    /// A way to read many neighbouring values.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        let mut finer = [0.0; OCTAVES + 1];
        for octave in 0..OCTAVES {
            finer[octave + 1] = finer[octave] + self.amplitude(period(octave));
        }
        Cursor { walk: self, spans: [Span { cell: i64::MIN, left: 0.0, right: 0.0 }; OCTAVES], finer }
    }

    fn amplitude(&self, period: i64) -> f64 {
        AMPLITUDE * self.volatility * (period as f64 / DAY_S).sqrt()
    }

    fn span(&self, octave: usize, period: i64, cell: i64) -> Span {
        let amplitude = self.amplitude(period);
        let dice = self.dice.fork(octave as i64);
        Span {
            cell,
            left: dice.between(cell, -amplitude, amplitude),
            right: dice.between(cell + 1, -amplitude, amplitude),
        }
    }
}

/// Remembers the span of each octave that it stands in; a neighbouring value then costs about one hash, not twenty.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    walk: &'a Walk,
    spans: [Span; OCTAVES],
    /// The most that all octaves finer than each one can add or take.
    finer: [f64; OCTAVES + 1],
}

#[derive(Debug, Clone, Copy)]
struct Span {
    cell: i64,
    left: f64,
    right: f64,
}

impl Cursor<'_> {
    /// The value at `t`, in seconds since 1970. The order of the calls does not change any value.
    pub(crate) fn at(&mut self, t: i64) -> f64 {
        self.walk.level * self.logarithm(t, 0).exp()
    }

    /// The lowest and the highest value from `from` to `to`, both included.
    ///
    /// A cell of an octave is looked into only if the finer octaves, at their largest, could lead past what has been found:
    /// a day has 5760 corners, of which some hundred are looked at.
    pub(crate) fn extremes(&mut self, from: i64, to: i64) -> (f64, f64) {
        let ends = [self.logarithm(from, 0), self.logarithm(to, 0)];
        let mut found = Found { low: ends[0].min(ends[1]), high: ends[0].max(ends[1]) };
        // The better the first guess, the less is looked into.
        for sample in 1..SAMPLES {
            let value = self.logarithm(from + (to - from) * sample / SAMPLES, 0);
            found = Found { low: found.low.min(value), high: found.high.max(value) };
        }
        self.search(from, to, OCTAVES, &mut found);
        (self.walk.level * found.low.exp(), self.walk.level * found.high.exp())
    }

    /// Searches a stretch of the walk that lies within one cell of `octave`.
    fn search(&mut self, from: i64, to: i64, octave: usize, found: &mut Found) {
        let ends = [self.logarithm(from, octave), self.logarithm(to, octave)];
        let finer = self.finer[octave];
        if ends[0].max(ends[1]) + finer <= found.high && ends[0].min(ends[1]) - finer >= found.low {
            return;
        }
        if octave == 0 {
            found.low = found.low.min(ends[0]).min(ends[1]);
            found.high = found.high.max(ends[0]).max(ends[1]);
            return;
        }
        let cell = period(octave - 1);
        let mut begin = from;
        while begin < to {
            let end = (begin.div_euclid(cell) * cell + cell).min(to);
            self.search(begin, end, octave - 1, found);
            begin = end;
        }
    }

    /// The part of the logarithm of the value that the octaves from `first` on make up.
    fn logarithm(&mut self, t: i64, first: usize) -> f64 {
        let mut logarithm = 0.0;
        let mut period = period(first);
        for (octave, span) in self.spans.iter_mut().enumerate().skip(first) {
            let cell = t.div_euclid(period);
            if span.cell != cell {
                *span = self.walk.span(octave, period, cell);
            }
            let fraction = t.rem_euclid(period) as f64 / period as f64;
            logarithm += span.left + (span.right - span.left) * fraction;
            period *= PERIOD_FACTOR;
        }
        logarithm
    }
}

/// Seconds of a cell of an octave.
fn period(octave: usize) -> i64 {
    (0..octave).fold(CORNER_S, |period, _| period * PERIOD_FACTOR)
}

/// What a search has found, as logarithms.
struct Found {
    low: f64,
    high: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(seed: u64) -> Walk {
        Walk::new(Dice::new(seed, "test"), 100.0, 0.02)
    }

    #[test]
    fn extremes_are_those_of_all_corners() {
        let walk = walk(3);
        for (from, to) in
            [(1_790_000_000, 1_790_086_400), (1_790_000_007, 1_790_000_011), (15, 15), (0, 9_999)]
        {
            let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
            let corners = (from..to).filter(|t| t % CORNER_S == 0);
            for t in corners.chain([from, to]) {
                low = low.min(walk.at(t));
                high = high.max(walk.at(t));
            }
            assert_eq!(walk.cursor().extremes(from, to), (low, high), "{from} {to}");
        }
    }

    #[test]
    fn a_value_does_not_depend_on_what_was_read_before() {
        let walk = walk(1);
        let mut cursor = walk.cursor();
        for t in [1_790_000_000, 0, 1_790_000_007, 1_790_000_014, -77, 1_790_000_015] {
            assert_eq!(cursor.at(t), walk.at(t), "at {t}");
        }
    }

    #[test]
    fn daily_returns_have_about_the_volatility_that_was_asked_for() {
        let walk = walk(2);
        let day = 86_400;
        let returns: Vec<f64> =
            (0..3000).map(|n| (walk.at((n + 1) * day + 777) / walk.at(n * day + 777)).ln()).collect();
        let deviation = (returns.iter().map(|r| r * r).sum::<f64>() / returns.len() as f64).sqrt();
        assert!((0.017..0.023).contains(&deviation), "{deviation}");
    }

    #[test]
    fn the_walk_stays_near_its_level_for_ever_and_moves_every_minute() {
        let walk = walk(3);
        for n in 0..20_000 {
            let t = n * 86_400 * 3;
            assert!((50.0..200.0).contains(&walk.at(t)), "at {t}: {}", walk.at(t));
            assert_ne!(walk.at(t), walk.at(t + 60), "at {t}");
        }
    }

    #[test]
    fn seeds_and_names_give_different_walks() {
        let other = Walk::new(Dice::new(1, "other"), 100.0, 0.02);
        assert_ne!(walk(1).at(1_790_000_000), walk(2).at(1_790_000_000));
        assert_ne!(walk(1).at(1_790_000_000), other.at(1_790_000_000));
    }
}
