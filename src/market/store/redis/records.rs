//! What stands in Redis under which key, as commands and from answers; no I/O.
//!
//! | key | type | content |
//! | --- | --- | --- |
//! | `market_indices` | string, expires | the [`Document`] |
//! | `latest_market_data` | string, expires | the [`MarketData`]; only where crypto is collected |
//! | `market_data_stream` | stream, about 1000 entries | the same in the field `data`, one entry a refresh |
//! | `evenkeel_snapshot` | string, expires | the whole snapshot and until when it is served, for daemons only |

use jiff::{SignedDuration, Timestamp};
use redis::{Cmd, Value, cmd};
use serde::{Deserialize, Serialize};

use crate::market::document::Document;
use crate::market::market_data::MarketData;
use crate::market::model::Snapshot;
use crate::market::store::StoreError;

/// A snapshot is about 10 kB. What is much longer is none, and is not read to its end.
const LONGEST: usize = 1 << 20;

/// Entries that the stream keeps at least.
const STREAM_ENTRIES: u32 = 1000;

/// The clocks of daemons that share a server differ by less: what is further ahead comes from another time.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);

/// The names of the keys.
#[derive(Debug)]
pub(super) struct Keys {
    market_indices: String,
    latest_market_data: String,
    market_data_stream: String,
    snapshot: String,
}

/// A command that writes one key.
pub(super) struct Record<'a> {
    pub(super) key: &'a str,
    /// What the key must be, in the words of `TYPE`.
    pub(super) form: &'static str,
    pub(super) command: Cmd,
}

#[derive(Serialize)]
struct Envelope<'a> {
    until: Timestamp,
    snapshot: &'a Snapshot,
}

/// A snapshot that was read.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Found {
    pub(super) until: Timestamp,
    pub(super) snapshot: Snapshot,
}

impl Keys {
    /// The keys with `prefix` before each.
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            market_indices: format!("{prefix}market_indices"),
            latest_market_data: format!("{prefix}latest_market_data"),
            market_data_stream: format!("{prefix}market_data_stream"),
            snapshot: format!("{prefix}evenkeel_snapshot"),
        }
    }

    /// What is written of a snapshot that is served from `now` until `until`; strings expire after `seconds`.
    pub(super) fn records(
        &self,
        snapshot: &Snapshot,
        (now, until): (Timestamp, Timestamp),
        seconds: u64,
    ) -> Result<Vec<Record<'_>>, serde_json::Error> {
        let set = |key: &str, json: &str| {
            let mut command = cmd("SET");
            command.arg(key).arg(json).arg("EX").arg(seconds);
            command
        };
        let string = |key, json: &str| Record { key, form: "string", command: set(key, json) };
        let mut records = vec![
            string(&self.market_indices, &serde_json::to_string(&Document::new(snapshot, now))?),
            string(&self.snapshot, &serde_json::to_string(&Envelope { until, snapshot })?),
        ];
        if let Some(data) = MarketData::of(snapshot) {
            let json = serde_json::to_string(&data)?;
            records.push(string(&self.latest_market_data, &json));
            let key = self.market_data_stream.as_str();
            let mut command = cmd("XADD");
            command.arg(key).arg("MAXLEN").arg("~").arg(STREAM_ENTRIES).arg("*").arg("data").arg(json);
            records.push(Record { key, form: "stream", command });
        }
        Ok(records)
    }

    /// Asks for the snapshot.
    pub(super) fn look_up(&self) -> Cmd {
        let mut command = cmd("GETRANGE");
        command.arg(&self.snapshot).arg(0).arg(LONGEST);
        command
    }

    /// What the answer to [`Keys::look_up`] holds: nothing where there is no snapshot, or none that is served at `now`.
    pub(super) fn read(&self, bytes: &[u8], now: Timestamp) -> Result<Option<Found>, StoreError> {
        let corrupt = |reason: String| Err(StoreError::Corrupt(format!("{}: {reason}", self.snapshot)));
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() > LONGEST {
            return corrupt(format!("longer than {LONGEST} bytes"));
        }
        match serde_json::from_slice::<Found>(bytes) {
            Ok(found) => {
                let is_ahead = found.snapshot.taken_at.duration_since(now) > CLOCKS_DIFFER;
                Ok(Some(found).filter(|found| found.until > now && !is_ahead))
            }
            Err(error) => corrupt(error.to_string()),
        }
    }
}

