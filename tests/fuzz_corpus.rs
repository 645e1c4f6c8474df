//! What the fuzz targets check, over the fixtures, the inputs that are kept, and a few thousand made-up ones: `scripts/fuzz` runs
//! the same for hours.

#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

#[allow(unreachable_pub, reason = "the fuzz targets are crates of their own")]
#[path = "../fuzz/src/lib.rs"]
mod checks;

use std::fs;
use std::path::Path;

use evenkeel::report::language::Language;
use evenkeel::report::narrative::{Facts, check};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

/// Bytes changed, doubled and cut at random places.
fn spoiled(bytes: &[u8], dice: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.random_range(1..20) {
        let at = dice.random_range(0..bytes.len());
        match dice.random_range(0..4) {
            0 => bytes[at] = dice.random(),
            1 => bytes.insert(at, b"0123456789.eE-+[]{}\",:nul"[dice.random_range(0..25)]),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at + 1),
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

#[test]
fn no_parser_minds_what_it_is_given() {
    let mut dice = StdRng::seed_from_u64(1);
    files("fuzz/corpus/parsers").iter().for_each(|kept| checks::parsers::check(kept));
    for fixture in files("tests/fixtures/market") {
        for choice in 0..12 {
            let input = [&[choice][..], &fixture].concat();
            checks::parsers::check(&input);
            for _ in 0..20 {
                checks::parsers::check(&spoiled(&input, &mut dice));
            }
        }
    }
}

#[test]
fn no_market_spoils_a_report() {
    let mut dice = StdRng::seed_from_u64(2);
    files("fuzz/corpus/renderer").iter().for_each(|kept| checks::renderer::check(kept));
    for _ in 0..200 {
        let length = dice.random_range(0..6_000);
        let input: Vec<u8> = (0..length).map(|_| dice.random()).collect();
        checks::renderer::check(&input);
    }
}

#[test]
fn no_draft_of_a_language_model_makes_its_check_panic() {
    let mut dice = StdRng::seed_from_u64(3);
    for language in Language::ALL {
        let sentences = vec![
            "VN-Index ở mức 1.853,29 (lúc 23/04/2026 14:45), giảm 0,87%; 218 mã tăng.".to_owned(),
            "Bitcoin stood at $78,231.50, down −1.16% of $2.62T; 1.000×10⁻¹² is one half.".to_owned(),
        ];
        let facts = Facts { sentences: sentences.clone() };
        let mut refused = 0;
        for sentence in &sentences {
            for _ in 0..3_000 {
                let draft = String::from_utf8_lossy(&spoiled(sentence.as_bytes(), &mut dice)).into_owned();
                refused += u32::from(check(&draft, &facts, language, 120).is_err());
            }
        }
        assert!(refused > 3_000, "most spoiled drafts are refused: {refused} of 6000");
    }
}
