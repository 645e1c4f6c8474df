//! All ailments of a daemon, and which child is given which of them.

use std::sync::Arc;

use actix::{Actor, Context};

use super::ailment::{Ailment, Course};
use super::companion::{self, Case};
use super::keepsakes::Keepsakes;
use super::way::Way;
use crate::clock::Clock;
use crate::supervision::child::Child;

/// Makes children ail. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct Laboratory {
    cases: Vec<Arc<Case>>,
    keepsakes: Vec<Keepsakes>,
}

impl Laboratory {
    /// A laboratory for these ailments; an actor may have several. Without any it changes nothing.
    pub fn new(ailments: impl IntoIterator<Item = Ailment>) -> Self {
        let cases = ailments.into_iter().map(|ailment| Arc::new(Case::new(ailment))).collect();
        Self { cases, keepsakes: Vec::new() }
    }

    /// The same, and actors that keep what they are given.
    #[must_use]
    pub fn with_keepsakes(mut self, keepsakes: impl IntoIterator<Item = Keepsakes>) -> Self {
        self.keepsakes.extend(keepsakes);
        self
    }

    /// Gives a child the companions that belong to its name, and says so in the log. Their time is the clock's.
    #[must_use]
    pub fn attach<A: Actor<Context = Context<A>>>(&self, mut child: Child<A>, clock: &Clock) -> Child<A> {
        for case in &self.cases {
            let (ailment, clock) = (&case.ailment, clock.clone());
            if ailment.actor == child.name() {
                let (name, course) = (ailment.actor.as_str(), &ailment.course);
                log::warn!(event = "laboratory-ailment", child = name, course:%; "laboratory: {name} is given an ailment on purpose: {course}");
                let case = Arc::clone(case);
                child = child.beside(move |beside| companion::ail(Arc::clone(&case), clock.clone(), beside));
            } else if hoards(ailment, child.name()) {
                let case = Arc::clone(case);
                child =
                    child.beside(move |beside| companion::hoard(Arc::clone(&case), clock.clone(), beside));
            }
        }
        for keepsakes in &self.keepsakes {
            let name = keepsakes.actor();
            if name == child.name() {
                log::warn!(event = "laboratory-hoarder", child = name; "laboratory: {name} keeps on purpose what it is given");
                let keepsakes = keepsakes.clone();
                child = child.beside(move |_| keepsakes.clone().take());
            }
        }
        child
    }

    /// What the ailments of `actor` have come to in one generation: bytes leaked since it began, or bytes held by the
    /// healthy shapes. Nothing when it has no ailment or the generation is neither its latest nor the one before.
    pub fn bytes(&self, actor: &str, generation: u64) -> Option<u64> {
        let own = self.cases.iter().filter(|case| case.ailment.actor == actor);
        own.filter_map(|case| case.tally.of(generation)).reduce(|sum, bytes| sum + bytes)
    }
}

fn hoards(ailment: &Ailment, name: &str) -> bool {
    matches!(&ailment.course, Course::Leak { way: Way::Hoard { other }, .. } if other == name)
}
