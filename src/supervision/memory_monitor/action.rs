//! Acting on a case: the next step of the ladder, one at a time, and what came of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::gate::Matter;
use super::logbook::{RestartUnderWay, UnderWay};
use super::round::{Grounds, Planned, Round, record};
use crate::config::render_duration;
use crate::memory::arena::ArenaUsage;
use crate::memory::history::History;
use crate::memory::ladder::{Case, Step, excess, is_over, next_step, outcome, vain_window};
use crate::memory::policy::{Decision, Leg, Verdict};
use crate::memory::record::{Action, Outcome, PROCESS, Reason, Record, Wish};
use crate::supervision::departure::{Departure, Leaving};
use crate::supervision::ending::RestartCause;
use crate::supervision::measure::Measurement;
use crate::supervision::status::ChildState;

/// An application that was asked to let the process go has done so within this, in real time, or does not mean to.
const LEAVES_WITHIN: Duration = Duration::from_secs(300);

impl Round {
    /// Takes the next step of the first case that has one to take; says of the others why not.
    pub(super) async fn climb(&mut self, mut cases: Vec<Grounds>, measurement: &Measurement, now: Timestamp) {
        if let Some(unsolved) = self.unsolved.take() {
            let proven_anew = cases.iter().any(|case| case.account == unsolved.account);
            match self.step(&unsolved, measurement, now) {
                Step::Act(wish @ Wish::RestartSuspect { .. }) if !proven_anew => {
                    return self.act(&unsolved, wish, measurement, now).await;
                }
                Step::Hold { reason: Reason::Busy { .. }, .. } => self.unsolved = Some(unsolved),
                Step::Act(_) | Step::Hold { .. } | Step::Purge => {}
            }
        }
        let stands = |planned: &Planned| cases.iter().any(|case| case.account == planned.account);
        self.planned = self.planned.take().filter(stands);
        match self.equipment.logbook.under_way() {
            Some(UnderWay::Departure(asked)) if asked.elapsed() > LEAVES_WITHIN => {
                log::warn!(event = "process-still-here"; "the process was asked to go and is still here; the memory monitor goes on");
                self.equipment.logbook.set_under_way(None);
            }
            Some(UnderWay::Departure(_) | UnderWay::Restart(_)) => return,
            None => {}
        }
        // What is over its hard limit comes first; the process, which was judged last, comes last.
        cases.sort_by_key(|case| (case.account == PROCESS, case.leg != Leg::Hard));
        let mut over_budget = false;
        for mut case in cases {
            if case.account == PROCESS && case.leg != Leg::Trend && over_budget {
                // The same bytes: the process is not replaced for a child that is let be.
                continue;
            }
            self.unsettle(&case, now);
            let mut step = self.step(&case, measurement, now);
            if step == Step::Purge {
                if self.purge_was_enough(&mut case, measurement, now).await {
                    continue;
                }
                step = self.step(&case, measurement, now);
            }
            match step {
                Step::Purge => {}
                Step::Hold { instead_of, reason } => {
                    over_budget |= matches!(reason, Reason::Budget { .. });
                    self.hold(&case, instead_of, reason, now);
                }
                Step::Act(wish) => {
                    if self.is_due(&case, now) {
                        self.planned = None;
                        self.act(&case, wish, measurement, now).await;
                    }
                    return;
                }
            }
        }
    }

    fn step(&self, grounds: &Grounds, measurement: &Measurement, now: Timestamp) -> Step {
        let config = &self.equipment.config;
        let history = self
            .equipment
            .logbook
            .ledger()
            .with(|records| History::of(records, now, config.budget_window, vain_window(config)));
        let case = Case {
            account: &grounds.account,
            leg: grounds.leg,
            purged: grounds.purged,
            measured: self.instrument.available && self.instrument.charged,
            excess: excess(grounds.leg, &grounds.decision.evidence),
        };
        next_step(&case, &history, &self.bystanders(measurement), config)
    }

    /// The first step of the ladder.
    async fn purge_was_enough(&self, case: &mut Grounds, measurement: &Measurement, now: Timestamp) -> bool {
        let names = match case.account.as_str() {
            PROCESS => measurement.children.iter().map(|child| child.name.clone()).collect(),
            child => vec![child.to_owned()],
        };
        case.purged = true;
        let Ok(after) = self.equipment.supervisor.measure(names).await else { return false };
        let Some(usage) = usage_of(&case.account, &after) else { return false };
        case.returned = case.decision.evidence.resident.saturating_sub(usage.resident);
        let enough = is_over(case.leg, &case.decision.evidence, usage);
        if enough && case.returned > 0 {
            self.say(case, Matter::Purged, Action::Purge, now);
        }
        enough
    }

