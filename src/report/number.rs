//! How each language writes numbers, shares, changes and money.
//!
//! Written by hand because a report needs two separators, one sign and four units; a locale data set would cost more
//! memory than a report. Every function returns [`ABSENT`] for a value that is not finite.

use super::language::Language;

/// Stands where a value is not known.
pub(crate) const ABSENT: &str = "—";

const MINUS: char = '\u{2212}';
const NO_BREAK_SPACE: char = '\u{a0}';

/// Below this a price is written as a power of ten: more zeros than nine cannot be counted at a glance.
const SMALLEST_PLAIN_PRICE: f64 = 1e-9;

impl Language {
    /// What groups digits, and what stands before the decimals.
    pub(super) fn separators(self) -> (char, char) {
        match self {
            Self::Vi => ('.', ','),
            Self::En => (',', '.'),
        }
    }

    /// `1.853,29` or `1,853.29`: grouped, with exactly `decimals` digits after the separator.
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return ABSENT.to_owned();
        }
        let (group, point) = self.separators();
        let digits = format!("{:.*}", decimals, value.abs());
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 3);
        // What is rounded to zero has no sign.
        if value < 0.0 && digits.bytes().any(|digit| matches!(digit, b'1'..=b'9')) {
            text.push(MINUS);
        }
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(point);
            text.push_str(fraction);
        }
        text
    }

    /// A whole number, grouped.
    pub fn count(self, value: u64) -> String {
        let (group, _) = self.separators();
        let digits = value.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        text
    }

    /// A change in per cent with its sign: `+0,85%`, `−1.20%`, `0.00%`.
    pub fn change(self, percent: f64) -> String {
        let text = self.share(percent);
        let is_zero = !text.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
        if percent > 0.0 && percent.is_finite() && !is_zero { format!("+{text}") } else { text }
    }

    /// A difference with its sign: `+1,25`, `−3`, `0`.
    pub fn signed(self, value: f64, decimals: usize) -> String {
        let text = self.decimal(value, decimals);
        let is_zero = !text.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
        if value > 0.0 && value.is_finite() && !is_zero { format!("+{text}") } else { text }
    }

    /// A level of an axis whose marks are `step` apart: as many decimals as tell two marks apart, large amounts in short.
    pub fn level(self, value: f64, step: f64) -> String {
        if value.abs() >= 1e6 {
            return self.in_short(value);
        }
        if value.abs() > 0.0 && value.abs() < SMALLEST_PLAIN_PRICE {
            return self.power_of_ten(value);
        }
        let decimals = (-step.log10()).ceil().clamp(0.0, 12.0);
        self.decimal(value, decimals as usize)
    }

    /// A share or the size of a change in per cent, without a plus sign: `52,3%` when it is large, `0,85%` when small.
    pub fn share(self, percent: f64) -> String {
        if !percent.is_finite() {
            return ABSENT.to_owned();
        }
        let decimals = match percent.abs() {
            size if size < 99.995 => 2,
            size if size < 999.95 => 1,
            _ => 0,
        };
        format!("{}%", self.decimal(percent, decimals))
    }

    /// A price without its currency: 2 decimals from 10 up, 4 from 1 up, 4 significant digits below.
    pub fn price(self, value: f64) -> String {
        if !value.is_finite() {
            return ABSENT.to_owned();
        }
        let size = value.abs();
        if size >= 10.0 || size == 0.0 {
            return self.decimal(value, 2);
        }
        if size >= 1.0 {
            return self.decimal(value, 4);
        }
        if size < SMALLEST_PLAIN_PRICE {
            return self.power_of_ten(value);
        }
        // log10 of 8.5e-5 is -4.07: four zeros, then the first digit that counts.
        let leading_zeros = (-size.log10()).ceil() as usize - 1;
        self.decimal(value, leading_zeros + 4)
    }

    fn power_of_ten(self, value: f64) -> String {
        let exponent = value.abs().log10().floor();
        let raised: String = format!("{exponent}").chars().map(superscript).collect();
        format!("{}×10{raised}", self.decimal(value / 10f64.powf(exponent), 3))
    }

    /// A price in US dollars: `$1,853.29` or `1.853,29 USD`.
    pub fn dollars(self, value: f64) -> String {
        self.with_currency(self.price(value))
    }

    /// An amount of US dollars in short: `$2.62T` or `2,62 nghìn tỷ USD`.
    pub fn dollars_in_short(self, value: f64) -> String {
        self.with_currency(self.in_short(value))
    }

    fn with_currency(self, number: String) -> String {
        match self {
            _ if number == ABSENT => number,
            Self::Vi => format!("{number}{NO_BREAK_SPACE}USD"),
            Self::En => match number.strip_prefix(MINUS) {
                Some(size) => format!("{MINUS}${size}"),
                None => format!("${number}"),
            },
        }
    }

    /// Three significant digits and a unit: `812M` or `812 triệu`.
    pub fn in_short(self, value: f64) -> String {
        if !value.is_finite() {
            return ABSENT.to_owned();
        }
        let units: [(f64, &str); 4] = match self {
            Self::Vi => [(1e12, "nghìn tỷ"), (1e9, "tỷ"), (1e6, "triệu"), (1e3, "nghìn")],
            Self::En => [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")],
        };
        // 999 960 000 is written as 1.00B and not as 1,000M.
        let fits = |(size, _): &&(f64, &str)| value.abs() >= size * 0.9995;
        let Some((size, name)) = units.iter().find(fits) else {
            return self.decimal(value, if value.abs() < 10.0 { 2 } else { 0 });
        };
        let scaled = value / size;
        let decimals = match scaled.abs() {
            s if s < 9.995 => 2,
            s if s < 99.95 => 1,
            _ => 0,
        };
        match self {
            Self::Vi => format!("{}{NO_BREAK_SPACE}{name}", self.decimal(scaled, decimals)),
            Self::En => format!("{}{name}", self.decimal(scaled, decimals)),
        }
    }
}

