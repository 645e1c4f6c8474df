//! What is found in the days before.

use evenkeel::market::candles::Daily;
use evenkeel::market::model::{CATALOGUE, Index, Market, SourceName};
use evenkeel::market::parse::bars::Bar;
use evenkeel::market::participation::Participation;
use evenkeel::market::points::{BTC_DOMINANCE, CRYPTO_MARKET_CAP, FEAR_GREED};
use evenkeel::market::technicals::Technicals;
use evenkeel::report::model::{Findings, LastReport, Study};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::{Walk, coins, level, minutes_ago, now};

/// 300 days of an index up to the day before, ending at its level.
fn daily(index: &Index) -> Daily {
    let mut walk = Walk::seeded(31 + index.name.bytes().map(u64::from).sum::<u64>());
    let mut close = level(index);
    let mut days = Vec::new();
    for back in 1..=300 {
        let at = now() - SignedDuration::from_hours(24 * back);
        let open = close * (1.0 + 0.012 * walk.step());
        let bar = Bar {
            at,
            open,
            high: open.max(close) * (1.0 + 0.004 * walk.step().abs()),
            low: open.min(close) * (1.0 - 0.004 * walk.step().abs()),
            close,
            volume: None,
        };
        days.push((TimeZone::UTC.to_datetime(at).date(), bar));
        close = open;
    }
    days.reverse();
    Daily { source: SourceName::Vietcap, days }
}

/// Indicators of every index but one, a report three hours before, and counts over the first page of coins.
pub(crate) fn findings(markets: &[Market]) -> Findings {
    let study = |index: &'static Index| {
        let outcome = match index.name {
            "upcomindex" => Err("vietcap: 403 <html>; entrade: no such index; kbs: refused".to_owned()),
            _ => Technicals::of(index, &daily(index)).ok_or_else(String::new),
        };
        Study { index, outcome }
    };
    let known = CATALOGUE.iter().filter(|index| markets.contains(&index.market));
    let mut values: Vec<(String, f64)> = known
        .clone()
        .map(|index| {
            let mut walk = Walk::seeded(53 + index.name.bytes().map(u64::from).sum::<u64>());
            (index.name.to_owned(), level(index) * (1.0 + 0.012 * walk.step()))
        })
        .collect();
    values.extend([
        (CRYPTO_MARKET_CAP.to_owned(), 2.64e12),
        (BTC_DOMINANCE.to_owned(), 59.61),
        (FEAR_GREED.to_owned(), 36.0),
    ]);
    Findings {
        studies: known.map(study).collect(),
        last: Some(LastReport { created_at: minutes_ago(180), values }),
        participation: Some(Participation::of(&coins(1, 250))),
        narratives: Vec::new(),
    }
}
