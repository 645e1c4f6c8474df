//! `GET /api/v1/market/history`: one series, thinned out to one point a step.
//!
//! Streamed: a caller holds the points of some steps and never the whole answer, however slowly it is read.

mod question;

use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, route, web};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::question::{Question, Words};
use super::face::Face;
use super::problem::{Problem, Told};
use crate::persistence::PersistenceError;
use crate::persistence::archive::Archive;
use crate::persistence::messages::Point;

/// Steps that are read from the database at once.
const STEPS_AT_ONCE: u32 = 250;

/// As text: a mistake is named here.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// The series: an index by its name, `crypto_market_cap`, `btc_dominance`, `eth_dominance` or `fear_greed`.
    #[param(required = true, example = "vnindex")]
    index: Option<String>,
    /// A time as in RFC 3339, or a date: the beginning of that day in `report.zone`. Without it, a day before `to`.
    #[param(example = "2026-03-02T09:15:00+07:00")]
    from: Option<String>,
    /// A time as in RFC 3339, or a date: the end of that day. Without it, now.
    #[param(example = "2026-03-02")]
    to: Option<String>,
    /// At least 1s, and long enough for 5000 steps at most. Without it, one that makes 500 at most.
    #[param(example = "1h")]
    step: Option<String>,
}

/// The history of one series.
#[derive(Serialize, ToSchema)]
struct History<'a> {
    /// The series.
    index: &'a str,
    /// No point is earlier.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// No point is later.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// There is one point a step at most. Steps are counted from 1970-01-01 UTC, so that the same time is always in the
    /// same step.
    step: String,
    /// The last point of every step that has any, oldest first.
    points: Vec<HistoryPoint<'a>>,
}

/// One value of a series.
#[derive(Serialize, ToSchema)]
struct HistoryPoint<'a> {
    /// When the value held, as its source says.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The value, in the unit of the series.
    value: f64,
    /// Volume up to then; null where the source has none.
    #[schema(required = true)]
    volume: Option<f64>,
    /// Who said so. Values of two sources are not to be compared to the last digit.
    source: &'a str,
}

/// The history of one series: the last point of every step, oldest first.
#[utoipa::path(
    operation_id = "market_history",
    tag = "market",
    params(HistoryQuery),
    responses(
        (status = 200, description = "The points.", body = History),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 503, description = "The database cannot be read now.", body = Told),
    )
)]
#[route("/api/v1/market/history", method = "GET", method = "HEAD")]
pub(super) async fn recorded(
    face: web::Data<Face>,
    query: web::Query<HistoryQuery>,
) -> Result<HttpResponse, Problem> {
    let HistoryQuery { index, from, to, step } = query.into_inner();
    let [index, from, to, step] = [&index, &from, &to, &step].map(Option::as_deref);
    let words = Words { index, from, to, step, added: &face.added };
    let question = Question::understand(words, face.clock.now(), &face.zone).map_err(Problem::bad_request)?;
    let reader = Reader::new(face.archive.clone(), question).map_err(Problem::internal)?;
    // Before the answer begins: a database that cannot be read has a status of its own.
    let Some((first, reader)) = read(reader).await? else { return Err(Problem::internal("an empty answer")) };
    let rest = stream::try_unfold(reader, read);
    let pieces = stream::iter([Ok(first)]).chain(rest);
    Ok(HttpResponse::Ok().content_type("application/json").streaming(pieces))
}

async fn read(mut reader: Reader) -> Result<Option<(Bytes, Reader)>, Problem> {
    let (piece, reader) = web::block(move || (reader.next_piece(), reader)).await?;
    Ok(piece?.map(|piece| (Bytes::from(piece), reader)))
}

/// The answer, piece by piece.
struct Reader {
    archive: Archive,
    question: Question,
    /// The beginning of the answer, until it has been read; then nothing.
    beginning: Vec<u8>,
    /// Where the next piece begins; nothing when all has been read.
    next: Option<Timestamp>,
    comma: bool,
}

impl Reader {
    fn new(archive: Archive, question: Question) -> Result<Self, serde_json::Error> {
        let (index, from, to) = (question.series.as_str(), question.from, question.to);
        let history = History { index, from, to, step: question.step_as_written(), points: Vec::new() };
        let mut beginning = serde_json::to_vec(&history)?;
        // The points come before the last bracket and the last brace.
        beginning.truncate(beginning.len() - END.len());
        Ok(Self { archive, question, beginning, next: Some(from), comma: false })
    }

    /// Bytes that are not empty; nothing at the end. Blocks its thread.
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PersistenceError> {
        let mut piece = std::mem::take(&mut self.beginning);
        while let Some(from) = self.next {
            let Question { ref series, to, step, .. } = self.question;
            let (until, next) = stretch(from, to, step);
            for point in self.archive.history(series, from, until, step)? {
                self.write(&point, &mut piece);
            }
            self.next = next;
            if next.is_none() {
                piece.extend_from_slice(END);
            }
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn write(&mut self, point: &Point, piece: &mut Vec<u8>) {
        let Point { at, value, volume, source, .. } = point;
        let shown = HistoryPoint { at: *at, value: *value, volume: *volume, source };
        if self.comma {
            piece.push(b',');
        }
        self.comma = true;
        // Numbers and texts into memory: neither can fail.
        let _ = serde_json::to_writer(piece, &shown);
    }
}

/// What follows the last point.
const END: &[u8] = b"]}";

/// Where the piece that begins at `from` ends, and where the next one begins: whole steps, up to `to`.
fn stretch(from: Timestamp, to: Timestamp, step: Duration) -> (Timestamp, Option<Timestamp>) {
    let step = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
    let begun = from.as_microsecond().div_euclid(step);
    let next = begun.saturating_add(i64::from(STEPS_AT_ONCE)).saturating_mul(step);
    let next = Timestamp::from_microsecond(next).ok().filter(|next| *next <= to);
    let last = next.and_then(|next| Timestamp::from_microsecond(next.as_microsecond() - 1).ok());
    (last.unwrap_or(to), next)
}