fn superscript(character: char) -> char {
    match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0'..='9' => char::from_u32('⁰' as u32 + character as u32 - '0' as u32).unwrap_or(character),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Vi};

    #[test]
    fn numbers_are_grouped_as_each_language_does_it() {
        for (value, decimals, vi, en) in [
            (1853.29, 2, "1.853,29", "1,853.29"),
            (0.0, 2, "0,00", "0.00"),
            (-0.001, 2, "0,00", "0.00"),
            (-1234567.891, 1, "\u{2212}1.234.567,9", "\u{2212}1,234,567.9"),
            (999.0, 0, "999", "999"),
            (1000.0, 0, "1.000", "1,000"),
            (f64::NAN, 2, "—", "—"),
            (f64::INFINITY, 2, "—", "—"),
        ] {
            assert_eq!(
                (Vi.decimal(value, decimals).as_str(), En.decimal(value, decimals).as_str()),
                (vi, en)
            );
        }
        assert_eq!(
            (Vi.count(0), Vi.count(1_234_567), En.count(100)),
            ("0".into(), "1.234.567".into(), "100".into())
        );
    }

    #[test]
    fn changes_carry_their_sign_and_zero_carries_none() {
        for (value, vi, en) in [
            (0.85, "+0,85%", "+0.85%"),
            (-1.2, "\u{2212}1,20%", "\u{2212}1.20%"),
            (0.001, "0,00%", "0.00%"),
            (-0.001, "0,00%", "0.00%"),
            (345.678, "+345,7%", "+345.7%"),
            (12345.6, "+12.346%", "+12,346%"),
            (f64::NEG_INFINITY, "—", "—"),
        ] {
            assert_eq!((Vi.change(value).as_str(), En.change(value).as_str()), (vi, en));
        }
    }

    #[test]
    fn prices_keep_four_digits_that_count_however_small() {
        for (value, vi, en) in [
            (78231.5, "78.231,50", "78,231.50"),
            (1.4312, "1,4312", "1.4312"),
            (0.5, "0,5000", "0.5000"),
            (0.1, "0,1000", "0.1000"),
            (0.01, "0,01000", "0.01000"),
            (8.5e-5, "0,00008500", "0.00008500"),
            (8.547e-5, "0,00008547", "0.00008547"),
            (2.5e-9, "0,000000002500", "0.000000002500"),
            (8.547e-13, "8,547×10⁻¹³", "8.547×10⁻¹³"),
            (0.0, "0,00", "0.00"),
        ] {
            assert_eq!((Vi.price(value).as_str(), En.price(value).as_str()), (vi, en));
        }
    }

    #[test]
    fn money_is_short_and_names_its_currency() {
        for (value, vi, en) in [
            (2.62e12, "2,62\u{a0}nghìn tỷ\u{a0}USD", "$2.62T"),
            (85.24e9, "85,2\u{a0}tỷ\u{a0}USD", "$85.2B"),
            (999_960_000.0, "1,00\u{a0}tỷ\u{a0}USD", "$1.00B"),
            (812.4e6, "812\u{a0}triệu\u{a0}USD", "$812M"),
            (9_995.0, "10,0\u{a0}nghìn\u{a0}USD", "$10.0K"),
            (12.0, "12\u{a0}USD", "$12"),
            (-5e9, "\u{2212}5,00\u{a0}tỷ\u{a0}USD", "\u{2212}$5.00B"),
            (3.1e15, "3.100\u{a0}nghìn tỷ\u{a0}USD", "$3,100T"),
            (f64::NAN, "—", "—"),
        ] {
            assert_eq!((Vi.dollars_in_short(value).as_str(), En.dollars_in_short(value).as_str()), (vi, en));
        }
        assert_eq!(Vi.dollars(1853.29), "1.853,29\u{a0}USD");
        assert_eq!(En.dollars(0.00008547), "$0.00008547");
    }
}
