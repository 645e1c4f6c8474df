//! What is found out for a report before its first section is written: indicators, the report before, recent courses.
//!
//! Whatever cannot be had is said in the report, and fails nothing. What is kept of it is small: ninety closes and a few
//! numbers an index.

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinError;

use super::compose::summary;
use super::language::Language;
use super::locale::Locale;
use super::model::{Findings, IndexSeries, LastReport, ReportMeta, Study};
use super::narrative::{Facts, Narrator};
use super::phases::Meter;
use crate::clock::Clock;
use crate::market::model::{Constituent, Index, Market, Snapshot};
use crate::market::participation::Participation;
use crate::market::points;
use crate::market::source::{SourceError, Sources};
use crate::market::technicals::Technicals;
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;

/// How far back a card's sparkline reaches.
const SPARKLINE_HOURS: i64 = 24;

/// Points of a card's sparkline.
const SPARKLINE_POINTS: u32 = 120;

/// A value older than that at the time of the report before was not known to it: longer than the longest holidays.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 10);

/// Finds out.
pub(super) struct Researcher<'a> {
    pub(super) sources: &'a Sources,
    pub(super) archive: &'a Archive,
    pub(super) clock: &'a Clock,
    pub(super) narrator: Option<&'a Narrator>,
    pub(super) meter: &'a Meter,
}

/// What the sections are written from, beside the snapshot.
pub(super) struct Research {
    pub(super) findings: Findings,
    /// The recent history of every index of the edition that has one.
    pub(super) series: Vec<IndexSeries>,
}

impl Researcher<'_> {
    /// Everything but the constituents, whose first page is `largest`.
    pub(super) async fn research(
        &self,
        meta: &ReportMeta,
        snapshot: &Snapshot,
        largest: Option<&[Constituent]>,
    ) -> Research {
        let meter = self.meter;
        let names: Vec<String> = snapshot.indices.iter().map(|index| index.name.clone()).collect();
        let (archive, clock, name) = (self.archive.clone(), self.clock.clone(), meta.edition.clone());
        let since = meter.stopwatch();
        let read = move || (last_report(&archive, &name), history(&archive, &clock, &names));
        let (last, series) = match tokio::task::spawn_blocking(read).await.map_err(JoinError::try_into_panic)
        {
            Ok(found) => found,
            // A panic is the builder's own, and ends it.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // A cancelled build has nobody to read it.
            Err(Err(_)) => Default::default(),
        };
        meter.fetched(&since);
        let indices = snapshot.indices.iter().filter_map(|reading| Index::named(&reading.name));
        let studies = self.studies(indices).await;
        let since = meter.stopwatch();
        let participation = largest.map(Participation::of);
        meter.analysed(&since);
        let mut findings = Findings { studies, last, participation, narratives: Vec::new() };
        findings.narratives = self.narratives(meta, snapshot, &findings).await;
        Research { findings, series }
    }

    /// One index after the other. A market whose sources are all away is asked about once: each further index would wait
    /// as long for the same answer.
    async fn studies(&self, indices: impl Iterator<Item = &'static Index>) -> Vec<Study> {
        let (mut studies, mut away) = (Vec::new(), Vec::<(Market, String)>::new());
        for index in indices {
            if let Some((_, error)) = away.iter().find(|(market, _)| *market == index.market) {
                studies.push(Study { index, outcome: Err(error.clone()) });
                continue;
            }
            let outcome = self.study(index).await;
            if let Err(Unknown { error, away: true }) = &outcome {
                away.push((index.market, error.clone()));
            }
            studies.push(Study { index, outcome: outcome.map_err(|unknown| unknown.error) });
        }
        studies
    }

    async fn study(&self, index: &'static Index) -> Result<Technicals, Unknown> {
        let since = self.meter.stopwatch();
        let daily = self.sources.daily(index).await;
        self.meter.fetched(&since);
        let since = self.meter.stopwatch();
        let outcome = daily.map_err(|errors| Unknown::told(&errors)).and_then(|daily| {
            let error = || Unknown { error: format!("{} has no finished day", daily.source), away: false };
            Technicals::of(index, &daily).ok_or_else(error)
        });
        self.meter.analysed(&since);
        if let Err(Unknown { error, away }) = &outcome {
            let whose = if *away { " and of its market" } else { "" };
            log::warn!(event = "indicators-missing", series = index.name; "the report shows no indicators of {}{whose}: {error}", index.name);
        }
        outcome
    }

    /// What a language model makes of the summary's sentences; where it fails or lies they stand alone.
    async fn narratives(
        &self,
        meta: &ReportMeta,
        snapshot: &Snapshot,
        findings: &Findings,
    ) -> Vec<(Language, String)> {
        let Some(narrator) = self.narrator else { return Vec::new() };
        let mut narratives = Vec::new();
        for language in meta.languages.iter().copied() {
            let locale = Locale { language, zone: meta.zone.clone() };
            let sentences = match summary::sentences(&locale, snapshot, findings, meta.created_at) {
                Ok(sentences) => sentences,
                // The summary itself fails for the same reason, and says it.
                Err(_) => return narratives,
            };
            let since = self.meter.stopwatch();
            let narrative = narrator.narrate(&Facts { sentences }, language).await;
            self.meter.fetched(&since);
            match narrative {
                Ok(text) => narratives.push((language, text)),
                Err(error) => {
                    log::warn!(event = "narrative-left-out", language = language.tag(); "the narrative in {} is left out: {error}", language.own_name());
                }
            }
        }
        narratives
    }
}

