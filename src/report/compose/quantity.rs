//! Which numbers are believed, and the unit in which an index is written.

use crate::market::model::{Index, Market};
use crate::report::language::Language;
use crate::report::number::ABSENT;

/// No price, capitalisation or volume on earth comes near this.
const ABSURD: f64 = 1e18;

/// A price that can be one.
pub(super) fn price(value: Option<f64>) -> Option<f64> {
    value.filter(|value| *value > 1.0 / ABSURD && *value < ABSURD)
}

/// A volume or a capitalisation that can be one; 0 stands for "not verified" and is no value.
pub(super) fn amount(value: Option<f64>) -> Option<f64> {
    value.filter(|value| *value > 0.0 && *value < ABSURD)
}

/// A change in per cent that can be one: nothing loses more than all it has.
pub(super) fn percent(value: Option<f64>) -> Option<f64> {
    value.filter(|value| *value >= -100.0 && *value < 1e6)
}

/// A share in per cent that can be one.
pub(super) fn share(value: Option<f64>) -> Option<f64> {
    value.filter(|value| (0.0..=100.0).contains(value))
}

/// The value written down, or a dash.
pub(super) fn written(value: Option<f64>, write: impl FnOnce(f64) -> String) -> String {
    value.map_or_else(|| ABSENT.to_owned(), write)
}

/// A value of an index in its unit: dollars for coins, points for everything else.
pub(super) fn of_index(language: Language, index: &Index, value: f64) -> String {
    match index.market {
        Market::Crypto => written(price(Some(value)), |value| language.dollars(value)),
        Market::Vietnam | Market::Us => written(price(Some(value)), |value| language.decimal(value, 2)),
    }
}

/// [`of_index`] where the currency has been said already.
pub(super) fn without_currency(language: Language, index: &Index, value: f64) -> String {
    match index.market {
        Market::Crypto => language.price(value),
        Market::Vietnam | Market::Us => language.decimal(value, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_numbers_are_not_believed() {
        let absurd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, 1e300, -100.5];
        for value in absurd {
            for check in [price, amount, percent, share] {
                assert_eq!(check(Some(value)), None, "{value}");
            }
        }
        assert_eq!((price(Some(0.0)), amount(Some(0.0)), percent(Some(0.0))), (None, None, Some(0.0)));
        assert_eq!(price(Some(8.5e-5)), Some(8.5e-5));
    }
}
