//! The bounded ring of lines.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::entry::Entry;

/// The most lines that are kept.
const LINES: usize = 1000;

/// The most bytes that they may hold, about.
const BYTES: usize = 512 * 1024;

/// The last lines of the log. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub struct Journal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ring: Mutex<Ring>,
    /// The number of the newest line.
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Arc<Entry>>,
    bytes: usize,
    numbered: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self(Arc::new(Shared { ring: Mutex::default(), newest: watch::Sender::new(0) }))
    }
}

impl Journal {
    /// Keeps a line, and numbers it; the oldest ones make room.
    pub fn add(&self, mut entry: Entry) -> Arc<Entry> {
        let mut ring = self.ring();
        ring.numbered += 1;
        entry.number = ring.numbered;
        let entry = Arc::new(entry);
        ring.bytes += entry.bytes();
        ring.lines.push_back(Arc::clone(&entry));
        while ring.lines.len() > LINES || (ring.bytes > BYTES && ring.lines.len() > 1) {
            let oldest = ring.lines.pop_front().map_or(0, |oldest| oldest.bytes());
            ring.bytes = ring.bytes.saturating_sub(oldest);
        }
        drop(ring);
        self.0.newest.send_replace(entry.number);
        entry
    }

    /// The newest `most` lines after line `number` that are `wanted`, oldest first.
    pub fn after(&self, number: u64, most: usize, wanted: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        let ring = self.ring();
        let newer = ring.lines.iter().rev().take_while(|entry| entry.number > number);
        let mut found: Vec<_> = newer.filter(|entry| wanted(entry)).take(most).cloned().collect();
        drop(ring);
        found.reverse();
        found
    }

    /// The oldest line after line `number` that is still kept.
    pub fn next(&self, number: u64) -> Option<Arc<Entry>> {
        let ring = self.ring();
        let position = ring.lines.partition_point(|entry| entry.number <= number);
        ring.lines.get(position).cloned()
    }

    /// The number of the newest line, now and whenever there is one more.
    pub fn newest(&self) -> watch::Receiver<u64> {
        self.0.newest.subscribe()
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::Map;

    use super::super::entry::Severity;
    use super::*;

    fn line(message: &str) -> Entry {
        Entry {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            level: Severity::Info,
            event: "tested".to_owned(),
            target: "evenkeel".to_owned(),
            message: message.to_owned(),
            fields: Map::new(),
        }
    }

    #[test]
    fn the_oldest_lines_make_room_and_gaps_can_be_told() {
        let journal = Journal::default();
        for number in 1..=LINES + 10 {
            assert_eq!(journal.add(line("short")).number, number as u64);
        }
        let kept = journal.after(0, usize::MAX, |_| true);
        assert_eq!((kept.len(), kept[0].number), (LINES, 11));
        assert_eq!(*journal.newest().borrow(), LINES as u64 + 10);
        let last: Vec<u64> = journal.after(5, 2, |_| true).iter().map(|entry| entry.number).collect();
        assert_eq!(last, [1009, 1010]);
        assert!(journal.after(1010, 2, |_| true).is_empty());
        let next = |number| journal.next(number).map(|entry| entry.number);
        assert_eq!([next(0), next(500), next(1009), next(1010)], [Some(11), Some(501), Some(1010), None]);
    }

    #[test]
    fn long_lines_are_bounded_by_their_bytes() {
        let journal = Journal::default();
        for _ in 0..100 {
            journal.add(line(&"x".repeat(64 * 1024)));
        }
        assert_eq!(journal.after(0, usize::MAX, |_| true).len(), 7);
        journal.add(line(&"x".repeat(2 * BYTES)));
        assert_eq!(journal.after(0, usize::MAX, |_| true).len(), 1, "the newest line is always there");
    }
}
