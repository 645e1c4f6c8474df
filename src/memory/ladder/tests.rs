//! Every rule of the ladder, and that it always comes to an end.

use jiff::{SignedDuration, Timestamp};

use super::super::record::{Action, Record};
use super::*;

const MIB: u64 = 1 << 20;

fn config() -> MemoryConfig {
    MemoryConfig::default()
}

fn start() -> Timestamp {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn record(at: Timestamp, child: &str, action: Action, helped: Option<bool>) -> Record {
    let outcome = helped.map(|helped| Outcome {
        floor_before: 9,
        floor_after: 9,
        resident_before: 9,
        resident_after: 9,
        leak_out: None,
        helped,
    });
    Record {
        number: 0,
        at,
        child: child.to_owned(),
        generation: 1,
        leg: Leg::Trend,
        action,
        evidence: Evidence::default(),
        purged: 0,
        floors: vec![],
        outcome,
    }
}

fn suspect_of(account: &str) -> Action {
    Action::RestartSuspect { of: account.to_owned() }
}

fn child(name: &str, mailbox: usize, work: u64) -> Bystander {
    Bystander {
        name: name.to_owned(),
        running: true,
        suspicious: name != "memory-monitor",
        mailbox,
        work,
        growth: 0,
    }
}

fn children() -> Vec<Bystander> {
    vec![
        child("a", 0, 9),
        child("b", 0, 5),
        child("c", 2, 1),
        child("idle", 0, 0),
        child("memory-monitor", 9, 9),
    ]
}

fn case(account: &str) -> Case<'_> {
    Case { account, leg: Leg::Trend, purged: true, measured: true, excess: 0 }
}

fn step(case: &Case<'_>, records: &[Record], now: Timestamp, config: &MemoryConfig) -> Step {
    let history = History::of(records.iter(), now, config.budget_window, vain_window(config));
    next_step(case, &history, &children(), config)
}

fn hold(instead_of: Wish, reason: Reason) -> Step {
    Step::Hold { instead_of, reason }
}

fn suspect(name: &str) -> Step {
    Step::Act(Wish::RestartSuspect { suspect: name.to_owned() })
}

#[test]
fn every_step_comes_when_the_one_before_did_not_help() {
    let config = MemoryConfig { suspects: 2, ..config() };
    let vain = |child: &str| record(start(), child, Action::Restart, Some(false));
    let tried = |name: &str| record(start(), name, suspect_of("a"), Some(false));
    let held = |name: &str| record(start(), name, suspect_of("a"), Some(true));
    let table: [(&[Record], Step); 7] = [
        (&[], Step::Act(Wish::Restart)),
        (&[record(start(), "a", Action::Restart, Some(true))], Step::Act(Wish::Restart)),
        (&[vain("a")], suspect("c")),
        (&[vain("a"), tried("c")], suspect("b")),
        (&[vain("a"), tried("c"), tried("b")], Step::Act(Wish::ReplaceProcess)),
        // Who was right to be suspected is again, within its budget.
        (&[vain("a"), tried("c"), held("b")], suspect("b")),
        (&[vain("a"), tried("c"), held("b"), held("b"), held("b")], Step::Act(Wish::ReplaceProcess)),
    ];
    for (records, expected) in table {
        assert_eq!(step(&case("a"), records, hours(1), &config), expected, "{records:?}");
    }
    let unpurged = Case { purged: false, ..case("a") };
    assert_eq!(step(&unpurged, &[vain("a")], hours(1), &config), Step::Purge);
    // What was in vain for one child says nothing of another.
    assert_eq!(step(&case("b"), &[vain("a")], hours(1), &config), Step::Act(Wish::Restart));
}

#[test]
fn growth_that_no_child_owns_replaces_or_ends_the_process_at_once() {
    assert_eq!(step(&case(PROCESS), &[], start(), &config()), Step::Act(Wish::ReplaceProcess));
    let exit = MemoryConfig { on_exhausted: OnExhausted::Exit, ..config() };
    assert_eq!(step(&case(PROCESS), &[], start(), &exit), Step::Act(Wish::EndProcess));
}

