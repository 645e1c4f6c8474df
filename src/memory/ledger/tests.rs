//! What the ledger keeps, and what it does about a file that is broken or cannot be written.

use super::super::policy::{Evidence, Leg};
use super::super::record::Action;
use super::*;

fn record(generation: u64) -> Record {
    Record {
        number: 0,
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        child: "worker".to_owned(),
        generation,
        leg: Leg::Hard,
        action: Action::Restart,
        evidence: Evidence::default(),
        purged: 0,
        floors: vec![1, 2, 3],
        outcome: None,
    }
}

fn said(generation: u64) -> Record {
    Record { action: Action::NearMiss, ..record(generation) }
}

fn outcome() -> Outcome {
    Outcome {
        floor_before: 9,
        floor_after: 3,
        resident_before: 9,
        resident_after: 3,
        leak_out: Some(0),
        helped: true,
    }
}

fn numbers(ledger: &Ledger) -> Vec<u64> {
    ledger.records().iter().map(|record| record.number).collect()
}

#[test]
fn records_and_their_outcomes_survive_the_process_and_numbers_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data/decisions.jsonl");
    let first = Ledger::open(&path, 10);
    assert_eq!([first.add(record(1)), first.clone().add(record(2))], [1, 2]);
    assert_eq!(first.settle(1, outcome()).unwrap().outcome, Some(outcome()));
    assert_eq!(first.settle(9, outcome()), None);
    let second = Ledger::open(&path, 10);
    assert_eq!(second.records(), first.records());
    assert_eq!(second.records()[0].outcome, Some(outcome()));
    assert_eq!(second.add(record(3)), 3);
}

#[test]
fn the_file_and_the_memory_are_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("decisions.jsonl");
    let ledger = Ledger::open(&path, 3);
    for generation in 1..=50 {
        ledger.add(said(generation));
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 2 * LEAST_ACTIONS, "{lines} lines after {generation} records");
    }
    assert_eq!(numbers(&ledger), [48, 49, 50]);
    assert_eq!(numbers(&Ledger::open(&path, 3)), [48, 49, 50]);
    assert_eq!(numbers(&Ledger::open(&path, 2)), [49, 50]);
    (0..2000).for_each(|generation| assert!(ledger.add(said(generation)) > 0));
    assert!(std::fs::read_to_string(&path).unwrap().lines().count() <= 2 * LEAST_ACTIONS);
}

#[test]
fn what_was_done_outlives_what_was_only_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("decisions.jsonl");
    let ledger = Ledger::open(&path, 1);
    ledger.add(record(1));
    (0..1000).for_each(|generation| assert!(ledger.add(said(generation)) > 0));
    ledger.add(record(2));
    assert_eq!(numbers(&ledger), [1, 1002], "the budgets are counted from these");
    assert_eq!(numbers(&Ledger::open(&path, 1)), [1, 1002]);
    (0..1000).for_each(|generation| assert!(ledger.add(record(generation)) > 0));
    assert_eq!(ledger.records().len(), LEAST_ACTIONS, "actions are bounded as well");
}

#[test]
fn what_is_broken_in_the_file_costs_itself_only_and_is_cleaned_away_by_the_next_record() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("decisions.jsonl");
    Ledger::open(&path, 10).add(record(1));
    let whole = std::fs::read_to_string(&path).unwrap();
    let torn = whole.replace("\"number\":1", "\"number\":2");
    std::fs::write(&path, format!("rubbish\n{whole}{}", &torn[..torn.len() / 2])).unwrap();
    let ledger = Ledger::open(&path, 10);
    assert_eq!(numbers(&ledger), [1]);
    assert_eq!(ledger.add(record(2)), 2);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    assert_eq!(numbers(&Ledger::open(&path, 10)), [1, 2]);
}

#[test]
fn a_file_that_cannot_be_written_costs_no_record_and_is_caught_up_with() {
    let directory = tempfile::tempdir().unwrap();
    let in_the_way = directory.path().join("data");
    std::fs::write(&in_the_way, "not a directory").unwrap();
    let path = in_the_way.join("decisions.jsonl");
    let ledger = Ledger::open(&path, 10);
    ledger.add(record(1));
    assert_eq!(numbers(&ledger), [1]);
    std::fs::remove_file(&in_the_way).unwrap();
    ledger.add(record(2));
    assert_eq!(numbers(&Ledger::open(&path, 10)), [1, 2]);
}
