//! The last lines of the log.

use serde::Serialize;

use super::super::face::Face;
use super::asked::Asked;
use super::state::Moment;
use crate::journal::{Entry, Severity};

/// Lines that the page shows.
const LINES: usize = 40;

#[derive(Debug, Serialize)]
pub(super) struct Line {
    at: Moment,
    level: Severity,
    message: String,
}

/// The newest lines, the newest first.
pub(super) fn log(face: &Face, _: Asked) -> Vec<Line> {
    let lines = face.journal.after(0, LINES, |entry| entry.level > Severity::Debug);
    let line = |entry: &Entry| Line {
        at: Moment::time(face, entry.at),
        level: entry.level,
        message: entry.message.clone(),
    };
    lines.iter().rev().map(|entry| line(entry)).collect()
}
