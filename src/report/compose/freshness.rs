//! What is fresh, what is old and what is missing: said in every report, never left out.

use jiff::Timestamp;

use super::entry::Entry;
use crate::market::model::Snapshot;
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::text::{Key, TextError};

/// What is fresh, what is old and what is missing; and whether all is well.
pub(super) fn data_quality(
    locale: &Locale,
    snapshot: &Snapshot,
    entries: &[Entry<'_>],
    now: Timestamp,
) -> Result<(Vec<String>, bool), TextError> {
    let (mut stale, mut missing) = (Vec::new(), Vec::new());
    let mut judge = |name: &str, known: bool, fetched_at: Option<Timestamp>| -> Result<(), TextError> {
        match fetched_at {
            _ if known => {}
            Some(fetched_at) => {
                let age = locale.age(fetched_at, now)?;
                stale.push(locale.text_with(Key::SUMMARY_STALE_ITEM, &[("name", name), ("age", &age)])?);
            }
            None => missing.push(name.to_owned()),
        }
        Ok(())
    };
    for Entry { index, reading } in entries {
        judge(index.title, reading.known().is_some(), reading.latest().map(|good| good.fetched_at))?;
    }
    if let Some(reading) = &snapshot.crypto {
        let name = locale.text(Key::CRYPTO_OVERVIEW)?;
        judge(&name, reading.known().is_some(), reading.latest().map(|good| good.fetched_at))?;
    }
    if let Some(reading) = &snapshot.fear_greed {
        let name = locale.text(Key::CRYPTO_FEAR_GREED)?;
        judge(&name, reading.known().is_some(), reading.latest().map(|good| good.fetched_at))?;
    }
    let failed: Vec<String> = snapshot
        .sources
        .iter()
        .filter(|outcome| outcome.error.is_some())
        .map(|outcome| foreign::source(outcome.source))
        .collect();
    let sound = stale.is_empty() && missing.is_empty() && failed.is_empty();
    let mut sentences = Vec::new();
    if stale.is_empty() && missing.is_empty() && !entries.is_empty() {
        sentences.push(locale.text_counted(Key::SUMMARY_ALL_FRESH, entries.len() as u64, &[])?);
    }
    for (key, items) in
        [(Key::SUMMARY_STALE, stale), (Key::SUMMARY_MISSING, missing), (Key::SUMMARY_SOURCES_FAILED, failed)]
    {
        if !items.is_empty() {
            sentences.push(locale.text_with(key, &[("list", &locale.list(&items)?)])?);
        }
    }
    Ok((sentences, sound))
}
