//! The ladder: what is done about a case. Purge, restart, restart a suspect, replace the process; each step only where
//! the one before did not help, and never for ever.
//!
//! Pure: a function of the case, of what was done before, of the other children and of the settings. Invariants: a
//! restart that did not help is not repeated as long as that is remembered; every kind of action is bounded in number
//! within a window; nothing is done in a dry run, or without accounts.

use std::time::Duration;

use super::arena::ArenaUsage;
use super::history::History;
use super::policy::{Evidence, Leg};
use super::record::{Outcome, PROCESS, Reason, Wish};
use crate::config::{MemoryConfig, OnExhausted};

/// Windows that a restart in vain is remembered for. Slow growth is proven over eight of them; four times that, so that
/// the same leak climbs the whole ladder while its restart is remembered.
const VAIN_WINDOWS: u32 = 32;

/// Grounds for an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Case<'a> {
    /// The child whose account it is, or [`PROCESS`].
    pub account: &'a str,
    /// The rule that spoke.
    pub leg: Leg,
    /// It was purged already, and the case stands.
    pub purged: bool,
    /// The children are told apart.
    pub measured: bool,
    /// Bytes of physical memory above the limit that was crossed.
    pub excess: u64,
}

/// What the ladder needs to know of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bystander {
    /// Its name.
    pub name: String,
    /// It has a living generation that is not being drained.
    pub running: bool,
    /// It can be suspected: it is not the monitor itself.
    pub suspicious: bool,
    /// Messages that wait for it.
    pub mailbox: usize,
    /// Messages that its generation has taken.
    pub work: u64,
    /// Living bytes of its account beyond its baseline: what a restart may give back.
    pub growth: u64,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Purge and measure again; see [`is_over`].
    Purge,
    /// Act.
    Act(Wish),
    /// Do nothing, and say so.
    Hold {
        /// What would have been done.
        instead_of: Wish,
        /// Why not.
        reason: Reason,
    },
}

/// How long a restart in vain is remembered.
pub fn vain_window(config: &MemoryConfig) -> Duration {
    config.budget_window.max(config.window.saturating_mul(VAIN_WINDOWS))
}

/// The next step. `children` are all of them, the one of the case included.
pub fn next_step(case: &Case<'_>, history: &History, children: &[Bystander], config: &MemoryConfig) -> Step {
    if !case.purged && case.measured {
        return Step::Purge;
    }
    let (wish, spent) = wish(case, history, children, config);
    let busy = children.iter().find(|child| !child.running).map(|child| child.name.clone());
    let held = [
        config.dry_run.then_some(Reason::DryRun),
        (!case.measured).then_some(Reason::ObserveOnly),
        spent,
        busy.map(|other| Reason::Busy { other }),
    ];
    match held.into_iter().flatten().next() {
        Some(reason) => Step::Hold { instead_of: wish, reason },
        None => Step::Act(wish),
    }
}

/// What would be done, and the budget that speaks against it.
fn wish(
    case: &Case<'_>,
    history: &History,
    children: &[Bystander],
    config: &MemoryConfig,
) -> (Wish, Option<Reason>) {
    if case.account == PROCESS {
        // Its resident set is the sum of all: whoever alone makes up for what is too much is restarted first.
        return match owner(case, history, children, config) {
            Some(suspect) => (Wish::RestartSuspect { suspect }, None),
            None => departure(case, history, config),
        };
    }
    if !history.in_vain(case.account) {
        let restarts = history.restarts(case.account);
        return match restarts < config.restarts {
            true => (Wish::Restart, None),
            // It helps, but not for long enough. Memory that must not be had is not waited for.
            false if case.leg == Leg::Hard => departure(case, history, config),
            false => (Wish::Restart, Some(Reason::Budget { restarts })),
        };
    }
    match next_suspect(case.account, history, children, config) {
        Some(suspect) => (Wish::RestartSuspect { suspect }, None),
        None => departure(case, history, config),
    }
}

/// The child that grew most, if its growth alone is more than what the process has too much.
fn owner(
    case: &Case<'_>,
    history: &History,
    children: &[Bystander],
    config: &MemoryConfig,
) -> Option<String> {
    let in_vain =
        |name: &str| history.in_vain(name) || history.suspects_of(PROCESS).any(|it| it == (name, false));
    let may = |child: &&Bystander| {
        child.growth > case.excess && !in_vain(&child.name) && history.restarts(&child.name) < config.restarts
    };
    let level = matches!(case.leg, Leg::Soft | Leg::Hard);
    let most = children.iter().filter(|_| level).filter(may).max_by_key(|child| child.growth);
    most.map(|child| child.name.clone())
}

