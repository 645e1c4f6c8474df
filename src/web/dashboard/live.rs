//! `GET /live`: the parts of the page that have changed, as server-sent events.
//!
//! A watcher is sent nothing that he has, and nothing before he has taken what was sent before: he holds one part, and what
//! changed meanwhile he gets in its last state. There are so many watchers and no more.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, route, web};

use super::super::audience::{HEARTBEAT, News, stay};
use super::super::door::Closing;
use super::super::face::Face;
use super::super::problem::{Problem, Told};
use super::DashboardQuery;
use super::asked::Asked;
use super::parts::Part;
use crate::clock::Stopwatch;

/// How often is looked for changes.
const EVERY: Duration = Duration::from_secs(1);

/// How soon a browser comes back that was cut off.
const BACK_AFTER_MS: u32 = 3000;

struct Watcher {
    face: web::Data<Face>,
    asked: Asked,
    closing: Closing,
    /// What was sent of each part.
    sent: [Option<u64>; Part::ALL.len()],
    /// The part that is looked at next.
    position: usize,
    quiet: Stopwatch,
}

/// What changes on the dashboard, as server-sent events: the name of a part and its HTML.
#[utoipa::path(
    operation_id = "dashboard_events",
    tag = "pages",
    params(DashboardQuery),
    responses(
        (status = 200, description = "The events, for as long as the client stays.", body = String, content_type = "text/event-stream"),
        (status = 400, description = "A parameter cannot be understood; the reason says which.", body = Told),
        (status = 503, description = "All places are taken, or all that one address may have.", body = Told),
    )
)]
#[route("/live", method = "GET")]
pub(in crate::web) async fn live(
    face: web::Data<Face>,
    closing: web::Data<Closing>,
    request: HttpRequest,
    query: web::Query<DashboardQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.asked(&request)?;
    let place = face
        .dashboard
        .watchers()
        .place(&request)
        .map_err(|full| Problem::unavailable(format!("{full}; the page can be read without events")))?;
    let watcher = Watcher {
        quiet: face.clock.stopwatch(),
        face,
        asked,
        closing: closing.get_ref().clone(),
        sent: [None; Part::ALL.len()],
        position: 0,
    };
    let greeting = format!("retry: {BACK_AFTER_MS}\n\n");
    Ok(stay("text/event-stream; charset=utf-8", greeting, place, watcher))
}

impl News for Watcher {
    /// The next event; nothing when the server closes.
    async fn next(&mut self) -> Option<String> {
        loop {
            while let Some(part) = Part::ALL.get(self.position).copied() {
                self.position += 1;
                if let Some(event) = self.changed(part).await {
                    self.quiet = self.face.clock.stopwatch();
                    return Some(event);
                }
            }
            self.position = 0;
            tokio::select! {
                biased;
                _ = self.closing.wait_for(Option::is_some) => return None,
                () = tokio::time::sleep(EVERY) => {}
            }
            if self.quiet.elapsed() >= HEARTBEAT {
                self.quiet = self.face.clock.stopwatch();
                return Some(": still here\n\n".to_owned());
            }
        }
    }
}

impl Watcher {
    /// The part, if it is not what was sent before.
    async fn changed(&mut self, part: Part) -> Option<String> {
        // What cannot be rendered now stays as it is on the page; the log says why.
        let html = part.lately(&self.face, self.asked).await.ok()?;
        let mut hasher = DefaultHasher::new();
        html.hash(&mut hasher);
        let hash = Some(hasher.finish());
        let sent = self.sent.get_mut(part as usize)?;
        if *sent == hash {
            return None;
        }
        *sent = hash;
        Some(event(part, &html))
    }
}

fn event(part: Part, html: &str) -> String {
    let mut event = format!("event: {}\n", part.name());
    for line in html.lines() {
        event.push_str("data: ");
        event.push_str(line);
        event.push('\n');
    }
    event.push('\n');
    event
}
