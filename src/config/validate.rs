//! Rules between keys, and the whole configuration against the rules of each key.

mod memory;
mod narrative;
mod server;

use std::time::Duration;

use jiff::civil::Time;
use toml::{Table, Value};

use super::duration::render;
use super::error::ConfigError;
use super::key;
use super::kind::Kind;
use super::redis::RedisConfig;
use super::report::ReportConfig;
use super::whole::Config;
pub(super) use memory::unknown_actor;

impl Config {
    /// Checks every key and the rules between keys; [`Config::load`] has done it already.
    pub fn validate(&self) -> Result<(), ConfigError> {
        check(self, &str::to_owned)
    }
}

/// Checks everything; `subject` gives the name under which the operator set a key.
pub(super) fn check(config: &Config, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    memory::check_names(&config.memory)?;
    check_each(config, subject)?;
    server::check(&config.server, subject)?;
    check_editions(&config.report, subject)?;
    narrative::check(&config.report.narrative, subject)?;
    check_backoff(config, subject)?;
    check_lock_wait(config, subject)?;
    check_ca_file(&config.redis, subject)?;
    memory::check(&config.memory, subject)
}

/// Values that were set by a program instead of a file have to be what a file would have given.
fn check_each(config: &Config, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    let table = Table::try_from(config).map_err(|error| ConfigError::Form(error.to_string()))?;
    for key in key::all(config.report.editions.keys().map(String::as_str)) {
        let Some(value) = lookup(&table, &key.name) else { continue };
        // What the table has in place of a secret says nothing about it.
        if matches!(key.kind, Kind::Secret(_)) {
            continue;
        }
        let right = match key.kind.accept(value) {
            Ok(canonical) if canonical == *value => continue,
            Ok(canonical) => format!("write {}", key.kind.shown(&canonical)),
            Err(right) => right,
        };
        return Err(ConfigError::Value { subject: subject(&key.name), value: key.kind.shown(value), right });
    }
    Ok(())
}

/// The value at the dotted `name`.
pub(super) fn lookup<'a>(table: &'a Table, name: &str) -> Option<&'a Value> {
    match name.split_once('.') {
        None => table.get(name),
        Some((first, rest)) => lookup(table.get(first)?.as_table()?, rest),
    }
}

/// Each edition has a name of its own, and windows that do not overlap.
fn check_editions(report: &ReportConfig, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    for name in report.editions.keys() {
        let right = match name {
            name if !key::is_edition(name) => "an edition's name is of at most 40 letters, digits, - and _",
            name if *name == report.edition => "this is the main edition, whose keys stand in [report]",
            _ => continue,
        };
        let table = format!("report.editions.{name}");
        return Err(ConfigError::Value {
            subject: table,
            value: "{ … }".to_owned(),
            right: right.to_owned(),
        });
    }
    for edition in report.each_edition() {
        check_tolerance(report, &edition, subject)?;
    }
    Ok(())
}

/// Two windows that overlap would make one late run look like an early one of the next time.
fn check_tolerance(
    report: &ReportConfig,
    edition: &ReportConfig,
    subject: &dyn Fn(&str) -> String,
) -> Result<(), ConfigError> {
    let (gap, key) = match shortest_gap(&edition.times) {
        Some(gap) => (gap, "times"),
        None => (edition.every, "every"),
    };
    let own = report.editions.get(&edition.edition);
    let has_own = own.is_some_and(|own| own.times.is_some() || own.every.is_some());
    let key =
        if has_own { format!("report.editions.{}.{key}", edition.edition) } else { format!("report.{key}") };
    if report.tolerance * 2 < gap {
        return Ok(());
    }
    Err(ConfigError::Value {
        subject: subject("report.tolerance"),
        value: format!("\"{}\"", render(report.tolerance)),
        right: format!(
            "the shortest time between two reports is {} ({}); write less than half of it, less than {}",
            render(gap),
            subject(&key),
            render(gap / 2)
        ),
    })
}

/// The shortest time from one of `times` to the next, over midnight too; none without times.
fn shortest_gap(times: &[Time]) -> Option<Duration> {
    const DAY: u64 = 24 * 3600;
    let second_of_day = |time: &Time| {
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(i8::unsigned_abs);
        u64::from(hour) * 3600 + u64::from(minute) * 60 + u64::from(second)
    };
    let mut seconds: Vec<u64> = times.iter().map(second_of_day).collect();
    seconds.sort_unstable();
    let over_midnight = seconds.first()? + DAY - seconds.last()?;
    let within_day = seconds.windows(2).map(|pair| pair[1] - pair[0]).min();
    Some(Duration::from_secs(within_day.map_or(over_midnight, |gap| gap.min(over_midnight))))
}

fn check_backoff(config: &Config, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    let supervision = &config.supervision;
    if supervision.backoff_first <= supervision.backoff_max {
        return Ok(());
    }
    Err(ConfigError::Value {
        subject: subject("supervision.backoff_first"),
        value: format!("\"{}\"", render(supervision.backoff_first)),
        right: format!("write at most supervision.backoff_max, which is {}", render(supervision.backoff_max)),
    })
}

/// A child that waits for a lock answers no probe: with a longer wait it would be replaced as one that hangs.
fn check_lock_wait(config: &Config, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    let (lock_wait, answer_within) = (config.database.lock_wait, config.supervision.answer_within);
    if lock_wait < answer_within {
        return Ok(());
    }
    Err(ConfigError::Value {
        subject: subject("database.lock_wait"),
        value: format!("\"{}\"", render(lock_wait)),
        right: format!("write less than supervision.answer_within, which is {}", render(answer_within)),
    })
}

/// Who names a CA means the connection to be encrypted.
fn check_ca_file(redis: &RedisConfig, subject: &dyn Fn(&str) -> String) -> Result<(), ConfigError> {
    match (&redis.url, &redis.ca_file) {
        (Some(url), Some(path)) if !url.is_encrypted() => Err(ConfigError::Value {
            subject: subject("redis.ca_file"),
            value: format!("\"{}\"", path.display()),
            right: format!(
                "{} is not encrypted; write rediss:// there, or leave this out",
                subject("redis.url")
            ),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_gap_includes_the_one_over_midnight() {
        let cases: [(&[&str], Option<u64>); 4] = [
            (&[], None),
            (&["07:30"], Some(24 * 3600)),
            (&["07:30", "15:00", "19:00"], Some(4 * 3600)),
            (&["00:05", "12:00", "23:55"], Some(600)),
        ];
        for (times, gap) in cases {
            let times: Vec<Time> = times.iter().map(|time| time.parse().unwrap()).collect();
            assert_eq!(shortest_gap(&times), gap.map(Duration::from_secs));
        }
    }
}
