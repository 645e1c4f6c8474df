//! Dismissing a child: it is drained as for a restart, and has no further generation. Then it is forgotten, and its name is
//! free.

use actix::{Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::account::RestartProof;
use super::messages::{Dismiss, SupervisorError};
use super::status::ChildState;
use super::supervisor::{HALT_GRACE, Supervisor};

impl Supervisor {
    fn dismiss(
        &mut self,
        name: &str,
        ctx: &mut Context<Self>,
    ) -> Result<oneshot::Receiver<Option<RestartProof>>, SupervisorError> {
        let key = self.known(name)?;
        if self.shutdown.is_some() {
            // It is drained in its turn.
            return Err(SupervisorError::NotRunning { name: name.to_owned() });
        }
        let (done, gone) = oneshot::channel();
        let slot = &mut self.slots[key];
        if slot.attends {
            return Err(SupervisorError::Attends { name: name.to_owned() });
        }
        slot.dismissed.push(done);
        match slot.state {
            ChildState::Running => {
                slot.note_before();
                log::info!(event = "actor-draining", child = name, generation = slot.number; "{name} generation {} is drained: it is dismissed", slot.number);
                self.drain(key, self.config.drain_within, HALT_GRACE, ctx);
            }
            // It is forgotten when that is over, instead of started again.
            ChildState::Draining => {}
            ChildState::Restarting if !slot.due => {}
            ChildState::Restarting | ChildState::Ended => self.forget(key),
        }
        Ok(gone)
    }

    /// Lets go of a dismissed child whose last generation has ended.
    pub(super) fn forget(&mut self, key: usize) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        slot.state = ChildState::Ended;
        slot.forgotten = true;
        slot.child.close();
        slot.release();
        let (name, number) = (slot.name(), slot.number);
        let proof = slot.proof.filter(|proof| proof.generation == number);
        let leak_out = proof.map(|proof| proof.leak_out);
        log::info!(event = "actor-dismissed", child = name, generation = number, leak_out:serde; "{name} is dismissed after generation {number}");
        self.roll.strike(name);
        for gone in slot.dismissed.drain(..) {
            // Whoever asked may not want to know.
            let _ = gone.send(proof);
        }
        self.slots.sweep(key);
    }
}

impl Handler<Dismiss> for Supervisor {
    type Result = ResponseFuture<Result<Option<RestartProof>, SupervisorError>>;

    fn handle(&mut self, Dismiss { child }: Dismiss, ctx: &mut Self::Context) -> Self::Result {
        let gone = self.dismiss(&child, ctx);
        // Nobody says anything when everything ends meanwhile.
        Box::pin(async move { gone?.await.map_err(|_| SupervisorError::Ended) })
    }
}
