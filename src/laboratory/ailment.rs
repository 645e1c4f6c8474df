//! What an actor is given to suffer from, as an operator writes it: `ACTOR=AMOUNT/h` or `ACTOR=AMOUNT/message` for a
//! leak, with the way it goes behind a comma, `ACTOR=SIZE,SHAPE` for a healthy actor that only looks like one.

use std::fmt;

use bytesize::ByteSize;

use super::error::AilmentError;
use super::rate::{Per, Rate};
use super::shape::{SHAPES, Shape};
use super::way::{WAYS, Way};
use crate::config::{parse_size, render_size};

/// The least that a healthy actor holds: one block.
const LEAST_SIZE: u64 = super::pile::BLOCK;

/// The most that a healthy actor holds.
const MOST_SIZE: u64 = 1 << 30;

/// One ailment of one actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailment {
    /// The actor's name.
    pub actor: String,
    /// What happens to its memory.
    pub course: Course,
}

/// What happens to an actor's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// It grows without end.
    Leak {
        /// How fast.
        rate: Rate,
        /// Where to.
        way: Way,
    },
    /// It moves, and never rises above a size.
    Healthy {
        /// In bytes.
        size: u64,
        /// How it moves.
        shape: Shape,
    },
}

impl Ailment {
    /// Reads an ailment of one of the `known` actors.
    ///
    /// ```
    /// use evenkeel::laboratory::Ailment;
    ///
    /// let known = ["report-builder", "auto-report"];
    /// let ailment = Ailment::parse("report-builder=7MiB/h", &known).unwrap();
    /// assert_eq!(ailment.to_string(), "report-builder=7MiB/h,hold");
    /// assert!(Ailment::parse("report-builder=7/h", &known).is_err());
    /// ```
    ///
    /// # Errors
    /// See [`AilmentError`].
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, AilmentError> {
        let (actor, rest) = text.split_once('=').ok_or(AilmentError::NoAmount)?;
        let actor = actor.trim();
        if !known.contains(&actor) {
            return Err(AilmentError::UnknownActor { name: actor.to_owned(), known: known.join(", ") });
        }
        let (amount, shape) = match rest.split_once(',') {
            Some((amount, shape)) => (amount.trim(), Some(shape.trim())),
            None => (rest.trim(), None),
        };
        let (amount, per) = match amount.split_once('/') {
            Some((amount, per)) => (amount.trim(), Some(per.trim())),
            None => (amount, None),
        };
        let size = size_of(amount)?;
        let course = match per {
            Some(per) => leak(size, amount, per, shape.unwrap_or("hold"), (actor, known))?,
            None => healthy(size, amount, shape, (actor, known))?,
        };
        Ok(Self { actor: actor.to_owned(), course })
    }
}

fn size_of(amount: &str) -> Result<u64, AilmentError> {
    if amount.starts_with('-') {
        return Err(AilmentError::Negative { amount: amount.to_owned() });
    }
    let size = parse_size(amount).ok_or_else(|| AilmentError::NotASize { amount: amount.to_owned() })?;
    Ok(size.as_u64())
}

fn leak(
    size: u64,
    amount: &str,
    per: &str,
    shape: &str,
    (actor, known): (&str, &[&str]),
) -> Result<Course, AilmentError> {
    let per = match per {
        "h" => Per::Hour,
        "message" => Per::Message,
        _ => return Err(AilmentError::UnknownPer { per: per.to_owned() }),
    };
    let Some(way) = Way::parse(shape, actor, known)? else {
        let (amount, shape) = (amount.to_owned(), shape.to_owned());
        return Err(match Shape::parse(&shape) {
            Some(_) => AilmentError::NoSize { amount, shape },
            None => unknown(shape),
        });
    };
    Ok(Course::Leak { rate: Rate::new(size, per)?, way })
}

fn healthy(
    size: u64,
    amount: &str,
    shape: Option<&str>,
    (actor, known): (&str, &[&str]),
) -> Result<Course, AilmentError> {
    let amount = amount.to_owned();
    let Some(shape) = shape else { return Err(AilmentError::NeitherRateNorShape { amount }) };
    let Some(form) = Shape::parse(shape) else {
        return Err(match Way::parse(shape, actor, known)? {
            Some(_) => AilmentError::NoRate { amount, shape: shape.to_owned() },
            None => unknown(shape.to_owned()),
        });
    };
    let written = |bytes| render_size(ByteSize::b(bytes)).replace(' ', "");
    if size < LEAST_SIZE {
        return Err(AilmentError::TooLittle { amount, least: written(LEAST_SIZE) });
    }
    if size > MOST_SIZE {
        return Err(AilmentError::TooMuch { amount, most: written(MOST_SIZE) });
    }
    Ok(Course::Healthy { size, shape: form })
}

