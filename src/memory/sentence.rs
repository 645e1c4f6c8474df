//! A decision record as a sentence for the log.

use std::fmt;
use std::time::Duration;

use super::bytes::size;
use super::policy::{Evidence, Leg};
use super::record::{Action, Outcome, PROCESS, Reason, Record, Wish};
use crate::config::render_duration;

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = subject(&self.child, self.generation);
        let (it, its) = match self.account() {
            account if account == self.child => ("it".to_owned(), "its".to_owned()),
            account => (account.to_owned(), format!("{account}'s")),
        };
        let grounds = match (&self.action, self.leg) {
            // Nothing is exceeded any more.
            (Action::Purge, Leg::Soft) => {
                let (rss, soft) = (size(self.evidence.resident), limit(self.evidence.soft));
                format!("{it} holds {rss} now, {its} soft limit is {soft}")
            }
            (_, Leg::Trend) => {
                let floor = match self.account() {
                    PROCESS => "what no child owns".to_owned(),
                    _ => format!("{its} floor"),
                };
                grew(&self.evidence, &floor)
            }
            _ => exceeded(self.leg, &self.evidence, &it, &its),
        };
        match &self.action {
            Action::NearMiss => write!(f, "{subject} comes close to a case: {grounds}")?,
            Action::Purge => write!(f, "{subject} was purged, and that was enough: {grounds}")?,
            Action::Restart => write!(f, "{subject} is restarted: {grounds}")?,
            Action::RestartSuspect { of } => {
                write!(f, "{subject} is restarted, for it may hold what {of} allocated: {grounds}")?;
            }
            Action::ReplaceProcess => write!(f, "{}: {grounds}", for_the_process("replaced", &subject))?,
            Action::EndProcess => write!(f, "{}: {grounds}", for_the_process("ended", &subject))?,
            Action::HeldBack { instead_of, reason } => {
                write!(f, "{}: {grounds}; {}", not_done(instead_of, &subject), because(reason))?;
            }
        }
        if self.purged > 0 {
            write!(f, "; a purge gave {} back", size(self.purged))?;
        }
        self.outcome.as_ref().map_or(Ok(()), |outcome| write!(f, "; {}", came_of(outcome)))
    }
}

impl Record {
    /// What came of it, as a sentence for the log; nothing as long as that is not known.
    pub fn result(&self) -> Option<String> {
        let outcome = self.outcome.as_ref()?;
        let subject = subject(&self.child, self.generation);
        let what = match &self.action {
            Action::RestartSuspect { of } => {
                format!("the restart of {subject}, which may have held what {of} allocated,")
            }
            Action::ReplaceProcess | Action::EndProcess if self.child != PROCESS => {
                format!("the new start of the process because of {subject}")
            }
            Action::ReplaceProcess | Action::EndProcess => "the new start of the process".to_owned(),
            Action::Restart | Action::NearMiss | Action::Purge | Action::HeldBack { .. } => {
                format!("the restart of {subject}")
            }
        };
        let helped = if outcome.helped { "helped" } else { "did not help" };
        Some(format!("{what} {helped}: {}", numbers(outcome)))
    }
}

fn subject(child: &str, generation: u64) -> String {
    if child == PROCESS { "the process".to_owned() } else { format!("{child} generation {generation}") }
}

fn for_the_process(done: &str, subject: &str) -> String {
    if subject == "the process" {
        format!("the process is {done}")
    } else {
        format!("the process is {done} because of {subject}")
    }
}

fn not_done(wish: &Wish, subject: &str) -> String {
    match wish {
        Wish::Restart => format!("{subject} is not restarted"),
        Wish::RestartSuspect { suspect } => {
            format!("{suspect} is not restarted, though it may hold what {subject} allocated")
        }
        Wish::ReplaceProcess => for_the_process("not replaced", subject),
        Wish::EndProcess => for_the_process("not ended", subject),
    }
}

/// The numbers of a limit that was exceeded, or nearly, as a clause.
fn exceeded(leg: Leg, evidence: &Evidence, it: &str, its: &str) -> String {
    let holds = format!("{it} holds {}, {its}", size(evidence.resident));
    if leg == Leg::Hard {
        return format!("{holds} hard limit is {}", limit(evidence.hard));
    }
    format!("{holds} soft limit of {} was exceeded {} times", limit(evidence.soft), evidence.strikes)
}

/// The numbers of a trend, as a clause.
fn grew(evidence: &Evidence, floor: &str) -> String {
    let growth = evidence.growth.unwrap_or_default().max(0).unsigned_abs();
    let span = evidence.window_ms.map(|ms| format!(" in {}", render_duration(Duration::from_millis(ms))));
    let p = evidence.p.map_or_else(String::new, |p| match p < 0.0001 {
        true => "p below 0.0001, ".to_owned(),
        false => format!("p {p:.4}, "),
    });
    let needed = limit(evidence.growth_needed);
    format!("{floor} grew {}{} ({p}{needed} is allowed)", size(growth), span.unwrap_or_default())
}

fn limit(limit: Option<u64>) -> String {
    limit.map_or("none".to_owned(), size)
}

fn because(reason: &Reason) -> String {
    match reason {
        Reason::DryRun => "dry run".to_owned(),
        Reason::ObserveOnly => {
            "the program does not use the allocator that tells its children apart".to_owned()
        }
        Reason::Budget { restarts } => format!("its budget is used up by {restarts} restarts"),
        Reason::Replacements { count } => format!("it went {count} times within 24 hours already"),
        Reason::InVain => "that was of no use the last time: is the limit below what it needs?".to_owned(),
        Reason::Busy { other } => format!("{other} is not running"),
        Reason::Refused { error } => error.clone(),
    }
}

