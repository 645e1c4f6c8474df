//! One tick: measure, purge what looks too large and measure again, judge every account, show and record.

use std::time::Duration;

use jiff::Timestamp;

use super::Equipment;
use super::gate::Matter;
use super::lines::{log_record, log_result};
use super::reading::{Reading, readings, tick_of};
use super::whole_process::WholeProcess;
use crate::memory::instrument::Instrument;
use crate::memory::ladder::Bystander;
use crate::memory::policy::{Decision, Leg, Policy, Rules, Verdict};
use crate::memory::probe::cgroup_limit;
use crate::memory::record::{Action, Outcome, PROCESS, Record};
use crate::memory::status::{AccountStatus, MemoryStatus};
use crate::supervision::event::Event;
use crate::supervision::measure::{ChildMemory, Measurement};
use crate::supervision::status::ChildState;

/// The monitor's state and tools. Holds one policy an account.
pub(super) struct Round {
    pub(super) equipment: Equipment,
    pub(super) instrument: Instrument,
    policies: Vec<(String, Policy)>,
    /// An action that waits for its moment.
    pub(super) planned: Option<Planned>,
    /// A case whose restart was of no use a moment ago.
    pub(super) unsolved: Option<Grounds>,
    cgroup_limit: Option<u64>,
    ticks: u64,
    unread: u64,
    /// What could not be read at the latest tick: said when it changes.
    unreadable: String,
}

/// An action is put off by the jitter until `due`.
pub(super) struct Planned {
    pub(super) account: String,
    pub(super) due: Timestamp,
}

/// An account with a case.
pub(super) struct Grounds {
    pub(super) account: String,
    pub(super) generation: u64,
    pub(super) leg: Leg,
    pub(super) decision: Decision,
    pub(super) floors: Vec<u64>,
    /// It was purged in this tick.
    pub(super) purged: bool,
    /// What that gave back, in bytes.
    pub(super) returned: u64,
}

impl Round {
    pub(super) fn new(equipment: Equipment, instrument: Instrument) -> Self {
        let cgroup_limit = cgroup_limit();
        Self {
            equipment,
            instrument,
            policies: Vec::new(),
            planned: None,
            unsolved: None,
            cgroup_limit,
            ticks: 0,
            unread: 0,
            unreadable: String::new(),
        }
    }

    pub(super) async fn tick(&mut self) {
        let stopwatch = self.equipment.clock.stopwatch();
        let now = self.equipment.clock.now();
        let Ok(mut measurement) = self.equipment.supervisor.measure(Vec::new()).await else { return };
        self.forget_the_dismissed(&measurement);
        let mut taken = readings(&tick_of(&measurement, now), &measurement);
        if self.equipment.process == WholeProcess::Shown {
            // Another monitor's account, or nobody's.
            taken.retain(|reading| reading.account != PROCESS);
        }
        let purge = self.purge_list(&taken, &measurement);
        if !purge.is_empty() {
            let Ok(again) = self.equipment.supervisor.measure(purge.clone()).await else { return };
            measurement = again;
            let tick = tick_of(&measurement, now);
            for after in readings(&tick, &measurement) {
                let wanted = after.account == PROCESS || purge.contains(&after.account);
                let same = |before: &&mut Reading| before.account == after.account;
                if let Some(before) = taken.iter_mut().find(same).filter(|_| wanted) {
                    before.purged = Some(after.sample);
                }
            }
        }
        let tick = tick_of(&measurement, now);
        self.count(&measurement);
        self.equipment.logbook.record(tick);
        self.settle(&measurement);
        let (decisions, cases) = self.judge(&taken, now);
        self.show(&measurement, &decisions, now, stopwatch.elapsed());
        self.climb(cases, &measurement, now).await;
    }

    /// Forgets the accounts of children that were dismissed.
    fn forget_the_dismissed(&mut self, measurement: &Measurement) {
        let is_there =
            |name: &str| name == PROCESS || measurement.children.iter().any(|child| child.name == name);
        self.policies.retain(|(name, _)| is_there(name));
        self.equipment.logbook.keep_only(is_there);
    }

