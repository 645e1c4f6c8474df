//! When one source may be asked again. A pure state machine: every time and every random number is handed in.
//!
//! Two things keep a source closed: its minimum interval, counted from its last good answer, and a cool-down after a
//! refusal. A failure that is no refusal (a time limit, a status 500, rubbish) closes nothing: the next refresh is
//! pause enough.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::failure::{Refusal, RefusalKind};

const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(900);
/// Documented bans last up to 3 days and are prolonged by asking.
const LONGEST_BAN: Duration = Duration::from_secs(3 * 24 * 3600);
/// A block or a challenge does not go away within a minute.
const DENIED: Duration = Duration::from_secs(300);
/// The country does not change; the operator may.
const RESTRICTED: Duration = Duration::from_secs(24 * 3600);
/// The share of a cool-down that chance adds, so that several daemons do not come back together.
const JITTER: f64 = 0.25;

/// The state of one source's gate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gate {
    answered_at: Option<Timestamp>,
    refusals: u32,
    cooling: Option<Cooling>,
}

/// A cool-down.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooling {
    /// When it ends.
    pub until: Timestamp,
    /// What it follows from.
    pub why: String,
}

/// Whether a source may be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// Now.
    Now,
    /// Its minimum interval is not over.
    NotBefore(Timestamp),
    /// It refused.
    Cooling(Cooling),
}

impl Gate {
    /// Whether the source may be asked at `now`.
    pub fn due(&self, now: Timestamp, min_interval: Duration) -> Due {
        if let Some(cooling) = self.cooling(now) {
            return Due::Cooling(cooling.clone());
        }
        match self.answered_at.map(|answered_at| later(answered_at, min_interval)) {
            Some(not_before) if not_before > now => Due::NotBefore(not_before),
            _ => Due::Now,
        }
    }

    /// The cool-down that holds at `now`.
    pub fn cooling(&self, now: Timestamp) -> Option<&Cooling> {
        self.cooling.as_ref().filter(|cooling| cooling.until > now)
    }

    /// The source answered well at `now`: its minimum interval begins.
    pub fn answered(&mut self, now: Timestamp) {
        self.answered_at = Some(now);
        self.recovered(now);
    }

    /// The source answered well at `now` to a question that no minimum interval applies to.
    pub fn recovered(&mut self, now: Timestamp) {
        // A cool-down that is still running was earned by a request beside this one.
        if self.cooling(now).is_none() {
            self.refusals = 0;
            self.cooling = None;
        }
    }

    /// The source refused at `now`; returns when it may be asked again. `base` is the configured cool-down, `chance`
    /// a random number from 0 to 1.
    pub fn refused(
        &mut self,
        now: Timestamp,
        refusal: Refusal,
        why: String,
        base: Duration,
        chance: f64,
    ) -> Timestamp {
        let until = later(now, cool_down(refusal, self.refusals, base, chance));
        self.refusals = self.refusals.saturating_add(1);
        let longer = self.cooling.as_ref().is_none_or(|cooling| cooling.until < until);
        if longer {
            self.cooling = Some(Cooling { until, why });
        }
        self.cooling.as_ref().map_or(until, |cooling| cooling.until)
    }
}

/// How long to wait after a refusal that follows `earlier` others in a row.
///
/// What the source names is taken, within limits; otherwise the pause doubles with every refusal.
fn cool_down(refusal: Refusal, earlier: u32, base: Duration, chance: f64) -> Duration {
    let (first, longest) = match refusal.kind {
        RefusalKind::RateLimited | RefusalKind::Unavailable => (base, LONGEST),
        RefusalKind::Banned => (DENIED, LONGEST_BAN),
        RefusalKind::Denied => (DENIED, LONGEST),
        RefusalKind::Restricted => return RESTRICTED,
    };
    if let Some(named) = refusal.retry_after {
        return named.clamp(SHORTEST, longest);
    }
    let doubled = first.saturating_mul(2_u32.saturating_pow(earlier.min(16))).clamp(SHORTEST, LONGEST);
    let jitter = doubled.mul_f64(JITTER * chance.clamp(0.0, 1.0));
    (doubled + jitter).min(LONGEST)
}

