//! The crypto market as a whole, and its mood.

use jiff::Timestamp;
use serde::Serialize;

use super::movement::Change;
use super::quantity::{amount, share, written};
use crate::analytics::participation::{advance_decline_ratio, advancing_percent};
use crate::market::model::{CryptoOverview, FearGreed, Reading, Snapshot};
use crate::market::participation::{Altcoins, Participation};
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::text::{Key, TextError};

/// Both panels; one that the snapshot does not speak of is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Crypto {
    overview: Option<Panel<Overview>>,
    mood: Option<Panel<Mood>>,
    breadth: Option<Breadth>,
}

/// How many of the largest coins take part, as texts and as widths of a bar of 100 units.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Breadth {
    counts: String,
    unknown: Option<String>,
    percent: String,
    ratio: String,
    up_width: u32,
    flat_width: u32,
    down_width: u32,
    altcoins: Option<Proxy>,
}

/// The altcoin proxy, called one.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Proxy {
    value: String,
    /// In units of a per cent.
    width: u32,
    explained: String,
}

/// Figures with what is wrong about them.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Panel<T> {
    figures: Option<T>,
    as_of: Option<String>,
    stale: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Overview {
    total: String,
    change: Change,
    volume: String,
    shares: Vec<Share>,
}

/// One part of the bar that shows who holds how much, in units of a tenth of a per cent.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Share {
    class: &'static str,
    name: Option<&'static str>,
    text: String,
    start: u32,
    width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Mood {
    value: u8,
    label: String,
    /// Where the needle ends, in the units of the gauge's drawing.
    needle_x: String,
    needle_y: String,
}

/// Nothing when the snapshot does not speak of crypto at all.
pub(in crate::report) fn crypto(
    locale: &Locale,
    snapshot: &Snapshot,
    participation: Option<&Participation>,
    now: Timestamp,
) -> Result<Option<Crypto>, TextError> {
    if snapshot.crypto.is_none() && snapshot.fear_greed.is_none() {
        return Ok(None);
    }
    let overview = |value: &CryptoOverview| Ok((overview(locale, value), value.at));
    let mood = |value: &FearGreed| Ok((mood(locale, value)?, value.at));
    Ok(Some(Crypto {
        overview: snapshot
            .crypto
            .as_ref()
            .map(|reading| panel(locale, reading, now, overview))
            .transpose()?,
        mood: snapshot.fear_greed.as_ref().map(|reading| panel(locale, reading, now, mood)).transpose()?,
        breadth: participation.map(|counts| breadth(locale, counts)).transpose()?.flatten(),
    }))
}

/// Nothing when no coin's change is known.
fn breadth(locale: &Locale, found: &Participation) -> Result<Option<Breadth>, TextError> {
    let Participation { advances, declines, unchanged, unknown, .. } = *found;
    let Some(percent) = advancing_percent(advances, declines, unchanged) else { return Ok(None) };
    let count = |count: u64| locale.language.count(count);
    let told =
        [("advances", count(advances)), ("declines", count(declines)), ("unchanged", count(unchanged))];
    let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
    let width = |part: u64| (part * 100 / (advances + declines + unchanged)) as u32;
    let unknown = (unknown > 0).then(|| locale.text_counted(Key::TABLE_END_UNKNOWN, unknown, &[]));
    Ok(Some(Breadth {
        counts: locale.text_counted(Key::BREADTH_COUNTS, found.coins, &told)?,
        unknown: unknown.transpose()?,
        percent: format!("{}%", locale.language.decimal(percent, 1)),
        ratio: written(advance_decline_ratio(advances, declines), |value| locale.language.decimal(value, 2)),
        up_width: width(advances),
        flat_width: 100 - width(advances) - width(declines),
        down_width: width(declines),
        altcoins: found.altcoins.as_ref().map(|found| proxy(locale, found)).transpose()?,
    }))
}

