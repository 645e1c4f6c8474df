//! The links to all actors, made before any of them.

use crate::market::indices::MarketIndices;
use crate::persistence::actor::Persistence;
use crate::report::auto::AutoReport;
use crate::report::builder::ReportBuilder;
use crate::supervision::link::Link;

pub(super) struct Links {
    pub(super) market: Link<MarketIndices>,
    pub(super) builder: Link<ReportBuilder>,
    pub(super) auto: Link<AutoReport>,
    pub(super) persistence: Link<Persistence>,
}

impl Links {
    pub(super) fn new() -> Self {
        Self {
            market: Link::new("market-indices"),
            builder: Link::new("report-builder"),
            auto: Link::new("auto-report"),
            persistence: Link::new("persistence"),
        }
    }
}