/// The child that most likely holds what `account` allocated: one that did the last time, or one that has been sent
/// messages, and most of them wait.
fn next_suspect(
    account: &str,
    history: &History,
    children: &[Bystander],
    config: &MemoryConfig,
) -> Option<String> {
    let affordable = |name: &str| history.restarts(name) < config.restarts;
    let known = history.suspects_of(account).filter(|(name, helped)| *helped && affordable(name)).last();
    if let Some((name, _)) = known {
        return Some(name.to_owned());
    }
    let tried: Vec<&str> = history.suspects_of(account).map(|(name, _)| name).collect();
    if tried.len() >= usize::try_from(config.suspects).unwrap_or(usize::MAX) {
        return None;
    }
    let may = |child: &&Bystander| {
        child.suspicious
            && child.name != account
            && !tried.contains(&child.name.as_str())
            && (child.mailbox > 0 || child.work > 0)
            && affordable(&child.name)
    };
    let likeliest = children.iter().filter(may).max_by_key(|child| (child.mailbox, child.work));
    likeliest.map(|child| child.name.clone())
}

fn departure(case: &Case<'_>, history: &History, config: &MemoryConfig) -> (Wish, Option<Reason>) {
    let wish = match config.on_exhausted {
        OnExhausted::Replace => Wish::ReplaceProcess,
        OnExhausted::Exit => Wish::EndProcess,
    };
    let count = history.departures();
    if history.departed_in_vain(case.account) {
        return (wish, Some(Reason::InVain));
    }
    (wish, (count >= config.replacements_per_day).then_some(Reason::Replacements { count }))
}

/// Bytes of physical memory above the limit that was crossed; none for a trend.
pub fn excess(leg: Leg, evidence: &Evidence) -> u64 {
    let limit = match leg {
        Leg::Hard => evidence.hard,
        Leg::Soft => evidence.soft,
        Leg::Trend => None,
    };
    limit.map_or(0, |limit| evidence.resident.saturating_sub(limit))
}

/// Whether a purge was enough: the account is back below the line that it had crossed.
pub fn is_over(leg: Leg, evidence: &Evidence, now: ArenaUsage) -> bool {
    let below = |limit: Option<u64>| limit.is_some_and(|limit| now.resident <= limit);
    match leg {
        Leg::Hard => below(evidence.hard),
        Leg::Soft => below(evidence.soft),
        // The floor is what is alive; what a purge gives back is not in it. Only a thread's cache can be.
        Leg::Trend => {
            let grown = evidence.growth.unwrap_or_default().max(0).unsigned_abs();
            let before = evidence.floor.saturating_sub(grown);
            evidence.growth_needed.is_some_and(|needed| now.allocated < before.saturating_add(needed))
        }
    }
}

/// What a restart came to. `leak_out` is what the child's own generation left behind; without it, the account of
/// another child is compared.
///
/// A restart helped when at least half of the growth came back. A fresh generation holds less than an old one in any
/// case: of a trend, what tells is what the old one left behind; of a limit, the physical memory that came back.
pub fn outcome(
    leg: Leg,
    evidence: &Evidence,
    before: ArenaUsage,
    after: ArenaUsage,
    leak_out: Option<u64>,
) -> Outcome {
    let (growth, came_back) = match leg {
        Leg::Trend => {
            let growth = evidence.growth.unwrap_or_default().max(0).unsigned_abs();
            match leak_out {
                Some(stayed) => (growth, growth.saturating_sub(stayed)),
                None => (growth, before.allocated.saturating_sub(after.allocated)),
            }
        }
        // A limit is one of physical memory, fragmentation included.
        Leg::Soft | Leg::Hard => {
            let usual = evidence.baseline.unwrap_or_default();
            (before.resident.saturating_sub(usual), before.resident.saturating_sub(after.resident))
        }
    };
    Outcome {
        floor_before: before.allocated,
        floor_after: after.allocated,
        resident_before: before.resident,
        resident_after: after.resident,
        leak_out,
        helped: came_back > 0 && came_back.saturating_mul(2) >= growth,
    }
}

#[cfg(test)]
mod tests;
