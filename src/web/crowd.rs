//! Who is inside, and who has to go when somebody else wants in.
//!
//! Whoever has asked is owed an answer and stays. Of the others the one goes who comes from where most come from, the
//! silent before those who have begun to speak, and of these whoever has been inside longest: silence is free, and whoever
//! means to ask does so at once. No peer has all the places, so that one that asks and never listens leaves some to others.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::peer::{Peer, share};
use super::visit::{Stage, Visit};

/// Who is inside, each with a handle of the caller's.
#[derive(Debug)]
pub(super) struct Crowd<T> {
    places: usize,
    of_one_peer: usize,
    next: u64,
    /// In the order in which they came.
    inside: BTreeMap<u64, Member<T>>,
    counts: HashMap<Option<Peer>, Rc<Cell<usize>>>,
}

#[derive(Debug)]
struct Member<T> {
    visit: Visit,
    handle: T,
    /// How many are inside who come from where this one comes from.
    alike: Rc<Cell<usize>>,
}

/// All places of this peer are taken, by visits that are owed an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

impl<T> Crowd<T> {
    /// Room for so many, and a share of it for one peer.
    pub(super) fn new(places: usize) -> Self {
        let (inside, counts) = (BTreeMap::new(), HashMap::new());
        Self { places, of_one_peer: share(places), next: 0, inside, counts }
    }

    /// Whether somebody else may be let in.
    pub(super) fn has_room(&self) -> bool {
        self.inside.len() < self.places || self.inside.values().any(Member::is_owed_nothing)
    }

    /// Makes room for somebody from `peer`, and returns who has to go for it.
    pub(super) fn make_room(&mut self, peer: Option<Peer>) -> Result<Option<T>, NoRoom> {
        let alike = self.counts.get(&peer).map_or(0, |count| count.get());
        let full_of_peer = peer.is_some() && alike >= self.of_one_peer;
        if !full_of_peer && self.inside.len() < self.places {
            return Ok(None);
        }
        let may_go = self
            .inside
            .iter()
            .filter(|(_, member)| member.is_owed_nothing() && (!full_of_peer || member.visit.peer() == peer));
        let first_to_go = may_go
            .min_by_key(|(number, member)| (Reverse(member.alike.get()), member.visit.stage(), **number));
        let number = *first_to_go.ok_or(NoRoom)?.0;
        Ok(self.remove(number))
    }

    /// The number under which the next one comes in.
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn enter(&mut self, number: u64, visit: Visit, handle: T) {
        let alike = Rc::clone(self.counts.entry(visit.peer()).or_default());
        alike.set(alike.get() + 1);
        self.inside.insert(number, Member { visit, handle, alike });
    }

    pub(super) fn leave(&mut self, number: u64) {
        self.remove(number);
    }

    fn remove(&mut self, number: u64) -> Option<T> {
        let Member { visit, handle, alike } = self.inside.remove(&number)?;
        alike.set(alike.get() - 1);
        if alike.get() == 0 {
            self.counts.remove(&visit.peer());
        }
        Some(handle)
    }
}

impl<T> Member<T> {
    fn is_owed_nothing(&self) -> bool {
        self.visit.stage() < Stage::Asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> Option<Peer> {
        Some(Peer::of([192, 0, 2, last].into()))
    }

    fn crowd(places: usize, inside: &[(u8, Stage)]) -> Crowd<usize> {
        let mut crowd = Crowd::new(places);
        for (position, (last, stage)) in inside.iter().enumerate() {
            let (number, visit) = (crowd.number(), Visit::from(peer(*last)));
            visit.reaches(*stage);
            crowd.enter(number, visit, position);
        }
        crowd
    }

    #[test]
    fn who_has_to_go_is_who_is_owed_nothing_and_takes_most() {
        use Stage::{Asked, Asking, Silent};
        let full = [(1, Asked), (2, Silent), (1, Asking), (1, Silent)];
        for (inside, from, expected) in [
            (&full[..3], 9, Ok(None)),
            (&full[..], 9, Ok(Some(3))),
            // The place of its own that a peer has most of is not taken by others.
            (&[(1, Silent), (1, Silent), (1, Asking), (2, Silent)], 9, Ok(Some(0))),
            (&[(2, Silent), (1, Asking), (1, Asking), (1, Asked)], 9, Ok(Some(1))),
            // Three of four places are enough for one, even while there is a fourth.
            (&[(1, Asked), (1, Asked), (1, Asking)], 1, Ok(Some(2))),
            (&[(1, Asked), (1, Asked), (1, Asked)], 1, Err(NoRoom)),
            (&[(1, Asked), (1, Asked), (1, Asked)], 2, Ok(None)),
            (&[(1, Asked), (2, Asked), (3, Asked), (4, Asked)], 5, Err(NoRoom)),
        ] {
            let mut crowd = crowd(4, inside);
            assert_eq!(crowd.make_room(peer(from)), expected, "{inside:?} and {from}");
        }
    }

    #[test]
    fn there_is_room_while_somebody_is_owed_nothing() {
        assert!(crowd(2, &[(1, Stage::Asked)]).has_room());
        assert!(crowd(2, &[(1, Stage::Asked), (1, Stage::Asking)]).has_room());
        let mut full = crowd(2, &[(1, Stage::Asked), (1, Stage::Asked)]);
        assert!(!full.has_room());
        full.leave(1);
        assert!(full.has_room());
        full.leave(2);
        full.leave(2);
        assert!(full.inside.is_empty() && full.counts.is_empty(), "nothing is kept of those who have left");
    }
}
