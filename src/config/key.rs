//! Every key that can be set, with its kind and its variable.
//!
//! The list is what makes unknown keys an error and what orders `config show`; a test compares it with the structs.

use std::sync::LazyLock;
use std::time::Duration;

use bytesize::ByteSize;

use super::kind::Kind;
use super::memory::ACTORS;
use super::server::SHORTEST_TOKEN;

/// One key of the configuration.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Dotted, for example `market.refresh_every`.
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The variables that are read, and the key that each sets.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("EVENKEEL_DATA_DIR", "data_dir"),
    ("HOST", "server.host"),
    ("PORT", "server.port"),
    ("EVENKEEL_TOKEN", "server.token"),
    ("DATABASE_URL", "database.url"),
    ("ENABLE_AUTO_REPORT_SCHEDULER", "report.scheduled"),
    ("AUTO_REPORT_SCHEDULE_TIMES", "report.times"),
    (INTERVAL_HOURS, "report.every"),
    ("MAX_REPORT_ATTEMPTS", "report.max_attempts"),
    ("EVENKEEL_NARRATIVE_KEY", "report.narrative.api_key"),
    ("COINGECKO_API_KEY", "market.sources.coingecko.api_key"),
    ("REDIS_URL", "redis.url"),
];

/// Begins the names that only this program reads: an unknown one is a mistake.
pub(super) const OWN_PREFIX: &str = "EVENKEEL_";

/// Whether a variable of this name is read.
pub(super) fn is_variable(name: &str) -> bool {
    VARIABLES.iter().any(|(variable, _)| *variable == name)
}

/// The one variable with a unit in its name: a whole number of hours.
pub(super) const INTERVAL_HOURS: &str = "AUTO_REPORT_INTERVAL_HOURS";

const SECOND: Duration = Duration::from_secs(1);
const SOURCES: [&str; 8] =
    ["vietcap", "entrade", "kbs", "binance", "coingecko", "coinpaprika", "alternative_me", "yahoo"];
