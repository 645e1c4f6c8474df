//! The memory of the process and of each account over the last hour, day and week, and what happened meanwhile.
//!
//! Its memory is taken once and does not grow: three rings of points, a bounded list of marks. A point is the tick with the
//! highest resident set of its step, so that a peak is never averaged away and the parts always add up to the whole.

mod stretch;

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::tape::{ChildTick, Tick};

pub use stretch::{Cause, Happened, Mark, Point, Stretch};

/// Children with a column of their own; those beyond it count as unattributed.
const MOST_CHILDREN: usize = 16;
/// Columns before those of the children: the highest and the lowest resident set of the step, what no child owns.
const FIRST_CHILD: usize = 3;
const COLUMNS: usize = FIRST_CHILD + MOST_CHILDREN;
/// Stands for what could not be read.
const UNKNOWN: u32 = u32::MAX;
/// Marks that are kept.
const MOST_MARKS: usize = 256;

/// How far back somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Range {
    /// The last hour, in steps of ten seconds.
    #[serde(rename = "1h")]
    Hour,
    /// The last 24 hours, in steps of four minutes.
    #[serde(rename = "24h")]
    Day,
    /// The last seven days, in steps of half an hour.
    #[serde(rename = "7d")]
    Week,
}

/// A range was asked for that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no range {given:?}; use 1h, 24h or 7d")]
pub struct UnknownRange {
    given: String,
}

