//! Crypto: coins from Binance, the market as a whole from CoinGecko or else CoinPaprika, Fear & Greed from
//! alternative.me.

use jiff::Timestamp;

use super::endpoint::Endpoint;
use super::failure::Failure;
use super::http::Deadline;
use super::ledger::{Answers, Ledger, one_by_one};
use crate::market::model::{
    CryptoOverview, FearGreed, Index, Market, Quote, Reading, Snapshot, SourceOutcome,
};
use crate::market::parse::{alternative_me, binance, coingecko, coinpaprika};

/// The sources of crypto.
#[derive(Debug)]
pub(super) struct Crypto {
    pub(super) binance: Endpoint,
    pub(super) coinpaprika: Endpoint,
    pub(super) alternative_me: Endpoint,
}

/// What they know.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) indices: Vec<(&'static str, Reading<Quote>)>,
    pub(super) overview: Option<Reading<CryptoOverview>>,
    pub(super) fear_greed: Option<Reading<FearGreed>>,
    pub(super) outcomes: Vec<SourceOutcome>,
}

impl Crypto {
    /// Everything about crypto, the three kinds at the same time.
    pub(super) async fn collect(
        &self,
        coingecko: &Endpoint,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> Collected {
        let ((indices, mut outcomes), (overview, of_overview), (fear_greed, of_fear_greed)) = tokio::join!(
            self.coins(taken_at, previous),
            self.overview(coingecko, taken_at, previous),
            self.fear_greed(taken_at, previous),
        );
        outcomes.extend(of_overview);
        outcomes.extend(of_fear_greed);
        let only = |(_, reading)| reading;
        Collected {
            indices,
            overview: overview.into_iter().next().map(only),
            fear_greed: fear_greed.into_iter().next().map(|(_, reading)| reading),
            outcomes,
        }
    }

    async fn coins(
        &self,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Vec<(&'static str, Reading<Quote>)>, Vec<SourceOutcome>) {
        let readings = Index::of(Market::Crypto)
            .map(|index| (index.name, previous.and_then(|previous| previous.index(index.name))));
        let mut ledger = Ledger::new(taken_at, readings);
        ledger.ask(&self.binance, async |names, deadline| self.ask_binance(names, deadline).await).await;
        ledger.close()
    }

    async fn ask_binance(&self, names: &[&'static str], deadline: Deadline) -> Answers<Quote> {
        let pairs: Vec<(&'static str, String)> = Index::of(Market::Crypto)
            .filter(|index| names.contains(&index.name))
            .map(|index| (index.name, format!("{}USDT", index.code)))
            .collect();
        let quoted: Vec<String> = pairs.iter().map(|(_, pair)| format!("%22{pair}%22")).collect();
        let path = format!("/api/v3/ticker/24hr?symbols=%5B{}%5D", quoted.join(","));
        let answer = async {
            let body = self.binance.fetch(self.binance.get(&path), &deadline).await?;
            Ok(binance::parse_tickers(&body)?)
        };
        match answer.await {
            Err(failure) => Answers::none(failure),
            Ok(tickers) => {
                let values = tickers.into_iter().filter_map(|(symbol, quote)| {
                    let (name, _) = pairs.iter().find(|(_, pair)| *pair == symbol)?;
                    Some((*name, quote.map_err(Failure::Unusable)))
                });
                Answers { values: values.collect(), failure: None }
            }
        }
    }

    async fn overview(
        &self,
        coingecko: &Endpoint,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Vec<(&'static str, Reading<CryptoOverview>)>, Vec<SourceOutcome>) {
        let known = previous.and_then(|previous| previous.crypto.as_ref());
        let mut ledger = Ledger::new(taken_at, [("crypto market", known)]);
        let from_coingecko = async |names: &[&'static str], deadline| {
            one_by_one(names, async |_| {
                let body = coingecko.fetch(coingecko.get("/api/v3/global"), &deadline).await?;
                Ok(coingecko::parse_global(&body)?)
            })
            .await
        };
        let from_coinpaprika = async |names: &[&'static str], deadline| {
            one_by_one(names, async |_| {
                let body = self.coinpaprika.fetch(self.coinpaprika.get("/v1/global"), &deadline).await?;
                Ok(coinpaprika::parse_global(&body)?)
            })
            .await
        };
        ledger.ask(coingecko, from_coingecko).await;
        ledger.ask(&self.coinpaprika, from_coinpaprika).await;
        ledger.close()
    }

    async fn fear_greed(
        &self,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Vec<(&'static str, Reading<FearGreed>)>, Vec<SourceOutcome>) {
        let known = previous.and_then(|previous| previous.fear_greed.as_ref());
        let mut ledger = Ledger::new(taken_at, [("fear and greed", known)]);
        let from_alternative_me = async |names: &[&'static str], deadline| {
            one_by_one(names, async |_| {
                let body =
                    self.alternative_me.fetch(self.alternative_me.get("/fng/?limit=1"), &deadline).await?;
                Ok(alternative_me::parse_fear_greed(&body)?)
            })
            .await
        };
        ledger.ask(&self.alternative_me, from_alternative_me).await;
        ledger.close()
    }
}
