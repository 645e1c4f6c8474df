//! The `ReportBuilder` actor: one report at a time, section by section, streamed to `Persistence` as it is rendered.
//!
//! It holds one page of constituents and two chunks at most, and nothing between two reports. Loading is
//! asynchronous, rendering happens on the actor's blocking thread; both are charged to the actor's arena.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, ResponseActFuture, WrapFuture};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::artifact::ARTIFACTS;
use super::cleanup::Cleanup;
use super::courier::{Courier, Sender};
use super::messages::{BuildError, BuildReport, BuilderStatus, Observe, Progress};
use super::model::{IndexSeries, ReportMeta, TableEnd};
use super::press::Press;
use super::render::Templates;
use super::section::Section;
use super::writer::{ReportWriter, WriteError};
use crate::clock::{Clock, Stopwatch};
use crate::market::model::{Constituent, Snapshot};
use crate::market::source::Sources;
use crate::market::store::IndexStore;
use crate::memory::arena::Arenas;
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;
use crate::persistence::messages::{
    AbortReport, AppendChunk, ArtifactDigest, BeginReport, CommitReport, Lease, SessionId, StoredReport,
};
use crate::supervision::link::{LinkError, Recipient};

/// Coins of one page, the most that the source gives at once.
const PER_PAGE: u32 = 250;

/// How far back a card's sparkline reaches.
const SPARKLINE_HOURS: i64 = 24;

/// Points of a card's sparkline.
const SPARKLINE_POINTS: u32 = 120;

/// How long a report waits for a first snapshot, in real time: as long as the slowest refresh may take.
const FIRST_SNAPSHOT_WITHIN: Duration = Duration::from_secs(60);

/// Pause between two looks for it.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Steps of a build besides the pages of constituents.
const FIXED_STEPS: u32 = 5;

/// The actor. See the module's documentation.
pub struct ReportBuilder {
    workshop: Rc<Workshop>,
    status: BuilderStatus,
}

/// Everything that a [`ReportBuilder`] works with.
pub struct Workshop {
    /// Where the snapshot is.
    pub store: Arc<dyn IndexStore>,
    /// Where constituents come from.
    pub sources: Sources,
    /// Where the history of the indices is read.
    pub archive: Archive,
    /// Where the report goes.
    pub shelf: Shelf,
    /// The templates, parsed and checked.
    pub templates: Templates,
    /// Rows of the constituents table; 0 leaves the table out.
    pub constituents: u32,
    /// The zone of every time in the report.
    pub zone: TimeZone,
    /// The time.
    pub clock: Clock,
    /// Measures what a report leaves behind; nothing when the allocator is not installed.
    pub arenas: Option<Arenas>,
}

/// The four things that a builder says to `Persistence`.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Opens a report.
    pub begin: Recipient<BeginReport>,
    /// Appends to it.
    pub append: Recipient<AppendChunk>,
    /// Makes it visible.
    pub commit: Recipient<CommitReport>,
    /// Forgets it.
    pub abort: Recipient<AbortReport>,
}

impl ReportBuilder {
    /// A builder with its tools.
    pub fn new(workshop: Workshop) -> Self {
        let status = BuilderStatus { building: false, reports: 0, failures: 0 };
        Self { workshop: Rc::new(workshop), status }
    }
}

impl Workshop {
    async fn build(&self, request: BuildReport) -> Result<StoredReport, BuildError> {
        let snapshot = self.snapshot().await?;
        let pages = self.constituents.div_ceil(PER_PAGE);
        request.progress.begin(FIXED_STEPS + pages);
        let created_at = self.clock.now();
        let (_holder, lease) = Lease::new();
        let edition = request.edition;
        let artifacts = ARTIFACTS.to_vec();
        let slot = request.slot;
        let begin = BeginReport { edition: edition.clone(), created_at, artifacts, lease, slot };
        let session = opened(self.shelf.begin.send(begin).await)?;
        let meta = ReportMeta { edition, created_at, zone: self.zone.clone() };
        let finished = match self.write(session, meta, snapshot, &request.progress).await {
            Ok(digests) => storage(self.shelf.commit.send(CommitReport { session, digests }).await),
            Err(error) => Err(error),
        };
        if let Err(error) = &finished {
            let abort = AbortReport { session, reason: error.to_string() };
            // If the session is gone already there is nothing to forget; if `Persistence` is, the lease tells it.
            let _ = self.shelf.abort.send(abort).await;
        }
        finished
    }

