//! The companions: futures beside an actor that take memory on its thread, a little at every tick.
//!
//! Each one is dropped with its generation and says then what it has come to. A tick takes a bounded amount, so that
//! the actor always has its turn; what is due beyond that is taken at the next one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::ailment::{Ailment, Course};
use super::handover::Handover;
use super::pile::{self, BLOCK, Pile};
use super::rate::Rate;
use super::tally::Tally;
use super::way::Way;
use crate::clock::Clock;
use crate::memory::arena::Arenas;
use crate::persistence::scratch::Scratch;
use crate::supervision::companion::Beside;

/// From tick to tick, in time of the daemon's clock.
const TICK: Duration = Duration::from_secs(1);

/// The least and the most that a tick takes in real time: an actor's thread is to have time for its actor, and a
/// generation that lives for a second is to ail all the same.
const LEAST_TICK: Duration = Duration::from_millis(20);
const LONGEST_TICK: Duration = Duration::from_millis(200);

/// The most that is taken at a tick.
const MOST_A_TICK: u64 = 4 << 20;

/// What an open database without a file takes, when it cannot be measured.
const SCRATCH_BYTES: u64 = 64 << 10;

/// How many databases are opened to measure one.
const SCRATCHES_MEASURED: u64 = 4;

/// An ailment and what the generations of its actor share of it.
pub(super) struct Case {
    pub(super) ailment: Ailment,
    pub(super) tally: Tally,
    handover: Handover,
}

impl Case {
    pub(super) fn new(ailment: Ailment) -> Self {
        Self { ailment, tally: Tally::default(), handover: Handover::default() }
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Case({})", self.ailment)
    }
}

/// Beside the ailing actor: has the ailment take its course.
pub(super) async fn ail(case: Arc<Case>, clock: Clock, beside: Beside) {
    let tick = tick(&clock);
    let begun = clock.now();
    let mut stay = Stay::begin(case, beside.generation);
    loop {
        let now = clock.now();
        stay.go_on(age(begun, now), beside.work(), now);
        tokio::time::sleep(tick).await;
    }
}

/// Beside the actor that hoards for another one: picks up what that one has put down, and keeps it.
pub(super) async fn hoard(case: Arc<Case>, clock: Clock, beside: Beside) {
    let tick = tick(&clock);
    let mut hoarder = Hoarder { case, generation: beside.generation, pile: Pile::default() };
    loop {
        hoarder.pick_up();
        tokio::time::sleep(tick).await;
    }
}

fn tick(clock: &Clock) -> Duration {
    clock.real(TICK).clamp(LEAST_TICK, LONGEST_TICK)
}

fn age(begun: Timestamp, now: Timestamp) -> Duration {
    // The machine's clock may have been set back.
    Duration::try_from(now.duration_since(begun)).unwrap_or_default()
}

fn time_of_day(now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(now.as_second().rem_euclid(24 * 3600)).unwrap_or_default())
}

/// One generation of an ailing actor.
struct Stay {
    case: Arc<Case>,
    generation: u64,
    /// Leaked up to now, or held now.
    bytes: u64,
    pile: Pile,
    databases: Vec<Scratch>,
    /// What one of the databases takes.
    database_bytes: u64,
}

impl Stay {
    fn begin(case: Arc<Case>, generation: u64) -> Self {
        case.tally.begin(generation);
        let through_sqlite = matches!(case.ailment.course, Course::Leak { way: Way::Malloc, .. });
        let database_bytes = if through_sqlite { measure_scratch() } else { SCRATCH_BYTES };
        Self { case, generation, bytes: 0, pile: Pile::default(), databases: Vec::new(), database_bytes }
    }

    /// Brings the memory to where it is to be at this age, after this many messages.
    fn go_on(&mut self, age: Duration, work: u64, now: Timestamp) {
        let case = Arc::clone(&self.case);
        match &case.ailment.course {
            Course::Leak { rate, way } => self.leak(*rate, way, age, work),
            Course::Healthy { size, shape } => self.reach(shape.holds(*size, age, time_of_day(now))),
        }
        case.tally.note(self.generation, self.bytes);
    }

