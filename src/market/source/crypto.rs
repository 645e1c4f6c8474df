//! Crypto: coins from Binance, the market as a whole from CoinGecko or else CoinPaprika, Fear & Greed from
//! alternative.me.

use jiff::{SignedDuration, Timestamp};

use super::endpoint::Endpoint;
use super::failure::Failure;
use super::http::Deadline;
use super::ledger::{Answers, Ledger, one_by_one};
use crate::analytics::momentum::rsi;
use crate::market::candles::{FEWEST_CLOSES, MOST_CLOSES};
use crate::market::model::{
    CryptoOverview, FearGreed, Good, Index, Market, Quote, Reading, Snapshot, SourceOutcome,
};
use crate::market::parse::{ParseError, alternative_me, binance, coingecko, coinpaprika};

/// Days that the averages reach back.
const RSI_PERIOD: usize = 14;

/// In the daemon's clock.
const RSI_EVERY: SignedDuration = SignedDuration::from_mins(30);

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
    pub(super) btc_rsi_14: Reading<f64>,
    pub(super) outcomes: Vec<SourceOutcome>,
}

impl Crypto {
    /// Everything about crypto, the four kinds at the same time.
    pub(super) async fn collect(
        &self,
        coingecko: &Endpoint,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> Collected {
        let (coins, (overview, of_overview), (fear_greed, of_fear_greed), (btc_rsi_14, of_rsi)) = tokio::join!(
            self.coins(taken_at, previous),
            self.overview(coingecko, taken_at, previous),
            self.fear_greed(taken_at, previous),
            self.btc_rsi_14(taken_at, previous),
        );
        let (indices, mut outcomes) = coins;
        // Where the prices fail as well, that is what there is to say about the source.
        if outcomes.iter().all(|outcome| outcome.error.is_none()) {
            outcomes.extend(of_rsi);
        }
        outcomes.extend(of_overview);
        outcomes.extend(of_fear_greed);
        let only = |(_, reading)| reading;
        Collected {
            indices,
            overview: overview.into_iter().next().map(only),
            fear_greed: fear_greed.into_iter().next().map(|(_, reading)| reading),
            btc_rsi_14,
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

    /// Daily candles change once a day: they are asked for every half hour. They share the gate of the prices, because
    /// a refusal is meant for both.
    async fn btc_rsi_14(
        &self,
        taken_at: Timestamp,
        previous: Option<&Snapshot>,
    ) -> (Reading<f64>, Option<SourceOutcome>) {
        let before = previous.and_then(|previous| previous.btc_rsi_14.as_ref());
        let is_recent = |good: &&Good<f64>| taken_at.duration_since(good.fetched_at) < RSI_EVERY;
        if let Some(good) = before.and_then(Reading::known).filter(is_recent) {
            return (Reading::Known(good.clone()), None);
        }
        let failed = |error: String| {
            let last_good = before.and_then(Reading::latest).cloned();
            Reading::Failed { error, last_good }
        };
        if let Err(error) = self.binance.admits() {
            return (failed(error.to_string()), None);
        }
        let deadline = self.binance.deadline();
        let answer = async {
            let path = format!("/api/v3/klines?symbol=BTCUSDT&interval=1d&limit={MOST_CLOSES}");
            let body = self.binance.fetch(self.binance.get(&path), &deadline).await?;
            let candles = binance::parse_candles(&body, self.binance.clock.now())?;
            let closes: Vec<f64> = candles.iter().map(|candle| candle.close).collect();
            let enough = closes.len() >= FEWEST_CLOSES;
            let value = rsi(&closes, RSI_PERIOD).last().copied().flatten();
            value.filter(|_| enough).ok_or(Failure::Unusable(ParseError::Empty))
        };
        match answer.await {
            Ok(value) => {
                self.binance.note_recovery();
                let fetched_at = self.binance.clock.now().max(taken_at);
                (Reading::Known(Good { value, source: self.binance.name, fetched_at }), None)
            }
            Err(failure) => {
                self.binance.note_failure(&failure);
                let (source, duration_ms) = (self.binance.name, deadline.since.elapsed_ms());
                let error = failure.to_string();
                let outcome =
                    SourceOutcome { source, error: Some(format!("daily candles: {error}")), duration_ms };
                (failed(format!("{source} {error}")), Some(outcome))
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
