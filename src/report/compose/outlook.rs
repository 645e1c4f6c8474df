//! The sentences of the summary that rest on more than the snapshot: indicators, breadth, the report before.

use super::since;
use super::technicals::{LEADERS, OVERBOUGHT, OVERSOLD};
use crate::market::model::{Index, Snapshot};
use crate::market::participation::Participation;
use crate::market::technicals::Technicals;
use crate::report::locale::Locale;
use crate::report::model::{Findings, LastReport};
use crate::report::text::{Key, TextError};

/// Where the last close stands between its averages, and how strong the move is.
pub(super) fn technical(
    locale: &Locale,
    index: &Index,
    technicals: &Technicals,
) -> Result<Vec<String>, TextError> {
    let mut sentences = Vec::new();
    if let (Some(close), Some(short), Some(long)) = (technicals.close(), technicals.sma_20, technicals.sma_50)
    {
        let key = match (close >= short, close >= long) {
            (true, true) => Key::OUTLOOK_ABOVE_BOTH,
            (false, false) => Key::OUTLOOK_BELOW_BOTH,
            (true, false) => Key::OUTLOOK_ABOVE_SHORT,
            (false, true) => Key::OUTLOOK_BELOW_SHORT,
        };
        let day = locale.language.date(technicals.last_day);
        sentences.push(locale.text_with(key, &[("name", index.title), ("date", &day)])?);
    }
    if let Some(rsi) = technicals.rsi_14 {
        let verdict = match rsi {
            rsi if rsi >= OVERBOUGHT => Key::TECHNICAL_OVERBOUGHT,
            rsi if rsi <= OVERSOLD => Key::TECHNICAL_OVERSOLD,
            _ => Key::TECHNICAL_NEUTRAL,
        };
        let told = [("value", locale.language.decimal(rsi, 1)), ("verdict", locale.text(verdict)?)];
        let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
        sentences.push(locale.text_with(Key::OUTLOOK_STRENGTH, &told)?);
    }
    Ok(sentences)
}

/// How many of the largest coins rose, and how many did better than Bitcoin.
pub(super) fn participation(locale: &Locale, counts: &Participation) -> Result<Vec<String>, TextError> {
    let count = |count: u64| locale.language.count(count);
    let mut sentences = Vec::new();
    if counts.advances + counts.declines + counts.unchanged > 0 {
        let told = [("advances", count(counts.advances)), ("declines", count(counts.declines))];
        let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
        sentences.push(locale.text_counted(Key::OUTLOOK_BREADTH, counts.coins, &told)?);
    }
    if let Some(altcoins) = &counts.altcoins {
        let percent = format!("{}%", locale.language.decimal(altcoins.percent, 0));
        sentences.push(locale.text_counted(
            Key::OUTLOOK_ALTCOINS,
            altcoins.coins,
            &[("percent", &percent)],
        )?);
    }
    Ok(sentences)
}

/// How the leading indices moved since the report before; nothing when neither was known then.
pub(super) fn since_last(
    locale: &Locale,
    snapshot: &Snapshot,
    last: &LastReport,
) -> Result<Option<String>, TextError> {
    let moves = since::moves(locale, snapshot, last, &LEADERS)?;
    if moves.is_empty() {
        return Ok(None);
    }
    let (at, list) = (locale.date_time(last.created_at), locale.list(&moves)?);
    locale.text_with(Key::OUTLOOK_SINCE, &[("at", &at), ("list", &list)]).map(Some)
}

/// The indicators of the index, if its market has any.
pub(super) fn of_leader(
    locale: &Locale,
    findings: &Findings,
    index: &Index,
) -> Result<Vec<String>, TextError> {
    findings.technicals_of(index.name).map_or(Ok(Vec::new()), |found| technical(locale, index, found))
}
