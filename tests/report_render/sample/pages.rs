//! Whole reports, and their pages.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use evenkeel::market::model::{Constituent, Market};
use evenkeel::persistence::messages::{ArtifactDigest, ArtifactName};
use evenkeel::report::chunk::ChunkSink;
use evenkeel::report::language::Language;
use evenkeel::report::model::{ReportMeta, TableEnd};
use evenkeel::report::page::{self, Embedder, PageHead, PagePart};
use evenkeel::report::render::Templates;
use evenkeel::report::writer::ReportWriter;

use super::{coins, findings, meta, series, snapshot};

/// Keeps every artifact whole, for looking at it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<BTreeMap<ArtifactName, Vec<u8>>>>);

impl ChunkSink for Shelf {
    fn append(&mut self, artifact: ArtifactName, _seq: u32, body: Vec<u8>) -> io::Result<()> {
        self.0.lock().unwrap().entry(artifact).or_default().extend(body);
        Ok(())
    }
}

impl Shelf {
    pub(crate) fn text(&self, artifact: &str) -> String {
        String::from_utf8(self.0.lock().unwrap()[artifact].clone()).unwrap()
    }
}

/// Writes a whole report of `rows` coins, in pages of 250.
pub(crate) fn report<S: ChunkSink + Clone>(markets: &[Market], rows: u32, sink: S) -> Vec<ArtifactDigest> {
    report_of(markets, rows, sink, |_| ())
}

/// [`report`] with a hand in every coin.
pub(crate) fn report_of<S: ChunkSink + Clone>(
    markets: &[Market],
    rows: u32,
    sink: S,
    change: impl Fn(&mut Constituent),
) -> Vec<ArtifactDigest> {
    let templates = Templates::load().unwrap();
    let (snapshot, series, findings) = (snapshot(markets), series(markets), findings(markets));
    let mut writer = ReportWriter::new(templates, meta(), sink);
    writer.open().unwrap();
    writer.summary(&snapshot, &findings).unwrap();
    if let Some(last) = &findings.last {
        writer.since(&snapshot, last).unwrap();
    }
    writer.indices(&snapshot, &series, &findings).unwrap();
    writer.technicals(&findings).unwrap();
    writer.correlations(&findings).unwrap();
    writer.crypto(&snapshot, findings.participation.as_ref()).unwrap();
    for first in (1..=rows).step_by(250) {
        let mut coins = coins(first, 250.min(rows + 1 - first));
        coins.iter_mut().for_each(&change);
        if first == 1 {
            writer.movers(&coins).unwrap();
            writer.table_begin().unwrap();
        }
        writer.table_page(&coins).unwrap();
    }
    writer.table_end(&TableEnd::Complete).unwrap();
    writer.method(&snapshot).unwrap();
    writer.finish().unwrap()
}

/// The viewer's page of a report in one language.
pub(crate) fn page_of(shelf: &Shelf, language: Language) -> String {
    let ReportMeta { created_at, zone, languages, .. } = meta();
    let mut page = Vec::new();
    for part in page::viewer(&PageHead { id: 7, created_at, zone, languages }, language).unwrap() {
        match part {
            PagePart::Text(text) => page.extend(text.into_bytes()),
            PagePart::Artifact(name, place) => {
                let mut embedder = Embedder::new(place);
                page.extend(embedder.push(shelf.text(name).into_bytes()));
                page.extend(embedder.finish());
            }
        }
    }
    String::from_utf8(page).unwrap()
}
