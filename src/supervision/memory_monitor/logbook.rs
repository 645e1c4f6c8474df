//! What survives the monitor's own restarts, and what others read of it: records, the latest status, the action that
//! is under way.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::gate::{Gate, Matter};
use crate::clock::Stopwatch;
use crate::config::MemoryConfig;
use crate::memory::arena::ArenaUsage;
use crate::memory::hours::Hours;
use crate::memory::ledger::Ledger;
use crate::memory::policy::{Evidence, Leg};
use crate::memory::status::MemoryStatus;
use crate::memory::tape::{self, Tape, TapeLine, Tick};
use crate::memory::timeline::{Range, Stretch, Timeline};

/// The file of decision records in the data directory.
pub const DECISIONS: &str = "memory-decisions.jsonl";
/// The file of recorded samples in the data directory.
pub const SAMPLES: &str = "memory-samples.jsonl";

/// The logbook. Cheap to clone; all clones are the same.
///
/// ```
/// # let directory = tempfile::tempdir().unwrap();
/// # let directory = directory.path();
/// # actix::System::new().block_on(async {
/// use evenkeel::config::MemoryConfig;
/// use evenkeel::{Logbook, Supervisor};
///
/// let memory = MemoryConfig::default();
/// let logbook = Logbook::open(directory, &memory);
/// let supervisor = Supervisor::builder().logbook(logbook).memory(memory).start();
/// assert!(supervisor.decisions().is_empty());
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Logbook {
    ledger: Ledger,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    // Apart from the rest: a slow disk must not keep a reader of the status waiting.
    tape: Mutex<Option<Tape>>,
    timeline: Mutex<Timeline>,
    pages: Mutex<Pages>,
    checked: AtomicBool,
    ticked: AtomicBool,
}

#[derive(Debug, Default)]
struct Pages {
    status: Option<MemoryStatus>,
    /// Hourly floors by child: bounded by the children there are.
    hours: Vec<(String, Hours)>,
    under_way: Option<UnderWay>,
    gate: Gate,
}

/// An action whose outcome is not known yet.
#[derive(Debug, Clone)]
pub(super) enum UnderWay {
    Restart(Box<RestartUnderWay>),
    /// The process is going, as it was asked to then.
    Departure(Stopwatch),
}

#[derive(Debug, Clone)]
pub(super) struct RestartUnderWay {
    /// The number of its record.
    pub(super) number: u64,
    /// The child that is restarted, and the generation that ends.
    pub(super) child: String,
    pub(super) generation: u64,
    /// The account that grew: the child's own or another's.
    pub(super) account: String,
    pub(super) leg: Leg,
    pub(super) evidence: Evidence,
    /// That account before.
    pub(super) before: ArenaUsage,
}

impl Logbook {
    /// A logbook that keeps its records and samples in files of the data directory, and begins with the records that
    /// are there.
    pub fn open(data_dir: &Path, config: &MemoryConfig) -> Self {
        let samples = data_dir.join(SAMPLES);
        let timeline = recorded(&samples);
        let tape = Tape::new(&samples, config);
        Self::with(Ledger::open(&data_dir.join(DECISIONS), config.records), Some(tape), timeline)
    }

    /// A logbook without files.
    pub fn in_memory(config: &MemoryConfig) -> Self {
        Self::with(Ledger::in_memory(config.records), None, Timeline::default())
    }

    fn with(ledger: Ledger, tape: Option<Tape>, timeline: Timeline) -> Self {
        let shared = Shared {
            tape: Mutex::new(tape),
            timeline: Mutex::new(timeline),
            pages: Mutex::default(),
            checked: AtomicBool::new(false),
            ticked: AtomicBool::new(false),
        };
        Self { ledger, shared: Arc::new(shared) }
    }

    /// The decision records.
    #[doc(hidden)]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// All accounts at the latest tick; nothing before the first.
    pub fn status(&self) -> Option<MemoryStatus> {
        self.pages().status.clone()
    }

    pub(super) fn show(&self, status: MemoryStatus) {
        self.pages().status = Some(status);
    }

    /// The process and its children over the time from `now` back.
    pub fn stretch(&self, range: Range, now: Timestamp) -> Stretch {
        lock(&self.shared.timeline).stretch(range, now.as_millisecond())
    }

    pub(super) fn record(&self, tick: Tick) {
        lock(&self.shared.timeline).push(&tick);
        if let Some(tape) = lock(&self.shared.tape).as_mut() {
            tape.record(tick);
        }
    }

    /// Notes a reading of a child's floor, and returns the floors of its last 24 hours.
    pub(super) fn note_floor(&self, child: &str, at_ms: i64, bytes: Option<u64>) -> Hours {
        let mut pages = self.pages();
        let position = pages.hours.iter().position(|(name, _)| name == child).unwrap_or_else(|| {
            pages.hours.push((child.to_owned(), Hours::default()));
            pages.hours.len() - 1
        });
        let hours = &mut pages.hours[position].1;
        if let Some(bytes) = bytes {
            hours.push(at_ms, bytes);
        }
        hours.clone()
    }

    /// Forgets what was noted of accounts that are not there any more; records stay.
    pub(super) fn keep_only(&self, is_there: impl Fn(&str) -> bool) {
        let mut pages = self.pages();
        pages.hours.retain(|(name, _)| is_there(name));
        pages.gate.keep_only(is_there);
    }

    pub(super) fn under_way(&self) -> Option<UnderWay> {
        self.pages().under_way.clone()
    }

    pub(super) fn set_under_way(&self, action: Option<UnderWay>) {
        self.pages().under_way = action;
    }

    /// Whether it is time to say this of the account; if so, it counts as said.
    pub(super) fn may_say(&self, account: &str, matter: Matter, now: Timestamp) -> bool {
        self.pages().gate.opens(account, matter, now)
    }

    /// All is well with the account.
    pub(super) fn calm(&self, account: &str) {
        self.pages().gate.calm(account);
    }

    /// True the first time that it is asked.
    pub(super) fn is_first_check(&self) -> bool {
        !self.shared.checked.swap(true, Ordering::Relaxed)
    }

    /// True the first time that it is asked.
    pub(super) fn is_first_tick(&self) -> bool {
        !self.shared.ticked.swap(true, Ordering::Relaxed)
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        lock(&self.shared.pages)
    }
}

/// The timeline of the daemons before this one, as far as it was recorded.
fn recorded(samples: &Path) -> Timeline {
    let mut timeline = Timeline::default();
    // A recording that is not there, or broken, is not missed: the timeline begins now.
    for (part, lines) in tape::parts(samples).into_iter().flatten().enumerate() {
        for (position, line) in lines.enumerate() {
            match line {
                Ok(TapeLine::Rules(_)) if part > 0 && position == 0 => {}
                Ok(TapeLine::Rules(_)) => timeline.begin(),
                Ok(TapeLine::Tick(tick)) => timeline.push(&tick),
                Err(_) => {}
            }
        }
    }
    timeline.begin();
    timeline
}

/// Every change is complete in itself: what a panicking thread left behind can be used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