fn came_of(outcome: &Outcome) -> String {
    let useless = if outcome.helped { "" } else { "it did not help: " };
    format!("{useless}{}", numbers(outcome))
}

fn numbers(outcome: &Outcome) -> String {
    let leak_out = outcome.leak_out.map_or_else(String::new, |bytes| format!(", leak-out {}", size(bytes)));
    let floors = match outcome.floor_before == outcome.resident_before {
        // Of the process, physical memory is all that there is to compare.
        true => String::new(),
        false => {
            format!(" the floor is {} and was {},", size(outcome.floor_after), size(outcome.floor_before))
        }
    };
    format!(
        "{} came back,{floors} resident {} and was {}{leak_out}",
        size(outcome.returned()),
        size(outcome.resident_after),
        size(outcome.resident_before)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn record(action: Action, leg: Leg) -> Record {
        let evidence = Evidence {
            resident: 70 * MIB,
            soft: Some(16 * MIB),
            hard: Some(64 * MIB),
            strikes: 6,
            window_ms: Some(3 * 3_600_000),
            growth: Some(6 * MIB as i64),
            growth_needed: Some(MIB),
            p: Some(0.0004),
            ..Evidence::default()
        };
        Record {
            number: 1,
            at: "2026-03-02T02:00:00Z".parse().unwrap(),
            child: "report-builder".to_owned(),
            generation: 3,
            leg,
            action,
            evidence,
            purged: 0,
            floors: vec![],
            outcome: None,
        }
    }

    #[test]
    fn every_record_reads_alone() {
        let outcome = Outcome {
            floor_before: 9 * MIB,
            floor_after: 3 * MIB,
            resident_before: 12 * MIB,
            resident_after: 5 * MIB,
            leak_out: Some(0),
            helped: true,
        };
        let mut restarted = record(Action::Restart, Leg::Trend);
        let grew = "its floor grew 6.0 MiB in 3h (p 0.0004, 1.0 MiB is allowed)";
        assert_eq!(restarted.to_string(), format!("report-builder generation 3 is restarted: {grew}"));
        restarted.outcome = Some(outcome);
        let came = "6.0 MiB came back, the floor is 3.0 MiB and was 9.0 MiB, \
                    resident 5.0 MiB and was 12.0 MiB, leak-out 0 B";
        assert_eq!(
            restarted.to_string(),
            format!("report-builder generation 3 is restarted: {grew}; {came}")
        );
        let result = format!("the restart of report-builder generation 3 helped: {came}");
        assert_eq!(restarted.result(), Some(result));
        let process = Outcome {
            floor_before: 12 * MIB,
            floor_after: 5 * MIB,
            resident_before: 12 * MIB,
            resident_after: 5 * MIB,
            leak_out: None,
            helped: true,
        };
        let mut replaced = Record { child: PROCESS.into(), ..record(Action::ReplaceProcess, Leg::Soft) };
        assert_eq!(replaced.result(), None);
        replaced.outcome = Some(process);
        let result =
            "the new start of the process helped: 7.0 MiB came back, resident 5.0 MiB and was 12.0 MiB";
        assert_eq!(replaced.result().as_deref(), Some(result));
        let held = |instead_of, reason| Action::HeldBack { instead_of, reason };
        let table = [
            (
                record(Action::Purge, Leg::Soft),
                "report-builder generation 3 was purged, and that was enough: it holds 70.0 MiB now, its soft limit is 16.0 MiB",
            ),
            (
                Record { child: PROCESS.into(), ..record(Action::NearMiss, Leg::Trend) },
                "the process comes close to a case: what no child owns grew 6.0 MiB in 3h (p 0.0004, 1.0 MiB is allowed)",
            ),
            (
                record(Action::NearMiss, Leg::Soft),
                "report-builder generation 3 comes close to a case: it holds 70.0 MiB, its soft limit of 16.0 MiB was exceeded 6 times",
            ),
            (
                record(Action::RestartSuspect { of: "persistence".into() }, Leg::Hard),
                "report-builder generation 3 is restarted, for it may hold what persistence allocated: persistence holds 70.0 MiB, persistence's hard limit is 64.0 MiB",
            ),
            (
                record(Action::ReplaceProcess, Leg::Hard),
                "the process is replaced because of report-builder generation 3: it holds 70.0 MiB, its hard limit is 64.0 MiB",
            ),
            (
                record(held(Wish::Restart, Reason::DryRun), Leg::Hard),
                "report-builder generation 3 is not restarted: it holds 70.0 MiB, its hard limit is 64.0 MiB; dry run",
            ),
            (
                Record {
                    child: PROCESS.into(),
                    purged: 2048,
                    ..record(held(Wish::EndProcess, Reason::Replacements { count: 2 }), Leg::Hard)
                },
                "the process is not ended: it holds 70.0 MiB, its hard limit is 64.0 MiB; it went 2 times within 24 hours already; a purge gave 2.0 KiB back",
            ),
        ];
        for (record, sentence) in table {
            assert_eq!(record.to_string(), sentence);
        }
    }

    #[test]
    fn a_record_survives_its_line() {
        let mut record = record(
            Action::HeldBack {
                instead_of: Wish::RestartSuspect { suspect: "a".into() },
                reason: Reason::Budget { restarts: 3 },
            },
            Leg::Trend,
        );
        record.floors = vec![1, 2];
        let line = serde_json::to_string(&record).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
    }
}
