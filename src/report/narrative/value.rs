//! What a written number comes to, exactly: digits and a power of ten, so that 1,210.50 and 1,210.5 are one value and
//! nothing is lost in a binary fraction.

use super::lexicon::Lexicon;
use crate::report::language::Language;

/// The size of a number; its sign is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Without zeros at either end; nothing for 0.
    digits: String,
    /// The power of ten that the digits are multiplied by; 0 for 0.
    exponent: i64,
}

impl Value {
    /// Reads a figure as `language` writes it. None for what it does not write like this: groups of two digits, digits
    /// of other scripts, times, names that hold digits.
    pub(super) fn parse(figure: &str, language: Language) -> Option<Self> {
        let (figure, power) = match figure.split_once("×10") {
            Some((mantissa, raised)) => (mantissa, superscript(raised)?),
            None => (figure, 0),
        };
        let suffixes = Lexicon::of(language).suffixes;
        let suffix =
            suffixes.iter().find_map(|(suffix, scale)| Some((figure.strip_suffix(*suffix)?, *scale)));
        let (figure, scale) = suffix.unwrap_or((figure, 0));
        let (group, point) = language.separators();
        let (whole, fraction) = match figure.split_once(point) {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (figure, ""),
        };
        let digits = ungrouped(whole, group)? + fraction;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let decimals = i64::try_from(fraction.len()).ok()?;
        Some(Self::normal(&digits, scale + power - decimals))
    }

    /// Whether the figure says its power of ten itself, so that a word behind it cannot.
    pub(super) fn is_scaled(figure: &str) -> bool {
        figure.contains(|char: char| !char.is_ascii_digit() && char.is_alphanumeric())
    }

    /// The value times a power of ten.
    pub(super) fn scaled(&self, scale: i64) -> Self {
        Self::normal(&self.digits, self.exponent.saturating_add(scale))
    }

    fn normal(digits: &str, exponent: i64) -> Self {
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        if kept.is_empty() {
            return Self { digits: String::new(), exponent: 0 };
        }
        let zeros = i64::try_from(digits.len() - kept.len()).unwrap_or(i64::MAX);
        Self { digits: kept.to_owned(), exponent: exponent.saturating_add(zeros) }
    }
}

/// The digits before the decimals; groups have three, but for the first.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let mut groups = whole.split(group);
    let first = groups.next().filter(|first| !first.is_empty())?;
    let mut digits = first.to_owned();
    for further in groups {
        if further.len() != 3 || first.len() > 3 {
            return None;
        }
        digits.push_str(further);
    }
    Some(digits)
}

/// The number that raised digits make.
fn superscript(raised: &str) -> Option<i64> {
    let (negative, raised) = match raised.strip_prefix('⁻') {
        Some(rest) => (true, rest),
        None => (false, raised),
    };
    if raised.is_empty() || raised.chars().count() > 4 {
        return None;
    }
    let size = raised.chars().try_fold(0, |size, char| {
        let digit = "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|raised| raised == char)?;
        Some(size * 10 + i64::try_from(digit).ok()?)
    })?;
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Vi};

    #[test]
    fn the_same_value_is_the_same_however_it_is_written() {
        let same = [
            ((En, "1,210.50"), (En, "1210.5")),
            ((En, "1,853.29"), (Vi, "1.853,29")),
            ((En, "1,000"), (Vi, "1.000")),
            ((En, "2.62T"), (En, "2,620B")),
            ((En, "0.00"), (En, "0")),
            ((En, "8.547×10⁻¹³"), (Vi, "8,547×10⁻¹³")),
            ((En, "5×10²"), (En, "500")),
            ((En, "007"), (En, "7")),
        ];
        for ((left, a), (right, b)) in same {
            let (left, right) = (Value::parse(a, left), Value::parse(b, right));
            assert!(left.is_some() && left == right, "{a} {b}");
        }
        assert_ne!(Value::parse("1.853", En), Value::parse("1.853", Vi));
        assert_eq!(Value::parse("2.62", En).map(|value| value.scaled(12)), Value::parse("2.62T", En));
        assert_eq!(Value::parse("0", En).map(|value| value.scaled(12)), Value::parse("0", En));
    }

    #[test]
    fn what_the_language_does_not_write_has_no_value() {
        for figure in [
            "",
            "1,2",
            "12,34,567",
            "1234,567",
            "1.2.3",
            "1.",
            "07:45",
            "24/04/2026",
            "VN30",
            "2x",
            "２",
            "٣",
            "x²",
            "½",
            "1'853",
            "1 853",
            "1_853",
            "2.62Q",
            "5×10²²²²²",
            "5×10",
            ",5",
            "T",
        ] {
            assert_eq!(Value::parse(figure, En), None, "{figure}");
        }
        assert_eq!(Value::parse("2,62T", Vi), None);
    }
}