#[test]
fn budgets_are_counted_over_their_windows() {
    let helped = |at| record(at, "a", Action::Restart, Some(true));
    let three = [helped(start()), helped(hours(1)), record(hours(2), "a", suspect_of("b"), Some(false))];
    let used_up = hold(Wish::Restart, Reason::Budget { restarts: 3 });
    assert_eq!(step(&case("a"), &three, hours(5), &config()), used_up);
    assert_eq!(step(&case("a"), &three, hours(6), &config()), Step::Act(Wish::Restart));
    let hard = Case { leg: Leg::Hard, ..case("a") };
    assert_eq!(step(&hard, &three, hours(5), &config()), Step::Act(Wish::ReplaceProcess));

    let went = |at| record(at, PROCESS, Action::ReplaceProcess, None);
    let twice = [went(start()), went(hours(20))];
    let used_up = hold(Wish::ReplaceProcess, Reason::Replacements { count: 2 });
    assert_eq!(step(&case(PROCESS), &twice, hours(23), &config()), used_up);
    assert_eq!(step(&case(PROCESS), &twice, hours(24), &config()), Step::Act(Wish::ReplaceProcess));
}

#[test]
fn what_speaks_against_acting_is_said_with_what_would_have_been_done() {
    let dry = MemoryConfig { dry_run: true, ..config() };
    assert_eq!(step(&case("a"), &[], start(), &dry), hold(Wish::Restart, Reason::DryRun));
    let observed = Case { measured: false, purged: false, ..case(PROCESS) };
    assert_eq!(step(&observed, &[], start(), &config()), hold(Wish::ReplaceProcess, Reason::ObserveOnly));
    let mut others = children();
    others[1].running = false;
    assert_eq!(
        next_step(&case("a"), &History::default(), &others, &config()),
        hold(Wish::Restart, Reason::Busy { other: "b".to_owned() })
    );
    let nobody = MemoryConfig { suspects: 0, replacements_per_day: 0, ..config() };
    let vain = [record(start(), "a", Action::Restart, Some(false))];
    assert_eq!(
        step(&case("a"), &vain, start(), &nobody),
        hold(Wish::ReplaceProcess, Reason::Replacements { count: 0 })
    );
}

/// A leak that no restart helps, with a case at every tick for 30 days: the complaint is "it restarts for ever".
#[test]
fn growth_that_never_stops_does_not_restart_for_ever() {
    for (case_every_min, most_restarts_a_day) in [(1, 3), (60, 3), (25 * 60, 2)] {
        let mut records: Vec<Record> = Vec::new();
        let mut now = start();
        while now < start() + SignedDuration::from_hours(30 * 24) {
            let (child, action) = match step(&case("a"), &records, now, &config()) {
                Step::Purge => panic!("it was purged"),
                Step::Hold { .. } => ("", None),
                Step::Act(Wish::Restart) => ("a", Some(Action::Restart)),
                Step::Act(Wish::RestartSuspect { suspect }) => {
                    assert_eq!(suspect, "c");
                    ("c", Some(suspect_of("a")))
                }
                Step::Act(Wish::ReplaceProcess | Wish::EndProcess) => (PROCESS, Some(Action::ReplaceProcess)),
            };
            records.extend(action.map(|action| record(now, child, action, Some(false))));
            now += SignedDuration::from_mins(case_every_min);
        }
        let within = |from: &Record, span: SignedDuration, of: fn(&Record) -> bool| {
            let age = |other: &&Record| other.at.duration_since(from.at);
            records
                .iter()
                .filter(|it| of(it))
                .filter(|it| (SignedDuration::ZERO..span).contains(&age(it)))
                .count()
        };
        let day = SignedDuration::from_hours(24);
        for record in &records {
            assert!(within(record, day, Record::is_departure) <= 2, "{records:?}");
            assert!(within(record, day, Record::is_restart) <= most_restarts_a_day, "{records:?}");
            // In vain once, and not again within four days.
            let own = |record: &Record| record.action == Action::Restart;
            assert!(within(record, SignedDuration::from_hours(96), own) <= 1, "{records:?}");
        }
        assert!(records.iter().any(Record::is_departure));
    }
}

#[test]
fn a_purge_is_enough_when_the_line_is_not_crossed_any_more() {
    let evidence = Evidence {
        soft: Some(16 * MIB),
        hard: Some(64 * MIB),
        floor: 9 * MIB,
        growth: Some(5 * MIB as i64),
        growth_needed: Some(MIB),
        ..Evidence::default()
    };
    let usage = |allocated, resident| ArenaUsage { allocated: allocated * MIB, resident: resident * MIB };
    let table = [
        (Leg::Hard, usage(9, 64), true),
        (Leg::Hard, usage(9, 65), false),
        (Leg::Soft, usage(9, 16), true),
        (Leg::Soft, usage(9, 17), false),
        (Leg::Trend, usage(4, 99), true),
        (Leg::Trend, usage(5, 5), false),
    ];
    for (leg, now, over) in table {
        assert_eq!(is_over(leg, &evidence, now), over, "{leg:?} {now:?}");
        assert!(!is_over(leg, &Evidence::default(), now));
    }
}

