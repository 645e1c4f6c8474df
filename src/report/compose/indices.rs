//! A card per index: value, change, course, session and members.

use jiff::Timestamp;
use serde::Serialize;

use super::course::{self, Course};
use super::movement::Change;
use super::quantity::{amount, of_index, price, without_currency, written};
use crate::market::model::{Breadth, Index, Market, Quote, Reading, Snapshot};
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::model::{Findings, IndexSeries};
use crate::report::sparkline::{self, CARD, Trace};
use crate::report::text::{Key, TextError};

/// The cards, market by market.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Indices {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Group {
    title: String,
    /// Whether the values are those of coins, which have no sessions.
    crypto: bool,
    /// The first index that has a history: its last session, and its last ninety days.
    courses: Vec<Course>,
    cards: Vec<Card>,
    reasons: Vec<Reason>,
}

/// One error in the words of whoever made it, said once for all the indices that it struck.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Reason {
    names: String,
    error: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Card {
    title: &'static str,
    code: &'static str,
    /// Nothing when there is not even an old value.
    figures: Option<Figures>,
    chart: Option<Chart>,
    /// Whether the value is old or missing; why stands under the cards.
    failed: bool,
    /// How old the value is, if it could not be refreshed.
    stale: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Figures {
    value: String,
    change: Change,
    as_of: String,
    previous: String,
    low: String,
    high: String,
    volume: String,
    members: Option<Members>,
}

/// A line chart with its text alternative.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Chart {
    trace: Trace,
    title: String,
    description: String,
}

/// How many members rose and fell, as text and as widths of a bar of 100 units.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Members {
    text: String,
    advances: String,
    declines: String,
    ceiling: Option<String>,
    floor: Option<String>,
    up_width: u32,
    flat_width: u32,
    down_width: u32,
}

pub(in crate::report) fn indices(
    locale: &Locale,
    snapshot: &Snapshot,
    series: &[IndexSeries],
    findings: &Findings,
    now: Timestamp,
) -> Result<Indices, TextError> {
    let mut groups = Vec::new();
    for (market, title) in [
        (Market::Vietnam, Key::MARKET_VIETNAM),
        (Market::Crypto, Key::MARKET_CRYPTO),
        (Market::Us, Key::MARKET_US),
    ] {
        let mut cards = Vec::new();
        let mut courses = Vec::new();
        let mut reasons = Vec::new();
        for index in Index::of(market) {
            let Some(reading) = snapshot.index(index.name) else { continue };
            let points = series.iter().find(|series| series.name == index.name);
            cards.push(card(locale, index, reading, points, now)?);
            if courses.is_empty() {
                courses = leading(locale, index, reading, points, findings)?;
            }
            if let Some(error) = reading.error() {
                note(&mut reasons, index.title, error);
            }
        }
        if !cards.is_empty() {
            groups.push(Group {
                title: locale.text(title)?,
                crypto: market == Market::Crypto,
                courses,
                cards,
                reasons,
            });
        }
    }
    Ok(Indices { groups })
}

/// The large charts of one index; none without a history and without candles.
fn leading(
    locale: &Locale,
    index: &'static Index,
    reading: &Reading<Quote>,
    points: Option<&IndexSeries>,
    findings: &Findings,
) -> Result<Vec<Course>, TextError> {
    let previous = reading.latest().and_then(|good| good.value.previous_close);
    let session = points.map(|points| course::of_session(locale, index, points, previous)).transpose()?;
    let days = findings.technicals_of(index.name);
    let days = days.map(|technicals| course::of_days(locale, index, technicals)).transpose()?;
    Ok(session.into_iter().chain(days).flatten().collect())
}

/// An error that is known already gets one more name.
fn note(reasons: &mut Vec<Reason>, name: &str, error: &str) {
    let error = foreign::line(error, foreign::ERROR_LIMIT);
    match reasons.iter_mut().find(|reason| reason.error == error) {
        Some(reason) => {
            reason.names.push_str(", ");
            reason.names.push_str(name);
        }
        None => reasons.push(Reason { names: name.to_owned(), error }),
    }
}

fn card(
    locale: &Locale,
    index: &'static Index,
    reading: &Reading<Quote>,
    series: Option<&IndexSeries>,
    now: Timestamp,
) -> Result<Card, TextError> {
    let latest = reading.latest();
    let stale = match (reading, latest) {
        (Reading::Failed { .. }, Some(good)) => {
            Some(locale.text_with(Key::CARD_STALE, &[("age", &locale.age(good.fetched_at, now)?)])?)
        }
        (Reading::Known(_), _) | (Reading::Failed { .. }, None) => None,
    };
    let previous = latest.and_then(|good| price(good.value.previous_close));
    Ok(Card {
        title: index.title,
        code: index.code,
        figures: latest.map(|good| figures(locale, index, &good.value)).transpose()?,
        chart: series.map(|series| chart(locale, index, series, previous)).transpose()?.flatten(),
        failed: reading.error().is_some(),
        stale,
    })
}

fn figures(locale: &Locale, index: &Index, quote: &Quote) -> Result<Figures, TextError> {
    let language = locale.language;
    let plain = |value: Option<f64>| written(price(value), |value| without_currency(language, index, value));
    Ok(Figures {
        value: of_index(language, index, quote.close),
        change: Change::of(locale, quote.change_percent()),
        as_of: locale.text_with(Key::CARD_AS_OF, &[("at", &locale.date_time(quote.at))])?,
        previous: plain(quote.previous_close),
        low: plain(quote.low),
        high: plain(quote.high),
        volume: written(amount(quote.volume), |volume| language.in_short(volume)),
        members: quote.breadth.map(|breadth| members(locale, breadth)).transpose()?.flatten(),
    })
}

fn chart(
    locale: &Locale,
    index: &Index,
    series: &IndexSeries,
    previous: Option<f64>,
) -> Result<Option<Chart>, TextError> {
    let values = series.points.iter().map(|(_, value)| *value);
    let Some(trace) = sparkline::trace(values, previous, CARD) else { return Ok(None) };
    let in_unit = |value: f64| of_index(locale.language, index, value);
    let description = locale.text_with(
        Key::CARD_SPARK_DESC,
        &[
            ("first", &in_unit(trace.extent.first)),
            ("last", &in_unit(trace.extent.last)),
            ("low", &in_unit(trace.extent.low)),
            ("high", &in_unit(trace.extent.high)),
        ],
    )?;
    let title = locale.text_with(Key::CARD_SPARK_TITLE, &[("name", index.title)])?;
    Ok(Some(Chart { trace, title, description }))
}

fn members(locale: &Locale, breadth: Breadth) -> Result<Option<Members>, TextError> {
    let all = u64::from(breadth.advances) + u64::from(breadth.declines) + u64::from(breadth.unchanged);
    if all == 0 {
        return Ok(None);
    }
    let width = |count: u32| u32::try_from(u64::from(count) * 100 / all).unwrap_or(0);
    let count = |count: u32| locale.language.count(u64::from(count));
    let (up_width, down_width) = (width(breadth.advances), width(breadth.declines));
    let some = |number: u32| (number > 0).then(|| count(number));
    Ok(Some(Members {
        text: locale.text_with(
            Key::CARD_BREADTH,
            &[
                ("advances", &count(breadth.advances)),
                ("unchanged", &count(breadth.unchanged)),
                ("declines", &count(breadth.declines)),
            ],
        )?,
        advances: count(breadth.advances),
        declines: count(breadth.declines),
        ceiling: some(breadth.ceiling),
        floor: some(breadth.floor),
        up_width,
        flat_width: 100 - up_width - down_width,
        down_width,
    }))
}
