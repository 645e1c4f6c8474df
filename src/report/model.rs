//! What a report is told besides the market's own data.
//!
//! Pure data. A section is given exactly what it shows and keeps nothing of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::language::Language;
use crate::market::model::Index;
use crate::market::participation::Participation;
use crate::market::technicals::Technicals;

/// What holds for the whole report.
#[derive(Debug, Clone)]
pub struct ReportMeta {
    /// The edition's name, for example `market`.
    pub edition: String,
    /// The time that readers see, and against which ages are told.
    pub created_at: Timestamp,
    /// The zone of every time in the report.
    pub zone: TimeZone,
    /// The languages that it is written in, each once.
    pub languages: Vec<Language>,
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

/// What was found out for this report, beside the snapshot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Every index that was looked into, in the order of the catalogue.
    pub studies: Vec<Study>,
    /// What the report before this one of the same edition could see; nothing when there is none.
    pub last: Option<LastReport>,
    /// Counts over the largest coins; nothing without a table.
    pub participation: Option<Participation>,
    /// What a language model wrote and every number of which was found in the data; nothing where it was not asked, or its
    /// draft was refused.
    pub narratives: Vec<(Language, String)>,
}

/// What came of looking into one index.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// Which one.
    pub index: &'static Index,
    /// Its indicators, or why there are none.
    pub outcome: Result<Technicals, String>,
}

/// The values that held when the report before was written.
#[derive(Debug, Clone, PartialEq)]
pub struct LastReport {
    /// When that was.
    pub created_at: Timestamp,
    /// Names of series of the history and their values; one that was not recorded is absent.
    pub values: Vec<(String, f64)>,
}

impl Findings {
    /// The indicators that there are.
    pub fn technicals(&self) -> impl Iterator<Item = (&'static Index, &Technicals)> {
        self.studies.iter().filter_map(|study| Some((study.index, study.outcome.as_ref().ok()?)))
    }

    /// The indicators of one index.
    pub fn technicals_of(&self, name: &str) -> Option<&Technicals> {
        self.technicals().find(|(index, _)| index.name == name).map(|(_, technicals)| technicals)
    }

    /// What the language model wrote in this language.
    pub fn narrative(&self, language: Language) -> Option<&str> {
        self.narratives.iter().find(|(of, _)| *of == language).map(|(_, text)| text.as_str())
    }
}

impl LastReport {
    /// The value of one series of the history.
    pub fn value(&self, series: &str) -> Option<f64> {
        self.values.iter().find(|(name, _)| name == series).map(|(_, value)| *value)
    }
}