#[test]
fn a_restart_helped_when_half_of_the_growth_came_back() {
    let usage = |mib: u64| ArenaUsage { allocated: mib * MIB, resident: mib * MIB };
    let trend = Evidence { growth: Some(6 * MIB as i64), ..Evidence::default() };
    let based = Evidence { baseline: Some(4 * MIB), ..Evidence::default() };
    let none = Evidence::default();
    let table = [
        // Held: all of it comes back.
        (Leg::Trend, &trend, 10, 1, Some(0), true),
        (Leg::Trend, &trend, 10, 3, Some(3), true),
        // Forgotten: a fresh generation needs less than the old one, and yet nothing of the growth came back.
        (Leg::Trend, &trend, 10, 6, Some(6), false),
        (Leg::Trend, &trend, 10, 4, Some(4), false),
        // A suspect's restart: the other account is compared.
        (Leg::Trend, &trend, 10, 7, None, true),
        (Leg::Trend, &trend, 10, 8, None, false),
        (Leg::Hard, &based, 10, 1, Some(2), true),
        (Leg::Hard, &based, 10, 8, Some(5), false),
        (Leg::Hard, &none, 10, 2, Some(1), true),
        (Leg::Hard, &none, 10, 9, Some(8), false),
        (Leg::Soft, &none, 10, 10, Some(0), false),
        (Leg::Hard, &none, 10, 9, None, false),
        (Leg::Hard, &none, 10, 5, None, true),
    ];
    for (leg, evidence, before, after, leak_out, helped) in table {
        let leak_out = leak_out.map(|mib: u64| mib * MIB);
        let outcome = outcome(leg, evidence, usage(before), usage(after), leak_out);
        assert_eq!(outcome.helped, helped, "{leg:?} {before} {after} {leak_out:?}");
        assert_eq!(outcome.returned(), (before - after) * MIB);
    }
}

#[test]
fn a_child_that_alone_is_what_the_process_has_too_much_is_restarted_before_the_process_goes() {
    let grown = |mib: [u64; 3]| -> Vec<Bystander> {
        let names = ["a", "b", "memory-monitor"].into_iter().zip(mib);
        names.map(|(name, mib)| Bystander { growth: mib * MIB, ..child(name, 0, 0) }).collect()
    };
    let over = |leg| Case { leg, excess: 10 * MIB, ..case(PROCESS) };
    let tried = [record(start(), "b", suspect_of(PROCESS), Some(false))];
    let table: [(Leg, [u64; 3], &[Record], Wish); 5] = [
        (Leg::Hard, [11, 12, 0], &[], Wish::RestartSuspect { suspect: "b".to_owned() }),
        (Leg::Soft, [11, 12, 0], &tried, Wish::RestartSuspect { suspect: "a".to_owned() }),
        (Leg::Hard, [9, 12, 0], &tried, Wish::ReplaceProcess),
        (Leg::Hard, [9, 9, 9], &[], Wish::ReplaceProcess),
        (Leg::Trend, [11, 12, 0], &[], Wish::ReplaceProcess),
    ];
    for (leg, grown_mib, records, wish) in table {
        let history = History::of(records.iter(), hours(1), config().budget_window, vain_window(&config()));
        let step = next_step(&over(leg), &history, &grown(grown_mib), &config());
        assert_eq!(step, Step::Act(wish), "{leg:?} {grown_mib:?}");
    }
}

#[test]
fn a_departure_that_was_of_no_use_is_not_repeated() {
    let records = [record(start(), PROCESS, Action::ReplaceProcess, Some(false))];
    let expected = hold(Wish::ReplaceProcess, Reason::InVain);
    assert_eq!(step(&case(PROCESS), &records, hours(90), &config()), expected);
    assert_eq!(step(&case(PROCESS), &records, hours(100), &config()), Step::Act(Wish::ReplaceProcess));
}

#[test]
fn a_record_of_a_wrong_clock_does_not_count_for_years() {
    let restart = || record(hours(24 * 1500), "a", Action::Restart, Some(false));
    assert_eq!(step(&case("a"), &[restart()], start(), &config()), Step::Act(Wish::Restart));
}
