//! The table of components and the decision records.

use actix_web::web;
use serde::Serialize;

use super::super::face::Face;
use super::super::status::ActorStatus;
use super::super::survey;
use super::asked::Asked;
use super::state::Moment;
use crate::memory::bytes::{signed, size};
use crate::memory::listing::Listing;
use crate::supervision::status::ChildState;

/// Decisions that the page lists.
const DECISIONS: usize = 8;

#[derive(Debug, Serialize)]
pub(super) struct Actors {
    rows: Vec<Row>,
    unattributed: Option<String>,
    process: Option<String>,
    /// `swap 0 B, 14 threads`: figures that are the same in every language.
    threads: Option<u64>,
    swap: Option<String>,
    limit: Option<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// `running`, `draining`, `restarting` or `ended`.
    state: ChildState,
    generation: u64,
    rss: Option<String>,
    live: Option<String>,
    floor: Option<String>,
    growth: Option<String>,
    leak_out: Option<String>,
    mailbox: usize,
    memory_restarts: u64,
    crashes: u64,
    requested: u64,
}

pub(super) async fn actors(face: &web::Data<Face>) -> Actors {
    let children = face.supervisor.status().await.map(|status| status.children).unwrap_or_default();
    let memory = face.memory.status();
    let process = survey::process(face, memory.as_ref(), face.clock.now());
    Actors {
        rows: survey::actors(&children, memory.as_ref()).into_iter().map(row).collect(),
        unattributed: process
            .unattributed
            .map(|bytes| u64::try_from(bytes).map_or_else(|_| signed(bytes), size)),
        process: process.rss.map(size),
        threads: process.threads,
        swap: process.swap.map(size),
        limit: process.limit.map(size),
    }
}

fn row(actor: ActorStatus) -> Row {
    Row {
        name: actor.name,
        state: actor.state,
        generation: actor.generation,
        rss: actor.rss.map(size),
        live: actor.live.map(size),
        floor: actor.floor.map(size),
        growth: actor.growth_per_day.map(signed),
        leak_out: actor.leak_out.map(size),
        mailbox: actor.mailbox,
        memory_restarts: actor.restarts.memory,
        crashes: actor.restarts.crashes,
        requested: actor.restarts.requested,
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Decision {
    number: u64,
    at: Moment,
    child: String,
    sentence: String,
    /// Nothing until it is known, or where nothing was done.
    helped: Option<bool>,
}

/// The newest decisions about memory.
pub(super) fn decisions(face: &Face, asked: Asked) -> Vec<Decision> {
    let listing = face.memory.ledger().with(|records| Listing::newest(records, None, DECISIONS));
    let decision = |listed: crate::memory::listing::Listed| Decision {
        number: listed.record.number,
        at: Moment::day(asked, face, listed.record.at),
        child: listed.record.child,
        sentence: listed.sentence,
        helped: listed.record.outcome.map(|outcome| outcome.helped),
    };
    listing.decisions.into_iter().map(decision).collect()
}
