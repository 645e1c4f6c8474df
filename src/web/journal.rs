//! `GET /api/v1/log`: the last lines of the log, as the process keeps them; and below it, those that come.

pub(super) mod follow;
mod wanted;

use actix_web::{HttpResponse, route, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::wanted::Wanted;
use super::face::Face;
use super::problem::{Problem, Told};
use crate::journal::Entry;

/// Lines of an answer when nobody says how many.
const USUAL: usize = 100;

/// The most lines of an answer; more are not kept.
const MOST: usize = 1000;

/// As text: a mistake is named here.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// Only lines after the one of this number.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
    /// How many, at most, the newest; 100 without it.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
    /// Only lines about this actor, and those that it wrote.
    #[param(example = "report-builder")]
    child: Option<String>,
    /// `debug`, `info`, `warn` or `error`: only lines that matter at least as much.
    #[param(example = "warn")]
    level: Option<String>,
}

/// Lines of the log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// The number of the newest line, whether or not it is among these; lower than one that was seen before: the process
    /// was started anew, and its lines are numbered anew.
    pub newest: u64,
    /// The lines, oldest first.
    pub lines: Vec<Entry>,
}

/// The last lines of the log.
///
/// The process keeps a thousand, or half a megabyte.
#[utoipa::path(
    operation_id = "log",
    tag = "operation",
    params(LogQuery),
    responses(
        (status = 200, description = "The lines.", body = LogPage),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
    )
)]
#[route("/api/v1/log", method = "GET", method = "HEAD")]
pub(super) async fn lines(
    face: web::Data<Face>,
    query: web::Query<LogQuery>,
) -> Result<HttpResponse, Problem> {
    let LogQuery { after, limit, child, level } = query.into_inner();
    let wanted = Wanted::new(child, level.as_deref())?;
    let after = after.as_deref().map_or(Ok(0), number)?;
    let limit = limit.as_deref().map_or(Ok(USUAL), limit_of)?;
    // Read first: a line that comes meanwhile and is not among these is newer, and is not missed.
    let newest = *face.journal.newest().borrow();
    let lines = face.journal.after(after, limit, |entry| wanted.is(entry));
    let newest = lines.last().map_or(newest, |last| newest.max(last.number));
    let lines = lines.iter().map(|entry| Entry::clone(entry)).collect();
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(LogPage { newest, lines }))
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::bad_request(format!("after: {text:?} is not the number of a line")))
}

fn limit_of(text: &str) -> Result<usize, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        Problem::bad_request(format!("limit: {text:?} is not a whole number from 1 to {MOST}"))
    })
}
