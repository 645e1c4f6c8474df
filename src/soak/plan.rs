//! What is simulated: how many days, with which daemon.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::config::{Age, Config};
use crate::laboratory::Laboratory;

/// Rows that make a report of 7 MB.
const CONSTITUENTS: u32 = 1350;

/// The monitor looks once a minute: ten seconds apart it would be most of the work.
const SAMPLE_EVERY: Duration = Duration::from_secs(60);

/// So many days of reports stay on the disk.
const REPORTS_KEPT: u32 = 3;

/// Midnight in Vietnam, on a Monday.
const START: Timestamp = Timestamp::constant(1_772_384_400, 0);

/// A soak.
#[derive(Debug)]
pub struct Plan {
    /// Simulated days, at least 1: each has 480 refreshes and 8 reports.
    pub days: u32,
    /// The daemon's configuration; the sources are replaced by simulated ones.
    pub config: Config,
    /// The program that is the simulated exchange when it is told to: this one.
    pub program: PathBuf,
    /// Whether its actors keep what the old service kept: a connection and the data of every refresh, every report whole.
    pub before: bool,
    /// Ailments for its actors.
    pub laboratory: Laboratory,
    /// Where the clock begins.
    pub start: Timestamp,
    /// The file for what was measured, a line an hour.
    pub record: PathBuf,
}

impl Plan {
    /// `days` of the daemon as it is configured by default, with its files in `directory`.
    pub fn new(days: u32, directory: &Path, program: PathBuf) -> Self {
        let mut config = Config { data_dir: directory.to_path_buf(), ..Config::default() };
        config.server.port = 0;
        config.market.us = true;
        config.report.constituents = CONSTITUENTS;
        config.keep.reports = Age::days(REPORTS_KEPT);
        config.memory.sample_every = SAMPLE_EVERY;
        for source in config.market.sources.each_mut() {
            // Manners towards others, of which there are none.
            source.min_interval = Duration::ZERO;
        }
        let record = directory.join("hours.csv");
        let laboratory = Laboratory::default();
        Self { days: days.max(1), config, program, before: false, laboratory, start: START, record }
    }
}
