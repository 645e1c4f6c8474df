//! The headline and the sentences under it, built by rule from the numbers.
//!
//! Every sentence states a number that is in the snapshot. What is old or missing is said, never left out.

use jiff::Timestamp;
use serde::Serialize;

use super::entry::{Entry, entries};
use super::freshness::data_quality;
use super::movement::{Direction, phrase};
use super::outlook;
use super::quantity::{amount, of_index, percent, share};
use crate::market::model::{Breadth, CryptoOverview, FearGreed, Index, Market, Quote, Reading, Snapshot};
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::model::Findings;
use crate::report::text::{Key, TextError};

/// The indices that can make a headline, the most important first.
const HEADLINERS: [&str; 3] = ["vnindex", "btc", "gspc"];

/// The opening of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Summary {
    /// One clause, or two that belong together.
    headline: Vec<String>,
    /// `12 of 12 indices fresh`.
    freshness: String,
    /// Whether every index is fresh and every source answered.
    sound: bool,
    /// What a language model made of the sentences below; nothing as a rule.
    narrative: Option<String>,
    paragraphs: Vec<Paragraph>,
    /// What is fresh, what is old and what is missing.
    data: Paragraph,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Paragraph {
    label: String,
    text: String,
}

pub(in crate::report) fn summary(
    locale: &Locale,
    snapshot: &Snapshot,
    findings: &Findings,
    now: Timestamp,
) -> Result<Summary, TextError> {
    let entries = entries(snapshot);
    let fresh = entries.iter().filter(|entry| entry.reading.known().is_some()).count();
    let (data, sound) = data_quality(locale, snapshot, &entries, now)?;
    let paragraphs = paragraphs(locale, snapshot, findings, &entries, now)?;
    let narrative = findings.narrative(locale.language);
    Ok(Summary {
        headline: headline(locale, &entries, now)?,
        freshness: locale.text_counted(
            Key::FRESH_COUNT,
            fresh as u64,
            &[("total", &locale.language.count(entries.len() as u64))],
        )?,
        narrative: narrative.map(|text| foreign::line(text, foreign::NARRATIVE_LIMIT)),
        paragraphs,
        data: Paragraph { label: locale.text(Key::SUMMARY_DATA)?, text: data.join(" ") },
        sound,
    })
}

/// The sentences that the numbers give, which is all that a language model is told.
pub(in crate::report) fn sentences(
    locale: &Locale,
    snapshot: &Snapshot,
    findings: &Findings,
    now: Timestamp,
) -> Result<Vec<String>, TextError> {
    let entries = entries(snapshot);
    let mut sentences = headline(locale, &entries, now)?;
    sentences
        .extend(paragraphs(locale, snapshot, findings, &entries, now)?.into_iter().map(|said| said.text));
    Ok(sentences)
}

