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
pub(crate) const CORNER_S: i64 = 15;
const PERIOD_FACTOR: i64 = 4;
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
        Cursor { walk: self, spans: [Span { cell: i64::MIN, left: 0.0, right: 0.0 }; OCTAVES] }
    }

    fn span(&self, octave: usize, period: i64, cell: i64) -> Span {
        let amplitude = AMPLITUDE * self.volatility * (period as f64 / DAY_S).sqrt();
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
        let mut logarithm = 0.0;
        let mut period = CORNER_S;
        for (octave, span) in self.spans.iter_mut().enumerate() {
            let cell = t.div_euclid(period);
            if span.cell != cell {
                *span = self.walk.span(octave, period, cell);
            }
            let fraction = t.rem_euclid(period) as f64 / period as f64;
            logarithm += span.left + (span.right - span.left) * fraction;
            period *= PERIOD_FACTOR;
        }
        self.walk.level * logarithm.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(seed: u64) -> Walk {
        Walk::new(Dice::new(seed, "test"), 100.0, 0.02)
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
