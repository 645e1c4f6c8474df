//! What an edition of the report holds.

use super::language::Language;
use crate::market::model::{Index, Market, Snapshot};

/// One edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its name, for example `market`.
    pub name: String,
    /// Rows of the constituents table; 0 leaves the table out.
    pub constituents: u32,
    /// Names of the catalogue; empty for all that are collected.
    pub indices: Vec<String>,
    /// The languages that it is written in, Vietnamese among them: readers of the `crypto_report` view rely on it.
    pub languages: Vec<Language>,
}

impl Edition {
    /// Whether the edition speaks of an index.
    pub fn has(&self, index: &str) -> bool {
        self.indices.is_empty() || self.indices.iter().any(|name| name == index)
    }

    /// What the edition shows of a snapshot: its indices, and the crypto market as a whole only beside one of its coins.
    pub fn of(&self, snapshot: &Snapshot) -> Snapshot {
        let mut shown = snapshot.clone();
        shown.indices.retain(|index| self.has(&index.name));
        if !Index::of(Market::Crypto).any(|index| self.has(index.name)) {
            (shown.crypto, shown.fear_greed) = (None, None);
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_without_names_has_every_index() {
        let edition = |indices: &[&str]| Edition {
            name: "market".to_owned(),
            constituents: 0,
            indices: indices.iter().map(|name| (*name).to_owned()).collect(),
            languages: Language::ALL.to_vec(),
        };
        assert!(edition(&[]).has("vix") && edition(&["btc"]).has("btc") && !edition(&["btc"]).has("eth"));
    }
}
