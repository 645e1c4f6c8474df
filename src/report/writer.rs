//! A whole report, section by section, in both languages from one pass over the data.
//!
//! Synchronous: the builder drives it from a blocking thread and loads the data between the calls. Memory is bound by
//! one slice of rows and one chunk buffer a language, whatever the size of the report. Sections must be written in
//! the order of the methods below; dropping the writer half-way leaves nothing but what its sink has taken.

use std::io;

use jiff::Timestamp;

use super::artifact;
use super::chunk::{ChunkSink, ChunkWriter};
use super::compose::{
    correlations, crypto, indices, masthead, method, movers, script, since, summary, table, technicals,
};
use super::language::Language;
use super::locale::Locale;
use super::model::{Findings, IndexSeries, LastReport, ReportMeta, TableEnd};
use super::render::{RenderError, Templates};
use super::section::Section;
use super::text::TextError;
use crate::market::model::{Constituent, Snapshot};
use crate::market::participation::Participation;
use crate::persistence::messages::{ArtifactDigest, ArtifactName};

/// Rows that are rendered at once: the template engine's values are some ten times as large as the rows' bytes.
const ROWS_AT_ONCE: usize = 5;

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A section could not be rendered, or its bytes not written.
    #[error(transparent)]
    Section(#[from] RenderError),
    /// The end of an artifact could not be written, or there was nothing of it.
    #[error("artifact {artifact} could not be finished")]
    Artifact {
        /// The artifact.
        artifact: ArtifactName,
        /// What the sink said.
        source: io::Error,
    },
}

/// Writes the five artifacts of one report.
#[derive(Debug)]
pub struct ReportWriter<S> {
    templates: Templates,
    meta: ReportMeta,
    sink: S,
    pages: Vec<Page<S>>,
    tally: table::Tally,
    digests: Vec<ArtifactDigest>,
}

/// The fragment of one language while it is written.
#[derive(Debug)]
struct Page<S> {
    locale: Locale,
    html: ChunkWriter<S>,
}

impl<S: ChunkSink + Clone> ReportWriter<S> {
    /// A report of which nothing is written yet.
    pub fn new(templates: Templates, meta: ReportMeta, sink: S) -> Self {
        let page = |language: &Language| Page {
            locale: Locale { language: *language, zone: meta.zone.clone() },
            html: ChunkWriter::new(artifact::html(*language), sink.clone()),
        };
        let pages = meta.languages.iter().map(page).collect();
        let digests = Vec::with_capacity(artifact::ARTIFACTS.len());
        Self { templates, meta, sink, pages, tally: table::Tally::default(), digests }
    }

    /// Writes the style sheet and the scripts whole, then the beginning of the fragments.
    pub fn open(&mut self) -> Result<(), WriteError> {
        self.whole_artifact(Section::Style, 0, artifact::CSS)?;
        for page in 0..self.pages.len() {
            let language = self.pages[page].locale.language;
            self.whole_artifact(Section::Script, page, artifact::js(language))?;
        }
        let meta = self.meta.clone();
        self.in_each_language(Section::Masthead, |locale, _| masthead::masthead(locale, &meta))
    }

    /// Writes the headline and the summary.
    pub fn summary(&mut self, snapshot: &Snapshot, findings: &Findings) -> Result<(), WriteError> {
        let compose = |locale: &Locale, now| summary::summary(locale, snapshot, findings, now);
        self.in_each_language(Section::Summary, compose)
    }

    /// Writes what changed since the report before.
    pub fn since(&mut self, snapshot: &Snapshot, last: &LastReport) -> Result<(), WriteError> {
        self.in_each_language(Section::Since, |locale, now| since::since(locale, snapshot, last, now))
    }

    /// Writes the charts and the table of indicators.
    pub fn technicals(&mut self, findings: &Findings) -> Result<(), WriteError> {
        self.in_each_language(Section::Technicals, |locale, _| technicals::table(locale, findings))
    }

    /// Writes the matrix of correlations; nothing with the indicators of fewer than two indices.
    pub fn correlations(&mut self, findings: &Findings) -> Result<(), WriteError> {
        if findings.technicals().count() < 2 {
            return Ok(());
        }
        self.in_each_language(Section::Correlations, |locale, _| correlations::matrix(locale, findings))
    }

