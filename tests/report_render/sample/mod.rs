//! A made-up market: the same numbers on every machine.

#![allow(dead_code, unused_imports)] // a benchmark uses a part of it

mod findings;
mod market;
mod pages;

use evenkeel::market::model::Index;
use evenkeel::report::language::Language;
use evenkeel::report::model::ReportMeta;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub(crate) use findings::findings;
pub(crate) use market::{coin, coins, series, snapshot, spoil};
pub(crate) use pages::{Shelf, page_of, report, report_of};

/// A random walk that needs no crate: the numbers have to look alive, not to be random.
pub(crate) struct Walk(u64);

impl Walk {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Evenly distributed in -1 … 1.
    pub(crate) fn step(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-04-24T00:45:00Z".parse().unwrap()
}

pub(crate) fn meta() -> ReportMeta {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    ReportMeta { edition: "market".to_owned(), created_at: now(), zone, languages: Language::ALL.to_vec() }
}

fn minutes_ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

fn level(index: &Index) -> f64 {
    match index.name {
        "vnindex" => 1_853.29,
        "vn30" => 2_011.42,
        "hnxindex" => 251.07,
        "hnx30" => 548.9,
        "upcomindex" => 127.33,
        "btc" => 78_231.5,
        "eth" => 2_310.08,
        "sol" => 86.41,
        "xrp" => 1.4312,
        "ada" => 0.2511,
        "link" => 9.33,
        "bnb" => 632.7,
        "gspc" => 7_165.08,
        "ixic" => 24_836.6,
        "dji" => 49_230.71,
        _ => 18.71,
    }
}
