//! Which arenas of the process are whose: several supervisors live beside each other, and an arena cannot be destroyed.
//!
//! An arena is let to one child at a time, from [`Arenas::create`](super::arena::Arenas::create) until its last clone is
//! dropped. Then it is free, and let again as soon as next to nothing is left in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

static ARENAS: Mutex<Arenas> = Mutex::new(Arenas { let_out: Vec::new(), free: Vec::new() });

/// Indices of arenas. Bounded by the arenas that the allocator has.
#[derive(Debug)]
struct Arenas {
    let_out: Vec<u32>,
    free: Vec<u32>,
}

/// The right to an arena.
#[derive(Debug)]
pub(super) struct Tenancy(u32);

impl Tenancy {
    /// Lets an arena that was just made.
    pub(super) fn begin(index: u32) -> Self {
        arenas().let_out.push(index);
        Self(index)
    }

    /// Lets a free arena that `fits`, if there is one.
    pub(super) fn again(mut fits: impl FnMut(u32) -> bool) -> Option<Self> {
        let mut arenas = arenas();
        let position = arenas.free.iter().position(|index| fits(*index))?;
        let index = arenas.free.swap_remove(position);
        arenas.let_out.push(index);
        Some(Self(index))
    }

    pub(super) fn index(&self) -> u32 {
        self.0
    }
}

impl Drop for Tenancy {
    fn drop(&mut self) {
        let mut arenas = arenas();
        arenas.let_out.retain(|index| *index != self.0);
        arenas.free.push(self.0);
    }
}

/// All arenas that are let.
pub(super) fn let_out() -> Vec<u32> {
    arenas().let_out.clone()
}

fn arenas() -> MutexGuard<'static, Arenas> {
    // Every change is complete in itself: what a panicking thread left behind can be used.
    ARENAS.lock().unwrap_or_else(PoisonError::into_inner)
}
