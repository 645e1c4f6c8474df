//! Yahoo's chart service: one symbol per body, minutes of one session, nulls in place of minutes without a trade.
//!
//! Only whole bars count. A body without times (no trade in the window) and a placeholder with zero prices are
//! rejected, whatever its summary says.

use jiff::tz::Offset;
use serde::Deserialize;

use super::bars::{Bar, Columns, Session};
use super::error::ParseError;
use super::lenient::{Number, Text};
use super::rows::Rows;
use crate::market::model::Quote;

#[derive(Deserialize)]
struct Answer {
    chart: Chart,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chart {
    result: Rows<Symbol>,
    error: Option<Reported>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reported {
    description: Text<160>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Symbol {
    meta: Meta,
    timestamp: Option<Vec<Number>>,
    indicators: Indicators,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    symbol: Text<32>,
    gmtoffset: Number,
    previous_close: Number,
    chart_previous_close: Number,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Indicators {
    quote: Rows<Prices>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Prices {
    open: Option<Vec<Number>>,
    high: Option<Vec<Number>>,
    low: Option<Vec<Number>>,
    close: Option<Vec<Number>>,
    volume: Option<Vec<Number>>,
}

/// The quote of a one-day chart that must be about `symbol`, for example `^GSPC`.
pub fn parse_chart(body: &[u8], symbol: &str) -> Result<Quote, ParseError> {
    let (meta, bars) = whole_bars(body, symbol)?;
    let session = Session::last(&bars, meta.zone())?;
    // Of a range of one day, "the close before the chart" is the close of the day before.
    let previous_close = meta.previous_close.maybe_price().or(meta.chart_previous_close.maybe_price());
    let quote = session.quote(session.at);
    Ok(Quote { previous_close: previous_close.or(quote.previous_close), ..quote })
}

/// The bars of a chart that must be about `symbol`, oldest first, and the exchange's offset from UTC.
pub fn parse_bars(body: &[u8], symbol: &str) -> Result<(Vec<Bar>, Offset), ParseError> {
    let (meta, bars) = whole_bars(body, symbol)?;
    Ok((bars, meta.zone()))
}

fn whole_bars(body: &[u8], symbol: &str) -> Result<(Meta, Vec<Bar>), ParseError> {
    let chart = serde_json::from_slice::<Answer>(body)?.chart;
    if let Some(reported) = chart.error {
        let description = reported.description.into_string();
        return Err(ParseError::Reported(description));
    }
    let Symbol { meta, timestamp, indicators } =
        chart.result.0.into_iter().next().ok_or(ParseError::Empty)?;
    if let Some(found) = meta.symbol.get().filter(|found| !found.eq_ignore_ascii_case(symbol)) {
        return Err(ParseError::OtherSymbol { asked: symbol.to_owned(), found: found.to_owned() });
    }
    let prices = indicators.quote.0.into_iter().next().ok_or(ParseError::Empty)?;
    let time = timestamp.unwrap_or_default();
    // An index has no trades of its own: bars without a volume are whole.
    let volume = prices.volume.unwrap_or_else(|| vec![Number::default(); time.len()]);
    let columns = Columns {
        time,
        open: prices.open.unwrap_or_default(),
        high: prices.high.unwrap_or_default(),
        low: prices.low.unwrap_or_default(),
        close: prices.close.unwrap_or_default(),
        volume,
    };
    Ok((meta, columns.bars()?))
}

impl Meta {
    fn zone(&self) -> Offset {
        self.gmtoffset.maybe_offset().unwrap_or(Offset::UTC)
    }
}
