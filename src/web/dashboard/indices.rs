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
    /// Nothing for the indices that the application added.
    market: Option<Market>,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    title: String,
    code: String,
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
            groups.push(Group { market: Some(market), rows });
        }
    }
    let rows = added(face, asked, &snapshot, &courses)?;
    if !rows.is_empty() {
        groups.push(Group { market: None, rows });
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
    let known = Index::of(market)
        .filter_map(|index| Some((index, snapshot.indices.iter().find(|it| it.name == index.name)?)));
    let named = |index: &Index| (index.title.to_owned(), index.code.to_owned());
    known.map(|(index, reading)| row(face, asked, named(index), Some(market), reading, courses)).collect()
}

/// The rows of indices that are not in the catalogue.
fn added(face: &Face, asked: Asked, snapshot: &Snapshot, courses: &Courses) -> Result<Vec<Row>, Problem> {
    let own = snapshot.indices.iter().filter_map(|reading| Some((reading.own.as_ref()?, reading)));
    own.map(|(own, reading)| row(face, asked, (own.title.clone(), own.code.clone()), None, reading, courses))
        .collect()
}

fn row(
    face: &Face,
    asked: Asked,
    (title, code): (String, String),
    market: Option<Market>,
    reading: &IndexReading,
    courses: &Courses,
) -> Result<Row, Problem> {
    let (locale, now) = (asked.locale(face), face.clock.now());
    let limit = face.refresh_every * REFRESHES;
    let late = |fetched: Timestamp| now.duration_since(fetched).unsigned_abs() > limit;
    let course = courses.iter().find(|(name, _)| *name == reading.name).map(|(_, line)| line.clone());
    let good = reading.reading.latest();
    let quote = good.map(|good| &good.value);
    let percent = quote.and_then(|quote| quote.change_percent());
    let age = good.map(|good| locale.age(good.fetched_at, now)).transpose().map_err(Problem::internal)?;
    let failed = reading.reading.error();
    Ok(Row {
        title,
        code,
        value: quote.map(|quote| match market {
            Some(Market::Crypto) => locale.language.dollars(quote.close),
            Some(Market::Vietnam | Market::Us) | None => locale.language.decimal(quote.close, 2),
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
