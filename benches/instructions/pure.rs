//! Work without actors: parsing, rendering, cutting into chunks, judging.

use std::hint::black_box;
use std::io::{self, Write};

use evenkeel::market::model::{Constituent, Market, Snapshot};
use evenkeel::market::parse::{
    alternative_me, binance, coingecko, coinpaprika, entrade, kbs, vietcap, yahoo,
};
use evenkeel::memory::trend;
use evenkeel::persistence::messages::ArtifactName;
use evenkeel::report::chunk::{ChunkSink, ChunkWriter};
use evenkeel::report::model::{Findings, IndexSeries};
use evenkeel::report::render::Templates;
use evenkeel::report::writer::{ReportWriter, WriteError};

use crate::{Scenario, sample};

const MARKETS: [Market; 3] = [Market::Vietnam, Market::Crypto, Market::Us];

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/fixtures/market/", $name)).as_slice()
    };
}

/// A parser over its fixture.
macro_rules! parse {
    ($name:literal, $body:ident = $fixture:literal, $parse:expr) => {
        Scenario {
            name: concat!("parse ", $name),
            times: 200,
            run: |times| {
                for _ in 0..times {
                    let $body = black_box(fixture!($fixture));
                    black_box($parse).unwrap();
                }
            },
        }
    };
}

/// A section in both languages.
macro_rules! render {
    ($name:literal, $times:literal, |$writer:ident, $data:ident| $write:expr) => {
        Scenario {
            name: concat!("render ", $name),
            times: $times,
            run: |times| render(times, |$writer, $data| $write),
        }
    };
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    parse!("vietcap's snapshot", body = "vietcap_snapshot.json", vietcap::parse_snapshot(body)),
    parse!("vietcap's chart", body = "vietcap_chart.json", vietcap::parse_chart(body)),
    parse!("entrade's chart", body = "entrade_chart.json", entrade::parse_chart(body)),
    parse!("kbs's chart", body = "kbs_chart.json", kbs::parse_chart(body, "VNINDEX")),
    parse!("binance's tickers", body = "binance_tickers.json", binance::parse_tickers(body)),
    parse!("coingecko's totals", body = "coingecko_global.json", coingecko::parse_global(body)),
    parse!(
        "coingecko's coins",
        body = "coingecko_markets.json",
        coingecko::parse_constituents(body, &mut |coin| drop(black_box(coin)))
    ),
    parse!("coinpaprika's totals", body = "coinpaprika_global.json", coinpaprika::parse_global(body)),
    parse!("alternative.me's mood", body = "fear_greed.json", alternative_me::parse_fear_greed(body)),
    parse!("yahoo's chart", body = "yahoo_chart.json", yahoo::parse_chart(body, "^GSPC")),
    render!("the masthead, styles and scripts", 20, |writer, _data| writer.open()),
    render!("the summary", 20, |writer, data| writer.summary(&data.snapshot, &data.findings)),
    render!("the indices", 10, |writer, data| writer.indices(&data.snapshot, &data.series, &data.findings)),
    render!("the indicators", 4, |writer, data| writer.technicals(&data.findings)),
    render!("the correlations", 20, |writer, data| writer.correlations(&data.findings)),
    render!("crypto", 20, |writer, data| writer.crypto(&data.snapshot, data.findings.participation.as_ref())),
    render!("the movers", 20, |writer, data| writer.movers(&data.coins)),
    render!("50 rows of the table", 4, |writer, data| writer.table_page(&data.coins[..50])),
    render!("the method", 20, |writer, data| writer.method(&data.snapshot)),
    Scenario { name: "cut, measure and hash 1 MiB", times: 4, run: chunks },
    Scenario { name: "judge a day of readings for a trend", times: 4, run: judge },
];

struct Data {
    snapshot: Snapshot,
    series: Vec<IndexSeries>,
    findings: Findings,
    coins: Vec<Constituent>,
}

/// Takes chunks and keeps none.
#[derive(Clone)]
struct Nowhere;

impl ChunkSink for Nowhere {
    fn append(&mut self, _: ArtifactName, _: u32, body: Vec<u8>) -> io::Result<()> {
        drop(black_box(body));
        Ok(())
    }
}

fn render(times: u32, write: fn(&mut ReportWriter<Nowhere>, &Data) -> Result<(), WriteError>) {
    let templates = Templates::load().unwrap();
    let (snapshot, series) = (sample::snapshot(&MARKETS), sample::series(&MARKETS));
    let findings = sample::findings(&MARKETS);
    let data = Data { snapshot, series, findings, coins: sample::coins(1, 250) };
    for _ in 0..times {
        let mut writer = ReportWriter::new(templates.clone(), sample::meta(), Nowhere);
        write(&mut writer, black_box(&data)).unwrap();
    }
}

fn chunks(times: u32) {
    // The template engine writes in pieces of some ten bytes.
    let piece = [b'x'; 16];
    for _ in 0..times {
        let mut writer = ChunkWriter::new("css", Nowhere);
        for _ in 0..(1 << 20) / piece.len() {
            writer.write_all(black_box(&piece)).unwrap();
        }
        black_box(writer.finish().unwrap());
    }
}

/// As many floors as the monitor judges at once: a day of buckets of ten minutes.
fn judge(times: u32) {
    let floors: Vec<f64> = (0..144_u32).map(|bucket| f64::from(bucket * 7919 % 1000)).collect();
    for _ in 0..times {
        black_box(trend::slope(black_box(&floors)));
    }
}
