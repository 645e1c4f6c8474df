//! Made-up data that leads through every branch of every template, for the check at the program's start.
//!
//! Two markets: one of which everything is known, one of which everything has failed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tera::{Context, Value};

use super::compose::{
    correlations, crypto, indices, masthead, method, movers, script, since, summary, table, technicals,
};
use super::language::Language;
use super::listing::Listing;
use super::locale::Locale;
use super::model::{Findings, IndexSeries, LastReport, ReportMeta, Study, TableEnd};
use super::section::Section;
use super::text::TextError;
use crate::market::candles::Daily;
use crate::market::model::{
    Breadth, CATALOGUE, Constituent, CryptoOverview, FearGreed, Good, Index, IndexReading, Quote, Reading,
    Snapshot, SourceName, SourceOutcome,
};
use crate::market::parse::bars::Bar;
use crate::market::participation::{Altcoins, Participation};
use crate::market::technicals::Technicals;
use crate::persistence::messages::StoredReport;

/// What every section is rendered with, more than once where it has branches.
pub(super) fn views(language: Language) -> Result<Vec<(Section, Context)>, TextError> {
    let locale = &Locale { language, zone: TimeZone::UTC };
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24);
    let meta = &ReportMeta {
        edition: "specimen".to_owned(),
        created_at: now,
        zone: TimeZone::UTC,
        languages: vec![language],
    };
    let coins = &[rising(), unknown()];
    let traces = &table::traces(coins);
    let cut_short = TableEnd::CutShort { error: "refused".to_owned() };
    let words = script::script(locale)?;
    let mut views = vec![
        (Section::Style, context(&words)),
        (Section::Script, context(&words)),
        (Section::Masthead, context(&masthead::masthead(locale, meta)?)),
        (Section::Movers, context(&movers::movers(locale, coins)?)),
        (Section::Movers, context(&movers::movers(locale, &[])?)),
        (Section::TableHead, context(&table::head(locale)?)),
        (Section::TableRows, context(&table::rows(locale, coins, traces)?)),
        (Section::TableFoot, context(&table::foot(locale, table::Tally::default(), &TableEnd::Complete)?)),
        (Section::TableFoot, context(&table::foot(locale, table::Tally::default(), &cut_short)?)),
        (Section::TableAbsent, context(&table::absence("refused"))),
    ];
    let last = &LastReport { created_at: now, values: vec![("vnindex".to_owned(), 1.0)] };
    let found = &found(language, last);
    for findings in [&Findings::default(), found] {
        views.push((Section::Technicals, context(&technicals::table(locale, findings)?)));
    }
    if let Some(matrix) = correlations::matrix(locale, found)? {
        views.push((Section::Correlations, context(&matrix)));
    }
    let series = &[IndexSeries { name: "vnindex".to_owned(), points: vec![(now, 1.0), (now, 2.0)] }];
    for snapshot in [&known(now), &failed(now, None), &failed(now, Some(now))] {
        for findings in [&Findings::default(), found] {
            views.push((Section::Summary, context(&summary::summary(locale, snapshot, findings, now)?)));
        }
        views.push((Section::Since, context(&since::since(locale, snapshot, last, now)?)));
        views.push((Section::Indices, context(&indices::indices(locale, snapshot, series, found, now)?)));
        views.push((Section::Method, context(&method::method(locale, meta, snapshot)?)));
        if let Some(crypto) = crypto::crypto(locale, snapshot, found.participation.as_ref(), now)? {
            views.push((Section::Crypto, context(&crypto)));
        }
    }
    let stored =
        StoredReport { id: 1, edition: "specimen".to_owned(), created_at: now, artifacts: Vec::new() };
    for (reports, older) in [(&[][..], None), (&[stored][..], Some(1))] {
        let listing = Listing { reports, older, zone: &locale.zone };
        views.push((Section::Listing, context(&listing.view(language))));
    }
    Ok(views)
}

fn context(view: &impl serde::Serialize) -> Context {
    // Every view is a struct of strings and numbers, which always has such a form.
    let mut context = Context::new();
    if let Some(map) = Value::from_serializable(view).into_map() {
        for (key, value) in map {
            context.insert_value(key.to_string(), value);
        }
    }
    context
}

fn good<T>(value: T, fetched_at: Timestamp) -> Good<T> {
    Good { value, source: SourceName::Vietcap, fetched_at }
}

