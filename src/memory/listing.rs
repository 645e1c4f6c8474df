//! Decision records as they are listed: newest first, at most so many, of one account or of all, each with its sentence.
//!
//! Pure. The web face answers with a [`Listing`], and the command line reads one from there or makes one from the file.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::record::Record;

/// Records of a listing when nobody says how many.
pub const USUAL: u32 = 50;
/// The most records of a listing.
pub const MOST: u32 = 500;

/// Decision records, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Listing {
    /// The records.
    pub decisions: Vec<Listed>,
}

/// A record and what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(utoipa::ToSchema))]
pub struct Listed {
    /// The record.
    #[serde(flatten)]
    pub record: Record,
    /// The record as a sentence.
    pub sentence: String,
}

impl Listing {
    /// The newest `limit` of the records, which come oldest first; with `account`, only those that are about it: it was
    /// acted upon, or its growth was the reason.
    pub fn newest<'a>(
        records: impl Iterator<Item = &'a Record>,
        account: Option<&str>,
        limit: usize,
    ) -> Self {
        let mut newest = VecDeque::new();
        let about = |record: &&Record| account.is_none_or(|it| record.child == it || record.account() == it);
        for record in records.filter(about) {
            if newest.len() >= limit {
                newest.pop_back();
            }
            newest.push_front(record);
        }
        let listed = |record: &Record| Listed { record: record.clone(), sentence: record.to_string() };
        Self { decisions: newest.into_iter().map(listed).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::{Evidence, Leg};
    use super::super::record::Action;
    use super::*;

    fn record(number: u64, child: &str, action: Action) -> Record {
        Record {
            number,
            at: "2026-03-02T02:00:00Z".parse().unwrap(),
            child: child.to_owned(),
            generation: 1,
            leg: Leg::Hard,
            action,
            evidence: Evidence::default(),
            purged: 0,
            floors: vec![1, 2],
            outcome: None,
        }
    }

    #[test]
    fn the_newest_come_first_and_a_suspect_is_listed_under_both_names() {
        let records = [
            record(1, "a", Action::Restart),
            record(2, "b", Action::RestartSuspect { of: "a".to_owned() }),
            record(3, "b", Action::NearMiss),
        ];
        let numbers = |account, limit| -> Vec<u64> {
            let listing = Listing::newest(records.iter(), account, limit);
            listing.decisions.iter().map(|listed| listed.record.number).collect()
        };
        assert_eq!(numbers(None, 50), [3, 2, 1]);
        assert_eq!(numbers(None, 2), [3, 2]);
        assert_eq!(numbers(Some("a"), 50), [2, 1]);
        assert_eq!(numbers(Some("b"), 1), [3]);
        assert!(numbers(Some("c"), 50).is_empty());
        let listing = Listing::newest(records.iter(), None, 50);
        let json = serde_json::to_string(&listing).unwrap();
        assert!(json.contains("\"sentence\":\"b generation 1 comes close to a case: "), "{json}");
        assert_eq!(serde_json::from_str::<Listing>(&json).unwrap(), listing);
    }
}
