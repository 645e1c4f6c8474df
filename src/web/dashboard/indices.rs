//! The indices as a table: value, change, course of a day, and how old the value is.

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;

use super::super::face::Face;
use super::super::problem::Problem;
use super::asked::Asked;
use super::shelf::Courses;
use super::state::Moment;
use crate::market::model::{Index, IndexReading, Market, Snapshot};
use crate::report::locale::Locale;

/// A value that is older than this many refreshes is stale, even if no source has failed.
const REFRESHES: u32 = 3;

#[derive(Debug, Serialize)]
pub(super) struct Indices {
    taken: Option<Moment>,
    /// Why there is nothing to show.
    reason: Option<String>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    /// `vietnam`, `crypto` or `us`.
    market: Market,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    title: &'static str,
    code: &'static str,
    /// Nothing when there is not even an old value.
    value: Option<String>,
    change: Option<String>,
    /// `up`, `down` or `flat`.
    direction: &'static str,
    age: Option<String>,
    stale: bool,
    error: Option<String>,
    /// The `d` of the line of the last 24 hours.
    course: Option<String>,
}

pub(super) async fn indices(face: &web::Data<Face>, asked: Asked) -> Result<Indices, Problem> {
    let nothing = |reason: Option<String>| Indices { taken: None, reason, groups: Vec::new() };
    let snapshot = match face.store.latest().await {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return Ok(nothing(None)),
        Err(error) => return Ok(nothing(Some(error.to_string()))),
    };
    let names = snapshot.indices.iter().map(|index| index.name.clone()).collect();
    let courses = face.dashboard.shelf().courses(names, snapshot.taken_at).await;
    let mut groups = Vec::new();
    for market in [Market::Vietnam, Market::Crypto, Market::Us] {
        let rows = rows(face, asked, market, &snapshot, &courses)?;
        if !rows.is_empty() {
            groups.push(Group { market, rows });
        }
    }
    Ok(Indices { taken: Some(Moment::time(face, snapshot.taken_at)), reason: None, groups })
}

fn rows(
    face: &Face,
    asked: Asked,
    market: Market,
    snapshot: &Snapshot,
    courses: &Courses,
) -> Result<Vec<Row>, Problem> {
    let (locale, now) = (asked.locale(face), face.clock.now());
    let limit = face.refresh_every * REFRESHES;
    let of_market = Index::of(market);
    let known = of_market
        .filter_map(|index| Some((index, snapshot.indices.iter().find(|it| it.name == index.name)?)));
    known
        .map(|(index, reading)| {
            let course = courses.iter().find(|(name, _)| name == index.name).map(|(_, line)| line.clone());
            let late = |fetched: Timestamp| now.duration_since(fetched).unsigned_abs() > limit;
            row(&locale, index, reading, now, course, &late)
        })
        .collect()
}

fn row(
    locale: &Locale,
    index: &Index,
    reading: &IndexReading,
    now: Timestamp,
    course: Option<String>,
    late: &dyn Fn(Timestamp) -> bool,
) -> Result<Row, Problem> {
    let good = reading.reading.latest();
    let quote = good.map(|good| &good.value);
    let percent = quote.and_then(|quote| quote.change_percent());
    let age = good.map(|good| locale.age(good.fetched_at, now)).transpose().map_err(Problem::internal)?;
    let failed = reading.reading.error();
    Ok(Row {
        title: index.title,
        code: index.code,
        value: quote.map(|quote| match index.market {
            Market::Crypto => locale.language.dollars(quote.close),
            Market::Vietnam | Market::Us => locale.language.decimal(quote.close, 2),
        }),
        change: percent.map(|percent| locale.language.change(percent)),
        direction: percent.map_or("flat", direction),
        age,
        stale: failed.is_some() || good.is_some_and(|good| late(good.fetched_at)),
        error: failed.map(str::to_owned),
        course,
    })
}

/// What rounds to nothing is flat.
fn direction(percent: f64) -> &'static str {
    match (percent * 100.0).round() {
        rounded if rounded > 0.0 => "up",
        rounded if rounded < 0.0 => "down",
        _ => "flat",
    }
}
