//! Entrade (DNSE): one index per body, column by column, no symbol inside.

use serde::Deserialize;

use super::bars::{Bar, Columns};
use super::error::ParseError;
use super::lenient::Number;

// Columns are null instead of empty at times.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Chart {
    t: Option<Vec<Number>>,
    o: Option<Vec<Number>>,
    h: Option<Vec<Number>>,
    l: Option<Vec<Number>>,
    c: Option<Vec<Number>>,
    v: Option<Vec<Number>>,
}

/// The bars of a chart body, oldest first.
pub fn parse_chart(body: &[u8]) -> Result<Vec<Bar>, ParseError> {
    let chart: Chart = serde_json::from_slice(body)?;
    Columns {
        time: chart.t.unwrap_or_default(),
        open: chart.o.unwrap_or_default(),
        high: chart.h.unwrap_or_default(),
        low: chart.l.unwrap_or_default(),
        close: chart.c.unwrap_or_default(),
        volume: chart.v.unwrap_or_default(),
    }
    .bars()
}
