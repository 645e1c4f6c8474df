//! One range of the timeline: its points, at most as many as it has steps.

use std::collections::VecDeque;

use super::range::Range;
use super::stretch::Point;

/// Children with a column of their own; those beyond it count as unattributed, until one of the others is gone.
pub(super) const MOST_CHILDREN: usize = 16;
/// Columns before those of the children: the highest and the lowest resident set of the step, what no child owns.
pub(super) const FIRST_CHILD: usize = 3;
pub(super) const COLUMNS: usize = FIRST_CHILD + MOST_CHILDREN;
/// Stands for what could not be read.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// What no child owns.
pub(super) const UNATTRIBUTED: usize = 2;

/// The points, in memory that is taken once.
#[derive(Debug)]
pub(super) struct Ring {
    range: Range,
    most: usize,
    /// The step of each point, and its columns one after the other.
    steps: VecDeque<i64>,
    columns: VecDeque<u32>,
}

impl Ring {
    pub(super) fn new(range: Range) -> Self {
        let most = usize::try_from(range.length_ms() / range.step_ms()).unwrap_or_default() + 1;
        let (steps, columns) = (VecDeque::with_capacity(most), VecDeque::with_capacity(most * COLUMNS));
        Self { range, most, steps, columns }
    }

    pub(super) fn range(&self) -> Range {
        self.range
    }

    /// How many points there are.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.columns.capacity()
    }

    pub(super) fn is_past(&self, at_ms: i64) -> bool {
        self.steps.back().is_some_and(|last| *last > at_ms.div_euclid(self.range.step_ms()))
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.columns.clear();
    }

    pub(super) fn push(&mut self, at_ms: i64, columns: &[u32; COLUMNS]) {
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

    /// What stands in a column belongs to nobody.
    pub(super) fn disown(&mut self, column: usize) {
        for position in 0..self.steps.len() {
            let start = position * COLUMNS;
            let held = std::mem::replace(&mut self.columns[start + column], UNKNOWN);
            let unattributed = &mut self.columns[start + UNATTRIBUTED];
            if held != UNKNOWN && *unattributed != UNKNOWN {
                *unattributed = unattributed.saturating_add(held).min(UNKNOWN - 1);
            }
        }
    }

    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        self.steps.iter().enumerate().map(|(position, step)| {
            let column = |column: usize| bytes(self.columns[position * COLUMNS + column]);
            Point {
                at_ms: step * self.range.step_ms(),
                rss: column(0),
                low: column(1),
                unattributed: column(UNATTRIBUTED),
                children: (FIRST_CHILD..COLUMNS).map(column).collect(),
            }
        })
    }
}

pub(super) fn kib(bytes: Option<u64>) -> u32 {
    bytes.map_or(UNKNOWN, |bytes| u32::try_from(bytes.div_ceil(1024)).unwrap_or(UNKNOWN - 1))
}

pub(super) fn bytes(kib: u32) -> Option<u64> {
    (kib != UNKNOWN).then(|| u64::from(kib) * 1024)
}
