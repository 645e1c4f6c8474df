//! The indices of a snapshot beside what the catalogue says about them.

use crate::market::model::{Index, Quote, Reading, Snapshot};

/// One index of the snapshot with what the catalogue says about it.
pub(super) struct Entry<'a> {
    pub(super) index: &'static Index,
    pub(super) reading: &'a Reading<Quote>,
}

/// Every index of the snapshot that the catalogue knows, in its order.
pub(super) fn entries(snapshot: &Snapshot) -> Vec<Entry<'_>> {
    snapshot
        .indices
        .iter()
        .filter_map(|reading| Some(Entry { index: Index::named(&reading.name)?, reading: &reading.reading }))
        .collect()
}