fn later(time: Timestamp, pause: Duration) -> Timestamp {
    let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
    time.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Duration = Duration::from_secs(60);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_778_140_800 + seconds).unwrap()
    }

    fn refusal(kind: RefusalKind, retry_after_s: Option<u64>) -> Refusal {
        Refusal { kind, retry_after: retry_after_s.map(Duration::from_secs) }
    }

    #[test]
    fn the_pause_after_each_kind_of_refusal() {
        use RefusalKind::{Banned, Denied, RateLimited, Restricted, Unavailable};
        // Kind, Retry-After, refusals before, chance; seconds to wait.
        let table: [(RefusalKind, Option<u64>, u32, f64, u64); 16] = [
            (RateLimited, Some(119), 0, 0.9, 119),
            (RateLimited, Some(119), 7, 0.9, 119),
            (RateLimited, Some(0), 0, 0.0, 30),
            (RateLimited, Some(86_400), 0, 0.0, 900),
            (RateLimited, None, 0, 0.0, 60),
            (RateLimited, None, 1, 0.0, 120),
            (RateLimited, None, 2, 1.0, 300),
            (RateLimited, None, 40, 1.0, 900),
            (Denied, None, 0, 0.0, 300),
            (Denied, None, 1, 0.0, 600),
            (Denied, None, 2, 0.0, 900),
            (Banned, Some(7200), 0, 0.0, 7200),
            (Banned, Some(86_400 * 30), 0, 0.0, 259_200),
            (Banned, None, 0, 0.0, 300),
            (Restricted, None, 0, 1.0, 86_400),
            (Unavailable, Some(45), 0, 0.0, 45),
        ];
        for (kind, retry_after, earlier, chance, expected) in table {
            let pause = cool_down(refusal(kind, retry_after), earlier, BASE, chance);
            assert_eq!(pause.as_secs(), expected, "{kind:?} {retry_after:?} after {earlier}");
        }
    }

    #[test]
    fn the_minimum_interval_counts_from_the_last_good_answer() {
        let interval = Duration::from_secs(600);
        let mut gate = Gate::default();
        assert_eq!(gate.due(at(0), interval), Due::Now);
        gate.answered(at(0));
        assert_eq!(gate.due(at(599), interval), Due::NotBefore(at(600)));
        assert_eq!(gate.due(at(600), interval), Due::Now);
        assert_eq!(gate.due(at(1), Duration::ZERO), Due::Now);
    }

    #[test]
    fn a_refusal_closes_the_gate_until_its_time_and_names_the_reason() {
        let mut gate = Gate::default();
        let until =
            gate.refused(at(0), refusal(RefusalKind::RateLimited, Some(119)), "429".into(), BASE, 0.5);
        assert_eq!(until, at(119));
        let Due::Cooling(cooling) = gate.due(at(118), Duration::ZERO) else { panic!("the gate is open") };
        assert_eq!((cooling.until, cooling.why.as_str()), (at(119), "429"));
        assert_eq!(gate.due(at(119), Duration::ZERO), Due::Now);
    }

    #[test]
    fn refusals_in_a_row_wait_longer_until_an_answer_ends_the_row() {
        let mut gate = Gate::default();
        let limited = refusal(RefusalKind::RateLimited, None);
        assert_eq!(gate.refused(at(0), limited, "a".into(), BASE, 0.0), at(60));
        assert_eq!(gate.refused(at(60), limited, "b".into(), BASE, 0.0), at(180));
        gate.answered(at(180));
        assert_eq!(gate.refused(at(181), limited, "c".into(), BASE, 0.0), at(241));
    }

    #[test]
    fn an_answer_does_not_end_a_cool_down_that_a_request_beside_it_earned() {
        let mut gate = Gate::default();
        gate.refused(at(0), refusal(RefusalKind::Denied, None), "403".into(), BASE, 0.0);
        gate.recovered(at(1));
        assert!(gate.cooling(at(2)).is_some());
        // Nor does a shorter cool-down cut a longer one.
        let until = gate.refused(at(2), refusal(RefusalKind::RateLimited, Some(30)), "429".into(), BASE, 0.0);
        assert_eq!(until, at(300));
    }
}
