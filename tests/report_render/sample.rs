//! A made-up market: the same numbers on every machine.

#![allow(dead_code)] // a benchmark uses a part of it

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use evenkeel::market::candles::Daily;
use evenkeel::market::model::{
    Breadth, CATALOGUE, Constituent, CryptoOverview, FearGreed, Good, Index, IndexReading, Market, Quote,
    Reading, Snapshot, SourceName, SourceOutcome,
};
use evenkeel::market::parse::bars::Bar;
use evenkeel::market::participation::Participation;
use evenkeel::market::points::{BTC_DOMINANCE, CRYPTO_MARKET_CAP, FEAR_GREED};
use evenkeel::market::technicals::Technicals;
use evenkeel::persistence::messages::{ArtifactDigest, ArtifactName};
use evenkeel::report::chunk::ChunkSink;
use evenkeel::report::language::Language;
use evenkeel::report::model::{Findings, IndexSeries, LastReport, ReportMeta, Study, TableEnd};
use evenkeel::report::page::{self, Embedder, PageHead, PagePart};
use evenkeel::report::render::Templates;
use evenkeel::report::writer::ReportWriter;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

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

/// A random walk that needs no crate: the numbers have to look alive, not to be random.
pub(crate) struct Walk(u64);

impl Walk {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Evenly distributed in -1 … 1.
    pub(crate) fn step(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-04-24T00:45:00Z".parse().unwrap()
}

pub(crate) fn meta() -> ReportMeta {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    ReportMeta { edition: "market".to_owned(), created_at: now(), zone, languages: Language::ALL.to_vec() }
}

fn minutes_ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

fn good<T>(value: T, source: SourceName, fetched_at: Timestamp) -> Good<T> {
    Good { value, source, fetched_at }
}

fn level(index: &Index) -> f64 {
    match index.name {
        "vnindex" => 1_853.29,
        "vn30" => 2_011.42,
        "hnxindex" => 251.07,
        "hnx30" => 548.9,
        "upcomindex" => 127.33,
        "btc" => 78_231.5,
        "eth" => 2_310.08,
        "sol" => 86.41,
        "xrp" => 1.4312,
        "ada" => 0.2511,
        "link" => 9.33,
        "bnb" => 632.7,
        "gspc" => 7_165.08,
        "ixic" => 24_836.6,
        "dji" => 49_230.71,
        _ => 18.71,
    }
}

fn quote(index: &Index) -> Quote {
    let close = level(index);
    let mut walk = Walk::seeded(index.name.bytes().map(u64::from).sum());
    let previous = close / (1.0 + 0.018 * walk.step());
    let breadth = Breadth { advances: 218, declines: 97, unchanged: 52, ceiling: 9, floor: 2 };
    let at = match index.market {
        Market::Vietnam => "2026-04-23T07:45:00Z".parse().unwrap(),
        Market::Crypto | Market::Us => minutes_ago(1),
    };
    Quote {
        at,
        open: Some(previous * 1.001),
        high: Some(close.max(previous) * 1.004),
        low: Some(close.min(previous) * 0.996),
        close,
        volume: Some(close * 410_000.0),
        previous_close: Some(previous),
        breadth: (index.name == "vnindex").then_some(breadth),
    }
}

/// A morning on which nearly everything answered: one index is old, one is missing, one source failed.
pub(crate) fn snapshot(markets: &[Market]) -> Snapshot {
    let reading = |index: &Index| match index.name {
        "hnx30" => Reading::Failed {
            error: "vietcap: 429, retry after 119 s; entrade: no such index; kbs: timed out after 8 s"
                .to_owned(),
            last_good: Some(good(quote(index), SourceName::Vietcap, minutes_ago(42))),
        },
        "upcomindex" => Reading::Failed {
            error: "vietcap: 403 <html> & no data; kbs: refused".to_owned(),
            last_good: None,
        },
        _ => Reading::Known(good(quote(index), SourceName::Vietcap, now())),
    };
    let indices = CATALOGUE
        .iter()
        .filter(|index| markets.contains(&index.market))
        .map(|index| IndexReading { name: index.name.to_owned(), own: None, reading: reading(index) })
        .collect();
    let overview = CryptoOverview {
        at: minutes_ago(4),
        market_cap_usd: 2.62e12,
        volume_24h_usd: 98.4e9,
        market_cap_change_24h_percent: Some(-0.87),
        btc_dominance_percent: Some(59.83),
        eth_dominance_percent: Some(10.64),
    };
    let mood = FearGreed { at: "2026-04-24T00:00:00Z".parse().unwrap(), value: 33, label: "Fear".to_owned() };
    let outcome = |source, duration_ms, error: Option<&str>| SourceOutcome {
        source,
        error: error.map(str::to_owned),
        duration_ms,
    };
    Snapshot {
        taken_at: minutes_ago(2),
        indices,
        crypto: Some(Reading::Known(good(overview, SourceName::Coingecko, minutes_ago(4)))),
        fear_greed: Some(Reading::Known(good(mood, SourceName::AlternativeMe, minutes_ago(40)))),
        btc_rsi_14: None,
        sources: vec![
            outcome(SourceName::Vietcap, 412, None),
            outcome(SourceName::Entrade, 1_873, None),
            outcome(SourceName::Kbs, 8_002, Some("timed out after 8 s")),
            outcome(SourceName::Binance, 154, None),
            outcome(SourceName::Coingecko, 688, None),
        ],
        fetch_duration_ms: 8_010,
    }
}

/// A day of history in steps of three minutes, ending at today's value; one index has none.
pub(crate) fn series(markets: &[Market]) -> Vec<IndexSeries> {
    let with_history = |index: &&Index| markets.contains(&index.market) && index.name != "link";
    CATALOGUE
        .iter()
        .filter(with_history)
        .map(|index| {
            let mut walk = Walk::seeded(7 + index.name.bytes().map(u64::from).sum::<u64>());
            let mut value = level(index);
            let mut points: Vec<(Timestamp, f64)> = (0..480)
                .map(|step| {
                    let point = (minutes_ago(3 * step), value);
                    value *= 1.0 + 0.0011 * walk.step();
                    point
                })
                .collect();
            points.reverse();
            IndexSeries { name: index.name.to_owned(), points }
        })
        .collect()
}

/// 300 days of an index up to the day before, ending at its level.
fn daily(index: &Index) -> Daily {
    let mut walk = Walk::seeded(31 + index.name.bytes().map(u64::from).sum::<u64>());
    let mut close = level(index);
    let mut days = Vec::new();
    for back in 1..=300 {
        let at = now() - SignedDuration::from_hours(24 * back);
        let open = close * (1.0 + 0.012 * walk.step());
        let bar = Bar {
            at,
            open,
            high: open.max(close) * (1.0 + 0.004 * walk.step().abs()),
            low: open.min(close) * (1.0 - 0.004 * walk.step().abs()),
            close,
            volume: None,
        };
        days.push((TimeZone::UTC.to_datetime(at).date(), bar));
        close = open;
    }
    days.reverse();
    Daily { source: SourceName::Vietcap, days }
}

/// Indicators of every index but one, a report three hours before, and counts over the first page of coins.
pub(crate) fn findings(markets: &[Market]) -> Findings {
    let study = |index: &'static Index| {
        let outcome = match index.name {
            "upcomindex" => Err("vietcap: 403 <html>; entrade: no such index; kbs: refused".to_owned()),
            _ => Technicals::of(index, &daily(index)).ok_or_else(String::new),
        };
        Study { index, outcome }
    };
    let known = CATALOGUE.iter().filter(|index| markets.contains(&index.market));
    let mut values: Vec<(String, f64)> = known
        .clone()
        .map(|index| {
            let mut walk = Walk::seeded(53 + index.name.bytes().map(u64::from).sum::<u64>());
            (index.name.to_owned(), level(index) * (1.0 + 0.012 * walk.step()))
        })
        .collect();
    values.extend([
        (CRYPTO_MARKET_CAP.to_owned(), 2.64e12),
        (BTC_DOMINANCE.to_owned(), 59.61),
        (FEAR_GREED.to_owned(), 36.0),
    ]);
    Findings {
        studies: known.map(study).collect(),
        last: Some(LastReport { created_at: minutes_ago(180), values }),
        participation: Some(Participation::of(&coins(1, 250))),
        narratives: Vec::new(),
    }
}

