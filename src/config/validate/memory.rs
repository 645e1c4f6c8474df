//! Rules between the keys of the memory monitor.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::duration::render;
use super::super::error::ConfigError;
use super::super::memory::{ACTORS, LimitsConfig, MemoryConfig};
use super::super::size;

/// Fewer measurements than this a bucket, and its lowest one is no floor.
const LEAST_SAMPLES: u32 = 3;
/// Fewer buckets than this prove no growth; more would be compared pair by pair for nothing.
const BUCKETS: [u32; 2] = [12, 96];

type Subject<'a> = &'a dyn Fn(&str) -> String;

/// The limits of an actor that does not exist: a program may have set them.
pub(super) fn check_names(memory: &MemoryConfig) -> Result<(), ConfigError> {
    let unknown = memory.limits.keys().find_map(|name| unknown_actor(&format!("memory.limits.{name}")));
    unknown.map_or(Ok(()), Err)
}

/// What is wrong with the dotted `key`, if it limits an actor that does not exist.
pub(in crate::config) fn unknown_actor(key: &str) -> Option<ConfigError> {
    let name = key.strip_prefix("memory.limits.")?;
    let first = name.split_once('.').map_or(name, |(first, _)| first);
    if ACTORS.contains(&first) {
        return None;
    }
    let key = key.chars().take(80).flat_map(char::escape_debug).collect();
    Some(ConfigError::UnknownActor { key, known: ACTORS.join(", ") })
}

pub(super) fn check(memory: &MemoryConfig, subject: Subject<'_>) -> Result<(), ConfigError> {
    let samples = times(memory.sample_every, LEAST_SAMPLES);
    if memory.bucket < samples {
        let right = format!(
            "write at least {}: {LEAST_SAMPLES} measurements, one every {} ({})",
            render(samples),
            render(memory.sample_every),
            subject("memory.sample_every")
        );
        return Err(wrong(subject("memory.bucket"), &render(memory.bucket), right));
    }
    let [least, most] = BUCKETS.map(|buckets| times(memory.bucket, buckets));
    if !(least..=most).contains(&memory.window) {
        let right = format!(
            "write at least {} and at most {}: {} to {} buckets of {} ({})",
            render(least),
            render(most),
            BUCKETS[0],
            BUCKETS[1],
            render(memory.bucket),
            subject("memory.bucket")
        );
        return Err(wrong(subject("memory.window"), &render(memory.window), right));
    }
    if memory.strikes > memory.strikes_of {
        let of = memory.strikes_of;
        let right = format!(
            "write at most {of}, the number of measurements that is looked at ({})",
            subject("memory.strikes_of")
        );
        return Err(ConfigError::Value {
            subject: subject("memory.strikes"),
            value: memory.strikes.to_string(),
            right,
        });
    }
    check_limits("memory.process", &memory.process, subject)?;
    check_each(&memory.limits, subject)
}

fn check_each(limits: &BTreeMap<String, LimitsConfig>, subject: Subject<'_>) -> Result<(), ConfigError> {
    limits
        .iter()
        .try_for_each(|(name, limits)| check_limits(&format!("memory.limits.{name}"), limits, subject))
}

fn check_limits(table: &str, limits: &LimitsConfig, subject: Subject<'_>) -> Result<(), ConfigError> {
    match (limits.soft, limits.hard) {
        (Some(soft), Some(hard)) if soft > hard => {
            let right = format!(
                "the soft limit is above the hard one; write at most {} ({})",
                size::render(hard),
                subject(&format!("{table}.hard"))
            );
            Err(wrong(subject(&format!("{table}.soft")), &size::render(soft), right))
        }
        _ => Ok(()),
    }
}

fn times(duration: Duration, count: u32) -> Duration {
    duration.saturating_mul(count)
}

fn wrong(subject: String, value: &str, right: String) -> ConfigError {
    ConfigError::Value { subject, value: format!("\"{value}\""), right }
}
