//! The `market_indices` document that readers outside know: rendered from a snapshot, no I/O and no clock.
//!
//! The five Vietnamese indices always stand first and in their order, whatever is collected and whatever failed. Keys
//! that existing readers know never change their name, type or unit; everything else is an addition beside them.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::model::{Good, Index, Market, Quote, Reading, Snapshot};

/// Vietnam keeps one offset all year.
const ICT: Offset = Offset::constant(7);

/// The document of one snapshot, as it reads at one time.
///
/// It is a `Serialize` value, so that it can be written to wherever it goes without being held as text.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    snapshot: &'a Snapshot,
    now: Timestamp,
}

impl<'a> Document<'a> {
    /// The document of `snapshot`; the age of a stale value is counted up to `now`.
    pub fn new(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self { snapshot, now }
    }

    /// The document as JSON text, a few kilobytes.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Document", 2)?;
        document.serialize_field("success", &true)?;
        document.serialize_field("indices", &Indices(*self))?;
        document.end()
    }
}

struct Indices<'a>(Document<'a>);

impl Serialize for Indices<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document { snapshot, now } = self.0;
        let mut entries = serializer.serialize_map(None)?;
        for index in Index::of(Market::Vietnam) {
            let reading = snapshot.index(index.name);
            entries.serialize_entry(index.name, &Entry { code: index.code, reading, now })?;
        }
        for read in &snapshot.indices {
            let code = match (Index::named(&read.name), &read.own) {
                (Some(Index { market: Market::Vietnam, .. }), _) | (None, None) => continue,
                (Some(index), _) => index.code,
                (None, Some(own)) => &own.code,
            };
            entries.serialize_entry(&read.name, &Entry { code, reading: Some(&read.reading), now })?;
        }
        entries.end()
    }
}

struct Entry<'a> {
    code: &'a str,
    /// Nothing when the index is not collected at all.
    reading: Option<&'a Reading<Quote>>,
    now: Timestamp,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_map(None)?;
        match self.reading {
            Some(Reading::Known(good)) => {
                entry.serialize_entry("value", &Value::of(self.code, &good.value))?;
                entry.serialize_entry("error", &None::<&str>)?;
                entry.serialize_entry("source", good.source.as_str())?;
            }
            Some(Reading::Failed { error, last_good }) => {
                entry.serialize_entry("value", &None::<&str>)?;
                entry.serialize_entry("error", error)?;
                if let Some(good) = last_good {
                    entry.serialize_entry("stale", &Stale::of(self.code, good, self.now))?;
                }
            }
            None => {
                entry.serialize_entry("value", &None::<&str>)?;
                entry.serialize_entry("error", "not collected: market.vietnam is false")?;
            }
        }
        entry.end()
    }
}

#[derive(serde::Serialize)]
struct Value<'a> {
    code: &'a str,
    date: String,
    open: Option<f64>,
    high: Option<f64>,
    low: Option<f64>,
    close: f64,
    volume: Option<u64>,
}

impl<'a> Value<'a> {
    fn of(code: &'a str, quote: &Quote) -> Self {
        Self {
            code,
            date: ICT.to_datetime(quote.at).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            open: quote.open,
            high: quote.high,
            low: quote.low,
            close: quote.close,
            // A conversion that saturates; coins are traded in fractions and readers expect a whole number.
            volume: quote.volume.map(|volume| volume.round() as u64),
        }
    }
}

#[derive(serde::Serialize)]
struct Stale<'a> {
    value: Value<'a>,
    age_seconds: i64,
    source: &'a str,
}

impl<'a> Stale<'a> {
    fn of(code: &'a str, good: &'a Good<Quote>, now: Timestamp) -> Self {
        Self {
            value: Value::of(code, &good.value),
            age_seconds: now.duration_since(good.fetched_at).as_secs().max(0),
            source: good.source.as_str(),
        }
    }
}
