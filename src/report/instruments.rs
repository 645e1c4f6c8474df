//! Counts of reports, for whoever collects metrics. They outlive the actor's generations.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::phases::Phases;
use crate::market::instruments::MarketInstruments;

/// Bounds of the durations that are told apart, in seconds.
const DURATIONS_S: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Counts of reports. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct ReportInstruments {
    reports: Family<ResultLabels, Counter>,
    bytes: Family<EditionLabel, Counter>,
    phases: Family<PhaseLabel, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    edition: String,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EditionLabel {
    edition: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PhaseLabel {
    phase: &'static str,
}

const RESULTS: [&str; 2] = ["stored", "failed"];

impl ReportInstruments {
    /// Counts of these editions.
    pub fn of<'a>(editions: impl IntoIterator<Item = &'a str>) -> Self {
        let seconds = || Histogram::new(DURATIONS_S);
        let instruments = Self {
            reports: Family::default(),
            bytes: Family::default(),
            phases: Family::new_with_constructor(seconds),
        };
        // A series that begins with its first event hides that event from a rate.
        for edition in editions {
            for result in RESULTS {
                drop(
                    instruments.reports.get_or_create(&ResultLabels { edition: edition.to_owned(), result }),
                );
            }
        }
        instruments
    }

    pub(super) fn stored(&self, edition: &str, bytes: u64, phases: &Phases, duration_ms: u64) {
        let edition = edition.to_owned();
        self.reports.get_or_create(&ResultLabels { edition: edition.clone(), result: "stored" }).inc();
        self.bytes.get_or_create(&EditionLabel { edition }).inc_by(bytes);
        let Phases { fetch_us, analytics_us, render_us, persist_us } = *phases;
        for (phase, us) in [
            ("fetch", fetch_us),
            ("analytics", analytics_us),
            ("render", render_us),
            ("persist", persist_us),
            ("whole", duration_ms * 1000),
        ] {
            self.phases.get_or_create(&PhaseLabel { phase }).observe(us as f64 / 1e6);
        }
    }

    /// `edition` is one that there is: whatever else is asked for has no series.
    pub(super) fn failed(&self, edition: &str) {
        let labels = ResultLabels { edition: edition.to_owned(), result: "failed" };
        if let Some(count) = self.reports.get(&labels) {
            count.inc();
        }
    }

    /// Reports since the process was started: stored and failed, of these editions.
    pub fn reports<'a>(&self, editions: impl IntoIterator<Item = &'a str>) -> [u64; 2] {
        let mut sums = [0; 2];
        for edition in editions {
            for (result, sum) in RESULTS.into_iter().zip(&mut sums) {
                let labels = ResultLabels { edition: edition.to_owned(), result };
                *sum += self.reports.get(&labels).map_or(0, |count| count.get());
            }
        }
        sums
    }

    /// Adds the counts to what is collected.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("reports", "Reports by what became of them", self.reports.clone());
        let written = "Bytes of stored reports";
        registry.register_with_unit("report", written, Unit::Bytes, self.bytes.clone());
        let phases = "Time that a stored report took, by phase; whole is from the order to the receipt";
        registry.register_with_unit("report_phase", phases, Unit::Seconds, self.phases.clone());
    }
}

/// What actors count, over all their generations.
#[derive(Clone)]
pub struct Instruments {
    /// Refreshes and sources.
    pub market: MarketInstruments,
    /// Reports.
    pub report: ReportInstruments,
}
