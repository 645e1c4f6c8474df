//! Whatever the market says, a report comes out whole: elements closed, foreign text escaped, no number that is none.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use arbitrary::{Arbitrary, Unstructured};
use evenkeel::market::candles::Daily;
use evenkeel::market::model::{
    Breadth, CATALOGUE, Constituent, CryptoOverview, FearGreed, Good, IndexReading, Quote, Reading, Snapshot,
    SourceName, SourceOutcome,
};
use evenkeel::market::parse::bars::Bar;
use evenkeel::market::participation::Participation;
use evenkeel::market::technicals::Technicals;
use evenkeel::persistence::messages::ArtifactName;
use evenkeel::report::chunk::ChunkSink;
use evenkeel::report::language::Language;
use evenkeel::report::model::{Findings, IndexSeries, LastReport, ReportMeta, Study, TableEnd};
use evenkeel::report::render::Templates;
use evenkeel::report::writer::{ReportWriter, WriteError};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| match Templates::load() {
    Ok(templates) => templates,
    Err(error) => panic!("{error}"),
});

/// A market as no exchange has ever seen it.
#[derive(Debug, Arbitrary)]
struct Market {
    indices: Vec<Index>,
    coins: Vec<Coin>,
    overview: Option<[Option<f64>; 5]>,
    mood: Option<(u8, String)>,
    sources: Vec<(Option<String>, u64)>,
    error: String,
    last: Vec<(u8, f64)>,
    narrative: Option<String>,
    age_s: i32,
}

#[derive(Debug, Arbitrary)]
struct Index {
    which: u8,
    close: f64,
    others: [Option<f64>; 5],
    breadth: Option<[u32; 5]>,
    failed: Option<String>,
    without_value: bool,
    series: Vec<(i16, f64)>,
    candles: Vec<f64>,
    no_candles: Option<String>,
}

#[derive(Debug, Arbitrary)]
struct Coin {
    rank: Option<u32>,
    symbol: String,
    name: String,
    values: [Option<f64>; 7],
    sparkline: Vec<f32>,
}

#[derive(Debug, Clone, Default)]
struct Shelf(Arc<Mutex<BTreeMap<ArtifactName, Vec<u8>>>>);

impl ChunkSink for Shelf {
    fn append(&mut self, artifact: ArtifactName, _seq: u32, body: Vec<u8>) -> io::Result<()> {
        let mut kept = self.0.lock().map_err(|_| io::Error::other("poisoned"))?;
        kept.entry(artifact).or_default().extend(body);
        Ok(())
    }
}

