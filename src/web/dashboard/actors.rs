//! The table of components and the decision records.

use actix_web::web;
use serde::Serialize;

use super::super::face::Face;
use super::asked::Asked;
use super::state::Moment;
use crate::memory::bytes::{signed, size};
use crate::memory::listing::Listing;
use crate::memory::status::AccountStatus;
use crate::supervision::status::{ChildState, ChildStatus};

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
    restarts: u64,
    memory_restarts: u64,
    crashes: u64,
}

pub(super) async fn actors(face: &web::Data<Face>) -> Actors {
    let children = face.supervisor.status().await.map(|status| status.children).unwrap_or_default();
    let memory = face.memory.status();
    let account = |name: &str| memory.as_ref()?.children.iter().find(|account| account.name == name);
    let process = memory.as_ref().and_then(|memory| memory.process);
    Actors {
        rows: children.iter().map(|child| row(child, account(&child.name))).collect(),
        unattributed: memory
            .as_ref()
            .and_then(|memory| memory.unattributed)
            .map(|bytes| u64::try_from(bytes).map_or_else(|_| signed(bytes), size)),
        process: process.map(|process| size(process.rss)),
        threads: process.map(|process| process.threads),
        swap: process.map(|process| size(process.swap)),
        limit: memory.as_ref().and_then(|memory| memory.cgroup_limit).map(size),
    }
}

fn row(child: &ChildStatus, account: Option<&AccountStatus>) -> Row {
    Row {
        name: child.name.clone(),
        state: child.state,
        generation: child.generation,
        rss: account.and_then(|account| account.rss).map(size),
        live: account.and_then(|account| account.live).map(size),
        floor: account.and_then(|account| account.floors.iter().min().copied()).map(size),
        growth: account.and_then(|account| account.growth_per_day).map(signed),
        leak_out: account.and_then(|account| account.leak_out).map(size),
        mailbox: child.mailbox,
        restarts: child.restarts,
        memory_restarts: child.memory_restarts,
        crashes: child.crashes,
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
