//! The switchboard for people: `/_simulator/faults` and `/_simulator/requests`, and `/_simulator/time` for a clock that is
//! set by hand.
//!
//! ```text
//! curl -d '{"source":"vietcap","fault":"forbidden-html"}' http://127.0.0.1:PORT/_simulator/faults
//! curl -d '{"source":"coingecko","fault":"server-error","after":3}' http://127.0.0.1:PORT/_simulator/faults
//! curl -d '{"source":"all","fault":"none"}' http://127.0.0.1:PORT/_simulator/faults
//! ```

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Faults};
use super::requests::Requests;
use super::source::SourceKind;
use crate::clock::Hand;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/faults", web::get().to(list))
        .route("/faults", web::post().to(switch))
        .route("/requests", web::get().to(requests))
        .route("/time", web::post().to(set_time));
}

#[derive(Debug, Serialize)]
struct Line {
    source: SourceKind,
    #[serde(flatten)]
    fault: Fault,
}

#[derive(Debug, Deserialize)]
struct Switch {
    /// The name of a source, or `all`.
    source: String,
    /// Requests that are still answered normally.
    #[serde(default)]
    after: u32,
    #[serde(flatten)]
    fault: Fault,
}

async fn list(faults: web::Data<Faults>) -> HttpResponse {
    HttpResponse::Ok().json(lines(&faults))
}

/// Takes the body whatever its content type says, so that `curl -d` works.
async fn switch(faults: web::Data<Faults>, body: Bytes) -> HttpResponse {
    let wish: Switch = match serde_json::from_slice(&body) {
        Ok(wish) => wish,
        Err(error) => return refused(format!("body: {error}; right would be {EXAMPLE}")),
    };
    let sources = match wish.source.as_str() {
        "all" => SourceKind::ALL.to_vec(),
        name => match name.parse() {
            Ok(source) => vec![source],
            Err(unknown) => return refused(format!("{unknown}, or all")),
        },
    };
    for source in sources {
        faults.set_after(source, wish.after, wish.fault);
    }
    HttpResponse::Ok().json(lines(&faults))
}

const EXAMPLE: &str = r#"{"source":"vietcap","fault":"forbidden-html"}"#;

async fn requests(requests: web::Data<Requests>) -> HttpResponse {
    HttpResponse::Ok().json(requests.list())
}

/// Takes a time and sets the clock to it, never back.
async fn set_time(hand: web::Data<Option<Hand>>, body: String) -> HttpResponse {
    let Some(hand) = hand.get_ref() else {
        return refused("the clock of this exchange runs by itself; start it with --stands-at".to_owned());
    };
    match body.trim().parse() {
        Ok(time) => {
            hand.advance_to(time);
            HttpResponse::Ok().json(serde_json::json!({ "time": time }))
        }
        Err(_) => refused(format!("body: {body:?} is no time; right would be 2026-03-02T07:00:00Z")),
    }
}

fn lines(faults: &Faults) -> Vec<Line> {
    SourceKind::ALL.into_iter().map(|source| Line { source, fault: faults.get(source) }).collect()
}

fn refused(error: String) -> HttpResponse {
    HttpResponse::BadRequest().json(serde_json::json!({ "error": error }))
}