/// The records whose keys may be written, and what is wrong with the others; `types` are the answers to `TYPE`.
pub(super) fn sort_out<'a>(records: Vec<Record<'a>>, types: &[Value]) -> (Vec<Record<'a>>, Vec<String>) {
    let mut wrong = Vec::new();
    let mut may = records;
    let mut types = types.iter();
    may.retain(|record| match types.next() {
        Some(Value::SimpleString(found)) if found == "none" || found == record.form => true,
        Some(Value::SimpleString(found)) => {
            let Record { key, form, .. } = record;
            wrong.push(format!("{key} is a {found} where a {form} belongs"));
            false
        }
        _ => false,
    });
    (may, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(taken_at: &str) -> Snapshot {
        Snapshot {
            taken_at: taken_at.parse().unwrap(),
            indices: Vec::new(),
            crypto: None,
            fear_greed: None,
            btc_rsi_14: None,
            sources: Vec::new(),
            fetch_duration_ms: 7,
        }
    }

    #[test]
    fn a_snapshot_is_read_as_it_was_written_until_its_time_is_over() {
        let keys = Keys::new("p:");
        let snapshot = snapshot("2026-03-02T02:00:00Z");
        let until: Timestamp = "2026-03-02T02:05:00Z".parse().unwrap();
        let written = serde_json::to_vec(&Envelope { until, snapshot: &snapshot }).unwrap();
        // When it is read, and whether it counts.
        let table = [
            ("2026-03-02T02:00:00Z", true),
            ("2026-03-02T02:04:59Z", true),
            ("2026-03-02T02:05:00Z", false),
            ("2026-03-02T01:59:00Z", true),
            ("2026-03-02T01:58:59Z", false),
        ];
        for (now, counts) in table {
            let found = keys.read(&written, now.parse().unwrap()).unwrap();
            assert_eq!(found.is_some(), counts, "{now}");
            assert!(found.is_none_or(|found| found == Found { until, snapshot: snapshot.clone() }));
        }
    }

    #[test]
    fn what_is_no_snapshot_is_said_in_one_line_with_its_key() {
        let keys = Keys::new("p:");
        let now = "2026-03-02T02:00:00Z".parse().unwrap();
        assert_eq!(keys.read(b"", now), Ok(None));
        for bytes in [&b"{}"[..], b"null", b"[1,", b"\xff\xfe", &vec![b'x'; LONGEST + 1]] {
            let Err(StoreError::Corrupt(reason)) = keys.read(bytes, now) else { panic!("{bytes:?}") };
            assert!(reason.starts_with("p:evenkeel_snapshot: ") && reason.lines().count() == 1, "{reason}");
        }
    }

    #[test]
    fn only_a_free_key_or_one_of_the_right_type_is_written() {
        let keys = Keys::new("");
        let times = ("2026-03-02T02:00:00Z".parse().unwrap(), "2026-03-02T02:05:00Z".parse().unwrap());
        let sorted = |types: [&str; 2]| {
            let snapshot = snapshot("2026-03-02T02:00:00Z");
            let types = types.map(|name| Value::SimpleString(name.to_owned()));
            let (may, wrong) = sort_out(keys.records(&snapshot, times, 300).unwrap(), &types);
            (may.iter().map(|record| record.key).collect::<Vec<_>>(), wrong)
        };
        let both = vec!["market_indices", "evenkeel_snapshot"];
        assert_eq!(sorted(["none", "string"]), (both, vec![]));
        let said = "market_indices is a list where a string belongs".to_owned();
        assert_eq!(sorted(["list", "none"]), (vec!["evenkeel_snapshot"], vec![said]));
    }
}
