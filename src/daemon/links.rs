//! The links to all actors, made before any of them.

use crate::market::indices::MarketIndices;
use crate::persistence::actor::Persistence;
use crate::report::auto::AutoReport;
use crate::report::builder::ReportBuilder;
use crate::supervision::builder::MONITOR;
use crate::supervision::link::Link;

/// The names of all actors, as children and in the log, in the order in which they are started.
pub(super) const ACTORS: [&str; 5] =
    ["persistence", "market-indices", "report-builder", "auto-report", MONITOR];

pub(super) struct Links {
    pub(super) market: Link<MarketIndices>,
    pub(super) builder: Link<ReportBuilder>,
    pub(super) auto: Link<AutoReport>,
    pub(super) persistence: Link<Persistence>,
}

impl Links {
    pub(super) fn new() -> Self {
        let [persistence, market, builder, auto, _] = ACTORS;
        Self {
            market: Link::new(market),
            builder: Link::new(builder),
            auto: Link::new(auto),
            persistence: Link::new(persistence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::memory::ACTORS;

    #[test]
    fn the_actors_whose_limits_can_be_configured_are_those_that_there_are() {
        let Links { persistence, market, builder, auto } = Links::new();
        let names = [persistence.name(), market.name(), builder.name(), auto.name(), MONITOR];
        assert_eq!(names, ACTORS);
    }
}
