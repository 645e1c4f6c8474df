//! The constituents table: a caption, rows in small slices, and a last line that counts what was shown.

use serde::Serialize;

use super::movement::{Change, Direction};
use super::quantity::{amount, percent, price, written};
use crate::market::model::Constituent;
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::model::TableEnd;
use crate::report::number::ABSENT;
use crate::report::sparkline::{self, ROW, Trace};
use crate::report::text::{Key, TextError};

/// What stands before the first row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Head {
    caption: String,
}

/// Some rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Rows {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    rank: Cell,
    name: String,
    symbol: String,
    price: Cell,
    change_1h: MovedCell,
    change_24h: MovedCell,
    change_7d: MovedCell,
    market_cap: Cell,
    volume: Cell,
    low: String,
    high: String,
    chart: Option<Chart>,
}

/// A value as it is read and as it is sorted.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Cell {
    text: String,
    /// Nothing sorts last.
    value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct MovedCell {
    change: Change,
    value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Chart {
    direction: Direction,
    line: String,
    title: String,
}

/// What stands after the last row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Foot {
    counted: String,
    /// Why rows are missing.
    cut_short: Option<String>,
}

/// What stands in the place of a table that there is none of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Absence {
    error: String,
}

/// Counts of what has been shown, the same in every language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::report) struct Tally {
    rows: u64,
    advances: u64,
    declines: u64,
    unchanged: u64,
    unknown: u64,
}

impl Tally {
    pub(in crate::report) fn add(&mut self, coins: &[Constituent]) {
        self.rows += coins.len() as u64;
        for coin in coins {
            match Direction::of(coin.change_24h) {
                Direction::Up => self.advances += 1,
                Direction::Down => self.declines += 1,
                Direction::Flat => self.unchanged += 1,
                Direction::Unknown => self.unknown += 1,
            }
        }
    }
}

/// The sparklines of some coins, in their order; drawn once and used in every language.
pub(in crate::report) fn traces(coins: &[Constituent]) -> Vec<Option<Trace>> {
    let trace =
        |coin: &Constituent| sparkline::trace(coin.sparkline.iter().copied().map(f64::from), None, ROW);
    coins.iter().map(trace).collect()
}

pub(in crate::report) fn head(locale: &Locale) -> Result<Head, TextError> {
    Ok(Head { caption: locale.text(Key::TABLE_CAPTION)? })
}

pub(in crate::report) fn rows(
    locale: &Locale,
    coins: &[Constituent],
    traces: &[Option<Trace>],
) -> Result<Rows, TextError> {
    let rows = coins.iter().zip(traces).map(|(coin, trace)| row(locale, coin, trace.as_ref()));
    Ok(Rows { rows: rows.collect::<Result<_, _>>()? })
}

pub(in crate::report) fn foot(locale: &Locale, tally: Tally, end: &TableEnd) -> Result<Foot, TextError> {
    let count = |count: u64| locale.language.count(count);
    let counts = [
        ("advances", count(tally.advances)),
        ("declines", count(tally.declines)),
        ("unchanged", count(tally.unchanged)),
    ];
    let counts = counts.each_ref().map(|(name, value)| (*name, value.as_str()));
    let cut_short = match end {
        TableEnd::Complete => None,
        TableEnd::CutShort { error } => Some(foreign::line(error, foreign::ERROR_LIMIT)),
    };
    let mut counted = locale.text_counted(Key::TABLE_END, tally.rows, &counts)?;
    if tally.unknown > 0 {
        counted.push(' ');
        counted.push_str(&locale.text_counted(Key::TABLE_END_UNKNOWN, tally.unknown, &[])?);
    }
    Ok(Foot { counted, cut_short })
}

pub(in crate::report) fn absence(error: &str) -> Absence {
    Absence { error: foreign::line(error, foreign::ERROR_LIMIT) }
}

fn row(locale: &Locale, coin: &Constituent, trace: Option<&Trace>) -> Result<Row, TextError> {
    let language = locale.language;
    let name = foreign::line(&coin.name, foreign::NAME_LIMIT);
    let symbol = foreign::line(&coin.symbol, foreign::SYMBOL_LIMIT);
    let cell = |value: Option<f64>, write: &dyn Fn(f64) -> String| Cell {
        text: written(value, write),
        value: value.map(|value| value.to_string()),
    };
    let moved = |change: Option<f64>| MovedCell {
        change: Change::of(locale, change),
        value: percent(change).map(|change| format!("{change:.4}")),
    };
    let extreme = |value: fn(&Trace) -> f64| written(trace.map(value), |value| language.price(value));
    let chart = trace.map(|trace| chart(locale, &name, trace)).transpose()?;
    Ok(Row {
        rank: Cell {
            text: coin.rank.map_or_else(|| ABSENT.to_owned(), |rank| language.count(u64::from(rank))),
            value: coin.rank.map(|rank| rank.to_string()),
        },
        price: cell(price(coin.price), &|price| language.price(price)),
        change_1h: moved(coin.change_1h),
        change_24h: moved(coin.change_24h),
        change_7d: moved(coin.change_7d),
        market_cap: cell(amount(coin.market_cap), &|cap| language.in_short(cap)),
        volume: cell(amount(coin.volume), &|volume| language.in_short(volume)),
        low: extreme(|trace| trace.extent.low),
        high: extreme(|trace| trace.extent.high),
        chart,
        // A coin without a name is known by its symbol, and the other way round.
        name: if name.is_empty() {
            if symbol.is_empty() { ABSENT.to_owned() } else { symbol.clone() }
        } else {
            name
        },
        symbol,
    })
}

fn chart(locale: &Locale, name: &str, trace: &Trace) -> Result<Chart, TextError> {
    let price = |value: f64| locale.language.dollars(value);
    let extent = trace.extent;
    let title = locale.text_with(
        Key::TABLE_SPARK,
        &[
            ("name", name),
            ("first", &price(extent.first)),
            ("last", &price(extent.last)),
            ("low", &price(extent.low)),
            ("high", &price(extent.high)),
        ],
    )?;
    let direction = Direction::of(Some((extent.last / extent.first - 1.0) * 100.0));
    Ok(Chart { direction, line: trace.line.clone(), title })
}