    /// What helped has not if the account is over its limit again before a generation has even warmed up: the limit is
    /// below what it needs, or it fills as fast.
    fn unsettle(&self, case: &Grounds, now: Timestamp) {
        let warm_up = self.equipment.config.warm_up;
        let ledger = self.equipment.logbook.ledger();
        let latest = ledger.with(|records| {
            let acted = |it: &&Record| it.account() == case.account && (it.is_restart() || it.is_departure());
            records.filter(acted).last().cloned()
        });
        let Some(record) = latest.filter(|it| case.leg != Leg::Trend && it.leg != Leg::Trend) else { return };
        let lately = now.duration_since(record.at).unsigned_abs() < warm_up;
        if let Some(outcome) = record.outcome.filter(|outcome| outcome.helped && lately) {
            log::warn!(event = "restart-in-vain", child = case.account.as_str(); "{} is over its limit again {} after what was done about it: it did not help", case.account, render_duration(now.duration_since(record.at).unsigned_abs()));
            ledger.settle(record.number, Outcome { helped: false, ..outcome });
        }
    }

    fn hold(&self, case: &Grounds, instead_of: Wish, reason: Reason, now: Timestamp) {
        let matter = Matter::of(&reason);
        self.say(case, matter, Action::HeldBack { instead_of, reason }, now);
    }

    /// Whether the case has waited for as long as the jitter has it. A hard limit does not wait.
    fn is_due(&mut self, case: &Grounds, now: Timestamp) -> bool {
        let jitter = self.equipment.config.jitter;
        if case.leg == Leg::Hard || jitter.is_zero() {
            return true;
        }
        match &self.planned {
            // A clock that was set back does not make anybody wait for longer.
            Some(planned) if planned.account == case.account && planned.due <= later(now, jitter) => {
                planned.due <= now
            }
            Some(_) | None => {
                let pause = jitter.mul_f64(rand::random::<f64>());
                let due = later(now, pause);
                log::debug!(child = case.account.as_str(); "an action for {} waits until {due}", case.account);
                self.planned = Some(Planned { account: case.account.clone(), due });
                false
            }
        }
    }

    async fn act(&mut self, case: &Grounds, wish: Wish, measurement: &Measurement, now: Timestamp) {
        match wish {
            Wish::Restart => {
                self.restart(case, &case.account, wish.clone(), Action::Restart, measurement, now).await;
            }
            Wish::RestartSuspect { ref suspect } => {
                let action = Action::RestartSuspect { of: case.account.clone() };
                self.restart(case, suspect, wish.clone(), action, measurement, now).await;
            }
            Wish::ReplaceProcess => self.leave(case, Leaving::Replace, Action::ReplaceProcess, now),
            Wish::EndProcess => self.leave(case, Leaving::End, Action::EndProcess, now),
        }
    }

    async fn restart(
        &self,
        case: &Grounds,
        child: &str,
        wish: Wish,
        action: Action,
        measurement: &Measurement,
        now: Timestamp,
    ) {
        let before = usage_of(&case.account, measurement);
        let generation = measurement.children.iter().find(|it| it.name == child).map(|it| it.generation);
        let Some((before, generation)) = before.zip(generation) else { return };
        if let Err(error) = self.equipment.supervisor.restart_because(child, RestartCause::Memory).await {
            return self.hold(case, wish, Reason::Refused { error: error.to_string() }, now);
        }
        let record = Record { child: child.to_owned(), generation, ..record(case, action, now) };
        let number = self.note(record, log::Level::Warn);
        self.equipment.logbook.set_under_way(Some(UnderWay::Restart(Box::new(RestartUnderWay {
            number,
            child: child.to_owned(),
            generation,
            account: case.account.clone(),
            leg: case.leg,
            evidence: case.decision.evidence.clone(),
            before,
        }))));
    }

