//! A value that is used but never shown.
//!
//! Only [`Secret::expose`] gives the text back: debugging, displaying and serialising all write `(hidden)`, so that a
//! key cannot reach a log, an error or the output of `config show` by accident.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What is written in place of a secret.
pub(super) const HIDDEN: &str = "(hidden)";

/// A key or a password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text that must not be shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// `text` without what stands between `//` and the last `@`, or after a `?`: the places of passwords in a URL.
pub(super) fn hide_credentials(text: &str) -> String {
    let text = match text.split_once('?') {
        Some((before, _)) => format!("{before}?…"),
        None => text.to_owned(),
    };
    match (text.find("//"), text.rfind('@')) {
        (Some(slashes), Some(at)) if slashes + 2 <= at => format!("{}…{}", &text[..slashes + 2], &text[at..]),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_expose_gives_a_secret_back() {
        let secret = Secret::new("CG-abc");
        let shown =
            format!("{secret} {secret:?} {:?} {}", Some(&secret), serde_json::to_string(&secret).unwrap());
        assert!(!shown.contains("CG-abc"), "{shown}");
        assert_eq!(secret.expose(), "CG-abc");
    }

    #[test]
    fn credentials_in_a_url_are_replaced() {
        let cases = [
            ("https://host/path", "https://host/path"),
            ("https://user:pass@host", "https://…@host"),
            ("https://user:p@ss@host", "https://…@host"),
            ("https://host/?key=abc", "https://host/?…"),
            ("//user@host", "//…@host"),
            ("data/a@b.db", "data/a@b.db"),
        ];
        for (text, shown) in cases {
            assert_eq!(hide_credentials(text), shown);
        }
    }
}
