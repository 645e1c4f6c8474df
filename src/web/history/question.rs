//! What is asked of the history: which series, from when to when, and how far apart its points are.
//!
//! Pure. A question that was accepted has an answer of bounded length; one that was not names the parameter and what
//! would be right.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::config::{parse_duration, render_duration};
use crate::market::points;

/// The most steps of an answer.
pub(super) const MOST: u64 = 5000;

/// The most steps of an answer whose step was chosen here.
const USUAL: u64 = 500;

/// The time from `from` to `to` where nobody says.
const LONG: SignedDuration = SignedDuration::from_hours(24);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The steps that are chosen from, in minutes; longer ones are whole days.
const STEPS: [u64; 10] = [3, 5, 10, 15, 30, 60, 120, 180, 360, 720];

/// As it was asked, in words.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) index: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    pub(super) step: Option<&'a str>,
    /// Series beside those that every daemon has.
    pub(super) added: &'a [String],
}

/// A question with an answer of bounded length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) series: String,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// At least a second.
    pub(super) step: Duration,
}

impl Question {
    /// Understands `words` at `now`; dates are days of `zone`.
    pub(super) fn understand(words: Words<'_>, now: Timestamp, zone: &TimeZone) -> Result<Self, String> {
        let series = series(words.index, words.added)?.to_owned();
        let to = match words.to {
            Some(text) => time("to", text, zone, Edge::End)?,
            None => now,
        };
        let from = match words.from {
            Some(text) => time("from", text, zone, Edge::Beginning)?,
            None => to.checked_sub(LONG).unwrap_or(Timestamp::MIN),
        };
        if from > to {
            return Err(format!("from: {from} is later than to, which is {to}; write an earlier time"));
        }
        let step = match words.step {
            Some(text) => chosen_step(text, from, to)?,
            None => usual_step(from, to),
        };
        Ok(Self { series, from, to, step })
    }

    /// The step as it is written: `3m`, `1h`, `7d`.
    pub(super) fn step_as_written(&self) -> String {
        written(self.step)
    }
}

fn series<'a>(index: Option<&str>, added: &'a [String]) -> Result<&'a str, String> {
    let mut all: Vec<&'a str> = points::series().collect();
    all.extend(added.iter().map(String::as_str));
    let known = || all.join(", ");
    let Some(index) = index else { return Err(format!("index: say which; there are {}", known())) };
    let found = all.iter().find(|series| **series == index);
    found.copied().ok_or_else(|| format!("index: there is none named {index:?}; there are {}", known()))
}

/// Which edge of a day a date means.
#[derive(Clone, Copy)]
enum Edge {
    Beginning,
    End,
}

fn time(name: &str, text: &str, zone: &TimeZone, edge: Edge) -> Result<Timestamp, String> {
    let wrong = || {
        format!(
            "{name}: {text:?} is neither a time nor a date; write one as 2026-03-02T09:15:00+07:00, \
             with + as %2B, or as 2026-03-02"
        )
    };
    if let Ok(date) = text.parse::<Date>().map_err(drop)
        && text.len() == "2026-03-02".len()
    {
        let day = match edge {
            Edge::Beginning => date,
            Edge::End => date.tomorrow().map_err(|_| wrong())?,
        };
        let midnight = zone.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| wrong())?;
        return match edge {
            Edge::Beginning => Ok(midnight),
            Edge::End => midnight.checked_sub(SignedDuration::from_micros(1)).map_err(|_| wrong()),
        };
    }
    // A + that was not escaped arrives as a space.
    let unescaped = text.replace(' ', "+");
    unescaped.parse().map_err(|_| wrong())
}

fn chosen_step(text: &str, from: Timestamp, to: Timestamp) -> Result<Duration, String> {
    let wrong = || format!("step: {text:?} is not a step; write at least 1s, for example 3m, 1h or 1d");
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    let step = match days {
        Some(days) => DAY * days,
        None => parse_duration(text).map_err(|_| wrong())?,
    };
    if step < Duration::from_secs(1) || step.subsec_nanos() % 1000 != 0 {
        return Err(wrong());
    }
    let steps = steps(from, to, step);
    if steps <= MOST {
        return Ok(step);
    }
    let long = to.duration_since(from).unsigned_abs().as_secs();
    // One less: what is not aligned touches one step more.
    let least = Duration::from_secs(long / (MOST - 1) + 1);
    Err(format!(
        "step: {} makes {steps} steps of the time asked for, and {MOST} is the most; write at least {}, \
         or ask for less time",
        written(step),
        written(least)
    ))
}

/// The shortest of the usual steps that makes a chart of it.
fn usual_step(from: Timestamp, to: Timestamp) -> Duration {
    let minutes = STEPS.into_iter().map(|minutes| Duration::from_secs(minutes * 60));
    let mut fitting = minutes.filter(|step| steps(from, to, *step) <= USUAL);
    fitting.next().unwrap_or_else(|| {
        let days = to.duration_since(from).unsigned_abs().as_secs() / DAY.as_secs() / (USUAL - 1) + 1;
        Duration::from_secs(days * DAY.as_secs())
    })
}

/// How many steps the time from `from` to `to` touches; they are counted from 1970.
fn steps(from: Timestamp, to: Timestamp, step: Duration) -> u64 {
    let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
    let number = |time: Timestamp| time.as_microsecond().div_euclid(step);
    number(to).abs_diff(number(from)) + 1
}

fn written(step: Duration) -> String {
    let days = step.as_secs() / DAY.as_secs();
    if days > 0 && step == Duration::from_secs(days * DAY.as_secs()) {
        format!("{days}d")
    } else {
        render_duration(step)
    }
}

#[cfg(test)]
mod tests;
