//! What a replay says of recordings that are written here by hand.

use bytesize::ByteSize;

use super::super::record::Reason;
use super::*;
use crate::config::LimitsConfig;

const MIB: u64 = 1 << 20;

fn config() -> MemoryConfig {
    let limits = LimitsConfig { soft: None, hard: Some(ByteSize::mib(24)) };
    MemoryConfig { limits: [("a".to_owned(), limits)].into(), ..MemoryConfig::default() }
}

/// A tick of "a" and a bystander "b".
fn tick(second: i64, generation: u64, mib: u64) -> Tick {
    let child = |name: &str, generation, mib: u64| ChildTick {
        name: name.to_owned(),
        generation,
        allocated: Some(mib * MIB),
        resident: Some(mib * MIB),
        work: 3,
        mailbox: 0,
        crashes: 0,
        memory_restarts: 0,
    };
    Tick {
        at_ms: second * 1000,
        rss: Some((mib + 11) * MIB),
        unattributed: Some(10 * MIB as i64),
        children: vec![child("a", generation, mib), child("b", 1, 1)],
    }
}

/// What is said of "a", from the second tick on.
fn said(replay: &mut Replay, ticks: impl IntoIterator<Item = Tick>) -> Vec<Option<Action>> {
    let events = ticks.into_iter().flat_map(|tick| replay.tick(&tick)).filter(|event| event.account == "a");
    events.map(|event| event.action).collect()
}

#[test]
fn a_verdict_is_told_when_it_changes() {
    let mut replay = Replay::new(config());
    let told = said(&mut replay, [tick(0, 1, 2), tick(10, 1, 2), tick(20, 1, 23), tick(30, 1, 23)]);
    assert_eq!(told, [None, Some(Action::NearMiss)]);
    let event = replay.tick(&tick(40, 1, 32)).remove(0);
    assert_eq!((event.verdict, event.action), (Verdict::Case(Leg::Hard), Some(Action::Restart)));
    let sentence = "a generation 1 is restarted: it holds 32.0 MiB, its hard limit is 24.0 MiB";
    assert_eq!(event.sentence.as_deref(), Some(sentence));
    assert!(replay.tick(&tick(50, 1, 32)).is_empty());
    let names: Vec<&str> = replay.accounts().iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["a", "b", PROCESS]);
    let a = &replay.accounts()[0];
    assert_eq!((a.generations, a.ticks, a.cases, a.near_misses), (1, 6, 1, 1));
    assert_eq!(a.curve.range(), Some((2 * MIB, 32 * MIB)));
}

#[test]
fn a_restart_is_taken_to_help_unless_the_recording_shows_otherwise() {
    let ticks = |left| [tick(0, 1, 32), tick(10, 2, left), tick(20, 2, 20), tick(30, 2, 40)];
    let helped = said(&mut Replay::new(config()), ticks(2));
    assert_eq!(helped, [Some(Action::Restart), None, Some(Action::Restart)]);
    let in_vain = said(&mut Replay::new(config()), ticks(32));
    let suspect = Action::RestartSuspect { of: "a".to_owned() };
    assert_eq!(in_vain, [Some(Action::Restart), Some(suspect), None, Some(Action::ReplaceProcess)]);
}

#[test]
fn a_dry_run_is_one_in_the_replay_too() {
    let mut replay = Replay::new(MemoryConfig { dry_run: true, ..config() });
    let told = said(&mut replay, [tick(0, 1, 32)]);
    let held = Action::HeldBack { instead_of: Wish::Restart, reason: Reason::DryRun };
    assert_eq!(told, [Some(held)]);
}

#[test]
fn settings_that_hold_anew_begin_anew_and_a_second_file_does_not() {
    for (goes_on, again) in [(true, 0), (false, 1)] {
        let mut replay = Replay::new(config());
        assert_eq!(said(&mut replay, [tick(0, 1, 2)]).len(), 1);
        replay.settings(config(), goes_on);
        assert_eq!(said(&mut replay, [tick(10, 1, 2)]).len(), again);
    }
    let mut replay = Replay::new(config());
    replay.tick(&tick(0, 1, 2));
    replay.settings(MemoryConfig { warm_up: std::time::Duration::ZERO, ..config() }, true);
    assert_eq!(said(&mut replay, [tick(10, 1, 2)]).len(), 1, "other settings");
}
