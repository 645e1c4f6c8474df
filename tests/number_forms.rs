//! Numbers as each language writes them, against the Unicode consortium's own data.
//!
//! The report writes some thirty thousand numbers and has no use for the data of a hundred languages at run time; here ICU4X says
//! whether what it writes is right.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use evenkeel::report::language::Language;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_locale_core::{Locale, locale};

fn formatter(language: Language) -> DecimalFormatter {
    let locale: Locale = match language {
        Language::Vi => locale!("vi"),
        Language::En => locale!("en"),
    };
    let options = DecimalFormatterOptions::from(GroupingStrategy::Always);
    DecimalFormatter::try_new(locale.into(), options).unwrap()
}

#[test]
fn decimals_and_counts_are_written_as_cldr_has_them() {
    let mut compared = 0;
    for language in Language::ALL {
        let icu = formatter(language);
        let written = |digits: &str| {
            let number: Decimal = digits.parse().unwrap();
            // The report uses the minus sign of typography, which is as wide as a plus.
            icu.format(&number).to_string().replace('-', "\u{2212}")
        };
        let values = [
            0.0,
            0.5,
            1.0,
            9.99,
            10.0,
            999.9,
            1000.0,
            1853.29,
            -1853.29,
            65_432.1,
            1e6,
            -12_345_678.9,
            1e15,
            7e-7,
        ];
        for value in values {
            for decimals in [0, 1, 2, 4, 8] {
                let digits = format!("{value:.decimals$}");
                let digits = if digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
                    digits
                } else {
                    digits.replace('-', "")
                };
                assert_eq!(
                    language.decimal(value, decimals),
                    written(&digits),
                    "{language}: {value} {decimals}"
                );
                compared += 1;
            }
        }
        for count in [0, 7, 999, 1000, 14_400, 1_234_567_890] {
            assert_eq!(language.count(count), written(&count.to_string()), "{language}: {count}");
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * (14 * 5 + 6));
}
