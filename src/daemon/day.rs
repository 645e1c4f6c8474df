//! What a day came to, as a value: the difference of two tallies, a sentence and a table.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::memory::bytes::{signed, size};
use crate::memory::status::MemoryStatus;
use crate::supervision::status::ChildStatus;

/// Everything that was counted since the process was started, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) at: Timestamp,
    /// Complete, partial, failed.
    pub(super) refreshes: [u64; 3],
    /// Stored, failed.
    pub(super) reports: [u64; 2],
    pub(super) actors: Vec<ActorTally>,
}

/// The same of one actor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ActorTally {
    name: String,
    /// Because of memory, after a crash, on request.
    restarts: [u64; 3],
    /// The lowest reading of living bytes in the latest hour, and in the oldest of 24 that is known.
    floor: Option<u64>,
    oldest_floor: Option<u64>,
}

impl Tally {
    /// Nothing yet.
    pub(super) fn begun(at: Timestamp) -> Self {
        Self { at, refreshes: [0; 3], reports: [0; 2], actors: Vec::new() }
    }
}

impl ActorTally {
    pub(super) fn of(child: &ChildStatus, memory: Option<&MemoryStatus>) -> Self {
        let requested = child.restarts.saturating_sub(child.memory_restarts);
        let account = memory.and_then(|memory| memory.children.iter().find(|it| it.name == child.name));
        let floors = account.map(|account| account.floors.as_slice()).unwrap_or_default();
        Self {
            name: child.name.clone(),
            restarts: [child.memory_restarts, child.crashes, requested],
            floor: floors.last().copied(),
            oldest_floor: floors.first().copied(),
        }
    }
}

/// What lies between two tallies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) refreshes: [u64; 3],
    pub(super) reports: [u64; 2],
    /// Because of memory, after a crash, on request.
    pub(super) restarts: [u64; 3],
    pub(super) actors: Vec<ActorDay>,
    /// The lowest and the highest resident set, in bytes; nothing where none was read.
    pub(super) rss: Option<(u64, u64)>,
}

/// One actor's day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ActorDay {
    pub(super) name: String,
    restarts: [u64; 3],
    floor: Option<u64>,
    /// How far the floor has risen, in bytes.
    pub(super) growth: Option<i64>,
}

impl Day {
    pub(super) fn between(before: &Tally, now: &Tally, rss: Option<(u64, u64)>) -> Self {
        let actors: Vec<ActorDay> = now
            .actors
            .iter()
            .map(|actor| actor_day(before.actors.iter().find(|it| it.name == actor.name), actor))
            .collect();
        let sum = |cause: usize| actors.iter().map(|actor| actor.restarts[cause]).sum();
        Self {
            from: before.at,
            to: now.at,
            refreshes: since(before.refreshes, now.refreshes),
            reports: since(before.reports, now.reports),
            restarts: [sum(0), sum(1), sum(2)],
            actors,
            rss,
        }
    }

    /// The day in a sentence.
    pub(super) fn sentence(&self, zone: &TimeZone) -> String {
        let local = |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let [complete, partial, failed] = self.refreshes;
        let [stored, not_stored] = self.reports;
        let [memory, crash, request] = self.restarts;
        let rss = self.rss.map_or_else(String::new, |(low, high)| {
            format!(", between {} and {} resident", size(low), size(high))
        });
        format!(
            "from {} to {}: {} refreshes ({partial} partial, {failed} failed), {stored} reports ({not_stored} attempts failed), \
             {} restarts (memory {memory}, crash {crash}, request {request}){rss}",
            local(self.from),
            local(self.to),
            complete + partial + failed,
            memory + crash + request,
        )
    }

    /// A line an actor, under headings.
    pub(super) fn table(&self) -> String {
        let width = self.actors.iter().map(|actor| actor.name.len()).max().unwrap_or_default().max(5);
        let mut table = format!(
            "{:<width$}  {:>6}  {:>5}  {:>7}  {:>10}  {:>11}",
            "actor", "memory", "crash", "request", "floor", "growth"
        );
        for ActorDay { name, restarts: [memory, crash, request], floor, growth } in &self.actors {
            let (floor, growth) = (floor.map_or("-".to_owned(), size), growth.map_or("-".to_owned(), signed));
            // Writing to a string cannot fail.
            let _ = write!(
                table,
                "\n{name:<width$}  {memory:>6}  {crash:>5}  {request:>7}  {floor:>10}  {growth:>11}"
            );
        }
        table
    }
}

fn actor_day(before: Option<&ActorTally>, now: &ActorTally) -> ActorDay {
    let none = ActorTally::default();
    let before = before.unwrap_or(&none);
    // On its first day, an actor is compared with its first hour.
    let first = before.floor.or(now.oldest_floor);
    let growth = now.floor.zip(first).map(|(floor, first)| {
        i64::try_from(floor).unwrap_or(i64::MAX).saturating_sub(i64::try_from(first).unwrap_or(i64::MAX))
    });
    ActorDay {
        name: now.name.clone(),
        restarts: since(before.restarts, now.restarts),
        floor: now.floor,
        growth,
    }
}

fn since<const N: usize>(before: [u64; N], now: [u64; N]) -> [u64; N] {
    std::array::from_fn(|position| now[position].saturating_sub(before[position]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(name: &str, restarts: [u64; 3], floor: Option<u64>, oldest_floor: Option<u64>) -> ActorTally {
        ActorTally { name: name.to_owned(), restarts, floor, oldest_floor }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_what_lies_between_two_tallies() {
        let before = Tally {
            at: at("2026-03-01T17:00:00Z"),
            refreshes: [480, 0, 1],
            reports: [8, 0],
            actors: vec![actor("market-indices", [1, 0, 0], Some(4096), Some(1024))],
        };
        let now = Tally {
            at: at("2026-03-02T17:00:00Z"),
            refreshes: [957, 2, 2],
            reports: [16, 1],
            actors: vec![
                actor("market-indices", [2, 1, 0], Some(6144), Some(4000)),
                actor("late", [0, 0, 1], Some(512), Some(1024)),
                actor("unmeasured", [0; 3], None, None),
            ],
        };
        let day = Day::between(&before, &now, Some((15 << 20, 16 << 20)));
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        assert_eq!(
            day.sentence(&zone),
            "from 2026-03-02 00:00 to 2026-03-03 00:00: 480 refreshes (2 partial, 1 failed), 8 reports (1 attempts failed), \
             3 restarts (memory 1, crash 1, request 1), between 15.0 MiB and 16.0 MiB resident"
        );
        let expected = "\
actor           memory  crash  request       floor       growth
market-indices       1      1        0     6.0 KiB     +2.0 KiB
late                 0      0        1       512 B       -512 B
unmeasured           0      0        0           -            -";
        assert_eq!(day.table(), expected);
    }

    #[test]
    fn the_first_day_begins_with_nothing() {
        let now = Tally {
            at: at("2026-03-02T17:00:00Z"),
            refreshes: [7, 0, 0],
            reports: [1, 0],
            actors: vec![actor("a", [0; 3], Some(2048), Some(1024))],
        };
        let day = Day::between(&Tally::begun(at("2026-03-02T16:00:00Z")), &now, None);
        assert_eq!((day.refreshes, day.reports, day.rss), ([7, 0, 0], [1, 0], None));
        assert_eq!(day.actors[0].growth, Some(1024));
        assert!(day.sentence(&TimeZone::UTC).ends_with("(memory 0, crash 0, request 0)"));
    }
}
