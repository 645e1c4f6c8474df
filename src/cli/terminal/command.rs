//! `evenkeel restart` and `evenkeel refresh`: what the daemon is told to do, and what came of it.

use std::time::Duration;

use super::super::browse::print;
use super::super::failure::Failure;
use super::super::inquiry::{Inquiry, path};
use super::status::STATUS;
use crate::clock::Clock;
use crate::market::messages::RefreshOutcome;
use crate::supervision::status::ChildState;
use crate::web::{DaemonStatus, Restarting};

/// How long the next generation is waited for: an actor finishes what is open first.
const ANEW_WITHIN: Duration = Duration::from_secs(60);

/// How often is looked whether it is there.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Where an actor's restart is asked for.
pub(super) fn restart_of(actor: &str) -> String {
    path(&["api", "v1", "actors", actor, "restart"], &[])
}

pub(super) async fn restart(inquiry: &Inquiry, actor: &str) -> Result<(), Failure> {
    let Restarting { name, generation } = inquiry.order(&restart_of(actor)).await?;
    let waited = Clock::system().stopwatch();
    loop {
        let (status, _) = inquiry.ask::<DaemonStatus>(STATUS).await?;
        let next = status
            .actors
            .iter()
            .find(|actor| actor.name == name)
            .filter(|actor| actor.generation > generation && actor.state == ChildState::Running);
        if let Some(next) = next {
            let took = waited.elapsed_ms();
            return print(&format!(
                "{name} is restarted: generation {} runs, {took} ms after generation {generation} was told to end\n",
                next.generation
            ));
        }
        if waited.elapsed() >= ANEW_WITHIN {
            return Err(Failure::Failed(format!(
                "{name} generation {generation} is still being replaced after {ANEW_WITHIN:?}; `evenkeel status` and \
                 `evenkeel logs --actor {name}` show how it goes on"
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

pub(super) async fn refresh(inquiry: &Inquiry) -> Result<(), Failure> {
    let outcome: RefreshOutcome = inquiry.order("/api/v1/refresh").await?;
    let RefreshOutcome {
        sources_ok, sources_failed, indices_ok, indices_failed, duration_ms, stored, ..
    } = outcome;
    let (sources, indices) = (sources_ok + sources_failed, indices_ok + indices_failed);
    let fate = if stored { "" } else { "; the index store did not take it, `evenkeel logs` says why" };
    print(&format!(
        "refreshed {indices_ok} of {indices} indices, {sources_ok} of {sources} sources answered, in {duration_ms} ms{fate}\n"
    ))
}
