//! How a report is built: what is needed is fetched, then section after section is rendered and streamed to `Persistence`.
//!
//! What is held at any time is one page of constituents, two chunks, and what was found out about the indices. Loading is
//! asynchronous, rendering happens on the builder's blocking threads; both are charged to the builder's arena.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::artifact;
use super::courier::{Courier, Sender};
use super::edition::Edition;
use super::instruments::ReportInstruments;
use super::messages::{BuildError, BuildReport, Progress};
use super::model::{ReportMeta, TableEnd};
use super::narrative::Narrator;
use super::phases::Meter;
use super::press::Press;
use super::render::Templates;
use super::research::{Research, Researcher};
use super::section::Section;
use super::writer::{ReportWriter, WriteError};
use crate::clock::Clock;
use crate::market::model::{Constituent, Snapshot};
use crate::market::source::Sources;
use crate::market::store::IndexStore;
use crate::memory::arena::Arenas;
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;
use crate::persistence::messages::{
    AbortReport, AppendChunk, ArtifactDigest, BeginReport, CommitReport, Lease, SessionId, StoredReport,
};
use crate::supervision::link::LinkError;
use crate::supervision::recipient::Recipient;

/// Coins of one page, the most that the source gives at once.
const PER_PAGE: u32 = 250;

/// How long a report waits for a first snapshot, in real time: as long as the slowest refresh may take.
const FIRST_SNAPSHOT_WITHIN: Duration = Duration::from_secs(60);

/// Pause between two looks for it.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Steps of a build besides the pages of constituents.
const FIXED_STEPS: u32 = 8;

/// Everything that a [`ReportBuilder`](super::builder::ReportBuilder) works with.
pub struct Workshop {
    /// Where the snapshot is.
    pub store: Arc<dyn IndexStore>,
    /// Where constituents and candles come from.
    pub sources: Sources,
    /// Where the history of the indices is read.
    pub archive: Archive,
    /// Where the report goes.
    pub shelf: Shelf,
    /// The templates, parsed and checked.
    pub templates: Templates,
    /// What can be built.
    pub editions: Vec<Edition>,
    /// Puts the summary into other words; nothing as a rule.
    pub narrator: Option<Narrator>,
    /// The zone of every time in the report.
    pub zone: TimeZone,
    /// The time.
    pub clock: Clock,
    /// Measures what a report leaves behind; nothing when the allocator is not installed.
    pub arenas: Option<Arenas>,
    /// Where reports are counted.
    pub instruments: ReportInstruments,
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

/// One build under way.
struct Build<'a> {
    edition: &'a Edition,
    session: SessionId,
    meta: ReportMeta,
    snapshot: Arc<Snapshot>,
    progress: &'a Progress,
    meter: &'a Meter,
}

