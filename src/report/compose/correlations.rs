//! How the indices moved together: a matrix of correlations.

use serde::Serialize;

use super::quantity::written;
use crate::market::model::Index;
use crate::market::technicals::Technicals;
use crate::report::locale::Locale;
use crate::report::model::Findings;
use crate::report::text::{Key, TextError};

/// The matrix, row by row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Matrix {
    columns: Vec<Name>,
    rows: Vec<Row>,
    caption: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Name {
    title: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    name: &'static str,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Cell {
    text: String,
    /// `n3` (−1) to `p3` (+1) in steps of a third, or nothing.
    shade: String,
}

/// Nothing with fewer than two indices.
pub(in crate::report) fn matrix(locale: &Locale, findings: &Findings) -> Result<Option<Matrix>, TextError> {
    let all: Vec<(&'static Index, &Technicals)> = findings.technicals().collect();
    if all.len() < 2 {
        return Ok(None);
    }
    let mut fewest = usize::MAX;
    let rows: Vec<Row> = all
        .iter()
        .map(|(index, left)| {
            let cells = all.iter().map(|(other, right)| {
                let found = left.correlation(right);
                if let Some((_, returns)) = found.filter(|_| index.name != other.name) {
                    fewest = fewest.min(returns);
                }
                cell(locale, found.map(|(value, _)| value))
            });
            Row { name: index.title, cells: cells.collect() }
        })
        .collect();
    let fewest = if fewest == usize::MAX { 0 } else { fewest };
    Ok(Some(Matrix {
        columns: all.iter().map(|(index, _)| Name { title: index.title, code: index.code }).collect(),
        rows,
        caption: locale.text_counted(Key::CORRELATION_CAPTION, fewest as u64, &[])?,
    }))
}

fn cell(locale: &Locale, value: Option<f64>) -> Cell {
    let shade = match value.map(|value| (value * 3.0).round() as i32) {
        Some(third @ 1..) => format!("p{third}"),
        Some(third @ ..=-1) => format!("n{}", -third),
        Some(0) | None => String::new(),
    };
    Cell { text: written(value, |value| locale.language.decimal(value, 2)), shade }
}