fn known(now: Timestamp) -> Snapshot {
    let reading = |name: &'static str| IndexReading {
        name: name.to_owned(),
        own: None,
        reading: Reading::Known(good(quote(now), now)),
    };
    let outcome = |source, error: Option<&str>| SourceOutcome {
        source,
        error: error.map(str::to_owned),
        duration_ms: 1,
    };
    Snapshot {
        taken_at: now,
        indices: CATALOGUE.iter().map(|index| reading(index.name)).collect(),
        crypto: Some(Reading::Known(good(overview(now), now))),
        fear_greed: Some(Reading::Known(good(fear_greed(now), now))),
        btc_rsi_14: None,
        sources: vec![outcome(SourceName::Vietcap, None), outcome(SourceName::Yahoo, Some("refused"))],
        fetch_duration_ms: 1,
    }
}

fn failed(now: Timestamp, last_good_at: Option<Timestamp>) -> Snapshot {
    fn reading<T>(value: T, last_good_at: Option<Timestamp>) -> Reading<T> {
        Reading::Failed { error: "refused".to_owned(), last_good: last_good_at.map(|at| good(value, at)) }
    }
    Snapshot {
        taken_at: now,
        indices: CATALOGUE
            .iter()
            .map(|index| IndexReading {
                name: index.name.to_owned(),
                own: None,
                reading: reading(quote(now), last_good_at),
            })
            .collect(),
        crypto: Some(reading(overview(now), last_good_at)),
        fear_greed: Some(reading(fear_greed(now), last_good_at)),
        btc_rsi_14: None,
        sources: Vec::new(),
        fetch_duration_ms: 1,
    }
}

/// Indicators of two indices, none of a third, counts, and the words of a language model.
fn found(language: Language, last: &LastReport) -> Findings {
    let bar = |day: i64| {
        let close = 100.0 + day as f64 % 7.0;
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
        Bar { at, open: close, high: close + 1.0, low: close - 1.0, close, volume: None }
    };
    let days = (0..60).map(|day| (TimeZone::UTC.to_datetime(bar(day).at).date(), bar(day))).collect();
    let daily = Daily { source: SourceName::Vietcap, days };
    let study = |index: &'static Index| {
        let outcome = Technicals::of(index, &daily).ok_or_else(|| "nothing".to_owned());
        Study { index, outcome }
    };
    let mut studies: Vec<Study> = CATALOGUE.iter().take(2).map(study).collect();
    if let Some(Study { outcome: Ok(technicals), .. }) = studies.first_mut() {
        technicals.rsi_14 = Some(80.0);
    }
    studies.extend(CATALOGUE.last().map(|index| Study { index, outcome: Err("refused".to_owned()) }));
    let altcoins = Some(Altcoins { percent: 50.0, coins: 2, bitcoin_30d: 1.0 });
    let participation =
        Participation { coins: 4, advances: 1, declines: 1, unchanged: 1, unknown: 1, altcoins };
    Findings {
        studies,
        last: Some(last.clone()),
        participation: Some(participation),
        narratives: vec![(language, "words".to_owned())],
    }
}

fn quote(at: Timestamp) -> Quote {
    let breadth = Breadth { advances: 2, declines: 1, unchanged: 1, ceiling: 1, floor: 1 };
    Quote {
        at,
        open: Some(1.0),
        high: Some(2.0),
        low: Some(1.0),
        close: 2.0,
        volume: Some(1e6),
        previous_close: Some(1.5),
        breadth: Some(breadth),
    }
}

fn overview(at: Timestamp) -> CryptoOverview {
    CryptoOverview {
        at,
        market_cap_usd: 2e12,
        volume_24h_usd: 1e11,
        market_cap_change_24h_percent: Some(1.0),
        btc_dominance_percent: Some(50.0),
        eth_dominance_percent: Some(12.0),
    }
}

fn fear_greed(at: Timestamp) -> FearGreed {
    FearGreed { at, value: 50, label: "Neutral".to_owned() }
}

fn rising() -> Constituent {
    Constituent {
        rank: Some(1),
        symbol: "ONE".to_owned(),
        name: "One".to_owned(),
        price: Some(1.0),
        market_cap: Some(1e9),
        volume: Some(1e9),
        change_1h: Some(0.0),
        change_24h: Some(1.0),
        change_7d: Some(-1.0),
        change_30d: Some(-1.0),
        sparkline: vec![1.0, 2.0],
    }
}

fn unknown() -> Constituent {
    Constituent {
        rank: None,
        symbol: String::new(),
        name: String::new(),
        price: None,
        market_cap: None,
        volume: None,
        change_1h: None,
        change_24h: None,
        change_7d: None,
        change_30d: None,
        sparkline: Vec::new(),
    }
}
