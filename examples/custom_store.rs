//! A store of an application's own: the latest snapshot is a file, which is written as a whole or not at all. Two daemons share
//! it, and it is still there when both have ended.
//!
//! `cargo run --example custom_store`; it needs no network and ends by itself within seconds.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix::System;
use evenkeel::clock::Clock;
use evenkeel::config::Config;
use evenkeel::daemon::Daemon;
use evenkeel::market::{BoxFuture, IndexStore, Observe, Refresh, Snapshot, StoreError};
use evenkeel::simulator::{Exchange, ExchangeConfig};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

#[global_allocator]
static ALLOCATOR: evenkeel::Allocator = evenkeel::Allocator;

/// The snapshot, and until when it is served.
#[derive(Serialize, Deserialize)]
struct Kept {
    until: Timestamp,
    snapshot: Snapshot,
}

struct FileStore {
    path: PathBuf,
    clock: Clock,
}

impl IndexStore for FileStore {
    fn put(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path.clone();
            let until = self.clock.now().checked_add(ttl).unwrap_or(Timestamp::MAX);
            // A store is asked on the threads of actors and of the web face: it must not block them.
            let work = move || write(&path, &Kept { until, snapshot: Snapshot::clone(&snapshot) });
            blocking(work).await
        })
    }

    fn latest(&self) -> BoxFuture<'_, Result<Option<Arc<Snapshot>>, StoreError>> {
        Box::pin(async move {
            let path = self.path.clone();
            let kept = blocking(move || read(&path)).await?;
            let now = self.clock.now();
            Ok(kept.filter(|kept| now < kept.until).map(|kept| Arc::new(kept.snapshot)))
        })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let unavailable = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|ended| StoreError::Unavailable(ended.to_string()))?.map_err(unavailable)
}

/// Nobody ever sees half of a snapshot: the new file takes the place of the old one in one step.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&file, kept)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn read(path: &Path) -> io::Result<Option<Kept>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn taken_at(store: &dyn IndexStore) -> Result<Timestamp, Box<dyn Error>> {
    Ok(store.latest().await?.ok_or("the store is empty")?.taken_at)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (directory, clock) = (tempfile::tempdir()?, Clock::system());
    let exchange = Exchange::start(ExchangeConfig::new(clock.clone()))?;
    let path = directory.path().join("snapshot.json");
    let start = |name: &str| {
        let mut config = Config { data_dir: directory.path().join(name), ..Config::default() };
        config.market.sources = exchange.sources(&config.market.sources);
        let store = FileStore { path: path.clone(), clock: clock.clone() };
        Daemon::builder().config(config).clock(clock.clone()).store(store).start()
    };
    let (one, other) = (start("one")?, start("other")?);
    // Each refreshes when it starts; after that, the next one in three minutes.
    for daemon in [&one, &other] {
        while daemon.market.send(Observe).await?.last.is_none() {
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
    one.market.send(Refresh).await?;
    let written = taken_at(&*one.store).await?;
    println!("one daemon took a snapshot at {written}");
    let shared = taken_at(&*other.store).await?;
    println!("the other one serves the snapshot of {shared}");
    if shared != written {
        return Err("they do not share it".into());
    }
    one.shut_down().await?;
    other.shut_down().await?;
    println!("both have ended; the file has {} bytes", fs::metadata(&path)?.len());
    let survived = taken_at(&FileStore { path: path.clone(), clock: clock.clone() }).await?;
    println!("a new store finds the snapshot of {survived}");
    if survived != written {
        return Err("it is another one".into());
    }
    fs::write(&path, "{\"until\":")?;
    let spoilt = FileStore { path, clock }.latest().await;
    println!("of half a file it says: {}", spoilt.err().ok_or("half a file was read")?);
    exchange.stop().await;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    System::new().block_on(async { actix_rt::time::timeout(Duration::from_secs(60), run()).await? })
}
