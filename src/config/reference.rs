//! Every key as a table for people: its variable, its default, what it accepts, and a sentence.
//!
//! Keys, kinds and defaults are those that the program works with. The sentences are those of `evenkeel.example.toml`,
//! the only place where they are written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use bytesize::ByteSize;
use toml::Table;

use super::duration::render as duration;
use super::error::ConfigError;
use super::key::{self, INTERVAL_HOURS, Key, VARIABLES};
use super::kind::{Kind, LARGEST_BODY, LONGEST};
use super::size::render as size;
use super::validate::lookup;
use super::whole::Config;

const EXAMPLE: &str = include_str!("../../evenkeel.example.toml");

/// The edition of the example, and what stands for it here.
const EDITION: (&str, &str) = ("report.editions.morning", "report.editions.NAME");

const INTRODUCTION: &str = "\
# Configuration

Later ones win: defaults, `evenkeel.toml`, `.env`, environment, command line (`--data-dir`, `--database`). A mistake in
any of them is one line that names the key or variable, the value, and what would be right; `evenkeel config check`
prints it, and `evenkeel config show` prints what holds and where it came from. Durations and sizes always have a unit.

This page is made from the program: `evenkeel config reference` prints it.
";

/// The reference, as Markdown.
///
/// # Errors
/// When the defaults have no form in TOML: never, as long as the tests pass.
pub fn reference() -> Result<String, ConfigError> {
    let defaults =
        Table::try_from(Config::default()).map_err(|error| ConfigError::Form(error.to_string()))?;
    let sentences = sentences();
    let mut text = INTRODUCTION.to_owned();
    let mut open = None;
    for key in keys() {
        let (table, name) = key.name.rsplit_once('.').unwrap_or(("", &key.name));
        if open.as_deref() != Some(table) {
            let title = if table.is_empty() { "At the top".to_owned() } else { format!("[{table}]") };
            text.push_str(&format!("\n## {title}\n\n"));
            if let Some(sentence) = sentences.get(table) {
                text.push_str(&format!("{sentence}\n\n"));
            }
            text.push_str(
                "| key | variable | default | accepted | meaning |\n| --- | --- | --- | --- | --- |\n",
            );
            open = Some(table.to_owned());
        }
        let variable = variable(&key.name).unwrap_or_default();
        let default = match lookup(&defaults, &key.name) {
            Some(value) => format!("`{value}`"),
            None if table == EDITION.1 => "that of `[report]`".to_owned(),
            None => "none".to_owned(),
        };
        let sentence = sentences.get(&key.name).map_or("", String::as_str);
        let cells = [format!("`{name}`"), variable, default, accepted(key.kind), sentence.to_owned()];
        // Writing to a string does not fail.
        let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    Ok(text)
}

/// All keys, those of an edition once and after those of the main one.
fn keys() -> Vec<Key> {
    let mut keys = key::all(["NAME"].into_iter());
    let is_edition = |key: &Key| key.name.starts_with(EDITION.1);
    let editions: Vec<Key> = keys.extract_if(.., |key| is_edition(key)).collect();
    let after = keys.iter().rposition(|key| key.name.starts_with("report.")).map_or(keys.len(), |at| at + 1);
    keys.splice(after..after, editions);
    keys
}

fn variable(key: &str) -> Option<String> {
    let (variable, _) = VARIABLES.iter().find(|(_, set)| *set == key)?;
    let unit = if *variable == INTERVAL_HOURS { " (whole hours)" } else { "" };
    Some(format!("`{variable}`{unit}"))
}

/// What the example says above each key and each table, by their dotted names, in one line.
fn sentences() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let (mut table, mut above) = (String::new(), Vec::new());
    for line in EXAMPLE.lines() {
        // What is commented out belongs to the example as well.
        let plain = line.strip_prefix("# ").unwrap_or(line);
        let header = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let key = plain.split_once(" = ").map(|(name, _)| name).filter(|name| !name.contains(' '));
        let named = match (header, key) {
            (Some(header), _) => {
                table = header.replace(EDITION.0, EDITION.1);
                table.clone()
            }
            (None, Some(key)) if table.is_empty() => key.to_owned(),
            (None, Some(key)) => format!("{table}.{key}"),
            (None, None) => {
                match line.strip_prefix("# ") {
                    Some(comment) => above.push(comment),
                    None => above.clear(),
                }
                continue;
            }
        };
        if !above.is_empty() {
            let sentence = without_variable(&above.join(" "), &named);
            found.insert(named, sentence);
        }
        above.clear();
    }
    found
}