impl Range {
    /// Every range, the shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// `1h`, `24h` or `7d`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// How long it is, in milliseconds.
    pub fn length_ms(self) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 24 * 3_600_000,
            Self::Week => 7 * 24 * 3_600_000,
        }
    }

    fn step_ms(self) -> i64 {
        match self {
            Self::Hour => 10_000,
            Self::Day => 240_000,
            Self::Week => 1_800_000,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Range {
    type Err = UnknownRange;

    fn from_str(text: &str) -> Result<Self, UnknownRange> {
        let known = Self::ALL.into_iter().find(|range| range.as_str() == text);
        known.ok_or_else(|| UnknownRange { given: text.chars().take(40).collect() })
    }
}

/// The rings. Sizes are kept in KiB.
#[derive(Debug)]
pub struct Timeline {
    names: Vec<String>,
    rings: [Ring; 3],
    marks: VecDeque<Mark>,
    /// The children when their generation was seen first; nothing when the process has just begun.
    before: Vec<ChildTick>,
}

#[derive(Debug)]
struct Ring {
    range: Range,
    most: usize,
    /// The step of each point, and its columns one after the other.
    steps: VecDeque<i64>,
    columns: VecDeque<u32>,
}

impl Default for Timeline {
    fn default() -> Self {
        let ring = |range: Range| {
            let most = usize::try_from(range.length_ms() / range.step_ms()).unwrap_or_default() + 1;
            let (steps, columns) = (VecDeque::with_capacity(most), VecDeque::with_capacity(most * COLUMNS));
            Ring { range, most, steps, columns }
        };
        Self {
            names: Vec::new(),
            rings: Range::ALL.map(ring),
            marks: VecDeque::with_capacity(MOST_MARKS),
            before: Vec::new(),
        }
    }
}

impl Timeline {
    /// The process begins anew: with the next tick, the children's generations do.
    pub fn begin(&mut self) {
        self.before.clear();
    }

    /// Takes a tick. One that is older than the one before begins everything anew: the clock was set back.
    pub fn push(&mut self, tick: &Tick) {
        if self.rings.iter().any(|ring| ring.is_past(tick.at_ms)) {
            self.rings.iter_mut().for_each(Ring::clear);
            self.marks.clear();
        }
        self.note(tick);
        for child in &tick.children {
            if !self.names.contains(&child.name) && self.names.len() < MOST_CHILDREN {
                self.names.push(child.name.clone());
            }
        }
        let columns = self.columns(tick);
        self.rings.iter_mut().for_each(|ring| ring.push(tick.at_ms, &columns));
        self.remember(&tick.children);
    }

    /// A generation's end is counted before the next one begins, and a tick may lie between: what counts is how the
    /// counters stood at the generation's beginning.
    fn remember(&mut self, children: &[ChildTick]) {
        for child in children {
            match self.before.iter_mut().find(|before| before.name == child.name) {
                Some(before) if before.generation == child.generation => {}
                Some(before) => before.clone_from(child),
                None => self.before.push(child.clone()),
            }
        }
    }

    fn note(&mut self, tick: &Tick) {
        if self.before.is_empty() && !tick.children.is_empty() {
            self.mark(Mark { at_ms: tick.at_ms, what: Happened::Begun });
        }
        for child in &tick.children {
            let before = self.before.iter().find(|before| before.name == child.name);
            let Some(before) = before.filter(|before| before.generation < child.generation) else { continue };
            let cause = if child.memory_restarts > before.memory_restarts {
                Cause::Memory
            } else if child.crashes > before.crashes {
                Cause::Crash
            } else {
                Cause::Request
            };
            let (name, generation) = (child.name.clone(), child.generation);
            self.mark(Mark { at_ms: tick.at_ms, what: Happened::Restart { child: name, generation, cause } });
        }
    }

    fn mark(&mut self, mark: Mark) {
        if self.marks.len() >= MOST_MARKS {
            self.marks.pop_front();
        }
        self.marks.push_back(mark);
    }

    fn columns(&self, tick: &Tick) -> [u32; COLUMNS] {
        let mut columns = [UNKNOWN; COLUMNS];
        (columns[0], columns[1]) = (kib(tick.rss), kib(tick.rss));
        for (name, column) in self.names.iter().zip(&mut columns[FIRST_CHILD..]) {
            let child = tick.children.iter().find(|child| child.name == *name);
            *column = kib(child.and_then(|child| child.resident));
        }
        let charged: u64 = columns[FIRST_CHILD..].iter().filter_map(|column| bytes(*column)).sum();
        let known = tick.unattributed.and(tick.rss);
        columns[2] = kib(known.map(|rss| rss.saturating_sub(charged)));
        columns
    }

    /// What is known of the time from `now_ms` back.
    pub fn stretch(&self, range: Range, now_ms: i64) -> Stretch {
        let since = now_ms - range.length_ms();
        // Steps of half an hour have no course before an hour is over: shorter ones do.
        let rings = self.rings.iter().rev().skip_while(|ring| ring.range != range);
        let mut rings = rings.skip_while(|ring| ring.steps.len() < 2);
        let ring = rings.next().or(self.rings.first());
        let points = ring.into_iter().flat_map(Ring::points);
        let within = |at_ms: i64| at_ms >= since;
        Stretch {
            names: self.names.clone(),
            points: points.filter(|point| within(point.at_ms)).map(|point| self.trimmed(point)).collect(),
            marks: self.marks.iter().filter(|mark| within(mark.at_ms)).cloned().collect(),
        }
    }

    fn trimmed(&self, mut point: Point) -> Point {
        point.children.truncate(self.names.len());
        point
    }
}

impl Ring {
    fn is_past(&self, at_ms: i64) -> bool {
        self.steps.back().is_some_and(|last| *last > at_ms.div_euclid(self.range.step_ms()))
    }

    fn clear(&mut self) {
        self.steps.clear();
        self.columns.clear();
    }

    fn push(&mut self, at_ms: i64, columns: &[u32; COLUMNS]) {
        let step = at_ms.div_euclid(self.range.step_ms());
        let start = self.columns.len().saturating_sub(COLUMNS);
        if self.steps.back() != Some(&step) {
            if self.steps.len() >= self.most {
                self.steps.pop_front();
                self.columns.drain(..COLUMNS);
            }
            self.steps.push_back(step);
            self.columns.extend(columns);
            return;
        }
        let known = |column: u32| if column == UNKNOWN { 0 } else { column };
        let low = self.columns[start + 1].min(columns[1]);
        if known(columns[0]) >= known(self.columns[start]) {
            for (kept, new) in self.columns.range_mut(start..).zip(columns) {
                *kept = *new;
            }
        }
        self.columns[start + 1] = low;
    }

    fn points(&self) -> impl Iterator<Item = Point> {
        self.steps.iter().enumerate().map(|(position, step)| {
            let column = |column: usize| bytes(self.columns[position * COLUMNS + column]);
            Point {
                at_ms: step * self.range.step_ms(),
                rss: column(0),
                low: column(1),
                unattributed: column(2),
                children: (FIRST_CHILD..COLUMNS).map(column).collect(),
            }
        })
    }
}

fn kib(bytes: Option<u64>) -> u32 {
    bytes.map_or(UNKNOWN, |bytes| u32::try_from(bytes.div_ceil(1024)).unwrap_or(UNKNOWN - 1))
}

fn bytes(kib: u32) -> Option<u64> {
    (kib != UNKNOWN).then(|| u64::from(kib) * 1024)
}

#[cfg(test)]
mod tests;