    fn count(&mut self, measurement: &Measurement) {
        self.ticks += 1;
        let available = self.instrument.available;
        let unread: Vec<&str> = measurement
            .children
            .iter()
            .filter(|child| available && child.memory.is_none() && child.state == ChildState::Running)
            .map(|child| child.name.as_str())
            .chain(measurement.process.is_none().then_some(PROCESS))
            .collect();
        self.unread += u64::from(!unread.is_empty());
        let accounts = unread.join(", ");
        if accounts == self.unreadable {
            return;
        }
        self.unreadable.clone_from(&accounts);
        if accounts.is_empty() {
            log::info!(event = "memory-readable"; "the memory of all children can be read again");
        } else {
            log::warn!(event = "memory-unreadable", accounts = accounts.as_str(); "the memory of {accounts} could not be read: nothing is decided about it until it can");
        }
    }

    /// Children whose unused pages have to be ruled out before they are judged.
    fn purge_list(&mut self, readings: &[Reading], measurement: &Measurement) -> Vec<String> {
        let wanting: Vec<String> = readings
            .iter()
            .filter(|reading| self.policy(&reading.account).wants_purge(&reading.sample))
            .map(|reading| reading.account.clone())
            .collect();
        if !self.instrument.available {
            return Vec::new();
        }
        if wanting.iter().any(|account| account == PROCESS) {
            return measurement.children.iter().map(|child| child.name.clone()).collect();
        }
        wanting
    }

    /// Judges every account that could be read; says what is close, and returns what has to be acted upon.
    fn judge(&mut self, readings: &[Reading], now: Timestamp) -> (Vec<(String, Decision)>, Vec<Grounds>) {
        let (mut decisions, mut cases) = (Vec::new(), Vec::new());
        for reading in readings {
            let account = reading.account.as_str();
            let policy = self.policy(account);
            let garbage = reading
                .purged
                .is_some_and(|after| policy.wants_purge(&reading.sample) && !policy.wants_purge(&after));
            let decision = policy.tick(reading.latest());
            let leg = match decision.verdict {
                Verdict::Case(leg) | Verdict::Close(leg) => leg,
                Verdict::Steady | Verdict::WarmingUp => {
                    // The line that was crossed: the hard one, if it was.
                    let hard = decision.evidence.hard.is_some_and(|hard| reading.sample.resident > hard);
                    if hard { Leg::Hard } else { Leg::Soft }
                }
            };
            let grounds = Grounds {
                account: account.to_owned(),
                generation: reading.sample.generation,
                leg,
                floors: policy.floors(),
                decision: decision.clone(),
                purged: reading.purged.is_some(),
                returned: reading.returned(),
            };
            match decision.verdict {
                Verdict::Case(_) => cases.push(grounds),
                Verdict::Close(leg) => self.say(&grounds, Matter::Near(leg), Action::NearMiss, now),
                Verdict::Steady | Verdict::WarmingUp if garbage => {
                    self.say(&grounds, Matter::Purged, Action::Purge, now);
                }
                Verdict::Steady | Verdict::WarmingUp => self.equipment.logbook.calm(account),
            }
            decisions.push((account.to_owned(), decision));
        }
        (decisions, cases)
    }

    /// Records and logs something that may last, unless that was done lately.
    pub(super) fn say(&self, grounds: &Grounds, matter: Matter, action: Action, now: Timestamp) {
        if self.equipment.logbook.may_say(&grounds.account, matter, now) {
            self.note(record(grounds, action, now), log::Level::Info);
        }
    }

    /// Logs and records a decision, and says it to whoever listens; returns its number.
    pub(super) fn note(&self, mut record: Record, level: log::Level) -> u64 {
        log_record(&record, level);
        record.number = self.equipment.logbook.ledger().add(record.clone());
        let number = record.number;
        self.equipment.supervisor.say(|| Event::MemoryDecision(record));
        number
    }

