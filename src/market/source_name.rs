//! Who gave a value: the sources that there are, and those that an application brings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Characters of the longest name of an application's source.
pub const LONGEST_NAME: usize = 23;

/// Who answered. In documents, history and configuration it is [`SourceName::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SourceName {
    /// Vietcap's index snapshot and chart.
    Vietcap,
    /// Entrade (DNSE), the first fallback for Vietnam.
    Entrade,
    /// KB Securities, the second fallback for Vietnam.
    Kbs,
    /// Binance spot.
    Binance,
    /// CoinGecko: the whole market and the constituents.
    Coingecko,
    /// CoinPaprika, the fallback for the whole market.
    Coinpaprika,
    /// The Fear & Greed index of alternative.me.
    AlternativeMe,
    /// Yahoo's chart service.
    Yahoo,
    /// A source of the application's own.
    Own(OwnName),
}

impl SourceName {
    const BUILT_IN: [Self; 8] = [
        Self::Vietcap,
        Self::Entrade,
        Self::Kbs,
        Self::Binance,
        Self::Coingecko,
        Self::Coinpaprika,
        Self::AlternativeMe,
        Self::Yahoo,
    ];

    /// The name in configuration, logs and history.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Vietcap => "vietcap",
            Self::Entrade => "entrade",
            Self::Kbs => "kbs",
            Self::Binance => "binance",
            Self::Coingecko => "coingecko",
            Self::Coinpaprika => "coinpaprika",
            Self::AlternativeMe => "alternative-me",
            Self::Yahoo => "yahoo",
            Self::Own(name) => name.as_str(),
        }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<SourceName> for String {
    fn from(name: SourceName) -> Self {
        name.as_str().to_owned()
    }
}

impl TryFrom<String> for SourceName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        match Self::BUILT_IN.into_iter().find(|known| known.as_str() == name) {
            Some(known) => Ok(known),
            None => OwnName::new(&name).map(Self::Own),
        }
    }
}

/// The name of a source that an application brings. Kept in place, so that it is copied like the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnName {
    bytes: [u8; LONGEST_NAME],
    length: u8,
}

/// A name that a source, or an index, cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} cannot be the name of {what}: {right}")]
pub struct NameError {
    pub(super) given: String,
    pub(super) what: &'static str,
    pub(super) right: String,
}

impl OwnName {
    /// A name of 1 to [`LONGEST_NAME`] characters: `a` to `z`, `0` to `9`, `-` and `_`.
    ///
    /// # Errors
    /// When it is another one, or that of a source that there is.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let refused =
            |right: String| NameError { given: name.chars().take(40).collect(), what: "a source", right };
        if !is_plain(name) {
            return Err(refused(plain()));
        }
        if SourceName::BUILT_IN.iter().any(|known| known.as_str() == name) {
            return Err(refused("there is a source of this name; choose another".to_owned()));
        }
        let mut bytes = [0; LONGEST_NAME];
        bytes.iter_mut().zip(name.bytes()).for_each(|(kept, byte)| *kept = byte);
        Ok(Self { bytes, length: u8::try_from(name.len()).unwrap_or(u8::MAX) })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let kept = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        // Only ASCII gets in.
        str::from_utf8(kept).unwrap_or_default()
    }
}

impl fmt::Debug for OwnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Whether a name can stand in documents, labels and file names as it is.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain)
}

/// What would be right.
pub(super) fn plain() -> String {
    format!("write 1 to {LONGEST_NAME} of a to z, 0 to 9, - and _")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_from_what_was_written() {
        let own = SourceName::Own(OwnName::new("my-licensed-feed").unwrap());
        for name in SourceName::BUILT_IN.into_iter().chain([own]) {
            let written = serde_json::to_string(&name).unwrap();
            assert_eq!(written, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<SourceName>(&written).unwrap(), name);
        }
    }

    #[test]
    fn a_name_that_cannot_be_one_is_named() {
        for (name, expected) in [
            ("", "\"\" cannot be the name of a source: write 1 to 23 of a to z, 0 to 9, - and _"),
            ("Feed", "\"Feed\" cannot be the name of a source: write 1 to 23"),
            ("a\nb", "\"a\\nb\" cannot be the name of a source: write 1 to 23"),
            ("abcdefghijklmnopqrstuvwx", "write 1 to 23"),
            (
                "yahoo",
                "\"yahoo\" cannot be the name of a source: there is a source of this name; choose another",
            ),
        ] {
            let error = OwnName::new(name).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(OwnName::new("abcdefghijklmnopqrstuvw").unwrap().as_str(), "abcdefghijklmnopqrstuvw");
    }
}