const SOURCE_KEYS: [(&str, Kind); 6] = [
    ("enabled", Kind::Flag),
    ("base_url", Kind::BaseUrl),
    ("min_interval", Kind::Length(Duration::ZERO)),
    ("time_limit", Kind::Length(Duration::from_millis(1))),
    ("max_body", Kind::Body),
    ("cool_down", Kind::Length(Duration::ZERO)),
];
const KEYS: &[(&str, Kind)] = &[
    ("data_dir", Kind::Directory),
    ("server.host", Kind::Address),
    ("server.port", Kind::Port),
    ("server.workers", Kind::Whole(1, 64)),
    ("server.token", Kind::Secret(SHORTEST_TOKEN)),
    ("server.guard_reading", Kind::Flag),
    ("server.names", Kind::Hosts),
    ("server.requests_per_second", Kind::Whole(0, 100_000)),
    ("database.url", Kind::Database),
    ("database.readers", Kind::Whole(1, 64)),
    ("database.lock_wait", Kind::Length(Duration::ZERO)),
    ("redis.url", Kind::Redis),
    ("redis.connections", Kind::Whole(1, 64)),
    ("redis.connect_within", Kind::Length(Duration::from_millis(1))),
    ("redis.answer_within", Kind::Length(Duration::from_millis(1))),
    ("redis.prefix", Kind::Prefix),
    ("redis.ca_file", Kind::File),
    ("keep.history", Kind::Age),
    ("keep.reports", Kind::Age),
    ("market.refresh_every", Kind::Length(SECOND)),
    ("market.snapshot_ttl", Kind::Length(Duration::from_millis(1))),
    ("market.vietnam", Kind::Flag),
    ("market.crypto", Kind::Flag),
    ("market.us", Kind::Flag),
    ("report.scheduled", Kind::Flag),
    ("report.times", Kind::Times),
    ("report.zone", Kind::Zone),
    ("report.every", Kind::Length(Duration::from_secs(60))),
    ("report.tolerance", Kind::Length(Duration::ZERO)),
    ("report.max_attempts", Kind::Whole(1, 100)),
    ("report.retry_after", Kind::Length(Duration::ZERO)),
    ("report.edition", Kind::Text),
    ("report.constituents", Kind::Whole(0, 100_000)),
    ("report.indices", Kind::Names),
    ("report.languages", Kind::Languages(&["vi", "en"])),
    ("report.narrative.provider", Kind::Choice(&["off", "openai", "gemini"])),
    ("report.narrative.base_url", Kind::BaseUrl),
    ("report.narrative.model", Kind::Text),
    ("report.narrative.api_key", Kind::Secret(1)),
    ("report.narrative.time_limit", Kind::Length(Duration::from_millis(1))),
    ("report.narrative.max_words", Kind::Whole(20, 400)),
    ("supervision.answer_within", Kind::Length(Duration::from_millis(1))),
    ("supervision.drain_within", Kind::Length(Duration::from_millis(1))),
    ("supervision.crash_budget", Kind::Whole(1, 1000)),
    ("supervision.crash_window", Kind::Length(Duration::from_millis(1))),
    ("supervision.backoff_first", Kind::Length(Duration::ZERO)),
    ("supervision.backoff_max", Kind::Length(Duration::ZERO)),
    ("replicas.lease", Kind::Length(SECOND)),
    ("memory.sample_every", Kind::Length(Duration::from_millis(100))),
    ("memory.dry_run", Kind::Flag),
    ("memory.warm_up", Kind::Length(Duration::ZERO)),
    ("memory.bucket", Kind::Length(Duration::from_millis(1))),
    ("memory.window", Kind::Length(Duration::from_millis(1))),
    ("memory.growth", Kind::Size(ByteSize::b(0))),
    ("memory.growth_percent", Kind::Whole(0, 1000)),
    ("memory.strikes", Kind::Whole(1, 1000)),
    ("memory.strikes_of", Kind::Whole(1, 1000)),
    ("memory.restarts", Kind::Whole(0, 1000)),
    ("memory.budget_window", Kind::Length(SECOND)),
    ("memory.suspects", Kind::Whole(0, 64)),
    ("memory.jitter", Kind::Length(Duration::ZERO)),
    ("memory.on_exhausted", Kind::Choice(&["replace", "exit"])),
    ("memory.replacements_per_day", Kind::Whole(0, 1000)),
    ("memory.records", Kind::Whole(1, 100_000)),
    ("memory.samples", Kind::Size(ByteSize::b(0))),
];
/// The keys of one of the tables below [`EDITIONS`].
const EDITION_KEYS: [(&str, Kind); 5] = [
    ("times", Kind::Times),
    ("every", Kind::Length(Duration::from_secs(60))),
    ("constituents", Kind::Whole(0, 100_000)),
    ("indices", Kind::Names),
    ("languages", Kind::Languages(&["vi", "en"])),
];
/// The table whose tables the operator names.
const EDITIONS: &str = "report.editions";
/// Longest name of an edition.
const LONGEST_NAME: usize = 40;
const LIMIT_KEYS: [&str; 2] = ["soft", "hard"];

static KNOWN: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut known: Vec<Key> =
        KEYS.iter().map(|(name, kind)| Key { name: (*name).to_owned(), kind: *kind }).collect();
    let accounts = ACTORS.map(|actor| format!("memory.limits.{actor}"));
    for account in ["memory.process".to_owned()].into_iter().chain(accounts) {
        let limit = |name| Key { name: format!("{account}.{name}"), kind: Kind::Size(ByteSize::b(1)) };
        known.extend(LIMIT_KEYS.map(limit));
    }
    for source in SOURCES {
        let table = format!("market.sources.{source}");
        known.extend(SOURCE_KEYS.map(|(name, kind)| Key { name: format!("{table}.{name}"), kind }));
        if source == "coingecko" {
            known.push(Key { name: format!("{table}.api_key"), kind: Kind::Secret(1) });
        }
    }
    known
});

