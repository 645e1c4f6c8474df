//! Settings of the memory monitor that are refused, with the exact line that the operator reads.

use bytesize::ByteSize;
use evenkeel::config::{Config, LimitsConfig};

use crate::setup::{Setup, loaded};

const ACTORS: &str = "persistence, market-indices, report-builder, auto-report, memory-monitor";

#[test]
fn a_value_without_a_unit_or_out_of_range_is_named_with_what_would_be_right() {
    let size = "write a size with a unit, for example 1 MiB";
    let cases = [
        ("memory.process.soft", "50331648", size),
        ("memory.process.hard", r#""96""#, size),
        ("memory.process.hard", r#""0 B""#, "write a size with a unit, for example 1 MiB; at least 1 B"),
        ("memory.limits.report-builder.soft", r#""16 parsecs""#, size),
        ("memory.growth", "1", size),
        ("memory.samples", r#""-1 B""#, size),
        ("memory.on_exhausted", r#""reboot""#, "write replace or exit"),
        ("memory.on_exhausted", "true", "write replace or exit"),
        ("memory.dry_run", "1", "write true or false"),
        ("memory.sample_every", r#""10ms""#, "write at least 100ms"),
        (
            "memory.sample_every",
            "10",
            "write a duration with a unit, for example 3m (h, m, s and ms are known)",
        ),
        ("memory.strikes", "0", "write a whole number from 1 to 1000"),
        ("memory.records", "0", "write a whole number from 1 to 100000"),
    ];
    for (key, value, right) in cases {
        let error = Setup::new().file(format!("{key} = {value}")).error();
        assert_eq!(error, format!("{key} = {value}: {right}"));
    }
}

#[test]
fn values_that_contradict_each_other_are_refused() {
    let cases = [
        (
            "[memory.process]\nsoft = \"64 MiB\"\nhard = \"48 MiB\"",
            "memory.process.soft = \"64 MiB\": the soft limit is above the hard one; write at most 48 MiB (memory.process.hard)",
        ),
        (
            "[memory.limits.persistence]\nsoft = \"9 MiB\"\nhard = \"8 MiB\"",
            "memory.limits.persistence.soft = \"9 MiB\": the soft limit is above the hard one; \
             write at most 8 MiB (memory.limits.persistence.hard)",
        ),
        (
            "memory.window = \"110m\"",
            "memory.window = \"1h 50m\": write at least 2h and at most 16h: 12 to 96 buckets of 10m (memory.bucket)",
        ),
        (
            "memory.window = \"17h\"",
            "memory.window = \"17h\": write at least 2h and at most 16h: 12 to 96 buckets of 10m (memory.bucket)",
        ),
        (
            "memory.bucket = \"20s\"",
            "memory.bucket = \"20s\": write at least 30s: 3 measurements, one every 10s (memory.sample_every)",
        ),
        (
            "memory.strikes = 11",
            "memory.strikes = 11: write at most 10, the number of measurements that is looked at (memory.strikes_of)",
        ),
    ];
    for (file, error) in cases {
        assert_eq!(Setup::new().file(file).error(), error);
    }
    let edges = "[memory]\nbucket = \"30s\"\nwindow = \"6m\"\nstrikes = 10\n\
                 [memory.process]\nsoft = \"48 MiB\"\nhard = \"48 MiB\"";
    assert_eq!(loaded(&Setup::new().file(edges)).config.memory.strikes, 10);
}

#[test]
fn an_unknown_actor_is_named_with_those_that_exist() {
    let cases = [
        ("[memory.limits.report-bulder]\nsoft = \"1 MiB\"", "memory.limits.report-bulder"),
        ("memory.limits.reports.hard = \"1 MiB\"", "memory.limits.reports"),
        ("memory.limits.persistence2 = 1", "memory.limits.persistence2"),
    ];
    for (file, key) in cases {
        let expected = format!("{key}: there is no actor of this name; write one of {ACTORS}");
        assert_eq!(Setup::new().file(file).error(), expected);
    }
    assert_eq!(
        Setup::new().file("memory.limits.persistence.sft = \"1 MiB\"").error(),
        "memory.limits.persistence.sft: unknown key; the nearest known key is memory.limits.persistence.soft"
    );

    let mut config = Config::default();
    let limits = LimitsConfig { soft: Some(ByteSize::mib(1)), hard: None };
    config.memory.limits.insert("walker".to_owned(), limits);
    assert_eq!(
        config.validate().unwrap_err().to_string(),
        format!("memory.limits.walker: there is no actor of this name; write one of {ACTORS}")
    );
}
