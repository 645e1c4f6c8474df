//! The US indices, from Yahoo, one request a symbol.

use jiff::Timestamp;

use super::endpoint::Endpoint;
use super::http::Deadline;
use super::ledger::{Answers, Ledger, one_by_one};
use crate::market::model::{Index, Market, Quote, Reading, Snapshot, SourceOutcome};
use crate::market::parse::yahoo;

/// The source of the US indices.
#[derive(Debug)]
pub(super) struct Us {
    pub(super) yahoo: Endpoint,
}

impl Us {
    /// The readings in the order of the catalogue.
    pub(super) async fn collect(
        &self,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Vec<(&'static str, Reading<Quote>)>, Vec<SourceOutcome>) {
        let readings = Index::of(Market::Us)
            .map(|index| (index.name, previous.and_then(|previous| previous.index(index.name))));
        let mut ledger = Ledger::new(taken_at, readings);
        ledger.ask(&self.yahoo, async |names, deadline| self.ask_yahoo(names, deadline).await).await;
        ledger.close()
    }

    async fn ask_yahoo(&self, names: &[&'static str], deadline: Deadline) -> Answers<Quote> {
        one_by_one(names, async |name| {
            let symbol = Index::named(name).map_or(name, |index| index.code);
            let escaped = symbol.replace('^', "%5E");
            let path = format!("/v8/finance/chart/{escaped}?interval=1m&range=1d&includePrePost=false");
            let body = self.yahoo.fetch(self.yahoo.get(&path), &deadline).await?;
            Ok(yahoo::parse_chart(&body, symbol)?)
        })
        .await
    }
}
