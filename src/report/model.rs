//! What a report is told besides the market's own data.
//!
//! Pure data. A section is given exactly what it shows and keeps nothing of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What holds for the whole report.
#[derive(Debug, Clone)]
pub struct ReportMeta {
    /// The edition's name, for example `market`.
    pub edition: String,
    /// The time that readers see, and against which ages are told.
    pub created_at: Timestamp,
    /// The zone of every time in the report.
    pub zone: TimeZone,
}

/// The recent history of one index, for its sparkline.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSeries {
    /// A name of the catalogue, for example `vnindex`.
    pub name: String,
    /// When each value held, and the value in the unit of the index; oldest first. Some hundreds are enough.
    pub points: Vec<(Timestamp, f64)>,
}

/// How the constituents table ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableEnd {
    /// Every page that was asked for is there.
    Complete,
    /// A page could not be had; the table ends before it.
    CutShort {
        /// Why, for readers.
        error: String,
    },
}
