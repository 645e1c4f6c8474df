//! What is known of a connection, for the door, for the connection itself and for the request on it.

use std::cell::Cell;
use std::rc::Rc;

use super::peer::Peer;

/// How far a visit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nothing has been said.
    Silent,
    /// A request has been begun and is not whole.
    Asking,
    /// There is a request, which is owed an answer.
    Asked,
    /// There is an answer, and the rest of what was to be sent is of no use.
    Answered,
}

/// A visit. Clones are the same one.
#[derive(Debug, Clone)]
pub(super) struct Visit(Rc<Inside>);

#[derive(Debug)]
struct Inside {
    peer: Option<Peer>,
    stage: Cell<Stage>,
}

impl Visit {
    /// Somebody has come from `peer`; from nowhere if it was not over a network.
    pub(super) fn from(peer: Option<Peer>) -> Self {
        Self(Rc::new(Inside { peer, stage: Cell::new(Stage::Silent) }))
    }

    pub(super) fn peer(&self) -> Option<Peer> {
        self.0.peer
    }

    pub(super) fn stage(&self) -> Stage {
        self.0.stage.get()
    }

    /// A visit goes forward only.
    pub(super) fn reaches(&self, stage: Stage) {
        self.0.stage.set(self.stage().max(stage));
    }
}