    fn leave(&self, case: &Grounds, how: Leaving, action: Action, now: Timestamp) {
        let number = self.note(record(case, action, now), log::Level::Warn);
        let whose = match case.account.as_str() {
            PROCESS => "its memory".to_owned(),
            child => format!("the memory of {child} generation {}", case.generation),
        };
        let reason = format!("{whose} (decision {number})");
        if self.equipment.supervisor.leave(Departure { how, reason: reason.clone() }) {
            let asked = self.equipment.clock.stopwatch();
            return self.equipment.logbook.set_under_way(Some(UnderWay::Departure(asked)));
        }
        log::warn!(event = "process-should-go", reason = reason.as_str(); "the process should be started anew because of {reason}; nothing in this program waits for that, so that it goes on");
    }

    /// Compares before and after, once the action that is under way is over.
    pub(super) fn settle(&mut self, measurement: &Measurement) {
        if self.equipment.logbook.is_first_tick() {
            self.settle_departure(measurement);
        }
        let Some(UnderWay::Restart(action)) = self.equipment.logbook.under_way() else { return };
        let is_there = |account: &str| measurement.children.iter().any(|it| it.name == account);
        let child = measurement.children.iter().find(|it| it.name == action.child);
        let Some(child) = child.filter(|_| action.account == PROCESS || is_there(&action.account)) else {
            // One of them was dismissed meanwhile.
            return self.equipment.logbook.set_under_way(None);
        };
        match child.state {
            ChildState::Ended => return self.equipment.logbook.set_under_way(None),
            ChildState::Running if child.generation > action.generation => {}
            ChildState::Running | ChildState::Draining | ChildState::Restarting => return,
        }
        let (leg, evidence) = (action.leg, &action.evidence);
        let own = action.account == action.child;
        let proof = child.last_restart.filter(|proof| own && proof.generation == action.generation);
        let came = match (proof, usage_of(&action.account, measurement)) {
            (Some(proof), _) => outcome(leg, evidence, proof.before, proof.after, Some(proof.leak_out)),
            (None, Some(after)) => outcome(leg, evidence, action.before, after, None),
            (None, None) => return,
        };
        self.equipment.logbook.set_under_way(None);
        if came.helped && !own {
            // The proof of the growth is older than what was done about it.
            self.begin_anew(&action.account);
        }
        if !came.helped {
            self.unsolved = Some(unsolved(&action, measurement));
        }
        self.note_outcome(action.number, came);
    }

    /// What came of the departure that made room for this process, if one did.
    fn settle_departure(&self, measurement: &Measurement) {
        let last = self.equipment.logbook.ledger().with(|records| {
            records.filter(|record| record.is_restart() || record.is_departure()).last().cloned()
        });
        let Some(record) = last.filter(|it| it.is_departure() && it.outcome.is_none()) else { return };
        let Some(after) = usage_of(&record.child, measurement) else { return };
        let evidence = &record.evidence;
        let before = ArenaUsage { allocated: evidence.floor, resident: evidence.resident };
        // A limit of the process is one of all that it holds, not of what no child owns.
        let whole = record.child == PROCESS && record.leg != Leg::Trend;
        let [before, after] = [before, after].map(|usage| match whole {
            true => ArenaUsage { allocated: usage.resident, ..usage },
            false => usage,
        });
        let came = outcome(record.leg, evidence, before, after, None);
        self.note_outcome(record.number, came);
    }
}

/// The case of an account that a restart was of no use to. It was proven: whoever else may hold what was allocated is
/// tried without waiting for a proof on the new generation. Everything beyond that needs one.
fn unsolved(action: &RestartUnderWay, measurement: &Measurement) -> Grounds {
    let generation = measurement.children.iter().find(|it| it.name == action.account).map(|it| it.generation);
    Grounds {
        account: action.account.clone(),
        generation: generation.unwrap_or(action.generation),
        leg: action.leg,
        decision: Decision { verdict: Verdict::Case(action.leg), evidence: action.evidence.clone() },
        floors: Vec::new(),
        purged: true,
        returned: 0,
    }
}

/// An account as it was measured; for the process what no child owns, and its resident set.
fn usage_of(account: &str, measurement: &Measurement) -> Option<ArenaUsage> {
    if account != PROCESS {
        return measurement.children.iter().find(|child| child.name == account)?.memory;
    }
    let resident = measurement.process?.rss;
    let allocated = measurement.unattributed.map_or(resident, |bytes| bytes.max(0).unsigned_abs());
    Some(ArenaUsage { allocated, resident })
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
