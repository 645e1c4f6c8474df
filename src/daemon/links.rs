//! The links to all actors, made before any of them.

use crate::market::indices::MarketIndices;
use crate::persistence::actor::Persistence;
use crate::report::auto::AutoReport;
use crate::report::builder::ReportBuilder;
use crate::supervision::link::Link;

/// The names of all actors, as children and in the log, in the order in which they are started.
pub(super) const ACTORS: [&str; 4] = ["persistence", "market-indices", "report-builder", "auto-report"];

pub(super) struct Links {
    pub(super) market: Link<MarketIndices>,
    pub(super) builder: Link<ReportBuilder>,
    pub(super) auto: Link<AutoReport>,
    pub(super) persistence: Link<Persistence>,
}

impl Links {
    pub(super) fn new() -> Self {
        let [persistence, market, builder, auto] = ACTORS;
        Self {
            market: Link::new(market),
            builder: Link::new(builder),
            auto: Link::new(auto),
            persistence: Link::new(persistence),
        }
    }
}