    /// The latest snapshot; soon after a start the first one may still be on its way.
    async fn snapshot(&self) -> Result<Arc<Snapshot>, BuildError> {
        let stopwatch = self.clock.stopwatch();
        loop {
            match self.store.latest().await {
                Ok(Some(snapshot)) if snapshot.is_empty() => return Err(BuildError::NoMarketData),
                Ok(Some(snapshot)) => return Ok(snapshot),
                Ok(None) if stopwatch.elapsed() < FIRST_SNAPSHOT_WITHIN => {
                    tokio::time::sleep(LOOK_AGAIN).await
                }
                Ok(None) => return Err(BuildError::NoMarketData),
                Err(error) => return Err(BuildError::MarketData(error.to_string())),
            }
        }
    }

    async fn write(
        &self,
        session: SessionId,
        meta: ReportMeta,
        snapshot: Arc<Snapshot>,
        progress: &Progress,
    ) -> Result<Vec<ArtifactDigest>, BuildError> {
        let (sender, courier) = Courier::new(self.shelf.append.clone(), session);
        let writer = ReportWriter::new(self.templates.clone(), meta, sender);
        let arena = self.arenas.as_ref().and_then(|arenas| arenas.bound().ok());
        let mut press = Press::new(courier, writer, progress, arena);
        let data = Arc::clone(&snapshot);
        press.run(Section::Summary, move |writer| writer.open().and_then(|()| writer.summary(&data))).await?;
        let (data, archive, clock) = (Arc::clone(&snapshot), self.archive.clone(), self.clock.clone());
        press
            .run(Section::Indices, move |writer| writer.indices(&data, &history(&archive, &clock, &data)))
            .await?;
        let data = Arc::clone(&snapshot);
        press.run(Section::Crypto, move |writer| writer.crypto(&data)).await?;
        if self.constituents > 0 && snapshot.crypto.is_some() {
            self.write_table(&mut press).await?;
        }
        press.run(Section::Method, move |writer| writer.method(&snapshot)).await?;
        press.finish().await
    }

    /// The movers, and the table page by page. What is missing of it is said in the report and does not fail it.
    async fn write_table(&self, press: &mut Press<'_>) -> Result<(), BuildError> {
        let mut end = TableEnd::Complete;
        let mut left = self.constituents;
        for page in 1..=self.constituents.div_ceil(PER_PAGE) {
            let per_page = left.min(PER_PAGE);
            press.prepare(Section::TableRows);
            // Always whole pages: the source counts pages in the size that is asked for.
            let mut coins = match self.sources.constituents(page, PER_PAGE.min(self.constituents)).await {
                Ok(coins) => coins,
                Err(error) => {
                    log::warn!(page; "the constituents table ends before page {page}: {error}");
                    end = TableEnd::CutShort { error: error.to_string() };
                    Vec::new()
                }
            };
            coins.truncate(per_page as usize);
            let got = u32::try_from(coins.len()).unwrap_or(u32::MAX);
            if page == 1 {
                if let TableEnd::CutShort { error } = end {
                    return press.run(Section::TableAbsent, move |writer| writer.table_absent(&error)).await;
                }
                press.run(Section::Movers, move |writer| write_first_page(writer, &coins)).await?;
            } else if got > 0 {
                press.run(Section::TableRows, move |writer| writer.table_page(&coins)).await?;
            }
            left = left.saturating_sub(got);
            // A page may be short because a coin of it could not be read; past the end it is empty.
            if left == 0 || got == 0 {
                break;
            }
        }
        press.run(Section::TableFoot, move |writer| writer.table_end(&end)).await
    }
}