/// Why an index has no indicators.
struct Unknown {
    error: String,
    /// Whether every source would say the same of any other index.
    away: bool,
}

impl Unknown {
    fn told(errors: &[SourceError]) -> Self {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        // The snapshot may be one of a daemon that collected more.
        let error = if told.is_empty() { "its market is not collected".to_owned() } else { told.join("; ") };
        Self { error, away: errors.iter().all(SourceError::ends_round) }
    }
}

/// The values that held when the newest report of the edition was written.
fn last_report(archive: &Archive, edition: &str) -> Option<LastReport> {
    let created_at = match archive.latest_of(edition) {
        Ok(report) => report?.created_at,
        Err(error) => {
            log::warn!(event = "changes-missing"; "the report does not say what has changed since the one before: {error}");
            return None;
        }
    };
    let mut values = Vec::new();
    for series in points::series() {
        match value_at(archive, series, created_at) {
            Ok(value) => values.extend(value.map(|value| (series.to_owned(), value))),
            Err(error) => {
                log::warn!(event = "changes-missing", series; "what {series} was at the report before is not known: {error}");
                break;
            }
        }
    }
    Some(LastReport { created_at, values })
}

/// The last value at or before `at`, if there is one that is not too old.
fn value_at(archive: &Archive, series: &str, at: Timestamp) -> Result<Option<f64>, PersistenceError> {
    let from = at.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    // One step holds all of it, or two where it lies across the border of two.
    let points = archive.history(series, from, at, LOOK_BACK.unsigned_abs())?;
    Ok(points.last().map(|point| point.value))
}

/// The recent history of every index; one that cannot be read is left out, its card then has no sparkline.
fn history(archive: &Archive, clock: &Clock, names: &[String]) -> Vec<IndexSeries> {
    let since = clock.now().saturating_add(SignedDuration::from_hours(-SPARKLINE_HOURS));
    let since = since.unwrap_or(Timestamp::MIN);
    let mut series = Vec::with_capacity(names.len());
    for name in names {
        match archive.series(name, since, SPARKLINE_POINTS) {
            Ok(points) => series.push(IndexSeries { name: name.clone(), points }),
            Err(error) => {
                log::warn!(event = "history-missing", series = name.as_str(); "the report shows no history of {name}: {error}");
                // Each further one would wait for a reader as long as this one did.
                if matches!(error, PersistenceError::ReadersBusy { .. }) {
                    break;
                }
            }
        }
    }
    series
}