/// The sentence without the name of its variable in brackets at its end, which has a column of its own.
fn without_variable(sentence: &str, key: &str) -> String {
    let variable = VARIABLES.iter().find(|(_, set)| *set == key).map(|(variable, _)| *variable);
    let shortened = variable.and_then(|variable| sentence.strip_suffix(&format!(" ({variable}).")));
    shortened.map_or_else(|| sentence.to_owned(), |sentence| format!("{sentence}."))
}

/// What a value may be.
fn accepted(kind: Kind) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
    match kind {
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Directory => "the path of a directory, which need not exist".to_owned(),
        Kind::File => "the path of a file".to_owned(),
        Kind::Prefix => "a text of at most 256 bytes; it may be empty".to_owned(),
        Kind::Address => "an IP address, or `localhost`".to_owned(),
        Kind::Port => "0 to 65535".to_owned(),
        Kind::Whole(least, most) => format!("{least} to {most}"),
        Kind::Length(least) => {
            let from = if least == Duration::ZERO { "0s".to_owned() } else { duration(least) };
            format!("a duration, {from} to {}", duration(LONGEST))
        }
        Kind::Body => format!("a size, 1 B to {}", size(LARGEST_BODY)),
        Kind::Size(least) if least == ByteSize::b(0) => "a size".to_owned(),
        Kind::Size(least) => format!("a size, at least {}", size(least)),
        Kind::Choice(choices) => words(choices).join(" or "),
        Kind::Age => "`forever`, or an age such as `400d`, `52w` or `1y`".to_owned(),
        Kind::Times => "a list of times of day, `HH:MM`, each once".to_owned(),
        Kind::Hosts => "a list of host names, each once".to_owned(),
        Kind::Names => "a list of names, each once; `[]` means all".to_owned(),
        Kind::Languages(known) => format!("a list of {}, each once", words(known).join(" and ")),
        Kind::Zone => "the IANA name of a time zone".to_owned(),
        Kind::BaseUrl => "an absolute URL without credentials, query or fragment".to_owned(),
        Kind::Secret(1) => "visible ASCII; never shown".to_owned(),
        Kind::Secret(least) => format!("at least {least} visible ASCII characters; never shown"),
        Kind::Database => {
            "`sqlite:PATH`, a path, or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`".to_owned()
        }
        Kind::Redis => {
            "`redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, `rediss://…`, or `unix:///PATH[?db=N]`".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_sentence_and_every_sentence_its_key() {
        let sentences = sentences();
        let keys = keys();
        for key in &keys {
            let sentence = sentences.get(&key.name).map_or("", String::as_str);
            assert!(sentence.ends_with('.'), "{}: {sentence:?}", key.name);
        }
        let is_table = |name: &str| keys.iter().any(|key| key.name.starts_with(&format!("{name}.")));
        let is_key = |name: &str| keys.iter().any(|key| key.name == name);
        for name in sentences.keys() {
            assert!(is_key(name) || is_table(name), "{name} is neither a key nor a table");
        }
    }

    #[test]
    fn a_default_is_accepted_by_what_the_reference_says() {
        let defaults = Table::try_from(Config::default()).unwrap();
        for key in keys() {
            if let Some(value) = lookup(&defaults, &key.name) {
                assert_eq!(key.kind.accept(value), Ok(value.clone()), "{}", key.name);
            }
        }
    }
}
