//! All sources together: one snapshot of everything that is collected, and pages of constituents.

use std::sync::Arc;

use rustls::ClientConfig;

use super::client::Clients;
use super::constituents;
use super::crypto::Crypto;
use super::daily;
use super::endpoint::Endpoint;
use super::error::SourceError;
use super::gates::Gates;
use super::narrow::NarrowClient;
use super::own::OwnSources;
use super::us::Us;
use super::vietnam::Vietnam;
use crate::clock::Clock;
use crate::config::{MarketConfig, SourceConfig};
use crate::market::candles::Daily;
use crate::market::model::{Constituent, Index, IndexReading, Market, Quote, Reading, Snapshot, SourceName};

/// Every source that the configuration wants.
#[derive(Debug)]
pub struct Sources {
    clock: Clock,
    vietnam: Option<Vietnam>,
    crypto: Option<Crypto>,
    us: Option<Us>,
    own: OwnSources,
    coingecko: Endpoint,
    narrow: NarrowClient,
}

impl Sources {
    /// Sets the sources up; nothing is asked yet.
    ///
    /// `tls` comes from [`client_config`](super::client_config) and is shared; `gates` outlive this value.
    pub fn new(
        config: &MarketConfig,
        tls: Arc<ClientConfig>,
        gates: Gates,
        clock: Clock,
    ) -> Result<Self, SourceError> {
        let clients = Clients::new(&tls)?;
        let at =
            |name: SourceName, source: &SourceConfig| Endpoint::new(name, source, &clients, &gates, &clock);
        let sources = &config.sources;
        let vietcap = at(SourceName::Vietcap, &sources.vietcap)?;
        let vietnam = Vietnam {
            chart: vietcap.behind("vietcap chart"),
            vietcap,
            entrade: at(SourceName::Entrade, &sources.entrade)?,
            kbs: at(SourceName::Kbs, &sources.kbs)?,
        };
        let crypto = Crypto {
            binance: at(SourceName::Binance, &sources.binance)?,
            coinpaprika: at(SourceName::Coinpaprika, &sources.coinpaprika)?,
            alternative_me: at(SourceName::AlternativeMe, &sources.alternative_me)?,
        };
        let us = Us { yahoo: at(SourceName::Yahoo, &sources.yahoo)? };
        let coingecko = at(SourceName::Coingecko, &sources.coingecko)?;
        Ok(Self {
            clock,
            vietnam: config.vietnam.then_some(vietnam),
            crypto: config.crypto.then_some(crypto),
            us: config.us.then_some(us),
            own: OwnSources::default(),
            coingecko,
            narrow: NarrowClient::new(&tls),
        })
    }

    /// Asks these sources as well, and hears them first.
    #[must_use]
    pub fn with_own(self, own: OwnSources) -> Self {
        Self { own, ..self }
    }

    /// Asks every source that is due, all markets at the same time.
    ///
    /// Always gives a snapshot that names every index of every enabled market. `previous` is the snapshot before:
    /// what is within a source's minimum interval is taken over from it, and what fails keeps its last good value.
    pub async fn snapshot(&self, previous: Option<&Snapshot>) -> Snapshot {
        let stopwatch = self.clock.stopwatch();
        let taken_at = self.clock.now();
        let (vietnam, crypto, us, own) = tokio::join!(
            async { Some(self.vietnam.as_ref()?.collect(taken_at, previous).await) },
            async { Some(self.crypto.as_ref()?.collect(&self.coingecko, taken_at, previous).await) },
            async { Some(self.us.as_ref()?.collect(taken_at, previous).await) },
            self.own.ask(),
        );
        let mut snapshot = Snapshot {
            taken_at,
            indices: Vec::new(),
            crypto: None,
            fear_greed: None,
            btc_rsi_14: None,
            sources: Vec::new(),
            fetch_duration_ms: 0,
        };
        if let Some((indices, outcomes)) = vietnam {
            snapshot.indices.extend(named(indices));
            snapshot.sources.extend(outcomes);
        }
        if let Some(collected) = crypto {
            snapshot.indices.extend(named(collected.indices));
            snapshot.crypto = collected.overview;
            snapshot.fear_greed = collected.fear_greed;
            snapshot.btc_rsi_14 = Some(collected.btc_rsi_14);
            snapshot.sources.extend(collected.outcomes);
        }
        if let Some((indices, outcomes)) = us {
            snapshot.indices.extend(named(indices));
            snapshot.sources.extend(outcomes);
        }
        own.enter(&mut snapshot, previous, self.clock.now().max(taken_at));
        snapshot.fetch_duration_ms = stopwatch.elapsed_ms();
        snapshot
    }

    /// The daily candles of one index, of days that are over.
    ///
    /// Respects cool-downs and no minimum intervals: a report needs them when it is built.
    ///
    /// # Errors
    /// What each source said that could have told; none when the index's market is not collected.
    pub async fn daily(&self, index: &'static Index) -> Result<Daily, Vec<SourceError>> {
        match (index.market, &self.vietnam, &self.crypto, &self.us) {
            (Market::Vietnam, Some(vietnam), _, _) => daily::vietnam(vietnam, index).await,
            (Market::Crypto, _, Some(crypto), _) => daily::crypto(crypto, index).await,
            (Market::Us, _, _, Some(us)) => daily::us(us, index).await,
            (Market::Vietnam | Market::Crypto | Market::Us, ..) => Err(Vec::new()),
        }
    }

    /// One page of the coins of the market, largest capitalisation first. `page` counts from 1, `per_page` is at most
    /// 250; a page past the end is empty.
    ///
    /// Respects CoinGecko's cool-down and not its minimum interval: a report needs its pages when it is built.
    /// Dropping the future ends the work on the blocking thread as well.
    pub async fn constituents(&self, page: u32, per_page: u32) -> Result<Vec<Constituent>, SourceError> {
        if self.crypto.is_none() {
            return Err(SourceError::Disabled(SourceName::Coingecko));
        }
        constituents::fetch(&self.coingecko, &self.narrow, page, per_page).await
    }
}

fn named(readings: Vec<(&'static str, Reading<Quote>)>) -> impl Iterator<Item = IndexReading> {
    readings.into_iter().map(|(name, reading)| IndexReading { name: name.to_owned(), own: None, reading })
}
