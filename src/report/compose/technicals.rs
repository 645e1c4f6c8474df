//! The table of indicators.

use serde::Serialize;

use super::quantity::{of_index, without_currency, written};
use crate::analytics::Line;
use crate::market::model::Index;
use crate::market::technicals::Technicals;
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::model::Findings;
use crate::report::text::{Key, TextError};

/// The indices that the summary speaks of.
pub(super) const LEADERS: [&str; 3] = ["vnindex", "btc", "gspc"];

/// From here on a price has risen so fast that a pause is expected, after Wilder.
pub(super) const OVERBOUGHT: f64 = 70.0;
/// And up to here the other way round.
pub(super) const OVERSOLD: f64 = 30.0;

/// Rows, and the indices without a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Table {
    rows: Vec<Row>,
    missing: Vec<Missing>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    name: &'static str,
    /// The last finished day and how many days the values rest on.
    day: String,
    days: String,
    close: String,
    rsi_7: String,
    rsi_14: String,
    rsi_21: String,
    /// What the 14 days say, in a word; nothing between the thresholds.
    verdict: Option<Verdict>,
    sma_20: String,
    sma_50: String,
    ema_20: String,
    macd: String,
    signal: String,
    lower: String,
    upper: String,
    atr: String,
    drawdown: String,
    volatility: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Verdict {
    class: &'static str,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Missing {
    name: &'static str,
    error: String,
}

pub(in crate::report) fn table(locale: &Locale, findings: &Findings) -> Result<Table, TextError> {
    let rows = findings.technicals().map(|(index, technicals)| row(locale, index, technicals));
    let missing = findings.studies.iter().filter_map(|study| {
        let error = foreign::line(study.outcome.as_ref().err()?, foreign::ERROR_LIMIT);
        Some(Missing { name: study.index.title, error })
    });
    let rows = rows.collect::<Result<_, _>>()?;
    Ok(Table { rows, missing: missing.collect() })
}

fn row(locale: &Locale, index: &'static Index, technicals: &Technicals) -> Result<Row, TextError> {
    let language = locale.language;
    let plain = |value: Option<f64>| written(value, |value| without_currency(language, index, value));
    let strength = |value: Option<f64>| written(value, |value| language.decimal(value, 1));
    let percent =
        |value: Option<f64>| written(value, |value| format!("{}%", language.decimal(value * 100.0, 1)));
    let edge = |line: &Line| plain(line.last().copied().flatten());
    let [upper, _, lower] = technicals.bands.each_ref().map(edge);
    Ok(Row {
        name: index.title,
        day: language.date(technicals.last_day),
        days: locale.text_counted(Key::TECHNICAL_DAYS, technicals.days as u64, &[])?,
        close: written(technicals.close(), |value| of_index(language, index, value)),
        rsi_7: strength(technicals.rsi_7),
        rsi_14: strength(technicals.rsi_14),
        rsi_21: strength(technicals.rsi_21),
        verdict: verdict(locale, technicals.rsi_14)?,
        sma_20: plain(technicals.sma_20),
        sma_50: plain(technicals.sma_50),
        ema_20: plain(technicals.ema_20),
        macd: plain(technicals.macd),
        signal: plain(technicals.macd_signal),
        lower,
        upper,
        atr: plain(technicals.atr_14),
        drawdown: percent(technicals.max_drawdown),
        volatility: percent(technicals.volatility),
    })
}

fn verdict(locale: &Locale, rsi: Option<f64>) -> Result<Option<Verdict>, TextError> {
    let (class, key) = match rsi {
        Some(rsi) if rsi >= OVERBOUGHT => ("high", Key::TECHNICAL_OVERBOUGHT),
        Some(rsi) if rsi <= OVERSOLD => ("low", Key::TECHNICAL_OVERSOLD),
        _ => return Ok(None),
    };
    Ok(Some(Verdict { class, text: locale.text(key)? }))
}
