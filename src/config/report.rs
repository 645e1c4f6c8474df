//! When reports are written and how large they are.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::edition::EditionConfig;
use super::narrative::NarrativeConfig;

/// Reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportConfig {
    /// Write reports on a schedule (`report.scheduled`, `ENABLE_AUTO_REPORT_SCHEDULER`; default true).
    pub scheduled: bool,
    /// Times of day, for example `["07:30", "15:00"]` (`report.times`, `AUTO_REPORT_SCHEDULE_TIMES`; default none).
    #[serde(with = "super::times")]
    pub times: Vec<Time>,
    /// The time zone of `times`, an IANA name (`report.zone`; default `Asia/Ho_Chi_Minh`).
    pub zone: String,
    /// Used when there are no `times`; at least 1 min (`report.every`, `AUTO_REPORT_INTERVAL_HOURS`; default 3 h).
    #[serde(with = "super::duration")]
    pub every: Duration,
    /// A run is due within this of its time; one missed by more is skipped. Less than half of the shortest time
    /// between two runs (`report.tolerance`; default 5 min).
    #[serde(with = "super::duration")]
    pub tolerance: Duration,
    /// Attempts within one due window (`report.max_attempts`, `MAX_REPORT_ATTEMPTS`; default 3).
    pub max_attempts: u32,
    /// Pause before the second attempt, doubled before each further one (`report.retry_after`; default 20 s).
    #[serde(with = "super::duration")]
    pub retry_after: Duration,
    /// The edition's name (`report.edition`; default `market`).
    pub edition: String,
    /// Rows of the constituents table, 0 to 100,000 (`report.constituents`; default 1000).
    pub constituents: u32,
    /// The indices that it shows, by name; an empty list means all that are collected (`report.indices`; default `[]`).
    pub indices: Vec<String>,
    /// The languages that it is written in, `vi` among them (`report.languages`; default `["vi", "en"]`).
    pub languages: Vec<String>,
    /// Whether a language model puts the numbers into words, and which.
    pub narrative: NarrativeConfig,
    /// Further editions by name, each a table of its own (`[report.editions.NAME]`; default none).
    pub editions: BTreeMap<String, EditionConfig>,
}

impl Default for ReportConfig {
    fn default() -> Self {
        Self {
            scheduled: true,
            times: Vec::new(),
            zone: "Asia/Ho_Chi_Minh".to_owned(),
            every: Duration::from_secs(3 * 3600),
            tolerance: Duration::from_secs(300),
            max_attempts: 3,
            retry_after: Duration::from_secs(20),
            edition: "market".to_owned(),
            constituents: 1000,
            indices: Vec::new(),
            languages: vec!["vi".to_owned(), "en".to_owned()],
            editions: BTreeMap::new(),
            narrative: NarrativeConfig::default(),
        }
    }
}

impl ReportConfig {
    /// Every edition as if it were the only one, the main one first: what an edition leaves out is filled in.
    pub fn each_edition(&self) -> Vec<ReportConfig> {
        let main = ReportConfig { editions: Default::default(), ..self.clone() };
        let further = self.editions.iter().map(|(name, edition)| {
            let (times, every) = match (&edition.times, edition.every) {
                (Some(times), every) => (times.clone(), every.unwrap_or(main.every)),
                (None, Some(every)) => (Vec::new(), every),
                (None, None) => (main.times.clone(), main.every),
            };
            ReportConfig {
                times,
                every,
                edition: name.clone(),
                constituents: edition.constituents.unwrap_or(main.constituents),
                indices: edition.indices.clone().unwrap_or_else(|| main.indices.clone()),
                languages: edition.languages.clone().unwrap_or_else(|| main.languages.clone()),
                ..main.clone()
            }
        });
        std::iter::once(main.clone()).chain(further).collect()
    }
}
