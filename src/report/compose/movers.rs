//! The coins that rose and fell most.
//!
//! They stand above the table in the document but come from its first page: the largest coins. That needs one page
//! in memory and no second pass, and it is the better list too: among the smallest coins a change of 300 % is noise.

use serde::Serialize;

use super::movement::Change;
use super::quantity::{amount, percent, price, written};
use crate::market::model::Constituent;
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::text::{Key, TextError};

/// How many coins each list names.
const LIST_LENGTH: usize = 10;
/// A coin that is hardly traded does not move, its price is made up: in USD over 24 hours.
const LEAST_VOLUME: f64 = 1_000_000.0;

/// Both lists, the largest change first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Movers {
    rule: String,
    gainers: Vec<Mover>,
    losers: Vec<Mover>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Mover {
    name: String,
    symbol: String,
    price: String,
    change: Change,
    /// Length of the bar behind it, in per cent of the longest.
    width: u32,
}

pub(in crate::report) fn movers(locale: &Locale, largest: &[Constituent]) -> Result<Movers, TextError> {
    let (gainers, losers) = choose(largest);
    let least = locale.language.dollars_in_short(LEAST_VOLUME);
    Ok(Movers {
        rule: locale.text_counted(Key::MOVERS_RULE, largest.len() as u64, &[("value", &least)])?,
        gainers: list(locale, &gainers),
        losers: list(locale, &losers),
    })
}

type Moved<'a> = (&'a Constituent, f64);

fn choose(coins: &[Constituent]) -> (Vec<Moved<'_>>, Vec<Moved<'_>>) {
    let mut moved: Vec<Moved<'_>> = coins
        .iter()
        .filter(|coin| amount(coin.volume).is_some_and(|volume| volume >= LEAST_VOLUME))
        .filter(|coin| price(coin.price).is_some())
        .filter_map(|coin| Some((coin, percent(coin.change_24h)?)))
        .collect();
    // A stable sort: of two equal changes the larger coin comes first.
    moved.sort_by(|a, b| b.1.total_cmp(&a.1));
    let gainers = moved.iter().take_while(|(_, change)| *change > 0.0).take(LIST_LENGTH).copied().collect();
    moved.sort_by(|a, b| a.1.total_cmp(&b.1));
    let losers = moved.iter().take_while(|(_, change)| *change < 0.0).take(LIST_LENGTH).copied().collect();
    (gainers, losers)
}

fn list(locale: &Locale, moved: &[Moved<'_>]) -> Vec<Mover> {
    let longest = moved.first().map_or(1.0, |(_, change)| change.abs());
    moved
        .iter()
        .map(|(coin, change)| Mover {
            name: foreign::line(&coin.name, foreign::NAME_LIMIT),
            symbol: foreign::line(&coin.symbol, foreign::SYMBOL_LIMIT),
            price: written(price(coin.price), |price| locale.language.dollars(price)),
            change: Change::of(locale, Some(*change)),
            width: ((change.abs() / longest * 100.0).round() as u32).clamp(1, 100),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(symbol: &str, change_24h: Option<f64>, volume: f64) -> Constituent {
        Constituent {
            rank: Some(1),
            symbol: symbol.to_owned(),
            name: symbol.to_owned(),
            price: Some(1.0),
            market_cap: None,
            volume: Some(volume),
            change_1h: None,
            change_24h,
            change_7d: None,
            change_30d: None,
            sparkline: Vec::new(),
        }
    }

    fn symbols(moved: &[Moved<'_>]) -> Vec<String> {
        moved.iter().map(|(coin, _)| coin.symbol.clone()).collect()
    }

    #[test]
    fn the_largest_changes_come_first_and_only_traded_coins_count() {
        let coins = [
            coin("A", Some(1.0), 2e6),
            coin("B", Some(5.0), 2e6),
            coin("C", Some(-3.0), 2e6),
            coin("D", Some(900.0), 10.0),
            coin("E", Some(f64::NAN), 2e6),
            coin("F", None, 2e6),
            coin("G", Some(-7.0), 2e6),
            coin("H", Some(0.0), 2e6),
            coin("I", Some(5.0), 2e6),
        ];
        let (gainers, losers) = choose(&coins);
        assert_eq!(symbols(&gainers), ["B", "I", "A"]);
        assert_eq!(symbols(&losers), ["G", "C"]);
    }

    #[test]
    fn a_list_is_bounded() {
        let coins: Vec<Constituent> = (1..=250).map(|n| coin("X", Some(f64::from(n)), 2e6)).collect();
        let (gainers, losers) = choose(&coins);
        assert_eq!((gainers.len(), losers.len()), (LIST_LENGTH, 0));
        assert_eq!(gainers[0].1, 250.0);
    }
}