    /// Notes what came of a decision.
    pub(super) fn note_outcome(&self, number: u64, outcome: Outcome) {
        if let Some(record) = self.equipment.logbook.ledger().settle(number, outcome) {
            log_result(&record);
            self.equipment.supervisor.say(|| Event::MemoryOutcome(record));
        }
    }

    /// The account's policy; a new one for an account that is new.
    fn policy(&mut self, account: &str) -> &mut Policy {
        let position = self.policies.iter().position(|(name, _)| name == account).unwrap_or_else(|| {
            let config = &self.equipment.config;
            let rules = match account {
                PROCESS => Rules::of_process(config),
                child => {
                    let configured = config.limits.get(child).copied().unwrap_or_default();
                    Rules::new(config, self.equipment.supervisor.limits(child).under(configured))
                }
            };
            self.policies.push((account.to_owned(), Policy::new(rules)));
            self.policies.len() - 1
        });
        &mut self.policies[position].1
    }

    /// The account is another one than it was: its series begins anew.
    pub(super) fn begin_anew(&mut self, account: &str) {
        self.policies.retain(|(name, _)| name != account);
    }

    pub(super) fn bystanders(&self, measurement: &Measurement) -> Vec<Bystander> {
        let bystander = |child: &ChildMemory| Bystander {
            name: child.name.clone(),
            running: child.state == ChildState::Running,
            suspicious: child.name != self.equipment.me.name(),
            mailbox: child.mailbox,
            work: child.work,
            growth: self.growth(child),
        };
        // What has ended for good is in nobody's way.
        let there = measurement.children.iter().filter(|child| child.state != ChildState::Ended);
        there.map(bystander).collect()
    }

    /// Living bytes of a child beyond its baseline.
    fn growth(&self, child: &ChildMemory) -> u64 {
        let policy = self.policies.iter().find(|(name, _)| *name == child.name);
        let baseline = policy.and_then(|(_, policy)| policy.baseline()).unwrap_or_default();
        child.memory.map_or(0, |memory| memory.allocated.saturating_sub(baseline))
    }

    fn show(
        &self,
        measurement: &Measurement,
        decisions: &[(String, Decision)],
        now: Timestamp,
        took: Duration,
    ) {
        let decision = |account: &str| {
            decisions.iter().find(|(name, _)| name == account).map(|(_, decision)| decision.clone())
        };
        let logbook = &self.equipment.logbook;
        let account = |child: &ChildMemory| {
            let live = child.memory.map(|memory| memory.allocated);
            let hours = logbook.note_floor(&child.name, now.as_millisecond(), live);
            AccountStatus {
                name: child.name.clone(),
                generation: child.generation,
                rss: child.memory.map(|memory| memory.resident),
                live,
                floors: hours.floors(),
                growth_per_day: hours.growth_per_day(),
                leak_out: child.last_restart.map(|proof| proof.leak_out),
                mailbox: child.mailbox,
                work: child.work,
                memory_restarts: child.memory_restarts,
                crashes: child.crashes,
                decision: decision(&child.name),
            }
        };
        logbook.show(MemoryStatus {
            at: now,
            instrument: self.instrument.clone(),
            dry_run: self.equipment.config.dry_run,
            children: measurement.children.iter().map(account).collect(),
            elsewhere: measurement.elsewhere,
            unattributed: measurement.unattributed,
            automatic: measurement.automatic,
            process: measurement.process,
            decision: decision(PROCESS),
            cgroup_limit: self.cgroup_limit,
            ticks: self.ticks,
            unread: self.unread,
            tick_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        });
    }
}

pub(super) fn record(grounds: &Grounds, action: Action, now: Timestamp) -> Record {
    Record {
        number: 0,
        at: now,
        child: grounds.account.clone(),
        generation: grounds.generation,
        leg: grounds.leg,
        action,
        evidence: grounds.decision.evidence.clone(),
        purged: grounds.returned,
        floors: grounds.floors.clone(),
        outcome: None,
    }
}
