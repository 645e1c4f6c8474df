//! What changed since the report before this one.

use jiff::Timestamp;
use serde::Serialize;

use super::movement::{Change, Direction};
use super::quantity::{amount, of_index, price, share, written};
use crate::market::model::{Index, Reading, Snapshot};
use crate::market::points::{BTC_DOMINANCE, CRYPTO_MARKET_CAP, FEAR_GREED};
use crate::report::locale::Locale;
use crate::report::model::LastReport;
use crate::report::text::{Key, TextError};

/// A row for everything that both reports know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Since {
    intro: String,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    name: String,
    before: String,
    now: String,
    change: Change,
}

/// One value then and now.
struct Pair {
    before: f64,
    now: f64,
}

pub(in crate::report) fn since(
    locale: &Locale,
    snapshot: &Snapshot,
    last: &LastReport,
    now: Timestamp,
) -> Result<Since, TextError> {
    let language = locale.language;
    let mut rows = Vec::new();
    for (index, pair) in indices(snapshot, last) {
        let write = |value: f64| of_index(language, index, value);
        rows.push(relative(locale, index.title.to_owned(), &pair, &write));
    }
    if let Some(good) = snapshot.crypto.as_ref().and_then(Reading::known) {
        let overview = &good.value;
        let cap = pair(amount(last.value(CRYPTO_MARKET_CAP)), amount(Some(overview.market_cap_usd)));
        if let Some(cap) = cap {
            let write = |value: f64| language.dollars_in_short(value);
            rows.push(relative(locale, locale.text(Key::SINCE_TOTAL)?, &cap, &write));
        }
        if let Some(pair) = pair(share(last.value(BTC_DOMINANCE)), share(overview.btc_dominance_percent)) {
            let write = |value: f64| format!("{}%", language.decimal(value, 1));
            rows.push(absolute(locale, Key::SINCE_DOMINANCE, &pair, 2, &write)?);
        }
    }
    let mood = snapshot.fear_greed.as_ref().and_then(Reading::known);
    if let Some(pair) = pair(last.value(FEAR_GREED), mood.map(|good| f64::from(good.value.value))) {
        let write = |value: f64| language.decimal(value, 0);
        rows.push(absolute(locale, Key::CRYPTO_FEAR_GREED, &pair, 0, &write)?);
    }
    let (at, age) = (locale.date_time(last.created_at), locale.age(last.created_at, now)?);
    let intro = locale.text_with(Key::SINCE_INTRO, &[("at", &at), ("age", &age)])?;
    Ok(Since { intro, rows })
}

/// `VN-Index up 0.85%; Bitcoin down 1.20%`, for a sentence; the leading indices only.
pub(super) fn moves(
    locale: &Locale,
    snapshot: &Snapshot,
    last: &LastReport,
    leaders: &[&str],
) -> Result<Vec<String>, TextError> {
    let mut moves = Vec::new();
    for (index, pair) in indices(snapshot, last).filter(|(index, _)| leaders.contains(&index.name)) {
        let moved = super::movement::phrase(locale, Some(percent(&pair)))?;
        moves.push(locale.text_with(Key::SINCE_MOVE, &[("name", index.title), ("move", &moved)])?);
    }
    Ok(moves)
}

fn indices<'a>(
    snapshot: &'a Snapshot,
    last: &'a LastReport,
) -> impl Iterator<Item = (&'static Index, Pair)> + 'a {
    snapshot.indices.iter().filter_map(|reading| {
        let index = Index::named(&reading.name)?;
        let now = price(Some(reading.reading.known()?.value.close));
        Some((index, pair(price(last.value(index.name)), now)?))
    })
}

fn pair(before: Option<f64>, now: Option<f64>) -> Option<Pair> {
    Some(Pair { before: before?, now: now? })
}

fn percent(pair: &Pair) -> f64 {
    (pair.now / pair.before - 1.0) * 100.0
}

fn relative(locale: &Locale, name: String, pair: &Pair, write: &dyn Fn(f64) -> String) -> Row {
    let change = Change::of(locale, Some(percent(pair)));
    Row { name, before: write(pair.before), now: write(pair.now), change }
}

/// The difference in the unit of the value itself: of shares in percentage points.
fn absolute(
    locale: &Locale,
    name: Key,
    pair: &Pair,
    decimals: usize,
    write: &dyn Fn(f64) -> String,
) -> Result<Row, TextError> {
    let difference = pair.now - pair.before;
    let size = written(Some(difference), |value| locale.language.signed(value, decimals));
    let text = match decimals {
        0 => locale.text_with(Key::SINCE_POINTS, &[("value", &size)])?,
        _ => locale.text_with(Key::SINCE_PERCENTAGE_POINTS, &[("value", &size)])?,
    };
    let change = Change::told(Direction::of(Some(difference)), text);
    Ok(Row { name: locale.text(name)?, before: write(pair.before), now: write(pair.now), change })
}
