//! The SQL of index history: plain functions on a connection.
//!
//! A point is recorded once: a second one of the same series and time is ignored. Charts are thinned out by the
//! database, so that a year of history costs as much memory as the chart that it becomes.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Text};
use jiff::Timestamp;

use super::connection::AnyConnection;
use super::messages::Point;
use super::schema::index_points;

/// Points of one statement where every statement is a way to a server and back: a day of history that has waited is
/// written in 50.
const POINTS_AT_ONCE: usize = 200;

/// Inserts the points that are not recorded yet, all in one transaction, and says how many those were.
pub(super) fn insert_all<'a>(
    connection: &mut AnyConnection,
    points: impl IntoIterator<Item = &'a Point>,
) -> QueryResult<u64> {
    connection.in_transaction(|connection| insert(connection, points))
}

fn insert<'a>(
    connection: &mut AnyConnection,
    points: impl IntoIterator<Item = &'a Point>,
) -> QueryResult<u64> {
    let mut written = 0;
    let mut points = points.into_iter().peekable();
    while points.peek().is_some() {
        let rows = points.by_ref().take(POINTS_AT_ONCE).map(|point| {
            (
                index_points::series.eq(point.series.as_str()),
                index_points::at.eq(point.at.as_microsecond()),
                index_points::value.eq(point.value),
                index_points::volume.eq(point.volume),
                index_points::source.eq(point.source.as_str()),
            )
        });
        // The two say "nothing" differently, and the query builder for both knows neither.
        match connection {
            AnyConnection::Sqlite(connection) => {
                for row in rows {
                    let insertion = diesel::insert_into(index_points::table).values(row);
                    written += insertion.on_conflict_do_nothing().execute(connection)? as u64;
                }
            }
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(connection) => {
                let insertion = diesel::insert_into(index_points::table).values(rows.collect::<Vec<_>>());
                written += insertion.on_conflict_do_nothing().execute(connection)? as u64;
            }
        }
    }
    Ok(written)
}

/// The points of one series from `since` on, oldest first: all of them if they are at most `max_points`, otherwise the
/// last one of each of `max_points` equal stretches of time. The newest point is always among them, and all are of its
/// source: two sources do not agree to the last digit, and a step from one to the other would look like a move.
pub(super) fn series(
    connection: &mut AnyConnection,
    series: &str,
    since: Timestamp,
    max_points: u32,
) -> QueryResult<Vec<(Timestamp, f64)>> {
    let max_points = i64::from(max_points.max(1));
    let since = since.as_microsecond();
    let in_range =
        || index_points::table.filter(index_points::series.eq(series)).filter(index_points::at.ge(since));
    let newest: Option<(i64, String)> = in_range()
        .order(index_points::at.desc())
        .select((index_points::at, index_points::source))
        .first(connection)
        .optional()?;
    let Some((last, source)) = newest else { return Ok(Vec::new()) };
    let of_source = || {
        in_range()
            .filter(index_points::source.eq(source.as_str()))
            .order(index_points::at)
            .select((index_points::at, index_points::value))
    };

    let one_too_many: Option<(i64, f64)> = of_source().offset(max_points).first(connection).optional()?;
    let rows = if one_too_many.is_none() {
        of_source().load(connection)?
    } else {
        let (first, _): (i64, f64) = of_source().first(connection)?;
        thinned(connection, (series, &source), (first, last), max_points)?
    };
    rows.into_iter().map(|(at, value)| timed(at, value)).collect()
}

#[derive(QueryableByName)]
struct ThinnedRow {
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Double)]
    value: f64,
}

/// One seek in the primary key a stretch, instead of grouping the whole range: grouping would sort it in memory first.
/// The stretches are generated in order of time, and so come the points.
const THINNED: &str = "\
    WITH RECURSIVE stretch(low) AS (
        SELECT CAST($1 AS BIGINT)
        UNION ALL
        SELECT low + $2 FROM stretch WHERE low + $2 <= $3
    )
    SELECT p.at AS at, p.value AS value
    FROM stretch CROSS JOIN index_points p
    WHERE p.series = $4 AND p.at = (
        SELECT max(q.at) FROM index_points q
        WHERE q.series = $4 AND q.at >= stretch.low AND q.at < stretch.low + $2 AND q.source = $5
    )
    ORDER BY p.at";

fn thinned(
    connection: &mut AnyConnection,
    (series, source): (&str, &str),
    (first, last): (i64, i64),
    max_points: i64,
) -> QueryResult<Vec<(i64, f64)>> {
    // Rounded up: the stretches reach just past the newest point, and there are never more than asked for.
    let width = (last - first) / max_points + 1;
    let query = diesel::sql_query(THINNED)
        .bind::<BigInt, _>(first)
        .bind::<BigInt, _>(width)
        .bind::<BigInt, _>(last)
        .bind::<Text, _>(series)
        .bind::<Text, _>(source);
    let rows: Vec<ThinnedRow> = match connection {
        AnyConnection::Sqlite(connection) => query.load(connection)?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => query.load(connection)?,
    };
    Ok(rows.into_iter().map(|row| (row.at, row.value)).collect())
}

/// The points of one series from the first to the second time, both included, oldest first: the last one of every
/// `step` that has any, whatever its source. Steps are counted from 1970.
///
/// One seek in the primary key a step, as in [`THINNED`]. Only the name is bound: numbers stand in the text, and the text
/// means the same in both databases.
pub(super) fn stepwise(
    connection: &mut AnyConnection,
    name: &str,
    (from, to): (Timestamp, Timestamp),
    step: Duration,
) -> QueryResult<Vec<Point>> {
    let (from, to) = (from.as_microsecond(), to.as_microsecond());
    let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX).max(1);
    let first = from.div_euclid(step).saturating_mul(step);
    let seeks = format!(
        "SELECT CAST({first} AS BIGINT) UNION ALL SELECT low + {step} FROM stretch WHERE low + {step} <= {to}"
    );
    let last_of_each = sql::<Bool>(&format!(
        "index_points.at IN (WITH RECURSIVE stretch(low) AS ({seeks}) SELECT \
         (SELECT max(q.at) FROM index_points q WHERE q.at >= low AND q.at < low + {step} \
         AND q.at >= {from} AND q.at <= {to} AND q.series = "
    ))
    .bind::<Text, _>(name)
    .sql(") FROM stretch)");
    let rows: Vec<(i64, f64, Option<f64>, String)> = index_points::table
        .filter(index_points::series.eq(name))
        .filter(last_of_each)
        .order(index_points::at)
        .select((index_points::at, index_points::value, index_points::volume, index_points::source))
        .load(connection)?;
    let point = |(at, value, volume, source)| {
        let (at, value) = timed(at, value)?;
        Ok(Point { series: name.to_owned(), at, value, volume, source })
    };
    rows.into_iter().map(point).collect()
}

fn timed(at: i64, value: f64) -> QueryResult<(Timestamp, f64)> {
    let at = Timestamp::from_microsecond(at)
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
    Ok((at, value))
}
