//! The lines that operators read of a decision, and of what came of it.

use crate::memory::record::Record;

/// Says what was decided.
pub(super) fn log_record(record: &Record, level: log::Level) {
    let (child, generation) = (record.child.as_str(), record.generation);
    log::log!(level, event = "memory-decision", child, generation; "{record}");
}

/// Says what came of a decision.
pub(super) fn log_result(record: &Record) {
    let (child, generation) = (record.child.as_str(), record.generation);
    let Some((result, outcome)) = record.result().zip(record.outcome.as_ref()) else { return };
    let level = if outcome.helped { log::Level::Info } else { log::Level::Warn };
    log::log!(level, event = "memory-outcome", child, generation, decision = record.number; "{result}");
}
