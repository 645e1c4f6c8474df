//! Further editions of the report, each with a schedule and a content of its own.

use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// What an edition does differently from the main one, which is `[report]` itself. What is left out is as there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EditionConfig {
    /// Times of day (`report.editions.NAME.times`; default those of `report.times`).
    #[serde(with = "super::times::optional", skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<Time>>,
    /// Used when there are no times; at least 1 min (`report.editions.NAME.every`). Given without `times`, those of
    /// `report.times` do not apply.
    #[serde(with = "super::duration::optional", skip_serializing_if = "Option::is_none")]
    pub every: Option<Duration>,
    /// Rows of the constituents table, 0 to 100,000 (`report.editions.NAME.constituents`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constituents: Option<u32>,
    /// The indices that it shows, by name, for example `["vnindex", "vn30"]`; an empty list means all that are collected
    /// (`report.editions.NAME.indices`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indices: Option<Vec<String>>,
    /// The languages that it is written in, `vi` among them (`report.editions.NAME.languages`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
}