/// The coin of that rank: its price, its week and its changes follow from the rank.
pub(crate) fn coin(rank: u32) -> Constituent {
    const FIRST: [(&str, &str, f64); 8] = [
        ("BTC", "Bitcoin", 78_231.5),
        ("ETH", "Ethereum", 2_310.08),
        ("USDT", "Tether", 1.0),
        ("XRP", "XRP", 1.4312),
        ("BNB", "BNB", 632.7),
        ("SOL", "Solana", 86.41),
        ("USDC", "USDC", 0.9998),
        ("DOGE", "Dogecoin", 0.0981),
    ];
    const BEGINNINGS: [&str; 12] = [
        "Harbour", "Lotus", "Mekong", "Tide", "Quartz", "Ember", "Saigon", "Anchor", "Cobalt", "Meridian",
        "Orchid", "Delta",
    ];
    const ENDINGS: [&str; 9] =
        ["", " Finance", " Network", " Token", " Protocol", " Cash", " Chain", " DAO", " Inu"];
    let mut walk = Walk::seeded(u64::from(rank));
    let named = FIRST.get(rank as usize - 1);
    let serial = rank as usize;
    let name = named.map_or_else(
        || format!("{}{}", BEGINNINGS[serial % 12], ENDINGS[serial / 12 % 9]),
        |(_, name, _)| (*name).to_owned(),
    );
    let symbol = named.map_or_else(
        || format!("{}{}", &BEGINNINGS[serial % 12][..3].to_uppercase(), serial % 97),
        |(symbol, _, _)| (*symbol).to_owned(),
    );
    let stable = symbol.starts_with("USD");
    let price =
        named.map_or_else(|| 10f64.powf(2.0 + 6.0 * walk.step() - f64::from(rank) / 300.0), |coin| coin.2);
    let swing = if stable { 0.0004 } else { 0.004 + 0.008 * walk.step().abs() };
    let mut sparkline = vec![price as f32; 168];
    let mut value = price;
    for point in sparkline.iter_mut().rev() {
        *point = value as f32;
        value *= 1.0 + swing * walk.step();
    }
    let since = |hours: usize| Some((price / f64::from(sparkline[168 - 1 - hours]) - 1.0) * 100.0);
    Constituent {
        rank: Some(rank),
        symbol,
        name,
        price: Some(price),
        market_cap: Some(1.56e12 / f64::from(rank).powf(1.55)),
        volume: Some(4.1e10 / f64::from(rank).powf(1.4) * (1.2 + walk.step())),
        change_1h: since(1),
        change_24h: since(24),
        change_7d: since(167),
        change_30d: since(167).map(|change| change * 1.9 + 0.5),
        sparkline,
    }
}

