//! Counts of refreshes and of what sources did, for whoever collects metrics. They outlive the actor's generations.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::model::SourceOutcome;

/// Bounds of the latencies that are told apart, in seconds.
const LATENCIES_S: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counts of the market. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct MarketInstruments {
    refreshes: Family<RefreshLabels, Counter>,
    requests: Family<SourceLabels, Counter>,
    latency: Family<SourceLabel, Histogram>,
}

/// Labels of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefreshLabels {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: String,
}

impl Default for MarketInstruments {
    fn default() -> Self {
        let latency = || Histogram::new(LATENCIES_S);
        let instruments = Self {
            refreshes: Family::default(),
            requests: Family::default(),
            latency: Family::new_with_constructor(latency),
        };
        // A series that begins with its first event hides that event from a rate.
        for result in ["complete", "partial", "failed"] {
            drop(instruments.refreshes.get_or_create(&RefreshLabels { result }));
        }
        instruments
    }
}

impl MarketInstruments {
    /// A refresh knows `known` of `all` indices.
    pub(super) fn refreshed(&self, known: u32, all: u32, sources: &[SourceOutcome]) {
        let result = match known {
            0 => "failed",
            _ if known == all => "complete",
            _ => "partial",
        };
        self.refreshes.get_or_create(&RefreshLabels { result }).inc();
        for SourceOutcome { source, error, duration_ms } in sources {
            let (source, result) = (source.to_string(), if error.is_none() { "ok" } else { "failed" });
            self.requests.get_or_create(&SourceLabels { source: source.clone(), result }).inc();
            self.latency.get_or_create(&SourceLabel { source }).observe(*duration_ms as f64 / 1e3);
        }
    }

    /// Refreshes since the process was started: complete, partial, failed.
    pub fn refreshes(&self) -> [u64; 3] {
        ["complete", "partial", "failed"]
            .map(|result| self.refreshes.get_or_create(&RefreshLabels { result }).get())
    }

    /// Adds the counts to what is collected.
    pub fn register(&self, registry: &mut Registry) {
        let refreshes = "Refreshes, by how many of the indices are known after it";
        registry.register("refreshes", refreshes, self.refreshes.clone());
        registry.register("source_requests", "Rounds of requests to a source", self.requests.clone());
        let latency = "Time that a source took for a round of requests";
        registry.register_with_unit("source_latency", latency, Unit::Seconds, self.latency.clone());
    }
}
