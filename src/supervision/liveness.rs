//! Probes: a child whose actor does not answer within its limit is reported and replaced.
//!
//! A probe is answered inside the actor's context, so that it fails when the thread is blocked and also when the
//! actor waits for something that does not come. A thread cannot be killed: the generation is abandoned, counted, and
//! said.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::ending::Ending;
use super::status::ChildState;
use super::supervisor::Supervisor;

impl Supervisor {
    pub(super) fn probe_all(&mut self, ctx: &mut Context<Self>) {
        for index in self.slots.keys() {
            self.probe(index, ctx);
        }
    }

    fn probe(&mut self, index: usize, ctx: &mut Context<Self>) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if slot.probed || slot.state != ChildState::Running {
            return;
        }
        let Some(generation) = &slot.generation else { return };
        let answer = tokio::time::timeout(self.config.answer_within, generation.probe());
        let number = slot.number;
        slot.probed = true;
        ctx.spawn(answer.into_actor(self).map(move |answer, supervisor, ctx| {
            let Some(slot) = supervisor.slots.get_mut(index) else { return };
            if slot.number != number {
                return;
            }
            slot.probed = false;
            // An answer that was dropped belongs to a generation that ends and says so itself.
            if answer.is_err() && slot.state == ChildState::Running {
                let limit = supervisor.config.answer_within;
                supervisor.unresponsive(index, limit, ctx);
            }
        }));
    }

    pub(super) fn unresponsive(&mut self, index: usize, limit: Duration, ctx: &mut Context<Self>) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        slot.abandon();
        let Some(ending) = self.ended(index, Ending::Unresponsive) else { return };
        let Some(slot) = self.slots.get(index) else { return };
        let (name, number, abandoned) = (slot.name(), slot.number, slot.abandoned());
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        log::error!(event = "actor-unresponsive", child = name, generation = number, limit_ms, abandoned;
            "{name} generation {number} did not answer within {limit_ms} ms; its thread cannot be killed and is abandoned ({abandoned} abandoned in all)");
        if self.shutdown.is_some() {
            self.child_drained(index, &ending, false, ctx);
        } else if slot.is_dismissed() {
            self.forget(index);
        } else {
            self.crashed(index, ending, ctx);
        }
    }
}
