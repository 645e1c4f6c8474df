//! The decision records: bounded in number, in memory and in a file that survives the process.
//!
//! A disk that fails costs the file and nothing else: the records stay in memory, and the file is written anew as soon
//! as that works. Shared and cheap to clone, so that it survives the monitor's own restarts.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::json_lines::JsonLines;
use super::record::{Outcome, Record};

/// Actions that are kept in any case: the budgets are counted from them.
const LEAST_ACTIONS: usize = 256;

/// The records. All clones are the same ledger.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Mutex<Books>>);

#[derive(Debug)]
struct Books {
    /// Oldest first; never more than `most`, or [`LEAST_ACTIONS`] where all of them are actions.
    records: VecDeque<Record>,
    most: usize,
    next: u64,
    file: Option<Journal>,
}

/// The file.
#[derive(Debug)]
struct Journal {
    path: PathBuf,
    lines: usize,
    /// Holds what it should not, or not all that it should: it has to be written anew.
    stale: bool,
    /// A failure was logged, and nothing has worked since.
    failed: bool,
}

impl Ledger {
    /// A ledger without a file that keeps `most` records. What was done goes after what was only said.
    pub fn in_memory(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        Self(Arc::new(Mutex::new(Books { records: VecDeque::new(), most, next: 1, file: None })))
    }

    /// A ledger whose records are kept in the file at `path`, which need not exist, and begins with those that are
    /// there. Lines that cannot be read are passed over with a warning.
    pub fn open(path: &Path, most: u32) -> Self {
        let ledger = Self::in_memory(most);
        let mut journal = Journal { path: path.to_owned(), lines: 0, stale: false, failed: false };
        ledger.books().load(&mut journal);
        ledger.books().file = Some(journal);
        ledger
    }

    /// Adds a record, gives it its number and returns that.
    pub fn add(&self, mut record: Record) -> u64 {
        let mut books = self.books();
        record.number = books.next;
        books.next += 1;
        books.keep(record.clone());
        books.write(&record);
        record.number
    }

    /// Notes what came of the action of a record; returns the record, if it is still kept.
    pub fn settle(&self, number: u64, outcome: Outcome) -> Option<Record> {
        let mut books = self.books();
        let record = books.records.iter_mut().find(|record| record.number == number)?;
        record.outcome = Some(outcome);
        let settled = record.clone();
        books.write(&settled);
        Some(settled)
    }

    /// All records that are kept, oldest first.
    pub fn records(&self) -> Vec<Record> {
        self.books().records.iter().cloned().collect()
    }

    /// What `look` makes of all records, oldest first, without a copy of them.
    pub fn with<T>(&self, look: impl FnOnce(&mut dyn Iterator<Item = &Record>) -> T) -> T {
        look(&mut self.books().records.iter())
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Every change is complete in itself: what a panicking thread left behind can be used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Keeps a record, in place of an earlier one of the same number.
    fn keep(&mut self, record: Record) {
        // From the back: what is written again was written lately.
        let is_new = self.records.back().is_none_or(|latest| latest.number < record.number);
        let same = |kept: &&mut Record| kept.number == record.number;
        if let Some(same) = self.records.iter_mut().rev().find(same).filter(|_| !is_new) {
            *same = record;
            return;
        }
        self.records.push_back(record);
        while self.records.len() > self.most {
            let actions = self.records.iter().filter(|kept| is_action(kept)).count();
            let chatter = self.records.iter().position(|kept| !is_action(kept));
            match chatter {
                Some(oldest) => drop(self.records.remove(oldest)),
                None if actions > LEAST_ACTIONS => drop(self.records.pop_front()),
                None => return,
            }
        }
    }

    fn load(&mut self, journal: &mut Journal) {
        let path = journal.path.display();
        let lines = match JsonLines::<Record>::open(&journal.path) {
            Ok(lines) => lines,
            Err(error) if error.kind() == ErrorKind::NotFound => return,
            Err(error) => {
                log::warn!(event = "decisions-unreadable"; "the decision records in {path} cannot be read and begin anew: {error}");
                journal.stale = true;
                return;
            }
        };
        let mut unread = 0_u64;
        let mut first = None;
        for line in lines {
            journal.lines += 1;
            match line {
                Ok(record) => {
                    self.next = self.next.max(record.number.saturating_add(1));
                    self.keep(record);
                }
                Err(error) => {
                    unread += 1;
                    first.get_or_insert(error);
                }
            }
        }
        if let Some(first) = first {
            journal.stale = true;
            log::warn!(event = "decisions-passed-over", lines = unread; "{unread} lines of the decision records were passed over; the first: {first}");
        }
    }

    fn write(&mut self, record: &Record) {
        let Some(journal) = &mut self.file else { return };
        let full = journal.lines >= self.most.max(LEAST_ACTIONS).saturating_mul(2);
        let written =
            if full || journal.stale { journal.renew(&self.records) } else { journal.append(record) };
        match written {
            Ok(()) => journal.failed = false,
            Err(error) => {
                journal.stale = true;
                if !journal.failed {
                    let path = journal.path.display();
                    log::error!(
                        event = "decisions-not-written"; "decision records are not written to {path}: {error}; they are kept in memory"
                    );
                }
                journal.failed = true;
            }
        }
    }
}

impl Journal {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        if self.lines == 0 {
            self.make_directory()?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(&line(record)?)?;
        self.lines += 1;
        Ok(())
    }

    /// Writes all records to a file beside it and puts that in its place.
    fn renew(&mut self, records: &VecDeque<Record>) -> io::Result<()> {
        self.make_directory()?;
        let aside = self.path.with_extension("jsonl.new");
        let mut file = BufWriter::new(File::create(&aside)?);
        for record in records {
            file.write_all(&line(record)?)?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&aside, &self.path)?;
        self.lines = records.len();
        self.stale = false;
        Ok(())
    }

    fn make_directory(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), fs::create_dir_all)
    }
}

fn is_action(record: &Record) -> bool {
    record.is_restart() || record.is_departure()
}

fn line(record: &Record) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests;
