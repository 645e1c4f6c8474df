//! The memory of the process and of each account over the last hour, day and week, and what happened meanwhile.
//!
//! Its memory is taken once and does not grow: three rings of points, a bounded list of marks. A point is the tick with the
//! highest resident set of its step, so that a peak is never averaged away and the parts always add up to the whole.

mod range;
mod ring;
mod stretch;

use std::collections::VecDeque;

use super::tape::{ChildTick, Tick};

pub use range::{Range, UnknownRange};
use ring::{COLUMNS, FIRST_CHILD, MOST_CHILDREN, Ring, UNATTRIBUTED, UNKNOWN, bytes, kib};
pub use stretch::{Cause, Happened, Mark, Point, Stretch};

/// Marks that are kept.
const MOST_MARKS: usize = 256;

/// The rings. Sizes are kept in KiB.
#[derive(Debug)]
pub struct Timeline {
    /// Whose the columns from [`FIRST_CHILD`] on are.
    owners: Vec<Owner>,
    rings: [Ring; 3],
    marks: VecDeque<Mark>,
    /// The process has just begun: nothing was seen of it yet.
    is_new: bool,
    /// The children when their generation was seen first.
    before: Vec<ChildTick>,
}

#[derive(Debug)]
struct Owner {
    name: String,
    /// When it was there last.
    seen_ms: i64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            owners: Vec::with_capacity(MOST_CHILDREN),
            rings: Range::ALL.map(Ring::new),
            marks: VecDeque::with_capacity(MOST_MARKS),
            is_new: true,
            before: Vec::new(),
        }
    }
}

impl Timeline {
    /// The process begins anew: with the next tick, the children's generations do.
    pub fn begin(&mut self) {
        self.is_new = true;
        self.before.clear();
    }

    /// Takes a tick. One that is older than the one before begins everything anew: the clock was set back.
    pub fn push(&mut self, tick: &Tick) {
        if self.rings.iter().any(|ring| ring.is_past(tick.at_ms)) {
            self.rings.iter_mut().for_each(Ring::clear);
            self.owners.clear();
            self.marks.clear();
        }
        self.note(tick);
        tick.children.iter().for_each(|child| self.seen(&child.name, tick));
        let columns = self.columns(tick);
        self.rings.iter_mut().for_each(|ring| ring.push(tick.at_ms, &columns));
        self.remember(&tick.children);
    }

    /// Gives a child a column that is free, or that of the one which has been gone for longest: what that one held
    /// counts as unattributed from then on, so that the parts still add up.
    fn seen(&mut self, name: &str, tick: &Tick) {
        let seen_ms = tick.at_ms;
        if let Some(owner) = self.owners.iter_mut().find(|owner| owner.name == name) {
            owner.seen_ms = seen_ms;
            return;
        }
        let owner = Owner { name: name.to_owned(), seen_ms };
        if self.owners.len() < MOST_CHILDREN {
            self.owners.push(owner);
            return;
        }
        let is_there = |owner: &Owner| tick.children.iter().any(|child| child.name == owner.name);
        let gone = self.owners.iter_mut().enumerate().filter(|(_, owner)| !is_there(owner));
        if let Some((column, longest)) = gone.min_by_key(|(_, owner)| owner.seen_ms) {
            *longest = owner;
            self.rings.iter_mut().for_each(|ring| ring.disown(FIRST_CHILD + column));
        }
    }

    /// A generation's end is counted before the next one begins, and a tick may lie between: what counts is how the
    /// counters stood at the generation's beginning.
    fn remember(&mut self, children: &[ChildTick]) {
        self.before.retain(|before| children.iter().any(|child| child.name == before.name));
        for child in children {
            match self.before.iter_mut().find(|before| before.name == child.name) {
                Some(before) if before.generation == child.generation => {}
                Some(before) => before.clone_from(child),
                None => self.before.push(child.clone()),
            }
        }
    }

    fn note(&mut self, tick: &Tick) {
        if self.is_new && !tick.children.is_empty() {
            self.is_new = false;
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
        for (owner, column) in self.owners.iter().zip(&mut columns[FIRST_CHILD..]) {
            let child = tick.children.iter().find(|child| child.name == owner.name);
            *column = kib(child.and_then(|child| child.resident));
        }
        let charged: u64 = columns[FIRST_CHILD..].iter().filter_map(|column| bytes(*column)).sum();
        let known = tick.unattributed.and(tick.rss);
        columns[UNATTRIBUTED] = kib(known.map(|rss| rss.saturating_sub(charged)));
        columns
    }

    /// What is known of the time from `now_ms` back.
    pub fn stretch(&self, range: Range, now_ms: i64) -> Stretch {
        let since = now_ms - range.length_ms();
        // Steps of half an hour have no course before an hour is over: shorter ones do.
        let rings = self.rings.iter().rev().skip_while(|ring| ring.range() != range);
        let mut rings = rings.skip_while(|ring| ring.len() < 2);
        let ring = rings.next().or(self.rings.first());
        let points = ring.into_iter().flat_map(Ring::points);
        let within = |at_ms: i64| at_ms >= since;
        let shown = |column: usize| self.owners.get(column).is_some_and(|owner| within(owner.seen_ms));
        let trimmed = |mut point: Point| {
            let mut columns = 0..;
            point.children.retain(|_| columns.next().is_some_and(shown));
            point
        };
        Stretch {
            names: self
                .owners
                .iter()
                .filter(|owner| within(owner.seen_ms))
                .map(|owner| owner.name.clone())
                .collect(),
            points: points.filter(|point| within(point.at_ms)).map(trimmed).collect(),
            marks: self.marks.iter().filter(|mark| within(mark.at_ms)).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
