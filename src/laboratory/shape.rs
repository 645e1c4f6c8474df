//! The shapes that the memory of a healthy actor has: pure functions of its age and of the time of day.

use std::f64::consts::TAU;
use std::fmt;
use std::time::Duration;

/// The shapes, as they are written.
pub(super) const SHAPES: &str = "flat, sawtooth, plateau, step, bursts, wave, cache";

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// How the memory of a healthy actor goes up and down below its size. All times are of the daemon's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All of it, always.
    Flat,
    /// Grows to its size within an hour and drops to nothing, again and again.
    Sawtooth,
    /// A warm-up that gets ever slower: two thirds within half an hour, all but a fiftieth within two hours.
    Plateau,
    /// Nothing for two hours, then all of it at once.
    Step,
    /// All of it for two minutes of every twenty.
    Bursts,
    /// A cosine over the day: nothing at midnight UTC, all of it at noon.
    Wave,
    /// Fills evenly within twelve hours and stays full.
    Cache,
}

impl Shape {
    /// The shape of this name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "flat" => Self::Flat,
            "sawtooth" => Self::Sawtooth,
            "plateau" => Self::Plateau,
            "step" => Self::Step,
            "bursts" => Self::Bursts,
            "wave" => Self::Wave,
            "cache" => Self::Cache,
            _ => return None,
        })
    }

    /// What an actor of this shape and `size` holds at this age and time of day (since midnight UTC), in bytes.
    pub fn holds(self, size: u64, age: Duration, time_of_day: Duration) -> u64 {
        let age = age.as_secs_f64();
        let share = match self {
            Self::Flat => 1.0,
            Self::Sawtooth => age % HOUR / HOUR,
            Self::Plateau => 1.0 - (-age / (30.0 * MINUTE)).exp(),
            Self::Step => f64::from(u8::from(age >= 2.0 * HOUR)),
            // At the end of the twenty minutes: a young actor has had nothing to do yet.
            Self::Bursts => f64::from(u8::from(age % (20.0 * MINUTE) >= 18.0 * MINUTE)),
            Self::Wave => (1.0 - (TAU * time_of_day.as_secs_f64() / DAY).cos()) / 2.0,
            Self::Cache => (age / (12.0 * HOUR)).min(1.0),
        };
        // Sizes are far below 2^52: nothing is lost on the way.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bytes = (size as f64 * share).round() as u64;
        bytes
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flat => "flat",
            Self::Sawtooth => "sawtooth",
            Self::Plateau => "plateau",
            Self::Step => "step",
            Self::Bursts => "bursts",
            Self::Wave => "wave",
            Self::Cache => "cache",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_course() {
        let size = 1000;
        for (shape, course) in [
            (Shape::Flat, [(0, 1000), (60, 1000), (6000, 1000)]),
            (Shape::Sawtooth, [(0, 0), (59, 983), (60, 0)]),
            (Shape::Plateau, [(0, 0), (30, 632), (120, 982)]),
            (Shape::Step, [(0, 0), (119, 0), (120, 1000)]),
            (Shape::Bursts, [(17, 0), (18, 1000), (20, 0)]),
            (Shape::Cache, [(0, 0), (360, 500), (900, 1000)]),
        ] {
            for (minutes, bytes) in course {
                let age = Duration::from_secs(minutes * 60);
                assert_eq!(shape.holds(size, age, Duration::ZERO), bytes, "{shape} after {minutes} min");
            }
        }
        for (hours, bytes) in [(0, 0), (6, 500), (12, 1000), (18, 500), (24, 0)] {
            let time = Duration::from_secs(hours * 3600);
            assert_eq!(Shape::Wave.holds(size, Duration::ZERO, time), bytes, "a wave at {hours}:00");
        }
    }

    #[test]
    fn every_name_means_its_shape() {
        for name in SHAPES.split(", ") {
            assert_eq!(Shape::parse(name).unwrap().to_string(), name);
        }
    }
}