    /// Writes a card for every index of the snapshot and large charts of the leading ones; `series` are matched by name and
    /// may be missing.
    pub fn indices(
        &mut self,
        snapshot: &Snapshot,
        series: &[IndexSeries],
        findings: &Findings,
    ) -> Result<(), WriteError> {
        let compose = |locale: &Locale, now| indices::indices(locale, snapshot, series, findings, now);
        self.in_each_language(Section::Indices, compose)
    }

    /// Writes the crypto overview and the market's mood; nothing when the snapshot does not speak of crypto.
    pub fn crypto(
        &mut self,
        snapshot: &Snapshot,
        participation: Option<&Participation>,
    ) -> Result<(), WriteError> {
        if snapshot.crypto.is_none() && snapshot.fear_greed.is_none() {
            return Ok(());
        }
        let compose = |locale: &Locale, now| crypto::crypto(locale, snapshot, participation, now);
        self.in_each_language(Section::Crypto, compose)
    }

    /// Writes the lists of movers among `largest`, the first page of the table.
    pub fn movers(&mut self, largest: &[Constituent]) -> Result<(), WriteError> {
        self.in_each_language(Section::Movers, |locale, _| movers::movers(locale, largest))
    }

    /// Begins the table.
    pub fn table_begin(&mut self) -> Result<(), WriteError> {
        self.tally = table::Tally::default();
        self.in_each_language(Section::TableHead, |locale, _| table::head(locale))
    }

    /// Appends one page of rows, in the order given. May be called any number of times.
    pub fn table_page(&mut self, coins: &[Constituent]) -> Result<(), WriteError> {
        for slice in coins.chunks(ROWS_AT_ONCE) {
            let traces = table::traces(slice);
            self.in_each_language(Section::TableRows, |locale, _| table::rows(locale, slice, &traces))?;
            self.tally.add(slice);
        }
        Ok(())
    }

    /// Ends the table.
    pub fn table_end(&mut self, end: &TableEnd) -> Result<(), WriteError> {
        let tally = self.tally;
        self.in_each_language(Section::TableFoot, |locale, _| table::foot(locale, tally, end))
    }

    /// Writes why there is no table, in the place of movers and table.
    pub fn table_absent(&mut self, error: &str) -> Result<(), WriteError> {
        self.in_each_language(Section::TableAbsent, |_, _| Ok(table::absence(error)))
    }

    /// Writes the sources and the method, and the end of the fragments.
    pub fn method(&mut self, snapshot: &Snapshot) -> Result<(), WriteError> {
        let meta = self.meta.clone();
        self.in_each_language(Section::Method, |locale, _| method::method(locale, &meta, snapshot))
    }

    /// Hands over what is left; one digest an artifact, in the order of [`artifact::ARTIFACTS`].
    pub fn finish(mut self) -> Result<Vec<ArtifactDigest>, WriteError> {
        for page in self.pages {
            let artifact = artifact::html(page.locale.language);
            let digest = page.html.finish().map_err(|source| WriteError::Artifact { artifact, source })?;
            self.digests.push(digest);
        }
        self.digests
            .sort_by_key(|digest| artifact::ARTIFACTS.iter().position(|name| *name == digest.artifact));
        Ok(self.digests)
    }

    /// Composes and renders one section, one language after the other: only one view exists at a time.
    fn in_each_language<V: serde::Serialize>(
        &mut self,
        section: Section,
        compose: impl Fn(&Locale, Timestamp) -> Result<V, TextError>,
    ) -> Result<(), WriteError> {
        for Page { locale, html } in &mut self.pages {
            let view = compose(locale, self.meta.created_at)
                .map_err(|source| RenderError::Text { section, source })?;
            self.templates.render(section, locale.language, &view, html)?;
        }
        Ok(())
    }

    fn whole_artifact(
        &mut self,
        section: Section,
        page: usize,
        artifact: ArtifactName,
    ) -> Result<(), WriteError> {
        let locale = &self.pages[page].locale;
        let view = script::script(locale).map_err(|source| RenderError::Text { section, source })?;
        let mut out = ChunkWriter::new(artifact, self.sink.clone());
        self.templates.render(section, locale.language, &view, &mut out)?;
        let digest = out.finish().map_err(|source| WriteError::Artifact { artifact, source })?;
        self.digests.push(digest);
        Ok(())
    }
}
