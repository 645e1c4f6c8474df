//! Vietcap: the index snapshot (`marketIndex/getList`) and the chart (`OHLCChart/gap-chart`).
//!
//! Both answer about several symbols at once, in any order, and may leave some out: rows are told apart by their
//! symbol, and a bad row costs its own symbol only.

use jiff::Timestamp;
use serde::Deserialize;

use super::bars::{Bar, Columns};
use super::error::{Demultiplexed, ParseError};
use super::lenient::{Number, Text};
use super::rows::Rows;
use crate::market::model::Breadth;

/// One index of the snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexNow {
    /// When the exchange sent it; nothing when the row does not tell.
    pub at: Option<Timestamp>,
    /// The value now, in points.
    pub close: f64,
    /// The close of the session before.
    pub previous_close: Option<f64>,
    /// Shares traded in this session.
    pub volume: Option<f64>,
    /// Members that rose, fell or stood still.
    pub breadth: Option<Breadth>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct IndexRow {
    symbol: Text<32>,
    price: Number,
    ref_price: Number,
    total_shares: Number,
    total_stock_increase: Number,
    total_stock_decline: Number,
    total_stock_no_change: Number,
    total_stock_ceiling: Number,
    total_stock_floor: Number,
    time: Text<40>,
    sending_time: Text<40>,
}

/// The indices of a snapshot body, by Vietcap's symbol.
pub fn parse_snapshot(body: &[u8]) -> Result<Demultiplexed<IndexNow>, ParseError> {
    let Rows::<IndexRow>(rows) = serde_json::from_slice(body)?;
    let indices: Demultiplexed<IndexNow> =
        rows.into_iter().filter_map(|row| Some((row.symbol.get()?.to_owned(), row.index_now()))).collect();
    if indices.is_empty() { Err(ParseError::Empty) } else { Ok(indices) }
}

impl IndexRow {
    fn index_now(&self) -> Result<IndexNow, ParseError> {
        Ok(IndexNow {
            at: [&self.time, &self.sending_time].into_iter().find_map(|text| text.get()?.parse().ok()),
            close: self.price.price("price")?,
            previous_close: self.ref_price.maybe_price(),
            volume: self.total_shares.maybe_amount(),
            breadth: self.breadth(),
        })
    }

    fn breadth(&self) -> Option<Breadth> {
        Some(Breadth {
            advances: self.total_stock_increase.maybe_count()?,
            declines: self.total_stock_decline.maybe_count()?,
            unchanged: self.total_stock_no_change.maybe_count()?,
            ceiling: self.total_stock_ceiling.maybe_count().unwrap_or(0),
            floor: self.total_stock_floor.maybe_count().unwrap_or(0),
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ChartRow {
    symbol: Text<32>,
    o: Option<Vec<Number>>,
    h: Option<Vec<Number>>,
    l: Option<Vec<Number>>,
    c: Option<Vec<Number>>,
    v: Option<Vec<Number>>,
    t: Option<Vec<Number>>,
}

/// The bars of a chart body, oldest first, by Vietcap's symbol.
pub fn parse_chart(body: &[u8]) -> Result<Demultiplexed<Vec<Bar>>, ParseError> {
    let Rows::<ChartRow>(rows) = serde_json::from_slice(body)?;
    let mut charts = Demultiplexed::with_capacity(rows.len());
    for row in rows {
        let Some(symbol) = row.symbol.get().map(str::to_owned) else { continue };
        let columns = Columns {
            time: row.t.unwrap_or_default(),
            open: row.o.unwrap_or_default(),
            high: row.h.unwrap_or_default(),
            low: row.l.unwrap_or_default(),
            close: row.c.unwrap_or_default(),
            volume: row.v.unwrap_or_default(),
        };
        charts.push((symbol, columns.bars()));
    }
    if charts.is_empty() { Err(ParseError::Empty) } else { Ok(charts) }
}
