//! What the memory policy promises about accounts: it leaves healthy ones alone, finds leaks, and says why.
//!
//! The shapes are those of `cargo bench --bench detection`, with a few seeds.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]

#[path = "../benches/detection/rivals.rs"]
#[allow(dead_code)] // the bench uses the rest
mod rivals;
#[path = "../benches/detection/run.rs"]
#[allow(dead_code)] // the bench uses the rest
mod run;
#[path = "../benches/detection/shapes.rs"]
mod shapes;

use bytesize::ByteSize;
use evenkeel::config::memory::{LimitsConfig, MemoryConfig};
use evenkeel::memory::policy::{Decision, Leg, Policy, Rules, Verdict};
use evenkeel::memory::sample::Sample;
use rivals::Rule;
use shapes::{Shape, TICK_MS, World};

const MIB: u64 = 1024 * 1024;
const HOUR: i64 = 360;

fn policy(soft: Option<u64>, hard: Option<u64>) -> Policy {
    let size = |bytes: Option<u64>| bytes.map(ByteSize::b);
    Policy::new(Rules::new(&MemoryConfig::default(), LimitsConfig { soft: size(soft), hard: size(hard) }))
}

fn sample(tick: i64, bytes: u64) -> Sample {
    Sample { at_ms: tick * TICK_MS, generation: 1, allocated: bytes, resident: bytes, work: None }
}

/// Feeds the ticks and returns the first decision that is a case, with its tick.
fn first_case(policy: &mut Policy, samples: impl Iterator<Item = Sample>) -> Option<(i64, Decision)> {
    samples
        .map(|sample| (sample.at_ms / TICK_MS, policy.tick(&sample)))
        .find(|(_, decision)| matches!(decision.verdict, Verdict::Case(_)))
}

/// 10^6 bytes an hour on top of 8 MiB.
fn leak(megabytes_an_hour: i64) -> impl Fn(i64) -> Sample {
    move |tick| sample(tick, 8 * MIB + (megabytes_an_hour * 1_000_000 * tick / HOUR).unsigned_abs())
}

#[test]
fn healthy_accounts_are_left_alone() {
    for shape in Shape::HEALTHY {
        for seed in 0..3 {
            let found = run::healthy(Rule::Evenkeel, shape, seed, 3);
            assert_eq!(found.restarts, 0, "{}, seed {seed}", shape.name());
        }
    }
}

#[test]
fn a_rule_without_the_shape_of_growth_would_not_leave_them_alone() {
    for shape in [Shape::WarmUp, Shape::WaveKnown, Shape::Cache] {
        let found = run::healthy(Rule::MannKendall, shape, 0, 3);
        assert!(found.restarts > 0, "{} is no test of anything", shape.name());
    }
}

#[test]
fn leaks_are_found_from_one_megabyte_an_hour_up() {
    for shape in Shape::LEAKS.into_iter().filter(|shape| *shape != Shape::HoldingGrowingLoad) {
        for (rate, within_hours) in [(1.0, 72.0), (50.0, 24.0)] {
            let found = run::leaking(Rule::Evenkeel, shape, rate, 1, 4);
            assert_eq!(found.early, 0, "{}", shape.name());
            let hours = found.seconds.first().map(|seconds| seconds / 3600.0);
            assert!(
                hours.is_some_and(|hours| hours < within_hours),
                "{}, {rate} MB/h: {hours:?}",
                shape.name()
            );
        }
    }
}

#[test]
fn the_same_seed_is_the_same_account() {
    let samples = |seed| {
        let mut world = World::new(Shape::Bursts, 0.0, seed);
        (0..1000).map(|_| world.tick()).collect::<Vec<_>>()
    };
    assert_eq!(samples(7), samples(7));
    assert_ne!(samples(7), samples(8));
}

