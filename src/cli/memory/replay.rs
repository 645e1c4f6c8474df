//! `evenkeel memory replay`: recorded samples through the daemon's policy, and what it says of them.

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::json;

use super::super::arguments::Options;
use super::super::browse::{print, to_the_second};
use super::super::failure::Failure;
use super::super::system;
use super::arguments::ReplayArguments;
use super::overrides::apply;
use crate::config::{Config, render_duration};
use crate::memory::bytes::{signed, size};
use crate::memory::policy::{Leg, Verdict};
use crate::memory::replay::{Account, Event, Replay};
use crate::memory::tape::{self, TapeLine};

/// A recording of this size takes some seconds: something moves meanwhile.
const LARGE: u64 = 32 << 20;
/// Lines that cannot be read are named one by one up to here.
const MOST_NAMED: u64 = 10;

pub(super) fn replay(options: &Options, arguments: &ReplayArguments) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let file = &arguments.file;
    let mut replay = Replay::new(apply(arguments, config.memory.clone())?);
    let named =
        |error: std::io::Error| Failure::failed(format!("{} cannot be read: {error}", file.display()));
    let parts = tape::parts(file).map_err(named)?;
    let bar = bar(file);
    let (mut ticks, mut unread) = (0_u64, 0_u64);
    for (part, lines) in parts.into_iter().enumerate() {
        for (line, read) in lines.enumerate() {
            match read {
                Ok(TapeLine::Rules(rules)) => {
                    replay.settings(apply(arguments, *rules)?, part > 0 && line == 0);
                }
                Ok(TapeLine::Tick(tick)) => {
                    ticks += 1;
                    bar.inc(1);
                    for event in replay.tick(&tick).iter().filter(|event| wanted(arguments, &event.account)) {
                        let text = told(event, arguments.json, &config)?;
                        bar.suspend(|| print(&text))?;
                    }
                }
                Err(error) => {
                    unread += 1;
                    if unread <= MOST_NAMED {
                        bar.suspend(|| eprintln!("note: {error}; passed over"));
                    }
                }
            }
        }
    }
    bar.finish_and_clear();
    if unread > MOST_NAMED {
        eprintln!("note: {unread} lines were passed over, {MOST_NAMED} of them are named above");
    }
    if ticks == 0 {
        return Err(Failure::failed(format!(
            "{} holds no samples; the daemon records them as memory-samples.jsonl in its data directory",
            file.display()
        )));
    }
    print(&summary(&replay, ticks, arguments)?)
}

fn wanted(arguments: &ReplayArguments, account: &str) -> bool {
    arguments.child.as_ref().is_none_or(|child| child == account)
}

/// Drawn on a terminal, and for a large recording only.
fn bar(file: &Path) -> ProgressBar {
    if std::fs::metadata(file).is_ok_and(|file| file.len() > LARGE) {
        ProgressBar::new_spinner().with_message("judging")
    } else {
        ProgressBar::hidden()
    }
}

/// One line of JSON; or one of text, with the numbers below it, and below those what would have been done.
fn told(event: &Event, json: bool, config: &Config) -> Result<String, Failure> {
    if json {
        let line = serde_json::to_string(&json!({ "change": event })).map_err(Failure::failed)?;
        return Ok(line + "\n");
    }
    let Event { account, generation, evidence, .. } = event;
    let known = |bytes: Option<u64>| bytes.map_or("-".to_owned(), size);
    let rising = |bytes: Option<i64>| bytes.map_or("-".to_owned(), signed);
    let p = evidence.p.map_or("-".to_owned(), |p| format!("{p:.4}"));
    let mut text = format!(
        "{}  {account} generation {generation}: {}\n    floor {}, baseline {}, growth {} of {}, {} a day, p {p}; \
         resident {}, soft {}, hard {}, {} above soft\n",
        to_the_second(event.at, config),
        verdict(event.verdict),
        size(evidence.floor),
        known(evidence.baseline),
        rising(evidence.growth),
        known(evidence.growth_needed),
        rising(evidence.slope_per_day.map(|slope| slope as i64)),
        size(evidence.resident),
        known(evidence.soft),
        known(evidence.hard),
        evidence.strikes,
    );
    if let Some(sentence) = &event.sentence {
        text.push_str(&format!("    {sentence}\n"));
    }
    Ok(text)
}

fn verdict(verdict: Verdict) -> String {
    let leg = |leg| match leg {
        Leg::Soft => "soft limit",
        Leg::Hard => "hard limit",
        Leg::Trend => "trend",
    };
    match verdict {
        Verdict::WarmingUp => "warming up".to_owned(),
        Verdict::Steady => "steady".to_owned(),
        Verdict::Close(of) => format!("close to a case ({})", leg(of)),
        Verdict::Case(of) => format!("CASE ({})", leg(of)),
    }
}

fn summary(replay: &Replay, ticks: u64, arguments: &ReplayArguments) -> Result<String, Failure> {
    let accounts: Vec<&Account> =
        replay.accounts().iter().filter(|account| wanted(arguments, &account.name)).collect();
    if let Some(child) = arguments.child.as_deref().filter(|_| accounts.is_empty()) {
        let known: Vec<&str> = replay.accounts().iter().map(|account| account.name.as_str()).collect();
        return Err(Failure::failed(format!(
            "--child {child:?}: there is no such account in {}; there are {}",
            arguments.file.display(),
            known.join(", ")
        )));
    }
    if arguments.json {
        return Ok(accounts.into_iter().map(|account| format!("{}\n", account_json(account))).collect());
    }
    let column = accounts.iter().map(|account| account.curve.column_ms()).max().unwrap_or_default();
    let column = render_duration(Duration::from_millis(column.unsigned_abs()));
    let width = accounts.iter().map(|account| account.name.len()).max().unwrap_or_default().max(7);
    let mut text = format!(
        "\n{ticks} samples; floors from the first to the last, a bar for every {column}\n\
         {:<width$}  {:>4}  {:>5}  {:>5}  {:>10}  {:>10}  {:>11}  floors\n",
        "account", "gens", "cases", "close", "lowest", "highest", "growth/day"
    );
    for account in accounts {
        let (low, high) = account.curve.range().unwrap_or_default();
        let growth = account.hours.growth_per_day().map_or("-".to_owned(), signed);
        text.push_str(&format!(
            "{:<width$}  {:>4}  {:>5}  {:>5}  {:>10}  {:>10}  {growth:>11}  {}\n",
            account.name,
            account.generations,
            account.cases,
            account.near_misses,
            size(low),
            size(high),
            account.curve.line()
        ));
    }
    Ok(text)
}

fn account_json(account: &Account) -> serde_json::Value {
    json!({ "account": {
        "name": account.name,
        "generations": account.generations,
        "ticks": account.ticks,
        "cases": account.cases,
        "near_misses": account.near_misses,
        "growth_per_day": account.hours.growth_per_day(),
        "column_ms": account.curve.column_ms(),
        "floors": account.curve.floors(),
    } })
}
