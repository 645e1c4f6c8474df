//! The words of a report: Fluent messages by key, in exactly the language that was asked for.
//!
//! Nothing falls back to another language or to the key itself: a missing message, a missing argument or a broken
//! reference is an error, and `check` finds it when the program starts.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, langid, static_loader};

use super::language::Language;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // The isolating marks are for text that mixes directions; foreign names are wrapped in <bdi> instead.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A text that a report cannot be written without is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("text `{key}` cannot be written in language `{language}`: {reason}")]
pub struct TextError {
    /// The message's key.
    pub key: String,
    /// The language.
    pub language: Language,
    /// What is wrong with it.
    pub reason: String,
}

/// Arguments of a message by name.
pub(super) type Arguments<'a> = HashMap<Cow<'static, str>, FluentValue<'a>>;

/// The key of a message that Rust code asks for. Only this module makes keys, so that [`check`] knows all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(&'static str);

macro_rules! keys {
    ($($name:ident = $key:literal;)+) => {
        impl Key {
            $(pub(super) const $name: Self = Self($key);)+
            const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

keys! {
    KICKER = "kicker";
    PAGE_TITLE = "page-title";
    PAGE_ALL_REPORTS = "page-all-reports";
    PAGE_LANGUAGES = "page-languages";
    LIST_SEPARATOR = "list-separator";
    AGE_SECONDS = "age-seconds";
    AGE_MINUTES = "age-minutes";
    AGE_HOURS = "age-hours";
    AGE_DAYS = "age-days";
    MOVE_UP = "move-up";
    MOVE_DOWN = "move-down";
    MOVE_FLAT = "move-flat";
    MOVE_UNKNOWN = "move-unknown";
    HEADLINE_UP = "headline-up";
    HEADLINE_DOWN = "headline-down";
    HEADLINE_FLAT = "headline-flat";
    HEADLINE_UNKNOWN_MOVE = "headline-unknown-move";
    HEADLINE_STALE = "headline-stale";
    HEADLINE_NOTHING = "headline-nothing";
    MARKET_VIETNAM = "market-vietnam";
    MARKET_CRYPTO = "market-crypto";
    MARKET_US = "market-us";
    SUMMARY_LEADER = "summary-leader";
    SUMMARY_LEADER_STALE = "summary-leader-stale";
    SUMMARY_LEADER_MISSING = "summary-leader-missing";
    SUMMARY_PEER = "summary-peer";
    SUMMARY_PEERS = "summary-peers";
    SUMMARY_BREADTH = "summary-breadth";
    SUMMARY_BREADTH_POSITIVE = "summary-breadth-positive";
    SUMMARY_BREADTH_NEGATIVE = "summary-breadth-negative";
    SUMMARY_BREADTH_MIXED = "summary-breadth-mixed";
    SUMMARY_EXTREMES = "summary-extremes";
    SUMMARY_CRYPTO_TOTAL = "summary-crypto-total";
    SUMMARY_DOMINANCE = "summary-dominance";
    SUMMARY_FEAR_GREED = "summary-fear-greed";
    SUMMARY_DATA = "summary-data";
    SUMMARY_ALL_FRESH = "summary-all-fresh";
    SUMMARY_STALE = "summary-stale";
    SUMMARY_STALE_ITEM = "summary-stale-item";
    SUMMARY_MISSING = "summary-missing";
    SUMMARY_SOURCES_FAILED = "summary-sources-failed";
    FRESH_COUNT = "fresh-count";
    CARD_SPARK_TITLE = "card-spark-title";
    CARD_SPARK_DESC = "card-spark-desc";
    CARD_AS_OF = "card-as-of";
    CARD_BREADTH = "card-breadth";
    CARD_STALE = "card-stale";
    CRYPTO_OVERVIEW = "crypto-overview";
    CRYPTO_FEAR_GREED = "crypto-fear-greed";
    FEAR_EXTREME_FEAR = "fear-extreme-fear";
    FEAR_FEAR = "fear-fear";
    FEAR_NEUTRAL = "fear-neutral";
    FEAR_GREED = "fear-greed";
    FEAR_EXTREME_GREED = "fear-extreme-greed";
    MOVERS_RULE = "movers-rule";
    TABLE_CAPTION = "table-caption";
    TABLE_SPARK = "table-spark";
    TABLE_END = "table-end";
    TABLE_END_UNKNOWN = "table-end-unknown";
    METHOD_TIMES = "method-times";
    METHOD_DURATION = "method-duration";
    COURSE_SESSION = "course-session";
    COURSE_DAY = "course-day";
    COURSE_DAYS = "course-days";
    COURSE_DESC = "course-desc";
    COURSE_CAPTION_DAY = "course-caption-day";
    COURSE_CAPTION_SESSION = "course-caption-session";
    COURSE_CAPTION_DAYS = "course-caption-days";
    TECHNICAL_DAYS = "technical-days";
    TECHNICAL_OVERBOUGHT = "technical-overbought";
    TECHNICAL_OVERSOLD = "technical-oversold";
    TECHNICAL_NEUTRAL = "technical-neutral";
    CORRELATION_CAPTION = "correlation-caption";
    SINCE_INTRO = "since-intro";
    SINCE_TOTAL = "since-total";
    SINCE_DOMINANCE = "since-dominance";
    SINCE_POINTS = "since-points";
    SINCE_PERCENTAGE_POINTS = "since-percentage-points";
    SINCE_MOVE = "since-move";
    SUMMARY_SINCE = "summary-since";
    OUTLOOK_ABOVE_BOTH = "outlook-above-both";
    OUTLOOK_BELOW_BOTH = "outlook-below-both";
    OUTLOOK_ABOVE_SHORT = "outlook-above-short";
    OUTLOOK_BELOW_SHORT = "outlook-below-short";
    OUTLOOK_STRENGTH = "outlook-strength";
    OUTLOOK_BREADTH = "outlook-breadth";
    OUTLOOK_ALTCOINS = "outlook-altcoins";
    OUTLOOK_SINCE = "outlook-since";
    BREADTH_COUNTS = "breadth-counts";
    BREADTH_ALTCOINS = "breadth-altcoins";
    SCRIPT_FILTER = "script-filter";
    SCRIPT_FILTER_HINT = "script-filter-hint";
    SCRIPT_SORT = "script-sort";
    SCRIPT_SHOWN = "script-shown";
    SCRIPT_NONE = "script-none";
    SCRIPT_SECTIONS = "script-sections";
}

fn identifier(language: Language) -> &'static LanguageIdentifier {
    static VI: LanguageIdentifier = langid!("vi");
    static EN: LanguageIdentifier = langid!("en");
    match language {
        Language::Vi => &VI,
        Language::En => &EN,
    }
}

/// The message in that language, with its arguments put in.
pub(super) fn text(language: Language, key: Key, arguments: &Arguments<'_>) -> Result<String, TextError> {
    text_by_name(language, key.0, arguments)
}

/// [`text`] for the keys that templates name.
pub(super) fn text_by_name(
    language: Language,
    key: &str,
    arguments: &Arguments<'_>,
) -> Result<String, TextError> {
    LOCALES.lookup_single_language(identifier(language), key, Some(arguments)).map_err(|error| TextError {
        key: key.to_owned(),
        language,
        reason: error.to_string(),
    })
}

/// Every argument that a message may name.
const ARGUMENTS: [&str; 26] = [
    "advances",
    "age",
    "at",
    "change",
    "count",
    "date",
    "declines",
    "duration",
    "edition",
    "first",
    "high",
    "label",
    "last",
    "list",
    "low",
    "move",
    "n",
    "name",
    "percent",
    "source",
    "symbol",
    "total",
    "unchanged",
    "value",
    "verdict",
    "zone",
];

/// Makes sure that every key that Rust code asks for, and every one in `template_keys`, has a message in every
/// language, and that no message wants an argument that nobody knows.
pub(super) fn check<'a>(template_keys: impl Iterator<Item = &'a str> + Clone) -> Result<(), TextError> {
    let arguments: Arguments<'_> = ARGUMENTS.map(|name| (name.into(), FluentValue::from(1))).into();
    for language in Language::ALL {
        for key in Key::ALL.iter().map(|key| key.0).chain(template_keys.clone()) {
            text_by_name(language, key, &arguments)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_message_in_every_language() {
        check(std::iter::empty()).unwrap();
    }

    #[test]
    fn a_missing_message_is_an_error_that_names_it_and_not_its_own_key() {
        let error = check(["no-such-text"].into_iter()).unwrap_err();
        assert_eq!((error.key.as_str(), error.language), ("no-such-text", Language::Vi));
        assert!(text_by_name(Language::En, "no-such-text", &Arguments::new()).is_err());
    }

    #[test]
    fn a_missing_argument_is_an_error() {
        assert!(text(Language::En, Key::AGE_MINUTES, &Arguments::new()).is_err());
    }
}