fn unknown(shape: String) -> AilmentError {
    AilmentError::UnknownShape { shape, leaks: WAYS, healthy: SHAPES }
}

impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leak { rate, way } => write!(f, "{rate},{way}"),
            Self::Healthy { size, shape } => {
                let size = render_size(ByteSize::b(*size)).replace(' ', "");
                write!(f, "{size},{shape}")
            }
        }
    }
}

impl fmt::Display for Ailment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.actor, self.course)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["persistence", "report-builder", "auto-report"];

    #[test]
    fn what_is_right_is_read_and_written_back() {
        for (text, written) in [
            ("report-builder=7MiB/h", "report-builder=7MiB/h,hold"),
            ("report-builder=7MiB/message", "report-builder=7MiB/message,hold"),
            ("report-builder=1MB/h,forget", "report-builder=1000000B/h,forget"),
            (" report-builder = 1 MiB / h , malloc ", "report-builder=1MiB/h,malloc"),
            ("persistence=64KiB/message,hoard:auto-report", "persistence=64KiB/message,hoard:auto-report"),
            ("persistence=1GiB/h", "persistence=1024MiB/h,hold"),
            ("auto-report=20MiB,flat", "auto-report=20MiB,flat"),
            ("auto-report=1.5MiB,wave", "auto-report=1536KiB,wave"),
        ] {
            let ailment = Ailment::parse(text, &KNOWN).unwrap();
            assert_eq!(ailment.to_string(), written);
            assert_eq!(Ailment::parse(written, &KNOWN), Ok(ailment));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        let known = "persistence, report-builder, auto-report";
        for (text, said) in [
            ("", "name the actor and an amount"),
            ("report-builder", "for example report-builder=7MiB/h"),
            ("builder=1MiB/h", known),
            ("=1MiB/h", known),
            ("report-builder=1/h", "\"1\" is not a size with a unit; write for example 512KiB"),
            ("report-builder=/h", "not a size"),
            ("report-builder=fast", "not a size"),
            ("report-builder=NaNMiB/h", "not a size"),
            ("report-builder=-1MiB/h", "\"-1MiB\" is negative"),
            ("report-builder=0B/h", "\"0B/h\" is too little; 1B/h is the least"),
            ("report-builder=2GiB/h", "\"2048MiB/h\" is too much; 1024MiB/h is the most"),
            ("report-builder=999999999999TB/h", "is too much"),
            ("report-builder=17MiB/message", "16MiB/message is the most"),
            ("report-builder=1MiB/s", "write for example 7MiB/h or 64KiB/message, not /s"),
            ("report-builder=1MiB/", "not /"),
            ("report-builder=1MiB", "write 1MiB/h for a leak, or 1MiB,flat"),
            ("report-builder=1MiB,", "there is no shape \"\""),
            ("report-builder=1MiB,drip", "hold, forget, malloc, hoard:ACTOR"),
            ("report-builder=1MiB/h,drip", "flat, sawtooth, plateau, step, bursts, wave, cache"),
            ("report-builder=1MiB,forget", "a leak has a rate: write for example 1MiB/h,forget"),
            ("report-builder=1MiB/h,flat", "flat has a size and no rate: write 1MiB,flat"),
            ("report-builder=1MiB/h,hoard", "say who hoards, for example hoard:persistence"),
            ("report-builder=1MiB/h,hoard:", "say who hoards"),
            ("report-builder=1MiB/h,hoard:bob", "there is no actor \"bob\""),
            ("report-builder=1MiB/h,hoard:report-builder", "cannot hoard its own memory"),
            ("report-builder=1MiB/h,hold:auto-report", "there is no shape \"hold:auto-report\""),
            ("report-builder=100B,flat", "1KiB is the least"),
            ("report-builder=2GiB,flat", "1024MiB is the most"),
        ] {
            let error = Ailment::parse(text, &KNOWN).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
