//! Recorded samples, judged again: the daemon's policy and the daemon's ladder, over a recording instead of a process.
//!
//! Pure and bounded: one policy and one curve an account, and the last few imagined actions. A restart that the ladder
//! would have chosen is taken to have helped, unless the recording goes on with a generation that shows otherwise.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use super::arena::ArenaUsage;
use super::curve::Curve;
use super::history::History;
use super::hours::Hours;
use super::ladder::{Bystander, Case, Step, excess, next_step, outcome, vain_window};
use super::policy::{Decision, Evidence, Leg, Policy, Rules, Verdict};
use super::record::{Action, PROCESS, Record, Wish};
use super::sample::Sample;
use super::tape::{ChildTick, Tick};
use crate::config::MemoryConfig;

/// The child that judges in the daemon: a new generation of it has forgotten what it saw.
const MONITOR: &str = "memory-monitor";

/// Imagined actions that are remembered.
const MOST_RECORDS: usize = 500;

/// A recording that is judged again.
#[derive(Debug)]
pub struct Replay {
    config: MemoryConfig,
    accounts: Vec<Account>,
    imagined: VecDeque<Record>,
    monitor: Option<u64>,
    begun_ms: Option<i64>,
}

/// What a replay has seen of an account.
#[derive(Debug)]
pub struct Account {
    /// The child, or [`PROCESS`].
    pub name: String,
    /// Generations.
    pub generations: u64,
    /// Ticks at which it could be read.
    pub ticks: u64,
    /// Times that a case arose.
    pub cases: u64,
    /// Times that it came close to one.
    pub near_misses: u64,
    /// Its lowest readings over the whole recording.
    pub curve: Curve,
    /// Its hourly floors of the last 24 hours.
    pub hours: Hours,
    policy: Policy,
    last: Option<(u64, Verdict)>,
}

/// A change of what the policy says of an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// When, by the daemon's clock.
    pub at: Timestamp,
    /// The child, or [`PROCESS`].
    pub account: String,
    /// Its generation.
    pub generation: u64,
    /// What the policy says from here on.
    pub verdict: Verdict,
    /// The numbers.
    pub evidence: Evidence,
    /// Whom the action is about: the account, or a suspect.
    pub child: Option<String>,
    /// What the ladder would have done about a case; a near miss is one.
    pub action: Option<Action>,
    /// The same as the sentence of a decision record.
    pub sentence: Option<String>,
}

impl Replay {
    /// A replay by these settings, until the recording brings others.
    pub fn new(config: MemoryConfig) -> Self {
        Self { config, accounts: Vec::new(), imagined: VecDeque::new(), monitor: None, begun_ms: None }
    }

    /// The settings from here on. What was judged before is forgotten, as a daemon that was started anew has forgotten
    /// it, unless the recording only goes on in another file.
    pub fn settings(&mut self, config: MemoryConfig, goes_on: bool) {
        if !goes_on || config != self.config {
            self.config = config;
            self.begin_anew();
        }
    }

    /// The accounts, in the order in which they came.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Judges a tick; returns what has changed.
    pub fn tick(&mut self, tick: &Tick) -> Vec<Event> {
        let monitor = tick.children.iter().find(|child| child.name == MONITOR).map(|child| child.generation);
        if self.monitor.is_some() && monitor.is_some() && monitor != self.monitor {
            self.begin_anew();
        }
        self.monitor = monitor.or(self.monitor);
        self.begun_ms.get_or_insert(tick.at_ms);
        let children =
            tick.children.iter().filter_map(|child| Some((child.name.as_str(), tick.sample(child)?)));
        let samples: Vec<(&str, Sample)> =
            children.chain(tick.process().map(|sample| (PROCESS, sample))).collect();
        samples.into_iter().filter_map(|(name, sample)| self.judge(name, &sample, tick)).collect()
    }

    fn begin_anew(&mut self) {
        for account in &mut self.accounts {
            account.policy = Policy::new(rules(&self.config, &account.name));
            account.last = None;
        }
    }

    fn judge(&mut self, name: &str, sample: &Sample, tick: &Tick) -> Option<Event> {
        self.settle(name, sample);
        let account = self.account(name);
        let decision = account.take(sample);
        let now = (sample.generation, decision.verdict);
        if account.last.replace(now) == Some(now) {
            return None;
        }
        let at = Timestamp::from_millisecond(sample.at_ms).unwrap_or_default();
        let told = |leg: Leg| Record {
            number: 0,
            at,
            child: name.to_owned(),
            generation: sample.generation,
            leg,
            action: Action::NearMiss,
            evidence: decision.evidence.clone(),
            purged: 0,
            floors: Vec::new(),
            outcome: None,
        };
        let record = match decision.verdict {
            Verdict::WarmingUp | Verdict::Steady => None,
            Verdict::Close(leg) => {
                account.near_misses += 1;
                Some(told(leg))
            }
            Verdict::Case(leg) => {
                account.cases += 1;
                let record = self.decided(told(leg), tick);
                self.remember(&record);
                Some(record)
            }
        };
        Some(Event {
            at,
            account: name.to_owned(),
            generation: sample.generation,
            verdict: decision.verdict,
            sentence: record.as_ref().map(ToString::to_string),
            child: record.as_ref().map(|record| record.child.clone()),
            action: record.map(|record| record.action),
            evidence: decision.evidence,
        })
    }