fn write_first_page(writer: &mut ReportWriter<Sender>, coins: &[Constituent]) -> Result<(), WriteError> {
    writer.movers(coins)?;
    writer.table_begin()?;
    writer.table_page(coins)
}

/// The recent history of every index; one that cannot be read is left out, its card then has no sparkline.
fn history(archive: &Archive, clock: &Clock, snapshot: &Snapshot) -> Vec<IndexSeries> {
    let since = clock.now().saturating_add(SignedDuration::from_hours(-SPARKLINE_HOURS));
    let Ok(since) = since else { return Vec::new() };
    let mut series = Vec::with_capacity(snapshot.indices.len());
    for name in snapshot.indices.iter().map(|index| &index.name) {
        match archive.series(name, since, SPARKLINE_POINTS) {
            Ok(points) => series.push(IndexSeries { name: name.clone(), points }),
            Err(error) => {
                log::warn!(series = name.as_str(); "the report shows no history of {name}: {error}");
                // Each further one would wait for a reader as long as this one did.
                if matches!(error, PersistenceError::ReadersBusy { .. }) {
                    break;
                }
            }
        }
    }
    series
}

fn opened(answer: Result<Result<SessionId, PersistenceError>, LinkError>) -> Result<SessionId, BuildError> {
    match answer {
        Ok(Err(error)) if error.is_unavailable() => Err(BuildError::NotOpened(error.to_string())),
        answer => storage(answer),
    }
}

fn storage<T>(answer: Result<Result<T, PersistenceError>, LinkError>) -> Result<T, BuildError> {
    match answer {
        Ok(Ok(stored)) => Ok(stored),
        Ok(Err(error @ PersistenceError::Fenced { .. })) => Err(BuildError::SlotLost(error.to_string())),
        Ok(Err(error)) => Err(BuildError::Storage(error.to_string())),
        Err(error) => Err(BuildError::Storage(error.to_string())),
    }
}

impl Actor for ReportBuilder {
    type Context = Context<Self>;
}

impl Handler<BuildReport> for ReportBuilder {
    type Result = ResponseActFuture<Self, Result<StoredReport, BuildError>>;

    fn handle(&mut self, request: BuildReport, _: &mut Self::Context) -> Self::Result {
        if self.status.building {
            return Box::pin(actix::fut::ready(Err(BuildError::Busy)));
        }
        self.status.building = true;
        let workshop = Rc::clone(&self.workshop);
        let build = async move {
            let stopwatch = workshop.clock.stopwatch();
            let cleanup = Cleanup::before_report(workshop.arenas.as_ref());
            let edition = request.edition.clone();
            log::info!(edition = edition.as_str(); "a report of edition {edition} is begun");
            let built = workshop.build(request).await;
            log_outcome(&edition, &built, &stopwatch);
            (built, cleanup)
        };
        Box::pin(build.into_actor(self).map(|(built, cleanup), builder, ctx| {
            // Nobody waits for the broom.
            ctx.spawn(cleanup.after_report().into_actor(builder));
            builder.status.building = false;
            match &built {
                Ok(_) => builder.status.reports += 1,
                Err(_) => builder.status.failures += 1,
            }
            built
        }))
    }
}

fn log_outcome(edition: &str, built: &Result<StoredReport, BuildError>, stopwatch: &Stopwatch) {
    let duration_ms = stopwatch.elapsed_ms();
    match built {
        Ok(report) => {
            let (id, bytes, chunks) = (report.id, report.total_bytes(), report.total_chunks());
            log::info!(report = id, edition, bytes, chunks, duration_ms;
                "report {id} of edition {edition} is stored: {bytes} bytes in {chunks} chunks, built in {duration_ms} ms");
        }
        Err(error) => log::error!(edition, duration_ms; "no report of edition {edition}: {error}"),
    }
}

impl Handler<Observe> for ReportBuilder {
    type Result = BuilderStatus;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        self.status.clone()
    }
}