/// Renders a whole report and looks at it.
pub fn check(data: &[u8]) {
    let Ok(market) = Market::arbitrary(&mut Unstructured::new(data)) else { return };
    let shelf = Shelf::default();
    if let Err(error) = write(&market, shelf.clone()) {
        panic!("{error}: {:?}", std::error::Error::source(&error));
    }
    let Ok(kept) = shelf.0.lock() else { return };
    for (name, bytes) in kept.iter().filter(|(name, _)| name.starts_with("html")) {
        match std::str::from_utf8(bytes) {
            Ok(html) => look(name, html),
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

fn write(market: &Market, shelf: Shelf) -> Result<(), WriteError> {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(490_000);
    let at = now.saturating_sub(SignedDuration::from_secs(market.age_s.into())).unwrap_or(now);
    let (snapshot, findings) = (market.snapshot(at), market.findings(at));
    let languages = Language::ALL.to_vec();
    let meta = ReportMeta { edition: "fuzz".to_owned(), created_at: now, zone: TimeZone::UTC, languages };
    let mut writer = ReportWriter::new(TEMPLATES.clone(), meta, shelf);
    let coins: Vec<Constituent> = market.coins.iter().map(Coin::constituent).collect();
    writer.open()?;
    writer.summary(&snapshot, &findings)?;
    if let Some(last) = &findings.last {
        writer.since(&snapshot, last)?;
    }
    writer.indices(&snapshot, &market.series(at), &findings)?;
    writer.technicals(&findings)?;
    writer.correlations(&findings)?;
    writer.crypto(&snapshot, findings.participation.as_ref())?;
    writer.movers(&coins)?;
    writer.table_begin()?;
    writer.table_page(&coins)?;
    writer.table_end(&TableEnd::CutShort { error: market.error.clone() })?;
    writer.method(&snapshot)?;
    writer.finish().map(drop)
}

/// No tag, no number and no character of the report may come from outside as it was.
fn look(name: &str, html: &str) {
    const VOID: [&str; 6] = ["circle", "path", "rect", "br", "line", "polyline"];
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { panic!("{name}: <{piece} does not end") };
        let element = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        assert!(!["script", "img", "iframe", "style"].contains(&element), "{name}: <{tag}>");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(element), "{name}: </{element}>");
        } else if !tag.ends_with('/') && !VOID.contains(&element) {
            open.push(element);
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} are not closed");
    // A coin may be called inf; no attribute and no coordinate may be.
    for wrong in ["=\"NaN", "=\"inf", "=\"-inf", "=\"MNaN", "=\"Minf", "\u{202e}", "\u{2066}", "\0"] {
        assert!(!html.contains(wrong), "{name} holds {wrong:?}");
    }
}

impl Market {
    fn snapshot(&self, at: Timestamp) -> Snapshot {
        let overview = self.overview.map(|[cap, volume, change, btc, eth]| CryptoOverview {
            at,
            market_cap_usd: cap.unwrap_or(f64::NAN),
            volume_24h_usd: volume.unwrap_or(f64::NAN),
            market_cap_change_24h_percent: change,
            btc_dominance_percent: btc,
            eth_dominance_percent: eth,
        });
        let mood = self.mood.as_ref();
        let mood = mood.map(|(value, label)| FearGreed { at, value: *value, label: label.clone() });
        Snapshot {
            taken_at: at,
            indices: self.indices.iter().map(|index| index.reading(at)).collect(),
            crypto: overview.map(|value| Reading::Known(good(value, at))),
            fear_greed: mood.map(|value| Reading::Known(good(value, at))),
            btc_rsi_14: None,
            sources: self.sources.iter().map(outcome).collect(),
            fetch_duration_ms: 1,
        }
    }

    fn findings(&self, at: Timestamp) -> Findings {
        let coins: Vec<Constituent> = self.coins.iter().map(Coin::constituent).collect();
        let name = |which: &u8| CATALOGUE[usize::from(*which) % CATALOGUE.len()].name.to_owned();
        let values = self.last.iter().map(|(which, value)| (name(which), *value)).collect();
        let narratives = self.narrative.iter().map(|text| (Language::En, text.clone())).collect();
        Findings {
            studies: self.indices.iter().map(Index::study).collect(),
            last: Some(LastReport { created_at: at, values }),
            participation: Some(Participation::of(&coins)),
            narratives,
        }
    }

    fn series(&self, at: Timestamp) -> Vec<IndexSeries> {
        let point = |(minutes, value): &(i16, f64)| {
            (at.saturating_add(SignedDuration::from_mins((*minutes).into())).unwrap_or(at), *value)
        };
        let series = |index: &Index| {
            let mut points: Vec<_> = index.series.iter().map(point).collect();
            points.sort_by_key(|(at, _)| *at);
            IndexSeries { name: index.entry().name.to_owned(), points }
        };
        self.indices.iter().map(series).collect()
    }
}

impl Index {
    fn entry(&self) -> &'static evenkeel::market::model::Index {
        &CATALOGUE[usize::from(self.which) % CATALOGUE.len()]
    }

    fn reading(&self, at: Timestamp) -> IndexReading {
        let [open, high, low, volume, previous_close] = self.others;
        let breadth = self.breadth.map(|[advances, declines, unchanged, ceiling, floor]| Breadth {
            advances,
            declines,
            unchanged,
            ceiling,
            floor,
        });
        let quote = Quote { at, open, high, low, close: self.close, volume, previous_close, breadth };
        let last_good = (!self.without_value).then(|| good(quote.clone(), at));
        let reading = match &self.failed {
            Some(error) => Reading::Failed { error: error.clone(), last_good },
            None => Reading::Known(good(quote, at)),
        };
        IndexReading { name: self.entry().name.to_owned(), own: None, reading }
    }

    fn study(&self) -> Study {
        let bar = |(day, close): (usize, &f64)| {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day as i64);
            let bar = Bar { at, open: *close, high: *close, low: *close, close: *close, volume: None };
            (TimeZone::UTC.to_datetime(at).date(), bar)
        };
        let days = self.candles.iter().filter(|close| close.is_finite() && **close > 0.0).enumerate();
        let daily = Daily { source: SourceName::Kbs, days: days.map(bar).collect() };
        let index = self.entry();
        let outcome = match &self.no_candles {
            Some(error) => Err(error.clone()),
            None => Technicals::of(index, &daily).ok_or_else(|| "no day".to_owned()),
        };
        Study { index, outcome }
    }
}

impl Coin {
    fn constituent(&self) -> Constituent {
        let [price, market_cap, volume, change_1h, change_24h, change_7d, change_30d] = self.values;
        Constituent {
            rank: self.rank,
            symbol: self.symbol.clone(),
            name: self.name.clone(),
            price,
            market_cap,
            volume,
            change_1h,
            change_24h,
            change_7d,
            change_30d,
            sparkline: self.sparkline.clone(),
        }
    }
}

fn good<T>(value: T, fetched_at: Timestamp) -> Good<T> {
    Good { value, source: SourceName::Binance, fetched_at }
}

fn outcome((error, duration_ms): &(Option<String>, u64)) -> SourceOutcome {
    SourceOutcome { source: SourceName::Yahoo, error: error.clone(), duration_ms: *duration_ms }
}
