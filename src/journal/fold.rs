//! Folding: what fails again and again is said once, and then how often it was the same.
//!
//! Pure: the time is that of the lines. Two lines are the same when they differ in digits only, so that a failure is
//! known again although its duration is another one. The first is passed on at once; those after it are counted, and
//! told in one line every hour, when they have stopped, or when the log ends. Nothing is lost but the repetition.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::entry::Entry;

/// How often something that goes on is told.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Something has stopped when it was not there for this long, or for three times its usual pause.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// Different failures that are remembered; the one that was quiet for longest makes room.
const MOST: usize = 64;

/// Remembers what was said lately.
#[derive(Debug, Default)]
pub struct Fold(Vec<Repeated>);

#[derive(Debug)]
struct Repeated {
    shape: String,
    /// When it was there for the first time.
    first: Timestamp,
    /// How often it was there since, the first time not counted.
    again: u32,
    /// When it was told last.
    told: Timestamp,
    /// How often it was there since then, and the latest of these lines.
    untold: u32,
    latest: Entry,
}

impl Fold {
    /// Takes a line that may be one of many, and returns what is to be written now.
    pub fn take(&mut self, entry: Entry) -> Vec<Entry> {
        let now = entry.at;
        let mut due = self.due(now);
        let shape = shape(&entry);
        match self.0.iter_mut().find(|repeated| repeated.shape == shape) {
            Some(repeated) => repeated.count(entry),
            None => {
                if self.0.len() >= MOST {
                    due.extend(self.make_room());
                }
                let latest = entry.clone();
                self.0.push(Repeated { shape, first: now, again: 0, told: now, untold: 0, latest });
                due.push(entry);
            }
        }
        due
    }

    /// What is to be told at `now`, whatever else is written then.
    pub fn due(&mut self, now: Timestamp) -> Vec<Entry> {
        let mut due = Vec::new();
        self.0.retain_mut(|repeated| {
            let over = repeated.is_over(now);
            if over || now.duration_since(repeated.told) >= EVERY {
                due.extend(repeated.tell());
                repeated.told = now;
            }
            !over
        });
        due
    }

    /// What is left to be told at the end of the log.
    pub fn settle(&mut self) -> Vec<Entry> {
        self.0.drain(..).filter_map(|mut repeated| repeated.tell()).collect()
    }

    fn make_room(&mut self) -> Option<Entry> {
        let (position, _) = self.0.iter().enumerate().min_by_key(|(_, repeated)| repeated.latest.at)?;
        self.0.swap_remove(position).tell()
    }
}

impl Repeated {
    fn count(&mut self, entry: Entry) {
        self.again = self.again.saturating_add(1);
        self.untold = self.untold.saturating_add(1);
        self.latest = entry;
    }

    fn is_over(&self, now: Timestamp) -> bool {
        let lasted = self.latest.at.duration_since(self.first);
        let usual =
            lasted.checked_div(i32::try_from(self.again.max(1)).unwrap_or(i32::MAX)).unwrap_or_default();
        now.duration_since(self.latest.at) > QUIET.max(usual.saturating_mul(3))
    }

    /// The latest line, and how often it was the same since it was told.
    fn tell(&mut self) -> Option<Entry> {
        let times = std::mem::take(&mut self.untold);
        if times == 0 {
            return None;
        }
        let over = self.latest.at.duration_since(self.told);
        let mut entry = self.latest.clone();
        entry.message = match times {
            1 => format!("the same once more, after {}: {}", lasting(over), entry.message),
            _ => format!("the same {times} times in {}: {}", lasting(over), entry.message),
        };
        entry.fields.insert("times".to_owned(), Value::from(times));
        entry.fields.insert("over_s".to_owned(), Value::from(over.as_secs()));
        Some(entry)
    }
}

/// The line without what differs from one time to the next.
fn shape(entry: &Entry) -> String {
    let mut shape = String::with_capacity(entry.message.len() + entry.event.len() + 8);
    shape.push_str(entry.level.as_str());
    shape.push(' ');
    shape.push_str(&entry.event);
    shape.push(' ');
    let mut digits = false;
    for character in entry.message.chars() {
        if character.is_ascii_digit() {
            if !digits {
                shape.push('0');
            }
            digits = true;
        } else {
            shape.push(character);
            digits = false;
        }
    }
    shape
}

/// `40 s`, `36 min`, `5 h`.
fn lasting(over: SignedDuration) -> String {
    match over.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", (seconds + 30) / 60),
        seconds => format!("{} h", (seconds + 1800) / 3600),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::super::entry::Severity;
    use super::*;

    fn line(minute: i64, message: &str) -> Entry {
        Entry {
            number: 0,
            at: Timestamp::from_second(minute * 60).unwrap(),
            level: Severity::Warn,
            event: "source-failed".to_owned(),
            target: "evenkeel::market".to_owned(),
            message: message.to_owned(),
            fields: Map::new(),
        }
    }

    fn said(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.message.as_str()).collect()
    }

    #[test]
    fn a_failure_of_36_minutes_is_two_lines() {
        let mut fold = Fold::default();
        assert_eq!(said(&fold.take(line(0, "no answer in 3 ms"))), ["no answer in 3 ms"]);
        for minute in 1..=12 {
            assert!(fold.take(line(3 * minute, &format!("no answer in {} ms", 10 * minute))).is_empty());
        }
        assert!(fold.due(line(45, "").at).is_empty(), "it may go on");
        let told = fold.due(line(47, "").at);
        assert_eq!(said(&told), ["the same 12 times in 36 min: no answer in 120 ms"]);
        assert_eq!(told[0].fields["times"], 12);
        assert_eq!(told[0].fields["over_s"], 36 * 60);
        assert_eq!(said(&fold.take(line(50, "no answer in 4 ms"))), ["no answer in 4 ms"], "it is new again");
    }

    #[test]
    fn what_goes_on_is_told_every_hour_and_at_the_end() {
        let mut fold = Fold::default();
        let mut told = Vec::new();
        for minute in 0..=100 {
            told.extend(fold.take(line(minute, "down")));
        }
        assert_eq!(said(&told), ["down", "the same 59 times in 59 min: down"]);
        assert_eq!(said(&fold.settle()), ["the same 41 times in 40 min: down"]);
        assert!(fold.settle().is_empty());
    }

    #[test]
    fn what_is_different_is_said_and_the_memory_of_it_is_bounded() {
        let mut fold = Fold::default();
        for number in 0..200 {
            let word: String = (0..=number).map(|_| 'x').collect();
            assert_eq!(fold.take(line(0, &word)).len(), 1);
            assert!(fold.0.len() <= MOST);
        }
        let error = Entry { level: Severity::Error, ..line(0, "x") };
        assert_eq!(fold.take(error).len(), 1);
        let mut fold = Fold::default();
        fold.take(line(0, "rare"));
        fold.take(line(5, "rare"));
        assert_eq!(said(&fold.take(line(30, "other"))), ["the same once more, after 5 min: rare", "other"]);
    }
}