fn proxy(locale: &Locale, found: &Altcoins) -> Result<Proxy, TextError> {
    let bitcoin = locale.language.change(found.bitcoin_30d);
    Ok(Proxy {
        value: format!("{}%", locale.language.decimal(found.percent, 0)),
        width: found.percent.clamp(0.0, 100.0) as u32,
        explained: locale.text_counted(Key::BREADTH_ALTCOINS, found.coins, &[("percent", &bitcoin)])?,
    })
}

fn panel<T, F>(
    locale: &Locale,
    reading: &Reading<T>,
    now: Timestamp,
    compose: impl FnOnce(&T) -> Result<(F, Timestamp), TextError>,
) -> Result<Panel<F>, TextError> {
    let error = reading.error().map(|error| foreign::line(error, foreign::ERROR_LIMIT));
    let Some(good) = reading.latest() else {
        return Ok(Panel { figures: None, as_of: None, stale: None, error });
    };
    let (figures, at) = compose(&good.value)?;
    let stale = match error {
        Some(_) => Some(locale.text_with(Key::CARD_STALE, &[("age", &locale.age(good.fetched_at, now)?)])?),
        None => None,
    };
    let as_of = locale.text_with(Key::CARD_AS_OF, &[("at", &locale.date_time(at))])?;
    Ok(Panel { figures: Some(figures), as_of: Some(as_of), stale, error })
}

fn overview(locale: &Locale, overview: &CryptoOverview) -> Overview {
    let short = |value: f64| written(amount(Some(value)), |value| locale.language.dollars_in_short(value));
    Overview {
        total: short(overview.market_cap_usd),
        change: Change::of(locale, overview.market_cap_change_24h_percent),
        volume: short(overview.volume_24h_usd),
        shares: shares(locale, overview),
    }
}

/// Bitcoin, Ether and the rest; nothing when Bitcoin's share is not known or the shares make no sense together.
fn shares(locale: &Locale, overview: &CryptoOverview) -> Vec<Share> {
    let Some(btc) = share(overview.btc_dominance_percent) else { return Vec::new() };
    let eth = share(overview.eth_dominance_percent).unwrap_or(0.0);
    let others = 100.0 - btc - eth;
    if others < 0.0 {
        return Vec::new();
    }
    let mut start = 0;
    [("btc", Some("Bitcoin"), btc), ("eth", Some("Ethereum"), eth), ("others", None, others)]
        .into_iter()
        .filter(|(_, _, percent)| *percent > 0.0)
        .map(|(class, name, percent)| {
            let width = (percent * 10.0).round() as u32;
            let text = format!("{}%", locale.language.decimal(percent, 1));
            let share = Share { class, name, text, start, width };
            start += width;
            share
        })
        .collect()
}

fn mood(locale: &Locale, fear_greed: &FearGreed) -> Result<Mood, TextError> {
    let value = fear_greed.value.min(100);
    // The gauge is a half circle around (100, 100), 0 at the left and 100 at the right.
    let angle = std::f64::consts::PI * (1.0 - f64::from(value) / 100.0);
    Ok(Mood {
        value,
        label: label(locale, &fear_greed.label)?,
        needle_x: format!("{:.1}", 100.0 + 62.0 * angle.cos()),
        needle_y: format!("{:.1}", 100.0 - 62.0 * angle.sin()),
    })
}

/// The source's label in the language of the report; one that is not known is shown as it came.
pub(super) fn label(locale: &Locale, label: &str) -> Result<String, TextError> {
    let key = match label.trim().to_ascii_lowercase().as_str() {
        "extreme fear" => Key::FEAR_EXTREME_FEAR,
        "fear" => Key::FEAR_FEAR,
        "neutral" => Key::FEAR_NEUTRAL,
        "greed" => Key::FEAR_GREED,
        "extreme greed" => Key::FEAR_EXTREME_GREED,
        _ => return Ok(foreign::line(label, foreign::NAME_LIMIT)),
    };
    locale.text(key)
}
