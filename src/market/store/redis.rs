//! The store of daemons that share a Redis server: the snapshot in the process, and a copy there for others to read.
//!
//! The copy in the process comes first: whatever happens to the server, a refresh goes on and the snapshot is served.
//! No call waits longer than the configured limits, none blocks the reactor, and there are never more connections than
//! configured. A failure to write is returned to the caller; a failure to read is answered from the process.

mod line;
mod records;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use redis::{Cmd, Value, cmd};

use self::line::{Dial, Line, Lines, Trouble};
use self::records::{Found, Keys, sort_out};
use super::in_process::InProcessStore;
use super::{IndexStore, StoreError};
use crate::clock::{Clock, Stopwatch};
use crate::config::{ConfigError, RedisConfig, RedisUrl};
use crate::market::model::Snapshot;
use crate::persistence::archive::PoolUse;

/// After a failure nobody who only wants to read tries again for so long.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// Looking a host name up has no time limit of its own; who waits for it is let go after this.
const GRACE: Duration = Duration::from_millis(500);

/// A longer file is no list of certificates.
const LONGEST_CA_FILE: u64 = 4 << 20;

/// Keeps the snapshot in the process and in Redis.
///
/// The server needs to allow `GETRANGE`, `TYPE`, `SET`, `XADD`, `MULTI` and `EXEC`, and `SELECT` for a database other
/// than 0. Redis 5 or later.
pub struct RedisStore {
    kept: InProcessStore,
    pool: r2d2::Pool<Lines>,
    dial: Arc<Dial>,
    keys: Arc<Keys>,
    clock: Clock,
    failed: Mutex<Option<(Stopwatch, StoreError)>>,
    /// One reads, the others are answered from the process meanwhile.
    reading: tokio::sync::Mutex<()>,
    /// What stands there in place of a snapshot is said once between two writes.
    corruption_said: AtomicBool,
}

impl RedisStore {
    /// A store for the server at `url`; nothing is opened yet.
    ///
    /// # Errors
    /// When the file of certificates cannot be used.
    pub fn new(config: &RedisConfig, url: &RedisUrl, clock: Clock) -> Result<Self, ConfigError> {
        let ca = config.ca_file.as_ref().map(|path| certificates(path).map_err(|reason| (path, reason)));
        let ca = ca.transpose().map_err(|(path, reason)| ConfigError::Value {
            subject: "redis.ca_file".to_owned(),
            value: format!("\"{}\"", path.display()),
            right: reason,
        })?;
        let dial = Dial::new(config, url, ca, clock.clone()).map_err(|error| ConfigError::Value {
            subject: "redis.url".to_owned(),
            value: format!("\"{url}\""),
            right: error.to_string(),
        })?;
        let dial = Arc::new(dial);
        let pool = r2d2::Pool::builder()
            .max_size(config.connections.max(1))
            .min_idle(Some(0))
            .max_lifetime(None)
            .idle_timeout(None)
            .test_on_check_out(false)
            .connection_timeout(config.connect_within.max(Duration::from_millis(1)))
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build_unchecked(Lines(Arc::clone(&dial)));
        Ok(Self {
            kept: InProcessStore::new(clock.clone()),
            pool,
            dial,
            keys: Arc::new(Keys::new(&config.prefix)),
            clock,
            failed: Mutex::new(None),
            reading: tokio::sync::Mutex::new(()),
            corruption_said: AtomicBool::new(false),
        })
    }

    /// Runs `work` with a connection, on a blocking thread.
    async fn with_line<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Line) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = self.pool.clone();
        let job = tokio::task::spawn_blocking(move || {
            let busy = |_| StoreError::Unavailable("every connection to Redis is busy".to_owned());
            work(&mut *pool.get().map_err(busy)?)
        });
        let limit = self.dial.longest() + GRACE;
        let outcome = match tokio::time::timeout(limit, job).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(ended)) => Err(StoreError::Unavailable(format!("the work was given up: {ended}"))),
            Err(_) => Err(self.dial.timed_out(limit).into()),
        };
        let failed = match &outcome {
            Err(error @ StoreError::Unavailable(_)) => Some((self.clock.stopwatch(), error.clone())),
            Ok(_) | Err(StoreError::Corrupt(_) | StoreError::WrongType(_)) => None,
        };
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        outcome
    }

    /// How the server failed a moment ago, if it did.
    fn recent_failure(&self) -> Option<StoreError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, error) = failed.as_ref().filter(|(since, _)| since.elapsed() < LEFT_ALONE)?;
        Some(error.clone())
    }

    /// Whether the server answers; what it holds is another matter.
    async fn answers(&self) -> Result<(), StoreError> {
        if let Some(failure) = self.recent_failure() {
            return Err(failure);
        }
        let (keys, now) = (Arc::clone(&self.keys), self.clock.now());
        match self.with_line(move |line| read(line, &keys, now)).await {
            Ok(_) | Err(StoreError::Corrupt(_) | StoreError::WrongType(_)) => Ok(()),
            Err(unavailable @ StoreError::Unavailable(_)) => Err(unavailable),
        }
    }

    async fn write(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.now();
        let ttl_there = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
        let until = now.saturating_add(ttl_there).unwrap_or(Timestamp::MAX);
        self.kept.replace(Arc::clone(&snapshot), until);
        self.corruption_said.store(false, Ordering::Relaxed);
        let keys = Arc::clone(&self.keys);
        // Redis knows no fraction here, and refuses 0.
        let seconds = ttl.as_secs().max(1);
        self.with_line(move |line| write(line, &keys, &snapshot, (now, until), seconds)).await
    }

    /// The newest snapshot that can be had without waiting for a server that is known to be down.
    async fn read(&self) -> Option<Arc<Snapshot>> {
        let kept = self.kept.current();
        let turn = match &kept {
            Some(_) => self.reading.try_lock().ok(),
            None => Some(self.reading.lock().await),
        };
        if turn.is_none() || self.recent_failure().is_some() {
            return kept;
        }
        let (keys, now) = (Arc::clone(&self.keys), self.clock.now());
        match self.with_line(move |line| read(line, &keys, now)).await {
            Ok(Some(Found { until, snapshot })) => self.kept.offer(snapshot, until),
            // The next refresh says what is wrong with the server.
            Ok(None) | Err(StoreError::Unavailable(_) | StoreError::WrongType(_)) => {}
            Err(error @ StoreError::Corrupt(_)) => {
                if !self.corruption_said.swap(true, Ordering::Relaxed) {
                    log::warn!(event = "snapshot-unreadable"; "{error}; the next refresh replaces it");
                }
            }
        }
        self.kept.current()
    }
}

