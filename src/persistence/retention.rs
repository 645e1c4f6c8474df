//! The SQL that removes what is older than it is to be kept: plain functions on a connection.
//!
//! Each call removes a bounded batch, so that nobody waits long for the connection, and none opens or ends a
//! transaction. The newest report is never removed: a reader always finds one.

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;

use super::connection::AnyConnection;
use super::schema::{index_points, reports};

/// Points that are removed at a time: a few milliseconds of work.
pub(super) const POINTS_AT_ONCE: u32 = 5_000;

#[derive(QueryableByName)]
struct Series {
    #[diesel(sql_type = Text)]
    series: String,
}

/// Every series once. One seek a series: `DISTINCT` would read the whole table.
const SERIES: &str = "\
    WITH RECURSIVE found(series) AS (
        SELECT min(series) FROM index_points
        UNION ALL
        SELECT (SELECT min(p.series) FROM index_points p WHERE p.series > found.series)
        FROM found WHERE found.series IS NOT NULL
    )
    SELECT series FROM found WHERE series IS NOT NULL ORDER BY series";

/// Removes the oldest points from before `cutoff`, at most `limit` of one series, and says how many. 0 means that none
/// is left.
pub(super) fn remove_points(
    connection: &mut AnyConnection,
    cutoff: Timestamp,
    limit: u32,
) -> QueryResult<u64> {
    let query = diesel::sql_query(SERIES);
    let found: Vec<Series> = match connection {
        AnyConnection::Sqlite(connection) => query.load(connection)?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(connection) => query.load(connection)?,
    };
    for Series { series } in found {
        let removed = remove_points_of(connection, &series, cutoff.as_microsecond(), limit)?;
        if removed > 0 {
            return Ok(removed);
        }
    }
    Ok(0)
}

fn remove_points_of(
    connection: &mut AnyConnection,
    series: &str,
    cutoff: i64,
    limit: u32,
) -> QueryResult<u64> {
    let old = index_points::table
        .filter(index_points::series.eq(series))
        .filter(index_points::at.lt(cutoff))
        .order(index_points::at)
        .select(index_points::at);
    let last_of_batch: Option<i64> = old.offset(i64::from(limit.max(1)) - 1).first(connection).optional()?;
    let batch = index_points::table
        .filter(index_points::series.eq(series))
        .filter(index_points::at.le(last_of_batch.unwrap_or(cutoff - 1)));
    let removed = diesel::delete(batch).execute(connection)?;
    Ok(removed as u64)
}

/// Removes the oldest report that was created before `cutoff`, and names it; none is left without.
pub(super) fn remove_report(connection: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<Option<i32>> {
    let newest: Option<i32> =
        reports::table.order(reports::id.desc()).select(reports::id).first(connection).optional()?;
    let Some(newest) = newest else { return Ok(None) };
    let oldest: Option<i32> = reports::table
        .filter(reports::created_at.lt(cutoff.as_microsecond()))
        .filter(reports::id.ne(newest))
        .order((reports::created_at, reports::id))
        .select(reports::id)
        .first(connection)
        .optional()?;
    if let Some(id) = oldest {
        // Its artifacts and their chunks go with it.
        diesel::delete(reports::table.find(id)).execute(connection)?;
    }
    Ok(oldest)
}

#[cfg(test)]
mod tests {
    use super::super::messages::Point;
    use super::super::{history, migrations, reports as report_rows};
    use super::*;

    fn in_memory() -> AnyConnection {
        let mut connection = AnyConnection::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        migrations::apply(&mut connection).unwrap();
        connection
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn old_points_go_in_batches_series_by_series_and_young_ones_stay() {
        let mut connection = in_memory();
        for series in ["btc", "vn30", "vnindex"] {
            let points: Vec<Point> = (0..10)
                .map(|at| Point {
                    series: series.to_owned(),
                    at: second(at),
                    value: 1.0,
                    volume: None,
                    source: "vietcap".to_owned(),
                })
                .collect();
            history::insert_all(&mut connection, &points).unwrap();
        }
        let mut removed = Vec::new();
        loop {
            match remove_points(&mut connection, second(7), 4).unwrap() {
                0 => break,
                points => removed.push(points),
            }
        }
        assert_eq!(removed, [4, 3, 4, 3, 4, 3]);
        let left: Vec<(String, i64)> = index_points::table
            .select((index_points::series, index_points::at))
            .order((index_points::series, index_points::at))
            .load(&mut connection)
            .unwrap();
        assert_eq!(left.len(), 9);
        assert!(left.iter().all(|(_, at)| *at >= 7_000_000));
    }

    #[test]
    fn old_reports_go_one_by_one_and_the_newest_stays_however_old_it_is() {
        let mut connection = in_memory();
        for at in 1..=3 {
            let id = report_rows::insert_report(&mut connection, "market", second(at)).unwrap();
            report_rows::insert_artifact(&mut connection, id, "css").unwrap();
        }
        assert_eq!(remove_report(&mut connection, second(2)), Ok(Some(1)));
        assert_eq!(remove_report(&mut connection, second(2)), Ok(None));
        assert_eq!(remove_report(&mut connection, second(99)), Ok(Some(2)));
        assert_eq!(remove_report(&mut connection, second(99)), Ok(None));
        assert_eq!(report_rows::count(&mut connection), Ok(1));
    }
}
