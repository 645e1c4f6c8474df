//! The languages that a report is written in.
//!
//! Only what a language is: how it writes numbers stands in `number.rs`, dates in `calendar.rs`, words in `text.rs`.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// A language was asked for that no report is written in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{given}`: use `vi` (Vietnamese) or `en` (English)")]
pub struct ParseError {
    /// What was asked for.
    pub given: String,
}

impl Language {
    /// Every language, in the order in which a report is written.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The BCP 47 tag, for `lang` attributes and query strings.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The name of the language in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Vi => "Tiếng Việt",
            Self::En => "English",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = ParseError;

    /// Reads a BCP 47 tag in any case; a region (`en-GB`) is accepted and ignored.
    fn from_str(tag: &str) -> Result<Self, ParseError> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
            .ok_or_else(|| ParseError { given: tag.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_any_case_and_with_a_region() {
        for (tag, language) in
            [("vi", Language::Vi), ("VI-vn", Language::Vi), ("en", Language::En), ("en_GB", Language::En)]
        {
            assert_eq!(tag.parse(), Ok(language), "{tag}");
        }
    }

    #[test]
    fn an_unknown_language_is_named_with_what_would_be_right() {
        for tag in ["", "fr", "english", "v i"] {
            let message = tag.parse::<Language>().unwrap_err().to_string();
            assert!(message.contains(&format!("`{tag}`")) && message.contains("`vi`"), "{message}");
        }
    }
}
