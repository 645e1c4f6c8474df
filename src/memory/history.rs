//! What the decision records say of the past that the ladder needs. Pure: a slice of time and records.

use std::time::Duration;

use jiff::Timestamp;

use super::record::Record;

/// How long a process that went is remembered.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The past as the ladder sees it, summed up once for a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Restarts because of memory within the budget's window, by child.
    restarts: Vec<String>,
    /// Children whose own restart did not help, as long as that is remembered.
    in_vain: Vec<String>,
    /// Suspects that were restarted for an account, as long as that is remembered, and whether it helped.
    suspects: Vec<Suspect>,
    /// Times that the process went within 24 hours.
    departures: u32,
    /// Accounts for which the process went in vain, as long as that is remembered.
    departed_in_vain: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Suspect {
    account: String,
    name: String,
    helped: bool,
}

impl History {
    /// Sums up the records.
    ///
    /// A restart counts against the budget for `budget_window`. That it was in vain is remembered for `vain_window`,
    /// which has to be longer than it takes to prove growth once more: a restart that is forgotten by then would be
    /// repeated for ever.
    pub fn of<'a>(
        records: impl Iterator<Item = &'a Record>,
        now: Timestamp,
        budget_window: Duration,
        vain_window: Duration,
    ) -> Self {
        let mut history = Self::default();
        for record in records {
            // A record of the future is one of a clock that was wrong: as old as it lies ahead, lest it counts for years.
            let age = now.duration_since(record.at).unsigned_abs();
            if record.is_departure() && age < DAY {
                history.departures += 1;
            }
            let in_vain = record.outcome.as_ref().is_some_and(|outcome| !outcome.helped);
            if record.is_departure() && in_vain && age < vain_window {
                history.departed_in_vain.push(record.child.clone());
            }
            if !record.is_restart() {
                continue;
            }
            if age < budget_window {
                history.restarts.push(record.child.clone());
            }
            if age >= vain_window {
                continue;
            }
            let helped = record.outcome.as_ref().map(|outcome| outcome.helped);
            if record.account() != record.child {
                let (account, name) = (record.account().to_owned(), record.child.clone());
                history.suspects.push(Suspect { account, name, helped: helped == Some(true) });
            } else if helped == Some(false) {
                history.in_vain.push(record.child.clone());
            }
        }
        history
    }

    /// How often the child was restarted because of memory, its own or another's, within the budget's window.
    pub fn restarts(&self, child: &str) -> u32 {
        count(self.restarts.iter().filter(|name| *name == child).count())
    }

    /// Whether a restart of the child was of no use to its own account.
    pub fn in_vain(&self, child: &str) -> bool {
        self.in_vain.iter().any(|name| name == child)
    }

    /// Children that were restarted for the account of another one, each as often as it was, and whether it helped.
    pub fn suspects_of<'a>(&'a self, account: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
        let suspects = self.suspects.iter().filter(move |suspect| suspect.account == account);
        suspects.map(|suspect| (suspect.name.as_str(), suspect.helped))
    }

    /// Whether the process went because of this account, and it was of no use.
    pub fn departed_in_vain(&self, account: &str) -> bool {
        self.departed_in_vain.iter().any(|name| name == account)
    }

    /// How often the process went within 24 hours.
    pub fn departures(&self) -> u32 {
        self.departures
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
