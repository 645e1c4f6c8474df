//! `GET /api/v1/log/follow`: the lines of the log as they are written, one JSON object a line.
//!
//! A follower is sent a line when he has taken the one before: he holds one, and whoever reads more slowly than lines are
//! written misses those that are not kept any more, and can tell by their numbers. There are so many followers and no more.

use actix_web::{HttpRequest, HttpResponse, route, web};
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;

use super::super::audience::{Audience, HEARTBEAT, News, stay};
use super::super::door::Closing;
use super::super::face::Face;
use super::super::problem::{Problem, Told};
use super::super::root::root;
use super::number;
use super::wanted::Wanted;
use crate::journal::Journal;

/// How many may follow at the same time by one way.
const MOST: usize = 16;

/// Those who follow by one way, whichever thread answers them.
#[derive(Debug, Clone)]
pub(in crate::web) struct Followers(Audience);

impl Default for Followers {
    fn default() -> Self {
        Self(Audience::of(MOST))
    }
}

/// As text: a mistake is named here.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FollowQuery {
    /// Lines after the one of this number; without it, those that are not written yet.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
    /// Only lines about this actor, and those that it wrote.
    #[param(example = "report-builder")]
    child: Option<String>,
    /// `debug`, `info`, `warn` or `error`: only lines that matter at least as much.
    #[param(example = "warn")]
    level: Option<String>,
}

struct Follower {
    journal: Journal,
    newest: watch::Receiver<u64>,
    closing: Closing,
    wanted: Wanted,
    /// The number of the last line that was looked at.
    seen: u64,
}

/// The lines of the log as they are written, for as long as the client stays.
///
/// One JSON object a line, an empty line every 15 seconds without any. Without `child` and `level`, a gap in the numbers is
/// lines that the client was too slow for.
#[utoipa::path(
    operation_id = "log_follow",
    tag = "operation",
    params(FollowQuery),
    responses(
        (status = 200, description = "The lines.", body = String, content_type = "application/x-ndjson"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 503, description = "All places are taken, or all that one address may have.", body = Told),
    )
)]
#[route("/api/v1/log/follow", method = "GET")]
pub(in crate::web) async fn follow(
    face: web::Data<Face>,
    closing: web::Data<Closing>,
    followers: web::Data<Followers>,
    request: HttpRequest,
    query: web::Query<FollowQuery>,
) -> Result<HttpResponse, Problem> {
    let FollowQuery { after, child, level } = query.into_inner();
    let wanted = Wanted::new(child, level.as_deref())?;
    let mut newest = face.journal.newest();
    let now = *newest.borrow_and_update();
    let seen = after.as_deref().map_or(Ok(now), number)?;
    let place = followers.0.place(&request).map_err(|full| {
        let root = root(&request, "/api/v1/log/follow");
        Problem::unavailable(format!("{full}; {root}/api/v1/log has the last lines"))
    })?;
    let journal = face.journal.clone();
    let closing = closing.get_ref().clone();
    let follower = Follower { journal, newest, closing, wanted, seen };
    // An empty line at once: there may be nothing to tell for long.
    Ok(stay("application/x-ndjson", "\n".to_owned(), place, follower))
}

impl News for Follower {
    /// The next line; nothing when the server closes.
    async fn next(&mut self) -> Option<String> {
        loop {
            self.newest.borrow_and_update();
            while let Some(entry) = self.journal.next(self.seen) {
                self.seen = entry.number;
                if self.wanted.is(&entry) {
                    return serde_json::to_string(&*entry).ok().map(|line| line + "\n");
                }
            }
            tokio::select! {
                biased;
                _ = self.closing.wait_for(Option::is_some) => return None,
                changed = self.newest.changed() => changed.ok()?,
                () = tokio::time::sleep(HEARTBEAT) => return Some("\n".to_owned()),
            }
        }
    }
}