pub(crate) fn coins(first: u32, length: u32) -> Vec<Constituent> {
    (first..first + length).map(coin).collect()
}

/// Writes a whole report of `rows` coins, in pages of 250.
pub(crate) fn report<S: ChunkSink + Clone>(markets: &[Market], rows: u32, sink: S) -> Vec<ArtifactDigest> {
    report_of(markets, rows, sink, |_| ())
}

/// What a coin looks like whose data is absurd or meant to do harm; every eighth is left alone.
pub(crate) fn spoil(coin: &mut Constituent) {
    match coin.rank.unwrap_or(0) % 8 {
        0 => coin.name = "x".repeat(10_000),
        1 => coin.name = "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        2 => coin.name = "\u{202e}عملة رقمية\u{2069}".to_owned(),
        3 => coin.name = "🚀👩\u{200d}🚀 to the 🌕 ".repeat(40),
        4 => (coin.price, coin.market_cap, coin.volume) = (Some(1e-12), Some(1e15), Some(1e15)),
        5 => (coin.price, coin.change_24h, coin.symbol) = (Some(1e15), Some(999_999.0), "W".repeat(24)),
        6 => {
            (coin.rank, coin.price, coin.market_cap, coin.volume) = (None, None, None, None);
            (coin.change_1h, coin.change_24h, coin.change_7d, coin.change_30d) = (None, None, None, None);
            coin.sparkline.clear();
        }
        _ => {}
    }
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
