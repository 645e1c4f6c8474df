//! The server: one loopback port, one worker thread, a path prefix a source.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, Scope, web};
use tokio::task::JoinHandle;

use super::connection::Connection;
use super::fault::Faults;
use super::floor::Floor;
use super::gate::Gate;
use super::requests::Requests;
use super::source::SourceKind;
use super::{alternative_me, binance, coingecko, coinpaprika, control, entrade, kbs, vietcap, yahoo};
use crate::clock::{Clock, Hand};
use crate::config::SourcesConfig;

const MOST_CONNECTIONS: usize = 256;
/// A request body is a list of symbols.
const LARGEST_REQUEST: usize = 16 * 1024;

/// What the exchange is made of.
#[derive(Debug, Clone)]
pub struct ExchangeConfig {
    /// The same seed gives the same prices at the same times.
    pub seed: u64,
    /// Length of CoinGecko's list of coins; any number, the first sixteen are real names.
    pub coins: u32,
    /// Whether some coins have names that are hard to show: markup, right-to-left, very long. For tests; on a demo's
    /// page they look like a mistake.
    pub odd_names: bool,
    /// Where to listen; port 0 takes a free one. Meant for loopback: anyone who reaches the port may switch faults.
    pub bind: SocketAddr,
    /// The time of all prices.
    pub clock: Clock,
    /// Sets that clock when somebody posts a time to `/_simulator/time`; none for a clock that runs by itself.
    pub hand: Option<Hand>,
}

impl ExchangeConfig {
    /// Seed 1, 1000 coins with odd names among them, a free port of 127.0.0.1.
    pub fn new(clock: Clock) -> Self {
        Self {
            seed: 1,
            coins: 1000,
            odd_names: true,
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock,
            hand: None,
        }
    }
}

/// A running exchange. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Exchange {
    address: SocketAddr,
    faults: Faults,
    requests: Requests,
    handle: ServerHandle,
    server: Option<JoinHandle<io::Result<()>>>,
}

impl Exchange {
    /// Binds the port and starts to serve on a thread of its own.
    ///
    /// Must be called within a tokio or actix runtime, which has to keep running for as long as the exchange.
    ///
    /// # Errors
    /// The address cannot be bound, or there is no runtime; the message names the address.
    pub fn start(config: ExchangeConfig) -> io::Result<Self> {
        let ExchangeConfig { seed, coins, odd_names, bind, clock, hand } = config;
        let runtime = tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        let faults = Faults::default();
        let requests = Requests::default();
        let floor = web::Data::new(Floor { seed, coins, odd_names, clock });
        let switchboard = web::Data::new(faults.clone());
        let counters = web::Data::new(requests.clone());
        let hand = web::Data::new(hand);

        let server = HttpServer::new(move || {
            let source = |source| source_scope(source, switchboard.get_ref(), counters.get_ref());
            App::new()
                .app_data(floor.clone())
                .app_data(switchboard.clone())
                .app_data(counters.clone())
                .app_data(hand.clone())
                .app_data(web::JsonConfig::default().limit(LARGEST_REQUEST))
                .app_data(web::PayloadConfig::new(LARGEST_REQUEST))
                .service(web::scope("/_simulator").configure(control::routes))
                .service(source(SourceKind::Vietcap).configure(vietcap::routes))
                .service(source(SourceKind::Entrade).configure(entrade::routes))
                .service(source(SourceKind::Kbs).configure(kbs::routes))
                .service(source(SourceKind::Binance).configure(binance::routes))
                .service(source(SourceKind::Coingecko).configure(coingecko::routes))
                .service(source(SourceKind::Coinpaprika).configure(coinpaprika::routes))
                .service(source(SourceKind::AlternativeMe).configure(alternative_me::routes))
                .service(source(SourceKind::Yahoo).configure(yahoo::routes))
        })
        .workers(1)
        .worker_max_blocking_threads(1)
        .max_connections(MOST_CONNECTIONS)
        .on_connect(Connection::remember)
        // Signals belong to the daemon.
        .disable_signals()
        .bind(bind)
        .map_err(|error| {
            io::Error::new(error.kind(), format!("simulated exchange cannot listen on {bind}: {error}"))
        })?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        let server = server.run();
        let handle = server.handle();
        let server = Some(runtime.spawn(server));
        log::info!(event = "simulator-listening", address:% = address, coins = coins, seed = seed;
            "simulated exchange listens on {address} with {coins} coins");
        Ok(Self { address, faults, requests, handle, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of one source, without a slash at the end: `http://127.0.0.1:40123/vietcap`.
    pub fn url(&self, source: SourceKind) -> String {
        format!("http://{}/{source}", self.address)
    }

    /// `sources` with every base URL replaced by the one of this exchange.
    pub fn sources(&self, sources: &SourcesConfig) -> SourcesConfig {
        let mut sources = sources.clone();
        // Both lists are in the order in which the sources are configured.
        for (source, kind) in sources.each_mut().into_iter().zip(SourceKind::ALL) {
            source.base_url = self.url(kind);
        }
        sources
    }

    /// The fault switchboard.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// The request counters.
    pub fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// Stops at once, open responses included, and waits until the port is free.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(server) = self.server.take()
            && let Ok(Err(error)) = server.await
        {
            log::warn!(event = "simulator-failed", error:% = error; "simulated exchange ended badly: {error}");
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // The command is sent by the call itself; only its completion is waited for, and nobody can do that here.
        drop(self.handle.stop(false));
    }
}

fn source_scope(
    source: SourceKind,
    faults: &Faults,
    requests: &Requests,
) -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let gate = Gate { source, faults: faults.clone(), requests: requests.clone() };
    web::scope(&format!("/{source}")).wrap(from_fn(move |request, next| gate.clone().pass(request, next)))
}