    fn leak(&mut self, rate: Rate, way: &Way, age: Duration, work: u64) {
        let due = rate.due(age, work).saturating_sub(self.bytes).min(MOST_A_TICK);
        let blocks = due / BLOCK;
        match way {
            Way::Hold => self.pile.add(blocks),
            Way::Forget => pile::forget(blocks),
            Way::Hoard { .. } => return self.hand_over(blocks),
            Way::Malloc => return self.open_databases(due / self.database_bytes),
        }
        self.bytes += blocks * BLOCK;
    }

    fn hand_over(&mut self, blocks: u64) {
        let pile = Pile::of(blocks.min(self.case.handover.room()));
        self.bytes += pile.bytes();
        self.case.handover.put(pile);
    }

    fn open_databases(&mut self, count: u64) {
        for _ in 0..count {
            match Scratch::open() {
                Ok(database) => self.databases.push(database),
                Err(error) => {
                    return log::error!(event = "laboratory-failed"; "laboratory: a database without a file cannot be opened: {error}");
                }
            }
            self.bytes += self.database_bytes;
        }
    }

    fn reach(&mut self, bytes: u64) {
        let (wanted, held) = (bytes / BLOCK, self.pile.bytes() / BLOCK);
        self.pile.remove(held.saturating_sub(wanted));
        self.pile.add(wanted.saturating_sub(held).min(MOST_A_TICK / BLOCK));
        self.bytes = self.pile.bytes();
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let (name, course) = (self.case.ailment.actor.as_str(), &self.case.ailment.course);
        let (generation, bytes) = (self.generation, self.bytes);
        let what = match course {
            Course::Leak { way: Way::Hold, .. } => "has held on to",
            Course::Leak { way: Way::Forget, .. } => "has forgotten",
            Course::Leak { way: Way::Malloc, .. } => "has held on to, in SQLite,",
            Course::Leak { way: Way::Hoard { .. }, .. } => "has handed over",
            Course::Healthy { .. } => "held last",
        };
        log::info!(event = "laboratory-holds", child = name, generation, bytes, course:%; "laboratory: {name} generation {generation} {what} {bytes} bytes");
    }
}

/// One generation of an actor that hoards for another one.
struct Hoarder {
    case: Arc<Case>,
    generation: u64,
    pile: Pile,
}

impl Hoarder {
    fn pick_up(&mut self) {
        let mut found = self.case.handover.take();
        found.set_on(std::mem::take(&mut self.pile));
        self.pile = found;
    }
}

impl Drop for Hoarder {
    fn drop(&mut self) {
        // What still waits goes with the rest: nothing outlives the one that it was put down for.
        self.pick_up();
        let Course::Leak { way: Way::Hoard { other }, .. } = &self.case.ailment.course else { return };
        let (name, of) = (other.as_str(), self.case.ailment.actor.as_str());
        let (generation, bytes) = (self.generation, self.pile.bytes());
        log::info!(event = "laboratory-returns", child = name, generation, of, bytes; "laboratory: {name} generation {generation} gives {bytes} hoarded bytes of {of} back");
    }
}

/// What an open database without a file takes of the calling thread's account: measured, because it differs between
/// versions of SQLite.
fn measure_scratch() -> u64 {
    let living = || {
        let arenas = Arenas::probe().ok()?;
        arenas.flush_current_thread().ok()?;
        arenas.bound().ok()?.usage().ok().map(|usage| usage.allocated)
    };
    // The first one brings along what SQLite makes once for all of them.
    drop(Scratch::open());
    let before = living();
    let opened: Vec<_> = (0..SCRATCHES_MEASURED).map(|_| Scratch::open()).collect();
    let after = living();
    drop(opened);
    let grown = before.zip(after).map_or(0, |(before, after)| after.saturating_sub(before));
    if grown == 0 { SCRATCH_BYTES } else { grown / SCRATCHES_MEASURED }
}