fn paragraphs(
    locale: &Locale,
    snapshot: &Snapshot,
    findings: &Findings,
    entries: &[Entry<'_>],
    now: Timestamp,
) -> Result<Vec<Paragraph>, TextError> {
    let since = findings.last.as_ref().map(|last| outlook::since_last(locale, snapshot, last)).transpose()?;
    let mut paragraphs = Vec::new();
    for (label, text) in [
        (Key::MARKET_VIETNAM, market_paragraph(locale, findings, entries, Market::Vietnam, now)?),
        (Key::MARKET_CRYPTO, crypto_paragraph(locale, snapshot, findings, entries, now)?),
        (Key::MARKET_US, market_paragraph(locale, findings, entries, Market::Us, now)?),
        (Key::SUMMARY_SINCE, since.flatten().into_iter().collect()),
    ] {
        if !text.is_empty() {
            paragraphs.push(Paragraph { label: locale.text(label)?, text: text.join(" ") });
        }
    }
    Ok(paragraphs)
}

fn headline(locale: &Locale, entries: &[Entry<'_>], now: Timestamp) -> Result<Vec<String>, TextError> {
    let headliners: Vec<&Entry<'_>> =
        HEADLINERS.iter().filter_map(|name| entries.iter().find(|entry| entry.index.name == *name)).collect();
    let mut clauses = Vec::new();
    for entry in &headliners {
        let Some(good) = entry.reading.known() else { continue };
        let change = percent(good.value.change_percent());
        let key = match Direction::of(change) {
            Direction::Up => Key::HEADLINE_UP,
            Direction::Down => Key::HEADLINE_DOWN,
            Direction::Flat => Key::HEADLINE_FLAT,
            Direction::Unknown => Key::HEADLINE_UNKNOWN_MOVE,
        };
        let size = change.map(|change| locale.language.share(change.abs())).unwrap_or_default();
        let value = of_index(locale.language, entry.index, good.value.close);
        clauses.push(
            locale.text_with(key, &[("name", entry.index.title), ("percent", &size), ("value", &value)])?,
        );
    }
    if !clauses.is_empty() {
        clauses.truncate(2);
        return Ok(clauses);
    }
    let clause = match headliners.iter().find_map(|entry| Some((entry.index, entry.reading.latest()?))) {
        Some((index, good)) => locale.text_with(
            Key::HEADLINE_STALE,
            &[
                ("name", index.title),
                ("value", &of_index(locale.language, index, good.value.close)),
                ("age", &locale.age(good.fetched_at, now)?),
            ],
        ),
        None => locale.text(Key::HEADLINE_NOTHING),
    };
    Ok(vec![clause?])
}

/// The market's first index in a sentence of its own, its members, then the other indices in one sentence.
fn market_paragraph(
    locale: &Locale,
    findings: &Findings,
    entries: &[Entry<'_>],
    market: Market,
    now: Timestamp,
) -> Result<Vec<String>, TextError> {
    let mut of_market = entries.iter().filter(|entry| entry.index.market == market);
    let Some(first) = of_market.next() else { return Ok(Vec::new()) };
    let mut sentences = vec![leader(locale, first, now)?];
    if let Some(breadth) = first.reading.known().and_then(|good| good.value.breadth) {
        sentences.push(breadth_sentence(locale, breadth)?);
    }
    let mut peers = Vec::new();
    for entry in of_market {
        if let Some(good) = entry.reading.known() {
            peers.push(peer(locale, entry.index, &good.value)?);
        }
    }
    if !peers.is_empty() {
        sentences.push(locale.text_with(Key::SUMMARY_PEERS, &[("list", &locale.list(&peers)?)])?);
    }
    sentences.extend(outlook::of_leader(locale, findings, first.index)?);
    Ok(sentences)
}

fn leader(locale: &Locale, entry: &Entry<'_>, now: Timestamp) -> Result<String, TextError> {
    let Some(good) = entry.reading.latest() else {
        return locale.text_with(Key::SUMMARY_LEADER_MISSING, &[("name", entry.index.title)]);
    };
    let value = of_index(locale.language, entry.index, good.value.close);
    let moved = phrase(locale, good.value.change_percent())?;
    let shared = [("name", entry.index.title), ("value", value.as_str()), ("move", moved.as_str())];
    match entry.reading {
        Reading::Known(_) => {
            let at = locale.date_time(good.value.at);
            locale.text_with(Key::SUMMARY_LEADER, &[&shared[..], &[("at", &at)]].concat())
        }
        Reading::Failed { .. } => {
            let age = locale.age(good.fetched_at, now)?;
            locale.text_with(Key::SUMMARY_LEADER_STALE, &[&shared[..], &[("age", &age)]].concat())
        }
    }
}

fn peer(locale: &Locale, index: &Index, quote: &Quote) -> Result<String, TextError> {
    locale.text_with(
        Key::SUMMARY_PEER,
        &[
            ("name", index.title),
            ("move", &phrase(locale, quote.change_percent())?),
            ("value", &of_index(locale.language, index, quote.close)),
        ],
    )
}

fn breadth_sentence(locale: &Locale, breadth: Breadth) -> Result<String, TextError> {
    let (advances, declines) = (f64::from(breadth.advances), f64::from(breadth.declines));
    let verdict = match () {
        () if advances > 1.5 * declines => Key::SUMMARY_BREADTH_POSITIVE,
        () if declines > 1.5 * advances => Key::SUMMARY_BREADTH_NEGATIVE,
        () => Key::SUMMARY_BREADTH_MIXED,
    };
    let count = |count: u32| locale.language.count(u64::from(count));
    locale.text_with(
        Key::SUMMARY_BREADTH,
        &[
            ("advances", &count(breadth.advances)),
            ("declines", &count(breadth.declines)),
            ("unchanged", &count(breadth.unchanged)),
            ("verdict", &locale.text(verdict)?),
        ],
    )
}

fn crypto_paragraph(
    locale: &Locale,
    snapshot: &Snapshot,
    findings: &Findings,
    entries: &[Entry<'_>],
    now: Timestamp,
) -> Result<Vec<String>, TextError> {
    let coins: Vec<&Entry<'_>> =
        entries.iter().filter(|entry| entry.index.market == Market::Crypto).collect();
    let mut sentences = Vec::new();
    if let Some(first) = coins.first() {
        sentences.push(leader(locale, first, now)?);
    }
    sentences.extend(extremes(locale, &coins)?);
    if let Some(overview) = snapshot.crypto.as_ref().and_then(Reading::known) {
        sentences.extend(total(locale, &overview.value)?);
    }
    if let Some(fear_greed) = snapshot.fear_greed.as_ref().and_then(Reading::known) {
        sentences.push(mood(locale, &fear_greed.value)?);
    }
    if let Some(counts) = &findings.participation {
        sentences.extend(outlook::participation(locale, counts)?);
    }
    if let Some(first) = coins.first() {
        sentences.extend(outlook::of_leader(locale, findings, first.index)?);
    }
    Ok(sentences)
}

fn extremes(locale: &Locale, coins: &[&Entry<'_>]) -> Result<Option<String>, TextError> {
    let mut moved: Vec<(&Index, f64)> = coins
        .iter()
        .filter_map(|entry| Some((entry.index, percent(entry.reading.known()?.value.change_percent())?)))
        .collect();
    moved.sort_by(|a, b| b.1.total_cmp(&a.1));
    let [best, .., worst] = moved.as_slice() else { return Ok(None) };
    let named =
        |(index, change): &(&Index, f64)| format!("{} ({})", index.title, locale.language.change(*change));
    let others = [("first", named(best)), ("last", named(worst))];
    let others = others.each_ref().map(|(name, value)| (*name, value.as_str()));
    locale.text_counted(Key::SUMMARY_EXTREMES, moved.len() as u64, &others).map(Some)
}

fn total(locale: &Locale, overview: &CryptoOverview) -> Result<Vec<String>, TextError> {
    let Some(cap) = amount(Some(overview.market_cap_usd)) else { return Ok(Vec::new()) };
    let moved = phrase(locale, overview.market_cap_change_24h_percent)?;
    let cap = locale.language.dollars_in_short(cap);
    let mut sentences =
        vec![locale.text_with(Key::SUMMARY_CRYPTO_TOTAL, &[("value", &cap), ("move", &moved)])?];
    if let Some(dominance) = share(overview.btc_dominance_percent) {
        let dominance = format!("{}%", locale.language.decimal(dominance, 1));
        sentences.push(locale.text_with(Key::SUMMARY_DOMINANCE, &[("percent", &dominance)])?);
    }
    Ok(sentences)
}

fn mood(locale: &Locale, fear_greed: &FearGreed) -> Result<String, TextError> {
    let value = fear_greed.value.to_string();
    let label = super::crypto::label(locale, &fear_greed.label)?;
    locale.text_with(Key::SUMMARY_FEAR_GREED, &[("value", &value), ("label", &label)])
}