#[test]
fn a_slow_leak_is_proven_by_its_trend_and_the_numbers_say_so() {
    let (tick, decision) = first_case(&mut policy(None, None), (0..40 * HOUR).map(leak(1))).unwrap();
    assert_eq!(decision.verdict, Verdict::Case(Leg::Trend));
    // Half an hour of warm-up, a day of window, and the tick that closes it.
    assert_eq!(tick, HOUR / 2 + 24 * HOUR);
    let evidence = decision.evidence;
    assert_eq!((evidence.buckets, evidence.window_ms), (18, Some(86_400_000)));
    assert!((evidence.slope_per_day.unwrap() - 24e6).abs() < 1e3, "{evidence:?}");
    assert!((evidence.growth.unwrap() - 24_000_000 * 17 / 18).abs() < 1000, "{evidence:?}");
    assert!(evidence.growth_needed.unwrap() < 2 * MIB && evidence.p.unwrap() < 1e-6, "{evidence:?}");
    let json =
        serde_json::to_string(&Decision { verdict: decision.verdict, evidence: evidence.clone() }).unwrap();
    let read: Decision = serde_json::from_str(&json).unwrap();
    assert_eq!((read.verdict, read.evidence.growth), (decision.verdict, evidence.growth));
    assert!(json.starts_with(r#"{"verdict":{"case":"trend"},"evidence":{"floor":"#), "{json}");
}

#[test]
fn growth_that_will_reach_a_limit_soon_does_not_wait_for_a_whole_day() {
    let mut policy = policy(Some(60 * MIB), None);
    let (tick, decision) = first_case(&mut policy, (0..40 * HOUR).map(leak(10))).unwrap();
    assert_eq!(decision.verdict, Verdict::Case(Leg::Trend));
    assert_eq!(decision.evidence.window_ms, Some(10_800_000));
    assert!(tick < 5 * HOUR && decision.evidence.resident < 60 * MIB, "{tick} {decision:?}");
    assert_eq!(policy.floors().len(), 18);
}

#[test]
fn a_case_stays_one_while_nothing_is_done_and_goes_with_the_generation() {
    let mut policy = policy(None, None);
    let (tick, _) = first_case(&mut policy, (0..40 * HOUR).map(leak(1))).unwrap();
    assert_eq!(policy.tick(&leak(1)(tick + 1)).verdict, Verdict::Case(Leg::Trend));
    let replaced = Sample { generation: 2, ..sample(tick + 2, 8 * MIB) };
    let decision = policy.tick(&replaced);
    assert_eq!(decision.verdict, Verdict::WarmingUp);
    assert_eq!((decision.evidence.growth, decision.evidence.baseline), (None, None));
    assert_eq!((policy.baseline(), policy.floors()), (None, vec![]));
}

#[test]
fn the_soft_limit_takes_strikes_and_the_hard_one_none() {
    let mut policy = policy(Some(10 * MIB), Some(20 * MIB));
    let verdicts: Vec<_> = (0..6).map(|tick| policy.tick(&sample(tick, 11 * MIB)).verdict).collect();
    let close = Verdict::Close(Leg::Soft);
    let warming = Verdict::WarmingUp;
    assert_eq!(verdicts, [warming, warming, close, close, close, Verdict::Case(Leg::Soft)]);
    assert_eq!(policy.tick(&sample(6, 21 * MIB)).verdict, Verdict::Case(Leg::Hard));
}

#[test]
fn a_purge_is_wanted_above_a_limit_only() {
    let mut policy = policy(None, Some(500 * MIB));
    assert!(!policy.wants_purge(&sample(0, 400 * MIB)), "there is no baseline yet");
    assert!(policy.wants_purge(&sample(0, 501 * MIB)));
    for tick in 0..HOUR {
        policy.tick(&sample(tick, 8 * MIB));
    }
    assert_eq!(policy.baseline(), Some(8 * MIB));
    assert!(!policy.wants_purge(&sample(HOUR, 72 * MIB)));
    assert!(policy.wants_purge(&sample(HOUR, 72 * MIB + 1)), "64 MiB above the baseline");
    assert!(!policy.wants_purge(&Sample { generation: 2, ..sample(HOUR, 72 * MIB + 1) }));
}

#[test]
fn a_suspended_daemon_neither_accuses_nor_forgets() {
    let mut policy = policy(None, None);
    let awake = (0..80 * HOUR).filter(|tick| tick % (16 * HOUR) < 8 * HOUR);
    // While it is suspended nothing leaks either.
    let samples = awake.map(|tick| {
        let measured = tick / (16 * HOUR) * 8 * HOUR + tick % (16 * HOUR);
        Sample { at_ms: tick * TICK_MS, ..leak(1)(measured) }
    });
    let (_, decision) = first_case(&mut policy, samples).unwrap();
    let per_day = decision.evidence.slope_per_day.unwrap();
    assert!((per_day - 24e6).abs() < 1e6, "{per_day}");
    let mut policy = self::policy(None, None);
    let flat = (0..200 * HOUR).filter(|tick| tick % (16 * HOUR) < 8 * HOUR).map(|tick| sample(tick, 8 * MIB));
    assert_eq!(first_case(&mut policy, flat), None);
}

#[test]
fn a_clock_that_goes_back_begins_a_new_series() {
    let mut policy = policy(None, None);
    for tick in 0..20 * HOUR {
        policy.tick(&leak(1)(tick));
    }
    assert!(policy.baseline().is_some());
    assert_eq!(policy.tick(&leak(1)(10 * HOUR)).verdict, Verdict::WarmingUp);
    assert_eq!(policy.baseline(), None);
    assert_eq!(policy.tick(&Sample { at_ms: i64::MAX, ..sample(0, 1) }).verdict, Verdict::WarmingUp);
    assert_eq!(policy.tick(&Sample { at_ms: i64::MIN, ..sample(0, 1) }).verdict, Verdict::WarmingUp);
    assert!(!policy.wants_purge(&sample(0, 1)));
}

#[test]
fn empty_constant_and_extreme_accounts_are_survived() {
    for bytes in [0, 1, u64::MAX] {
        let mut policy = policy(None, None);
        for tick in 0..60 * HOUR {
            let decision = policy.tick(&sample(tick, bytes));
            assert!(
                matches!(decision.verdict, Verdict::WarmingUp | Verdict::Steady),
                "{bytes}: {decision:?}"
            );
        }
        assert_eq!(policy.baseline(), Some(bytes));
    }
    let mut policy = policy(Some(0), Some(u64::MAX));
    for tick in 0..60 * HOUR {
        let wild = if tick % 2 == 0 { 0 } else { u64::MAX };
        let work = Some(wild);
        let decision = policy.tick(&Sample { allocated: wild, work, ..sample(tick, 1) });
        assert!(serde_json::to_string(&decision).is_ok_and(|json| !json.contains("NaN")));
    }
}

#[test]
fn few_buckets_prove_nothing() {
    let minutes = |minutes: u64| std::time::Duration::from_secs(60 * minutes);
    for buckets in 1..4 {
        let config = MemoryConfig { window: minutes(10 * buckets), ..MemoryConfig::default() };
        let mut policy = Policy::new(Rules::new(&config, LimitsConfig::default()));
        let case = first_case(&mut policy, (0..60 * HOUR).map(leak(1)));
        assert_eq!(case, None, "{buckets} buckets");
    }
}
