//! The demo whose actor forgets, as an operator runs it: the program replaces itself as often as it may, keeps its PID and
//! its port, and nobody who connects is refused.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::path::Path;
use std::time::Duration;

use evenkeel::memory::ledger::Ledger;
use evenkeel::memory::record::{Action, Reason, Record, Wish};
use tempfile::tempdir;

mod common;
use common::client::Poller;
use common::program::{Running, evenkeel};

const KIB: u64 = 1024;

/// Who forgets: an actor that has little else to do.
const CHILD: &str = "auto-report";

/// Some 25 s of leaking, on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(240);

fn records(directory: &Path) -> Vec<Record> {
    Ledger::open(&directory.join("evenkeel-demo/memory-decisions.jsonl"), 500).records()
}

/// The bytes that the log says the child's first generation has forgotten, in the first image of the process.
fn forgotten(log: &str) -> u64 {
    let said = format!("laboratory: {CHILD} generation 1 has forgotten ");
    let line = log.lines().find_map(|line| line.split_once(&said)).unwrap().1;
    line.split(' ').next().unwrap().parse().unwrap()
}

#[actix_rt::test]
async fn the_program_replaces_itself_twice_a_day_and_nobody_who_asks_every_10_ms_notices() {
    let directory = tempdir().unwrap();
    let demo = ["demo", "--port", "0", "--log-format", "text", "--speed", "1200"];
    let leak = format!("{CHILD}=40MB/h,forget");
    let mut demo = Running::start(evenkeel(directory.path()).args(demo).args(["--leak", &leak]));
    let address = demo.address().await;
    let poller = Poller::start(address, "/health");
    demo.says_times(PATIENCE, "(inherited)", 2).await;
    demo.says(PATIENCE, "the process is not replaced").await;
    poller.asks(30).await;
    let seen = poller.stop();
    let (log, records) = (demo.log(), records(directory.path()));
    println!("{seen}");
    records.iter().for_each(|record| println!("{record}"));
    assert!(seen.failures.is_empty() && seen.answers > 100, "{seen}\n{log}");
    let pid = demo.pid();
    assert_eq!(log.matches(&format!("is started anew in process {pid}")).count(), 2, "{log}");
    assert_eq!(log.matches(&format!("listening on http://{address} (inherited)")).count(), 2, "{log}");
    // A suspect may be restarted in the middle of a report, which is then absent and made again.
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.iter().all(|line| line.contains("no report of edition market")), "{errors:?}");

    // One restart, in vain, over all images; then at most one suspect; then the process, as often as it may.
    let of = |action: &Action| records.iter().filter(|record| record.action == *action).collect::<Vec<_>>();
    let [restart] = of(&Action::Restart)[..] else { panic!("{records:?}") };
    let outcome = restart.outcome.as_ref().unwrap();
    let once_made = outcome.leak_out.unwrap().checked_sub(forgotten(&log)).unwrap();
    assert!(restart.child == CHILD && !outcome.helped && once_made <= 64 * KIB, "{restart:?}");
    let suspects = of(&Action::RestartSuspect { of: CHILD.to_owned() });
    assert!(suspects.len() == 1 && suspects[0].number > restart.number, "{suspects:?}");
    let replacements = of(&Action::ReplaceProcess);
    assert_eq!(replacements.len(), 2, "{records:?}");
    for replacement in replacements {
        let outcome = replacement.outcome.as_ref().unwrap();
        assert!(outcome.helped && outcome.resident_after < outcome.resident_before, "{outcome:?}");
    }
    // The leak goes on; that it has to is said once for each account that it is seen on, not at every tick.
    let reason = Reason::Replacements { count: 2 };
    let held = of(&Action::HeldBack { instead_of: Wish::ReplaceProcess, reason });
    assert!((1..=4).contains(&held.len()) && records.len() <= 30, "{records:?}");
}