/// All keys, in the order in which they are shown.
pub(super) fn known() -> &'static [Key] {
    &KNOWN
}

/// The key of this name.
pub(super) fn find(name: &str) -> Option<Key> {
    known().iter().find(|key| key.name == name).cloned().or_else(|| of_edition(name))
}

/// Every key of a configuration with these editions besides the main one.
pub(super) fn all<'a>(editions: impl Iterator<Item = &'a str>) -> Vec<Key> {
    let further = editions.flat_map(|edition| {
        EDITION_KEYS.map(|(key, kind)| Key { name: format!("{EDITIONS}.{edition}.{key}"), kind })
    });
    known().iter().cloned().chain(further).collect()
}

/// Whether an edition may be called so: what needs no quotes in the file.
pub(super) fn is_edition(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain)
}

/// What stands below [`EDITIONS`] in a dotted name.
fn below_editions(name: &str) -> Option<&str> {
    name.strip_prefix(EDITIONS)?.strip_prefix('.')
}

fn of_edition(name: &str) -> Option<Key> {
    let (edition, key) = below_editions(name)?.split_once('.')?;
    let (_, kind) = EDITION_KEYS.into_iter().find(|(known, _)| *known == key)?;
    is_edition(edition).then(|| Key { name: name.to_owned(), kind })
}

/// Whether a table of this name holds keys.
pub(super) fn is_table(name: &str) -> bool {
    let is_edition_table = name == EDITIONS || below_editions(name).is_some_and(is_edition);
    is_edition_table || known().iter().any(|key| inside(&key.name, name))
}

fn inside(key: &str, table: &str) -> bool {
    key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

/// The known key or table that resembles `unknown` most: one of the same last name in another table, else the one
/// that takes the fewest edits.
pub(super) fn nearest(unknown: &str) -> String {
    if let Some((edition, key)) = below_editions(unknown).and_then(|rest| rest.split_once('.'))
        && let Some((meant, _)) = EDITION_KEYS.iter().min_by_key(|(known, _)| edits(known, key))
    {
        return format!("{EDITIONS}.{edition}.{meant}");
    }
    nearest_known(unknown).to_owned()
}

fn nearest_known(unknown: &str) -> &'static str {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let keys = || known().iter().map(|key| key.name.as_str());
    let tables = keys().flat_map(|key| key.match_indices('.').map(move |(dot, _)| &key[..dot]));
    let same_name = keys().chain(tables.clone()).filter(|name| last(name) == last(unknown));
    let closest = |name: &&str| edits(name, unknown);
    same_name.min_by_key(closest).or_else(|| keys().chain(tables).min_by_key(closest)).unwrap_or_default()
}

/// Levenshtein's distance: insertions, deletions and replacements of characters between two texts.
fn edits(left: &str, right: &str) -> usize {
    // A name may be as long as the file: what is longer than any key is not compared to its end.
    let right: Vec<char> = right.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (from_left, left_char) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = from_left + 1;
        for (column, right_char) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(left_char != *right_char);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_the_one_that_was_meant() {
        let cases = [
            ("market.refresh_evry", "market.refresh_every"),
            ("port", "server.port"),
            ("servr", "server"),
            ("serve.port", "server.port"),
            ("market.sources.coingeko", "market.sources.coingecko"),
            ("market.sources.binance.api_key", "market.sources.coingecko.api_key"),
            ("market.sources.binance.baseurl", "market.sources.binance.base_url"),
            ("coingecko", "market.sources.coingecko"),
            ("datadir", "data_dir"),
        ];
        for (unknown, meant) in cases {
            assert_eq!(nearest(unknown), meant, "{unknown}");
        }
    }

    #[test]
    fn the_distance_counts_edits() {
        for (left, right, count) in [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!(edits(left, right), count);
            assert_eq!(edits(right, left), count);
        }
    }

    #[test]
    fn every_variable_sets_a_known_key() {
        for (variable, key) in VARIABLES {
            assert!(find(key).is_some(), "{variable}");
        }
    }
}