impl IndexStore for RedisStore {
    fn put(&self, snapshot: Arc<Snapshot>, ttl: Duration) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(snapshot, ttl).boxed()
    }

    fn latest(&self) -> BoxFuture<'_, Result<Option<Arc<Snapshot>>, StoreError>> {
        self.read().map(Ok).boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.answers().boxed()
    }

    fn pool(&self) -> Option<PoolUse> {
        let state = self.pool.state();
        Some(PoolUse { open: state.connections, idle: state.idle_connections, most: self.pool.max_size() })
    }

    fn connections_opened(&self) -> u64 {
        self.dial.opened()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// Writes everything in one transaction, except over keys of another type.
fn write(
    line: &mut Line,
    keys: &Keys,
    snapshot: &Snapshot,
    times: (Timestamp, Timestamp),
    seconds: u64,
) -> Result<(), StoreError> {
    let records = keys.records(snapshot, times, seconds);
    let records = records.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let types: Vec<Cmd> = records.iter().map(|record| type_of(record.key)).collect();
    let types = line.ask(&types.iter().collect::<Vec<_>>())?;
    if let Some(refusal) = first_refusal(&types) {
        return Err(line.dial().refused("to tell the type of a key", refusal).into());
    }
    let (may, wrong) = sort_out(records, &types);
    if !may.is_empty() {
        let (begin, end) = (cmd("MULTI"), cmd("EXEC"));
        let commands: Vec<&Cmd> =
            [&begin].into_iter().chain(may.iter().map(|record| &record.command)).chain([&end]).collect();
        let answers = line.go_on(&commands)?;
        // The reason stands where a command was queued; the end only says that there is one.
        let done = match answers.last() {
            Some(Value::Array(done)) => done.as_slice(),
            _ => &[Value::Nil],
        };
        let refusal = first_refusal(&answers).or_else(|| first_refusal(done));
        let refusal = refusal.or_else(|| done.iter().find(|answer| matches!(answer, Value::Nil)));
        if let Some(refusal) = refusal {
            return Err(line.dial().refused("to write", refusal).into());
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(StoreError::WrongType(wrong.join(", "))) }
}

fn read(line: &mut Line, keys: &Keys, now: Timestamp) -> Result<Option<Found>, StoreError> {
    let answers = line.ask(&[&keys.look_up()])?;
    match answers.first() {
        Some(Value::BulkString(bytes)) => keys.read(bytes, now),
        Some(Value::ServerError(error)) if error.code() == "WRONGTYPE" => Ok(None),
        answer => Err(line.dial().refused("to read", answer.unwrap_or(&Value::Nil)).into()),
    }
}

fn type_of(key: &str) -> Cmd {
    let mut command = cmd("TYPE");
    command.arg(key);
    command
}

fn first_refusal(answers: &[Value]) -> Option<&Value> {
    answers.iter().find(|answer| matches!(answer, Value::ServerError(_)))
}

/// The content of a file that holds one certificate at least.
fn certificates(path: &std::path::Path) -> Result<Vec<u8>, String> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use std::io::Read;

    let right = "write the path of a file with certificates in PEM form";
    let mut pem = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST_CA_FILE).read_to_end(&mut pem));
    read.map_err(|error| format!("{error}; {right}"))?;
    let mut trusted = rustls::RootCertStore::empty();
    let is_good = CertificateDer::pem_slice_iter(&pem)
        .all(|certificate| certificate.is_ok_and(|certificate| trusted.add(certificate).is_ok()));
    if is_good && !trusted.is_empty() {
        Ok(pem)
    } else {
        Err(format!("it holds no certificate, or one that cannot be read; {right}"))
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        Self::Unavailable(trouble.to_string())
    }
}