    fn account(&mut self, name: &str) -> &mut Account {
        let position = self.accounts.iter().position(|account| account.name == name).unwrap_or_else(|| {
            let policy = Policy::new(rules(&self.config, name));
            let width = i64::try_from(self.config.sample_every.as_millis()).unwrap_or(i64::MAX);
            let curve = Curve::new(self.begun_ms.unwrap_or_default(), width);
            self.accounts.push(Account::new(name, policy, curve));
            self.accounts.len() - 1
        });
        &mut self.accounts[position]
    }

    /// What the ladder would have done about the case of a record, as it would have been recorded. That a purge is tried
    /// first shows in the recording: what is recorded was measured after it.
    fn decided(&self, case: Record, tick: &Tick) -> Record {
        let bystander = |child: &ChildTick| Bystander {
            name: child.name.clone(),
            running: true,
            suspicious: child.name != MONITOR,
            mailbox: child.mailbox,
            work: child.work,
            growth: self.growth(child),
        };
        let children: Vec<Bystander> = tick.children.iter().map(bystander).collect();
        let config = &self.config;
        let past = History::of(self.imagined.iter(), case.at, config.budget_window, vain_window(config));
        let measured = tick.unattributed.is_some();
        let step = Case {
            account: &case.child,
            leg: case.leg,
            purged: true,
            measured,
            excess: excess(case.leg, &case.evidence),
        };
        match next_step(&step, &past, &children, config) {
            Step::Purge => Record { action: Action::Purge, ..case },
            Step::Hold { instead_of, reason } => {
                Record { action: Action::HeldBack { instead_of, reason }, ..case }
            }
            Step::Act(Wish::Restart) => Record { action: Action::Restart, ..case },
            Step::Act(Wish::ReplaceProcess) => Record { action: Action::ReplaceProcess, ..case },
            Step::Act(Wish::EndProcess) => Record { action: Action::EndProcess, ..case },
            Step::Act(Wish::RestartSuspect { suspect }) => {
                let generation = tick.children.iter().find(|child| child.name == suspect);
                let generation = generation.map_or(0, |suspect| suspect.generation);
                Record {
                    action: Action::RestartSuspect { of: case.child },
                    child: suspect,
                    generation,
                    ..case
                }
            }
        }
    }

    /// Living bytes of a child beyond its baseline.
    fn growth(&self, child: &ChildTick) -> u64 {
        let account = self.accounts.iter().find(|account| account.name == child.name);
        let baseline = account.and_then(|account| account.policy.baseline()).unwrap_or_default();
        child.allocated.unwrap_or_default().saturating_sub(baseline)
    }

    /// Takes what was decided as done.
    fn remember(&mut self, record: &Record) {
        if record.is_restart() || record.is_departure() {
            if self.imagined.len() >= MOST_RECORDS {
                self.imagined.pop_front();
            }
            self.imagined.push_back(record.clone());
        }
    }

    /// The recording goes on with another generation: it shows what a restart of the one before came to.
    fn settle(&mut self, name: &str, after: &Sample) {
        let open =
            |it: &&mut Record| it.child == name && it.action == Action::Restart && it.outcome.is_none();
        let Some(record) = self.imagined.iter_mut().find(open) else { return };
        if after.generation <= record.generation {
            return;
        }
        let before = ArenaUsage { allocated: record.evidence.floor, resident: record.evidence.resident };
        let after = ArenaUsage { allocated: after.allocated, resident: after.resident };
        record.outcome = Some(outcome(record.leg, &record.evidence, before, after, None));
    }
}

impl Account {
    fn new(name: &str, policy: Policy, curve: Curve) -> Self {
        Self {
            name: name.to_owned(),
            generations: 0,
            ticks: 0,
            cases: 0,
            near_misses: 0,
            curve,
            hours: Hours::default(),
            policy,
            last: None,
        }
    }

    fn take(&mut self, sample: &Sample) -> Decision {
        self.ticks += 1;
        if self.last.is_none_or(|(generation, _)| generation != sample.generation) {
            self.generations += 1;
        }
        self.curve.push(sample.at_ms, sample.allocated);
        self.hours.push(sample.at_ms, sample.allocated);
        self.policy.tick(sample)
    }
}

fn rules(config: &MemoryConfig, account: &str) -> Rules {
    match account {
        PROCESS => Rules::of_process(config),
        child => Rules::new(config, config.limits.get(child).copied().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
