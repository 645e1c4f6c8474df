//! A source of an application's own: it knows Bitcoin better than the exchange, and gold, which nobody else knows. When it
//! fails, Bitcoin comes from the exchange again, and gold is stale.
//!
//! `cargo run --example custom_source`; it needs no network and ends by itself within seconds.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix::System;
use evenkeel::clock::Clock;
use evenkeel::config::Config;
use evenkeel::daemon::Daemon;
use evenkeel::market::{BoxFuture, Document, IndexSource, OwnIndex, Quote, Refresh, Snapshot};
use evenkeel::simulator::{Exchange, ExchangeConfig};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

/// Bitcoin and gold, from a desk that may be closed.
struct Desk {
    clock: Clock,
    closed: Arc<AtomicBool>,
}

impl Desk {
    fn quote(&self, close: f64, previous_close: f64) -> Quote {
        Quote {
            at: self.clock.now(),
            open: None,
            high: None,
            low: None,
            close,
            volume: None,
            previous_close: Some(previous_close),
            breadth: None,
        }
    }
}

impl IndexSource for Desk {
    fn name(&self) -> &str {
        "bullion-desk"
    }

    fn indices(&self) -> Vec<OwnIndex> {
        vec![
            // A name of the catalogue: its code and title are the catalogue's.
            OwnIndex::new("btc", "BTC", "Bitcoin"),
            OwnIndex::new("gold", "XAU", "Gold, USD an ounce"),
        ]
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Vec<(String, Quote)>, String>> {
        Box::pin(async {
            if self.closed.load(Ordering::Relaxed) {
                return Err("is closed".to_owned());
            }
            let (btc, gold) = (self.quote(123_456.0, 120_000.0), self.quote(4321.5, 4300.0));
            Ok(vec![("btc".to_owned(), btc), ("gold".to_owned(), gold)])
        })
    }
}

fn show(snapshot: &Snapshot) -> Result<(), Box<dyn Error>> {
    for name in ["btc", "eth", "gold"] {
        let reading = snapshot.index(name).ok_or_else(|| format!("{name} is missing"))?;
        let error = reading.error().map(|error| format!(" ({error})")).unwrap_or_default();
        match reading.latest() {
            Some(good) => println!("  {name} {:.2} from {}{error}", good.value.close, good.source.as_str()),
            None => println!("  {name} is not known{error}"),
        }
    }
    Ok(())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (directory, clock) = (tempfile::tempdir()?, Clock::system());
    let exchange = Exchange::start(ExchangeConfig::new(clock.clone()))?;
    let mut config = Config { data_dir: directory.path().to_path_buf(), ..Config::default() };
    config.market.sources = exchange.sources(&config.market.sources);
    let closed = Arc::new(AtomicBool::new(false));
    let desk = Desk { clock: clock.clone(), closed: Arc::clone(&closed) };
    let daemon = Daemon::builder().config(config).clock(clock.clone()).source(desk).start()?;

    daemon.market.send(Refresh).await?;
    let snapshot = daemon.store.latest().await?.ok_or("there is no snapshot")?;
    println!("the desk is open:");
    show(&snapshot)?;
    let document: Value = serde_json::from_str(&Document::new(&snapshot, clock.now()).to_json()?)?;
    println!("gold in the document: {}", serde_json::to_string_pretty(&document["indices"]["gold"])?);

    closed.store(true, Ordering::Relaxed);
    daemon.market.send(Refresh).await?;
    let snapshot = daemon.store.latest().await?.ok_or("there is no snapshot")?;
    println!("the desk is closed:");
    show(&snapshot)?;
    for outcome in &snapshot.sources {
        if let Some(error) = &outcome.error {
            println!("  {} {error}", outcome.source.as_str());
        }
    }
    daemon.shut_down().await?;
    exchange.stop().await;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    System::new().block_on(async { actix_rt::time::timeout(Duration::from_secs(60), run()).await? })
}