impl Workshop {
    pub(super) async fn build(
        &self,
        request: BuildReport,
        meter: &Meter,
    ) -> Result<StoredReport, BuildError> {
        let BuildReport { edition: name, progress, slot } = request;
        let edition = self.editions.iter().find(|edition| edition.name == name);
        let edition = edition.ok_or_else(|| self.unknown(&name))?;
        let snapshot = self.snapshot().await?;
        progress.begin(FIXED_STEPS + edition.constituents.div_ceil(PER_PAGE));
        let created_at = self.clock.now();
        let (_holder, lease) = Lease::new();
        let artifacts = artifact::of(&edition.languages);
        let begin = BeginReport { edition: name.clone(), created_at, artifacts, lease, slot };
        let since = meter.stopwatch();
        let session = opened(self.shelf.begin.send(begin).await)?;
        meter.persisted(&since);
        let languages = edition.languages.clone();
        let meta = ReportMeta { edition: name, created_at, zone: self.zone.clone(), languages };
        let snapshot = Arc::new(edition.of(&snapshot));
        let build = Build { edition, session, meta, snapshot, progress: &progress, meter };
        let finished = match self.write(build).await {
            Ok(digests) => {
                let since = meter.stopwatch();
                let committed = storage(self.shelf.commit.send(CommitReport { session, digests }).await);
                meter.persisted(&since);
                committed
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &finished {
            let abort = AbortReport { session, reason: error.to_string() };
            // If the session is gone already there is nothing to forget; if `Persistence` is, the lease tells it.
            let _ = self.shelf.abort.send(abort).await;
        }
        finished
    }

    fn unknown(&self, edition: &str) -> BuildError {
        let known: Vec<&str> = self.editions.iter().map(|edition| edition.name.as_str()).collect();
        BuildError::UnknownEdition { edition: edition.to_owned(), known: known.join(", ") }
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

    async fn write(&self, build: Build<'_>) -> Result<Vec<ArtifactDigest>, BuildError> {
        let Build { edition, session, meta, snapshot, progress, meter } = build;
        let (sender, courier) = Courier::new(self.shelf.append.clone(), session, meter);
        let writer = ReportWriter::new(self.templates.clone(), meta.clone(), sender);
        let arena = self.arenas.as_ref().and_then(|arenas| arenas.bound().ok());
        let mut press = Press::new(courier, writer, progress, arena);
        press.prepare(Section::Summary);
        let has_table = edition.constituents > 0 && snapshot.crypto.is_some();
        let first = if has_table { Some(self.page(edition, 1, meter).await) } else { None };
        let researcher = Researcher {
            sources: &self.sources,
            archive: &self.archive,
            clock: &self.clock,
            narrator: self.narrator.as_ref(),
            meter,
        };
        let largest = first.as_ref().and_then(|first| first.as_deref().ok());
        let Research { findings, series } = researcher.research(&meta, &snapshot, largest).await;
        let findings = Arc::new(findings);
        let (data, found) = (Arc::clone(&snapshot), Arc::clone(&findings));
        let open = move |writer: &mut ReportWriter<Sender>| {
            writer.open()?;
            writer.summary(&data, &found)
        };
        press.run(Section::Summary, open).await?;
        let (data, found) = (Arc::clone(&snapshot), Arc::clone(&findings));
        let since = move |writer: &mut ReportWriter<Sender>| match &found.last {
            Some(last) => writer.since(&data, last),
            None => Ok(()),
        };
        press.run(Section::Since, since).await?;
        let (data, found) = (Arc::clone(&snapshot), Arc::clone(&findings));
        press.run(Section::Indices, move |writer| writer.indices(&data, &series, &found)).await?;
        let found = Arc::clone(&findings);
        press.run(Section::Technicals, move |writer| writer.technicals(&found)).await?;
        let found = Arc::clone(&findings);
        press.run(Section::Correlations, move |writer| writer.correlations(&found)).await?;
        let data = Arc::clone(&snapshot);
        press
            .run(Section::Crypto, move |writer| writer.crypto(&data, findings.participation.as_ref()))
            .await?;
        if let Some(first) = first {
            self.write_table(edition, first, &mut press, meter).await?;
        }
        press.run(Section::Method, move |writer| writer.method(&snapshot)).await?;
        press.finish().await
    }

    /// One page of constituents, or why there is none.
    async fn page(&self, edition: &Edition, page: u32, meter: &Meter) -> Result<Vec<Constituent>, String> {
        let since = meter.stopwatch();
        // Always whole pages: the source counts pages in the size that is asked for.
        let coins = self.sources.constituents(page, PER_PAGE.min(edition.constituents)).await;
        meter.fetched(&since);
        coins.map_err(|error| {
            log::warn!(event = "table-cut", page; "the constituents table ends before page {page}: {error}");
            error.to_string()
        })
    }

    /// The movers, and the table page by page. What is missing of it is said in the report and does not fail it.
    async fn write_table(
        &self,
        edition: &Edition,
        first: Result<Vec<Constituent>, String>,
        press: &mut Press<'_>,
        meter: &Meter,
    ) -> Result<(), BuildError> {
        let mut coins = match first {
            Ok(coins) => coins,
            Err(error) => {
                return press.run(Section::TableAbsent, move |writer| writer.table_absent(&error)).await;
            }
        };
        let (mut end, mut left) = (TableEnd::Complete, edition.constituents);
        let pages = edition.constituents.div_ceil(PER_PAGE);
        for page in 1..=pages {
            coins.truncate(left.min(PER_PAGE) as usize);
            let got = u32::try_from(coins.len()).unwrap_or(u32::MAX);
            if page == 1 {
                press.run(Section::Movers, move |writer| write_first_page(writer, &coins)).await?;
            } else if got > 0 {
                press.run(Section::TableRows, move |writer| writer.table_page(&coins)).await?;
            }
            left = left.saturating_sub(got);
            // A page may be short because a coin of it could not be read; past the end it is empty.
            if left == 0 || got == 0 || page == pages {
                break;
            }
            press.prepare(Section::TableRows);
            coins = match self.page(edition, page + 1, meter).await {
                Ok(coins) => coins,
                Err(error) => {
                    end = TableEnd::CutShort { error };
                    break;
                }
            };
        }
        press.run(Section::TableFoot, move |writer| writer.table_end(&end)).await
    }
}

fn write_first_page(writer: &mut ReportWriter<Sender>, coins: &[Constituent]) -> Result<(), WriteError> {
    writer.movers(coins)?;
    writer.table_begin()?;
    writer.table_page(coins)
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
