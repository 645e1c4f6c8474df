//! What was said lately, so that a state of affairs that lasts is not said at every tick. Pure.
//!
//! Holds one entry for each account and kind of message.

use jiff::{SignedDuration, Timestamp};

use crate::memory::policy::Leg;
use crate::memory::record::Reason;

/// The same is not said again within this.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// A kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    Near(Leg),
    Purged,
    DryRun,
    ObserveOnly,
    Budget,
    Replacements,
    InVain,
    Busy,
    Refused,
}

impl Matter {
    pub(super) fn of(reason: &Reason) -> Self {
        match reason {
            Reason::DryRun => Self::DryRun,
            Reason::ObserveOnly => Self::ObserveOnly,
            Reason::Budget { .. } => Self::Budget,
            Reason::Replacements { .. } => Self::Replacements,
            Reason::InVain => Self::InVain,
            Reason::Busy { .. } => Self::Busy,
            Reason::Refused { .. } => Self::Refused,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Gate(Vec<Said>);

#[derive(Debug)]
struct Said {
    account: String,
    matter: Matter,
    at: Timestamp,
    /// The situation that it was said of goes on.
    lasts: bool,
}

impl Gate {
    /// Whether it is time to say this of the account; if so, it counts as said.
    pub(super) fn opens(&mut self, account: &str, matter: Matter, now: Timestamp) -> bool {
        let same = |said: &&mut Said| said.account == account && said.matter == matter;
        let Some(said) = self.0.iter_mut().find(same) else {
            self.0.push(Said { account: account.to_owned(), matter, at: now, lasts: true });
            return true;
        };
        let once = matches!(matter, Matter::Near(_)) && said.lasts;
        said.lasts = true;
        if once || now.duration_since(said.at).abs() < PAUSE {
            return false;
        }
        said.at = now;
        true
    }

    /// Forgets what was said of other accounts.
    pub(super) fn keep_only(&mut self, is_there: impl Fn(&str) -> bool) {
        self.0.retain(|said| is_there(&said.account));
    }

    /// All is well with the account: what comes next is another situation.
    pub(super) fn calm(&mut self, account: &str) {
        self.0.iter_mut().filter(|said| said.account == account).for_each(|said| said.lasts = false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_said_once_a_situation_and_what_is_held_back_once_an_hour() {
        let at = |minutes: i64| {
            let start: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
            start + SignedDuration::from_mins(minutes)
        };
        let mut gate = Gate::default();
        let near = Matter::Near(Leg::Soft);
        let mut said = |matter, minute| gate.opens("a", matter, at(minute));
        assert!(said(near, 0) && said(Matter::Near(Leg::Trend), 0) && said(Matter::DryRun, 0));
        assert!(!said(near, 1) && !said(near, 600), "the same situation");
        assert!(!said(Matter::DryRun, 59) && said(Matter::DryRun, 60) && !said(Matter::DryRun, 61));
        gate.calm("a");
        assert!(gate.opens("a", near, at(700)) && gate.opens("b", near, at(700)));
        gate.calm("a");
        assert!(!gate.opens("a", near, at(701)), "it comes and goes within the hour");
    }
}
