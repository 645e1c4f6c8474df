//! A whole daemon against a simulated exchange, in the test's own process and temporary directory.

use std::net::IpAddr;
use std::time::Duration;

use evenkeel::clock::Clock;
use evenkeel::config::Config;
use evenkeel::daemon::{Circumstances, Daemon, Extent};
use evenkeel::laboratory::Laboratory;
use evenkeel::market::messages::{Observe, Refresh, RefreshOutcome};
use evenkeel::persistence::messages::StoredReport;
use evenkeel::report::messages::{BuildError, BuildReport, Progress};
use evenkeel::simulator::exchange::{Exchange, ExchangeConfig};
use evenkeel::supervision::status::ChildStatus;
use tempfile::TempDir;

use super::{SOON, eventually};

pub struct House {
    pub daemon: Daemon,
    pub exchange: Exchange,
    pub clock: Clock,
    directory: TempDir,
}

/// A configuration for `directory` that refreshes and reports only when it is asked to.
pub fn quiet(directory: &TempDir) -> Config {
    let mut config = Config { data_dir: directory.path().to_path_buf(), ..Config::default() };
    config.server.port = 0;
    config.market.refresh_every = Duration::from_secs(300 * 24 * 3600);
    config.market.snapshot_ttl = Duration::from_secs(300 * 24 * 3600);
    config.market.us = true;
    config.report.every = Duration::from_secs(300 * 24 * 3600);
    config.report.constituents = 60;
    config.supervision.backoff_first = Duration::from_millis(5);
    config.supervision.backoff_max = Duration::from_millis(50);
    config
}

impl House {
    /// Starts a daemon whose configuration `change` has had a hand in, and waits for its first refresh.
    pub async fn open(change: impl FnOnce(&mut Config)) -> Self {
        Self::open_at(Clock::system(), change).await
    }

    /// The same with a clock of the test's choice.
    pub async fn open_at(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        Self::open_in(Laboratory::default(), clock, change).await
    }

    /// The same with ailing actors.
    pub async fn open_in(laboratory: Laboratory, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        Self::open_under(Circumstances { laboratory, ..Circumstances::default() }, clock, change).await
    }

    /// The same with whatever else a daemon is started with.
    pub async fn open_under(
        circumstances: Circumstances,
        clock: Clock,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let directory = TempDir::new().unwrap();
        let mut config = quiet(&directory);
        change(&mut config);
        let coins = config.report.constituents;
        let exchange =
            Exchange::start(ExchangeConfig { coins, ..ExchangeConfig::new(clock.clone()) }).unwrap();
        config.market.sources = exchange.sources(&config.market.sources);
        let daemon = Daemon::start_under(circumstances, config, clock.clone(), Extent::Whole).unwrap();
        let house = Self { daemon, exchange, clock, directory };
        house.first_refresh().await;
        house
    }

    async fn first_refresh(&self) {
        let refreshed = async || self.daemon.market.send(Observe).await.unwrap().last.map(drop);
        eventually(SOON, "the first refresh", refreshed).await;
    }

    pub async fn refresh(&self) -> RefreshOutcome {
        self.daemon.market.send(Refresh).await.unwrap()
    }

    pub async fn report(&self) -> Result<StoredReport, BuildError> {
        let request = BuildReport { edition: "market".to_owned(), progress: Progress::default(), slot: None };
        self.daemon.builder.send(request).await.unwrap()
    }

    pub async fn child(&self, name: &str) -> ChildStatus {
        let status = self.daemon.supervisor.status().await.unwrap();
        status.children.into_iter().find(|child| child.name == name).unwrap()
    }

    pub fn data_dir(&self) -> &std::path::Path {
        self.directory.path()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.daemon.address.unwrap())
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = reqwest_client().get(self.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// An HTTP client without TLS: everything here is on loopback.
pub fn reqwest_client() -> reqwest::Client {
    client_builder().build().unwrap()
}

/// One that comes from another address than all others do.
pub fn client_from_elsewhere() -> reqwest::Client {
    client_builder().local_address(IpAddr::from([127, 0, 0, 2])).build().unwrap()
}

fn client_builder() -> reqwest::ClientBuilder {
    let tls = evenkeel::market::source::client_config().unwrap();
    reqwest::Client::builder().tls_backend_preconfigured((*tls).clone()).no_proxy()
}
