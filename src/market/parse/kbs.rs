//! KB Securities: one index per body, newest first, times in Vietnamese local time without an offset.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Deserialize;

use super::bars::{Bar, in_order};
use super::error::ParseError;
use super::lenient::{Number, Text};
use super::rows::Rows;

/// Vietnam keeps one offset all year.
const ICT: Offset = Offset::constant(7);

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chart {
    symbol: Text<32>,
    #[serde(rename = "data_1P", alias = "data_day")]
    rows: Rows<Row>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Row {
    t: Text<32>,
    o: Number,
    h: Number,
    l: Number,
    c: Number,
    v: Number,
}

/// The bars of a body that must be about `symbol`, oldest first.
pub fn parse_chart(body: &[u8], symbol: &str) -> Result<Vec<Bar>, ParseError> {
    let chart: Chart = serde_json::from_slice(body)?;
    if let Some(found) = chart.symbol.get()
        && !found.eq_ignore_ascii_case(symbol)
    {
        return Err(ParseError::OtherSymbol { asked: symbol.to_owned(), found: found.to_owned() });
    }
    in_order(chart.rows.0.iter().filter_map(Row::bar).collect())
}

impl Row {
    fn bar(&self) -> Option<Bar> {
        let local: DateTime = self.t.get()?.parse().ok()?;
        let at = ICT.to_timestamp(local).ok()?;
        Bar::checked(at, self.o, self.h, self.l, self.c, self.v)
    }
}
